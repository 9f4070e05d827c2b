"""A library → one file."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any, BinaryIO

from advisor import accounts, state
from advisor.backup.archive import FORMAT, GAPS, GENERATION, HEAD, MANIFEST, UPLOADS, Backup, Summed, head, is_odd
from advisor.errors import BackupDamaged, IndexDamaged, IndexMissing, IndexUnwritable, UsageError
from advisor.index import Index, soundness

TRIES = 3  # a sync may remove the generation before all its files are open


def back_up(index: Index, target: Path) -> Backup:
    """Write a library to one file, which appears under its name when it is whole; readers and writers of the library go on.

    Raises IndexMissing or IndexDamaged for the library, UsageError where its vectors are in a Chroma server, UsageError or IndexUnwritable
    for the file.
    """
    _check_target(target)
    try:
        with tempfile.TemporaryDirectory(prefix=".advisor-backup-", dir=target.parent) as folder, ExitStack() as opened:
            stage = Path(folder)
            name, parts = _gathered(index, stage, opened)
            stamp = json.loads((stage / "stamp.json").read_text("utf-8"))
            counts = stamp.get("counts", {})
            about = {"advisor backup": FORMAT, "made": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "generation": name, "counts": counts}
            written = _write(stage / "whole.tar", about, parts, index.folder)
            if "sha256" in stamp and written[f"{GENERATION}/{soundness.LIBRARY}"]["sha256"] != stamp["sha256"]:
                raise IndexDamaged(
                    f"{index.folder / name / soundness.LIBRARY} is not what was written. Run 'advisor library rollback' first."
                )
            os.replace(stage / "whole.tar", target)
    except OSError as error:
        raise IndexUnwritable(f"{target} cannot be written: {error}. Free some disk, or name another place.") from error
    return Backup(target, target.stat().st_size, len(written), name, str(about["made"]), counts)


def _check_target(target: Path) -> None:
    if target.is_dir():
        raise UsageError(f"{target} is a folder. Name the file to write, such as {target / 'library.backup'}.")
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {target.parent}. Make it, or name another place.")
    if target.exists():
        try:
            head(target)
        except BackupDamaged:
            raise UsageError(f"{target} exists and is no backup; it stays. Name another file.") from None


def _gathered(index: Index, stage: Path, opened: ExitStack) -> tuple[str, list[tuple[str, BinaryIO]]]:
    """The parts of the current generation and the state, open: a sync may remove their names from now on."""
    for left in reversed(range(TRIES)):
        name = index.current()
        if name is None:
            raise IndexMissing(f"There is no index in {index.folder} to back up. Run 'advisor ingest' first, or name another by --index.")
        if index.served(name):
            raise UsageError(
                f"The vectors of {index.folder} are in a Chroma server, and a file without them is no backup. Copy the folder with "
                "the server's data, or unset ADVISOR_CHROMA_URL and run 'advisor ingest --rebuild' first."
            )
        try:
            stamp = index.stamp(index.folder / name)
            soundness.check_sizes(index.folder / name, stamp)
            parts = [*_generation(index.folder / name, stage, opened)]
            if not {f"{GENERATION}/{file}" for file in stamp.get("sizes", ())} <= {part for part, _ in parts}:
                raise FileNotFoundError(f"{index.folder / name} was removed meanwhile")
            return name, [*parts, *_state(index.folder, stage, opened)]
        except (FileNotFoundError, IndexDamaged, IndexUnwritable):
            if index.current() == name or not left:
                raise
    raise AssertionError


def _generation(folder: Path, stage: Path, opened: ExitStack) -> Iterator[tuple[str, BinaryIO]]:
    """Files that nobody writes are read as they are; Chroma writes its own while it is open, so that of it a copy is read or nothing."""
    shutil.copyfile(folder / soundness.STAMP, stage / "stamp.json")
    for number, file in enumerate(sorted(file for file in folder.rglob("*") if file.is_file())):
        relative, source = file.relative_to(folder).as_posix(), file
        if file.suffix == ".sqlite3" and relative != soundness.LIBRARY:
            source = stage / f"{number}.sqlite3"
            state.snapshot(file, source)
        elif file.name.endswith((".sqlite3-wal", ".sqlite3-shm", ".sqlite3-journal")) or soundness.made_anew(file):
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


def _write(target: Path, about: dict[str, Any], parts: list[tuple[str, BinaryIO]], folder: Path) -> dict[str, Any]:
    """Write the archive; returns its manifest."""
    written: dict[str, Any] = {}
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)  # it holds the hashes of passwords
    with os.fdopen(handle, "wb") as file:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            _add_json(tar, HEAD, about, written)
            for name, source in parts:
                _add(tar, name, source, written)
            for upload in sorted((folder / UPLOADS).rglob("*")):
                if upload.is_file() and not upload.is_symlink() and not upload.name.startswith("."):
                    with suppress(FileNotFoundError), upload.open("rb") as source:  # removed in this very moment
                        _add(tar, _name_of(upload, folder), source, written)
            _add_json(tar, MANIFEST, dict(written), written)
        file.flush()
        os.fsync(file.fileno())
    return written


def _name_of(upload: Path, folder: Path) -> str:
    """The name of an uploaded file in the backup; raises UsageError where a restore would refuse it."""
    parts = upload.relative_to(folder / UPLOADS).parts
    if any(is_odd(part) for part in parts):
        raise UsageError(
            f"{folder / UPLOADS} holds {'/'.join(parts)!r}, a name that a restore would refuse. Rename that file, then try again."
        )
    return "/".join((UPLOADS, *parts))


def _add(tar: tarfile.TarFile, name: str, source: BinaryIO, written: dict[str, Any]) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = os.fstat(source.fileno()).st_size, 0o600, int(time.time())
    summed = Summed(source)
    tar.addfile(info, summed)  # it only reads
    written[name] = {"size": info.size, "sha256": summed.sha256.hexdigest()}


def _add_json(tar: tarfile.TarFile, name: str, data: dict[str, Any], written: dict[str, Any]) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(json.dumps(data, indent=1).encode())
        file.seek(0)
        _add(tar, name, file, written)
