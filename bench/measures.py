"""What is measured once: searching, writing by several people at once, and what a page weighs."""

from __future__ import annotations

import gzip
import json
import re
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus, urljoin

from bench.loading import Row, Work, load, row_of, run_wrk
from bench.serving import fetch, read
from bench.talking import Form

WARMING_UP = 3  # seconds
CAUGHT_UP_WITHIN = 10.0  # seconds after the last reply
_LINKED = re.compile(r"(?:href|src)=\"(/static/[^\"#]+)|url\([\"']?([^\"')#]+)|(?:from|import)\s*[\"'](\./[^\"']+)")


@dataclass(frozen=True)
class Said:
    """What came of several people replying at once, and how many of them search found the last reply of in time."""

    row: Row
    people: int
    found: int


def search_in_turn(base: str, cookie: str, searches: Sequence[str]) -> tuple[float, float]:
    """Milliseconds for a page of results, one search after another: the median, and for nineteen of twenty."""
    taken = []
    for words in searches:
        begun = time.monotonic()
        fetch(f"{base}/search?q={quote_plus(words)}", cookie)
        taken.append((time.monotonic() - begun) * 1000)
    kept = taken[len(taken) // 10 :]  # the first open the index in each process
    return statistics.median(kept), statistics.quantiles(kept, n=20)[-1]


def reply_at_once(
    base: str, cookies: Sequence[str], threads: Sequence[str], constant: Work, *, rounds: int, seconds: int
) -> Said:
    """Everybody sends the form below a thread of their own, as fast as each is answered; then each is looked for."""
    forms = [Form(base, cookie, thread) for cookie, thread in zip(cookies, threads, strict=False)]
    run_wrk(base, _sending(forms), WARMING_UP, connections=len(forms))  # in which the renderers begin their work
    taken = []
    for _ in range(rounds):
        bare = load(constant, seconds).a_second
        taken.append((bare, run_wrk(base, _sending(forms), seconds, connections=len(forms))))
    marks = [f"quillon{chr(97 + n) * 3}" for n in range(len(forms))]
    for form, mark in zip(forms, marks, strict=True):
        form.post(f"The last one, {mark}.")
    ends = time.monotonic() + CAUGHT_UP_WITHIN
    found: set[str] = set()
    while len(found) < len(marks) and time.monotonic() < ends:
        time.sleep(0.5)
        found |= {mark for mark in marks if f"<mark>{mark}" in read(f"{base}/search?q={mark}", cookies[0])}
    return Said(row_of(f"replies by {len(forms)} people through the form", taken), len(forms), len(found))


def _sending(forms: Sequence[Form]) -> str:
    """What wrk runs: each request is the next person's form, with a key and a text that were never sent before."""
    people = ",".join(
        f"{{path={json.dumps(form.path)}, body={json.dumps(form.body)}, cookie={json.dumps(form.cookie)}}}"
        for form in forms
    )
    return f"""
local people = {{{people}}}
local run, threads = tostring(os.time()), 0
function setup(thread) threads = threads + 1; thread:set("number", threads) end
local n = 0
function request()
  n = n + 1
  local one = people[(2 * n + number) % #people + 1]
  local sent = run .. number .. "x" .. n
  return wrk.format("POST", one.path, {{
    ["Cookie"] = one.cookie, ["Origin"] = {json.dumps(forms[0].origin)},
    ["Content-Type"] = "application/x-www-form-urlencoded",
  }}, one.body .. "&key=bench" .. sent .. "&body=Said+while+it+was+measured+" .. sent)
end
"""


def weigh_page(base: str, path: str) -> int:
    """Bytes of a page with every file it loads, each gzipped by itself as a proxy sends them."""
    waiting, seen, total = [path], {path}, 0
    while waiting:
        address = waiting.pop()
        content = fetch(base + address)
        total += len(gzip.compress(content, 6))
        if address == path or address.partition("?")[0].endswith((".css", ".js")):
            loaded = (urljoin(address, next(filter(None, found))) for found in _LINKED.findall(_text(content)))
            new = [one for one in dict.fromkeys(loaded) if one not in seen and one.startswith("/static/")]
            seen.update(new)
            waiting += new
    return total


def _text(content: bytes) -> str:
    return content.decode(errors="replace")
