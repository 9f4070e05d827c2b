"""The honest refusal: what was searched, what is missing, the nearest passages as such, and questions that the library answers."""

from __future__ import annotations

import time
from collections.abc import Sequence

from advisor.answer.evidence import Found
from advisor.answer.phrases import phrase
from advisor.answer.schema import Answer, Strength
from advisor.citations import cite, short_names
from advisor.encoder import Encoder
from advisor.index import Generation
from advisor.retrieve import matched
from advisor.text import fold

NEAREST = RELATED = 3


def refusal(
    generation: Generation,
    encoder: Encoder,
    question: str,
    language: str,
    found: Sequence[Found],
    begin: float,
    missing: Sequence[str] = (),
) -> Answer:
    """The answer that there is none; `missing` are sentences that say what is not there."""
    counts = generation.counts()
    after = short_names(generation.works().values(), language)
    nearest = tuple(
        cite(number, item.document, item.hit.passage.span, item.hit.passage.section, after)
        for number, item in enumerate(found[:NEAREST], 1)
    )
    lines = [phrase("refusal", language), *missing, phrase("searched", language, documents=counts.documents, works=counts.works)]
    others = related(generation, encoder, question, language)
    if nearest:
        lines += ["", phrase("nearest", language), *(f"- {c.reference} [{c.number}]" for c in nearest)]
    if others:
        lines += ["", phrase("related", language), *(f"- {ask}" for ask in others)]
    weak: Strength = "weak"
    return Answer(
        question, language, "not_in_corpus", weak, "\n".join(lines), (), (), (), nearest, "extractive", time.perf_counter() - begin,
        related=others, remarks=tuple(missing),
    )  # fmt: skip


def related(generation: Generation, encoder: Encoder, question: str, language: str) -> tuple[str, ...]:
    """Questions near this one that the library says it answers, one of a work, without the very same."""
    matches = matched(generation, encoder.encode_question(question, language), language, least=-1.0)
    near = sorted((m for m in matches.values() if m.asked.language == language), key=lambda m: -m.similarity)
    chosen: dict[str, str] = {}
    for match in near:
        if fold(match.asked.ask) != fold(question):
            chosen.setdefault(match.asked.document, match.asked.ask)
    return tuple(chosen.values())[:RELATED]
