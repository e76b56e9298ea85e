"""Compiled templates: kept beside their sources, and never used again for something else."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from cop.web.compiled import CompiledTemplates


def _environment(folder: Path, tools: bytes = b"") -> Environment:
    return Environment(
        loader=FileSystemLoader(folder), bytecode_cache=CompiledTemplates(folder, tools), autoescape=True
    )


def test_a_template_is_compiled_once_and_again_when_it_or_its_tools_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    page = tmp_path / "page.html"
    page.write_text("old")
    compiled: list[str] = []
    plain = Environment._compile

    def counting(self: Environment, source: str, filename: str) -> object:
        compiled.append(source)
        return plain(self, source, filename)

    monkeypatch.setattr(Environment, "_compile", counting)

    assert _environment(tmp_path).get_template("page.html").render() == "old"
    assert _environment(tmp_path).get_template("page.html").render() == "old"
    assert len(compiled) == 1

    _environment(tmp_path, b"another filter").get_template("page.html")
    assert len(compiled) == 2

    page.write_text("new")
    assert _environment(tmp_path, b"another filter").get_template("page.html").render() == "new"


def test_where_nothing_may_be_written_pages_are_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html").write_text("read")
    (tmp_path / "__pycache__").write_text("no folder")

    assert _environment(tmp_path).get_template("page.html").render() == "read"
    assert (tmp_path / "__pycache__").read_text() == "no folder"
