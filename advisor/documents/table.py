"""Tables of data: rows that say of each value what it is, so that a row can be quoted alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from advisor.documents.build import Piece

MAXIMUM_ROWS = 50_000  # of a file: more is data to compute with, and nobody quotes it row by row
_VALUE = re.compile(r"[\W\d]*")  # numbers, dates, signs: nothing that could name a column

Row = tuple[int, Sequence[str]]  # the number of a row, from 1, and its cells


def pieces(rows: Iterable[Row]) -> Iterator[Piece]:
    """The rows as pieces: "Region: North | Sales: 5", its number before it, under the names that the table's first row gives.

    A row with one cell alone is a paragraph: the title of a table or a remark. After an empty row another table may begin.
    """
    names: Sequence[str] = ()
    begins = True
    for (number, cells), (_, following) in _pairs(rows):
        filled = [cell for cell in cells if cell]
        if not filled:
            begins = True
        elif len(filled) == 1 and not names:
            yield Piece("paragraph", filled[0])
        elif begins and _names_columns(cells, following):
            names, begins = cells, False
        else:
            begins = False
            yield Piece("row", " | ".join(_named(cells, names)), marker=f"{number}:")


def _pairs(rows: Iterable[Row]) -> Iterator[tuple[Row, Row]]:
    """Each row with the one after it."""
    before: Row | None = None
    for number, cells in rows:
        row = (number, [" ".join(cell.split()) for cell in cells])
        if before is not None:
            yield before, row
        before = row
    if before is not None:
        yield before, (0, [])


def _names_columns(cells: Sequence[str], following: Sequence[str]) -> bool:
    """Whether a row names the columns of the rows after it: two names and more, each its own, over another row."""
    filled = [cell for cell in cells if cell]
    named = len(filled) >= 2 and not any(_VALUE.fullmatch(cell) or len(cell) > 60 for cell in filled)
    return named and len(set(filled)) == len(filled) and sum(bool(cell) for cell in following) >= 2


def _named(cells: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    for index, cell in enumerate(cells):
        name = names[index] if index < len(names) else ""
        if cell:
            yield f"{name.rstrip(':')}: {cell}" if name else cell
