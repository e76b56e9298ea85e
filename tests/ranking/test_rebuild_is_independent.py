"""The check is worth something only while it shares nothing with what it checks."""

from __future__ import annotations

import ast
from pathlib import Path

from cop.ranking import rebuild

ITS_OWN = {"__future__", "math", "collections.abc", "dataclasses"}


def imports_of(module: Path) -> set[tuple[str, str]]:
    """Every (module, name) that a file imports, at whatever depth."""
    found: set[tuple[str, str]] = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            found |= {(alias.name, "") for alias in node.names}
        if isinstance(node, ast.ImportFrom):
            found |= {("." * node.level + (node.module or ""), alias.name) for alias in node.names}
    return found


def test_rebuild_takes_only_the_shapes_of_acts_and_parameters_from_the_package() -> None:
    taken = {one for one in imports_of(Path(rebuild.__file__)) if one[0] not in ITS_OWN}

    assert taken == {("cop.ranking.acts", "Act"), ("cop.ranking.acts", "Params")}


def test_rebuild_asks_the_shapes_for_no_derived_property() -> None:
    """`Act.place` and `Params.half_life` are part of the incremental path."""
    source = Path(rebuild.__file__).read_text()

    assert ".place" not in source
    assert "half_life " not in source.replace("half_life_days", "")


def test_pure_modules_know_no_other_package_and_no_clock() -> None:
    folder = Path(rebuild.__file__).parent
    pure = ["acts", "counting", "fold", "holding", "liveliness", "pulse", "rebuild", "states"]

    for name in pure:
        modules = {module for module, _ in imports_of(folder / f"{name}.py")}
        assert all(m.startswith("cop.ranking.") for m in modules if m.startswith("cop")), name
        assert modules.isdisjoint({"time", "datetime", "sqlalchemy", "flask"}), name
