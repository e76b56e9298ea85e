"""The shape of the code, held by tests: who imports whom, who commits, where SQL lives."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import inspect
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import inspect as inspect_mapping
from sqlalchemy.orm import Mapper

import cop
from cop import wiring
from cop.platform.database import Base

ROOT = Path(cop.__file__).parent
DOMAIN = ("accounts", "communities", "discussions", "endorsements", "cases", "ranking", "search", "notifications")
# What reads and writes beside queries, operations and reactions, and why.
MAY_SELECT = ("queries.py", "operations.py", "reactions.py", "verification.py")


def _modules() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(ROOT.rglob("*.py")):
        yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def _calls(tree: ast.AST, *names: str) -> list[int]:
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in names:
                found.append(node.lineno)
    return found


def test_imports_keep_the_contracts() -> None:
    """In a process of its own: import-linter turns the loggers of the process it runs in off."""
    linted = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT.parent, capture_output=True, text=True
    )

    assert linted.returncode == 0, linted.stdout
    assert "0 broken" in linted.stdout


def test_only_the_transaction_commits() -> None:
    """Whoosh's writer has a `commit` of its own, in the one package that knows Whoosh."""
    committing = {str(path) for path, tree in _modules() if path.parts[0] != "search" and _calls(tree, "commit")}

    assert committing == {"platform/database.py"}


def test_reads_are_in_queries_alone() -> None:
    """Writes need an update or a delete; what is read is named in queries.py. `platform` is exempt."""
    strays = [
        f"{path}:{line}"
        for path, tree in _modules()
        if path.parts[0] != "platform" and path.name != "queries.py" and "migrations" not in path.parts
        for line in _calls(tree, "select")
        if path.name not in MAY_SELECT
    ]

    assert strays == []


def test_no_model_has_a_relationship_that_could_load_lazily() -> None:
    lazy = [
        str(relation)
        for mapper in Base.registry.mappers
        for relation in inspect_mapping(mapper.class_).relationships
        if isinstance(mapper, Mapper) and relation.lazy != "raise"
    ]

    assert lazy == []
    assert len(list(Base.registry.mappers)) > 10


def test_every_event_has_its_line_in_the_wiring() -> None:
    events = set()
    for package in DOMAIN:
        if (ROOT / package / "events.py").is_file():
            module = importlib.import_module(f"cop.{package}.events")
            events |= {
                one
                for _name, one in inspect.getmembers(module, dataclasses.is_dataclass)
                if one.__module__ == module.__name__
            }

    assert events == set(wiring.REACTIONS)


def test_every_package_stands_on_the_map() -> None:
    packages = {module.name for module in pkgutil.iter_modules(cop.__path__)}
    described = {
        word.strip(",")
        for line in (cop.__doc__ or "").splitlines()
        if line.startswith("    ")
        for word in line.split()[:2]
    }

    assert packages <= described


def test_no_file_has_grown_past_a_screenful_of_screens() -> None:
    long = {
        str(path): lines
        for path, _tree in _modules()
        if (lines := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > 350
    }

    assert long == {}


def test_templates_issue_no_query_and_hold_no_inline_style_or_script() -> None:
    folder = ROOT.parent / "templates"
    forbidden = ("session(", "select(", " style=", "<style", "onclick=", "onload=", "javascript:", "<script>")
    faults = [
        f"{path.name}: {word}"
        for path in folder.rglob("*.html")
        for word in forbidden
        if word in path.read_text(encoding="utf-8")
    ]

    assert faults == []


def test_what_a_template_calls_safe_is_stored_html_only() -> None:
    """`|safe` turns escaping off; it may stand only behind the html that the renderer made, and quoted constants."""
    folder = ROOT.parent / "templates"
    strays = []
    for path in folder.rglob("*.html"):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for piece in line.split("|safe")[:-1]:
                if not piece.rstrip().endswith((".html", "'")):
                    strays.append(f"{path.name}:{number}")

    assert strays == []


@pytest.mark.usefixtures("app")
def test_the_migrations_make_exactly_the_tables_of_the_models(app: Flask) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from cop.platform.database import db

    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def test_no_web_process_loads_what_only_others_need() -> None:
    """The worker reckons with scipy, renderers with Markdown, and upgrades with Alembic."""
    asked = (
        "import sys, cop.app, cop.wiring, cop.cli.serving; from cop.web import blueprints; blueprints();"
        "print([name for name in ('scipy', 'numpy', 'markdown', 'bleach', 'alembic') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_the_names_of_the_migrations_say_what_alembic_says() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from cop.platform import schema, site

    config = Config()
    config.set_main_option("script_location", str(site.folder("migrations")))
    script = ScriptDirectory.from_config(config)

    assert schema.newest_revision() == script.get_current_head()
    assert schema.list_revisions() == {one.revision for one in script.walk_revisions()}
