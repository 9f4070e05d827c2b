"""The command that turns saved answers into documents and reference lists."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.errors import IndexFailure, UsageError
from advisor.settings import Settings

if TYPE_CHECKING:
    from advisor.answer.schema import Answer
    from advisor.documents.model import Work

app = typer.Typer()


@app.command()
def export(
    answers: Annotated[list[str], typer.Argument(metavar="ANSWER.json...", help="Output of 'advisor ask --json'; - for standard input.")],
    form: Annotated[
        str | None, typer.Option("--format", "-f", metavar="docx|md|bib|csl", help="Format (default: as the file's name ends, else md).")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write (default: standard output).")] = None,
    language: Annotated[str | None, typer.Option("--language", metavar="de|en", help="Language of headings and notes.")] = None,
    index: Annotated[Path | None, typer.Option("--index", metavar="DIR", help="Folder of the index (default: index/).")] = None,
) -> None:
    """Turn saved answers into Word or Markdown with footnotes, or into references: advisor export answer.json -o answer.docx."""
    from advisor.export import export as exported
    from advisor.export import format_of

    chosen = format_of(form or (output.suffix[1:] if output and output.suffix else "md"))
    if chosen == "docx" and output is None and sys.stdout.isatty():
        raise UsageError("A Word document cannot be shown in a terminal. Name a file for it: --output answer.docx")
    if language not in (None, "de", "en"):
        raise UsageError(f"The language is {language!r}; expected 'de' or 'en'.")
    found = [answer for name in answers for answer in _read(name)]
    content = exported(found, chosen, language or found[0].language, _works(index))
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error}. Name another file with --output.") from error
    typer.echo(f"Wrote {output}.", err=True)


def _read(name: str) -> list[Answer]:
    from advisor.export import answers_in

    try:
        return answers_in(json.loads(sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{name} cannot be read as a saved answer: {error}. Expected the output of 'advisor ask --json'.") from error


def _works(index: Path | None) -> dict[str, Work]:
    """The works of the library, for what citations do not carry; none where there is no library."""
    from advisor.advisor import Advisor

    settings = Settings.from_environ()
    with suppress(IndexFailure), Advisor.open(settings if index is None else replace(settings, index=index)) as advisor:
        return {document.work.key: document.work for document in advisor.documents()}
    return {}
