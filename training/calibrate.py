"""Fit the weights of advisor/answer/strength.py on questions with known answers, and print its reliability, cross-validated.

Run: python training/calibrate.py [QUESTIONS.jsonl] [--misses] (default: benchmarks/questions.jsonl). A few minutes. Makes an index of
corpus/ and one of the same texts without the questions and topics that they name, as somebody's own documents are. Prints the tables of
weights to put into strength.py and, for docs/figures.md, how often each band was right.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from advisor import Advisor
from advisor.answer.evidence import gather, one_version
from advisor.answer.question import wants_several
from advisor.answer.strength import FLOOR, PARTIAL, STRONG, signals, silent_signals
from advisor.retrieve import search

HERE = Path(__file__).parent.parent


Signals = Callable[..., dict[str, float]]
SILENT = frozenset({"asked", "excess", "topic"})  # what documents without questions and topics of their own cannot tell


def measured(index: Path, rows: Sequence[Mapping[str, Any]], look: Signals) -> list[dict[str, float]]:
    """The signals of every question over an index."""
    with Advisor.open(index=index) as advisor:
        generation, encoder = advisor._open(), advisor._encoder
        values = []
        for row in rows:
            question, language = row["question"], row["lang"]
            hits = search(generation, encoder, question, language, 60)
            found = one_version(generation, gather(generation, hits, wants_several(question)), language)
            values.append(look(generation, encoder, question, language, found))
    return values


def fitted(
    title: str, names: Sequence[str], values: Sequence[Mapping[str, float]], rows: Sequence[Mapping[str, Any]], misses: bool
) -> None:
    """Fit a table of weights, print it, and how often each band was right on questions held out."""
    matrix = np.array([[value[name] for name in names] for value in values])
    right = np.array([row["answerable"] for row in rows])
    mean, spread = matrix.mean(0), matrix.std(0) + 1e-9
    scaled = (matrix - mean) / spread
    model = LogisticRegression(C=0.5)
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    held_out = cross_val_predict(model, scaled, right, cv=folds, method="predict_proba")[:, 1]
    model.fit(scaled, right)
    print(f"{title}: Mapping[str, tuple[float, float, float]] = {{")
    for name, m, s, w in zip(names, mean, spread, model.coef_[0], strict=True):
        print(f'    "{name}": ({m:.3f}, {s:.3f}, {w:.3f}),')
    print(f"}}\n{'INTERCEPT' if title == 'WEIGHTS' else title + '_INTERCEPT'} = {model.intercept_[0]:.3f}\n")
    print("| language | band | questions | answerable | expected |\n|---|---|---|---|---|")
    bands = (("strong", STRONG, 1.01), ("partial", PARTIAL, STRONG), ("weak", FLOOR, PARTIAL), ("declined", -0.01, FLOOR))
    for language in ("en", "de"):
        mine = np.array([row["lang"] == language for row in rows])
        for name, low, high in bands:
            band = mine & (held_out >= low) & (held_out < high)
            if band.any():
                print(f"| {language} | {name} | {band.sum()} | {right[band].mean():.2f} | {held_out[band].mean():.2f} |")
    declined = held_out < FLOOR
    print(f"\ndeclined of the unanswerable {declined[~right].mean():.3f}, of the answerable {declined[right].mean():.3f}\n")
    for row, p in zip(rows, held_out, strict=True):
        if misses and (p < FLOOR) == row["answerable"]:
            print(f"{p:.2f} {row['answerable']} {row['question']}")


def without_questions(corpus: Path, folder: Path) -> None:
    """A copy of the corpus whose documents name neither questions nor topics nor lists, as those that somebody just adds."""
    for file in corpus.glob("*.*.md"):
        _, data, text = file.read_text("utf-8").split("---\n", 2)
        front, kept = [], True
        for line in data.splitlines():
            if not line.startswith((" ", "-")):
                kept = not line.startswith(("questions:", "topics:", "lists:"))
            if kept:
                front.append(line)
        (folder / file.name).write_text("---\n" + "\n".join(front) + "\n---\n" + text, "utf-8")


def main() -> None:
    given = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    lines = Path(given[0] if given else HERE / "benchmarks/questions.jsonl").read_text("utf-8").splitlines()
    rows, misses = [json.loads(line) for line in lines], "--misses" in sys.argv
    with TemporaryDirectory() as place:
        corpus, folder = HERE / "corpus", Path(place)
        (folder / "corpus").mkdir()
        without_questions(corpus, folder / "corpus")
        for index, texts in (("telling", corpus), ("silent", folder / "corpus")):
            with Advisor.open(index=folder / index) as advisor:
                advisor.sync([texts])
        telling, silent = measured(folder / "telling", rows, signals), measured(folder / "silent", rows, silent_signals)
    fitted("WEIGHTS", list(telling[0]), telling, rows, misses)
    fitted("SILENT", [name for name in silent[0] if name not in SILENT], silent, rows, misses)


if __name__ == "__main__":
    main()
