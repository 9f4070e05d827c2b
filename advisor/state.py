"""What people add to a library while they use it (accounts, checklists, saved answers): one SQLite file beside the generations."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from advisor.errors import IndexDamaged, IndexUnwritable

NAME = "state.sqlite3"


@contextmanager
def opened(folder: Path, tables: str) -> Iterator[sqlite3.Connection]:
    """A connection in one transaction, committed when the block ends well; `tables` are the CREATE statements of the caller.

    Several threads and processes may hold one at a time each; a writer waits up to ten seconds for another. What stands in a folder that
    may only be read can be read; raises IndexUnwritable for what has to be written there.
    """
    try:
        readable_only = folder.is_dir() and not os.access(folder, os.W_OK)
        with closing(_copy_of(folder, tables) if readable_only else _file_in(folder, tables)) as connection:
            connection.row_factory = sqlite3.Row
            with connection:
                yield connection
    except (OSError, sqlite3.Error, UnicodeDecodeError) as error:  # the last where SQLite quotes damaged bytes in its message
        raise IndexUnwritable(f"{folder / NAME} cannot be written: {error}. Give the folder write access or free some disk.") from error


def _file_in(folder: Path, tables: str) -> sqlite3.Connection:
    folder.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(folder / NAME, timeout=10)
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma foreign_keys = on")
        connection.executescript(tables)
    except BaseException:
        connection.close()
        raise
    return connection


def _copy_of(folder: Path, tables: str) -> sqlite3.Connection:
    """The state of a folder that may only be read, in memory, with tables that it may not have yet; it refuses what would be lost."""
    connection = sqlite3.connect(":memory:")
    if (folder / NAME).exists():
        with closing(sqlite3.connect(_reading(folder / NAME), uri=True)) as held:
            held.backup(connection)
    connection.executescript(tables)
    connection.execute("pragma query_only = on")
    return connection


def _reading(file: Path) -> str:
    """The address by which SQLite reads a file and writes nothing."""
    # On a disk that may only be read nobody writes, and SQLite could not make the file in which readers of a journal note themselves.
    sure = "" if os.access(file.parent, os.W_OK) else "&immutable=1"
    return f"file:{quote(str(file.absolute()))}?mode=ro{sure}"


def snapshot(source: Path, target: Path) -> None:
    """Copy an SQLite file as it is at this moment, whoever else reads or writes it.

    Raises FileNotFoundError where there is none, IndexDamaged where it cannot be read, IndexUnwritable where the copy cannot be written.
    """
    if not source.exists():
        raise FileNotFoundError(source)
    with _translated(source, target), _gone_unless_whole(target):
        with (
            closing(sqlite3.connect(_reading(source), uri=True, timeout=30)) as held,
            closing(sqlite3.connect(target, timeout=30)) as copy,
        ):
            held.backup(copy)


@contextmanager
def _gone_unless_whole(target: Path) -> Iterator[None]:
    """Remove a file that the block made and did not finish; one that was there before is as it was, by its own transaction."""
    made = not target.exists()
    try:
        yield
    except BaseException:
        if made:
            target.unlink(missing_ok=True)
        raise


@contextmanager
def _translated(source: Path, target: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as error:
        raise IndexUnwritable(f"{source} cannot be copied to {target}: {error}. Free some disk and try again.") from error
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise IndexDamaged(f"{source} cannot be read: {error}. Restore a backup, or move it away to start without it.") from error


def replace(folder: Path, source: Path) -> None:
    """Put all that stands in another state file in the place of this folder's, in one transaction that others never see half done."""
    snapshot(source, folder / NAME)
