"""Vectors of the tokens of passages, in SQLite beside the texts, by row number: four bits a number."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from advisor.encoder.interaction import Weighted

Vectors = NDArray[np.float32]
REACH = 3.0  # spreads of a component of a unit vector up to which it is told apart; what goes beyond is cut
SQLITE_PARAMETERS = 900  # SQLite's bound on host parameters was 999 for long


class Interactions:
    """The table of token vectors of the passages of one generation."""

    SCHEMA = "create table if not exists tokens(row integer primary key, vectors blob);"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def add(self, tokens: Mapping[int, Vectors]) -> None:
        """Keep unit vectors of shape (n, t) by row; t is even."""
        rows = ((row, _packed(matrix)) for row, matrix in tokens.items() if len(matrix))
        self._connection.executemany("insert or replace into tokens values (?, ?)", rows)

    def remove(self, rows: Iterable[int]) -> None:
        """Take rows out; rows that are not there are no error."""
        self._connection.executemany("delete from tokens where row = ?", ((row,) for row in rows))

    def bundle(self, rows: Sequence[int], dimension: int) -> Bundle:
        """The token vectors of rows, in this order; a row that is not there has none."""
        held: dict[int, bytes] = {}
        for begin in range(0, len(rows), SQLITE_PARAMETERS):
            part = [int(row) for row in rows[begin : begin + SQLITE_PARAMETERS]]
            marks = ",".join("?" * len(part))
            held.update(self._connection.execute(f"select row, vectors from tokens where row in ({marks})", part).fetchall())
        return Bundle([held.get(row, b"") for row in rows], dimension)


class Bundle:
    """Token vectors of several passages, one matrix."""

    def __init__(self, blobs: Sequence[bytes], dimension: int) -> None:
        counts = np.fromiter((len(blob) * 2 // dimension for blob in blobs), np.intp, len(blobs))
        self._held = counts > 0
        self._starts = (np.cumsum(counts) - counts)[self._held]
        self._matrix = _unpacked(b"".join(blobs), dimension)

    def closeness(self, question: Weighted, missing: float = 0.0) -> Vectors:
        """How near each passage is to a question by MaxSim, shape (passages,); `missing` stands for those without tokens."""
        found = np.full(len(self._held), missing, np.float32)
        if len(self._starts):
            nearest = np.maximum.reduceat(self._matrix @ question.tokens.T, self._starts, axis=0)
            found[self._held] = nearest @ question.weights
        return found


def _scale(dimension: int) -> float:
    """What a step of the 16 stands for."""
    return REACH / float(np.sqrt(dimension)) / 7.5


def _packed(matrix: Vectors) -> bytes:
    steps = np.clip(np.floor(matrix / _scale(matrix.shape[1])) + 8, 0, 15).astype(np.uint8)
    packed: bytes = np.bitwise_or(steps[:, ::2] << 4, steps[:, 1::2]).tobytes()
    return packed


def _unpacked(packed: bytes, dimension: int) -> Vectors:
    pairs = _PAIRS[np.frombuffer(packed, np.uint8)]
    found: Vectors = pairs.reshape(-1, dimension) * np.float32(_scale(dimension))
    return found


# The two numbers, in steps, that each byte stands for.
_PAIRS = np.array([[(byte >> 4) - 7.5, (byte & 15) - 7.5] for byte in range(256)], np.float32)
