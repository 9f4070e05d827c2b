"""A manuscript as a Word document with real footnotes.

python-docx knows no footnotes, so their part is built here: word/footnotes.xml with the two separators that Word expects, and one note for
each citation, referred to from the text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from advisor.citations import Citation
from advisor.export.manuscript import Block, Heading, Manuscript, Piece, Table, Task, Tasks, Text, footnote, words
from advisor.text import one_line

_LANGUAGES = {"de": "de-DE", "en": "en-GB"}
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PART = "/word/footnotes.xml"
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # what XML cannot hold
_STYLES = {"paragraph": "Normal", "bullet": "List Bullet", "number": "List Number"}
_STATUS_SIGNS = {"done": "☑", "open": "☐", "not_for_us": "–"}


def writable(text: str) -> str:
    """The text without the characters that a Word document cannot hold."""
    return _UNWRITABLE.sub("", text)


def word(manuscript: Manuscript) -> bytes:
    """The whole document as the bytes of a .docx file."""
    from docx import Document

    document = Document()
    _prepare(document, manuscript)
    notes = _Notes(manuscript.language)
    document.add_heading(writable(manuscript.title), 0)
    for block in manuscript.blocks:
        _add(document, block, notes, manuscript.language)
    if manuscript.bibliography:
        document.add_heading(words("bibliography", manuscript.language), 1)
        for reference in manuscript.bibliography:
            document.add_paragraph(writable(one_line(reference)), style="Bibliography")
    notes.attach(document)
    stream = BytesIO()
    document.save(stream)
    return stream.getvalue()


def _prepare(document: Any, manuscript: Manuscript) -> None:
    """Paper, type, language, the styles that the template lacks, and what the file says of itself."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2.5)
    styles = document.styles
    normal = styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    normal.paragraph_format.space_after = Pt(6)
    for name, size in (("Title", 20), ("Heading 1", 14), ("Heading 2", 12), ("Heading 3", 11)):
        font = styles[name].font
        font.name, font.size, font.bold, font.color.rgb = "Calibri", Pt(size), True, RGBColor(0x1D, 0x21, 0x27)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            styles[name].element.rPr.rFonts.attrib.pop(_qualified(theme), None)
    for border in styles["Title"].element.pPr.findall(_qualified("pBdr")):
        styles["Title"].element.pPr.remove(border)
    # Under the names by which Word knows them, so that its own settings apply.
    note = styles.add_style("footnote text", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    note.element.styleId = "FootnoteText"
    note.base_style, note.font.size = normal, Pt(8.5)
    note.paragraph_format.space_after = Pt(2)
    mark = styles.add_style("footnote reference", WD_STYLE_TYPE.CHARACTER, builtin=True)
    mark.element.styleId = "FootnoteReference"
    mark.font.superscript = True
    entry = styles.add_style("Bibliography", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    entry.base_style = normal
    entry.paragraph_format.left_indent, entry.paragraph_format.first_line_indent = Cm(0.75), Cm(-0.75)
    defaults = styles.element.find("/".join(map(_qualified, ("docDefaults", "rPrDefault", "rPr", "lang"))))
    defaults.set(_qualified("val"), _LANGUAGES[manuscript.language])
    told = document.core_properties
    told.title, told.language = writable(manuscript.title)[:255], _LANGUAGES[manuscript.language]
    told.author, told.comments, told.last_modified_by = "Strategy Advisor", "", "Strategy Advisor"


def _add(document: Any, block: Block, notes: _Notes, language: str) -> None:
    if isinstance(block, Heading):
        document.add_heading(writable(block.text), block.level)
    elif isinstance(block, Tasks):
        _add_tasks(document, block.tasks, notes, language)
    elif isinstance(block, Table):
        _add_table(document, block, notes, language)
    else:
        paragraph = document.add_paragraph(style=_STYLES[block.kind])
        if block.kind == "number":
            _number(document, paragraph, block)
        _add_pieces(paragraph, block.pieces, notes, language)


def _number(document: Any, paragraph: Any, block: Text) -> None:
    """Put a paragraph into its list; the number 1 begins one, since Word would count on from the list before."""
    numbering = document.part.numbering_part.element
    if block.number == 1:
        style = document.styles["List Number"].element.pPr.numPr.numId.val
        abstract = numbering.num_having_numId(style).abstractNumId.val
        numbering.add_num(abstract).add_lvlOverride(0).add_startOverride(1)
    properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
    properties.get_or_add_ilvl().val = 0
    properties.get_or_add_numId().val = max(num.numId for num in numbering.findall(_qualified("num")))


def _add_pieces(paragraph: Any, pieces: Sequence[Piece], notes: _Notes, language: str) -> None:
    shown = "".join(piece.text for piece in pieces)
    after_note = False
    for piece in pieces:
        if piece.text:
            run = paragraph.add_run(writable(re.sub(r"\s+", " ", piece.text)))
            run.bold, run.italic = piece.strong or None, piece.emphasis or None
            if piece.language and piece.language != language:
                _element("lang", run._r.get_or_add_rPr(), val=_LANGUAGES.get(piece.language, piece.language))
        if piece.note:
            if after_note and not piece.text:
                paragraph.add_run(", ", style="footnote reference")
            mark = paragraph.add_run(style="footnote reference")
            _element("footnoteReference", mark._r, id=str(notes.add(piece.note, shown)))
        after_note = piece.note is not None


def _add_tasks(document: Any, tasks: Sequence[Task], notes: _Notes, language: str) -> None:
    """Lines of a checklist as a table."""
    names = [words(name, language) for name in ("status", "factor", "owner", "note")]
    table = _table(document, names, (2.3, 7.5, 2.8, 3.4))
    for task in tasks:
        status, factor, owner, note = _row(table)
        status.text = f"{_STATUS_SIGNS[task.status]} {words(task.status, language)}"
        _add_pieces(factor.paragraphs[0], task.pieces, notes, language)
        owner.text, note.text = writable(task.owner), writable(task.note)
    _finish(document, table)


def _add_table(document: Any, block: Table, notes: _Notes, language: str) -> None:
    """Two sides beside each other."""
    table = _table(document, block.head, [16.0 / max(len(block.head), 1)] * len(block.head))
    for cells in block.rows:
        for cell, pieces in zip(_row(table), cells, strict=True):
            _add_pieces(cell.paragraphs[0], pieces, notes, language)
    _finish(document, table)


def _table(document: Any, names: Sequence[str], widths: Sequence[float]) -> Any:
    """A table with columns of these widths in centimetres, and a head that comes again on every page."""
    from docx.shared import Cm

    table = document.add_table(rows=1, cols=len(names), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for cell, name in zip(table.rows[0].cells, names, strict=True):
        cell.paragraphs[0].add_run(writable(name)).bold = True
    _element("tblHeader", table.rows[0]._tr.get_or_add_trPr(), val="true")
    return table


def _row(table: Any) -> Any:
    """The cells of a new row, which no page break divides."""
    row = table.add_row()
    _element("cantSplit", row._tr.get_or_add_trPr())
    return row.cells


def _finish(document: Any, table: Any) -> None:
    """Give the cells the widths of their columns, and set what follows apart."""
    for row in table.rows:
        for cell, column in zip(row.cells, table.columns, strict=True):
            cell.width = column.width
            cell.paragraphs[0].paragraph_format.space_after = 0
    document.add_paragraph()


class _Notes:
    """Gathers the footnotes, and puts them into the document as a part of its own."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._texts: list[str] = []

    def add(self, citation: Citation, shown: str) -> int:
        """The number of a new footnote; 0 and 1 are the separators."""
        quoted = one_line(citation.quote) not in one_line(shown)
        self._texts.append(footnote(citation, self._language, quoted=quoted))
        return len(self._texts) + 1

    def attach(self, document: Any) -> None:
        """Add the part with all notes, and tell the settings of its separators."""
        from docx.opc.oxml import serialize_part_xml
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        root = _element("footnotes")
        for number, kind in ((0, "separator"), (1, "continuationSeparator")):
            note = _element("footnote", root, id=str(number), type=kind)
            _element(kind, _element("r", _element("p", note)))
        for number, text in enumerate(self._texts, 2):
            paragraph = _element("p", _element("footnote", root, id=str(number)))
            _element("pStyle", _element("pPr", paragraph), val="FootnoteText")
            mark = _element("r", paragraph)
            _element("rStyle", _element("rPr", mark), val="FootnoteReference")
            _element("footnoteRef", mark)
            words_of_note = _element("t", _element("r", paragraph))
            words_of_note.text = " " + writable(text)
            words_of_note.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        document.part.relate_to(Part(PackURI(_PART), _CONTENT, serialize_part_xml(root)), _RELATION)
        properties = _element("footnotePr")
        for separator in ("0", "1"):
            _element("footnote", properties, id=separator)
        # The schema wants it in its place among the settings, before those of compatibility.
        document.settings.element.find(_qualified("compat")).addprevious(properties)


def _element(name: str, parent: Any = None, **attributes: str) -> Any:
    """A new element of WordprocessingML, at the end of its parent."""
    from docx.oxml.parser import OxmlElement

    element = OxmlElement(f"w:{name}")
    for attribute, value in attributes.items():
        element.set(_qualified(attribute), value)
    if parent is not None:
        parent.append(element)
    return element


def _qualified(name: str) -> str:
    return f"{{{_W}}}{name}"
