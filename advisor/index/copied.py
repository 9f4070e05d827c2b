"""Vectors on a disk that may only be read: Chroma opens no folder that it cannot write, so that it is given a copy."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from advisor.errors import IndexUnwritable
from advisor.vectors import VectorStore


class CopiedVectors(VectorStore):
    """The vectors of a generation, copied to the folder for temporary files until they are closed."""

    def __init__(self, path: Path) -> None:
        """The vectors in a folder, copied when they are first asked."""
        super().__init__(path)
        self._copy: tempfile.TemporaryDirectory[str] | None = None

    def _place(self) -> Path:
        """Copy the folder; raises IndexUnwritable where there is no room for it."""
        self._copy = tempfile.TemporaryDirectory(prefix="advisor-vectors-")
        try:
            for file in (file for file in self._path.rglob("*") if file.is_file()):
                place = Path(self._copy.name, file.relative_to(self._path))
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)  # without the rights of the original, which nobody may write
        except OSError as error:
            raise IndexUnwritable(
                f"{self._path} may only be read, and its copy in {self._copy.name} cannot be written: {error}. Free some disk, or name "
                "another place by TMPDIR."
            ) from error
        return Path(self._copy.name)

    def _leave(self) -> None:
        """Remove the copy."""
        if self._copy is not None:
            self._copy.cleanup()
            self._copy = None


def vectors_in(path: Path) -> VectorStore:
    """The vectors in a folder, for reading."""
    readable_only = path.is_dir() and not all(os.access(place, os.W_OK) for place in (path, *path.glob("*.sqlite3")))
    return CopiedVectors(path) if readable_only else VectorStore(path)
