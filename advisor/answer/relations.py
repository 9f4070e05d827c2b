"""Where works clash or where a figure comes from: pairs of quotations that digests mark."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from advisor.answer.evidence import Found
from advisor.answer.page import Page, section_of
from advisor.answer.phrases import phrase
from advisor.answer.schema import Kind, Statement
from advisor.documents.model import Document, Relation
from advisor.index import Generation
from advisor.text import Span, one_line

MOST_OF: Mapping[str, int] = {"origin": 2, "disagreement": 4}
MOST_OF_WORK = 8  # disagreements of one work
CLASHES, ORIGINS = ("disputes", "qualifies", "qualified_by"), ("origin_of", "derives_from")
_KINDS: Mapping[str, Collection[str]] = {"origin": ORIGINS, "disagreement": CLASHES}
POINT = 0.2  # share of the question's words that a relation must hold to be on its point
PASSAGES = 16  # of the best, in which a side of a relation is looked for

Side = tuple[Document, Relation]
Pair = tuple[Side, Side]


def held(generation: Generation, language: str, kinds: Collection[str]) -> dict[tuple[str, str, str], list[Side]]:
    """The sides of all relations of these kinds, by the work, the work it relates to, and the point."""
    sides: dict[tuple[str, str, str], list[Side]] = {}
    for sha, shelved in generation.shelf.items():
        if shelved.language == language and shelved.work.relations:
            document = generation.document(sha)
            for relation in document.work.relations:
                if relation.kind in kinds and relation.says in document.text:
                    sides.setdefault((document.work.key, relation.other, relation.on), []).append((document, relation))
    return sides


def paired(sides: Mapping[tuple[str, str, str], Sequence[Side]], work: str, relation: Relation) -> Pair | None:
    """Both sides of a relation of a work, where both are told."""
    own = sides.get((work, relation.other, relation.on), [])
    others = own[1:] if relation.other == work else sides.get((relation.other, work, relation.on), [])
    return (own[0], others[0]) if own and others else None


def pairs(generation: Generation, found: Sequence[Found], language: str, kinds: Collection[str]) -> list[Pair]:
    """Relations of which one side stands in a passage that was found, those first whose passages were found best."""
    sides = held(generation, language, kinds)
    result: dict[frozenset[str] | tuple[str, str], Pair] = {}
    for item in found[:PASSAGES]:
        for relation in item.document.work.relations:
            start = item.document.text.find(relation.says)
            if not (start >= 0 and start < item.hit.passage.end and item.hit.passage.start < start + len(relation.says)):
                continue
            pair = paired(sides, item.work, relation)
            if pair:
                result.setdefault((min(item.work, relation.other) + max(item.work, relation.other), relation.on), pair)
    return list(result.values())


def between(generation: Generation, one: Collection[str], other: Collection[str], language: str) -> list[Pair]:
    """All points on which two groups of works differ, the sides in this order."""
    found = [pair for pair in all_pairs(generation, language, CLASHES) if pair[0][0].work.key in one and pair[1][0].work.key in other]
    return list({(pair[0][1].on, pair[0][0].work.key, pair[1][0].work.key): pair for pair in found}.values())


def all_pairs(generation: Generation, language: str, kinds: Collection[str]) -> list[Pair]:
    """Every relation of these kinds that both sides tell, once from each side."""
    sides = held(generation, language, kinds)
    found = [paired(sides, work, relation) for (work, _, _), own in sides.items() for _, relation in own]
    return [pair for pair in found if pair]


def _span(document: Document, relation: Relation) -> Span:
    start = document.text.index(relation.says)
    return Span(start, start + len(relation.says))


def cite_side(page: Page, side: Side) -> int:
    """The number of the citation of what a side says."""
    document, relation = side
    span = _span(document, relation)
    return page.cite(document, span, section_of(document, span))


def add_relations(page: Page, generation: Generation, found: Sequence[Found], question: str, kind: Kind) -> None:
    """The relations nearest to the question, both sides quoted."""
    _add(page, _nearest(generation, question, pairs(generation, found, page.language, _KINDS[kind]), page.language), kind)


def add_all_disagreements(page: Page, generation: Generation) -> None:
    """Every point on which works of the library differ, both sides quoted, by subject."""
    found = {frozenset((one[1].says, other[1].says)): (one, other) for one, other in all_pairs(generation, page.language, CLASHES)}
    _add(page, sorted(found.values(), key=lambda pair: (pair[0][1].on, pair[0][0].work.key)), "disagreement", len(found))


def add_disagreements_of(page: Page, generation: Generation, work: str) -> None:
    """The points on which other works differ from one, both sides quoted."""
    found = {frozenset((one[1].says, other[1].says)): (one, other) for one, other in all_pairs(generation, page.language, CLASHES)
             if one[0].work.key == work}  # fmt: skip
    _add(page, list(found.values()), "disagreement", MOST_OF_WORK)


def add_correction(page: Page, generation: Generation, found: Sequence[Found], question: str) -> None:
    """For a claim that is put to the test: where it comes from and who disputes it, where that is on the point of the question.

    The origin is followed through the works that pass it on: a figure of one that is quoted after another is that other's too.
    """
    near = {frozenset((one[1].says, other[1].says)): (one, other) for one, other in pairs(generation, found, page.language, CLASHES)}
    for one, other in all_pairs(generation, page.language, CLASHES):  # whatever the best work has on the point, wherever it stands
        if found and one[0].work.key == found[0].work:
            near.setdefault(frozenset((one[1].says, other[1].says)), (one, other))
    clashes = _nearest(generation, question, list(near.values()), page.language, POINT)
    points = {(relation.on, document.work.key) for pair in clashes for document, relation in pair}
    origins = _nearest(generation, question, pairs(generation, found, page.language, ORIGINS), page.language, POINT)
    known = {frozenset(document.work.key for document, _ in pair) for pair in origins}
    for pair in all_pairs(generation, page.language, ORIGINS):
        works = frozenset(document.work.key for document, _ in pair)
        if works not in known and any((relation.on, document.work.key) in points for document, relation in pair):
            origins.append(pair)
            known.add(works)
    _add(page, origins, "origin")
    _add(page, clashes, "disagreement")


def _nearest(generation: Generation, question: str, chosen: Sequence[Pair], language: str, least: float = 0.0) -> list[Pair]:
    """The pairs whose sides hold most words of the question, best first; those that hold less than `least` of them are left out."""
    held = [(generation.lexicon.overlap(question, f"{one[1].says} {other[1].says}", language), (one, other)) for one, other in chosen]
    return [pair for share, pair in sorted(held, key=lambda both: -both[0]) if share >= least]


def _add(page: Page, chosen: Sequence[Pair], kind: Kind, most: int | None = None) -> None:
    """So many pairs at most that are not quoted yet; None stands for what is usual for the kind."""
    fresh = [pair for pair in chosen if not all(page.holds(doc, _span(doc, says)) for doc, says in pair)]
    fresh = fresh[: MOST_OF[kind] if most is None else most]
    if fresh:
        page.heading(phrase(kind, page.language))
    for one, other in fresh:
        numbers = tuple(cite_side(page, side) for side in (one, other))
        texts = [f"{page.who(doc)}: {one_line(says.says)} [{n}]" for (doc, says), n in zip((one, other), numbers, strict=True)]
        text = f"{one[1].says} — {other[1].says}"
        page.add(Statement(text, kind, numbers, note=one[1].point), "- " + " — ".join(texts))
