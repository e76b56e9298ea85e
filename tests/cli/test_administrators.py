"""Administrators from the command line."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.cast import Cast
from tests.cli.conftest import Run
from tests.web.reading import read
from tests.web.signing import sign_in

PASSWORD = b"four dull grey herons\n"


def test_a_new_administrator_signs_in_with_the_password_from_standard_input(
    run: Run, cast: Cast, client: FlaskClient
) -> None:
    done = run("admin", "create", " Wanda.Keeper@Example.org ", given=PASSWORD)
    sign_in(client, "wanda.keeper@example.org", PASSWORD.decode().strip())

    assert done.exit_code == 0
    assert "herons" not in done.output
    assert read(client, "/admin/").status == 200
    assert "Wanda Keeper" in run("admin", "list").output


def test_somebody_with_an_account_is_made_one_and_keeps_their_password(
    run: Run, cast: Cast, client: FlaskClient
) -> None:
    done = run("admin", "create", "maren@example.org", given=b"")
    sign_in(client)

    assert done.exit_code == 0
    assert read(client, "/admin/").status == 200


def test_the_last_administrator_stays_and_another_goes(run: Run, cast: Cast) -> None:
    run("admin", "create", "maren@example.org")
    only = run("admin", "remove", "maren@example.org")
    run("admin", "create", "tomasz@example.org")
    other = run("admin", "remove", "maren@example.org")

    assert only.exit_code == 1
    assert "the only administrator" in only.output
    assert other.exit_code == 0
    assert "maren" not in run("admin", "list").output


@pytest.mark.parametrize(
    ("args", "given", "expected"),
    [
        (("create", "no-address"), PASSWORD, "no address"),
        (("create", "new@example.org"), b"short\n", "at least 8"),
        (("create", "new@example.org"), b"", "at least 8"),
        (("create", "new@example.org", "--name", "www.evil"), PASSWORD, "like an address"),
        (("remove", "maren@example.org"), b"", "no administrator"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_sentence(
    run: Run, cast: Cast, args: tuple[str, ...], given: bytes, expected: str
) -> None:
    done = run("admin", *args, given=given)

    assert done.exit_code == 1
    assert expected in done.output
    assert "There is none yet." in run("admin", "list").output
