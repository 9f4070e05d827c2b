"""Web pages: the main text with its structure; navigation, cookie bars and bylines stay out."""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from advisor.documents import bylines, markdown, scraps
from advisor.documents.build import Built, Found, Piece, Reading, build
from advisor.documents.formats import BROKEN, decode, pass_on_no_memory
from advisor.documents.options import DEFAULT, Options
from advisor.errors import DamagedDocument
from advisor.text import fold

# What trafilatura has to say about a broken page reaches the reader as an error or a warning of the document; it is not printed as well.
logging.getLogger("trafilatura").addHandler(logging.NullHandler())

if TYPE_CHECKING:
    from lxml.html import HtmlElement  # type: ignore[import-untyped, unused-ignore]

_CHARSET = re.compile(rb"<(?:meta[^>]*?charset|\?xml[^>]*?encoding)\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_SILENT = frozenset(
    "script style noscript template svg math head nav footer aside form button select iframe object canvas video audio".split()
)
_BLOCKS = frozenset("h1 h2 h3 h4 h5 h6 p li tr blockquote pre dt dd figcaption caption div section article main td th ul ol table".split())
_LISTS = frozenset(("ul", "ol"))
_LITTLE = 0.5  # of the words that stand outside of navigation; less taken than that is worth a warning


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What a web page holds: its main text, title, authors and date.

    Raises DamagedDocument where the page cannot be parsed.
    """
    decoded = decode(data, name, declared(data))
    page = _DECLARATION.sub("", decoded.text)
    main, found = _extracted(page, name)
    everything = walked(page)
    if not _structured(main):
        main = everything
    kept, dropped, about = _filtered(main)
    # The heading over the main text is surer than what trafilatura makes of the rest of the page.
    found = Found(_first_title(kept) or found.title, found.authors or about.authors, found.date or about.date, found.url)
    if found.title and not any(piece.kind == "heading" and piece.level == 1 for piece in kept):
        same = [piece for piece in kept if fold(piece.text) != fold(found.title)]
        kept = [Piece("heading", found.title, 1), *same]
    built = build(kept)
    warnings = (*decoded.warnings, *_coverage(built, everything))
    return Reading(built, found, encoding=decoded.encoding, lines_dropped=tuple(dropped), warnings=warnings)


def declared(data: bytes) -> str | None:
    """The encoding that a page states, None where it states none that can be true."""
    match = _CHARSET.search(data[:4096])
    if not match:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except LookupError:
        return None
    # Browsers read pages that call themselves Latin-1 or ASCII as Windows-1252, and so are such pages written. UTF-16 cannot be what a
    # page is encoded in whose declaration could be read byte by byte.
    return "cp1252" if name in ("iso8859-1", "ascii") else None if name.startswith("utf-16") else name


def _extracted(page: str, name: str) -> tuple[list[Piece], Found]:
    import trafilatura
    from lxml.etree import LxmlError  # type: ignore[import-untyped, unused-ignore]

    try:
        text = trafilatura.extract(page, output_format="markdown", include_tables=True, include_comments=False, favor_recall=True)
        document = trafilatura.extract_metadata(page, extensive=False)
    except (LxmlError, *BROKEN) as error:
        pass_on_no_memory(error)
        raise DamagedDocument(f"{name}: the web page cannot be parsed ({error}); save it again from the browser") from error
    said = document.as_dict() if document else {}
    authors = tuple(part.strip() for part in (said.get("author") or "").split(";") if part.strip())
    return markdown.pieces(text or ""), Found(said.get("title") or None, authors, said.get("date") or None, said.get("url") or None)


def _structured(pieces: Sequence[Piece]) -> bool:
    # For a short page trafilatura falls back to text without structure, all of it in one run of lines.
    return len(pieces) > 1


def _first_title(pieces: Sequence[Piece]) -> str | None:
    return next((piece.text for piece in pieces if piece.kind == "heading" and piece.level == 1), None)


def _filtered(pieces: Sequence[Piece]) -> tuple[list[Piece], list[str], bylines.Byline]:
    """The pieces without scraps and bylines, what was left out, and what the bylines say."""
    # Only what stands on its own can be a scrap: "Print" in a list of media is content.
    lines = ["" if piece.kind in ("item", "row") else " ".join(piece.text.split()) for piece in pieces]
    dropped = set(scraps.find(lines))
    about = bylines.near_head(["" if index in dropped else line for index, line in enumerate(lines)], web=True)
    dropped |= set(about)
    kept = [piece for index, piece in enumerate(pieces) if index not in dropped]
    return kept, [lines[index] for index in sorted(dropped)], bylines.merged(list(about.values()))


def _coverage(built: Built, everything: Sequence[Piece]) -> Iterator[str]:
    there = sum(len(piece.text.split()) for piece in everything)
    taken = len(built.text.split())
    if there > 100 and taken < _LITTLE * there:
        yield f"only {taken} of {there} words of the page were taken for its main text; check that nothing is missing"


def walked(page: str) -> list[Piece]:
    """All that a reader sees of a page outside of navigation, in order, by the elements of the page alone."""
    from lxml.etree import LxmlError  # type: ignore[import-untyped, unused-ignore]
    from lxml.html import document_fromstring  # type: ignore[import-untyped, unused-ignore]

    try:
        root = document_fromstring(_DECLARATION.sub("", page))
        main = root.xpath("//main|//article")
        return list(_under(main[0] if len(main) == 1 else root, 0, ""))
    except (LxmlError, *BROKEN) as error:
        pass_on_no_memory(error)
        return []


def body(page: str) -> str:
    """All text of a page's body with its marks taken out, however broken it is."""
    opened = re.search(r"<body[^>]*>", page, re.IGNORECASE)
    return re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>", " ", page[opened.end() if opened else 0 :], flags=re.IGNORECASE | re.DOTALL)


def _under(element: HtmlElement, depth: int, marker: str) -> Iterator[Piece]:
    """The pieces of an element; `depth` counts the lists around it, `marker` is its own where it is a list item."""
    if not _is_seen(element):
        return
    if element.tag == "tr":
        yield Piece("row", " | ".join(_text(cell, frozenset()) for cell in element if cell.tag in ("td", "th")))
    elif element.tag == "li":
        yield Piece("item", _text(element, _LISTS), max(depth, 1), marker, starts_list=depth == 1 and element.getprevious() is None)
        for nested in element.iterdescendants("ul", "ol"):
            if next(nested.iterancestors("li")) is element:
                yield from _under(nested, depth, "")
    elif element.tag in _LISTS:
        for number, child in enumerate(element.iterchildren("li"), start=1):
            yield from _under(child, depth + 1, f"{number}." if element.tag == "ol" else "-")
    else:
        yield from _mixed(element, depth)


def _mixed(element: HtmlElement, depth: int) -> Iterator[Piece]:
    texts = [element.text or ""]
    for child in element:
        if _is_seen(child) and (child.tag in _BLOCKS or any(inner.tag in _BLOCKS for inner in child.iterdescendants())):
            yield from _leaf(element, texts)
            texts = []
            yield from _under(child, depth, "")
        elif _is_seen(child):
            texts.append(" " if child.tag == "br" else _text(child, frozenset()))
        texts.append(child.tail or "")
    yield from _leaf(element, texts)


def _leaf(element: HtmlElement, texts: Sequence[str]) -> Iterator[Piece]:
    text = " ".join("".join(texts).split())
    if text and re.fullmatch(r"h[1-6]", element.tag):
        yield Piece("heading", text, int(element.tag[1]))
    elif text:
        yield Piece("paragraph", text)


def _text(element: HtmlElement, without: frozenset[str]) -> str:
    return " ".join("".join(_texts(element, without)).split())


def _texts(element: HtmlElement, without: frozenset[str]) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if _is_seen(child) and child.tag not in without:
            apart = " " if child.tag in _BLOCKS or child.tag == "br" else ""
            yield apart
            yield from _texts(child, without)
            yield apart
        yield child.tail or ""


def _is_seen(element: HtmlElement) -> bool:
    return isinstance(element.tag, str) and element.tag not in _SILENT
