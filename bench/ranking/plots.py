"""The three pictures of docs/ranking.md, drawn from the raw results as small SVG files that read in light and dark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench.ranking.report import Estimate, estimate
from bench.ranking.trials import CHOSEN, ENDORSED, EXPLORING, LIVING, OTHERS, outcomes
from bench.ranking.worlds import ATTACK, ATTACK_LASTS

DOCS: Final = Path("docs")
SIZE: Final = "300"
WIDTH, ROW, STRIP, LEFT, RIGHT, TOP = 720, 24, 30, 250, 30, 56
OURS: Final = (ENDORSED, CHOSEN, EXPLORING, LIVING)
SHOWN: Final = (*OURS, *OTHERS)
STYLE: Final = """
text { font: 13px system-ui, sans-serif; fill: #26221c }
.title { font-weight: 600; font-size: 15px }
.faint { fill: #6b6459 }
.grid { stroke: #d8d2c6; fill: none }
.ours { fill: #1f6f63; stroke: #1f6f63 }
.theirs { fill: #8a5a2b; stroke: #8a5a2b }
.hollow { fill: #fffdf8 }
.ground { fill: #fffdf8 }
@media (prefers-color-scheme: dark) {
  text { fill: #e8e2d6 }
  .faint { fill: #a59d8f }
  .grid { stroke: #454038 }
  .ours { fill: #63c2b2; stroke: #63c2b2 }
  .theirs { fill: #d9a066; stroke: #d9a066 }
  .hollow, .ground { fill: #1d1b18 }
}
"""


def draw(seeds: Sequence[int]) -> None:
    DOCS.mkdir(exist_ok=True)
    pictures: dict[str, Callable[[dict[str, list[dict[str, Any]]]], str]] = {
        "quality": _quality, "attack": _attack, "stale": _stale,
    }  # fmt: skip
    found = {name: list(outcomes(name, SIZE, seeds)) for name in SHOWN}
    if not all(found.values()):
        print("(not every list has been tried with 300 people: no pictures)")
        return
    for name, picture in pictures.items():
        (DOCS / f"ranking-{name}.svg").write_text(picture(found), encoding="utf-8")


def _quality(found: dict[str, list[dict[str, Any]]]) -> str:
    """How good the top ten is in calm days and under attack."""
    return _rows(
        "How much of the best possible top ten a list shows: calm days ●, under attack ○",
        found, ("ndcg", "ndcg_attacked"), most=1.0, ticks=(0.0, 0.2, 0.4, 0.6, 0.8, 1.0),
    )  # fmt: skip


def _stale(found: dict[str, list[dict[str, Any]]]) -> str:
    """How long advice that is no longer true stays up."""
    return _rows(
        "Days until good advice that went stale had left the first twenty",
        found, ("days_to_demote",), most=200.0, ticks=(0, 50, 100, 150, 200),
    )  # fmt: skip


def _rows(
    title: str, found: dict[str, list[dict[str, Any]]], keys: Sequence[str], *, most: float, ticks: Sequence[float]
) -> str:
    """A row a list, best first, with a dot and its interval for each figure."""
    rows = {name: [estimate([one[key] for one in years]) for key in keys] for name, years in found.items()}
    names = sorted(rows, key=lambda name: rows[name][0].mean, reverse=keys[0] == "ndcg")
    height = TOP + ROW * len(names) + 34
    parts = [_text(16, 26, title, "title")]
    for tick in ticks:
        x = _x(tick, most)
        parts.append(f'<path class="grid" d="M{x:.1f} {TOP - 12}V{height - 30}"/>')
        parts.append(_text(x, height - 12, f"{tick:g}", "faint", "middle"))
    for number, name in enumerate(names):
        y = TOP + ROW * number + 4
        parts.append(_text(LEFT - 14, y + 4, name, "", "end"))
        whose = "ours" if name in OURS else "theirs"
        parts += [_dot(one, y, most, whose, is_hollow=place > 0) for place, one in enumerate(rows[name])]
    return _picture(height, title, parts)


def _dot(one: Estimate, y: float, most: float, whose: str, *, is_hollow: bool) -> str:
    if not one.n:
        return ""
    x, low, high = (_x(value, most) for value in (one.mean, one.mean - one.half, one.mean + one.half))
    inner = f'<circle class="hollow" stroke="none" cx="{x:.1f}" cy="{y}" r="3"/>' if is_hollow else ""
    return (
        f'<path class="{whose}" stroke-width="1.5" d="M{low:.1f} {y}H{high:.1f}"/>'
        f'<circle class="{whose}" cx="{x:.1f}" cy="{y}" r="4.5"/>{inner}'
    )


def _x(value: float, most: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * min(max(value, 0.0), most) / most


def _attack(found: dict[str, list[dict[str, Any]]]) -> str:
    """How many of the five worthless threads stand in the top ten, day by day, a strip a list."""
    title = "Five worthless threads, praised by 200 fakes: how many stand in the top ten"
    first, last = ATTACK - 5, ATTACK + ATTACK_LASTS
    lines = {
        name: np.mean([one["series"]["attacks"] for one in years], axis=0)[first : last + 1]
        for name, years in found.items()
    }
    names = sorted(lines, key=lambda name: -float(lines[name].sum()))
    height, right = TOP + STRIP * len(names) + 34, WIDTH - 70
    step = (right - LEFT) / (last - first)
    parts = [_text(16, 26, title, "title"), _text(WIDTH - 16, TOP - 10, "mean", "faint", "end")]
    for days, words in ((0, "day 0"), (30, "day 30: the fakes stop"), (60, "day 60")):
        x = LEFT + (ATTACK + days - first) * step
        parts.append(f'<path class="grid" d="M{x:.1f} {TOP - 6}V{height - 30}"/>')
        parts.append(_text(x, height - 12, words, "faint", "end" if days == 60 else "middle"))
    for number, name in enumerate(names):
        ground = TOP + STRIP * (number + 1) - 4
        tops = " ".join(f"{LEFT + day * step:.1f},{ground - 4.4 * value:.1f}" for day, value in enumerate(lines[name]))
        whose = "ours" if name in OURS else "theirs"
        parts.append(f'<path class="grid" d="M{LEFT} {ground}H{right}"/>')
        parts.append(f'<polygon class="{whose}" points="{LEFT},{ground} {tops} {right},{ground}"/>')
        parts.append(_text(LEFT - 14, ground - 6, name, "", "end"))
        parts.append(_text(WIDTH - 16, ground - 6, f"{lines[name][ATTACK + 1 - first :].mean():.1f}", "faint", "end"))
    return _picture(height, title, parts)


def _text(x: float, y: float, words: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def _picture(height: int, title: str, parts: Sequence[str]) -> str:
    inner = "\n".join(part for part in parts if part)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        f' role="img" aria-label="{escape(title)}">\n<style>{STYLE}</style>\n'
        f'<rect class="ground" width="100%" height="100%"/>\n{inner}\n</svg>\n'
    )
