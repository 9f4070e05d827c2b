"""How files are to be read, where the reader of the library has a say in it."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Options:
    """`ocr` lets tesseract read pages that are pictures; `password` is tried on PDFs that need one and have none in their sidecar."""

    ocr: bool = False
    password: str | None = field(default=None, repr=False)


DEFAULT = Options()
