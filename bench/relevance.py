"""`python -m bench.relevance`: how well search orders what answers a question, beside the plain BM25 of the data.

The questions and judged answers are those of SemEval's cQA tasks, kept outside of the project; without them this says
so and ends. Three figures for each split: MAP when the ten judged threads are ordered, and nDCG@10 and recall@10 over
the whole collection, where what nobody judged counts as no answer. "Ours" is the product: its analysis, its reading of
what is typed, its index, its scores. What was chosen was chosen on train1 and train2; dev was looked at to report.
"""

from __future__ import annotations

import gzip
import json
import math
import os
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cop.search.port import IndexedText
from cop.search.query_language import MOST_CHARACTERS, parse_query
from cop.search.whoosh_index import WhooshIndex

DATA = Path(os.environ.get("COP_RELEVANCE", "../shared/data/search_relevance"))
SPLITS = ("train1", "train2", "dev")
PLAIN = {"train1": (65.7, 29.6, 32.9), "train2": (72.4, 39.8, 41.0), "dev": (70.6, 40.9, 36.4)}  # its README
TOP = 10
_HERE = 1  # the one community in which all of it stands


@dataclass(frozen=True)
class Question:
    """A question, and how well each judged thread answers it."""

    typed: str
    grades: Mapping[int, int]


def main() -> None:
    if not (DATA / "qrels.tsv").exists():
        print("Relevance: left out, since the judged questions are not here (COP_RELEVANCE names their folder).")
        return
    texts, questions = _read_texts(), _read_questions()
    with tempfile.TemporaryDirectory() as folder:
        index = WhooshIndex(Path(folder) / "index")
        index.rebuild(texts)
        ours = {split: measure(index, questions[split]) for split in SPLITS}
        index.close()
    show(ours)


def measure(index: WhooshIndex, questions: Sequence[Question]) -> tuple[float, float, float]:
    """MAP of the judged ten; nDCG@10 and recall@10 of all; in per cent."""
    ordered, gained, recalled = [], [], []
    for question in questions:
        query = parse_query(question.typed).within([_HERE])
        scores = index.score(query, question.grades)
        ranked = sorted(question.grades, key=lambda one, s=scores: -s[one])
        ordered.append(average_precision([question.grades[one] > 0 for one in ranked]))
        good = {one: grade for one, grade in question.grades.items() if grade}
        if good:
            found = [hit.text_id for hit in index.find(query).hits][:TOP]
            gained.append(ndcg([good.get(one, 0) for one in found], list(good.values())))
            recalled.append(sum(one in good for one in found) / min(TOP, len(good)))
    return _mean(ordered), _mean(gained), _mean(recalled)


def average_precision(are_good: Sequence[bool]) -> float:
    hits = [place for place, is_good in enumerate(are_good, 1) if is_good]
    return sum(found / place for found, place in enumerate(hits, 1)) / len(hits) if hits else 0.0


def ndcg(grades: Sequence[int], ideal: Sequence[int]) -> float:
    return _gain(grades) / (_gain(sorted(ideal, reverse=True)) or 1.0)


def show(ours: Mapping[str, tuple[float, float, float]]) -> None:
    print(f"\n{'relevance, per cent':<22} {'rerank MAP':>18} {'nDCG@10':>18} {'recall@10':>18}")
    for split in SPLITS:
        pairs = zip(ours[split], PLAIN[split], strict=True)
        print(f"{split + ': ours, plain BM25':<22}", *(f"{mine:>10.1f} {plain:>7.1f}" for mine, plain in pairs))
    for place, what in enumerate(("rerank MAP", "nDCG@10", "recall@10")):
        mean = sum(ours[split][place] - PLAIN[split][place] for split in SPLITS) / len(SPLITS)
        worst = min(ours[split][place] - PLAIN[split][place] for split in SPLITS)
        print(f"{what}: {mean:+.1f} on average, {worst:+.1f} at worst.")


def _read_texts() -> Iterator[IndexedText]:
    for read in _lines("docs.jsonl.gz"):
        number = _number(read["doc_id"])
        yield IndexedText(
            id=number, thread_id=number, community_id=_HERE, kind="question", part="thread",
            title=read["title"], body=read["body"], author="", at=0,
        )  # fmt: skip


def _read_questions() -> dict[str, list[Question]]:
    grades: dict[str, dict[int, int]] = defaultdict(dict)
    for line in (DATA / "qrels.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        question, document, grade, _rank, _split = line.split("\t")
        grades[question][_number(document)] = int(grade)
    questions: dict[str, list[Question]] = defaultdict(list)
    for read in _lines("queries.jsonl.gz"):
        if read["qid"] in grades:
            typed = f"{read['title']} {read['body']}"[:MOST_CHARACTERS]
            questions[read["split"]].append(Question(typed, grades[read["qid"]]))
    return questions


_numbers: dict[str, int] = {}


def _number(name: str) -> int:
    return _numbers.setdefault(name, len(_numbers) + 1)


def _lines(name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(DATA / name, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _gain(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades[:TOP], 1))


def _mean(figures: Sequence[float]) -> float:
    return 100 * sum(figures) / max(len(figures), 1)


if __name__ == "__main__":
    main()
