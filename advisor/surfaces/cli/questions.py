"""Ask, search, and re-check a saved answer."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.surfaces.cli.console import answer_dress, bold, dim, dump, note, red, say
from advisor.surfaces.cli.options import FAILED, AsJson, IndexFolder, Language, examples, opened

if TYPE_CHECKING:
    from advisor.answer.schema import Answer

app = typer.Typer()


@app.command(
    epilog=examples(
        'advisor ask "What do we need before launching on social media?"',
        'advisor ask "Wie lange muss das Geld gesichert sein?" --language en',
        'advisor ask "What did P&G change in its research?" --json > answer.json',
    )
)
def ask(
    question: Annotated[str, typer.Argument(metavar="QUESTION", help="A question in English or German.")],
    as_json: AsJson = False,
    index: IndexFolder = None,
    language: Language = None,
) -> None:
    """Answer a question, every statement quoted.

    What the library does not hold is declined, with the nearest passages.
    """
    with opened(index) as advisor:
        given = advisor.ask(question, language=language)
    if as_json:
        dump(given.as_json())
        return
    say(given.text, answer_dress)
    for line in _references(given):
        say(line, dim)
    note(f"{given.outcome}, {given.strength}, {given.engine}, {given.seconds * 1000:.0f} ms", dim)


def _references(given: Answer) -> list[str]:
    """One line a reference, with the numbers that stand for it."""
    numbers: dict[tuple[str, str], list[int]] = {}
    for citation in given.citations:
        numbers.setdefault((citation.reference, citation.document), []).append(citation.number)
    lines = [f"{_ranges(found)} {reference} ({document})" for (reference, document), found in numbers.items()]
    return ["", *lines] if lines else []


def _ranges(numbers: list[int]) -> str:
    """[1, 2, 3, 7] as "[1–3] [7]"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(f"[{run[0]}]" if len(run) == 1 else f"[{run[0]}–{run[-1]}]" for run in runs)


@app.command(
    epilog=examples('advisor search "Budget für drei Jahre"', 'advisor search "open innovation" -k 3', "advisor search Budget --json")
)
def search(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="Words or a question.")],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    as_json: AsJson = False,
    index: IndexFolder = None,
    language: Language = None,
) -> None:
    """Find the best passages for a query.

    Passages come in both languages, the best first.
    """
    with opened(index) as advisor:
        hits = advisor.search(query, k, language=language)
        found = [(hit, advisor.document(hit.passage.document)) for hit in hits]
    if as_json:
        dump(
            [
                {**asdict(hit.passage), "id": hit.passage.id, "source": document.source, "work": document.work.key,
                 "score": round(hit.score, 4), "text": hit.passage.span.of(document.text)}
                for hit, document in found
            ]
        )  # fmt: skip
        return
    for number, (hit, document) in enumerate(found, 1):
        say(f"{number}. {document.source}, {hit.passage.section} ({hit.passage.start}–{hit.passage.end})", bold)
        say("   " + " ".join(hit.passage.span.of(document.text).split())[:300])


@app.command(
    epilog=examples(
        'advisor ask "Who must lead the change?" --json > answer.json',
        "advisor verify answer.json",
        'advisor ask "Who must lead the change?" --json | advisor verify -',
    )
)
def verify(
    answer: Annotated[Path, typer.Argument(metavar="ANSWER.json", help="Output of 'advisor ask --json'; - for standard input.")],
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Re-check every quotation of a saved answer.

    Each is found, moved, changed or missing in the library as it is now; needs no network.
    """
    saved = _saved(answer)
    with opened(index) as advisor:
        checked = advisor.verify([*saved.citations, *saved.nearest])
    if as_json:
        dump([{"number": c.number, "document": c.document, "start": c.start, "end": c.end, "verdict": v} for c, v in checked])
    else:
        for citation, verdict in checked:
            say(f"[{citation.number}] {verdict}  {citation.document}, {citation.start}–{citation.end}", None if verdict == "found" else red)
        say(f"{sum(v == 'found' for _, v in checked)} of {len(checked)} quotations found.")
    if any(verdict != "found" for _, verdict in checked):
        raise typer.Exit(FAILED)


def _saved(path: Path) -> Answer:
    from advisor.answer.schema import Answer
    from advisor.errors import UsageError

    try:
        return Answer.from_json(json.loads(sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read as a saved answer: {error}. Expected the output of 'advisor ask --json'.") from error
