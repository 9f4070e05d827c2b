"""Where the vectors of generations live, in their folder or in a Chroma server, and what becomes of them when generations come and go."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advisor.errors import IndexDamaged, IndexForeign, VectorServerError
from advisor.index.copied import vectors_in
from advisor.index.generation import PASSAGES, QUESTIONS, connect, rows_of
from advisor.index.rows import in_parts
from advisor.vectors import AT_ONCE, DRAFT, ChromaServer, CollectionGone, Held, Place, ServedVectors, VectorStore

PLACE, OWNER = "vectors.json", "owner"
POOLS = (PASSAGES, QUESTIONS)
CARRIED = 1000  # vectors that are moved at a time: a bound on memory
Query = Callable[..., list[tuple[Any, ...]]]  # asks the library of a generation or a draft
_OWNED = (
    "The vectors of this index are in a Chroma server. By this file the index is told from its copies; a copy gets vectors of its own.\n"
)


class Whereabouts:
    """The stores of an index folder's generations; `server` is where new vectors go, None for their folder."""

    def __init__(self, folder: Path, server: ChromaServer | None) -> None:
        self._folder = folder
        self._server = server

    def open(self, path: Path, connection: sqlite3.Connection) -> VectorStore | ServedVectors:
        """The vectors of a generation, whose library the connection reads."""
        place = _read(path)
        if place is None:
            return vectors_in(path / "vectors")
        return ServedVectors(self._asked(path), place, _held(partial(rows_of, path, connection)))

    def _asked(self, path: Path) -> ChromaServer:
        if self._server is None:
            raise IndexForeign(
                f"The vectors of {path} are in a Chroma server, and none is set. Set ADVISOR_CHROMA_URL to its address, or run "
                "'advisor ingest --rebuild' to have them in the folder."
            )
        return self._server

    def settled(self, path: Path) -> bool:
        """True where a generation's vectors are where those of the next are to be."""
        place = _read(path)
        if self._server is None or place is None:
            return (self._server is None) == (place is None)
        return place.owner == _identity(self._folder)

    def begin(self, path: Path, base: Path | None, connection: sqlite3.Connection) -> VectorStore | ServedVectors:
        """The store of a draft, which holds the vectors of the generation that it begins with."""
        earlier = _read(base) if base is not None else None
        if self._server is None and (base is None or earlier is None):
            return VectorStore(path / "vectors")
        library = partial(rows_of, path, connection)
        server, held = self._asked(base or path), _held(library)
        if base is not None and earlier is not None and self.settled(base):
            place = _noted(path, earlier.continued(_first_free(library)))
            ServedVectors(server, earlier, held).check(dict(_sizes(library)))
            return ServedVectors(server, place, held, writing=True)
        store = ServedVectors(server, _noted(path, Place.new(_owned(self._folder), POOLS)), held, writing=True)
        if base is not None:
            with closing(ServedVectors(server, earlier, held) if earlier else VectorStore(path / "vectors")) as source:
                _carry(source, store, library)
            shutil.rmtree(path / "vectors", ignore_errors=True)
        return store

    def cleared(self, path: Path, kept: Sequence[Path]) -> bool:
        """Take the vectors of a dropped generation or draft from the server, but for those of kept ones; False where that fails."""
        try:
            place = _read(path)
        except IndexDamaged:
            return True  # what it wrote can no longer be named
        try:
            if self._server is None or place is None or place.owner != _identity(self._folder):
                return True  # nothing to do, or not ours to do
            others = dict(_sharing(place, kept))
            for name in self._server.names(place.beginning):
                if others:
                    _clear(self._server, name, path, place, others)
                else:
                    self._server.drop(name)
        except (VectorServerError, CollectionGone, IndexDamaged):
            return False
        return True


def _sharing(place: Place, kept: Sequence[Path]) -> Iterator[tuple[Path, Place]]:
    """Which kept generations have their vectors in the collections of a place."""
    for other in kept:
        try:
            held = _read(other)
        except IndexDamaged as error:
            if isinstance(error.__cause__, OSError):
                raise  # it may be read again later, and must find its vectors then
            continue  # it will never be opened
        if held is not None and held.collections == place.collections:
            yield other, held


def _clear(server: ChromaServer, name: str, path: Path, place: Place, others: Mapping[Path, Place]) -> None:
    """Take from one collection what none of the other generations holds."""
    collection, pool = server.find(name), name.removeprefix(place.beginning)
    if collection is None:
        return
    left = _rows(path, pool) if (path / "stamp.json").exists() else None
    if left is None:  # a draft, or one whose library is damaged: all that it wrote itself bears its name
        if place.newest not in frozenset[str]().union(*(other.drafts for other in others.values())):
            server.delete_where(collection, DRAFT, [place.newest])
        return
    for other, theirs in others.items():
        shared = place.drafts_of(pool, left) == theirs.drafts_of(pool, left)
        held = _rows(other, pool)  # where that is not known, it may be any
        left = left[~(shared if held is None else shared & np.isin(left, held))]
    ids = [place.id_of(pool, row) for row in left.tolist()]
    for begin in range(0, len(ids), AT_ONCE):
        server.delete(collection, ids[begin : begin + AT_ONCE])


def _read(path: Path) -> Place | None:
    """Where the vectors of a generation are on a server; None where they are in its folder."""
    try:
        return Place.from_json(json.loads((path / PLACE).read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(f"{path / PLACE} cannot be read: {error}. Run 'advisor library rollback' or ingest again.") from error


def _noted(path: Path, place: Place) -> Place:
    """Say where a draft's vectors go before the first of them goes there, so that they are found again if it is killed."""
    new = path / f"{PLACE}.new"
    with new.open("w", encoding="utf-8") as file:
        file.write(json.dumps(place.as_json()) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(new, path / PLACE)
    return place


def _identity(folder: Path) -> str:
    """What tells an index from its copies: the number of a file, which a copy of the file does not have; "" before there is one."""
    try:
        return str((folder / OWNER).stat().st_ino)
    except OSError:
        return ""


def _owned(folder: Path) -> str:
    if not _identity(folder):
        (folder / OWNER).write_text(_OWNED, "utf-8")
    return _identity(folder)


def _held(library: Query) -> Held:
    """What a library holds, by the names of collections such as passages-de."""

    def which(name: str, rows: Sequence[int]) -> list[int]:
        pool, _, language = name.partition("-")
        found: list[int] = []
        for marks, part in in_parts(rows):
            found += (row for (row,) in library(f"select row from {pool} where row in ({marks}) and language = ?", *part, language))
        return found

    def number(name: str) -> int:
        pool, _, language = name.partition("-")
        return int(library(f"select count(*) from {pool} where language = ?", language)[0][0])

    return Held(which, number)


def _sizes(library: Query) -> Iterator[tuple[str, int]]:
    """How many vectors each collection must hold for a library."""
    for pool in POOLS:
        for language, number in library(f"select language, count(*) from {pool} group by 1"):
            yield f"{pool}-{language}", number


def _first_free(library: Query) -> dict[str, int]:
    """The first row number of each pool that this library has never used."""
    used: dict[str, int] = dict(library("select name, seq from sqlite_sequence"))
    return {pool: int(used.get(pool, 0)) + 1 for pool in POOLS}


def _carry(source: VectorStore | ServedVectors, target: ServedVectors, library: Query) -> None:
    """Copy every vector of a library from one store to another."""
    for name, number in _sizes(library):
        pool, _, language = name.partition("-")
        rows = [row for (row,) in library(f"select row from {pool} where language = ? order by row", language)]
        moved = 0
        for begin in range(0, number, CARRIED):
            entries = source.entries(name, rows[begin : begin + CARRIED])
            target.add(name, *entries)
            moved += len(entries.rows)
        if moved != number:
            raise IndexDamaged(f"Only {moved:,} of {number:,} vectors of {name} are there to be moved. Run 'advisor ingest --rebuild'.")


def _rows(path: Path, name: str) -> NDArray[np.int64] | None:
    """The rows of a library in a collection; None where the library is damaged."""
    pool, _, language = name.partition("-")
    try:
        with closing(connect(path / "library.sqlite3", "?mode=ro&immutable=1")) as connection:
            found = rows_of(path, connection, f"select row from {pool} where language = ?", language)
    except IndexDamaged:
        return None
    return np.array([row for (row,) in found], np.int64)
