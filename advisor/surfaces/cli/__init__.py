"""The command line: results on standard output, progress and errors on standard error.

Exit codes: 0 done, 1 some files failed or a quotation did not verify, 2 wrong usage or no index, 130 interrupted by Ctrl-C.
Each noun has a module with a Typer of its own; here they become one command.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from advisor import __version__
from advisor.errors import AdvisorError
from advisor.surfaces.cli import console, evaluate, export, ingest, library, questions, serve, tokens, users
from advisor.surfaces.cli.options import WRONG, examples

INTERRUPTED = 130
app = typer.Typer(
    help="Answers from strategy literature, in English and German, every sentence quoted.",
    epilog=examples(
        "advisor ingest", 'advisor ask "What do we need before launching on social media?"', "advisor serve", "advisor ask --help"
    ) + "\n\nExit codes: 0 done, 1 some files failed or a quotation did not verify, 2 wrong usage or no index.",
    no_args_is_help=True, pretty_exceptions_enable=False, rich_markup_mode=None, context_settings={"help_option_names": ["--help", "-h"]},
)  # fmt: skip
app.add_typer(questions.app)
app.add_typer(ingest.app)
app.add_typer(library.app, name="library")
app.add_typer(evaluate.app)
app.add_typer(export.app)
app.add_typer(users.app, name="user")
app.add_typer(tokens.app, name="token")
app.add_typer(serve.app)


def _version(wanted: bool) -> None:
    if wanted:
        console.say(f"advisor {__version__}")
        raise typer.Exit(0)


def _quiet(wanted: bool) -> None:
    console.MANNERS.quiet |= wanted
    if wanted:
        logging.getLogger("advisor").setLevel(logging.ERROR)


def _verbose(wanted: bool) -> None:
    console.MANNERS.verbose |= wanted
    if wanted:
        logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(name)s: %(message)s")


Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", callback=_quiet, expose_value=False, help="Results and errors only: no progress, no remarks.")
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", callback=_verbose, expose_value=False, help="Also what is used, and why something failed.")
]


def _common(quiet: Quiet = False, verbose: Verbose = False) -> None:
    """Options that stand before or after every command."""


@app.callback()
def _root(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    pass


def command() -> Any:
    """The whole command: what every module offers, --quiet and --verbose wherever a user may type them."""
    probe = typer.Typer(add_completion=False)
    probe.command()(_common)
    common = [parameter for parameter in typer.main.get_command(probe).params if parameter.name in ("quiet", "verbose")]
    root = typer.main.get_command(app)
    waiting: list[Any] = [root]
    while waiting:
        one = waiting.pop()
        one.params[len(one.params) :] = common
        waiting.extend(getattr(one, "commands", {}).values())
    return root


def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point of the `advisor` command; errors become one line and exit code 2."""
    console.MANNERS.quiet = console.MANNERS.verbose = False
    logging.getLogger("advisor").setLevel(logging.NOTSET)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that has no – or ü shows a ? in its place
    try:
        command()(args=arguments, prog_name="advisor", standalone_mode=True)
    except AdvisorError as error:
        console.failure(f"advisor: {error}")
        _explain(error)
        raise SystemExit(WRONG) from None
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            console.failure("\nadvisor: interrupted. The library is as the last finished command left it.")
        raise


def _explain(error: BaseException) -> None:
    cause = error.__cause__
    while cause is not None:
        console.detail(f"  because of {type(cause).__module__}.{type(cause).__qualname__}: {cause}")
        cause = cause.__cause__
