"""The bench's data is written many rows at once, and must be what the operations would have written."""

from __future__ import annotations

from pathlib import Path

from bench.seed import Size, seed
from cop.app import create_app
from cop.cli.derived.strays import find_strays
from cop.cli.queries import list_miscounts
from cop.platform.database import close_connections, db, reading
from cop.ranking.verification import check_orders
from cop.ranking.voices.verification import check_verdicts
from cop.search.jobs import Indexing
from cop.search.verification import compare
from cop.settings import Settings
from tests.web.reading import read

SMALL = Size(communities=3, people=40, threads=12, replies=120, measured=3, replies_each=12, long=30, bodies=6)


def test_nothing_is_wrong_in_the_data_of_the_bench_and_its_pages_are_read(tmp_path: Path) -> None:
    made = seed(tmp_path / "bench", size=SMALL)

    app = create_app(Settings(data=tmp_path / "bench", base_url="http://localhost", limits=False))
    with app.app_context():
        with reading():
            miscounts = list_miscounts(10)
        wrong = [*check_orders(), *check_verdicts(), *find_strays()]
        difference = compare(Indexing(tmp_path / "bench" / "index").index)
        db.session.remove()
        browser = app.test_client()
        browser.set_cookie("cop_session", made["sessions"][0])
        pages = [read(browser, path) for path in (made["community"], made["long"], *made["threads"])]
        close_connections()
    assert (miscounts, wrong, bool(difference)) == ([], [], False)
    assert [page.status for page in pages] == [200] * 5
    assert len(made["threads"]) == SMALL.measured
    assert all("Your reply to" in page.text for page in pages[1:])
    assert seed(tmp_path / "bench", size=SMALL)["threads"] == made["threads"]  # it is kept
