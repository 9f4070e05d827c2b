"""OpenDocument texts: headings, lists and tables as the file marks them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from advisor.documents.archive import Archive
from advisor.documents.build import Found, Piece, Reading, build
from advisor.documents.formats import BROKEN
from advisor.documents.options import DEFAULT, Options
from advisor.documents.works import creation_warning, usable_authors, usable_title
from advisor.errors import DamagedDocument, EncryptedDocument

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_URN = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT = f"{{{_URN}text:1.0}}"
_TABLE = f"{{{_URN}table:1.0}}"
_OFFICE = f"{{{_URN}office:1.0}}"
_STYLE = f"{{{_URN}style:1.0}}"
_DRAW = f"{{{_URN}drawing:1.0}}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_META = f"{{{_URN}meta:1.0}}"
_THROUGH = frozenset(
    (f"{_TEXT}section", f"{_OFFICE}text", f"{_DRAW}frame", f"{_DRAW}text-box", f"{_TEXT}numbered-paragraph", f"{_TABLE}table-header-rows")
)
_INDEXES = frozenset(
    f"{_TEXT}{name}"
    for name in ("table-of-content", "alphabetical-index", "illustration-index", "table-index", "user-index", "object-index")
)
# What is no text of the document at its place: notes, remarks, what was struck out.
_ELSEWHERE = frozenset((f"{_TEXT}note", f"{_OFFICE}annotation", f"{_TEXT}tracked-changes", f"{_TEXT}ruby-text", f"{_DRAW}frame"))


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What an OpenDocument text holds; its tables of contents stay out, notes are named in a warning.

    Raises DamagedDocument where the file cannot be opened, EncryptedDocument where it needs a password.
    """
    archive = Archive(data, name)
    if "META-INF/manifest.xml" in archive.names and b"encryption-data" in archive.part("META-INF/manifest.xml"):
        raise EncryptedDocument(f"{name}: the document needs a password; save it without one and add it again")
    content = archive.xml("content.xml")
    roots = [content, *([archive.xml("styles.xml")] if "styles.xml" in archive.names else [])]
    body = content.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise DamagedDocument(f"{name}: the document has no text part; save it anew as .odt")
    walk = _Walk(_parents(roots), _numbered(roots))
    try:
        made = list(walk.pieces(body))
    except BROKEN as error:
        raise DamagedDocument(f"{name}: the document cannot be read ({error}); open it and save it again") from error
    found, warnings = _properties(archive)
    title = found.title or next((piece.text for piece in made if piece.kind == "heading" and piece.level == 1), None)
    if next(body.iter(f"{_TEXT}note"), None) is not None:
        warnings.append("the footnotes of the document were not read")
    return Reading(build(made), Found(title, found.authors), lines_dropped=tuple(walk.dropped), warnings=tuple(warnings))


@dataclass
class _Walk:
    """One pass over a document's body, in order; `parents` names the style that each style follows."""

    parents: Mapping[str, str]
    numbered: frozenset[tuple[str, int]]
    dropped: list[str] = field(default_factory=list)

    def pieces(self, parent: Element) -> Iterator[Piece]:
        for child in parent:
            if child.tag == f"{_TEXT}h":
                yield Piece("heading", _text(child), int(child.get(f"{_TEXT}outline-level", "1") or 1))
            elif child.tag == f"{_TEXT}p":
                yield from self._paragraph(child)
            elif child.tag == f"{_TEXT}list":
                yield from self._list(child, 1, "")
            elif child.tag == f"{_TABLE}table":
                yield from _rows(child)
            elif child.tag in _INDEXES:
                self.dropped += [" ".join(_text(entry).split()) for entry in child.iter(f"{_TEXT}p") if _text(entry).strip()]
            elif child.tag in _THROUGH:
                yield from self.pieces(child)

    def _paragraph(self, paragraph: Element) -> Iterator[Piece]:
        style = paragraph.get(f"{_TEXT}style-name", "")
        for _ in range(12):  # a damaged file may hold styles that follow each other
            if style in ("Title", "Subtitle"):
                break
            style = self.parents.get(style, style)
        if style == "Title":
            yield Piece("heading", _text(paragraph), 1)
        else:
            yield Piece("paragraph", _text(paragraph))
        for frame in paragraph.iter(f"{_DRAW}text-box"):
            yield from self.pieces(frame)

    def _list(self, element: Element, level: int, style: str) -> Iterator[Piece]:
        style = element.get(f"{_TEXT}style-name", "") or style
        number = 0
        first = level == 1
        for item in element.iter(f"{_TEXT}list-item", f"{_TEXT}list-header"):
            if item.getparent() is not element:
                continue
            number += item.tag.endswith("item")
            marker = f"{number}." if (style, level) in self.numbered else "•"
            text = " ".join(_text(part) for part in item if part.tag in (f"{_TEXT}p", f"{_TEXT}h"))
            if text.strip():
                yield Piece("item", text, level, marker, starts_list=first)
                first = False
            for nested in item.iterchildren(f"{_TEXT}list"):
                yield from self._list(nested, level + 1, style)


def _text(element: Element) -> str:
    return "".join(_texts(element))


def _texts(element: Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        if child.tag in (f"{_TEXT}s", f"{_TEXT}tab", f"{_TEXT}line-break"):
            yield " "
        elif isinstance(child.tag, str) and child.tag not in _ELSEWHERE:
            yield from _texts(child)
        yield child.tail or ""


def _rows(table: Element) -> Iterator[Piece]:
    for row in table.iter(f"{_TABLE}table-row"):
        cells = []
        for cell in row.iterchildren(f"{_TABLE}table-cell"):
            cells.append(" ".join(" ".join(_text(part) for part in cell.iter(f"{_TEXT}p", f"{_TEXT}h")).split()))
        while cells and not cells[-1]:
            cells.pop()
        if any(cells):
            yield Piece("row", " | ".join(cells))


def _parents(roots: list[Element]) -> dict[str, str]:
    styles = [style for root in roots for style in root.iter(f"{_STYLE}style")]
    return {style.get(f"{_STYLE}name", ""): style.get(f"{_STYLE}parent-style-name", "") for style in styles}


def _numbered(roots: list[Element]) -> frozenset[tuple[str, int]]:
    """The list styles that count, each with its level."""
    found = set()
    for root in roots:
        for style in root.iter(f"{_TEXT}list-style"):
            for level in style.iterchildren(f"{_TEXT}list-level-style-number"):
                depth = level.get(f"{_TEXT}level", "1")
                found.add((style.get(f"{_STYLE}name", ""), int(depth) if depth.isdigit() else 1))
    return frozenset(found)


def _properties(archive: Archive) -> tuple[Found, list[str]]:
    if "meta.xml" not in archive.names:
        return Found(), []
    try:
        meta = archive.xml("meta.xml")
    except DamagedDocument as error:
        return Found(), [str(error)]
    said = {tag: meta.findtext(f".//{tag}") for tag in (f"{_DC}title", f"{_META}initial-creator", f"{_DC}creator", f"{_META}creation-date")}
    created = (said[f"{_META}creation-date"] or "")[:10]
    authors = usable_authors(said[f"{_META}initial-creator"] or said[f"{_DC}creator"])
    return Found(usable_title(said[f"{_DC}title"]), authors), [creation_warning(created)] if created else []
