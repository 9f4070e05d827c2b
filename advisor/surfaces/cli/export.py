"""Turn saved answers into documents and reference lists."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from advisor.errors import IndexFailure, UsageError
from advisor.surfaces.cli.console import note
from advisor.surfaces.cli.options import IndexFolder, examples, opened

if TYPE_CHECKING:
    from advisor.answer.schema import Answer
    from advisor.documents.model import Work

app = typer.Typer()


@app.command(
    epilog=examples(
        'advisor ask "Who must lead the change?" --json > answer.json',
        "advisor export answer.json --output answer.docx",
        "advisor export answer.json --format bib > references.bib",
        'advisor ask "What does Frank ask for?" --json | advisor export - --format md',
    )
)
def export(
    answers: Annotated[list[str], typer.Argument(metavar="ANSWER.json...", help="Output of 'advisor ask --json'; - for standard input.")],
    form: Annotated[
        str | None, typer.Option("--format", "-f", metavar="docx|md|bib|csl", help="Format (default: as the file's name ends, else md).")
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write (default: standard output).")] = None,
    language: Annotated[Literal["de", "en"] | None, typer.Option("--language", help="Language of headings and notes.")] = None,
    index: IndexFolder = None,
) -> None:
    """Turn saved answers into Word or Markdown with footnotes, or into references.

    Several answers become one document. The library adds what citations do not carry; without one, they stand alone.
    """
    from advisor.export import export as exported
    from advisor.export import format_of

    chosen = format_of(form or (output.suffix[1:] if output and output.suffix else "md"))
    if chosen == "docx" and output is None and sys.stdout.isatty():
        raise UsageError("A Word document cannot be shown in a terminal. Name a file for it: --output answer.docx")
    found = [answer for name in answers for answer in _read(name)]
    content = exported(found, chosen, language or found[0].language, _works(index))
    if output is None:
        sys.stdout.buffer.write(content)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error}. Name another file with --output.") from error
    note(f"Wrote {output}.")


def _read(name: str) -> list[Answer]:
    from advisor.export import answers_in

    try:
        return answers_in(json.loads(sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")))
    except (OSError, ValueError, RecursionError) as error:
        raise UsageError(f"{name} cannot be read as a saved answer: {error}. Expected the output of 'advisor ask --json'.") from error


def _works(index: Path | None) -> dict[str, Work]:
    """The works of the library, for what citations do not carry; none where there is no library."""
    with suppress(IndexFailure), opened(index) as advisor:
        return advisor.works()
    return {}
