"""Markdown: structure from its marks, plain text without them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import TYPE_CHECKING

from advisor.documents import frontmatter
from advisor.documents.build import Found, Piece, Reading, build
from advisor.documents.formats import decode
from advisor.documents.options import DEFAULT, Options

if TYPE_CHECKING:
    from markdown_it.token import Token

_UNSEEN = re.compile(r"<!--.*?-->|<(script|style|template|noscript)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[/!?]?[a-zA-Z][^<>]*>|<[!?][^<>]*>")
_OPENS_UNSEEN = re.compile(r"<(script|style|template|noscript)\b", re.IGNORECASE)


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What a Markdown file holds, its front matter in `given`; HTML in it is reduced to the text that a reader would see.

    Raises DamagedDocument where the bytes are no text or the front matter is wrong.
    """
    decoded = decode(data, name)
    given, body = frontmatter.split(decoded.text, name)
    made = pieces(body)
    headings = [piece for piece in made if piece.kind == "heading"]
    title = next((piece.text for piece in headings if piece.level == 1), headings[0].text if headings else None)
    return Reading(
        build(made),
        Found(" ".join(title.split()) if title else None),
        given=given,
        encoding=decoded.encoding,
        warnings=decoded.warnings + frontmatter.unknown_fields(given),
    )


def pieces(text: str) -> list[Piece]:
    """The blocks of a Markdown text in order; text in cells and items is joined to one line each."""
    from markdown_it import MarkdownIt

    # The usual limit of 20 levels would silently leave out what is nested deeper.
    tokens = MarkdownIt("commonmark", {"maxNesting": 100}).enable("table").parse(text)
    return list(_Walk(tokens).pieces())


class _Walk:
    """One pass over the tokens of a text, with the lists that are open at each point."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.lists: list[_List] = []
        self.cells: list[str] = []
        self.heading = 0

    def pieces(self) -> Iterator[Piece]:
        pending: Piece | None = None  # an item is held back until all of its own paragraphs are in
        for index, token in enumerate(self.tokens):
            piece = self._piece(index, token)
            if piece is None:
                continue
            if pending and piece.kind == "paragraph" and pending.level == len(self.lists) and self.lists[-1].taken:
                pending = Piece("item", f"{pending.text} {piece.text}", pending.level, pending.marker, pending.starts_list)
                continue
            if pending:
                yield pending
            pending = piece if piece.kind == "item" else None
            if pending is None:
                yield piece
        if pending:
            yield pending

    def _piece(self, index: int, token: Token) -> Piece | None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self.lists.append(_List(_numbers(self.tokens, index)))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif token.type == "list_item_open":
            self.lists[-1].begin(token)
        elif token.type == "heading_open":
            self.heading = int(token.tag[1:])
        elif token.type == "tr_open":
            self.cells = []
        elif token.type == "tr_close":
            return Piece("row", " | ".join(self.cells)) if any(self.cells) else None
        else:
            return self._content(index, token)
        return None

    def _content(self, index: int, token: Token) -> Piece | None:
        opener = self.tokens[index - 1].type if index else ""
        if token.type == "inline" and opener in ("th_open", "td_open"):
            self.cells.append(_plain(token.children or []))
            return None
        if token.type == "inline":
            text = _plain(token.children or [])
        elif token.type == "html_block":
            text = _seen(token.content)
        elif token.type in ("fence", "code_block"):
            text = token.content
        else:
            return None
        if not text.strip():
            return None
        if opener == "heading_open":
            return Piece("heading", text, self.heading)
        return self._item(text) if self.lists and not self.lists[-1].taken else Piece("paragraph", text)

    def _item(self, text: str) -> Piece:
        current = self.lists[-1]
        current.taken = True
        starts = len(self.lists) == 1 and current.count == 1
        return Piece("item", text, len(self.lists), current.marker, starts_list=starts)


class _List:
    """An open list: its numbers as written, how many items it has had, and whether the current item has its text."""

    def __init__(self, numbers: Sequence[int]) -> None:
        # "1. 1. 1." is Markdown's way to let the program count.
        self.counting = len(numbers) > 1 and len(set(numbers)) == 1
        self.count = 0
        self.marker = ""
        self.taken = False

    def begin(self, token: Token) -> None:
        number = str(int(token.info) + self.count) if token.info and self.counting else token.info
        self.marker = number + token.markup
        self.count += 1
        self.taken = False


def _numbers(tokens: Sequence[Token], opening: int) -> list[int]:
    level = tokens[opening].level
    numbers = []
    for token in tokens[opening + 1 :]:
        if token.level == level and token.type.endswith("list_close"):
            break
        if token.type == "list_item_open" and token.level == level + 1 and token.info:
            numbers.append(int(token.info))
    return numbers


def _plain(tokens: Sequence[Token]) -> str:
    parts: list[str] = []
    unseen = ""
    for token in tokens:
        if token.type == "html_inline":
            opened = _OPENS_UNSEEN.match(token.content)
            closes = token.content.casefold().startswith(f"</{unseen}")
            unseen = unseen or (opened[1].casefold() if opened else "")
            unseen = "" if closes else unseen
            parts.append(" " if token.content.casefold().startswith("<br") else "")
        elif unseen:
            continue
        elif token.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif token.type == "image":
            parts.append(_plain(token.children or []))
        else:
            parts.append(token.content)
    return "".join(parts)


def _seen(markup: str) -> str:
    return unescape(_TAG.sub(" ", _UNSEEN.sub(" ", markup)))
