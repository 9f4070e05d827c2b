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
        """Copy a folder of vectors and open the copy; raises IndexUnwritable where there is no room for it."""
        self._folder = tempfile.TemporaryDirectory(prefix="advisor-vectors-")
        try:
            for file in (file for file in path.rglob("*") if file.is_file()):
                place = Path(self._folder.name, file.relative_to(path))
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)  # without the rights of the original, which nobody may write
        except OSError as error:
            self._folder.cleanup()
            raise IndexUnwritable(
                f"{path} may only be read, and its copy in {self._folder.name} cannot be written: {error}. Free some disk, or name another "
                "place by TMPDIR."
            ) from error
        super().__init__(Path(self._folder.name))

    def close(self) -> None:
        """Let go of the copy, and remove it."""
        super().close()
        self._folder.cleanup()


def vectors_in(path: Path) -> VectorStore:
    """The vectors in a folder, for reading."""
    readable_only = path.is_dir() and not all(os.access(place, os.W_OK) for place in (path, *path.glob("*.sqlite3")))
    return CopiedVectors(path) if readable_only else VectorStore(path)
