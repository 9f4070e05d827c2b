"""Rows of the tables and what they stand for: manifest entries, documents, works."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from advisor.documents.model import Block, Document, Extraction, Page, Question, Relation, Work
from advisor.text import Span

SQLITE_PARAMETERS = 900  # SQLite's bound on host parameters was 999 for long
SCHEMA = 3  # raised whenever a table or what stands in it changes
CARRIED = range(1, SCHEMA + 1)  # the schemas whose documents `document_from` and `manifest_from` read: from these a library is carried over
TABLES = """
    create table if not exists manifest(owner text, source text, sha256 text, sidecar text, state text, size integer, modified integer,
        reason text, primary key(owner, source)) without rowid;
    create table if not exists kept(owner text, source text, sha256 text, primary key(owner, source)) without rowid;
    create table if not exists looked(owner text primary key, time integer) without rowid;
    create table if not exists documents(sha256 text primary key, source text, media_type text, language text, work text, text text,
        pages text, blocks text, extraction text) without rowid;
    create table if not exists passages(row integer primary key autoincrement, document text, start integer, end integer, section text,
        page text, language text);
    create index if not exists passages_of on passages(document, start);
    create table if not exists enumerations(id integer primary key, document text, start integer, end integer, section text, style text,
        claimed integer, page_reference text);
    create index if not exists enumerations_of on enumerations(document, start);
    create table if not exists factors(enumeration integer, position integer, start integer, end integer, vector blob,
        primary key(enumeration, position)) without rowid;
    create table if not exists questions(row integer primary key autoincrement, document text, passage integer, ask text, start integer,
        end integer, language text);
    create table if not exists samples(pool text, language text, rows blob, primary key(pool, language)) without rowid;
    create index if not exists questions_of on questions(passage);
    create table if not exists topics(examples text primary key, vectors blob) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the manifest: a source file, who brought it, and what became of it ("indexed" or "failed", then with the reason).

    `sha256` is that of the file's bytes, `sidecar` that of the file with its work data, "" where there is none. `kept` is the sha256 of the
    earlier version that stays in the library while the file cannot be read, "" where there is none.
    """

    owner: str
    source: str
    sha256: str
    sidecar: str
    state: str
    size: int
    modified: int
    reason: str | None = None
    kept: str = ""

    @property
    def held(self) -> str:
        """The sha256 of the version that the library holds, "" where it holds none."""
        return self.sha256 if self.state == "indexed" else self.kept


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that a document says it answers: the row of the passage that answers it, and the span in the document's text."""

    document: str
    passage: int
    ask: str
    start: int
    end: int
    language: str

    @property
    def span(self) -> Span:
        """The place that answers it."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Shelved:
    """What a document is, without its text."""

    source: str
    language: str
    work: Work


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a generation holds."""

    documents: int
    works: int
    passages: int
    factors: int


def values_of(entry: Entry) -> tuple[Any, ...]:
    """A manifest entry as the row of its table."""
    return (entry.owner, entry.source, entry.sha256, entry.sidecar, entry.state, entry.size, entry.modified, entry.reason)


def manifest_from(query: Callable[[str], list[tuple[Any, ...]]]) -> list[Entry]:
    """Every line of the manifest, by owner and name, of a library file of any schema that is carried over."""
    # A generation from before there were kept versions has no table of them.
    there = query("select 1 from sqlite_master where name = 'kept'")
    kept = {(owner, source): sha for owner, source, sha in query("select owner, source, sha256 from kept")} if there else {}
    found = query("select owner, source, sha256, sidecar, state, size, modified, reason from manifest order by 1, 2")
    return [replace(Entry(*row), kept=kept.get(row[:2], "")) for row in found]


def looked_from(query: Callable[[str], list[tuple[Any, ...]]]) -> dict[str, int]:
    """When the files of each owner were last looked at, in nanoseconds, of a library file of any schema; older ones do not tell."""
    there = query("select 1 from sqlite_master where name = 'looked'")
    return dict(query("select owner, time from looked")) if there else {}


def in_parts(rows: Sequence[int]) -> Iterator[tuple[str, list[int]]]:
    """Row numbers, as many at a time as a query takes, each part with the question marks that stand for it."""
    for begin in range(0, len(rows), SQLITE_PARAMETERS):
        part = [int(row) for row in rows[begin : begin + SQLITE_PARAMETERS]]  # NumPy's numbers are none of SQLite's
        yield ",".join("?" * len(part)), part


def row_of(document: Document) -> tuple[Any, ...]:
    """A document as the row of its table."""
    pages = json.dumps([[p.number, p.label, p.start, p.end] for p in document.pages], ensure_ascii=False)
    blocks = json.dumps([[b.kind, *b.span, b.level, b.marker] for b in document.blocks], ensure_ascii=False)
    work, extraction = (json.dumps(asdict(part), ensure_ascii=False) for part in (document.work, document.extraction))
    return (
        document.sha256, document.source, document.media_type, document.language, work, document.text, pages, blocks, extraction,
    )  # fmt: skip


def document_from(row: tuple[Any, ...]) -> Document:
    """The document in a row of its table."""
    sha256, source, media_type, language, work, text, pages, blocks, extraction = row
    return Document(
        source=source, sha256=sha256, media_type=media_type, language=language, work=work_from(work), text=text,
        pages=pages_from(pages),
        blocks=tuple(Block(kind, Span(start, end), level, marker) for kind, start, end, level, marker in json.loads(blocks)),
        extraction=extraction_from(extraction),
    )  # fmt: skip


def pages_from(stored: str) -> tuple[Page, ...]:
    """The pages in their column."""
    return tuple(Page(*page) for page in json.loads(stored))


def extraction_from(stored: str) -> Extraction:
    """The extraction report in its column."""
    return Extraction(**_tupled(json.loads(stored)))


def work_from(stored: str) -> Work:
    """The work in its column."""
    data = json.loads(stored)
    data["relations"] = tuple(Relation(**relation) for relation in data["relations"])
    data["questions"] = tuple(Question(**question) for question in data["questions"])
    data["lists"] = tuple((topic, lead) for topic, lead in data["lists"])
    data["sources"] = tuple((key, what) for key, what in data["sources"])
    return Work(**_tupled(data))


def _tupled(data: dict[str, Any]) -> dict[str, Any]:
    """JSON knows no tuples; frozen results hold nothing else."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
