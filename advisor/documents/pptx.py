"""PowerPoint presentations: each slide a page, its title a heading, its points a list, its notes after it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from advisor.documents.build import Found, Piece, Reading, TextBuilder
from advisor.documents.formats import BROKEN, pass_on_no_memory
from advisor.documents.options import DEFAULT, Options
from advisor.documents.works import creation_warning, usable_authors, usable_title
from advisor.errors import DamagedDocument

if TYPE_CHECKING:
    from pptx.slide import Slide

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_FURNITURE = frozenset({"sldNum", "ftr", "dt", "hdr"})
_TITLES = frozenset({"title", "ctrTitle"})
_LISTS = frozenset({"body", "obj"})
_DEEPEST = 20  # groups in groups


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What a presentation holds, slide by slide; charts and drawn diagrams are counted in a warning, pictures are not read.

    Raises DamagedDocument where the file cannot be opened.
    """
    import pptx
    from lxml.etree import LxmlError
    from pptx.exc import PythonPptxError

    builder = TextBuilder()
    bare: list[str] = []
    try:
        show = pptx.Presentation(io.BytesIO(data))
        about = show.core_properties
        found = Found(usable_title(about.title), usable_authors(about.author))
        created = about.created.date().isoformat() if about.created else ""
        unread = 0
        for number, slide in enumerate(show.slides, start=1):
            builder.start_page(str(number))
            made = list(_slide(slide, number))
            unread += sum(_is_unread(shape) for shape in _shapes(slide.shapes))
            if not made:
                bare.append(str(number))
            for piece in made:
                builder.add(piece)
    except (zipfile.BadZipFile, PythonPptxError, LxmlError, *BROKEN) as error:
        pass_on_no_memory(error)
        reason = " ".join(str(error).split())[:200]
        raise DamagedDocument(f"{name}: the presentation cannot be opened ({reason}); open it in PowerPoint and save it again") from error
    warnings = [f"{unread} charts or diagrams of the presentation were not read"] if unread else []
    warnings += [creation_warning(created)] if created and created != "2013-01-27" else []  # what python-pptx writes into every file
    return Reading(builder.build(), found, pages_without_text=tuple(bare), warnings=tuple(warnings))


def _slide(slide: Slide, number: int) -> Iterator[Piece]:
    shapes = [shape for shape in _shapes(slide.shapes) if _kind(shape) not in _FURNITURE]
    titles = [shape for shape in shapes if _kind(shape) in _TITLES]
    for shape in titles:
        text = " ".join(shape.text_frame.text.split())
        if text:
            yield Piece("heading", text, 1 if number == 1 else 2)
    # As they are seen, from the top down; the order in the file is that in which they were drawn.
    others = [shape for shape in shapes if _kind(shape) not in _TITLES]
    for shape in sorted(others, key=lambda shape: (round((shape.top or 0) / 360_000), shape.left or 0)):
        yield from _shape(shape)
    if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
        for paragraph in slide.notes_slide.notes_text_frame.paragraphs:
            yield Piece("paragraph", _text(paragraph))


def _shapes(shapes: Iterable[Any], depth: int = 0) -> Iterator[Any]:
    """The shapes of a slide, those in groups too."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            if depth < _DEEPEST:
                yield from _shapes(shape.shapes, depth + 1)
        else:
            yield shape


def _kind(shape: Any) -> str:
    if not shape.is_placeholder:
        return ""
    return str(shape.element.ph.get("type", "obj"))


def _is_unread(shape: Any) -> bool:
    return bool(getattr(shape, "has_chart", False)) or (
        shape.element.tag.endswith("}graphicFrame") and not getattr(shape, "has_table", False) and not getattr(shape, "has_chart", False)
    )


def _shape(shape: Any) -> Iterator[Piece]:
    if getattr(shape, "has_table", False):
        for row in shape.table.rows:
            cells = [" ".join(cell.text.split()) for cell in row.cells if not cell.is_spanned]
            if any(cells):
                yield Piece("row", " | ".join(cells))
    elif shape.has_text_frame:
        paragraphs = [paragraph for paragraph in shape.text_frame.paragraphs if _text(paragraph).strip()]
        listed = _kind(shape) in _LISTS and len(paragraphs) > 1
        count = 0
        for at, paragraph in enumerate(paragraphs):
            marker = _marker(paragraph, listed)
            count = count + 1 if marker == "1." else 0
            if marker:
                level = paragraph.level + 1
                yield Piece("item", _text(paragraph), level, f"{count}." if count else marker, starts_list=at == 0)
            else:
                yield Piece("paragraph", _text(paragraph))


def _marker(paragraph: Any, listed: bool) -> str:
    properties = paragraph._p.find(f"{_A}pPr")
    if properties is not None:
        if properties.find(f"{_A}buNone") is not None:
            return ""
        if properties.find(f"{_A}buAutoNum") is not None:
            return "1."
        if properties.find(f"{_A}buChar") is not None:
            return "•"
    return "•" if listed else ""


def _text(paragraph: Any) -> str:
    return str(paragraph.text).replace("\v", " ")
