"""Tables as text: comma, semicolon, tab or bar between the values."""

from __future__ import annotations

import csv
import io

from advisor.documents import table
from advisor.documents.build import Reading, build
from advisor.documents.formats import decode
from advisor.documents.options import DEFAULT, Options
from advisor.errors import DamagedDocument, OversizedDocument

_DELIMITERS = ";,\t|"
_SAMPLE = 64 * 1024


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What a table holds, row by row.

    Raises DamagedDocument where the bytes are no text, OversizedDocument where the table has too many rows.
    """
    decoded = decode(data, name)
    text = decoded.text
    told = text[:5].casefold().startswith("sep=") and text[4:5]
    if told:  # how Excel is told, and tells
        text = text.partition("\n")[2]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=told or _delimiter(text[:_SAMPLE]))
    rows: list[table.Row] = []
    try:
        for cells in reader:
            rows.append((len(rows) + 1 + bool(told), [cell.strip() for cell in cells]))
            if len(rows) > table.MAXIMUM_ROWS:
                raise OversizedDocument(f"{name}: the table has more than {table.MAXIMUM_ROWS:,} rows; add a summary of it instead")
    except csv.Error as error:
        reason = f"{error} in line {reader.line_num}"
        raise DamagedDocument(f"{name}: the table cannot be read ({reason}); open it in a spreadsheet program and save it anew") from error
    return Reading(build(table.pieces(rows)), encoding=decoded.encoding, warnings=decoded.warnings)


def _delimiter(text: str) -> str:
    """The sign that parts the lines of a table into the most equal numbers of cells."""
    lines = [cells for cells in text.splitlines() if cells.strip()][:100]

    def rank(sign: str) -> tuple[int, int]:
        counts = [len(next(csv.reader([line], delimiter=sign), [])) for line in lines]
        usual = max(set(counts), key=counts.count) if counts else 1
        return (counts.count(usual) if usual > 1 else 0), usual

    try:
        return max(_DELIMITERS, key=rank)
    except csv.Error:
        return ","
