"""The commands `advisor user …`: who may use the library where it is served to others."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from advisor import accounts
from advisor.errors import UsageError
from advisor.settings import Settings

users = typer.Typer(help="Who may use the library where it is served to others.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="Name to sign in with, such as erika.muster.")]
Role = Annotated[str, typer.Option("--role", metavar="reader|analyst", help="A reader asks; an analyst also keeps the library.")]
IndexFolder = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="Folder of the index (default: index/).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _folder(index: Path | None) -> Path:
    return index or Settings.from_environ().index


def _password() -> str:
    """A password from the terminal, asked for twice and not shown, or the first line of standard input where that is no terminal."""
    if sys.stdin.isatty():
        return str(typer.prompt(f"Password (at least {accounts.SHORTEST_PASSWORD} characters)", hide_input=True, confirmation_prompt=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise UsageError("There is no password on standard input. Run the command in a terminal, or give the password as the first line.")
    return line


@users.command("add")
def add(name: Name, role: Role = "reader", index: IndexFolder = None) -> None:
    """Make an account; asks for the password: advisor user add erika.muster --role analyst."""
    account = accounts.add(_folder(index), name, role, _password())
    typer.echo(f"Added {account.name} ({account.role}).")


@users.command("list")
def show(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Every account with its role."""
    known = accounts.listed(_folder(index))
    if as_json:
        typer.echo(json.dumps([asdict(account) for account in known], ensure_ascii=False, indent=2))
        return
    for account in known:
        typer.echo(f"{account.name:30} {account.role}")
    if not known:
        typer.echo("There are no accounts. Make one: advisor user add NAME --role analyst")


@users.command("remove")
def remove(name: Name, index: IndexFolder = None) -> None:
    """Take an account away; whoever is signed in with it is signed out."""
    accounts.remove(_folder(index), name)
    typer.echo(f"Removed {name}.")


@users.command("role")
def role_of(name: Name, role: Annotated[str, typer.Argument(help="reader or analyst.")], index: IndexFolder = None) -> None:
    """Make a reader an analyst, or an analyst a reader: advisor user role erika.muster reader."""
    account = accounts.change_role(_folder(index), name, role)
    typer.echo(f"{account.name} is {'an analyst' if account.keeps_the_library else 'a reader'} now.")


@users.command("password")
def password(name: Name, index: IndexFolder = None) -> None:
    """Set a new password; whoever is signed in with the account is signed out."""
    accounts.change_password(_folder(index), name, _password())
    typer.echo(f"The password of {name} is changed.")
