"""What can be wrong with the demonstration's content; apart from it, so that the server need not load its readers."""

from __future__ import annotations


class BadContent(Exception):
    """A file of the content is not as its format says; the sentence names it."""
