"""Read a file of any supported format into one Document: clean text, exact offsets for pages and blocks, and the data of its work."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping
from dataclasses import replace
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import cast

from advisor.documents import formats, frontmatter
from advisor.documents.build import Reading
from advisor.documents.formats import SUFFIXES
from advisor.documents.frontmatter import SIDECAR, sidecar_of
from advisor.documents.model import Block, BlockKind, Document, Extraction, Page, Relation, Work
from advisor.documents.options import DEFAULT, Options
from advisor.documents.works import make_work
from advisor.errors import DocumentError, EmptyDocument, OversizedDocument
from advisor.text import clean, language, printable

__all__ = [
    "ABOUT_THE_FOLDER",
    "SIDECAR",
    "SUFFIXES",
    "Block",
    "BlockKind",
    "Document",
    "Extraction",
    "Options",
    "Page",
    "Relation",
    "Work",
    "read",
    "sidecar_of",
]

# Files that speak of the folder they stand in; nobody wants them quoted.
ABOUT_THE_FOLDER = frozenset({"readme.md", "sources.md", "license.md", "license.txt"})
_READERS = {
    formats.MARKDOWN: "markdown",
    formats.PLAIN: "plain",
    formats.HTML: "html",
    formats.PDF: "pdf",
    formats.DOCX: "docx",
    formats.PPTX: "pptx",
    formats.XLSX: "xlsx",
    formats.ODT: "odt",
    formats.EPUB: "epub",
    formats.CSV: "csv",
    formats.MAIL: "mail",
}
_LIMITS = dict.fromkeys(
    (formats.PDF, formats.DOCX, formats.PPTX, formats.XLSX, formats.ODT, formats.EPUB, formats.MAIL), formats.MAXIMUM_BYTES
)


def read(path: str | PathLike[str], *, source: str | None = None, options: Options = DEFAULT) -> Document:
    """Read one file into a Document, as what its bytes are; `source` is the name to show, by default the file's own.

    The data of the work come from a sidecar `<file>.yaml`, else from front matter (Markdown), else from the file itself, else from its
    name. Raises DocumentError: UnsupportedFormat, DamagedDocument, EncryptedDocument, EmptyDocument or OversizedDocument where it is one
    of these.
    """
    path = Path(path)
    source = source or printable(path.name)
    data = _bytes(path, source)
    media_type, warnings = formats.media_type(data, path.suffix, source)
    if len(data) > _LIMITS.get(media_type, formats.MAXIMUM_TEXT_BYTES):
        limit = _LIMITS.get(media_type, formats.MAXIMUM_TEXT_BYTES)
        raise OversizedDocument(f"{source}: the file has {len(data):,} bytes, the limit for its format is {limit:,}; split it")
    beside = frontmatter.read_sidecar(path)
    reader = import_module(f"advisor.documents.{_READERS[media_type]}")
    reading = cast("Reading", reader.read(data, source, _own(options, beside)))
    if not reading.built.blocks:
        raise EmptyDocument(f"{source}: the file holds no text; expected at least one sentence; check that it was saved whole")
    given = {**reading.given, **beside}
    sha256 = hashlib.sha256(data).hexdigest()
    work = make_work(given, reading.found, printable(path.stem), sha256)
    warnings += (*reading.warnings, *frontmatter.unknown_fields(beside), *_unquotable(work, reading.built.text, source))
    return Document(
        source=source,
        sha256=sha256,
        media_type=media_type,
        language=str(given.get("language") or language(reading.built.text)),
        work=work,
        text=reading.built.text,
        pages=reading.built.pages,
        blocks=reading.built.blocks,
        extraction=_extraction(reading, warnings),
    )


def _own(options: Options, beside: Mapping[str, object]) -> Options:
    """The options for one file, with the password that its sidecar gives."""
    password = beside.get("password")
    return replace(options, password=str(password)) if password else options


def _bytes(path: Path, source: str) -> bytes:
    try:
        about = path.stat()
        size = about.st_size
        if stat.S_ISFIFO(about.st_mode) or stat.S_ISCHR(about.st_mode) or stat.S_ISSOCK(about.st_mode):
            raise DocumentError(f"{source}: this is a pipe or a device, which never ends; give the path of a file")
        if size > formats.MAXIMUM_BYTES:
            raise OversizedDocument(f"{source}: the file has {size:,} bytes, the limit is {formats.MAXIMUM_BYTES:,}; split it")
        data = path.read_bytes()
    except (OSError, ValueError) as error:  # a path may hold a null byte
        reason = getattr(error, "strerror", None) or error
        raise DocumentError(f"{source}: {printable(str(path))} cannot be read ({reason}); give the path of a readable file") from error
    if not data.strip():
        raise EmptyDocument(f"{source}: the file holds nothing ({size} bytes of white space at most); get a fresh copy of it")
    return data


def _unquotable(work: Work, text: str, source: str) -> list[str]:
    missing = [relation for relation in work.relations if relation.says not in text]
    advice = "copy a sentence of the text letter by letter"
    return [f"{source}: what relation with {one.other!r} says does not stand in the text: {one.says!r}; {advice}" for one in missing]


def _extraction(reading: Reading, warnings: tuple[str, ...]) -> Extraction:
    return Extraction(
        characters=len(reading.built.text),
        encoding=reading.encoding,
        pages_without_text=reading.pages_without_text,
        hyphens_repaired=reading.hyphens_repaired,
        # What was left out is shown as well, to a terminal too.
        lines_dropped=tuple(clean(line) for line in reading.lines_dropped),
        warnings=tuple(printable(warning) for warning in warnings),
    )
