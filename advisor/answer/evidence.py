"""Hits → evidence: documents, paragraphs and lists under the hits, one version of each work."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

from advisor.answer.names import asked_alone, named
from advisor.answer.question import is_demand, parts, wants_several
from advisor.documents.model import Document
from advisor.encoder import Encoder, Vectors
from advisor.factors import Enumeration
from advisor.index import PASSAGES, Generation
from advisor.passages import Passage
from advisor.retrieve import Hit, search
from advisor.text import Span, fold, sentences

# Sections that every digest has (docs/digests.md): what stands there was found, but is not what the work is about.
CAVEATS = ("What it does not say", "Was es nicht sagt")
ON_OTHERS = ("how it stands to other works", "wie es zu anderen werken steht")
IN_PASSING = {**{fold(section): 1.0 for section in CAVEATS}, **dict.fromkeys(ON_OTHERS, 0.3)}
READING = ("A reading of this digest", "Lesart dieser Zusammenfassung")  # our inference, not the work's statement
LIST_GAIN = 0.8
HITS = 60
PIECES = 4  # the whole question and at most three in it
PIECE = 0.85  # what a hit for a part counts against one for the whole
NAMED = 2.5  # what a hit gains whose work the question names
DEMANDED = 0.1  # what a sentence that says what is needed gains where several things are asked for
LONG = 420  # characters; a longer paragraph is quoted by its best sentences


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with its document and the lists that its passage holds or belongs to."""

    hit: Hit
    document: Document
    lists: tuple[Enumeration, ...]

    @property
    def work(self) -> str:
        """Key of the work."""
        return self.document.work.key


@dataclass(frozen=True, slots=True)
class WorkFound:
    """A work with its hits, best first; `score` is that of the best."""

    key: str
    found: tuple[Found, ...]

    @property
    def score(self) -> float:
        """Score of the best hit."""
        return self.found[0].hit.score

    @property
    def lists(self) -> list[tuple[Found, Enumeration]]:
        """The lists under the hits, each once, by the score of their hit."""
        seen: dict[tuple[str, Span], tuple[Found, Enumeration]] = {}
        for item in self.found:
            for enumeration in item.lists:
                seen.setdefault((item.document.sha256, enumeration.factors[0].span), (item, enumeration))
        return list(seen.values())


@dataclass(frozen=True, slots=True)
class Unit:
    """A paragraph, or the best sentences of one, as it may be quoted; `similarity` is the cosine with the question."""

    found: Found
    span: Span
    similarity: float

    @property
    def answers(self) -> float:
        """How near the question is that this very place is said to answer; 0 where it is said to answer none."""
        match = self.found.hit.match
        return match.similarity if match and _overlap(match.asked.span, self.span) else 0.0

    @property
    def is_reading(self) -> bool:
        """True where it is the digest's inference and not the work's statement."""
        return self.found.document.text.startswith(READING, self.span.start)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def asked_for(found: Found, enumeration: Enumeration) -> float:
    """How near the question is that this list, or an item of it, is said to answer; 0 where it is said to answer none."""
    match = found.hit.match
    whole = Span(min(enumeration.lead.start, enumeration.factors[0].span.start), enumeration.factors[-1].span.end)
    return match.similarity if match and _overlap(match.asked.span, whole) else 0.0


def on_topic(generation: Generation, topic: str, vector: Vectors, language: str) -> list[tuple[Found, Enumeration]]:
    """The lists that digests name for a topic, in their version for a language, with their similarity to the question."""
    listing = [sha for sha, shelved in generation.shelf.items() if any(named == topic for named, _ in shelved.work.lists)]
    documents = [generation.document(sha) for sha in listing]
    result = []
    for document in documents:
        if document.language != language and any(d.work.key == document.work.key and d.language == language for d in documents):
            continue
        passages = generation.passages_of(document.sha256)
        for found in generation.enumerations(document.sha256):
            if (topic, found.lead.of(document.text)) not in document.work.lists:
                continue
            row, passage = next((row, passage) for row, passage in passages if passage.start <= found.factors[0].span.start < passage.end)
            hit = Hit(row, passage, 0.0, generation.meanings.similarities(PASSAGES, [row], vector).get(row, 0.0), 0.0)
            result.append((Found(hit, document, (found,)), found))
    return result


def nearness(generation: Generation, lists: Sequence[tuple[Found, Enumeration]], vector: Vectors, topic: str) -> list[tuple[float, float]]:
    """For each list, how near the nearest question is that it is said to answer, and how near it is to a topic; 0 where neither."""
    rows = [item.hit.row for item, _ in lists]
    told = generation.told(sorted(set(rows)), vector)
    fits = generation.fit(topic, rows) if topic else [0.0] * len(rows)
    return [(told.get(row, 0.0), fit) for row, fit in zip(rows, fits, strict=True)]


def nearest_items(generation: Generation, lists: Sequence[tuple[Found, Enumeration]], vector: Vectors) -> list[float]:
    """For each list, the similarity of its nearest item to the vector of a question."""
    result = []
    for found, enumeration in lists:
        stored = generation.factor_vectors(found.document.sha256)
        # Half of a stored vector is the whole item, at the length of the square root of a half.
        items = [stored[factor.span][: len(vector)] * 2**0.5 for factor in enumeration.factors if factor.span in stored]
        result.append(max((float(item @ vector) for item in items), default=0.0))
    return result


Find = Callable[[str], tuple[Hit, ...]]


def evidence(
    generation: Generation, encoder: Encoder, question: str, language: str, find: Find, known: Mapping[str, frozenset[str]]
) -> list[Found]:
    """What the library has on a question, best first: one version of each work; works that the question names before others.

    `find` searches for a text; one that remembers what it found saves a second search for the parts of a question. `known` are the names
    of the library's works (see advisor.answer.names).
    """
    names = named(question, known)
    keys = frozenset().union(*names.values())

    def of_named(passage: Passage) -> bool:
        return generation.shelf[passage.document].work.key in keys

    hits = _searched(find, question)
    if keys:
        others = search(generation, encoder, question, language, HITS, of_named)
        rows = {hit.row for hit in others}
        hits = tuple(replace(hit, score=hit.score + NAMED) for hit in others) + tuple(hit for hit in hits if hit.row not in rows)
    found = one_version(generation, gather(generation, hits, wants_several(question)), language)
    alone = [item for item in found if item.work in keys]
    return alone if alone and asked_alone(question, names) else found


def _searched(find: Find, question: str) -> tuple[Hit, ...]:
    """Hits for the whole question and, where there are several questions in it, for each; every passage with its best score."""
    pieces = parts(question)
    best: dict[int, Hit] = {}
    for text in [question, *(pieces if len(pieces) > 1 else [])][:PIECES]:
        for hit in find(text):
            hit = hit if text == question else replace(hit, score=hit.score * PIECE)
            if hit.row not in best or hit.score > best[hit.row].score:
                best[hit.row] = hit
    return tuple(sorted(best.values(), key=lambda hit: -hit.score))


def gather(generation: Generation, hits: Sequence[Hit], several: bool) -> list[Found]:
    """The hits with their documents and lists, best first; what speaks of something else in passing counts less, and lists count
    more where several things are asked for."""
    result = []
    enumerations = cache(generation.enumerations)
    for hit in hits:
        document = generation.document(hit.passage.document)
        lists = tuple(
            found
            for found in enumerations(document.sha256)
            if _meets(found.factors[0].span, found.factors[-1].span, hit) and (found.style != "running" or not document.work.digest)
        )
        gain = LIST_GAIN if lists and several else 0.0
        result.append(Found(replace(hit, score=hit.score + gain - _in_passing(document, hit)), document, lists))
    return sorted(result, key=lambda item: -item.hit.score)


def _in_passing(document: Document, hit: Hit) -> float:
    """What a passage loses, in units of the fused score, where it says what a work lacks or how other works stand to it."""
    if not document.work.digest:
        return 0.0
    reading = document.text.startswith(READING, hit.passage.start)
    return IN_PASSING.get(fold(hit.passage.section), 0.0) + (1.0 if reading else 0.0)


def _meets(first: Span, last: Span, hit: Hit) -> bool:
    return first.start < hit.passage.end and hit.passage.start < last.end


def one_version(generation: Generation, found: Iterable[Found], language: str) -> list[Found]:
    """Only one version of each work: the question's language where the library has it, the work itself before a digest of it."""
    found = list(found)
    held: dict[str, set[str]] = {}
    for shelved in generation.shelf.values():
        held.setdefault(shelved.work.key, set()).add(shelved.language)
    readable = [item for item in found if item.document.language == language or language not in held[item.work]]
    originals = {item.work for item in readable if not item.document.work.digest}
    return [item for item in readable if not item.document.work.digest or item.work not in originals]


def versions(generation: Generation, language: str) -> dict[str, str]:
    """For each work the document that `one_version` would keep of several: in this language where there is one, itself before a digest."""
    order = sorted(generation.shelf.items(), key=lambda held: (held[1].language != language, held[1].work.digest))
    return {shelved.work.key: sha for sha, shelved in reversed(order)}


def by_work(found: Iterable[Found]) -> list[WorkFound]:
    """The works of the hits, best first."""
    groups: dict[str, list[Found]] = {}
    for item in found:
        groups.setdefault(item.work, []).append(item)
    return sorted((WorkFound(key, tuple(group)) for key, group in groups.items()), key=lambda work: -work.score)


def paragraphs(found: Found) -> list[Span]:
    """The paragraphs of a hit's passage; list items belong to lists and are left out."""
    passage = found.hit.passage
    return [
        Span(max(block.span.start, passage.start), min(block.span.end, passage.end))
        for block in found.document.blocks
        if block.kind in ("paragraph", "row") and block.span.start < passage.end and passage.start < block.span.end
        if not any(_inside(block.span, enumeration.lead) for enumeration in found.lists)
    ]


def _inside(block: Span, lead: Span) -> bool:
    return block.start <= lead.start and lead.end <= block.end and lead.end - lead.start > (block.end - block.start) // 2


def units(found: Sequence[Found]) -> list[Unit]:
    """Everything quotable in the passages, with the similarity of its passage to the question."""
    return [Unit(item, span, item.hit.similarity) for item in found for span in paragraphs(item)]


def shortened(found: Sequence[Unit], encoder: Encoder, question: str, language: str) -> list[Unit]:
    """The units, long paragraphs cut down to the two sentences nearest to the question, or to the place said to answer it."""
    groups = {n: _sentence_groups(u.found.document.text, u.span) for n, u in enumerate(found) if u.span.end - u.span.start > LONG}
    texts = [span.of(found[n].found.document.text) for n, spans in groups.items() for span in spans]
    if not texts:
        return list(found)
    languages = [found[n].found.hit.passage.language for n, spans in groups.items() for _ in spans]
    several = wants_several(question)
    scores = iter((encoder.encode_passages(texts, languages) @ encoder.encode_question(question, language)).tolist())
    best = {}
    for n, spans in groups.items():
        match = found[n].found.hit.match
        told = match.asked.span if match else Span(-1, -1)
        document = found[n].found.document
        gain = DEMANDED if several and not document.work.digest else 0.0
        worth = [next(scores) + _overlap(told, span) + gain * _demands(document.text, span) for span in spans]
        best[n] = spans[max(range(len(spans)), key=worth.__getitem__)]
    return [replace(unit, span=best.get(n, unit.span)) for n, unit in enumerate(found)]


def _demands(text: str, span: Span) -> int:
    """How many sentences say what is needed."""
    return sum(is_demand(sentence.of(text)) for sentence in sentences(text, span))


def _sentence_groups(text: str, span: Span) -> list[Span]:
    """Neighbouring sentences, two by two: a sentence alone often lacks its subject."""
    found = list(sentences(text, span))
    return [Span(one.start, two.end) for one, two in pairwise(found)] or [span]
