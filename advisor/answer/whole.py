"""What a work says from its beginning to its end, with all its lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from advisor.answer.evidence import CAVEATS, ON_OTHERS, READING, Found, versions
from advisor.answer.listing import add_lists
from advisor.answer.page import Page, section_of
from advisor.answer.phrases import phrase
from advisor.answer.relations import add_disagreements_of
from advisor.answer.schema import Kind, Statement
from advisor.answer.scope import Scope
from advisor.documents.model import Block, Document
from advisor.encoder import Encoder
from advisor.index import Generation
from advisor.retrieve import Hit
from advisor.text import Span, fold, one_line, sentences

PARAGRAPHS, LISTS, MISSING = 10, 8, 3  # of a work, at most: what it says, its lists, and what a digest says that it lacks
HEADINGS = 3  # of a text that is no digest, at least
LONG, SHORT = 420, 2  # characters from which a paragraph is quoted by so many of its sentences


def add_whole(page: Page, generation: Generation, encoder: Encoder, works: Sequence[str], question: str) -> bool:
    """What each work says: paragraphs in its own order, its lists, what a digest says that it lacks, and who disagrees.

    False, and nothing is added, where a text has too few headings for its beginnings to stand for it: that has to be searched.
    """
    best = versions(generation, page.language)
    documents = [generation.document(best[key]) for key in works]
    if not all(document.work.digest or sum(block.kind == "heading" for block in document.blocks) >= HEADINGS for document in documents):
        return False
    for document in documents:
        own = list(_found(generation, document))
        said, missing = _paragraphs(document, own)
        page.heading(phrase("says", page.language, who=page.who(document)))
        for span in said[:PARAGRAPHS]:
            _quote(page, document, span)
        lists = [(item, enumeration) for item in own for enumeration in item.lists]
        add_lists(page, generation, encoder, Scope(question), lists[:LISTS])
        if len(lists) > LISTS:
            page.remarks.append(phrase("more_lists", page.language, who=page.who(document), n=len(lists) - LISTS))
        if missing:
            page.heading(phrase("lacks", page.language))
        for span in missing[:MISSING]:
            _quote(page, document, span, "caveat")
    for key in works:
        add_disagreements_of(page, generation, key)
    return True


def _found(generation: Generation, document: Document) -> Iterator[Found]:
    """The passages of a document, each with the lists that begin in it."""
    lists = [one for one in generation.enumerations(document.sha256) if one.style != "running" or not document.work.digest]
    for row, passage in generation.passages_of(document.sha256):
        own = tuple(one for one in lists if passage.start <= one.factors[0].span.start < passage.end)
        yield Found(Hit(row, passage, 0.0, 0.0, 0.0), document, own)


def _paragraphs(document: Document, found: Sequence[Found]) -> tuple[list[Span], list[Span]]:
    """What a work says, and what a digest says that it lacks. Of a work that is no digest the beginning of every section."""
    leads = [enumeration.lead for item in found for enumeration in item.lists]
    said: list[Span] = []
    missing: list[Span] = []
    sections: set[str] = set()
    for block in document.blocks:
        section = section_of(document, block.span)
        if block.kind != "paragraph" or fold(section) in ON_OTHERS or any(_within(lead, block) for lead in leads):
            continue
        if section in CAVEATS:
            missing.append(block.span)
        elif document.work.digest and not document.text.startswith(READING, block.span.start):
            said.append(_shortened(document, block.span))
        elif not document.work.digest and section not in sections:
            said.append(_shortened(document, block.span))
        sections.add(section)
    return said, missing


def _within(span: Span, block: Block) -> bool:
    return block.span.start <= span.start and span.end <= block.span.end and span.end - span.start > (block.span.end - block.span.start) / 2


def _shortened(document: Document, span: Span) -> Span:
    """A long paragraph's first sentences."""
    if span.end - span.start <= LONG:
        return span
    first = list(sentences(document.text, span))[:SHORT]
    return Span(first[0].start, first[-1].end) if first else span


def _quote(page: Page, document: Document, span: Span, kind: Kind = "finding") -> None:
    if not page.holds(document, span):
        text = span.of(document.text)
        n = page.cite(document, span, section_of(document, span))
        page.add(Statement(text, kind, (n,)), f"- {one_line(text)} [{n}]")
