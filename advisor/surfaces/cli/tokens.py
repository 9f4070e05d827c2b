"""Keys for programs that call a library which is served to others."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Annotated, Literal

import typer

from advisor import accounts
from advisor.surfaces.cli.console import dump, note, say
from advisor.surfaces.cli.options import AsJson, IndexFolder, examples, settings_for

app = typer.Typer(
    help="Keys for programs that call a library which is served to others.", no_args_is_help=True, rich_markup_mode=None,
    epilog=examples("advisor token add reports", "advisor token list", "advisor token revoke reports"),
)  # fmt: skip

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the program, such as reports.")]
Role = Annotated[Literal["reader", "analyst"], typer.Option("--role", help="A reader asks; an analyst also changes the library.")]


@app.command("add", epilog=examples("advisor token add reports", "advisor token add importer --role analyst > token.txt"))
def add(name: Name, role: Role = "reader", index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Make a token and print it, this once.

    A program sends it as "Authorization: Bearer TOKEN".
    """
    secret = accounts.create_token(settings_for(index).index, name, role)
    note("This is shown only now; keep it where passwords are kept.")
    if as_json:
        dump({"name": name, "role": role, "token": secret})
    else:
        say(secret)


@app.command("list", epilog=examples("advisor token list", "advisor token list --json"))
def show(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """List every token with its role and when it was last used.

    The token itself is never shown again.
    """
    known = accounts.tokens(settings_for(index).index)
    if as_json:
        dump([asdict(token) for token in known])
        return
    for token in known:
        used = time.strftime("last used %Y-%m-%d", time.localtime(token.used)) if token.used else "never used"
        say(f"{token.name:30} {token.role:8} {used}")
    if not known:
        say("There are no tokens. Make one: advisor token add NAME --role reader")


@app.command("revoke", epilog=examples("advisor token revoke reports"))
def revoke(name: Name, index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Take a token away.

    It opens nothing from now on.
    """
    accounts.revoke_token(settings_for(index).index, name)
    if as_json:
        dump({"revoked": name})
    else:
        say(f"Revoked {name}.")
