"""Vectors of passages and of their sentences, in SQLite beside the texts, by row number.

Chroma finds the nearest passages; this says exactly how near each candidate is. Chroma takes ten times as long to hand out vectors by their
number, and a graph over all sentences would be five times as large.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from advisor.errors import IndexDamaged
from advisor.index.rows import in_parts

Vectors = NDArray[np.float32]
PART = 0.7  # share of the nearest sentence in the similarity of a passage; .5 to 1 is a plateau on held-out paragraphs
# From 460,800 numbers on OpenBLAS spreads a product over threads that wait for each other: with other work on the machine 6 ms of the
# processor, where one thread takes 0.3.
UNSPREAD = 400_000


class Meanings:
    """The table of vectors of one generation; `pool` keeps row numbers of passages and of questions apart."""

    SCHEMA = "create table if not exists meanings(pool text, row integer, vectors blob, primary key(pool, row)) without rowid;"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, pool: str, vectors: Mapping[int, Vectors]) -> None:
        """Keep unit vectors of shape (1 + parts, d) by row: of the whole first, then of its parts."""
        self.add_packed(pool, {row: _packed(matrix) for row, matrix in vectors.items()})

    def add_packed(self, pool: str, vectors: Mapping[int, bytes]) -> None:
        """Keep vectors by row, as another table of this kind held them."""
        rows = ((pool, row, packed) for row, packed in vectors.items())
        self._connection.executemany("insert or replace into meanings values (?, ?, ?)", rows)

    def remove(self, pool: str, rows: Iterable[int]) -> None:
        """Take rows out; rows that are not there are no error."""
        self._connection.executemany("delete from meanings where pool = ? and row = ?", ((pool, row) for row in rows))

    def similarities(self, pool: str, rows: Sequence[int], vector: Vectors) -> dict[int, float]:
        """How near each row is to a vector: the cosine of the whole, and where it has parts, mostly that of the nearest part."""
        found = self.sheaf(pool, rows, len(vector))
        return dict(zip(found.rows, found.similarities(vector).tolist(), strict=True))

    def sheaf(self, pool: str, rows: Sequence[int], dimension: int) -> Sheaf:
        """The vectors of rows, in the order of their numbers; rows that are not there are left out."""
        try:
            held = list(self._held(pool, rows))
            return Sheaf([row for row, _ in held], [blob for _, blob in held], dimension)
        except (sqlite3.DatabaseError, ValueError) as error:
            raise IndexDamaged(f"The vectors of the sentences do not answer: {error}. Run 'advisor library rollback'.") from error

    def _held(self, pool: str, rows: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        for marks, part in in_parts(rows):
            yield from self._connection.execute(f"select row, vectors from meanings where pool = ? and row in ({marks})", (pool, *part))


class Sheaf:
    """Vectors of several rows, one matrix: each row's whole first, then its parts."""

    def __init__(self, rows: Sequence[int], blobs: Sequence[bytes], dimension: int) -> None:
        kind = np.dtype([("scale", "<f4"), ("values", "i1", (dimension,))])
        stored = np.frombuffer(b"".join(blobs), kind)
        self.rows = tuple(rows)
        self._values = stored["values"].astype(np.float32)
        self._scale = stored["scale"]
        self._counts = np.fromiter((len(blob) // kind.itemsize for blob in blobs), np.intp, len(blobs))
        self._starts = np.cumsum(self._counts) - self._counts

    def whole(self) -> Vectors:
        """The vectors of the wholes, shape (rows, d)."""
        matrix: Vectors = self._values[self._starts] * self._scale[self._starts, None]
        return matrix

    def cosines(self, vector: Vectors) -> Vectors:
        """The cosines of the wholes and a vector, shape (rows,)."""
        held = self._values if len(self._values) == len(self.rows) else self._values[self._starts]
        cosines: Vectors = _products(held, vector) * self._scale[self._starts]
        return cosines

    def similarities(self, vector: Vectors) -> Vectors:
        """How near each row is to a vector, shape (rows,)."""
        if not self.rows:
            return np.zeros(0, np.float32)
        cosines = _products(self._values, vector) * self._scale
        whole = cosines[self._starts]
        parted = self._counts > 1
        if not parted.any():
            return np.asarray(whole, np.float32)
        cosines[self._starts[parted]] = -1.0
        nearest = np.maximum.reduceat(cosines, self._starts)
        result: Vectors = np.where(parted, (1 - PART) * whole + PART * nearest, whole).astype(np.float32)
        return result


def nearest_of(sheaf: Sheaf, vector: Vectors, k: int) -> list[tuple[int, float]]:
    """The k rows whose wholes are nearest to a vector, with their cosines, best first; of equal ones the first."""
    cosines = sheaf.cosines(vector)
    few = np.arange(len(cosines))
    if k < len(few):  # to sort all takes longer than to compare them
        few = np.flatnonzero(cosines >= np.partition(cosines, -k)[-k])
    return [(sheaf.rows[at], float(cosines[at])) for at in few[np.argsort(-cosines[few], kind="stable")[:k]]]


def _products(matrix: Vectors, vector: Vectors) -> Vectors:
    """Dot products of all rows with a vector, piece by piece."""
    if not len(matrix):
        return np.zeros(0, np.float32)
    step = max(1, UNSPREAD // matrix.shape[1])
    return np.concatenate([matrix[begin : begin + step] @ vector for begin in range(0, len(matrix), step)])


def _packed(matrix: Vectors) -> bytes:
    """Unit vectors as whole numbers of a byte with a scale each: a quarter of the room, cosines within .003."""
    values = np.round(matrix * (127 / np.maximum(np.abs(matrix).max(1, keepdims=True), 1e-9))).astype(np.int8)
    lengths = np.linalg.norm(values.astype(np.float32), axis=1)
    stored = np.zeros(len(matrix), np.dtype([("scale", "<f4"), ("values", "i1", (matrix.shape[1],))]))
    stored["scale"], stored["values"] = 1 / np.maximum(lengths, 1e-9), values
    return stored.tobytes()
