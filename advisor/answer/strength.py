"""How well the hits answer a question: a probability, a word for it, or a refusal below the floor.

A logistic regression over a handful of signals, fitted by training/calibrate.py on questions of our own with known answers, and on
questions that the library cannot answer; docs/figures.md has its reliability on questions held back from the fit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from advisor.answer.evidence import CAVEATS, Found
from advisor.answer.question import asks_for_now, asks_for_outside, asks_to_foresee
from advisor.answer.schema import Strength
from advisor.encoder import Encoder
from advisor.index import Generation

# Mean, spread and weight of each signal; made by training/calibrate.py.
WEIGHTS: Mapping[str, tuple[float, float, float]] = {
    "score": (7.293, 2.808, 0.184),
    "similarity": (0.445, 0.169, 1.032),
    "words": (11.659, 6.970, 0.858),
    "asked": (0.532, 0.179, 1.551),
    "excess": (3.132, 1.435, 0.403),
    "known": (0.852, 0.217, 0.764),
    "unknown": (0.733, 0.939, -0.686),
    "topic": (2.089, 0.474, 0.451),
    "now": (0.033, 0.180, -0.836),
    "foresight": (0.024, 0.152, -0.603),
    "outside": (0.100, 0.300, -0.512),
}
INTERCEPT = 0.616
FLOOR, PARTIAL, STRONG = 0.45, 0.7, 0.9


def judge(generation: Generation, encoder: Encoder, question: str, language: str, found: Sequence[Found]) -> Strength | None:
    """The strength of the evidence for a question, or None where the library does not answer it."""
    if not found:
        return None
    p = probability(signals(generation, encoder, question, language, found))
    return None if p < FLOOR else "strong" if p >= STRONG else "partial" if p >= PARTIAL else "weak"


def probability(values: Mapping[str, float]) -> float:
    """The probability that the library answers the question."""
    total = INTERCEPT + sum(weight * (values[name] - mean) / spread for name, (mean, spread, weight) in WEIGHTS.items())
    return 1 / (1 + math.exp(-total))


def signals(generation: Generation, encoder: Encoder, question: str, language: str, found: Sequence[Found]) -> dict[str, float]:
    """What the judgement rests on: scores of the best hits, words that the library knows, kinds of questions that no library answers."""
    matches = [item.hit.match for item in found[:10] if item.hit.match]
    known = generation.lexicon.known(question, language, caveats(generation))
    topics = generation.topics(encoder.encode_question(question, language))
    return {
        "score": found[0].hit.score,
        "similarity": max(item.hit.similarity for item in found[:6]),
        "words": max(item.hit.words for item in found[:6]),
        "asked": max((match.similarity for match in matches), default=0.0),
        "excess": max((match.excess for match in matches), default=0.0),
        "known": sum(known.values()) / len(known) if known else 0.0,
        "unknown": float(min(sum(not held for held in known.values()), 3)),
        "topic": max(topics.values()),
        "now": float(asks_for_now(question)),
        "foresight": float(asks_to_foresee(question)),
        "outside": float(asks_for_outside(question)),
    }


def caveats(generation: Generation) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Rows of passages that say what a work lacks: a word that stands only there is not known."""
    marks = " or ".join("section like ?" for _ in CAVEATS)
    rows = generation.rows(f"select row from passages where {marks}", *(f"%{section}" for section in CAVEATS))
    return np.array([row for (row,) in rows], np.int32)
