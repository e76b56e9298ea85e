"""Everything the demonstration shows, read by those who see most of it: each list to its end, each thread."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from cop.accounts.sessions import start_session
from cop.communities.models import Community
from cop.discussions.models import Thread
from cop.platform.database import session, transaction
from cop.platform.ids import spell
from tests.conftest import NOW

LOOKING = {  # who looks, and at which communities
    "ottilie-varga": ("incident-response", "behind-the-desk"),
    "brannoc-eadie": ("bedside-icu", "behind-the-desk"),
    "tevita-hafoka": ("incident-response",),
    "tomos-gethin-pryce": ("bedside-icu", "incident-response"),
    "soledad-ibarluzea": ("bedside-icu",),
    "dagny-thorvik": ("cold-stores",),
    "ffion-achterberg": ("cold-stores",),
    "bronagh-tierney-cole": ("home-visits", "behind-the-desk"),
    "": ("incident-response", "bedside-icu", "cold-stores"),
}


@dataclass
class Seen:
    """What was read, and of each list, by its route, whether somebody saw something in it."""

    pages: str = ""
    lists: dict[str, bool] = field(default_factory=dict)


def see_everything(played: Flask, ids: dict[str, int]) -> Seen:
    """Every list to its end, every thread and every decision: each community by some who are in it."""
    seen = Seen(lists={rule.endpoint: False for rule in played.url_map.iter_rules() if _is_list(rule.endpoint)})
    placed = select(Thread.id, Thread.kind, Community.slug).join(Community, Community.id == Thread.community_id)
    threads = session().execute(placed).all()
    for handle, slugs in LOOKING.items():
        browser = browser_of(played, ids.get(handle))
        for slug in slugs:
            for sort in ("living", "endorsed", "new", "needs-you"):
                read_list(seen, played, browser, f"/c/{slug}/?sort={sort}", f"{sort} list")
            for part in ("procedures", "people", "about"):
                read_list(seen, played, browser, f"/c/{slug}/{part}")
        for thread in threads:
            if thread.slug in slugs:
                read_list(seen, played, browser, f"/t/{spell(thread.id)}/any")
            if thread.slug in slugs and thread.kind == "case" and handle:
                for part in ("decisions/1", "decisions/2", "decisions/1/reasons"):
                    read_list(seen, played, browser, f"/t/{spell(thread.id)}/{part}")
        read_list(seen, played, browser, "/c/")
        read_list(seen, played, browser, "/search?q=the+night")
    for person_id in ids.values():
        browser = browser_of(played, person_id)
        for address in ("/became", "/drafts", "/settings/sessions"):
            read_list(seen, played, browser, address)
    for handle in ids:
        read_list(seen, played, browser_of(played, ids["ottilie-varga"]), f"/c/incident-response/people/{handle}/why")
    for address in ("/admin/people", "/admin/communities"):
        read_list(seen, played, browser_of(played, ids["wanjiru-halvorsen"]), address)
    return seen


def _is_list(endpoint: str) -> bool:
    return endpoint.rpartition(".")[2].startswith("list_") or endpoint in ("drafts.show_drafts", "search.show_search")


def read_list(seen: Seen, played: Flask, browser: FlaskClient, address: str | None, name: str = "") -> None:
    """A page, and where it is one of several all of them; nothing of one that is not shown to this reader."""
    name = name or str(played.url_map.bind("localhost").match(urlsplit(address or "").path)[0])
    while address and (answer := browser.get(address)).status_code == 200:
        seen.pages += answer.text
        seen.lists[name] = seen.lists.get(name, False) or 'class="empty"' not in answer.text
        found = re.search(r'href="([^"]+)" rel="next"', answer.text)
        address = unescape(found[1]) if found else None


def browser_of(played: Flask, person_id: int | None) -> FlaskClient:
    browser = played.test_client()
    if person_id is not None:
        with played.app_context(), transaction():
            browser.set_cookie("cop_session", start_session(person_id=person_id, stays=True, now=NOW))
    return browser
