"""The table of routes."""

from __future__ import annotations

from flask import Flask

from tests.cli.conftest import Run


def test_every_route_stands_in_the_table_with_who_may_call_it(app: Flask, run: Run) -> None:
    table = run("routes").output.splitlines()

    assert len(table) == 1 + len(list(app.url_map.iter_rules()))
    assert not [row for row in table if "undeclared" in row]
    (healthz,) = [row.split() for row in table if " /healthz " in row]
    assert healthz[0] == "GET"
    assert healthz[-1] == "operators"
