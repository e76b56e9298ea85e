"""`cop admin`: who looks after the site. Administrators are made here and on no page."""

from __future__ import annotations

import sys

import click

from cop.accounts import names, passwords
from cop.accounts.addresses import fold, is_address
from cop.accounts.administration import appoint_administrator, remove_administrator
from cop.accounts.operations import Practice, sign_up
from cop.accounts.queries import find_person_by_email, list_administrators
from cop.cli.commands import Command, Failure
from cop.cli.schema import require_schema
from cop.cli.tables import tell_table
from cop.platform import clock
from cop.platform.database import reading, transaction

_UNNAMED = "Site keeper"


@click.group("admin")
def admin() -> None:
    """Make, list and remove administrators."""


@admin.command("create", cls=Command)
@click.argument("address")
@click.option("--name", default="", help="What a new account is called; by default the part before the @.")
def create(address: str, name: str) -> None:
    """Make an administrator, or make one of somebody who has an account.

    A new account's password is asked for, or read from standard input: it never stands on the command line.
    """
    require_schema()
    email = fold(address)
    if not is_address(email):
        raise Failure(f"“{address}” is no address that mail reaches.")
    with reading():
        person_id = find_person_by_email(email)
    password_hash = "" if person_id else passwords.hash_password(_ask_password(name, email))
    with transaction():
        chosen = person_id or _make_account(name, email, password_hash)
        appoint_administrator(person_id=chosen, now=clock.now())
    click.echo(f"{email} is an administrator now. They sign in at /signin.")


@admin.command("list", cls=Command)
def list_all() -> None:
    """List the administrators."""
    require_schema()
    with reading():
        lines = list_administrators()
    if not lines:
        click.echo("There is none yet. Make one with cop admin create ADDRESS.")
        return
    tell_table(
        ("address", "name", "suspended"),
        [(line.email, line.name, "yes" if line.suspended_at else "no") for line in lines],
    )


@admin.command("remove", cls=Command)
@click.argument("address")
def remove(address: str) -> None:
    """Make an administrator an ordinary member again."""
    require_schema()
    email = fold(address)
    with transaction():
        chosen = next((line for line in list_administrators() if line.email == email), None)
        if chosen is None:
            raise Failure(f"{email} is no administrator. See cop admin list.")
        remove_administrator(person_id=chosen.id, now=clock.now())
    click.echo(f"{email} is an ordinary member now.")


def _make_account(name: str, email: str, password_hash: str) -> int:
    called = _called(name, email)
    return sign_up(name=called, email=email, password_hash=password_hash, practice=Practice(), now=clock.now())


def _called(name: str, email: str) -> str:
    """The name that was given, or one from the address."""
    given = names.tidy(name)
    if given:
        fault = names.fault_of(given)
        if fault:
            raise Failure(fault)
        return given
    guessed = names.tidy(email.partition("@")[0].replace(".", " ").replace("_", " ")).title()
    return _UNNAMED if names.fault_of(guessed) else guessed


def _ask_password(name: str, email: str) -> str:
    called = _called(name, email)
    password = _type_password() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    fault = passwords.fault_of(password, name=called, email=email)
    if fault:
        raise Failure(fault)
    return password


def _type_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more"))
