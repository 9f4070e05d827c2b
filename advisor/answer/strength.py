"""How well the hits answer a question: a word, or None below the floor of "not in the corpus"."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.answer.schema import Strength
from advisor.index import Generation
from advisor.retrieve import Hit

FLOOR, PARTIAL, STRONG = 0.35, 0.45, 0.6


def judge(generation: Generation, question: str, language: str, hits: Sequence[Hit]) -> Strength | None:
    """Strength of the evidence in hits for a question, from similarity and from the share of its words that the library knows."""
    if not hits:
        return None
    known = generation.lexicon.known(question, language)
    share = sum(known.values()) / max(len(known), 1)
    signal = max(hit.similarity for hit in hits[:5]) * (0.5 + 0.5 * share)
    if signal < FLOOR:
        return None
    return "strong" if signal >= STRONG else "partial" if signal >= PARTIAL else "weak"
