"""The colours of code can be read by everyone, in the light and in the dark."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cop.platform.markup.cleaning import CODE_CLASSES

STYLESHEET = (Path(__file__).parents[2] / "static" / "cop.css").read_text()
LIGHT = STYLESHEET.partition(":root{")[2].partition("}")[0]
DARK = STYLESHEET.partition(":root.theme-dark{")[2].partition("}")[0]
INKS = r"\.ink-[a-z]+\{--com:(#[0-9a-f]{6})\}"  # a community may have an ink of its own
LIGHT_INKS = re.findall(r"(?<!theme-dark )(?<!light\) )" + INKS, STYLESHEET)
DARK_INKS = re.findall("theme-dark " + INKS, STYLESHEET)


def colour_of(name: str) -> str:
    """The variable that colours a class of code."""
    rule = re.search(rf"pre \.{name}(?=[,{{])[^{{}}]*{{[^}}]*\bcolor:var\(--(\w+)\)", STYLESHEET)
    assert rule, f"no colour for {name}"
    return rule[1]


def values_of(variable: str, theme: str, inks: list[str]) -> list[str]:
    (value,) = re.findall(rf"--{variable}:(#[0-9a-f]{{6}})", theme)
    return [value, *inks] if variable == "com" else [value]


def luminance(colour: str) -> float:
    """Relative luminance as in WCAG 2.2."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_a_community_has_the_choice_of_as_many_inks_in_the_dark() -> None:
    assert len(LIGHT_INKS) == len(DARK_INKS) >= 2


@pytest.mark.parametrize(("theme", "inks"), [(LIGHT, LIGHT_INKS), (DARK, DARK_INKS)], ids=["light", "dark"])
@pytest.mark.parametrize("name", sorted(CODE_CLASSES))
def test_each_colour_of_code_stands_out_from_its_ground(name: str, theme: str, inks: list[str]) -> None:
    (ground,) = values_of("ledger", theme, [])
    for value in values_of(colour_of(name), theme, inks):
        assert contrast(value, ground) >= 4.5
