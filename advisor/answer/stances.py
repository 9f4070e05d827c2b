"""How other works stand to an item of a list: whether they support, qualify or dispute it, told from the relations that documents state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from advisor.documents.model import Document, Work
from advisor.encoder import Encoder
from advisor.text import Span

Stance = Literal["asks", "supports", "qualifies", "disputes"]
STANCES: tuple[Stance, ...] = ("asks", "supports", "qualifies", "disputes")
# Nearness of a relation to an item from which it is taken to speak of it: above stand "asks for clearly defined goals" and "a list of goals
# is no strategy" to "Goals: …", below begin those on where value lies or what return there is, of which no list has an item.
NEAR = 0.335
OWN_SIDE = 0.6  # weight of the work's own sentence beside the other's: what a clash is about, both sides name
# How the other work stands, by the kind of the relation as the work that asks states it.
_OTHER: Mapping[str, Stance] = {"disputes": "disputes", "qualified_by": "qualifies", "supported_by": "supports", "supports": "supports"}


@dataclass(frozen=True, eq=False)
class Placed:
    """Where an item stands in one document, and its vector there."""

    document: Document
    span: Span
    section: str
    vector: NDArray[np.float32] | None

    def nearness(self, span: Span, vector: NDArray[np.float32]) -> float:
        """How near a sentence is: 1 where it overlaps the item, else their similarity."""
        if span.start < self.span.end and self.span.start < span.end:
            return 1.0
        # An item's vector is half the whole item, half its key word (see the index); the sentence is held against both.
        return float(self.vector @ np.tile(vector, 2)) * 0.5**0.5 if self.vector is not None else 0.0


@dataclass(frozen=True, eq=False)
class Item:
    """One item of a list of a work, by the language of the documents that hold it."""

    work: Work
    position: int
    placed: Mapping[str, Placed]

    def similarity(self, other: Item) -> float:
        """Mean similarity in the languages that both have; across languages where they share none."""
        shared = self.placed.keys() & other.placed.keys()
        pairs = [(self.placed[code], other.placed[code]) for code in sorted(shared)] or [
            (one, two) for one in self.placed.values() for two in other.placed.values()
        ]
        return float(np.mean([one.vector @ two.vector if one.vector is not None and two.vector is not None else 0.0 for one, two in pairs]))


@dataclass(frozen=True)
class Said:
    """The other side of a relation: which work stands how, and where it says so, by language."""

    work: str
    stance: Stance
    places: Mapping[str, tuple[Document, Span]]


def stances(encoder: Encoder, documents: Sequence[Document], items: Sequence[Item]) -> dict[Item, list[Said]]:
    """For items, how other works stand to them.

    A relation belongs to that item of the work which the sentence it quotes from the work overlaps, or which both its sides are nearest to
    in meaning; where none is near, to no item. A relation whose other side is not in the library, or not stated there, says nothing.
    """
    sides = _sides(documents)
    nearness: dict[tuple[str, str, str], dict[Item, list[float]]] = {}
    kinds: dict[tuple[str, str, str], Stance] = {}
    for document in documents:
        own = [(item, placed) for item in items for placed in item.placed.values() if placed.document is document]
        relations = [
            (relation, sides[relation.other, document.work.key, relation.on])
            for relation in document.work.relations
            if relation.kind in _OTHER and relation.other != document.work.key and relation.says in document.text
            and (relation.other, document.work.key, relation.on) in sides
        ]  # fmt: skip
        if not own or not relations:
            continue
        answers = [places.get(document.language) or next(iter(places.values())) for _, places in relations]
        texts = [relation.says for relation, _ in relations] + [span.of(other.text) for other, span in answers]
        languages = [document.language] * len(relations) + [other.language for other, _ in answers]
        vectors = encoder.encode_passages(texts, languages)
        for (relation, _), one, two in zip(relations, vectors, vectors[len(relations) :], strict=False):
            relation_key = (document.work.key, relation.other, relation.on)
            kinds[relation_key] = _OTHER[relation.kind]
            for item, placed in own:
                value = placed.nearness(_span(document, relation.says), OWN_SIDE * one + (1 - OWN_SIDE) * two)
                nearness.setdefault(relation_key, {}).setdefault(item, []).append(value)
    result: dict[Item, list[Said]] = {}
    for (work, other, on), values in nearness.items():
        means = {item: float(np.mean(similarities)) for item, similarities in values.items()}
        best = max(means, key=lambda item: means[item])
        if means[best] >= NEAR:
            result.setdefault(best, []).append(Said(other, kinds[work, other, on], sides[other, work, on]))
    return result


def _sides(documents: Sequence[Document]) -> dict[tuple[str, str, str], dict[str, tuple[Document, Span]]]:
    """Where works state their side: by work, other work and question; then by language."""
    found: dict[tuple[str, str, str], dict[str, tuple[Document, Span]]] = {}
    for document in documents:
        for relation in document.work.relations:
            if relation.says in document.text:
                sides = found.setdefault((document.work.key, relation.other, relation.on), {})
                sides.setdefault(document.language, (document, _span(document, relation.says)))
    return found


def _span(document: Document, words: str) -> Span:
    start = document.text.index(words)
    return Span(start, start + len(words))
