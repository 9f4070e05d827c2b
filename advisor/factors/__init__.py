"""Enumerations: the lead-in of every list in a document and each item it lists, complete and in order."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from advisor.documents.model import Block, Document
from advisor.factors.lead_ins import claimed, page_reference, without_page
from advisor.factors.running_lists import find_in
from advisor.factors.sequences import MarkedList, Paragraph, marked_lists, stripped
from advisor.text import Span, sentences

# A paragraph up to this length introduces a list as a whole, a longer one by its last sentence.
_SHORT_LEAD = 240

Style = Literal["numbered", "bulleted", "ordinal", "running"]


@dataclass(frozen=True, slots=True)
class Factor:
    """One item of a list: its words as they stand in the text, without marker and separators; `position` counts from 1."""

    span: Span
    position: int


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A list with its lead-in; spans are character offsets into the document's text, in order and without overlap.

    `lead` is the sentence, or the part of it, that introduces the items, else the heading above them; empty where there is neither.
    `section` is the text of the nearest heading before. `claimed` is the number of items that the source itself gives, None where it gives
    none; `page_reference` is the page that the source names for the list ("108"), None where it names none.
    """

    lead: Span
    factors: tuple[Factor, ...]
    section: str
    style: Style
    claimed: int | None
    page_reference: str | None

    @property
    def n(self) -> int:
        """The number of factors."""
        return len(self.factors)


def find(document: Document) -> tuple[Enumeration, ...]:
    """Every list of a document, in the order of the text: numbered, bulleted, "first … second …", and inside sentences.

    A list inside a sentence has three items at least, or two after a colon; an item block has two at least. A nested list is an
    enumeration of its own, led in by its parent item. Sentences of more than 4,000 characters are not searched for running lists.
    """
    found = list(_item_lists(document))
    for section in _sections(document):
        found += _section_lists(document, section)
    return tuple(sorted(found, key=lambda e: (e.factors[0].span, e.lead)))


@dataclass(frozen=True, slots=True)
class _Section:
    """The paragraphs between two headings; `heading` is the one above them, None before the first."""

    heading: Block | None
    paragraphs: tuple[Paragraph, ...]


def _sections(document: Document) -> Iterator[_Section]:
    heading: Block | None = None
    paragraphs: list[Paragraph] = []
    for block in document.blocks:
        if block.kind == "heading":
            yield _Section(heading, tuple(paragraphs))
            heading, paragraphs = block, []
        elif block.kind == "paragraph":
            paragraphs.append(Paragraph(block.span, tuple(sentences(document.text, block.span))))
    yield _Section(heading, tuple(paragraphs))


def _enumeration(
    document: Document, heading: Block | None, lead: Span, items: tuple[Span, ...], style: Style, page: str | None
) -> Enumeration:
    factors = tuple(Factor(item, position) for position, item in enumerate(items, 1))
    section = heading.span.of(document.text) if heading else ""
    return Enumeration(lead, factors, section, style, claimed(document.text, lead), page)


def _section_lists(document: Document, section: _Section) -> Iterator[Enumeration]:
    text, taken = document.text, set[int]()
    for marked in marked_lists(text, section.paragraphs):
        lead = _lead_before(text, section, marked)
        whole = Span(lead.start if lead.end > lead.start else marked.start, marked.items[-1].end)
        page = page_reference(text[whole.start : whole.end]) if marked.first == marked.last else page_reference(lead.of(text))
        items = (*marked.items[:-1], without_page(text, marked.items[-1]))
        yield _enumeration(document, section.heading, lead, items, marked.style, page)
        taken |= _sentences_of(section, marked)
    for paragraph in section.paragraphs:
        for sentence in paragraph.sentences:
            if sentence.start not in taken:
                for found in find_in(text, sentence, document.language):
                    yield _enumeration(document, section.heading, found.lead, found.items, "running", found.page_reference)


def _sentences_of(section: _Section, marked: MarkedList) -> set[int]:
    """The starts of the sentences that hold several items of a marked list, or any of a numbered one: they hold no other list."""
    holding = Counter[int]()
    for paragraph in section.paragraphs[marked.first : marked.last + 1]:
        inside = [item for item in marked.items if paragraph.span.start <= item.start < paragraph.span.end]
        holding.update(paragraph.sentences[paragraph.sentence_at(item.start)].start for item in inside)
    return {start for start, count in holding.items() if count > 1 or marked.style == "numbered"}


def _lead_before(text: str, section: _Section, marked: MarkedList) -> Span:
    """What introduces marked items: their sentence up to the first mark, else the sentence before, else the heading."""
    paragraph = section.paragraphs[marked.first]
    at = paragraph.sentence_at(marked.start)
    begin = paragraph.sentences[at].start
    before = text[begin : marked.start].rstrip(" \t\n([–—-")
    if any(c.isalpha() for c in before):
        return Span(begin, begin + len(before))
    if at:
        return paragraph.sentences[at - 1]
    if marked.first and section.paragraphs[marked.first - 1].sentences:
        return section.paragraphs[marked.first - 1].sentences[-1]
    return section.heading.span if section.heading else Span(marked.start, marked.start)


@dataclass(slots=True)
class _Run:
    """Items of one level under one lead-in, while they are being gathered."""

    level: int
    lead: Span
    heading: Block | None
    items: list[Block]
    interrupted: bool = False


_LABEL = re.compile(r"(\d+)[.):\]]*$|([a-z]|[ivxlc]+)[.):\]]+$", re.IGNORECASE)


def _number(marker: str) -> int | None:
    """The number that an item's marker states: "3." and "c)" are 3, "1.2" is 2; None for bullets."""
    match = _LABEL.search(marker.strip())
    if not match:
        return None
    label = match.group(match.lastindex or 0).casefold()
    return int(label[:6]) if label.isdigit() else ord(label) - ord("a") + 1 if len(label) == 1 else 0


def _belongs(run: _Run, item: Block) -> bool:
    """Whether an item continues a run: of the same kind, not begun anew, and after other text only with the next number."""
    last, this = _number(run.items[-1].marker), _number(item.marker)
    if (last is None) != (this is None):
        return False
    if run.interrupted:
        return last is not None and this == last + 1
    # Markdown lets every item be called "1.".
    return this != 1 or last == 1


def _item_lists(document: Document) -> Iterator[Enumeration]:
    """The runs of items, two at least, outer ones and nested ones."""
    done: list[_Run] = []
    open_runs: list[_Run] = []
    heading: Block | None = None
    previous: Block | None = None
    for block in document.blocks:
        if block.kind == "heading":
            heading, open_runs = block, []
        elif block.kind == "item":
            open_runs = _with_item(document, heading, previous, block, open_runs, done)
        else:
            for run in open_runs:
                run.interrupted = True
        previous = block
    for run in done:
        items = tuple(s for s in (stripped(document.text, *item.span) for item in run.items) if s.end > s.start)
        if len(items) > 1:
            style: Style = "bulleted" if _number(run.items[0].marker) is None else "numbered"
            page = page_reference(run.lead.of(document.text)) or _page_at_end(document.text, items[-1])
            yield _enumeration(document, run.heading, run.lead, items, style, page)


def _page_at_end(text: str, item: Span) -> str | None:
    return page_reference(text[without_page(text, item).end : item.end])


def _with_item(
    document: Document, heading: Block | None, previous: Block | None, item: Block, open_runs: list[_Run], done: list[_Run]
) -> list[_Run]:
    """The runs that are open after an item; a run that begins with it is added to `done` too."""
    outer = [run for run in open_runs if run.level < item.level]
    same = next((run for run in open_runs if run.level == item.level and _belongs(run, item)), None)
    if same:
        same.items.append(item)
        same.interrupted = False
    else:
        lead = _lead_above(document, heading, previous, outer[-1].items[-1] if outer else None, item)
        same = _Run(item.level, lead, heading, [item])
        done.append(same)
    return [*outer, same]


def _lead_above(document: Document, heading: Block | None, previous: Block | None, parent: Block | None, item: Block) -> Span:
    """What introduces a run: its parent item, the paragraph right above (or the last sentence of a long one), else the heading."""
    text = document.text
    if previous and previous.kind == "paragraph":
        words = previous.span.of(text).rstrip()
        if len(words) <= _SHORT_LEAD:
            return previous.span
        if words.endswith(":") or not heading:
            return list(sentences(text, previous.span))[-1]
    elif parent:
        return parent.span
    return heading.span if heading else Span(item.span.start, item.span.start)
