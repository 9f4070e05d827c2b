"""Whether a generation is whole: a look at the sizes of its files at every opening, and a thorough check for whoever asks."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np

from advisor.errors import IndexDamaged
from advisor.index.generation import PASSAGES, QUESTIONS, Generation
from advisor.index.unfinished import BEGUN

LIBRARY, STAMP = "library.sqlite3", "stamp.json"
ASKED = 64  # rows of a pool and language that a check looks for


def sizes(path: Path) -> dict[str, int]:
    """The bytes of every file of a generation that must keep its length, by name."""
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return {
        file.relative_to(path).as_posix(): file.stat().st_size for file in files if file.name not in (STAMP, BEGUN) and not made_anew(file)
    }


def made_anew(file: Path) -> bool:
    """True for the files of a graph that was never written: Chroma empties them and makes the graph in memory at every opening."""
    return file.suffix == ".bin" and not (file.parent / "index_metadata.pickle").exists()


def digest(path: Path) -> str:
    """The sha256 of the library file, which nothing changes after it was published. Chroma rewrites its own files when it opens them."""
    with (path / LIBRARY).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stated_sizes(stamp: Any) -> dict[str, int]:
    """The bytes that files must have by what a stamp says; raises ValueError where it does not say so by name."""
    stated = stamp.get("sizes", {}) if isinstance(stamp, dict) else None
    if not isinstance(stated, dict) or not all(isinstance(size, int) for size in stated.values()):
        raise ValueError(f"the sizes of its stamp are {stated!r:.40}")
    return stated


def check_sizes(path: Path, stamp: dict[str, Any], only: str | None = None) -> None:
    """Raise IndexDamaged where a file that the stamp names, or `only` one of them, is missing or shorter than it was: what a power cut
    leaves.
    """
    try:
        stated = {name: size for name, size in stated_sizes(stamp).items() if only in (None, name)}
    except ValueError as error:
        raise IndexDamaged(f"{path} is not what was written: {error}. {_WAY_OUT}") from error
    for name, size in stated.items():
        try:
            found = (path / name).stat().st_size
        except OSError:
            raise IndexDamaged(f"{path / name} is missing. {_WAY_OUT}") from None
        if found < size:
            raise IndexDamaged(f"{path / name} has {found:,} bytes; expected {size:,}: its end is lost. {_WAY_OUT}")


_WAY_OUT = "Run 'advisor library rollback', or 'advisor ingest --rebuild'."


def faults(generation: Generation, stamp: dict[str, Any]) -> list[str]:
    """What is wrong with an open generation, each in a sentence; nothing where it is whole. Reads all of it."""
    path = generation.path
    if "sha256" in stamp and digest(path) != stamp["sha256"]:
        return [f"{path / LIBRARY} is not what was written: its sha256 differs from that of the stamp."]
    found = [f"{file}: {error}" for file in (path / LIBRARY, path / "vectors" / "chroma.sqlite3") for error in _malformed(file)]
    if found:
        return found
    held, stated = asdict(generation.counts()), stamp.get("counts", {})
    if isinstance(stated, dict):
        found += [f"It holds {held.get(name, 'no')} {name}; the stamp says {n}." for name, n in stated.items() if held.get(name) != n]
    else:
        found.append(f"The counts of its stamp are {stated!r:.40}.")
    found += _lost_and_doubled(generation)
    for pool in (PASSAGES, QUESTIONS):
        for (language,) in generation.rows(f"select distinct language from {pool} order by 1"):
            found += _unanswered(generation, pool, language)
    return found


def _malformed(file: Path) -> list[str]:
    if not file.exists():
        return []
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file.absolute()))}?mode=ro&immutable=1", uri=True)) as connection:
            said = [row[0] for row in connection.execute("pragma integrity_check(5)")]
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return [str(error)]
    return [] if said == ["ok"] else said


_QUESTIONS = (
    ("{} passages stand in the library twice.",
     "select count(*) from (select 1 from passages group by document, start, end having count(*) > 1)"),
    ("{} passages belong to no document.", "select count(*) from passages where document not in (select sha256 from documents)"),
    ("{} documents have no passages.", "select count(*) from documents where sha256 not in (select document from passages)"),
    ("{} passages end after their document.",
     "select count(*) from passages join documents on sha256 = document where end > length(documents.text)"),
    ("{} passages have no vector.",
     "select count(*) from passages where row not in (select row from meanings where pool = 'passages')"),
    ("{} vectors have no passage.", "select count(*) from meanings where pool = 'passages' and row not in (select row from passages)"),
    ("{} files of the manifest have no document.",
     "select count(*) from manifest where state = 'indexed' and sha256 not in (select sha256 from documents)"),
)  # fmt: skip


def _lost_and_doubled(generation: Generation) -> list[str]:
    counted = ((said, generation.rows(sql)[0][0]) for said, sql in _QUESTIONS)
    return [said.format(number) for said, number in counted if number]


def _unanswered(generation: Generation, pool: str, language: str) -> list[str]:
    """Every row must have its vector in Chroma, and rows asked for by their own vector must be found."""
    name = f"{pool}-{language}"
    rows = [row for (row,) in generation.rows(f"select row from {pool} where language = ? order by row", language)]
    stored: dict[int, Any] = {}
    try:
        for begin in range(0, len(rows), 1000):
            stored |= generation.vectors.vectors(name, rows[begin : begin + 1000])
        asked = [rows[int(at)] for at in np.linspace(0, len(rows) - 1, min(ASKED, len(rows)))]
        lost = [row for row in asked if row in stored and not generation.answers(name, row, stored[row])]
    except IndexDamaged as error:
        return [str(error)]
    missing = len(rows) - len(stored)
    found = [f"{missing} of {len(rows)} vectors of {name} are missing."] if missing else []
    return found + ([f"{len(lost)} of {len(asked)} vectors of {name} are not found when asked for."] if lost else [])
