"""Electronic books: the chapters in the order in which they are read."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote

from advisor.documents import html
from advisor.documents.archive import Archive
from advisor.documents.build import Found, Piece, Reading, build
from advisor.documents.dates import valid
from advisor.documents.formats import decode
from advisor.documents.options import DEFAULT, Options
from advisor.documents.works import usable_authors, usable_title
from advisor.errors import DamagedDocument, DocumentError, EncryptedDocument

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

_OPF = "{http://www.idpf.org/2007/opf}"
_DC = "{http://purl.org/dc/elements/1.1/}"
_PAGES = frozenset(("application/xhtml+xml", "text/html", "application/xml", "text/xml"))
_CONTAINER = "META-INF/container.xml"


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What a book holds; its table of contents stays out, a chapter that cannot be read is named in a warning.

    Raises DamagedDocument where the file or all of its chapters cannot be read, EncryptedDocument where they are locked.
    """
    archive = Archive(data, name)
    paths = [one.get("full-path", "") for one in archive.xml(_CONTAINER).iter("{*}rootfile")]
    if not paths:
        raise DamagedDocument(f"{name}: the book does not say where its contents are; get a fresh copy of it")
    package = archive.xml(paths[0])
    made: list[Piece] = []
    warnings: list[str] = []
    chapters = list(_chapters(package, posixpath.dirname(paths[0])))
    for chapter in chapters:
        try:
            made += _chapter(archive, chapter, name)
        except DocumentError as error:
            warnings.append(f"a chapter was not read: {error}")
    if chapters and len(warnings) == len(chapters):
        if "META-INF/encryption.xml" in archive.names:
            raise EncryptedDocument(f"{name}: the book is locked (digital rights management); get it without and add it again")
        raise DamagedDocument(f"{name}: none of its {len(chapters)} chapters can be read; get a fresh copy of it")
    return Reading(build(made), _found(package), warnings=tuple(warnings))


def _chapters(package: Element, folder: str) -> Iterator[str]:
    """The names of the parts that are read, in order; lists of contents are none."""
    manifest = {item.get("id"): item for item in package.iter(f"{_OPF}item")}
    for entry in package.iter(f"{_OPF}itemref"):
        item = manifest.get(entry.get("idref"))
        if item is None or entry.get("linear") == "no" or "nav" in item.get("properties", "").split():
            continue
        if item.get("media-type", "") in _PAGES:
            yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href", "").partition("#")[0])))


def _chapter(archive: Archive, part: str, name: str) -> list[Piece]:
    data = archive.part(part)
    text = decode(data, f"{name}: {part}", html.declared(data)).text
    made = html.walked(text)
    if not made and any(character.isalpha() for character in html.body(text)):
        raise DamagedDocument(f"{name}: its part {part!r} cannot be parsed; save the book anew")
    return made


def _found(package: Element) -> Found:
    def said(tag: str) -> list[str]:
        return [text for element in package.iter(f"{_DC}{tag}") if (text := " ".join("".join(element.itertext()).split()))]

    authors = tuple(name for text in said("creator") for name in usable_authors(text))
    date = next((text[:10] for text in said("date") if valid(text[:10])), None)
    title = next(iter(said("title")), None)
    return Found(usable_title(title), authors, date, publication=next(iter(said("publisher")), None))
