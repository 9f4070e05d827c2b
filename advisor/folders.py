"""The files of a folder that a library would hold, with what tells cheaply whether one has changed."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
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
    return link.is_file() and link.resolve().is_relative_to(root)


def files_of(root: Path) -> tuple[list[File], list[str]]:
    """Files and links below a folder that can be read, and the names of those that no reader takes, in the order of their names.

    Left out are hidden ones, sidecars and what speaks of the folder itself.
    """
    files: list[File] = []
    others: list[str] = []
    if root.is_dir():
        _walk(str(root), "", files, others)
    else:
        files.append(File(root, printable(root.name), False, root.with_name(root.name + SIDECAR).is_file()))
    return files, others


def _walk(folder: str, within: str, files: list[File], others: list[str]) -> None:
    """Put what stands in a folder and below it on the lists; links to folders are not followed."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except PermissionError:
        return
    names = {entry.name for entry in found if entry.is_file()}
    for entry in found:
        name = entry.name
        if name.startswith(".") or name.lower() in _LEFT_OUT:
            continue
        if entry.is_dir(follow_symlinks=False):
            _walk(entry.path, f"{within}{name}/", files, others)
        elif name in names or (entry.is_symlink() and not entry.is_dir()):
            suffix = os.path.splitext(name)[1]
            if suffix.lower() in SUFFIXES:
                files.append(File(Path(entry.path), printable(within + name), entry.is_symlink(), name + SIDECAR in names))
            elif not (suffix == SIDECAR and name.removesuffix(SIDECAR) in names):
                others.append(printable(within + name))


def seen(path: Path) -> dict[str, tuple[int, int]]:
    """Size and time of every file that a sync of a folder would read, with its sidecar's; raises UsageError where there is none."""
    if not path.exists():
        raise UsageError(f"{path} does not exist. Give a folder or a file that does.")
    found = {}
    for file in files_of(path.resolve())[0]:
        with suppress(OSError):  # gone since, or a link to nothing
            found[file.source] = measured(file)[:2]
    return found


def measured(file: File) -> tuple[int, int, int]:
    """The size of a file with its sidecar, when it was written, and when the system saw the last change of any kind, in nanoseconds."""
    about = [part.stat() for part in file.parts]
    return sum(one.st_size for one in about), max(one.st_mtime_ns for one in about), max(one.st_ctime_ns for one in about)
