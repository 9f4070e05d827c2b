"""Fit the weights of advisor/answer/strength.py on questions with known answers, and print its reliability, cross-validated.

Run: python training/calibrate.py [QUESTIONS.jsonl] (default: benchmarks/questions.jsonl), with an index made from corpus/.
Prints the table of weights to put into strength.py and, for docs/figures.md, how often each band was right.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from advisor import Advisor
from advisor.answer.evidence import gather, one_version
from advisor.answer.question import wants_several
from advisor.answer.strength import FLOOR, PARTIAL, STRONG, signals
from advisor.retrieve import search

HERE = Path(__file__).parent.parent


def main() -> None:
    rows = [
        json.loads(line)
        for line in Path(sys.argv[1] if len(sys.argv) > 1 and not sys.argv[1].startswith("--") else HERE / "benchmarks/questions.jsonl")
        .read_text("utf-8")
        .splitlines()
    ]
    with Advisor.open() as advisor:
        generation, encoder = advisor._open(), advisor._encoder
        values = []
        for row in rows:
            question, language = row["question"], row["lang"]
            hits = search(generation, encoder, question, language, 60)
            found = one_version(generation, gather(generation, hits, wants_several(question)), language)
            values.append(signals(generation, encoder, question, language, found))
    names = list(values[0])
    matrix = np.array([[value[name] for name in names] for value in values])
    right = np.array([row["answerable"] for row in rows])
    mean, spread = matrix.mean(0), matrix.std(0) + 1e-9
    scaled = (matrix - mean) / spread
    model = LogisticRegression(C=0.5)
    folds = StratifiedKFold(10, shuffle=True, random_state=0)
    held_out = cross_val_predict(model, scaled, right, cv=folds, method="predict_proba")[:, 1]
    model.fit(scaled, right)
    print("WEIGHTS: Mapping[str, tuple[float, float, float]] = {")
    for name, m, s, w in zip(names, mean, spread, model.coef_[0], strict=True):
        print(f'    "{name}": ({m:.3f}, {s:.3f}, {w:.3f}),')
    print(f"}}\nINTERCEPT = {model.intercept_[0]:.3f}\n")
    print("| language | band | questions | answerable | expected |\n|---|---|---|---|---|")
    for language in ("en", "de"):
        mine = np.array([row["lang"] == language for row in rows])
        for name, low, high in (
            ("strong", STRONG, 1.01),
            ("partial", PARTIAL, STRONG),
            ("weak", FLOOR, PARTIAL),
            ("declined", -0.01, FLOOR),
        ):
            band = mine & (held_out >= low) & (held_out < high)
            if band.any():
                print(f"| {language} | {name} | {band.sum()} | {right[band].mean():.2f} | {held_out[band].mean():.2f} |")
    print(
        f"\ndeclined of the unanswerable {np.mean(held_out[~right] < FLOOR):.3f}, of the answerable {np.mean(held_out[right] < FLOOR):.3f}"
    )
    if "--misses" in sys.argv:
        for row, p in zip(rows, held_out, strict=True):
            if (p < FLOOR) == row["answerable"]:
                print(f"{p:.2f} {row['answerable']} {row['question']}")


if __name__ == "__main__":
    main()
