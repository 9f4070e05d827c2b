"""The commands `advisor token …`: keys for programs that call a library which is served to others."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from advisor import accounts
from advisor.settings import Settings

tokens = typer.Typer(help="Keys for programs that call a library which is served to others.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="Name of the program, such as reports.")]
Role = Annotated[str, typer.Option("--role", metavar="reader|analyst", help="A reader asks; an analyst also changes the library.")]
IndexFolder = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="Folder of the index (default: index/).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _folder(index: Path | None) -> Path:
    return index or Settings.from_environ().index


@tokens.command("add")
def add(name: Name, role: Role = "reader", index: IndexFolder = None) -> None:
    """Make a token and print it, this once: advisor token add reports --role reader."""
    secret = accounts.create_token(_folder(index), name, role)
    typer.echo("This is shown only now; keep it where passwords are kept.", err=True)
    typer.echo(secret)


@tokens.command("list")
def show(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Every token with its role and when it was last used; never the token itself."""
    known = accounts.tokens(_folder(index))
    if as_json:
        typer.echo(json.dumps([asdict(token) for token in known], ensure_ascii=False, indent=2))
        return
    for token in known:
        used = time.strftime("last used %Y-%m-%d", time.localtime(token.used)) if token.used else "never used"
        typer.echo(f"{token.name:30} {token.role:8} {used}")
    if not known:
        typer.echo("There are no tokens. Make one: advisor token add NAME --role reader")


@tokens.command("revoke")
def revoke(name: Name, index: IndexFolder = None) -> None:
    """Take a token away; it opens nothing from now on."""
    accounts.revoke_token(_folder(index), name)
    typer.echo(f"Revoked {name}.")
