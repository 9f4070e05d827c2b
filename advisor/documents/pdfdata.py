"""What a PDF says about itself: labels of pages, outline, and the data of its work."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import unescape
from typing import TYPE_CHECKING, Any

from advisor.documents.build import Found
from advisor.documents.dates import valid
from advisor.documents.formats import BROKEN
from advisor.documents.works import creation_warning, usable_authors, usable_title
from advisor.text import clean

if TYPE_CHECKING:
    from pypdf import PdfReader

_PRISM = re.compile(r"prism:(coverDate|publicationDate|doi|publicationName)(?:>([^<]+)<|=\"([^\"]+)\")")
_CREATED = re.compile(r"(?:D:)?(\d{4})(\d{2})?(\d{2})?")


def labels(reader: PdfReader) -> list[str]:
    """The labels of the pages, in order; [] where the file has none that can be read."""
    from pypdf.errors import PyPdfError

    try:
        return list(reader.page_labels)
    except (PyPdfError, *BROKEN):
        return []


def outline(reader: PdfReader) -> dict[int, list[tuple[str, int]]]:
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


def properties(reader: PdfReader, warnings: list[str]) -> Found:
    """What the file says about its work; its own date goes to the warnings."""
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
