"""Word documents: headings, lists and tables by their styles and numbering."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from advisor.documents.build import Found, Piece, Reading, build
from advisor.documents.formats import BROKEN, pass_on_no_memory
from advisor.documents.lines import item_markers
from advisor.documents.numbering import Numbering
from advisor.documents.options import DEFAULT, Options
from advisor.documents.works import creation_warning, usable_authors, usable_title
from advisor.errors import DamagedDocument

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement
    from docx.styles.style import ParagraphStyle
    from docx.table import Table
    from docx.text.paragraph import Paragraph

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVEL = re.compile(r"heading ([1-9])", re.IGNORECASE)
_LIST_STYLE = re.compile(r"list (?P<kind>bullet|number)(?: (?P<level>[2-5]))?", re.IGNORECASE)
_TEMPLATE_DATE = "2013-12-23"  # what python-docx writes into every document that it makes
_CONTENTS = re.compile(r"toc (?:heading|[1-9])|table of figures|inhaltsverzeichnis\w*( \d)?", re.IGNORECASE)


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What a Word document holds; its table of contents, headers and footers stay out, footnotes are named in a warning.

    Raises DamagedDocument where the file cannot be opened.
    """
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError  # type: ignore[import-untyped, unused-ignore]

    try:
        document = docx.Document(io.BytesIO(data))
        walk = _Walk(document, Numbering.from_document(document))
        made = _typed_items(list(walk.pieces()))
        found, warnings = _properties(document)
        footnotes = tuple(_footnotes(document))
    except (zipfile.BadZipFile, OpcError, LxmlError, *BROKEN) as error:
        pass_on_no_memory(error)
        raise DamagedDocument(f"{name}: the Word document cannot be opened ({error}); open it in Word and save it again") from error
    title = found.title or next((" ".join(piece.text.split()) for piece in made if piece.kind == "heading" and piece.level == 1), None)
    return Reading(
        build(made),
        Found(title, found.authors),
        lines_dropped=tuple(walk.dropped),
        warnings=(*warnings, *footnotes),
    )


@dataclass
class _Walk:
    """One pass over a document's body, in order."""

    document: Document
    numbering: Numbering
    dropped: list[str] = field(default_factory=list)
    latest: str | None = None  # number of the outermost list that had an item last

    def pieces(self) -> Iterator[Piece]:
        yield from self._under(self.document.element.body)

    def _under(self, parent: BaseOxmlElement) -> Iterator[Piece]:
        from docx.table import Table
        from docx.text.paragraph import Paragraph

        for child in parent:
            if child.tag == f"{_W}p":
                yield from self._paragraph(Paragraph(child, self.document))
            elif child.tag == f"{_W}tbl":
                yield from _rows(Table(child, self.document))
            elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}smartTag", f"{_W}customXml"):
                # Form fields, cover pages and tracked insertions hold paragraphs that python-docx passes over.
                yield from self._under(child)

    def _paragraph(self, paragraph: Paragraph) -> Iterator[Piece]:
        text = _text(paragraph._p)
        style = paragraph.style
        name = (style.name if style is not None else None) or ""
        if not text.strip():
            return
        if _CONTENTS.fullmatch(name):
            self.dropped.append(" ".join(text.split()))
            return
        level = _heading_level(style, name)
        yield Piece("heading", text, level) if level else self._item(paragraph, style, name, text)

    def _item(self, paragraph: Paragraph, style: ParagraphStyle | None, name: str, text: str) -> Piece:
        number_id, level = _numbered(paragraph, style)
        listed = _LIST_STYLE.fullmatch(name)
        depth = max(level + 1, int(listed["level"] or 1) if listed else 1)
        if number_id is not None and self.numbering.is_list(number_id):
            marker = self.numbering.marker(number_id, level)
        elif listed and number_id is None:
            marker = "•"
        else:
            return Piece("paragraph", text)
        starts = depth == 1 and number_id != self.latest
        self.latest = number_id if depth == 1 else self.latest
        return Piece("item", text, depth, marker, starts_list=starts)


def _text(paragraph: BaseOxmlElement) -> str:
    """All text of a paragraph as accepting its tracked changes would leave it."""
    parts = []
    for element in paragraph.iter(f"{_W}t", f"{_W}tab", f"{_W}br", f"{_W}cr", f"{_W}noBreakHyphen"):
        around = {ancestor.tag.rpartition("}")[2] for ancestor in element.iterancestors()}
        # A text box is stored twice, the second time for old programs.
        if around & {"Fallback", "moveFrom", "del", "tabs"}:
            continue
        name = element.tag.rpartition("}")[2]
        parts.append(element.text or "" if name == "t" else "-" if name == "noBreakHyphen" else " ")
    return "".join(parts)


def _styles(style: ParagraphStyle | None) -> Iterator[ParagraphStyle]:
    for _ in range(12):  # a damaged file may hold styles that are based on each other
        if style is None:
            return
        yield style
        style = style.base_style


def _heading_level(style: ParagraphStyle | None, name: str) -> int:
    if name.casefold() == "title":
        return 1
    for one in _styles(style):
        named = _LEVEL.fullmatch(one.name or "")
        if named:
            return int(named[1])
        outline = one.element.find(f"{_W}pPr/{_W}outlineLvl")
        if outline is not None and int(outline.get(f"{_W}val", 9)) < 9:
            return int(outline.get(f"{_W}val")) + 1
    return 0


def _numbered(paragraph: Paragraph, style: ParagraphStyle | None) -> tuple[str | None, int]:
    """The list number of a paragraph, its own or that of its style, and its level from 0."""
    level = None
    for element in (paragraph._p, *(one.element for one in _styles(style))):
        properties = element.find(f"{_W}pPr/{_W}numPr")
        if properties is None:
            continue
        own_level, number = properties.find(f"{_W}ilvl"), properties.find(f"{_W}numId")
        level = int(own_level.get(f"{_W}val", 0)) if level is None and own_level is not None else level
        if number is not None:
            return str(number.get(f"{_W}val")), level or 0
    return None, level or 0


def _rows(table: Table) -> Iterator[Piece]:
    for row in table.rows:
        cells: list[str] = []
        before = None
        for cell in row.cells:
            # A cell that spans columns comes once for each of them.
            if cell._tc is not before:
                cells.append(" ".join(" ".join(_text(paragraph) for paragraph in cell._tc.iter(f"{_W}p")).split()))
            before = cell._tc
        if any(cells):
            yield Piece("row", " | ".join(cells))


def _typed_items(pieces: list[Piece]) -> list[Piece]:
    """The pieces with markers that were typed by hand made list items."""
    lines = [" ".join(piece.text.split()) if piece.kind == "paragraph" else "" for piece in pieces]
    markers = item_markers(lines)
    return [
        Piece("item", lines[index][markers[index].end :], 1, markers[index].text) if index in markers else piece
        for index, piece in enumerate(pieces)
    ]


def _properties(document: Document) -> tuple[Found, tuple[str, ...]]:
    core = document.core_properties
    authors = usable_authors(core.author)
    date = core.created.date().isoformat() if core.created else None
    warnings = (creation_warning(date),) if date and date != _TEMPLATE_DATE else ()
    return Found(usable_title(core.title), authors), warnings


def _footnotes(document: Document) -> Iterator[str]:
    parts = [relation.target_part for relation in document.part.rels.values() if relation.reltype.endswith(("/footnotes", "/endnotes"))]
    if any(b"<w:t>" in part.blob or b"<w:t " in part.blob for part in parts):
        yield "the footnotes of the document were not read"
