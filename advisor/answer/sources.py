"""A quotation as a sentence is checked against it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A cited quotation, and what may be said of its work without being in it: `about` holds its authors, title and other names."""

    quote: str
    language: str
    about: str = ""
    year: int | None = None
    page: str | None = None
