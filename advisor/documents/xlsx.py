"""Excel workbooks: each sheet a section, each row a line that names its columns."""

from __future__ import annotations

import datetime
import io
import zipfile
from typing import Any

from advisor.documents import table
from advisor.documents.build import Found, Piece, Reading, build
from advisor.documents.formats import BROKEN
from advisor.documents.options import DEFAULT, Options
from advisor.documents.works import creation_warning, usable_authors, usable_title
from advisor.errors import DamagedDocument, OversizedDocument


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What a workbook holds: values as last calculated, no formulas, no charts.

    Raises DamagedDocument where the file cannot be opened, OversizedDocument where it has too many rows.
    """
    import warnings

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about parts that are not read, such as charts
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
            made, told = _pieces(book, name)
            about = book.properties
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, SyntaxError, *BROKEN) as error:
        reason = " ".join(str(error).split())[:200]
        raise DamagedDocument(f"{name}: the workbook cannot be opened ({reason}); open it in Excel and save it again") from error
    found = Found(usable_title(about.title), usable_authors(about.creator if about.creator != "openpyxl" else None))
    created = [creation_warning(about.created.date().isoformat())] if about.created else []
    return Reading(build(made), found, warnings=(*told, *created))


def _pieces(book: Any, name: str) -> tuple[list[Piece], list[str]]:
    made: list[Piece] = []
    told: list[str] = []
    count = 0
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # what a file says of its size need not be true
        made.append(Piece("heading", sheet.title, 1))
        before = len(made)
        rows: list[table.Row] = []
        for number, cells in enumerate(sheet.iter_rows(), start=1):
            texts = [_text(cell.value, cell.number_format) if cell.value is not None else "" for cell in cells]
            if any(texts):
                count += 1
            if any(texts) or (rows and any(rows[-1][1])):
                rows.append((number, texts))
            if count > table.MAXIMUM_ROWS:
                raise OversizedDocument(f"{name}: the workbook has more than {table.MAXIMUM_ROWS:,} rows; add a summary of it instead")
        made.extend(table.pieces(rows))
        if len(made) == before:
            made.pop()  # an empty sheet
            told.append(f"sheet {sheet.title!r} holds no values; where formulas stand in it, open it in Excel and save it again")
        if sheet.sheet_state != "visible":
            told.append(f"sheet {sheet.title!r} is hidden in the workbook, and was read")
    return made, told


def _text(value: object, form: str | None) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, int | float) and "%" in (form or ""):
        return f"{100 * value:.10g}%"
    return f"{value:.15g}" if isinstance(value, float) else str(value)
