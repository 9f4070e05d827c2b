"""What a reader makes: a document, its work, its pages, its blocks and its extraction report."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from advisor.text import Span

BlockKind = Literal["heading", "paragraph", "item", "row"]


@dataclass(frozen=True, slots=True)
class Relation:
    """How one work stands to another on one question; `says` is this work's own side, verbatim from the body of the document."""

    other: str
    on: str
    kind: str
    point: str
    says: str


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a document answers, as people ask it, and the place that answers it, verbatim from the document's body."""

    ask: str
    quote: str


@dataclass(frozen=True, slots=True)
class Work:
    """What is cited: a book, an article, a ruling; several documents may hold its text.

    `digest` is true where the document is a summary written for the library and not the work itself; `quoted_after` is the key of the
    work through which alone this one is known; `lists` pairs topics with the lead-ins of the document's lists that answer them;
    `missing` names the data that the document did not give.
    """

    key: str
    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    date: str | None = None
    kind: str | None = None
    publication: str | None = None
    pages: str | None = None
    doi: str | None = None
    url: str | None = None
    original_language: str | None = None
    digest: bool = False
    quoted_after: str | None = None
    seen: str | None = None
    data: str | None = None
    topics: tuple[str, ...] = ()
    lists: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()
    relations: tuple[Relation, ...] = ()
    questions: tuple[Question, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a document: `number` counts from 1, `label` is what is printed on it, offsets are into the document's text."""

    number: int
    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Block:
    """One structural piece; `span` holds its content without list marker or page furniture.

    `level` is 1–6 for headings and the depth, from 1, for items; `marker` is what stood before an item ("1.", "-", "a)"), else "".
    """

    kind: BlockKind
    span: Span
    level: int = 0
    marker: str = ""


@dataclass(frozen=True, slots=True)
class Extraction:
    """How well the text of a file could be taken out; counts, and page labels where pages are meant."""

    characters: int
    encoding: str | None = None
    pages_without_text: tuple[str, ...] = ()
    hyphens_repaired: int = 0
    lines_dropped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """One file as the advisor knows it.

    `text` is the whole clean text, pages joined by a blank line; every offset in the advisor is an offset into it, in characters.
    `source` is the file's name as the library shows it; `sha256` is of the file's bytes.
    """

    source: str
    sha256: str
    media_type: str
    language: str
    work: Work
    text: str
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    extraction: Extraction = field(default_factory=lambda: Extraction(0))

    def page_label(self, span: Span) -> str | None:
        """The label of the page, or "12–13" for the pages, on which a span stands; None where the format has no pages."""
        labels = [page.label for page in self.pages if page.start < span.end and span.start < page.end]
        if not labels:
            return None
        return labels[0] if len(labels) == 1 else f"{labels[0]}–{labels[-1]}"
