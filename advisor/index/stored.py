"""What stands in a library file whatever encoder and schema it was made with: the documents and the manifest, for a move to ours."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from advisor.documents.model import Document
from advisor.errors import IndexDamaged
from advisor.index.generation import connect
from advisor.index.rows import Entry, document_from, looked_from, manifest_from


class Stored:
    """Documents and manifest of an open library file."""

    def __init__(self, file: Path, connection: sqlite3.Connection) -> None:
        self._file, self._connection = file, connection
        try:
            self.manifest: list[Entry] = manifest_from(self._rows)
            self.documents = [sha for (sha,) in self._rows("select sha256 from documents order by source, sha256")]
        except (TypeError, ValueError) as error:
            raise self._unreadable(error) from error

    def document(self, sha256: str) -> Document:
        """One document by the sha256 of its file."""
        try:
            return document_from(self._rows("select * from documents where sha256 = ?", sha256)[0])
        except (TypeError, ValueError, KeyError) as error:
            raise self._unreadable(error) from error

    def characters(self) -> int:
        """The length of all texts."""
        return int(self._rows("select coalesce(sum(length(text)), 0) from documents")[0][0])

    def looked(self) -> dict[str, int]:
        """When the files of each owner were last looked at, in nanoseconds; nothing where an earlier version did not note it."""
        return looked_from(self._rows)

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> IndexDamaged:
        return IndexDamaged(f"The documents in {self._file} cannot be read: {error}. Run 'advisor ingest --rebuild'.")


@contextmanager
def stored(generation: Path) -> Iterator[Stored]:
    """The documents and the manifest of a generation, while the block lasts; raises IndexDamaged where they cannot be read."""
    file = generation / "library.sqlite3"
    with closing(connect(file, "?mode=ro&immutable=1")) as connection:
        yield Stored(file, connection)
