"""Documents laid aside on disk between reading and writing: in memory stays only what each is."""

from __future__ import annotations

import pickle
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from advisor.documents.model import Document, Work
from advisor.errors import IndexUnwritable


class Spool:
    """A nameless file in a folder, gone when it is closed or its process ends. Raises IndexUnwritable where it cannot be written."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: BinaryIO | None = None

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._file is not None:
            with suppress(OSError):  # what a full disk left unwritten: `lay` has told of it, and it is thrown away
                self._file.close()

    def lay(self, document: Document) -> Laid:
        """Put a document aside."""
        try:
            if self._file is None:
                self._file = cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder))
            begin = self._file.seek(0, 2)
            pickle.dump(document, self._file, protocol=pickle.HIGHEST_PROTOCOL)
        except OSError as error:
            raise IndexUnwritable(f"{self._folder} cannot be written: {error}. Free some disk and try again.") from error
        return Laid(document.sha256, document.work, len(document.text), begin, self)

    def take(self, begin: int) -> Document:
        """The document that was laid at a place."""
        assert self._file is not None
        self._file.seek(begin)
        return cast("Document", pickle.load(self._file))


@dataclass(frozen=True, slots=True)
class Laid:
    """A document that was laid aside: the sha256 of its file, its work, which another may take the place of, and the length of its text."""

    sha256: str
    work: Work
    characters: int
    begin: int
    spool: Spool

    def document(self) -> Document:
        """The document, with the work that is its own by now."""
        return replace(self.spool.take(self.begin), work=self.work)
