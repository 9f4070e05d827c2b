"""PDF files: the text of their pages without running heads, with paragraphs made whole again over line and page ends."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import unescape
from typing import TYPE_CHECKING, Any

from advisor.documents import furniture
from advisor.documents.build import Found, Reading, TextBuilder
from advisor.documents.dates import valid
from advisor.documents.formats import BROKEN
from advisor.documents.lines import ends_sentence, seam, vocabulary
from advisor.documents.structure import Group, Layout, full_line, grouped, pieces, with_headings, with_text
from advisor.documents.works import creation_warning, usable_authors, usable_title
from advisor.errors import DamagedDocument, EmptyDocument, EncryptedDocument, OversizedDocument
from advisor.text import clean, fold

# What pypdf has to say about a broken file reaches the reader as an error or a warning of the document; it need not be printed as well.
logging.getLogger("pypdf").addHandler(logging.NullHandler())

if TYPE_CHECKING:
    from pypdf import PdfReader

_CHAPTER = re.compile(r"\s*(?:(?:chapter|part|section|kapitel|teil|abschnitt)\s+)?(?:\d+(?:\.\d+)*|[IVX]+(?=[.:]))[.:]?\s+", re.IGNORECASE)
_BARE_MARKER = re.compile(r"[•▪●○■□–\uf0b7\uf0a7]|\d{1,2}[.)]|[a-z]\)")
_PRISM = re.compile(r"prism:(coverDate|publicationDate|doi|publicationName)(?:>([^<]+)<|=\"([^\"]+)\")")
_CREATED = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as taken out of the file: its label, its lines, and the titles of the outline that point to it, with their level."""

    label: str
    lines: tuple[str, ...]
    titles: tuple[tuple[str, int], ...] = ()


def read(data: bytes, name: str) -> Reading:
    """What a PDF holds; pages without text are named, by label, in the reading.

    Raises EncryptedDocument, DamagedDocument, OversizedDocument, or EmptyDocument where no page has text.
    """
    sheets, found, warnings = _opened(data, name)
    bare = tuple(sheet.label for sheet in sheets if not any(sheet.lines))
    if len(bare) == len(sheets):
        pages = "page" if len(bare) == 1 else "pages"
        raise EmptyDocument(
            f"{name}: none of its {len(bare)} {pages} has text, so it is a scan; run text recognition (OCR) and add the result"
        )
    kept, dropped = furniture.without_furniture([sheet.lines for sheet in sheets], [sheet.label for sheet in sheets])
    sheets = [replace(sheet, lines=_with_markers(lines)) for sheet, lines in zip(sheets, kept, strict=True)]
    builder, repaired = _built(sheets)
    return Reading(
        builder.build(), found, pages_without_text=bare, hyphens_repaired=repaired, lines_dropped=dropped, warnings=tuple(warnings)
    )


def _opened(data: bytes, name: str) -> tuple[list[Sheet], Found, list[str]]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError, WrongPasswordError

    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise WrongPasswordError
        warnings: list[str] = []
        sheets = list(_sheets(reader, warnings))
        found = _properties(reader, warnings)
    except (FileNotDecryptedError, WrongPasswordError) as error:
        raise EncryptedDocument(f"{name}: the PDF needs a password; save it without one and add it again") from error
    except DependencyError as error:
        raise EncryptedDocument(f"{name}: the PDF is encrypted in a way that needs a further package ({error})") from error
    except LimitReachedError as error:
        raise OversizedDocument(f"{name}: a part of the PDF is too large once unpacked ({error}); print it to a new PDF") from error
    except (PyPdfError, *BROKEN) as error:
        raise DamagedDocument(f"{name}: the PDF cannot be read ({_reason(error)}); get a fresh copy of it") from error
    if not sheets:
        raise DamagedDocument(f"{name}: the PDF has no pages; get a fresh copy of it")
    return sheets, found, warnings


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _sheets(reader: PdfReader, warnings: list[str]) -> Iterator[Sheet]:
    labels = _labels(reader)
    titles = _outline(reader)
    lost: list[BaseException] = []
    for index, page in enumerate(reader.pages):
        label = labels[index] if index < len(labels) and labels[index].strip() else str(index + 1)
        try:
            text = page.extract_text()
        except BROKEN as error:
            # One broken page is no reason to lose the others.
            lost.append(error)
            warnings.append(f"page {label} could not be read ({_reason(error)})")
            text = ""
        yield Sheet(label, tuple(clean_line(line) for line in text.splitlines()), tuple(titles.get(index, ())))
    if lost and len(lost) == len(reader.pages):
        raise lost[0]


def clean_line(line: str) -> str:
    """A line in the form that is stored; a soft hyphen at its end, which says that the word goes on, as a plain one."""
    # In the usual encoding of PDF fonts the unused code 127 draws a bullet, and some programs use it for theirs.
    line = line.replace("\x7f", "•")
    return clean(line) + ("-" if line.rstrip().endswith("\u00ad") else "")


def _with_markers(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines with list markers that stand on a line of their own put before the next one."""
    result: list[str] = []
    for line in lines:
        if result and line and _BARE_MARKER.fullmatch(result[-1]):
            result[-1] += f" {line}"
        else:
            result.append(line)
    return tuple(result)


def _labels(reader: PdfReader) -> list[str]:
    from pypdf.errors import PyPdfError

    try:
        return list(reader.page_labels)
    except (PyPdfError, *BROKEN):
        return []


def _outline(reader: PdfReader) -> dict[int, list[tuple[str, int]]]:
    """The titles of the outline with their levels, from 1, by the index of the page to which they point."""
    from pypdf.errors import PyPdfError

    titles: dict[int, list[tuple[str, int]]] = {}
    try:
        for title, level, page in _entries(reader, reader.outline, 1):
            if page is not None:
                titles.setdefault(page, []).append((title, level))
    except (PyPdfError, *BROKEN):
        return {}
    return titles


def _entries(reader: PdfReader, outline: Iterable[Any], level: int) -> Iterator[tuple[str, int, int | None]]:
    for entry in outline:
        if isinstance(entry, list):
            yield from _entries(reader, entry, level + 1)
        else:
            yield str(entry.title or ""), level, reader.get_destination_page_number(entry)


def _properties(reader: PdfReader, warnings: list[str]) -> Found:
    from pypdf.errors import PyPdfError

    try:
        information = {key: str(value) for key, value in (reader.metadata or {}).items() if value is not None}
    except (PyPdfError, *BROKEN):
        return Found()
    created = _CREATED.match(information.get("/CreationDate", ""))
    date = "-".join(part for part in created.groups() if part) if created else ""
    printed = _publication(reader)
    if valid(date) and "date" not in printed:
        warnings.append(creation_warning(date))
    return Found(usable_title(information.get("/Title")), usable_authors(information.get("/Author")), **printed)


def _publication(reader: PdfReader) -> dict[str, str]:
    """What publishers of journals write into their files beside title and author: date of the issue, DOI, name of the journal."""
    from pypdf.errors import PyPdfError

    try:
        stream = reader.root_object.get("/Metadata")
        xml = stream.get_object().get_data().decode("utf-8", "ignore") if stream is not None else ""
    except (PyPdfError, *BROKEN):
        return {}
    said = {match[1]: clean(unescape(match[2] or match[3])) for match in _PRISM.finditer(xml)}
    date = (said.get("coverDate") or said.get("publicationDate") or "")[:10]
    found = {"date": date if valid(date) else "", "doi": said.get("doi", ""), "publication": said.get("publicationName", "")}
    return {name: value for name, value in found.items() if value}


def _built(sheets: Sequence[Sheet]) -> tuple[TextBuilder, int]:
    lines = [line for sheet in sheets for line in sheet.lines if line]
    words = vocabulary(lines)
    layout = Layout(full_line(lines), paged=True)
    groups = [
        group for number, sheet in enumerate(sheets) for group in grouped(sheet.lines, layout, _headings(sheet.lines, sheet.titles), number)
    ]
    groups, repaired = with_text(groups, words)
    groups = with_headings(groups, layout)
    builder = TextBuilder()
    for number, sheet in enumerate(sheets):
        builder.start_page(sheet.label)
        repaired += _add_page(builder, [group for group in groups if group.page == number], words)
    return builder, repaired


def _headings(lines: Sequence[str], titles: Sequence[tuple[str, int]]) -> dict[int, int]:
    """The lines of a page that are titles of the outline, with their levels; -1 for the second line of a title set in two."""
    wanted = {_key(title): min(level, 6) for title, level in titles if _key(title)}
    known: dict[int, int] = {}
    for index, line in enumerate(lines):
        following = lines[index + 1] if index + 1 < len(lines) else ""
        if line and _key(line) in wanted:
            known[index] = wanted.pop(_key(line))
        elif line and following and _key(f"{line} {following}") in wanted:
            known[index] = wanted.pop(_key(f"{line} {following}"))
            known[index + 1] = -1
    return known


def _key(title: str) -> str:
    # Either the outline or the page may leave the number of a chapter out.
    return fold(_CHAPTER.sub("", title, count=1)) or fold(title)


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
