"""What was arranged for a site and does not fit together, for `cop check`: nobody is told of it by a failure."""

from __future__ import annotations

import os
from collections.abc import Iterator

from cop.cli.commands import settings
from cop.cli.findings import Check, Finding
from cop.platform.choices import site_settings


def _check_letters() -> Iterator[Finding]:
    """Letters that were written to files stay there, whatever is set later; without any, nobody can sign up."""
    chosen = settings()
    folder = chosen.data / "mail"
    letters = sum(1 for _letter in folder.glob("*.eml")) if folder.is_dir() else 0
    if chosen.smtp_url and letters:
        yield Finding(
            f"mail: {letters} letters lie in {folder} from before COP_SMTP_URL was set; they stay there.",
            "Whoever waits for one asks for another on the site; then delete them.",
            is_note=True,
        )
    if not (chosen.smtp_url or chosen.is_at_home or chosen.demo):
        yield Finding(
            f"mail: none leaves {chosen.base_url}: nobody can sign up, get another password or be told of an answer.",
            "Set COP_SMTP_URL and COP_MAIL_FROM, and start the site again.",
        )


def _check_openness() -> Iterator[Finding]:
    chosen = settings()
    if not (chosen.is_https or chosen.is_at_home):
        yield Finding(
            f"address: {chosen.base_url} is not encrypted, so passwords and sessions can be read on the way.",
            "Put a proxy with a certificate before the site, as the guide shows, and write https:// in COP_BASE_URL.",
        )


def _check_choices() -> Iterator[Finding]:
    """An administrator's choice stands over the environment's: who then changes the environment waits in vain."""
    chosen, held = settings(), site_settings()
    for name in held.__slots__:
        variable, wanted, holds = f"COP_{name.upper()}", getattr(chosen, name), getattr(held, name)
        if variable in os.environ and wanted != holds:
            yield Finding(
                f"settings: {variable} is “{wanted}”, and an administrator has chosen “{holds}”, which holds.",
                "Change it at /admin/.",
                is_note=True,
            )


ARRANGEMENTS: dict[Check, str] = {_check_letters: "mail", _check_openness: "address", _check_choices: "settings"}
