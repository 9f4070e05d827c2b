"""Hits → evidence: documents, paragraphs and lists under the hits, one version of each work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from advisor.documents.model import Document
from advisor.encoder import Encoder
from advisor.factors import Enumeration
from advisor.index import Generation
from advisor.retrieve import Hit
from advisor.text import Span, sentences

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
class Unit:
    """A paragraph, or the best sentences of one, as it may be quoted; `similarity` is the cosine with the question."""

    found: Found
    span: Span
    similarity: float


def gather(generation: Generation, hits: Sequence[Hit]) -> list[Found]:
    """The hits with their documents and lists, in the hits' order."""
    result = []
    for hit in hits:
        document = generation.document(hit.passage.document)
        lists = tuple(
            found for found in generation.enumerations(document.sha256) if _meets(found.factors[0].span, found.factors[-1].span, hit)
        )
        result.append(Found(hit, document, lists))
    return result


def _meets(first: Span, last: Span, hit: Hit) -> bool:
    return first.start < hit.passage.end and hit.passage.start < last.end


def one_version(found: Iterable[Found], language: str) -> list[Found]:
    """Only one version of each work: the question's language before another, the work itself before a digest of it."""
    found = list(found)
    best: dict[str, tuple[bool, bool]] = {}
    for item in found:
        rank = _rank(item, language)
        best[item.work] = max(best.get(item.work, rank), rank)
    return [item for item in found if _rank(item, language) == best[item.work]]


def _rank(item: Found, language: str) -> tuple[bool, bool]:
    return (item.document.language == language, not item.document.work.digest)


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


def units(found: Sequence[Found], encoder: Encoder, question: str, language: str) -> list[Unit]:
    """Everything quotable in the passages with its similarity to the question; long paragraphs by their best sentences."""
    spans = [(item, span) for item in found for span in paragraphs(item)]
    pieces: list[tuple[Found, list[Span]]] = []
    for item, span in spans:
        long = span.end - span.start > LONG
        pieces.append((item, _sentence_groups(item.document.text, span) if long else [span]))
    texts = [span.of(item.document.text) for item, group in pieces for span in group]
    if not texts:
        return []
    languages = [item.hit.passage.language for item, group in pieces for _ in group]
    scores = iter((encoder.encode_passages(texts, languages) @ encoder.encode_question(question, language)).tolist())
    result = []
    for item, group in pieces:
        span, score = max(((span, next(scores)) for span in group), key=lambda pair: pair[1])
        result.append(Unit(item, span, score))
    return result


def _sentence_groups(text: str, span: Span) -> list[Span]:
    """Neighbouring sentences, two by two: a sentence alone often lacks its subject."""
    found = list(sentences(text, span))
    return [Span(one.start, two.end) for one, two in pairwise(found)] or [span]


_LIST_CUES = re.compile(
    r"\b(what (?:do|does|must|should|would|has|have)\b.*\b(?:need|consider|have in place|settled|prepare|clarify|decide)|which|list|name|"
    r"checklist|factors?|steps?|conditions?|requirements?|resources|prerequisites|criteria|stages|types|elements|reasons|lessons|"
    r"was (?:brauch|benötig|muss|müss|gehört|sollte)|welche|nenne|woran|worauf|checkliste|faktoren|schritte|voraussetzung|bedingung|kriterien|"
    r"ressourcen|stufen|phasen|typen|gründe|elemente)",
    re.IGNORECASE,
)


def wants_list(question: str) -> bool:
    """True where the words of a question ask for several things."""
    return bool(_LIST_CUES.search(question))
