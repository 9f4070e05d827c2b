"""One way to make a document's text: pieces go in, clean text with exact offsets for pages and blocks comes out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from advisor.documents.model import Block, BlockKind, Page
from advisor.text import Span, clean


@dataclass(frozen=True, slots=True)
class Piece:
    """One structural piece before it has offsets; `starts_list` is true for an item that begins a list of its own."""

    kind: BlockKind
    text: str
    level: int = 0
    marker: str = ""
    starts_list: bool = False


@dataclass(frozen=True, slots=True)
class Built:
    """A document's text with its pages and blocks, all offsets in characters of `text`."""

    text: str
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What a file says about its work outside of front matter; None and () where it says nothing."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    url: str | None = None
    doi: str | None = None
    publication: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader of one format hands over; `given` is front matter, its values already checked."""

    built: Built
    found: Found = field(default_factory=Found)
    given: Mapping[str, object] = field(default_factory=dict)
    encoding: str | None = None
    pages_without_text: tuple[str, ...] = ()
    hyphens_repaired: int = 0
    lines_dropped: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


class TextBuilder:
    """Collects blocks in reading order and gives each its exact place in one text.

    Blocks stand apart by a blank line, items of one list by a line break. The marker of an item stands in the text before the item's
    span. Text is cleaned on the way in and holds no line break; a block without text is left out.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._blocks: list[Block] = []
        self._labels: list[str] = []
        self._starts: list[int] = []
        self._last_text = ""

    @property
    def last(self) -> Block | None:
        """The block that was added last."""
        return self._blocks[-1] if self._blocks else None

    def start_page(self, label: str) -> None:
        """Let a page begin at the next text that is added; a page that gets none stays, with an empty range."""
        self._labels.append(label)

    def add_heading(self, text: str, level: int = 1) -> None:
        """Add a heading of level 1 to 6; a level outside is moved to the nearer end."""
        self._add("heading", text, min(max(level, 1), 6))

    def add_paragraph(self, text: str) -> None:
        """Add a paragraph; its line breaks become spaces."""
        self._add("paragraph", text)

    def add_item(self, text: str, marker: str = "-", level: int = 1, *, starts_list: bool = False) -> None:
        """Add a list item of depth `level`, from 1; it joins the list before it unless `starts_list`."""
        self._add("item", text, max(level, 1), clean(marker), starts_list=starts_list)

    def add_row(self, cells: Sequence[str]) -> None:
        """Add a table row as "a | b"; a row of empty cells is left out."""
        texts = [_line(cell) for cell in cells]
        if any(texts):
            self._add("row", " | ".join(texts))

    def add(self, piece: Piece) -> None:
        """Add a piece of any kind."""
        self._add(piece.kind, piece.text, piece.level, piece.marker, starts_list=piece.starts_list)

    @property
    def last_text(self) -> str:
        """The text of the block that was added last, without its marker; "" where there is none."""
        return self._last_text

    def extend(self, text: str, separator: str = " ", cut: int = 0) -> None:
        """Let the last block go on with `text`, its last `cut` characters gone; without a block before, it is a paragraph of its own."""
        text = _line(text)
        if not self._blocks:
            self.add_paragraph(text)
        elif text:
            self._parts[-1] = self._parts[-1][: len(self._parts[-1]) - cut]
            self._length -= cut
            self._write(separator)
            self._open_pages()
            self._write(text)
            self._last_text = self._last_text[: len(self._last_text) - cut] + separator + text
            last = self._blocks[-1]
            self._blocks[-1] = Block(last.kind, Span(last.span.start, self._length), last.level, last.marker)

    def build(self) -> Built:
        """The text with its pages and blocks; pages tile the text without a gap."""
        self._open_pages()
        starts = [0, *self._starts[1:]] if self._starts else []
        ends = [*starts[1:], self._length]
        pages = tuple(
            Page(number, label, start, end)
            for number, (label, start, end) in enumerate(zip(self._labels, starts, ends, strict=False), start=1)
        )
        return Built("".join(self._parts), pages, tuple(self._blocks))

    def _add(self, kind: BlockKind, text: str, level: int = 0, marker: str = "", *, starts_list: bool = False) -> None:
        text = _line(text)
        if not text:
            return
        if self._blocks:
            same_list = kind == self._blocks[-1].kind == "item" and not starts_list
            self._write("\n" if same_list else "\n\n")
        self._open_pages()
        if marker:
            self._write(marker + " ")
        start = self._length
        self._write(text)
        self._last_text = text
        self._blocks.append(Block(kind, Span(start, self._length), level, marker))

    def _open_pages(self) -> None:
        self._starts.extend([self._length] * (len(self._labels) - len(self._starts)))

    def _write(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)


def build(pieces: Iterable[Piece]) -> Built:
    """The text of a document without pages."""
    builder = TextBuilder()
    for piece in pieces:
        builder.add(piece)
    return builder.build()


def _line(text: str) -> str:
    # All kinds of line break must become spaces before `clean` takes control characters out, or the words at them would run together.
    return clean(" ".join(text.split()))
