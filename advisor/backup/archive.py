"""The file of a backup: its parts, and how it is read and checked."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from advisor import state
from advisor.errors import BackupDamaged, UsageError
from advisor.index import soundness

FORMAT = 1
HEAD, MANIFEST = "advisor-backup.json", "manifest.json"
GENERATION, UPLOADS, GAPS = "generation", "uploads", "gaps.jsonl"
PIECE = 2**20  # bytes read at a time


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup file holds: how many bytes and files, of which generation, made when (ISO, local time), and its counts."""

    file: Path
    bytes: int
    files: int
    generation: str
    made: str
    counts: dict[str, int]


class Summed:
    """A file that sums up what is read of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece = self._file.read(size)
        self.sha256.update(piece)
        return piece


def check(file: Path) -> Backup:
    """Read all of a backup and compare each part with its sha256; raises BackupDamaged where it is not whole, or no backup."""
    try:
        return read(file, None)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error}. Name a file that 'advisor library backup' wrote.") from error


def head(file: Path) -> dict[str, Any]:
    """The first part of a backup."""
    with _opened(file) as tar:
        return _head_of(tar, file)


def _head_of(tar: tarfile.TarFile, file: Path) -> dict[str, Any]:
    first = tar.next()
    if first is None or first.name != HEAD or first.size > PIECE:
        raise BackupDamaged(f"{file} is no backup of a library. Name a file that 'advisor library backup' wrote.")
    said = json.loads(_source(tar, first).read())
    if said["advisor backup"] != FORMAT:
        raise BackupDamaged(
            f"{file} has format {said['advisor backup']!r}; this advisor reads {FORMAT}. Restore it with the version that wrote it."
        )
    generation = re.fullmatch(r"g\d{4,9}", said["generation"])
    if generation is None:
        raise ValueError(f"its generation is {said['generation']!r}")
    return {"generation": generation[0], "made": str(said["made"]), "counts": dict(said["counts"])}


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as tar:
            yield tar
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Name a file that 'advisor library backup' wrote.") from error
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
        raise BackupDamaged(f"{file} is no whole backup: {error}. Take another; nothing was changed.") from error


def read(file: Path, places: dict[str, Path] | None) -> Backup:
    """Read every part, compare it with the manifest, and write it below its place: that of its folder, or that of "" for all others."""
    found: dict[str, Any] = {}
    with _opened(file) as tar:
        about = _head_of(tar, file)
        for member in tar:
            _check_member(member, found, file)
            target = None if places is None or member.name in (HEAD, MANIFEST) else _place(places, PurePosixPath(member.name))
            found[member.name] = {"size": member.size, "sha256": _copied(_source(tar, member), target)}
        stated = dict(json.loads(_source(tar, tar.getmember(MANIFEST)).read())) if MANIFEST in found else {}
        if _STAMP in found:
            soundness.stated_sizes(json.loads(_source(tar, tar.getmember(_STAMP)).read(PIECE)))
    if not stated:
        raise BackupDamaged(f"{file} is not whole: its end is missing. Take another; nothing was changed.")
    wrong = sorted(name for name in stated.keys() | found.keys() - {MANIFEST} if stated.get(name) != found.get(name))
    if wrong:
        raise BackupDamaged(f"{file} is damaged: {wrong[0]} is not what was written. Take another; nothing was changed.")
    if not {f"{GENERATION}/{soundness.LIBRARY}", _STAMP} <= found.keys():
        raise BackupDamaged(f"{file} holds no library. Name a file that 'advisor library backup' wrote.")
    return Backup(file, file.stat().st_size, len(found), **about)


_STAMP = f"{GENERATION}/{soundness.STAMP}"


def _check_member(member: tarfile.TarInfo, found: dict[str, Any], file: Path) -> None:
    """Parts are plain files in known places, each once: a name that leads elsewhere is no part of a backup."""
    parts = member.name.split("/")
    known = member.name in (HEAD, MANIFEST, state.NAME, GAPS) or (len(parts) > 1 and parts[0] in (GENERATION, UPLOADS))
    odd = any(is_odd(part) for part in parts) or member.name in found
    if not known or odd or member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():
        raise BackupDamaged(f"{file} holds {member.name!r}, which is no part of a backup. Do not use it; nothing was changed.")


def is_odd(part: str) -> bool:
    """Whether a part of a name could lead elsewhere when it is restored, here or on Windows, where a colon names a disk."""
    return part in ("", ".", "..") or "\\" in part or "\0" in part or (os.name == "nt" and ":" in part)


def _place(places: dict[str, Path], name: PurePosixPath) -> Path:
    first = name.parts[0]
    return places[first].joinpath(*name.parts[1:]) if first in places else places[""].joinpath(*name.parts)


def _source(tar: tarfile.TarFile, member: tarfile.TarInfo) -> BinaryIO:
    source = tar.extractfile(member)
    if source is None:
        raise tarfile.ReadError(f"{member.name!r} is no file")
    return source  # type: ignore[return-value]


def _copied(source: BinaryIO, target: Path | None) -> str:
    """Read a part to its end, and write it where a target is given; returns its sha256."""
    summed = Summed(source)
    if target is None:
        while summed.read(PIECE):
            pass
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            while piece := summed.read(PIECE):
                file.write(piece)
    return summed.sha256.hexdigest()
