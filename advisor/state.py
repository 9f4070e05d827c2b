"""What people add to a library while they use it (accounts, checklists, saved answers): one SQLite file beside the generations."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from advisor.errors import IndexUnwritable

NAME = "state.sqlite3"


@contextmanager
def opened(folder: Path, tables: str) -> Iterator[sqlite3.Connection]:
    """A connection in one transaction, committed when the block ends well; `tables` are the CREATE statements of the caller.

    Several threads and processes may hold one at a time each; a writer waits up to ten seconds for another. Raises IndexUnwritable where
    the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(folder / NAME, timeout=10)) as connection:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma foreign_keys = on")
            connection.row_factory = sqlite3.Row
            connection.executescript(tables)
            with connection:
                yield connection
    except (OSError, sqlite3.Error) as error:
        raise IndexUnwritable(f"{folder / NAME} cannot be written: {error}. Give the folder write access or free some disk.") from error
