"""Files that are ZIP archives of XML, read in memory: nothing is ever unpacked to the disk, nothing outside of the file is fetched."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from advisor.documents.formats import BROKEN, pass_on_no_memory
from advisor.errors import DamagedDocument, OversizedDocument

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MAXIMUM_PART = 64 * 2**20  # bytes of one part; as a tree in memory it takes some ten times as much


class Archive:
    """The parts of one file by name; a part that is missing, broken or too large is an error that names it."""

    def __init__(self, data: bytes, name: str) -> None:
        self._name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, *BROKEN) as error:
            raise DamagedDocument(f"{name}: the archive cannot be opened ({error}); get a fresh copy of the file") from error
        self.names = frozenset(self._zip.namelist())

    def part(self, part: str) -> bytes:
        """The bytes of a part. Raises DamagedDocument or OversizedDocument."""
        try:
            about = self._zip.getinfo(part)
        except KeyError as error:
            raise DamagedDocument(f"{self._name}: its part {part!r} is missing; save the document anew") from error
        if about.file_size > MAXIMUM_PART:
            size = f"{about.file_size:,} bytes, the limit is {MAXIMUM_PART:,}"
            raise OversizedDocument(f"{self._name}: its part {part!r} has {size}; split the document")
        try:
            # No more than the stated size is unpacked, whatever the part would grow to.
            return self._zip.read(about)
        except (zipfile.BadZipFile, NotImplementedError, *BROKEN) as error:
            raise DamagedDocument(f"{self._name}: its part {part!r} cannot be unpacked ({error}); get a fresh copy") from error

    def xml(self, part: str) -> Element:
        """The root of a part that is XML."""
        return parsed(self.part(part), f"{self._name}: its part {part!r}")


def parsed(data: bytes, what: str) -> Element:
    """The root of XML, with no entity resolved and no address opened; `what` names it in errors. Raises DamagedDocument."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, *BROKEN) as error:
        pass_on_no_memory(error)
        raise DamagedDocument(f"{what} is no valid XML ({error}); save the document anew") from error
    return root
