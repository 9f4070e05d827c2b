"""The next generation while it is written."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from advisor.documents.model import Document
from advisor.encoder import Encoded, Encoder, Vectors
from advisor.errors import IndexDamaged
from advisor.factors import Enumeration
from advisor.index.generation import PASSAGES, QUESTIONS, Generation
from advisor.index.rows import SCHEMA, Asked, Entry, row_of, values_of
from advisor.index.unfinished import Unfinished, Vectored
from advisor.passages import Passage, parts
from advisor.topics import EXAMPLES

SAMPLE = 512  # passages per language from which mean and spread of similarities are taken
Encoding = Callable[[int, int, str], None]
CHUNK = 1024  # passages that are encoded at a time: a bound on memory
PIECE = 128  # passages between two words on how far it is: a few seconds' work
# Topics' vectors by encoder and wording: whoever makes several libraries encodes the examples once.
_TOPICS: dict[tuple[str, str], bytes] = {}


class Draft(Generation):
    """The next generation while it is written; becomes readable by `publish` alone.

    `encoding` is called, in any thread, with how many of how many passages have their vectors, and the word "passages". How many there
    will be is judged by `expected`, the characters of all documents that are to come, until the last of them is split. What a stopped
    writer had encoded is taken from `unfinished`.
    """

    encoding: Encoding = staticmethod(lambda done, total, what: None)
    unfinished: Unfinished | None = None
    expected = 0
    _split = _characters = _done = 0  # passages and characters that are split by now, and passages that have vectors

    def write(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """One writing statement."""
        return self._connection.execute(sql, values)

    def record(self, entry: Entry) -> None:
        """Put a line into the manifest, in place of an earlier one for the same file."""
        self.forget(entry.owner, entry.source)
        self.write("insert into manifest values (?, ?, ?, ?, ?, ?, ?, ?)", *values_of(entry))
        if entry.kept:
            self.write("insert into kept values (?, ?, ?)", entry.owner, entry.source, entry.kept)

    def forget(self, owner: str, source: str) -> None:
        """Take a line out of the manifest."""
        for table in ("manifest", "kept"):
            self.write(f"delete from {table} where owner = ? and source = ?", owner, source)

    def replace(self, removed: Collection[str], added: Iterable[Parted], encoder: Encoder) -> None:
        """Take documents out by sha256 and put documents in, with their passages, factors, vectors and postings.

        Of what is added, only a few documents are in memory at a time.
        """
        self._take_out(removed)
        for task, encoded in _encoded(self._tasks(added, encoder), encoder, self._count):
            task.keep(task.jobs, encoded)
            self._connection.commit()  # what is encoded by now is there for the next writer if this one is killed

    def _count(self, more: int) -> None:
        """Tell that so many more passages have their vectors."""
        self._done += more
        share = self._characters / self.expected if self.expected else 1.0
        self.encoding(self._done, max(self._split, round(self._split / share)) if share else self._split, PASSAGES)

    def _take_out(self, removed: Collection[str]) -> None:
        gone = {
            row: (self._worded(self.document(sha), passage), passage.language) for sha in removed for row, passage in self.passages_of(sha)
        }
        for sha in removed:
            self._delete(sha)
        self.lexicon.remove(gone)

    def _tasks(self, added: Iterable[Parted], encoder: Encoder) -> Iterator[Task]:
        """Store documents, some at a time, and give out what is to be encoded of them."""
        for batch in _batches(added):
            new: dict[int, tuple[Document, Passage]] = {}
            for document, passages, enumerations in batch:
                rows = self._insert(document, passages, enumerations)
                new.update(zip(rows, ((document, passage) for passage in passages), strict=True))
            self.lexicon.add({row: (self._worded(*held), held[1].language) for row, held in new.items()})
            documents = [document for document, _, _ in batch]
            self._split, self._characters = self._split + len(new), self._characters + sum(len(document.text) for document in documents)
            known = self._taken_over(new, self.unfinished, encoder.dimension) if self.unfinished else {}
            jobs = [Job(row, _read_of(*held), held[1].language) for row, held in new.items() if row not in known]
            yield from _chunked(jobs, partial(self._keep_passages, new), counted=True)
            yield from _chunked(self._questions(documents), self._keep_questions)
            places: list[tuple[int, int]] = []
            yield from _chunked(self._items(documents, places), partial(self._keep_items, places))

    def _keep_passages(self, new: Mapping[int, tuple[Document, Passage]], jobs: Sequence[Job], encoded: Sequence[Encoded]) -> None:
        """Vectors of passages, in Chroma and, with those of their sentences and tokens, in SQLite."""
        kept = {job.row: _without_head(each.vectors, *new[job.row]) for job, each in zip(jobs, encoded, strict=True)}
        self.meanings.add(PASSAGES, kept)
        self.interactions.add({job.row: each.tokens for job, each in zip(jobs, encoded, strict=True)})
        self._into_graph(new, {row: vectors[0] for row, vectors in kept.items()})

    def _into_graph(self, new: Mapping[int, tuple[Document, Passage]], vectors: Mapping[int, Vectors]) -> None:
        """Vectors of passages, each of the whole, into Chroma."""
        for language in sorted({new[row][1].language for row in vectors}):
            rows = [row for row in vectors if new[row][1].language == language]
            whole = np.stack([vectors[row] for row in rows])
            self.vectors.add(
                f"{PASSAGES}-{language}", rows, whole, [_metadata(*new[row]) for row in rows], [_text(*new[row]) for row in rows]
            )

    def _taken_over(self, new: Mapping[int, tuple[Document, Passage]], unfinished: Unfinished, dimension: int) -> Mapping[int, Vectored]:
        """Keep what a stopped writer had encoded of passages; returns it by row."""
        known: dict[int, Vectored] = {}
        for document in {document.sha256: document for document, _ in new.values()}.values():
            rows = [row for row, (holder, _) in new.items() if holder.sha256 == document.sha256]
            known |= {rows[at]: one for at, one in unfinished.passages(document, [new[row][1] for row in rows], dimension).items()}
        self.meanings.add_packed(PASSAGES, {row: one.vectors for row, one in known.items()})
        self.interactions.add_packed({row: one.tokens for row, one in known.items() if one.tokens})
        self._into_graph(new, {row: one.whole for row, one in known.items()})
        self._count(len(known))
        return known

    def _items(self, documents: Sequence[Document], places: list[tuple[int, int]]) -> list[Job]:
        """Two texts of every list item without a vector, the whole item and its key word; puts their places in order into `places`."""
        jobs: list[Job] = []
        for document in documents:
            sql = "select enumeration, position, factors.start, factors.end from factors join enumerations on id = enumeration"
            known = self.unfinished.items(document) if self.unfinished else {}
            for enumeration, position, start, end in self.rows(f"{sql} where document = ?", document.sha256):
                if (start, end) in known:
                    self._keep_item(enumeration, position, known[start, end])
                    continue
                item = document.text[start:end]
                jobs += [Job(len(places), (text,), document.language) for text in (item, item.partition(":")[0])]
                places.append((enumeration, position))
        return jobs

    def _keep_items(self, places: Sequence[tuple[int, int]], jobs: Sequence[Job], encoded: Sequence[Encoded]) -> None:
        """Vectors of list items, half the whole item, half its key word, by which the same factor is known again in other works."""
        for at in range(0, len(jobs), 2):
            vector = np.concatenate([encoded[at].vectors[0], encoded[at + 1].vectors[0]]) * np.float32(0.5**0.5)
            self._keep_item(*places[jobs[at].row], vector.astype(np.float16).tobytes())

    def _keep_item(self, enumeration: int, position: int, vector: bytes) -> None:
        self.write("update factors set vector = ? where enumeration = ? and position = ?", vector, enumeration, position)

    def _questions(self, documents: Sequence[Document]) -> list[Job]:
        """Store the questions that documents answer; one whose place is not in the text is left out."""
        jobs = []
        for document in documents:
            for asked in self._places(document):
                values = (asked.document, asked.passage, asked.ask, asked.start, asked.end, asked.language)
                sql = "insert into questions(document, passage, ask, start, end, language) values (?, ?, ?, ?, ?, ?)"
                jobs.append(Job(int(self.write(sql, *values).lastrowid or 0), (asked.ask,), asked.language))
        return jobs

    def _keep_questions(self, jobs: Sequence[Job], encoded: Sequence[Encoded]) -> None:
        """Vectors of questions, in Chroma and in SQLite."""
        kept = {job.row: each.vectors[:1] for job, each in zip(jobs, encoded, strict=True)}
        self.meanings.add(QUESTIONS, kept)
        for language in sorted({job.language for job in jobs}):
            mine = [job for job in jobs if job.language == language]
            whole = np.stack([kept[job.row][0] for job in mine])
            texts = [job.parts[0] for job in mine]
            self.vectors.add(f"{QUESTIONS}-{language}", [job.row for job in mine], whole, [{"language": language}] * len(mine), texts)

    def _places(self, document: Document) -> Iterator[Asked]:
        passages = self.passages_of(document.sha256)
        for question in document.work.questions:
            start = document.text.find(question.quote)
            rows = [row for row, passage in passages if passage.start <= start < passage.end]
            if start >= 0 and rows:
                yield Asked(document.sha256, rows[0], question.ask, start, start + len(question.quote), document.language)

    @staticmethod
    def _worded(document: Document, passage: Passage) -> str:
        """What the lexicon reads of a passage: also the questions that it is said to answer, for the words that people use."""
        piece = passage.span.of(document.text)
        asked = (question.ask for question in document.work.questions if question.quote in piece)
        return "\n".join([*_head(document, passage), piece, *asked])

    def _insert(self, document: Document, passages: Sequence[Passage], enumerations: Sequence[Enumeration]) -> list[int]:
        """Store a document with its passages and lists; returns the row numbers of the passages."""
        self.write("insert or replace into documents values (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row_of(document))
        rows = []
        for passage in passages:
            cursor = self.write(
                "insert into passages(document, start, end, section, page, language) values (?, ?, ?, ?, ?, ?)",
                passage.document, passage.start, passage.end, passage.section, passage.page, passage.language,
            )  # fmt: skip
            rows.append(int(cursor.lastrowid or 0))
        for found in enumerations:
            number = self.write(
                "insert into enumerations(document, start, end, section, style, claimed, page_reference) values (?, ?, ?, ?, ?, ?, ?)",
                document.sha256, *found.lead, found.section, found.style, found.claimed, found.page_reference,
            ).lastrowid  # fmt: skip
            for factor in found.factors:
                self.write("insert into factors values (?, ?, ?, ?, null)", number, factor.position, *factor.span)
        self.forget_cached()
        return rows

    def _delete(self, sha256: str) -> None:
        for pool in (PASSAGES, QUESTIONS):
            held: dict[str, list[int]] = {}
            for row, language in self.rows(f"select row, language from {pool} where document = ?", sha256):
                held.setdefault(language, []).append(row)
            for language, rows in held.items():
                self.vectors.remove(f"{pool}-{language}", rows)
                self.meanings.remove(pool, rows)
                if pool == PASSAGES:
                    self.interactions.remove(rows)
        self.write("delete from factors where enumeration in (select id from enumerations where document = ?)", sha256)
        for table in ("enumerations", "passages", "questions"):
            self.write(f"delete from {table} where document = ?", sha256)
        self.write("delete from documents where sha256 = ?", sha256)
        self.forget_cached()

    def forget_cached(self) -> None:
        """Read again what was read before a change."""
        self.document.cache_clear()
        self.enumerations.cache_clear()
        self._made.clear()
        for name in ("shelf", "_holders"):
            self.__dict__.pop(name, None)

    def finish(self, encoder: Encoder) -> None:
        """Take the samples, write the stamp, and check the whole by asking for passages known to be there."""
        self.forget_cached()
        self.lexicon.write()
        self.vectors.settle()
        self.write("delete from samples")
        for pool in (PASSAGES, QUESTIONS):
            for (language,) in self.rows(f"select distinct language from {pool} order by 1"):
                self._sample(
                    pool, language, [row for (row,) in self.rows(f"select row from {pool} where language = ? order by row", language)]
                )
        self._store_topics(encoder)
        self._connection.commit()
        stamp = {"schema": SCHEMA, "encoder": encoder.name, "fingerprint": encoder.fingerprint, "dimension": encoder.dimension}
        stamp |= {"made": time.strftime("%Y-%m-%dT%H:%M:%S%z"), "counts": asdict(self.counts())}
        (self.path / "stamp.json").write_text(json.dumps(stamp, indent=2) + "\n", "utf-8")

    def _store_topics(self, encoder: Encoder) -> None:
        """The vectors of the topics' examples; made once for each wording."""
        texts, languages = [text for _, _, text in EXAMPLES], [language for _, language, _ in EXAMPLES]
        wording = hashlib.sha256("|".join(texts).encode()).hexdigest()
        if not self.rows("select 1 from topics where examples = ?", wording):
            self.write("delete from topics")
            key = encoder.fingerprint, wording
            made = _TOPICS[key] = _TOPICS.get(key) or encoder.encode_passages(texts, languages).tobytes()
            self.write("insert into topics values (?, ?)", wording, made)

    def _sample(self, pool: str, language: str, rows: list[int]) -> None:
        """Choose a sample of a pool, after a check that both stores hold its vectors."""
        chosen = [rows[int(at)] for at in np.linspace(0, len(rows) - 1, min(SAMPLE, len(rows)))]
        self._check(pool, language, chosen)
        self.write("insert or replace into samples values (?, ?, ?)", pool, language, np.array(chosen, np.int64).tobytes())

    def _check(self, pool: str, language: str, rows: list[int]) -> None:
        stored = self.vectors.vectors(f"{pool}-{language}", rows)
        held = set(self.meanings.sheaf(pool, rows, len(next(iter(stored.values()), ()))).rows) if stored else set()
        missing = [row for row in rows if row not in stored or row not in held]
        if not missing:
            name, asked = f"{pool}-{language}", rows[:: max(1, len(rows) // 16)]
            lost = [row for row in asked if not self.answers(name, row, stored[row])]
            if lost:  # a graph may lose sight of a row when others are put in; put in again, it is found
                self.vectors.mend(name, lost)
            missing = [row for row in lost if not self.answers(name, row, stored[row])]
        if missing:
            raise IndexDamaged(
                f"The new generation lost {len(missing)} vectors of {pool}-{language} on its check; the current one stays in use."
            )


class Job(NamedTuple):
    """A text to be encoded, in parts, for a row."""

    row: int
    parts: tuple[str, ...]
    language: str


class Task(NamedTuple):
    """Texts to be encoded, and what keeps their vectors."""

    jobs: Sequence[Job]
    keep: Callable[[Sequence[Job], Sequence[Encoded]], None]
    counted: bool


Parted = tuple[Document, Sequence[Passage], Sequence[Enumeration]]


def _batches(added: Iterable[Parted]) -> Iterator[list[Parted]]:
    """Documents in batches of as many passages as are encoded at a time, or a few more."""
    batch: list[Parted] = []
    passages = 0
    for one in added:
        batch.append(one)
        passages += len(one[1])
        if passages >= CHUNK:
            yield batch
            batch, passages = [], 0
    if batch:
        yield batch


def _chunked(jobs: Sequence[Job], keep: Callable[[Sequence[Job], Sequence[Encoded]], None], counted: bool = False) -> Iterator[Task]:
    for begin in range(0, len(jobs), CHUNK):
        yield Task(jobs[begin : begin + CHUNK], keep, counted)


def _encoded(tasks: Iterable[Task], encoder: Encoder, count: Callable[[int], None]) -> Iterator[tuple[Task, list[Encoded]]]:
    """The tasks with their vectors; while one is encoded, the caller stores the last, and the next is made ready."""
    stop = threading.Event()  # set by whoever gives up: what is under way would take half a minute

    def encoded(task: Task) -> list[Encoded]:
        found: list[Encoded] = []
        if task.counted:
            count(0)
        for at in range(0, len(task.jobs), PIECE):
            if stop.is_set():
                break
            piece = task.jobs[at : at + PIECE]
            found += encoder.encode_parted([job.parts for job in piece], [job.language for job in piece])
            if task.counted:
                count(len(piece))
        return found

    with ThreadPoolExecutor(1) as ahead:
        pending: tuple[Task, Future[list[Encoded]]] | None = None
        try:
            for task in tasks:
                future = ahead.submit(encoded, task)
                if pending:
                    yield pending[0], pending[1].result()
                pending = task, future
            if pending:
                yield pending[0], pending[1].result()
        finally:
            stop.set()


def _head(document: Document, passage: Passage) -> list[str]:
    """Title and section, what a passage is read under."""
    return list(dict.fromkeys(filter(None, (document.work.title, passage.section))))


def _read_of(document: Document, passage: Passage) -> tuple[str, ...]:
    """What the encoder reads of a passage: title, section, sentences."""
    return (*_head(document, passage), *(span.of(document.text) for span in parts(document, passage)))


def _without_head(vectors: Vectors, document: Document, passage: Passage) -> Vectors:
    """The vectors of a passage and its sentences, without those of title and section."""
    return np.concatenate([vectors[:1], vectors[1 + len(_head(document, passage)) :]])


def _text(document: Document, passage: Passage) -> str:
    return passage.span.of(document.text)


def _metadata(document: Document, passage: Passage) -> dict[str, Any]:
    work = document.work
    data = {
        "passage": passage.id,
        "document": passage.document,
        "source": document.source,
        "work": work.key,
        "language": passage.language,
        "page": passage.page,
    }
    return {name: value for name, value in {**data, "year": work.year, "section": passage.section}.items() if value is not None}
