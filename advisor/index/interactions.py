"""Vectors of the tokens of passages, in SQLite beside the texts, by row number: four bits a number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from advisor.encoder.interaction import Weighted
from advisor.errors import IndexDamaged
from advisor.index.rows import in_parts

Vectors = NDArray[np.float32]
REACH = 3.0  # spreads of a component of a unit vector up to which it is told apart; what goes beyond is cut
MIDDLE = 7.5  # of the 16 steps from 0 to 15
# From 262,144 multiplications on OpenBLAS spreads a product of matrices over threads that wait for each other: with other work on the
# machine ten times the processor.
UNSPREAD = 250_000


class Interactions:
    """The table of token vectors of the passages of one generation."""

    SCHEMA = "create table if not exists tokens(row integer primary key, vectors blob);"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, tokens: Mapping[int, Vectors]) -> None:
        """Keep unit vectors of shape (n, t) by row; t is even."""
        self.add_packed({row: _packed(matrix) for row, matrix in tokens.items() if len(matrix)})

    def add_packed(self, tokens: Mapping[int, bytes]) -> None:
        """Keep tokens by row, as another table of this kind held them."""
        self._connection.executemany("insert or replace into tokens values (?, ?)", tokens.items())

    def remove(self, rows: Iterable[int]) -> None:
        """Take rows out; rows that are not there are no error."""
        self._connection.executemany("delete from tokens where row = ?", ((row,) for row in rows))

    def bundle(self, rows: Sequence[int], dimension: int) -> Bundle:
        """The token vectors of rows, in this order; a row that is not there has none."""
        try:
            held = dict(self._held(rows))
            return Bundle([held.get(row, b"") for row in rows], dimension)
        except (sqlite3.DatabaseError, ValueError) as error:
            raise IndexDamaged(f"The vectors of the tokens do not answer: {error}. Run 'advisor library rollback'.") from error

    def _held(self, rows: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        for marks, part in in_parts(rows):
            yield from self._connection.execute(f"select row, vectors from tokens where row in ({marks})", part)


class Bundle:
    """Token vectors of several passages, one matrix of bytes; each holds a number of the first half and one of the second."""

    def __init__(self, blobs: Sequence[bytes], dimension: int) -> None:
        self._bytes = np.frombuffer(b"".join(blobs), np.uint8).reshape(-1, dimension // 2)
        counts = np.fromiter((len(blob) * 2 // dimension for blob in blobs), np.intp, len(blobs))
        self._held = counts > 0
        self._starts = (np.cumsum(counts) - counts)[self._held]

    def closeness(self, question: Weighted, missing: float = 0.0) -> Vectors:
        """How near each passage is to a question by MaxSim, shape (passages,); `missing` stands for those without tokens."""
        found = np.full(len(self._held), missing, np.float32)
        if len(self._starts):
            nearest = np.maximum.reduceat(self._cosines(question.tokens.T), self._starts, axis=0)
            found[self._held] = nearest @ question.weights
        return found

    def _cosines(self, asked: Vectors) -> Vectors:
        """Cosines of all tokens with those of a question, shape (tokens, asked), piece by piece; the steps are never written out whole."""
        half = len(asked) // 2
        first, second, middle = asked[:half], asked[half:], MIDDLE * asked.sum(0)
        step = max(1, UNSPREAD // max(1, asked.size // 2))
        found = np.empty((len(self._bytes), asked.shape[1]), np.float32)
        for begin in range(0, len(self._bytes), step):
            piece = self._bytes[begin : begin + step]
            found[begin : begin + step] = (piece >> 4).astype(np.float32) @ first + (piece & 15).astype(np.float32) @ second - middle
        found *= _scale(len(asked))
        return found


def _scale(dimension: int) -> float:
    """What a step of the 16 stands for."""
    return REACH / float(np.sqrt(dimension)) / MIDDLE


def _packed(matrix: Vectors) -> bytes:
    steps = np.clip(np.floor(matrix / _scale(matrix.shape[1])) + 8, 0, 15).astype(np.uint8)
    half = matrix.shape[1] // 2
    packed: bytes = np.bitwise_or(steps[:, :half] << 4, steps[:, half:]).tobytes()
    return packed
