"""PDF files: the text of their pages without running heads, with paragraphs made whole again over line and page ends."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from advisor.documents import furniture, headings, layout, ocr, pdfdata, pdfium
from advisor.documents.build import Found, Reading, TextBuilder
from advisor.documents.formats import BROKEN
from advisor.documents.layout import Line
from advisor.documents.lines import ends_sentence, seam, vocabulary
from advisor.documents.options import DEFAULT, Options
from advisor.documents.structure import (
    Group,
    Layout,
    full_line,
    grouped,
    pieces,
    with_headings,
    with_text,
)
from advisor.errors import DamagedDocument, EmptyDocument, EncryptedDocument, OversizedDocument
from advisor.text import clean

# What pypdf has to say about a broken file reaches the reader as an error or a warning of the document; it need not be printed as well.
logging.getLogger("pypdf").addHandler(logging.NullHandler())

if TYPE_CHECKING:
    from pypdf import PdfReader
    from pypdfium2 import PdfDocument

MAXIMUM_PAGES = 20_000
_BARE_MARKER = re.compile(r"[•▪●○■□–\uf0b7\uf0a7]|\d{1,2}[.)]|[a-z]\)")
_FEW_LETTERS = 50  # on a page that is one picture: its number, a stamp


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as taken out of the file: its label, its lines, and the titles of the outline that point to it, with their level.

    `state` is "scan" for a page that is a picture, "recognised" where its text was read from the picture.
    """

    label: str
    lines: tuple[Line, ...]
    titles: tuple[tuple[str, int], ...] = ()
    state: str = ""


@dataclass
class _Taken:
    """What was taken out of a file."""

    sheets: list[Sheet] = field(default_factory=list)
    found: Found = field(default_factory=Found)
    warnings: list[str] = field(default_factory=list)


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What a PDF holds; pages without text, and those whose text was recognised in a picture, are named, by label, in the reading.

    Raises EncryptedDocument, DamagedDocument, OversizedDocument, or EmptyDocument where no page has text.
    """
    taken = _opened(data, name, options)
    sheets = taken.sheets
    bare = tuple(sheet.label for sheet in sheets if sheet.state == "scan" or not any(line.text for line in sheet.lines))
    if not any(line.text for sheet in sheets for line in sheet.lines):
        pages = "page" if len(bare) == 1 else "pages"
        raise EmptyDocument(f"{name}: none of its {len(bare)} {pages} has text, so it is a scan; {_ocr_advice(options)}")
    texts = [[line.text for line in sheet.lines] for sheet in sheets]
    gone, dropped = furniture.found(texts, [sheet.label for sheet in sheets])
    kept = [tuple(line for at, line in enumerate(sheet.lines) if at not in out) for sheet, out in zip(sheets, gone, strict=True)]
    builder, repaired = _built([replace(sheet, lines=_with_markers(lines)) for sheet, lines in zip(sheets, kept, strict=True)])
    return Reading(
        builder.build(), taken.found, pages_without_text=bare, hyphens_repaired=repaired, lines_dropped=dropped,
        warnings=(*taken.warnings, *_recognised(sheets)),
    )  # fmt: skip


def _ocr_advice(options: Options) -> str:
    if not options.ocr:
        return "set ADVISOR_OCR=1 to have its text recognised by tesseract, or run text recognition (OCR) and add the result"
    if not ocr.available():
        return "text recognition (OCR) is on, but tesseract is not installed; install it with its languages deu and eng"
    return "text recognition (OCR) found none either; scan it anew"


def _recognised(sheets: Sequence[Sheet]) -> Iterator[str]:
    labels = [sheet.label for sheet in sheets if sheet.state == "recognised"]
    if labels:
        yield f"the text of page {', '.join(labels)} was recognised in a picture (OCR) and may hold wrong letters"


def _opened(data: bytes, name: str, options: Options) -> _Taken:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError, WrongPasswordError

    taken = _Taken()
    try:
        reader = PdfReader(io.BytesIO(data))
        password = _unlocked(reader, options.password)
        if len(reader.pages) > MAXIMUM_PAGES:
            raise OversizedDocument(f"{name}: the PDF has {len(reader.pages):,} pages, the limit is {MAXIMUM_PAGES:,}; split it")
        with pdfium.LOCK, _geometry(data, password) as geometry:
            taken.sheets.extend(_sheets(reader, geometry, options, taken.warnings))
        taken.found = pdfdata.properties(reader, taken.warnings)
    except WrongPasswordError as error:
        tried = "none of the passwords given opens it" if options.password else "it needs a password"
        advice = "write `password: …` into its sidecar, set ADVISOR_PDF_PASSWORD, or save it without one"
        raise EncryptedDocument(f"{name}: the PDF is locked, {tried}; {advice}") from error
    except FileNotDecryptedError as error:
        raise EncryptedDocument(f"{name}: the PDF needs a password; save it without one and add it again") from error
    except DependencyError as error:
        raise EncryptedDocument(f"{name}: the PDF is encrypted in a way that needs a further package ({error})") from error
    except LimitReachedError as error:
        raise OversizedDocument(f"{name}: a part of the PDF is too large once unpacked ({error}); print it to a new PDF") from error
    except (PyPdfError, *BROKEN) as error:
        raise DamagedDocument(f"{name}: the PDF cannot be read ({_reason(error)}); get a fresh copy of it") from error
    if not taken.sheets:
        raise DamagedDocument(f"{name}: the PDF has no pages; get a fresh copy of it")
    return taken


def _unlocked(reader: PdfReader, password: str | None) -> str | None:
    """The password that opens the file, None where it needs none. Raises WrongPasswordError."""
    from pypdf.errors import WrongPasswordError

    if not reader.is_encrypted or reader.decrypt(""):
        return None
    if password is None or not reader.decrypt(password):
        raise WrongPasswordError
    return password


def _geometry(data: bytes, password: str | None) -> closing[PdfDocument] | nullcontext[None]:
    """The document as PDFium sees it, None where it cannot."""
    try:
        return closing(pdfium.opened(data, password))
    except BROKEN:
        return nullcontext()


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _sheets(reader: PdfReader, geometry: PdfDocument | None, options: Options, warnings: list[str]) -> Iterator[Sheet]:
    labels = pdfdata.labels(reader)
    titles = pdfdata.outline(reader)
    lost: list[BaseException] = []
    recognising = options.ocr and ocr.available()
    for index in range(len(reader.pages)):
        label = labels[index] if index < len(labels) and labels[index].strip() else str(index + 1)
        lines: Sequence[Line] = ()
        state = ""
        try:
            lines, state = _page(reader, geometry, index, recognising)
        except BROKEN as error:
            # One broken page is no reason to lose the others.
            lost.append(error)
            warnings.append(f"page {label} could not be read ({_reason(error)})")
        cleaned = (replace(line, text=clean_line(line.text)) if line.text else line for line in lines)
        yield Sheet(clean(label) or str(index + 1), tuple(cleaned), tuple(titles.get(index, ())), state)
    if lost and len(lost) == len(reader.pages):
        raise lost[0]


def _page(reader: PdfReader, geometry: PdfDocument | None, index: int, recognising: bool) -> tuple[Sequence[Line], str]:
    """The lines of a page, and its state; by PDFium, which knows where its words stand, else by pypdf."""
    if geometry is None or index >= len(geometry):
        return [Line(line) for line in reader.pages[index].extract_text().splitlines()], ""
    with closing(geometry[index]) as page:
        words = pdfium.words(page)
        letters = sum(len(word.text) for word in words)
        if letters >= _FEW_LETTERS or not (letters == 0 or pdfium.is_picture(page)):
            return layout.lines(words), ""
        recognised = ocr.lines(page) if recognising else []
        return ([Line(text) for text in recognised], "recognised") if any(recognised) else (layout.lines(words), "scan")


def clean_line(line: str) -> str:
    """A line in the form that is stored; a soft hyphen at its end, which says that the word goes on, as a plain one."""
    # In the usual encoding of PDF fonts the unused code 127 draws a bullet, and some programs use it for theirs.
    line = line.replace("\x7f", "•")
    return clean(line) + ("-" if line.rstrip().endswith("\u00ad") else "")


def _with_markers(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with list markers that stand on a line of their own put before the next one."""
    result: list[Line] = []
    for line in lines:
        if result and line.text and not line.cells and _BARE_MARKER.fullmatch(result[-1].text):
            result[-1] = replace(line, text=f"{result[-1].text} {line.text}")
        else:
            result.append(line)
    return tuple(result)


def _built(sheets: Sequence[Sheet]) -> tuple[TextBuilder, int]:
    texts = [[line.text for line in sheet.lines] for sheet in sheets]
    running = [line.text for sheet in sheets for line in sheet.lines if line.text and not line.cells]
    words = vocabulary(running)
    paper = Layout(full_line(running), paged=True)
    levels = headings.levels([sheet.lines for sheet in sheets])
    share = sum(len(line.text) for sheet in sheets for line in sheet.lines if line.bold) / max(1, sum(map(len, running)))
    groups: list[Group] = []
    for number, (sheet, lines) in enumerate(zip(sheets, texts, strict=True)):
        known = {
            **headings.bold(sheet.lines, share, len(levels)),
            **headings.larger(sheet.lines, levels),
            **headings.titled(lines, sheet.titles),
        }
        rows = frozenset(at for at, line in enumerate(sheet.lines) if line.cells)
        groups += grouped(lines, paper, known, number, rows)
    groups, repaired = with_text(groups, words)
    groups = with_headings(groups, paper)
    by_page: dict[int, list[Group]] = {}
    for group in groups:
        by_page.setdefault(group.page, []).append(group)
    builder = TextBuilder()
    for number, sheet in enumerate(sheets):
        builder.start_page(sheet.label)
        repaired += _add_page(builder, by_page.get(number, []), words)
    return builder, repaired


def _add_page(builder: TextBuilder, groups: Sequence[Group], words: frozenset[str]) -> int:
    """Add a page; its first paragraph goes on with the last block of the page before where that one is not at its end."""
    made = pieces(groups)
    repaired = 0
    if made and made[0].kind == "paragraph" and builder.last and builder.last.kind in ("paragraph", "item"):
        before, after = builder.last_text, made[0].text
        head, separator = seam(before, after, words)
        if (before.endswith(":") or not ends_sentence(before)) and (after[0].islower() or separator == ""):
            builder.extend(after, separator, cut=len(before) - len(head))
            repaired = len(before) - len(head)
            made = made[1:]
    for piece in made:
        builder.add(piece)
    return repaired
