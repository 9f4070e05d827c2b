"""One file → a library, in the place of what is there or beside it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from advisor import state
from advisor.backup.archive import GAPS, GENERATION, UPLOADS, Backup, check, read
from advisor.errors import IndexUnwritable, UsageError
from advisor.index import Index, soundness


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did: the generation that is current now, and the folder in which what it replaced was put aside, if anything."""

    backup: Backup
    generation: str
    put_aside: Path | None


def restore(index: Index, file: Path, *, force: bool, keep: int) -> Restored:
    """Make a library that was backed up the current one; all of the file is checked before anything is touched.

    What it replaces is put aside, and the generation before stays for a rollback; only with `force` is anything replaced at all. Raises
    BackupDamaged, UsageError, IndexLocked or IndexUnwritable, and then all is as before, or restored where the error says so.
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
            read(file, {GENERATION: draft, "": others})
            soundness.check_sizes(draft, index.stamp(draft))
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
    with _undone(index, before, draft, moved):
        before.mkdir()
        if (others / state.NAME).exists():
            if (index.folder / state.NAME).exists():
                # Under its name only when it is whole: what has the name is what a failure brings back.
                state.snapshot(index.folder / state.NAME, before / "unfinished")
                os.rename(before / "unfinished", before / state.NAME)
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
def _undone(index: Index, before: Path, draft: Path, moved: list[tuple[Path, Path]]) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        if index.readable_current() == draft.stem:  # all is in its place; half of it taken back would be a mixture
            with suppress(OSError):
                before.rmdir()  # only where nothing was put aside
            if isinstance(error, OSError | IndexUnwritable):
                raise IndexUnwritable(
                    f"{index.folder} holds the restored library ({draft.stem}), but what came after failed: {error}. "
                    "Nothing has to be restored again; free some disk, then run 'advisor library doctor'."
                ) from error
            raise
        for source, target in reversed(moved):
            os.rename(target, source)
        shutil.rmtree(draft, ignore_errors=True)  # on a full disk there is now room again for the earlier state
        if (before / state.NAME).exists():
            state.replace(draft.parent, before / state.NAME)
        shutil.rmtree(before, ignore_errors=True)
        raise
