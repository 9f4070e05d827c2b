"""Who may use the library where it is served to others."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Annotated, Literal

import typer

from advisor import accounts
from advisor.errors import UsageError
from advisor.surfaces.cli.console import dump, say
from advisor.surfaces.cli.options import AsJson, IndexFolder, examples, settings_for

app = typer.Typer(
    help="Who may use the library where it is served to others.", no_args_is_help=True, rich_markup_mode=None,
    epilog=examples("advisor user add erika.muster --role analyst", "advisor user list", "advisor user remove erika.muster"),
)  # fmt: skip

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name to sign in with, such as erika.muster.")]
Role = Annotated[Literal["reader", "analyst"], typer.Option("--role", help="A reader asks; an analyst also keeps the library.")]
NewRole = Annotated[Literal["reader", "analyst"], typer.Argument(metavar="reader|analyst", help="The role from now on.")]


def _password() -> str:
    """A password from the terminal, asked for twice and not shown, or the first line of standard input where that is no terminal."""
    if sys.stdin.isatty():
        asked = f"Password (at least {accounts.SHORTEST_PASSWORD} characters)"
        return str(typer.prompt(asked, hide_input=True, confirmation_prompt=True, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise UsageError("There is no password on standard input. Run the command in a terminal, or give the password as the first line.")
    return line


def _tell(account: accounts.Account, said: str, as_json: bool) -> None:
    if as_json:
        dump(asdict(account))
    else:
        say(said)


@app.command(
    "add",
    epilog=examples("advisor user add erika.muster", "advisor user add erika.muster --role analyst", "advisor user add max < password.txt"),
)
def add(name: Name, role: Role = "reader", index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Make an account.

    Asks for the password twice, or takes the first line of standard input where that is no terminal.
    """
    account = accounts.add(settings_for(index).index, name, role, _password())
    _tell(account, f"Added {account.name} ({account.role}).", as_json)


@app.command("list", epilog=examples("advisor user list", "advisor user list --json"))
def show(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """List every account with its role."""
    known = accounts.listed(settings_for(index).index)
    if as_json:
        dump([asdict(account) for account in known])
        return
    for account in known:
        say(f"{account.name:30} {account.role}")
    if not known:
        say("There are no accounts. Make one: advisor user add NAME --role analyst")


@app.command("remove", epilog=examples("advisor user remove erika.muster"))
def remove(name: Name, index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Take an account away.

    Whoever is signed in with it is signed out.
    """
    accounts.remove(settings_for(index).index, name)
    if as_json:
        dump({"removed": name})
    else:
        say(f"Removed {name}.")


@app.command("role", epilog=examples("advisor user role erika.muster reader", "advisor user role max analyst --json"))
def role_of(name: Name, role: NewRole, index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Make a reader an analyst, or an analyst a reader.

    It counts from the next request on.
    """
    account = accounts.change_role(settings_for(index).index, name, role)
    _tell(account, f"{account.name} is {'an analyst' if account.keeps_the_library else 'a reader'} now.", as_json)


@app.command("password", epilog=examples("advisor user password erika.muster", "advisor user password max < password.txt"))
def password(name: Name, index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Set a new password.

    Whoever is signed in with the account is signed out.
    """
    accounts.change_password(settings_for(index).index, name, _password())
    if as_json:
        dump({"changed": name})
    else:
        say(f"The password of {name} is changed.")
