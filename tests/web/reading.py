"""Reading pages as a person does: by their rows, links and forms, never by the template that made them."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse


class Reader:
    """One page that was answered."""

    def __init__(self, response: TestResponse) -> None:
        self.response = response
        self.status = response.status_code
        self.html = response.get_data(as_text=True)
        self.tree: Element = html5lib.parse(self.html, namespaceHTMLElements=False)

    @property
    def text(self) -> str:
        return words_of(self.tree)

    def all(self, path: str) -> list[Element]:
        return self.tree.findall(f".//{path}")

    def words(self, path: str) -> list[str]:
        """What stands in each element of a path."""
        return [words_of(element) for element in self.all(path)]

    def links(self, path: str = "a") -> dict[str, str]:
        """Addresses by what the links say."""
        return {words_of(link): link.get("href", "") for link in self.all(path)}

    def leads(self, where: str) -> str | None:
        """The address of the pager's `next` or `prev`."""
        return next((link.get("href") for link in self.all("a") if link.get("rel") == where), None)

    def forms(self) -> dict[str, dict[str, str]]:
        """The hidden and filled fields of each form, by where it goes."""
        return {
            form.get("action", ""): {
                field.get("name", ""): field.get("value") or (field.text or "")
                for field in (*form.iter("input"), *form.iter("textarea"))
                if field.get("name")
            }
            for form in self.all("form")
        }


def read(browser: FlaskClient, address: str, **options: Any) -> Reader:
    return Reader(browser.get(address, **options))


def send(browser: FlaskClient, address: str, **fields: str) -> Reader:
    """Send a form as the pages of this browser would, with the token that any of them carries."""
    guard = read(browser, "/c/").forms().get("/signout", {})
    return Reader(browser.post(address, data={**guard, **fields}))


def words_of(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())
