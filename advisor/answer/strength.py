"""How well the hits answer a question: a probability, a word for it, or a refusal below the floor.

A logistic regression over a handful of signals, fitted by training/calibrate.py on questions of our own with known answers, and on
questions that the library cannot answer; docs/figures.md has its reliability on questions held back from the fit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from advisor.answer.evidence import CAVEATS, Found
from advisor.answer.question import asks_for_now, asks_for_outside, asks_to_foresee
from advisor.answer.schema import Strength
from advisor.encoder import Encoder
from advisor.index import Generation

# Mean, spread and weight of each signal; made by training/calibrate.py.
WEIGHTS: Mapping[str, tuple[float, float, float]] = {
    "score": (6.978, 2.766, 0.179),
    "similarity": (0.450, 0.168, 1.017),
    "words": (11.247, 6.976, 0.858),
    "asked": (0.535, 0.178, 1.764),
    "excess": (3.191, 1.527, 0.331),
    "known": (0.855, 0.215, 0.756),
    "unknown": (0.709, 0.927, -0.435),
    "topic": (2.122, 0.498, 0.532),
    "now": (0.035, 0.183, -0.389),
    "foresight": (0.022, 0.146, -0.589),
    "outside": (0.100, 0.300, -0.772),
}
INTERCEPT = 0.858
# The same for documents that do not say which questions they answer, without what only such questions and topics tell.
SILENT: Mapping[str, tuple[float, float, float]] = {
    "score": (5.333, 1.865, 0.105),
    "similarity": (0.452, 0.169, 1.876),
    "words": (9.987, 5.974, 0.492),
    "known": (0.828, 0.222, 0.970),
    "unknown": (0.870, 0.960, -0.279),
    "now": (0.035, 0.183, -0.439),
    "foresight": (0.022, 0.146, -0.522),
    "outside": (0.100, 0.300, -0.610),
    "overlap": (0.326, 0.202, 0.431),
}
SILENT_INTERCEPT = 0.711
NEAREST = 20  # hits among which a document that says nothing of questions must be
FLOOR, PARTIAL, STRONG = 0.36, 0.7, 0.9


def judge(generation: Generation, encoder: Encoder, question: str, language: str, found: Sequence[Found]) -> Strength | None:
    """The strength of the evidence for a question, or None where the library does not answer it."""
    p = chance(generation, encoder, question, language, found)
    return None if p < FLOOR else "strong" if p >= STRONG else "partial" if p >= PARTIAL else "weak"


def chance(generation: Generation, encoder: Encoder, question: str, language: str, found: Sequence[Found]) -> float:
    """The probability that the library answers the question.

    Documents that say which questions they answer are judged by that too; others, such as a report that was just added, by what they hold.
    """
    telling = [item for item in found if item.document.work.questions]
    silent = [item for item in found[:NEAREST] if not item.document.work.questions]
    told = probability(signals(generation, encoder, question, language, telling), WEIGHTS, INTERCEPT) if telling else 0.0
    held = probability(silent_signals(generation, encoder, question, language, silent), SILENT, SILENT_INTERCEPT) if silent else 0.0
    return max(told, held)


def probability(values: Mapping[str, float], weights: Mapping[str, tuple[float, float, float]], intercept: float) -> float:
    """What the signals amount to by a logistic regression."""
    total = intercept + sum(weight * (values[name] - mean) / spread for name, (mean, spread, weight) in weights.items())
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


def silent_signals(generation: Generation, encoder: Encoder, question: str, language: str, found: Sequence[Found]) -> dict[str, float]:
    """The signals of documents that do not say which questions they answer: also how much of the question a passage holds."""
    rows: dict[str, list[int]] = {}
    for item in found[:6]:
        rows.setdefault(item.hit.passage.language, []).append(item.hit.row)
    held = max(generation.lexicon.covered(question, language, own, numbers) for own, numbers in rows.items())
    return {**signals(generation, encoder, question, language, found), "overlap": held}


def caveats(generation: Generation) -> NDArray[np.int32]:
    """Rows of passages that say what a work lacks: a word that stands only there is not known."""
    return generation.rows_under(CAVEATS)
