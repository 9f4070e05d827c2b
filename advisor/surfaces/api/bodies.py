"""What callers send and get over HTTP alone: bodies of requests and responses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from advisor.citations import Citation, Verdict
from advisor.documents.model import Work
from advisor.surfaces.contract import Listed

MOST_CITATIONS = 1000  # that one request may have verified


class Quotations(BaseModel):
    """Citations to check, as they stand in an answer; a whole answer may be sent, what else is in it is not read."""

    citations: Annotated[list[Citation], Field(max_length=MOST_CITATIONS)]
    nearest: Annotated[list[Citation], Field(max_length=MOST_CITATIONS)] = []


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a quotation stands where it says: found, moved, changed or missing."""

    number: int
    document: str
    start: int
    end: int
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The verdict on every citation that was sent; `all_found` is true where every one stands where it says."""

    all_found: bool
    verdicts: tuple[Checked, ...]


@dataclass(frozen=True, slots=True)
class Unread:
    """A file that could not be read, and why."""

    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Documents:
    """A page of the list of documents, how many there are in all, and the files that could not be read."""

    total: int
    documents: tuple[Listed, ...]
    failed: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class WholeDocument:
    """One document with the data of its work and its whole text, into which the offsets of citations point."""

    source: str
    sha256: str
    media_type: str
    language: str
    work: Work
    text: str


@dataclass(frozen=True, slots=True)
class Health:
    """The server answers."""

    status: Literal["ok"]
    version: str


@dataclass(frozen=True, slots=True)
class Ready:
    """The library can be asked: its generation, and how much it holds."""

    status: Literal["ready"]
    generation: str
    documents: int
    works: int
    passages: int
    factors: int
