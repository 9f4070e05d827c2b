"""The files of a folder that a library would hold, with what tells cheaply whether one has changed."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from advisor.documents import ABOUT_THE_FOLDER, SIDECAR, SUFFIXES
from advisor.errors import UsageError
from advisor.text import printable

# Nobody expects these to be read.
_LEFT_OUT = ABOUT_THE_FOLDER | {"sources.yaml", "thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class File:
    """A file of a folder, by the name to show."""

    path: Path
    source: str
    is_link: bool
    has_sidecar: bool

    @property
    def parts(self) -> list[Path]:
        """The file, and the one beside it with the data of its work."""
        return [self.path, self.path.with_name(self.path.name + SIDECAR)] if self.has_sidecar else [self.path]


def folder_of(root: Path) -> Path:
    """The folder that names of files are told from."""
    return root if root.is_dir() else root.parent


def leads_inside(link: Path, root: Path) -> bool:
    """Whether a link leads to a file of the folder."""
    try:
        return link.is_file() and link.resolve().is_relative_to(root)
    except (OSError, RuntimeError):  # in a circle, or through a folder that is closed
        return False


@dataclass(frozen=True, slots=True)
class Found:
    """What stands in a folder and below it, in the order of names.

    `others` names files that no reader takes; `closed` says of each folder that could not be looked into why: nobody knows what it holds.
    """

    files: list[File] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    closed: dict[str, str] = field(default_factory=dict)

    def may_hold(self, source: str) -> bool:
        """Whether a file may stand below a folder that is closed."""
        return any(source == name or source.startswith(f"{name}/") for name in self.closed)


def reached(path: Path) -> Path:
    """A folder or file that is there, without links and detours; raises UsageError where there is none, or no way to it."""
    try:
        if path.exists():
            return path.resolve()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}; nothing was changed. {_WAY_OUT}") from error
    raise UsageError(f"{path} does not exist. Give a folder or a file that does.")


_WAY_OUT = "Check its rights, and whether its disk is mounted."


def files_of(root: Path) -> Found:
    """Files and links below a folder that can be read, or a file alone; raises UsageError where the folder itself cannot be looked into.

    Left out are hidden ones, sidecars and what speaks of the folder itself.
    """
    found = Found()
    try:
        if root.is_dir():
            _walk(_inside(str(root)), "", found)
        else:
            found.files.append(File(root, printable(root.name), False, root.with_name(root.name + SIDECAR).is_file()))
    except OSError as error:
        raise UsageError(f"{root} cannot be read: {error.strerror}; nothing was changed. {_WAY_OUT}") from error
    return found


def _inside(folder: str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _walk(entries: list[os.DirEntry[str]], within: str, found: Found) -> None:
    """Put what stands in a folder and below it on the lists; links to folders are not followed."""
    names = {entry.name for entry in entries if _is_file(entry)}
    for entry in entries:
        name, source = entry.name, printable(within + entry.name)
        if name.startswith(".") or name.lower() in _LEFT_OUT:
            continue
        try:
            below = _inside(entry.path) if entry.is_dir(follow_symlinks=False) else None
            link = entry.is_symlink()
        except FileNotFoundError:  # gone since
            continue
        except OSError as error:
            found.closed[source] = f"{source}: {_CLOSED.format(error.strerror)}"
            continue
        if below is not None:
            _walk(below, f"{within}{name}/", found)
        elif name in names or (link and not _is_dir(entry)):
            suffix = os.path.splitext(name)[1]
            if suffix.lower() in SUFFIXES:
                found.files.append(File(Path(entry.path), source, link, name + SIDECAR in names))
            elif not (suffix == SIDECAR and name.removesuffix(SIDECAR) in names):
                found.others.append(source)


_CLOSED = "it cannot be looked into ({}); what the library holds of it stays. Check its rights"


def _is_file(entry: os.DirEntry[str]) -> bool:
    """Whether it is a file, or a link to one; a link in a circle or into a closed folder is none."""
    try:
        return entry.is_file()
    except OSError:
        return False


def _is_dir(entry: os.DirEntry[str]) -> bool:
    """Whether it is a folder, or a link to one that can be reached."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def seen(path: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file that a sync of a folder would read, with its sidecar's, and the names of folders that are closed.

    Raises UsageError where there is no such folder, or it cannot be looked into.
    """
    found = files_of(reached(path))
    stamps = dict.fromkeys(found.closed, (0, 0))
    for file in found.files:
        with suppress(OSError):  # gone since, or a link to nothing
            stamps[file.source] = measured(file)[:2]
    return stamps


def measured(file: File) -> tuple[int, int, int]:
    """The size of a file with its sidecar, when it was written, and when the system saw the last change of any kind, in nanoseconds."""
    about = [part.stat() for part in file.parts]
    return sum(one.st_size for one in about), max(one.st_mtime_ns for one in about), max(one.st_ctime_ns for one in about)
