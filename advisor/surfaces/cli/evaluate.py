"""Measure the advisor on questions with known answers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from advisor.surfaces.cli.console import dump, note, say
from advisor.surfaces.cli.options import AsJson, IndexFolder, examples, opened

if TYPE_CHECKING:
    from advisor.evaluate import Outcome

app = typer.Typer()


@app.command(epilog=examples("advisor evaluate questions.jsonl", "advisor evaluate questions.jsonl --misses --json"))
def evaluate(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl", help="One JSON object a line.")],
    index: IndexFolder = None,
    as_json: AsJson = False,
    misses: Annotated[bool, typer.Option("--misses", help="Also list what was missed.")] = False,
) -> None:
    """Measure the advisor on known questions.

    Each line of the file is a question with the documents, works or facts that belong to it, or that it has no answer.
    """
    from advisor.evaluate import answer_figures, outcomes, read_gold, retrieval_figures

    gold = read_gold(questions)
    with opened(index) as advisor:
        names = {sha256: held.source for sha256, held in advisor.shelf().items()}

        def rank(question: str) -> list[str]:
            return list(dict.fromkeys(names[hit.passage.document] for hit in advisor.search(question, 50)))

        done = outcomes(gold, partial(advisor.ask, note_gap=False))
        figures = {"retrieval": retrieval_figures(gold, rank), "answers": answer_figures(done)}
    if as_json:
        dump(figures)
    else:
        for part, values in figures.items():
            say(f"{part}: " + ", ".join(f"{name} {value}" for name, value in values.items()))
    if misses:
        for outcome in done:
            _note_miss(outcome)


def _note_miss(o: Outcome) -> None:
    wrong = o.declined == o.gold.answerable
    if wrong or o.works_found < len(o.gold.works or ()) or o.facts_found < len(o.gold.must_contain):
        cited = ",".join(dict.fromkeys(c.work for c in o.answer.citations))
        found = f"works {o.works_found} of {', '.join(o.gold.works or ())} | facts {o.facts_found} of {len(o.gold.must_contain)}"
        note(f"{o.gold.id} {o.gold.question} | {o.answer.outcome} {o.answer.strength} | {found} | cited {cited}")
