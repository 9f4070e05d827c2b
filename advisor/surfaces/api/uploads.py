"""Files that callers bring: kept in a folder beside the generations, and read from there like any other folder."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from advisor.advisor import Advisor
from advisor.documents import ABOUT_THE_FOLDER, SIDECAR, SUFFIXES
from advisor.documents.model import Document
from advisor.errors import IndexUnwritable, UnsupportedFormat, UsageError
from advisor.surfaces.api.jobs import Job, Jobs
from advisor.sync import Report

FOLDER = "uploads"
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\:*?\"<>|.][^\x00-\x1f\x7f/\\:*?\"<>|]{0,199}")


def add(advisor: Advisor, jobs: Jobs, brought: Sequence[tuple[str, BinaryIO]]) -> Job:
    """Keep files and begin to read them; a file of the same name is replaced. Raises UsageError or UnsupportedFormat for a wrong name."""
    names = [checked(name) for name, _ in brought]
    if len(set(names)) < len(names):
        raise UsageError(f"Two of the files have the same name: {', '.join(names)}. Give each a name of its own.")
    documents = [name for name in names if not name.endswith(SIDECAR)]
    alone = [name for name in names if name.endswith(SIDECAR) and name.removesuffix(SIDECAR) not in documents]
    if alone:
        raise UsageError(f"{alone[0]} tells of {alone[0].removesuffix(SIDECAR)!r}, which was not sent with it. Send both.")
    folder = advisor.settings.index / FOLDER
    for name, content in zip(names, (content for _, content in brought), strict=True):
        _keep(folder / name, content)
    return jobs.begin("add", tuple(documents), lambda: advisor.sync([folder / name for name in documents]))


def remove(advisor: Advisor, jobs: Jobs, document: Document) -> Job:
    """Begin to take a document out of the library; a file that was brought here is deleted, others stay where they are."""
    folder = (advisor.settings.index / FOLDER).resolve()
    entries = [entry for entry in advisor.manifest() if entry.sha256 == document.sha256]
    sources = sorted({entry.source for entry in entries})

    def work() -> Report:
        report = advisor.remove(sources)
        for entry in entries:
            if Path(entry.owner) == folder:
                for name in (entry.source, entry.source + SIDECAR):
                    with suppress(FileNotFoundError):
                        os.unlink(folder / name)
        return report

    return jobs.begin("remove", tuple(sources), work)


def checked(name: str) -> str:
    """The name of a file, if one may have it; raises UsageError, or UnsupportedFormat where nothing can read such a file."""
    if not _NAME.fullmatch(name):
        raise UsageError(f"The name of the file is {name[:80]!r}; expected one such as report-2024.pdf, without a folder. Rename it.")
    if name.lower() in ABOUT_THE_FOLDER:
        raise UsageError(f"A file named {name} tells of the folder it stands in and is not read. Rename it.")
    if Path(name.removesuffix(SIDECAR)).suffix.lower() not in SUFFIXES:
        raise UnsupportedFormat(f"{name}: no reader for this kind of file; expected one of {', '.join(sorted(SUFFIXES))}.")
    return name


def _keep(path: Path, content: BinaryIO) -> None:
    draft = path.with_name(f".{path.name}.draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("wb") as file:
            shutil.copyfileobj(content, file)
        os.replace(draft, path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise IndexUnwritable(f"{path} cannot be written: {error.strerror}. Give the folder write access or free some disk.") from error
