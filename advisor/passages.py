"""Split a document into passages: one to three paragraphs, or a list with its lead-in, under one heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from advisor.documents.model import Block, Document
from advisor.text import Span, language, sentences

# The bundled encoder reads 256 tokens: about 1,380 characters of English. A passage stays below, with room for its heading.
TARGET = 500
LIMIT = 1200
FRAGMENT = 20  # characters below which a sentence says nothing by itself


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document that is found as a whole; offsets are into the document's text, in characters."""

    document: str
    start: int
    end: int
    section: str
    page: str | None
    language: str

    @property
    def span(self) -> Span:
        """The offsets as a span."""
        return Span(self.start, self.end)

    @property
    def id(self) -> str:
        """A name that stays the same as long as the file's bytes do."""
        return f"{self.document[:16]}-{self.start}-{self.end}"


def split(document: Document) -> tuple[Passage, ...]:
    """The passages of a document in order; together they hold every block but the headings, which become the sections."""
    found: list[Passage] = []
    for section, blocks in _sections(document):
        for span in _grouped(document.text, blocks):
            piece = span.of(document.text)
            found.append(
                Passage(document.sha256, span.start, span.end, section, document.page_label(span), language(piece, document.language))
            )
    return tuple(found)


def parts(document: Document, passage: Passage) -> list[Span]:
    """The sentences and list items of a passage in order; a fragment goes with what stands before it."""
    found: list[Span] = []
    for block in document.blocks:
        if block.span.end <= passage.start or block.kind == "heading":
            continue
        if block.span.start >= passage.end:
            break
        within = Span(max(block.span.start, passage.start), min(block.span.end, passage.end))
        for span in sentences(document.text, within):
            if found and span.end - span.start < FRAGMENT:
                found[-1] = Span(found[-1].start, span.end)
            else:
                found.append(span)
    return found


def _sections(document: Document) -> Iterator[tuple[str, list[Block]]]:
    """The blocks under each heading; a section is named by its headings below the document's title, outermost first."""
    path: dict[int, str] = {}
    blocks: list[Block] = []
    for block in document.blocks:
        if block.kind != "heading":
            blocks.append(block)
            continue
        if blocks:
            yield _name(path), blocks
            blocks = []
        path = {level: text for level, text in path.items() if level < block.level}
        path[block.level] = block.span.of(document.text)
    if blocks:
        yield _name(path), blocks


def _name(path: dict[int, str]) -> str:
    names = [path[level] for level in sorted(path)]
    return " › ".join(names[1:] if len(names) > 1 else names)


def _grouped(text: str, blocks: list[Block]) -> Iterator[Span]:
    """Spans of whole blocks: short neighbours together up to TARGET, a list with its lead-in alone, long blocks in sentences."""
    start = end = -1
    count = 0
    for number, block in enumerate(blocks):
        previous = blocks[number - 1] if number else None
        leads = block.kind == "paragraph" and number + 1 < len(blocks) and blocks[number + 1].kind in ("item", "row")
        if previous is not None and start >= 0 and not leads and _belongs(previous, block, block.span.end - start, count):
            end, count = block.span.end, count + 1
            continue
        block_start = _with_marker(text, block, end)
        if start >= 0:
            yield from _cut(text, Span(start, end))
        start, end, count = block_start, block.span.end, 1
    if start >= 0:
        yield from _cut(text, Span(start, end))


def _belongs(previous: Block, block: Block, joined: int, count: int) -> bool:
    """Whether a block goes on the passage of the block before it, which would then have `joined` characters and had `count` blocks."""
    if block.kind in ("item", "row"):
        return joined <= LIMIT
    return previous.kind == "paragraph" and joined <= TARGET and count < 3


def _with_marker(text: str, block: Block, floor: int) -> int:
    """Start of a block including the list marker that stands before it."""
    if not block.marker:
        return block.span.start
    at = text.rfind(block.marker, max(floor, block.span.start - len(block.marker) - 8, 0), block.span.start)
    return at if at >= 0 else block.span.start


def _cut(text: str, span: Span) -> Iterator[Span]:
    """The span itself, or pieces of at most LIMIT characters, cut between sentences and, in a giant sentence, between words."""
    if span.end - span.start <= LIMIT:
        yield span
        return
    start = end = span.start
    for sentence in sentences(text, span):
        if sentence.end - start > LIMIT and end > start:
            yield Span(start, end)
            start = sentence.start
        while sentence.end - start > LIMIT:
            cut = text.rfind(" ", start + 1, start + LIMIT)
            cut = cut if cut > start else start + LIMIT
            yield Span(start, cut)
            start = cut + (cut < span.end and text[cut] == " ")
        end = sentence.end
    if end > start:
        yield Span(start, end)
