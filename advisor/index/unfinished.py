"""What a writer that was stopped had encoded: nothing else that it did takes as long, so the next one takes it over.

Only the vectors in SQLite are kept, in one file beside the generations, and only while encoder and schema are the same.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

from advisor.documents.model import Document
from advisor.errors import IndexDamaged
from advisor.index.generation import PASSAGES, connect
from advisor.index.meanings import Sheaf, Vectors
from advisor.index.rows import SCHEMA, in_parts, work_from
from advisor.passages import Passage

BEGUN = "begun.json"  # in a draft: whose vectors it holds, and how many it began with
LEAST = 1024  # passages that are worth keeping: half a minute's work
LASTS = 7 * 24 * 3600  # seconds after which nobody is expected to go on
_FOLDER, _LIBRARY = "unfinished", "library.sqlite3"
_FAULTS = (OSError, sqlite3.Error, IndexDamaged, ValueError, KeyError, TypeError)  # of a file that is cut off, overwritten or gone


class Vectored(NamedTuple):
    """What is kept of a passage: its vector, that with those of its sentences as stored, and its tokens as stored."""

    whole: Vectors
    vectors: bytes
    tokens: bytes


def note(draft: Path, fingerprint: str, passages: int) -> None:
    """Note in a draft whose vectors it will hold, and how many of them it begins with."""
    (draft / BEGUN).write_text(json.dumps({"schema": SCHEMA, "encoder": fingerprint, "passages": passages}) + "\n", "utf-8")


def keep(draft: Path, index: Path) -> None:
    """Put aside what a stopped writer's draft holds, if it is worth it and more than what was put aside before."""
    with suppress(*_FAULTS):
        begun, held = _begun(draft)
        if held - begun["passages"] < LEAST or _fuller(index / _FOLDER, begun, held):
            return
        drop(index)
        (index / _FOLDER).mkdir()
        for name in (BEGUN, _LIBRARY):
            os.replace(draft / name, index / _FOLDER / name)


def _fuller(place: Path, begun: dict[str, Any], held: int) -> bool:
    """True where what was put aside before is of the same kind and holds as much."""
    with suppress(*_FAULTS):
        before, as_much = _begun(place)
        return before | {"passages": 0} == begun | {"passages": 0} and as_much >= held
    return False


def _begun(folder: Path) -> tuple[dict[str, Any], int]:
    """The note in a draft, and how many passages it holds, nearly all with vectors; to open it takes back what was half written."""
    begun: dict[str, Any] = json.loads((folder / BEGUN).read_text("utf-8"))
    with closing(sqlite3.connect(folder / _LIBRARY)) as connection:
        return begun, int(connection.execute("select count(*) from passages").fetchone()[0])


def kept(index: Path) -> bool:
    """True where something was put aside."""
    return (index / _FOLDER).exists()


def drop(index: Path) -> None:
    """Remove what was put aside."""
    shutil.rmtree(index / _FOLDER, ignore_errors=True)


class Unfinished:
    """What was put aside in an index, for one writer; without any, nothing is known of any passage."""

    def __init__(self, index: Path, fingerprint: str) -> None:
        self.taken = 0  # passages that were taken over
        self._index = index
        self._checked = False
        self._connection = _opened(index / _FOLDER, fingerprint)

    def __bool__(self) -> bool:
        """True where something was put aside that can be taken over."""
        return self._connection is not None

    def passages(self, document: Document, passages: Sequence[Passage], dimension: int) -> dict[int, Vectored]:
        """What is kept of the passages of a document of the same text and title, by their places in `passages`."""
        with self._damage_ends_it():
            if self._is_the_same(document):
                found = self._vectored(document, passages, dimension)
                self.taken += len(found)
                return found
        return {}

    def items(self, document: Document) -> dict[tuple[int, int], bytes]:
        """The vectors of the list items of such a document as stored, by start and end."""
        with self._damage_ends_it():
            if self._is_the_same(document):
                sql = "select f.start, f.end, f.vector from factors f join enumerations on id = enumeration where document = ?"
                return {(start, end): vector for start, end, vector in self._rows(sql, document.sha256) if vector}
        return {}

    @contextmanager
    def _damage_ends_it(self) -> Iterator[None]:
        """What a file that is damaged after all holds, is encoded anew."""
        try:
            yield
        except _FAULTS:
            self.close()

    def _is_the_same(self, document: Document) -> bool:
        stored = self._rows("select work, text from documents where sha256 = ?", document.sha256)
        if [(work_from(work).title, text) for work, text in stored] != [(document.work.title, document.text)]:
            return False
        if not self._checked:  # reads all of the file: only where something can be taken from it
            self._checked = self._rows("pragma quick_check(1)") == [("ok",)]
            if not self._checked:
                self.close()
        return self._checked

    def _vectored(self, document: Document, passages: Sequence[Passage], dimension: int) -> dict[int, Vectored]:
        sql = "select start, end, section, language, row from passages where document = ?"
        rows = {tuple(place): row for *place, row in self._rows(sql, document.sha256)}
        wanted = {at: rows.get((*passage.span, passage.section, passage.language)) for at, passage in enumerate(passages)}
        numbers = [row for row in wanted.values() if row is not None]
        vectors = self._blobs(f"select row, vectors from meanings where pool = '{PASSAGES}' and", numbers)
        tokens = self._blobs("select row, vectors from tokens where", numbers)
        sheaf = Sheaf(list(vectors), list(vectors.values()), dimension)
        whole = dict(zip(sheaf.rows, sheaf.whole(), strict=True)) if sheaf.rows else {}
        sound = {row for row, vector in whole.items() if abs(float(vector @ vector) - 1) < 0.01}
        return {at: Vectored(whole[row], vectors[row], tokens.get(row, b"")) for at, row in wanted.items() if row in sound}

    def _blobs(self, sql: str, rows: Sequence[int]) -> dict[int, bytes]:
        return {row: blob for marks, part in in_parts(rows) for row, blob in self._rows(f"{sql} row in ({marks})", *part)}

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall() if self._connection else []

    def close(self) -> None:
        """Close the file."""
        if self._connection:
            self._connection.close()
            self._connection = None

    def settle(self) -> None:
        """Remove what was put aside once it was taken over, or when nobody has for a week; for when a generation was published."""
        self.close()
        with suppress(OSError):
            if self.taken or time.time() - (self._index / _FOLDER / BEGUN).stat().st_mtime > LASTS:
                drop(self._index)


def _opened(place: Path, fingerprint: str) -> sqlite3.Connection | None:
    """The library that was put aside, if it is of the same encoder and schema."""
    try:
        begun = json.loads((place / BEGUN).read_text("utf-8"))
        same = (begun["schema"], begun["encoder"]) == (SCHEMA, fingerprint)
        return connect(place / _LIBRARY, "?mode=ro") if same else None
    except _FAULTS:
        return None
