"""Ids, cursors, slugs, secrets, settings, mail: the small parts everything stands on."""

from __future__ import annotations

import base64
import json
import socketserver
import stat
import threading
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cop.platform import ids
from cop.platform.characters import length_of_words, says_something
from cop.platform.errors import NotVisible
from cop.platform.mail import Letter, Post
from cop.platform.pagination import read_cursor, write_cursor
from cop.platform.secret import secret_in
from cop.platform.slugs import is_slug, slug_of
from cop.settings import BadSetting, Settings

THEN = datetime(2026, 6, 14, 21, 8, tzinfo=UTC)


@given(st.integers(min_value=1, max_value=ids.LARGEST))
def test_an_id_is_read_back_as_it_was_spelled(number: int) -> None:
    assert ids.read(ids.spell(number)) == number


@given(st.text(max_size=20))
def test_only_what_was_spelled_is_an_id(text: str) -> None:
    number = ids.read(text)
    assert number is None or ids.spell(number) == text


def test_new_ids_do_not_repeat_and_are_never_nobody() -> None:
    made = {ids.new_id() for _ in range(2000)}

    assert len(made) == 2000
    assert 0 < min(made) <= max(made) <= ids.LARGEST


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(min_value=0, max_value=ids.LARGEST))
def test_a_cursor_keeps_every_bit_of_its_key(key: float, number: int) -> None:
    assert read_cursor(write_cursor(key, number), float, int) == (key, number)


@pytest.mark.parametrize(
    "text",
    ["", "x", "%%%", "\u0663", write_cursor(1, 2), write_cursor(1.0, "2"), write_cursor(1.0), write_cursor(1.0, 2, 3)]
    + [
        base64.urlsafe_b64encode(json.dumps(v).encode()).decode()
        for v in ({"a": 1}, [True, 1], [1.0, 2**64], "s", None)
    ]
    + [base64.urlsafe_b64encode(b"[" * 5000).decode()],
)
def test_a_forged_cursor_leads_nowhere(text: str) -> None:
    with pytest.raises(NotVisible):
        read_cursor(text, float, int)


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Cold knees, good numbers", "cold-knees-good-numbers"),
        ("Ça n’était pas l’alarme", "ca-netait-pas-lalarme"),
        ("Zehra Kavalcı, Øst og Łódź", "zehra-kavalci-ost-og-lodz"),
        ("静かな夜", "thread"),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 200, "a" * 60),
    ],
)
def test_a_slug_is_plain(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@pytest.mark.parametrize("text", ["a", "-ab", "ab-", "Ab", "a b", "a_b", "x" * 41, "äb", ""])
def test_what_cannot_stand_in_an_address_is_no_slug(text: str) -> None:
    assert not is_slug(text)


def test_the_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    made = secret_in(tmp_path / "data")

    assert secret_in(tmp_path / "data") == made
    assert len(made) == 64
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("COP_BASE_URL", "forum.example.org"),
        ("COP_BASE_URL", "https://example.org/forum"),
        ("COP_SECRET_KEY", "short"),
        ("COP_SIGNUP", "maybe"),
        ("COP_PROXIES", "-1"),
        ("COP_PROXIES", "99"),
        ("COP_LIMITS", "perhaps"),
        ("COP_DATABASE_URL", "mysql://localhost/cop"),
        ("COP_SMTP_URL", "mail.example.org"),
        ("COP_SMTP_URL", "smtp://forum:half/of/it@mail.example.org:587"),
        ("COP_DATABASE_URL", "postgresql://cop:sharp#tongue@127.0.0.1/cop"),
        ("COP_BASE_URL", "https://forum.example.org:99999"),
        ("COP_MAIL_FROM", "The forum"),
        ("COP_DATA", ""),
    ],
)
def test_a_bad_setting_stops_the_start_by_name(variable: str, value: str) -> None:
    with pytest.raises(BadSetting, match=variable):
        Settings.from_env({variable: value})


def test_settings_without_an_environment_are_sound() -> None:
    settings = Settings.from_env({})

    assert settings.database.startswith("sqlite:///")
    assert not settings.is_https


def test_without_a_mail_server_letters_are_files(tmp_path: Path) -> None:
    post = Post(smtp_url="", sender="CoP <noreply@example.org>", folder=tmp_path / "mail", host="example.org")

    post.send(Letter("ann@example.org", "A subject\r\nBcc: eve@example.org", "Hello Ann.\n"), now=THEN)

    (path,) = (tmp_path / "mail").iterdir()
    letter = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert (letter["To"], letter["Subject"]) == ("ann@example.org", "A subject Bcc: eve@example.org")
    assert letter["Bcc"] is None
    assert letter.get_content().strip() == "Hello Ann."


class _MailServer(socketserver.StreamRequestHandler):
    """As much of SMTP as a sender needs."""

    received: list[bytes]

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        body: list[bytes] | None = None
        for line in self.rfile:
            if body is not None:
                if line == b".\r\n":
                    type(self).received.append(b"".join(body))
                    body = None
                    self.wfile.write(b"250 taken\r\n")
                else:
                    body.append(line)
            elif line.upper().startswith(b"DATA"):
                body = []
                self.wfile.write(b"354 go on\r\n")
            elif line.upper().startswith(b"QUIT"):
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.wfile.write(b"250 yes\r\n")


def test_with_a_mail_server_letters_go_there(tmp_path: Path) -> None:
    _MailServer.received = []
    with socketserver.TCPServer(("127.0.0.1", 0), _MailServer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"smtp://127.0.0.1:{server.server_address[1]}"
        Post(smtp_url=url, sender="noreply@example.org", folder=tmp_path, host="example.org").send(
            Letter("ann@example.org", "Naïve", "Grüße.\n"), now=THEN
        )
        server.shutdown()

    (raw,) = _MailServer.received
    letter = message_from_bytes(raw, policy=policy.default)
    assert (letter["Subject"], letter.get_content().strip()) == ("Naïve", "Grüße.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["." * 36, "… ?! …", " \u2800\u200b", "-- -- --", "+++++"])
def test_signs_alone_say_nothing(text: str) -> None:
    assert not says_something(text)
    assert length_of_words(text) == 0


@pytest.mark.parametrize(
    ("text", "length"), [("It settled, twice.", 16), ("a . . . . . . b", 3), ("Ölstand: 3", 9), ("かわいた", 4)]
)
def test_what_a_text_says_is_as_long_as_its_words(text: str, length: int) -> None:
    assert says_something(text)
    assert length_of_words(text) == length


def test_a_sign_that_is_a_picture_says_something() -> None:
    assert says_something("👍")
