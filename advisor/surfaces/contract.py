"""What every door hands out beside an answer: passages as citations, the documents of the library, and the JSON Schema of an answer."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from advisor.advisor import Advisor
from advisor.answer.schema import Answer
from advisor.citations import Citation, cite, short_names
from advisor.documents.model import Document
from advisor.filters import Filter
from advisor.index import Entry
from advisor.passages import Passage

LONGEST_LIST = 1000  # passages or documents that one request may ask for


@dataclass(frozen=True, slots=True)
class Found:
    """A passage of the library: `id` names it as long as the bytes of its file stay the same, `citation` quotes it whole.

    `score` puts the passages of one search in order, the higher the nearer, and says nothing across searches; None where nothing was
    searched for. `citation.number` is the place in that order.
    """

    id: str
    score: float | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class Passages:
    """The passages found, best first."""

    passages: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as a list of the library shows it; `missing` names data of its work that nobody has given yet."""

    source: str
    sha256: str
    work: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    language: str
    digest: bool
    pages: int
    passages: int
    factors: int
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ListedWork:
    """A work and the files that hold its text."""

    work: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    topics: tuple[str, ...]
    documents: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Works:
    """A page of the list of works, and how many there are in all."""

    total: int
    works: tuple[ListedWork, ...]


def search(advisor: Advisor, query: str, k: int, *, language: str | None = None, only: Filter | None = None) -> Passages:
    """The k best passages for a query, best first, each quoted whole with its source."""
    hits = advisor.search(query, k, language=language, only=only)
    return Passages(
        tuple(
            _found(advisor, hit.passage, advisor.document(hit.passage.document), number, round(hit.score, 4))
            for number, hit in enumerate(hits, 1)
        )
    )


def passage(advisor: Advisor, identifier: str) -> Found | None:
    """The passage of that id, as `search` gives them; None where the library has none (any more)."""
    head = identifier.partition("-")[0]
    for sha256 in _held(advisor):
        if head and sha256.startswith(head):
            for one in advisor.passages_of(sha256):
                if one.id == identifier:
                    return _found(advisor, one, advisor.document(sha256), 1, None)
    return None


def document(advisor: Advisor, sha256: str) -> Document | None:
    """The document whose file has that sha256; None where the library has none (any more)."""
    return advisor.document(sha256) if sha256 in _held(advisor) else None


def documents(advisor: Advisor, offset: int = 0, limit: int = LONGEST_LIST) -> tuple[int, tuple[Listed, ...]]:
    """How many documents the library has, and those from `offset` on, by name."""
    held = list(_held(advisor))
    return len(held), tuple(_listed(advisor, advisor.document(sha256)) for sha256 in held[offset : offset + limit])


def works(advisor: Advisor, offset: int = 0, limit: int = LONGEST_LIST) -> Works:
    """The works of the library from `offset` on, by key."""
    by_key: dict[str, list[Document]] = {}
    for one in advisor.documents():
        by_key.setdefault(one.work.key, []).append(one)
    return Works(len(by_key), tuple(_work(by_key[key]) for key in sorted(by_key)[offset : offset + limit]))


def failures(advisor: Advisor) -> tuple[Entry, ...]:
    """Files that could not be read, each with its reason."""
    return tuple(entry for entry in advisor.manifest() if entry.state == "failed")


def schema_of(kind: type) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a result, made from its dataclasses."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind).json_schema(mode="serialization")


def answer_schema() -> dict[str, Any]:
    """The JSON Schema of an answer as it is published."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema_of(Answer)}


def readable(answer: Answer) -> str:
    """An answer as text for a reader or a language model: its statements, then what each number in brackets stands for."""
    sources = [f"[{citation.number}] {citation.reference} ({citation.document})" for citation in answer.citations]
    return "\n".join([answer.text, *(["", *sources] if sources else [])])


def readable_passages(found: Passages) -> str:
    """Passages as text for a reader or a language model, each with its id and its source."""
    parts = [f"[{one.citation.number}] {one.citation.reference} (passage {one.id})\n{one.citation.quote}" for one in found.passages]
    return "\n\n".join(parts)


def _held(advisor: Advisor) -> dict[str, str]:
    """The sha256 of every document of the library with its name, by name."""
    entries = sorted((entry for entry in advisor.manifest() if entry.state == "indexed"), key=lambda entry: entry.source)
    return {entry.sha256: entry.source for entry in entries}


def _found(advisor: Advisor, one: Passage, source: Document, number: int, score: float | None) -> Found:
    after = short_names(advisor.works().values(), source.language) if source.work.quoted_after else {}
    return Found(one.id, score, cite(number, source, one.span, one.section, after))


def _listed(advisor: Advisor, one: Document) -> Listed:
    work, sha256 = one.work, one.sha256
    return Listed(
        one.source, sha256, work.key, work.title, work.authors, work.year, one.language, work.digest, len(one.pages),
        len(advisor.passages_of(sha256)), len(advisor.factors_of(sha256)), work.missing,
    )  # fmt: skip


def _work(files: Sequence[Document]) -> ListedWork:
    work = files[0].work
    return ListedWork(work.key, work.title, work.authors, work.year, work.topics, tuple(one.source for one in files))


if __name__ == "__main__":
    json.dump(answer_schema(), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
