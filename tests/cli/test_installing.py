"""Making a site and keeping it up with its version."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from cop.cli.archives import unpack
from cop.platform import site as places
from cop.platform.database import close_connections, db
from tests.cast import add_person
from tests.cli.conftest import Run, Site
from tests.conftest import make_app

NEXT = '''
"""a table more"""

import sqlalchemy as sa
from alembic import op

revision, down_revision, branch_labels, depends_on = "9999", "{newest}", None, None


def upgrade():
    op.create_table("of_tomorrow", sa.Column("id", sa.Integer(), primary_key=True))
'''


@pytest.fixture
def old_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """A SQLite site of this version, with the migrations of the next one beside it."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    app = make_app(data, "")
    migrations = tmp_path / "migrations"
    shutil.copytree(places.folder("migrations"), migrations)
    newest = max(path.name for path in (migrations / "versions").glob("*.py")).partition("_")[0]
    (migrations / "versions" / "9999_a_table_more.py").write_text(NEXT.format(newest=newest))
    folder = places.folder
    monkeypatch.setattr(places, "folder", lambda name: migrations if name == "migrations" else folder(name))
    with app.app_context():
        yield app
        db.session.remove()
        close_connections()


def test_init_makes_a_site_that_only_its_owner_can_look_into(site: Site) -> None:
    made = site.cop("init")

    assert made.returncode == 0
    assert "Made a site" in made.stdout
    assert made.stderr == ""  # nothing of what the tools beneath it have to say
    assert stat.S_IMODE(site.data.stat().st_mode) == 0o700
    assert site.cop("check").returncode == 0


def test_init_leaves_a_site_that_is_there_as_it_is(run: Run) -> None:
    again = run("init")

    assert again.exit_code == 0
    assert "nothing to do" in again.output


def test_without_a_variable_the_site_is_in_the_folder_data(site: Site) -> None:
    site.data.parent.mkdir(exist_ok=True)

    site.cop("init", COP_DATA="data")

    assert (site.data.parent / "data" / "cop.sqlite3").is_file()


def test_upgrade_without_a_site_is_refused_and_makes_none(site: Site) -> None:
    refused = site.cop("upgrade")

    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "cop init" in refused.stderr
    assert not (site.data / "cop.sqlite3").exists()


def test_upgrade_of_the_newest_schema_has_nothing_to_do(run: Run) -> None:
    done = run("upgrade")

    assert done.exit_code == 0
    assert "nothing to do" in done.output


def test_upgrade_backs_up_what_was_there_before_it_changes_anything(
    old_site: Flask, now: datetime, tmp_path: Path
) -> None:
    add_person("Maren Oduya", now)

    done = old_site.test_cli_runner().invoke(args=["upgrade"])

    (backup,) = (old_site.extensions["cop-settings"].data / "backups").iterdir()
    assert done.exit_code == 0
    assert str(backup) in done.output
    assert "to 9999" in done.output
    unpack(backup, tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy")) as copy:
        assert copy.execute("SELECT name FROM person").fetchall() == [("Maren Oduya",)]
        assert not copy.execute("SELECT 1 FROM sqlite_master WHERE name = 'of_tomorrow'").fetchall()
    with db.engine.connect() as live:
        assert live.exec_driver_sql("SELECT name FROM sqlite_master WHERE name = 'of_tomorrow'").fetchall()


def test_an_upgrade_before_which_no_backup_can_be_made_is_not_begun(
    old_site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    (old_site.extensions["cop-settings"].data / "backups").write_text("in the way")
    runner = old_site.test_cli_runner()

    refused = runner.invoke(args=["upgrade"])
    done = runner.invoke(args=["upgrade", "--no-backup"])

    assert refused.exit_code == 1
    assert "to 9999" in done.output


def test_commands_ask_for_the_upgrade_that_is_due(old_site: Flask) -> None:
    refused = old_site.test_cli_runner().invoke(args=["community", "list"])

    assert refused.exit_code == 1
    assert "cop upgrade" in refused.stderr


def test_a_database_of_a_later_version_is_left_alone(old_site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = old_site.test_cli_runner()
    runner.invoke(args=["upgrade"])
    monkeypatch.undo()

    refused = runner.invoke(args=["upgrade"])

    assert refused.exit_code == 1
    assert "9999, which this version does not know" in refused.stderr
