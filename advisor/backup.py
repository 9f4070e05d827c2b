"""A library in one file, and back: the current generation, what was uploaded, and what people added, each part with its sha256.

The file is a plain tar archive, which any tool opens:

    advisor-backup.json    what it is a backup of, and when it was made
    generation/…           the generation that was current
    uploads/…              files that came in by the page
    state.sqlite3          accounts, tokens, checklists, votes, shared answers; without sessions
    gaps.jsonl             questions without an answer
    manifest.json          size and sha256 of every part before; last, so that a file that was cut off is known by its absence
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from advisor import accounts, state
from advisor.errors import BackupDamaged, IndexDamaged, IndexMissing, IndexUnwritable, UsageError
from advisor.index import Index, soundness

FORMAT = 1
HEAD, MANIFEST = "advisor-backup.json", "manifest.json"
GENERATION, UPLOADS, GAPS = "generation", "uploads", "gaps.jsonl"
PIECE = 2**20  # bytes read at a time
TRIES = 3  # a sync may remove the generation before all its files are open


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup file holds: how many bytes and files, of which generation, made when (ISO, local time), and its counts."""

    file: Path
    bytes: int
    files: int
    generation: str
    made: str
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the generation that is current now, and the folder in which what it replaced was put aside, if anything."""

    backup: Backup
    generation: str
    put_aside: Path | None


def back_up(index: Index, target: Path) -> Backup:
    """Write a library to one file, which appears under its name when it is whole; readers and writers of the library go on.

    Raises IndexMissing or IndexDamaged for the library, UsageError or IndexUnwritable for the file.
    """
    _check_target(target)
    try:
        with tempfile.TemporaryDirectory(prefix=".advisor-backup-", dir=target.parent) as folder, ExitStack() as opened:
            stage = Path(folder)
            name, parts = _gathered(index, stage, opened)
            stamp = json.loads((stage / "stamp.json").read_text("utf-8"))
            head = {"advisor backup": FORMAT, "made": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "generation": name, "counts": stamp["counts"]}
            written = _write(stage / "whole.tar", head, parts, index.folder)
            if "sha256" in stamp and written[f"{GENERATION}/{soundness.LIBRARY}"]["sha256"] != stamp["sha256"]:
                raise IndexDamaged(
                    f"{index.folder / name / soundness.LIBRARY} is not what was written. Run 'advisor library rollback' first."
                )
            os.replace(stage / "whole.tar", target)
    except OSError as error:
        raise IndexUnwritable(f"{target} cannot be written: {error}. Free some disk, or name another place.") from error
    return Backup(target, target.stat().st_size, len(written), name, str(head["made"]), stamp["counts"])


def _check_target(target: Path) -> None:
    if target.is_dir():
        raise UsageError(f"{target} is a folder. Name the file to write, such as {target / 'library.backup'}.")
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {target.parent}. Make it, or name another place.")
    if target.exists():
        try:
            _head(target)
        except BackupDamaged:
            raise UsageError(f"{target} exists and is no backup; it stays. Name another file.") from None


def _gathered(index: Index, stage: Path, opened: ExitStack) -> tuple[str, list[tuple[str, BinaryIO]]]:
    """The parts of the current generation and the state, open: a sync may remove their names from now on."""
    for left in reversed(range(TRIES)):
        name = index.current()
        if name is None:
            raise IndexMissing(f"There is no index in {index.folder} to back up. Run 'advisor ingest' first, or name another by --index.")
        try:
            soundness.check_sizes(index.folder / name, _stamp(index.folder / name))
            return name, [*_generation(index.folder / name, stage, opened), *_state(index.folder, stage, opened)]
        except (FileNotFoundError, IndexDamaged, IndexUnwritable):
            if index.current() == name or not left:
                raise
    raise AssertionError


def _stamp(generation: Path) -> dict[str, Any]:
    try:
        stamp: dict[str, Any] = json.loads((generation / soundness.STAMP).read_text("utf-8"))
        return stamp if stamp["counts"] and stamp["schema"] else {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise IndexDamaged(f"The stamp of {generation} cannot be read: {error}. Run 'advisor library rollback' or ingest again.") from error


def _generation(folder: Path, stage: Path, opened: ExitStack) -> Iterator[tuple[str, BinaryIO]]:
    """Files that nobody writes are read as they are; Chroma writes its own while it is open, so that of it a copy is read."""
    shutil.copyfile(folder / soundness.STAMP, stage / "stamp.json")
    for number, file in enumerate(sorted(file for file in folder.rglob("*") if file.is_file())):
        relative, source = file.relative_to(folder).as_posix(), file
        if file.suffix == ".sqlite3" and relative != soundness.LIBRARY:
            source = stage / f"{number}.sqlite3"
            state.snapshot(file, source)
        elif file.name.endswith((".sqlite3-wal", ".sqlite3-shm", ".sqlite3-journal")):
            continue
        yield f"{GENERATION}/{relative}", opened.enter_context(source.open("rb"))


def _state(folder: Path, stage: Path, opened: ExitStack) -> Iterator[tuple[str, BinaryIO]]:
    """What people added, as it is at this moment. Who was signed in then need not be so after a restore."""
    if (folder / state.NAME).exists():
        (stage / "state").mkdir(exist_ok=True)
        state.snapshot(folder / state.NAME, stage / "state" / state.NAME)
        accounts.end_sessions(stage / "state")
        yield state.NAME, opened.enter_context((stage / "state" / state.NAME).open("rb"))
    if (folder / GAPS).exists():
        yield GAPS, opened.enter_context((folder / GAPS).open("rb"))


def _write(target: Path, head: dict[str, Any], parts: list[tuple[str, BinaryIO]], folder: Path) -> dict[str, Any]:
    """Write the archive; returns its manifest."""
    written: dict[str, Any] = {}
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # it holds the hashes of passwords
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            _add_json(tar, HEAD, head, written)
            for name, source in parts:
                _add(tar, name, source, written)
            for upload in sorted((folder / UPLOADS).rglob("*")):
                if upload.is_file() and not upload.is_symlink() and not upload.name.startswith("."):
                    with suppress(FileNotFoundError), upload.open("rb") as source:  # removed in this very moment
                        _add(tar, f"{UPLOADS}/{upload.relative_to(folder / UPLOADS).as_posix()}", source, written)
            _add_json(tar, MANIFEST, dict(written), written)
        file.flush()
        os.fsync(file.fileno())
    return written


class _Summed:
    """A file that sums up what is read of it."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.sha256 = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """The next bytes."""
        piece = self._file.read(size)
        self.sha256.update(piece)
        return piece


def _add(tar: tarfile.TarFile, name: str, source: BinaryIO, written: dict[str, Any]) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = os.fstat(source.fileno()).st_size, 0o600, int(time.time())
    summed = _Summed(source)
    tar.addfile(info, summed)  # it only reads
    written[name] = {"size": info.size, "sha256": summed.sha256.hexdigest()}


def _add_json(tar: tarfile.TarFile, name: str, data: dict[str, Any], written: dict[str, Any]) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(data, indent=1).encode())
        file.seek(0)
        _add(tar, name, file, written)


def check(file: Path) -> Backup:
    """Read all of a backup and compare each part with its sha256; raises BackupDamaged where it is not whole, or no backup."""
    try:
        return _read(file, None)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error}. Name a file that 'advisor library backup' wrote.") from error


def restore(index: Index, file: Path, *, force: bool, keep: int) -> Restored:
    """Make a library that was backed up the current one; all of the file is checked before anything is touched.

    What it replaces is put aside, and the generation before stays for a rollback; only with `force` is anything replaced at all. Raises
    BackupDamaged, UsageError, IndexLocked or IndexUnwritable, and then all is as before.
    """
    held = check(file)
    if not force and (there := _occupied(index.folder)):
        raise UsageError(
            f"{index.folder} holds {there} already. Name another folder by --index, or replace it with --force: what is there is put aside."
        )
    with index.writing(), _translated(index.folder):
        index.clear_drafts()
        draft = index.folder / f"{index.next_name(held.generation)}.draft"
        others = draft.with_name(f"{draft.stem}-state.draft")
        before = _unused(index.folder / f"before-{draft.stem}")
        try:
            _read(file, {GENERATION: draft, "": others})
            soundness.check_sizes(draft, _stamp(draft))
            replaced = _exchange(index, draft, others, before, keep)
        finally:
            for left in (draft, others):
                shutil.rmtree(left, ignore_errors=True)
    return Restored(held, draft.stem, before if replaced else None)


def _occupied(folder: Path) -> str:
    """What a folder holds that a restore would replace, "" where that is nothing."""
    if (folder / "CURRENT").exists():
        return "a library"
    return next((name for name in (state.NAME, UPLOADS, GAPS) if (folder / name).exists()), "")


def _unused(path: Path) -> Path:
    """A name that is not taken: a restore that was killed may have left one."""
    names = (path, *(path.with_name(f"{path.name}-{number}") for number in range(2, 1000)))
    return next(name for name in names if not name.exists())


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise IndexUnwritable(f"{folder} cannot be written: {error}. Free some disk and try again; nothing was changed.") from error


def _exchange(index: Index, draft: Path, others: Path, before: Path, keep: int) -> bool:
    """Put what was read in the place of what is there; where anything fails, all is as it was. True where something was put aside."""
    moved: list[tuple[Path, Path]] = []
    with _undone(before, draft, moved):
        before.mkdir()
        if (others / state.NAME).exists():
            if (index.folder / state.NAME).exists():
                state.snapshot(index.folder / state.NAME, before / state.NAME)
                state.replace(index.folder, others / state.NAME)
            else:
                os.rename(others / state.NAME, index.folder / state.NAME)
                moved.append((others / state.NAME, index.folder / state.NAME))
        for name in (UPLOADS, GAPS):
            for source, target in ((index.folder / name, before / name), (others / name, index.folder / name)):
                if source.exists():
                    os.rename(source, target)
                    moved.append((source, target))
        index.publish(draft, keep)
    if any(before.iterdir()):
        return True
    before.rmdir()
    return False


@contextmanager
def _undone(before: Path, draft: Path, moved: list[tuple[Path, Path]]) -> Iterator[None]:
    try:
        yield
    except BaseException:
        for source, target in reversed(moved):
            os.rename(target, source)
        shutil.rmtree(draft, ignore_errors=True)  # on a full disk there is now room again for the earlier state
        if (before / state.NAME).exists():
            state.replace(draft.parent, before / state.NAME)
        shutil.rmtree(before, ignore_errors=True)
        raise


def _head(file: Path) -> dict[str, Any]:
    """The first part of a backup."""
    with _opened(file) as tar:
        return _head_of(tar, file)


def _head_of(tar: tarfile.TarFile, file: Path) -> dict[str, Any]:
    first = tar.next()
    if first is None or first.name != HEAD or first.size > PIECE:
        raise BackupDamaged(f"{file} is no backup of a library. Name a file that 'advisor library backup' wrote.")
    head = json.loads(_source(tar, first).read())
    if head["advisor backup"] != FORMAT:
        raise BackupDamaged(
            f"{file} has format {head['advisor backup']!r}; this advisor reads {FORMAT}. Restore it with the version that wrote it."
        )
    return {"generation": re.fullmatch(r"g\d{4,9}", head["generation"])[0], "made": str(head["made"]), "counts": dict(head["counts"])}  # type: ignore[index]


@contextmanager
def _opened(file: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(file, "r:") as tar:
            yield tar
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}. Name a file that 'advisor library backup' wrote.") from error
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise BackupDamaged(f"{file} is no whole backup: {error}. Take another; nothing was changed.") from error


def _read(file: Path, places: dict[str, Path] | None) -> Backup:
    """Read every part, compare it with the manifest, and write it below its place: that of its folder, or that of "" for all others."""
    read: dict[str, Any] = {}
    with _opened(file) as tar:
        head = _head_of(tar, file)
        for member in tar:
            _check_member(member, read, file)
            target = None if places is None or member.name in (HEAD, MANIFEST) else _place(places, PurePosixPath(member.name))
            read[member.name] = {"size": member.size, "sha256": _copied(_source(tar, member), target)}
        stated = json.loads(_source(tar, tar.getmember(MANIFEST)).read()) if MANIFEST in read else {}
    wrong = sorted(name for name in stated.keys() | read.keys() - {MANIFEST} if stated.get(name) != read.get(name))
    if not stated:
        raise BackupDamaged(f"{file} is not whole: its end is missing. Take another; nothing was changed.")
    if wrong:
        raise BackupDamaged(f"{file} is damaged: {wrong[0]} is not what was written. Take another; nothing was changed.")
    if not {f"{GENERATION}/{soundness.LIBRARY}", f"{GENERATION}/{soundness.STAMP}"} <= read.keys():
        raise BackupDamaged(f"{file} holds no library. Name a file that 'advisor library backup' wrote.")
    return Backup(file, file.stat().st_size, len(read), **head)


def _check_member(member: tarfile.TarInfo, read: dict[str, Any], file: Path) -> None:
    """Parts are plain files in known places, each once: a name that leads elsewhere is no part of a backup."""
    parts = member.name.split("/")
    known = member.name in (HEAD, MANIFEST, state.NAME, GAPS) or (len(parts) > 1 and parts[0] in (GENERATION, UPLOADS))
    odd = any(part in ("", ".", "..") or "\\" in part or "\0" in part for part in parts) or member.name in read
    if not known or odd or member.type not in (tarfile.REGTYPE, tarfile.AREGTYPE) or member.issparse():
        raise BackupDamaged(f"{file} holds {member.name!r}, which is no part of a backup. Do not use it; nothing was changed.")


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
    summed = _Summed(source)
    if target is None:
        while summed.read(PIECE):
            pass
    else:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            while piece := summed.read(PIECE):
                file.write(piece)
    return summed.sha256.hexdigest()
