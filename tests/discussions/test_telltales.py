"""What may point at somebody: found where it stands, and never where a sentence or a line merely begins."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from cop.discussions.telltales import MOST_SHOWN, capitals_in, find_telltales
from cop.platform import site

_HEAD = re.compile(r"\A\+\+\+.*?\+\+\+", re.DOTALL)
HERE = ("Maren Oduya", "Tomasz Wieczorek", "Will Bell")


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, one.words) for one in find_telltales({"situation": text}, titles={}, names=HERE)]


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("I called Dr Patel at once.", "titled", "Dr Patel"),
        ("It was said by Mrs O’Brien-Hall.", "titled", "Mrs O’Brien-Hall"),
        ("Nurse Okafor rang.", "titled", "Nurse Okafor"),
        ("I was on with John Smith that night.", "named", "John Smith"),
        ("Maria Santos was on call.", "named", "Maria Santos"),
        ("It began in New York and ended there.", "named", "New York"),
        ("Then Jane McDonald came.", "named", "Jane McDonald"),
        ("I asked Maren Oduya first.", "member", "Maren Oduya"),
        ("I asked Tomasz first.", "member", "Tomasz"),
        ("It was Maren’s idea.", "member", "Maren’s"),
        ("Write to bea@example.org about it.", "mail", "bea@example.org"),
        ("They rang +44 20 7946 0958 twice.", "phone", "+44 20 7946 0958"),
        ("They rang 020 7946 0958 twice.", "phone", "020 7946 0958"),
        ("They rang 555-0123 twice.", "phone", "555-0123"),
        ("They rang 212-555-0123 twice.", "record", "212-555-0123"),
        ("He was 943 476 5919 on every chart.", "record", "943 476 5919"),
        ("He was 943-476-5919, nobody else.", "record", "943-476-5919"),
        ("Her number was 078-05-1120 by then.", "record", "078-05-1120"),
        ("It was file 943 476 on the desk.", "record", "file 943 476"),
        ("It ran on db7.prod.internal then.", "host", "db7.prod.internal"),
        ("It ran on 10.12.0.7 then.", "host", "10.12.0.7"),
        ("He lay in bed 12 by then.", "record", "bed 12"),
        ("Her record number 123456 was wrong.", "record", "record number 123456"),
        ("It was MRN 4567890 all along.", "record", "MRN 4567890"),
        ("Sunday, 17:20, and nobody there.", "day", "Sunday, 17:20"),
        ("On 12 May 2026 it came back.", "day", "12 May 2026"),
        ("On May 12th it came back.", "day", "May 12th"),
        ("On 2026-05-12 it came back.", "day", "2026-05-12"),
        ("He was the only person in Porto who had the key.", "phrase", "the only person in Porto who had"),
        ("It has been so since the team split.", "phrase", "since the team split"),
        ("She was on sick leave by then.", "phrase", "on sick leave"),
    ],
)
def test_what_points_at_somebody_is_found(text: str, kind: str, words: str) -> None:
    assert (kind, words) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "The alarm rang. Nobody came. When I looked, it had stopped.",
        "Cold knees.\nPurple lace.\nHis hands moved.",
        "- Cold knees\n- Purple Lace\n* Nothing else",
        "“Leave it,” he said. (Then it stopped.) … And again: Nothing.",
        "In March 2026, on a Monday in May, we met. At Christmas it was over.",
        "The ICU rang the MRI about the CT. I’ve seen it, and I’d do it again.",
        "BP 120/80 and 140/90, from 03:12 to 03:40, 0.5 mg, 1 000 000 000 rows, 07-10 shift, the 0800 1600 roster.",
        "It took 200-1500 ml, 250-1250 ml at most, 300-1000 rows, 20 200 3000 packets, and 1 943 476 5919 bytes.",
        "PostgreSQL, GitHub and JavaScript were fine; version 1.2.3 was not.",
        "The bed 4 degrees warmer. Room 20 °C. He will ask Will, and may mark it.",
        "Will it hold? Mark the bag. Rose to the top. Tomasz. Maren said no.",
        "Ask @maren-oduya, see [Maren Oduya](/p/1) and `John Smith`: https://example.org/John-Smith.",
        "```\nJohn Smith 10.12.0.7\n```",
        "Der Alarm ging, und die Kollegin sah das Gerät, den Schlauch, die Pumpe, das Fenster, die Tür und das Bett.",
    ],
)
def test_a_sentence_that_begins_is_no_name(text: str) -> None:
    assert found(text) == []


def test_every_place_is_named_once_in_the_order_it_stands_and_no_more_than_fit() -> None:
    many = " ".join(f"Then Ann Number{'abcdefghij'[n]} came." for n in range(10))

    assert found("I asked Dr Patel. On Sunday, 17:20 I asked Dr Patel again, and John Smith.") == [
        ("titled", "Dr Patel"), ("day", "Sunday, 17:20"), ("named", "John Smith"),
    ]  # fmt: skip
    assert len(found(many)) == MOST_SHOWN


def test_a_title_may_have_capitals_and_no_address() -> None:
    asked = {"title": "The Night Of Big Queues, told by Dr Patel"}

    assert [one.words for one in find_telltales({}, titles=asked, names=())] == ["Dr Patel"]


def test_people_are_looked_for_by_words_within_sentences_alone() -> None:
    assert capitals_in({"a": "Tomasz rang. I asked Maren’s sister and Will. In May it was over."}) == {"Maren"}


def test_nothing_in_the_stories_of_the_demonstration_raises_an_alarm() -> None:
    folder = Path(site.__file__).parents[1] / "demo" / "content"
    stories = [_HEAD.sub("", one.read_text("utf-8")) for one in folder.glob("*/*.md")]

    assert len(stories) > 40
    assert [one for one in map(found, stories) if one] == []


@pytest.mark.parametrize(
    "piece", ["a", "[", "`", "A", "Aa ", "0", "0 ", "a.", "a-", "@a", "’", "```", "Dr ", "\n", "“"]
)
def test_no_text_is_looked_at_for_long(piece: str) -> None:
    text = piece * (64_000 // len(piece))

    begun = time.perf_counter()
    find_telltales({"situation": text}, titles={}, names=HERE)
    capitals_in({"situation": text})

    assert time.perf_counter() - begun < 3
