"""One generation: open for reading, or a draft that is being written."""

from __future__ import annotations

import copy
import json
import sqlite3
from collections.abc import Collection, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from advisor.documents.model import Document
from advisor.encoder import Vectors
from advisor.errors import IndexDamaged
from advisor.factors import Enumeration, Factor
from advisor.filters import Filter
from advisor.index.meanings import SQLITE_PARAMETERS, Meanings, Sheaf
from advisor.index.rows import Asked, Counts, Entry, Shelved, document_from, work_from
from advisor.lexicon import Analyser, Lexicon
from advisor.passages import Passage
from advisor.text import Span
from advisor.topics import EXAMPLES, KEYS, likelihood
from advisor.vectors import VectorStore

PASSAGES, QUESTIONS = "passages", "questions"  # the pools of vectors


class Generation:
    """One generation, open for reading; safe for several threads."""

    def __init__(self, path: Path, connection: sqlite3.Connection, vectors: VectorStore, translations: Any, analyser: Analyser) -> None:
        self.path = path
        self._connection = connection
        self.vectors = vectors
        self.lexicon = Lexicon(connection, analyser, translations)
        self.meanings = Meanings(connection)
        self._samples: dict[tuple[str, str], Sheaf] = {}
        self._topics: Vectors | None = None
        self.within: frozenset[str] | None = None  # the documents that pass a filter, where there is one
        self.document = lru_cache(maxsize=4096)(self._document)

    @property
    def name(self) -> str:
        """The folder's name, such as g0007."""
        return self.path.name

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Result of a reading query, whole."""
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(f"{self.path / 'library.sqlite3'} does not answer: {error}. Run 'advisor library rollback'.") from error

    def _document(self, sha256: str) -> Document:
        found = self.rows("select * from documents where sha256 = ?", sha256)
        if not found:
            raise IndexDamaged(f"Document {sha256[:16]} is not in {self.path}, though a passage names it. Ingest again.")
        return document_from(found[0])

    @cached_property
    def shelf(self) -> dict[str, Shelved]:
        """What each document is, without its text, by its sha256 and in the order of source names; loaded once."""
        found = self.rows("select sha256, source, language, work from documents order by source")
        return {sha: Shelved(source, language, work_from(json.loads(work))) for sha, source, language, work in found}

    def documents(self) -> list[Document]:
        """Every document, by source name."""
        found = [sha for (sha,) in self.rows("select sha256 from documents order by source")]
        return [self.document(sha) for sha in found if self.within is None or sha in self.within]

    def narrowed(self, only: Filter | None) -> Generation:
        """The same generation, of which only the documents that pass a filter are shown and found."""
        if not only:
            return self
        narrow = copy.copy(self)
        narrow.shelf = {sha: shelved for sha, shelved in self.shelf.items() if only.matches(shelved)}
        narrow.within = frozenset(narrow.shelf)
        return narrow

    def manifest(self) -> list[Entry]:
        """Every source file that was read or could not be read."""
        return [
            Entry(*row)
            for row in self.rows("select owner, source, sha256, sidecar, state, size, modified, reason from manifest order by 1, 2")
        ]

    def passages(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Passages by row number; rows that are not there are left out."""
        found: dict[int, Passage] = {}
        for begin in range(0, len(rows), SQLITE_PARAMETERS):
            part = rows[begin : begin + SQLITE_PARAMETERS]
            marks = ",".join("?" * len(part))
            sql = f"select row, document, start, end, section, page, language from passages where row in ({marks})"
            found.update({row[0]: Passage(*row[1:]) for row in self.rows(sql, *(int(row) for row in part))})
        return found

    def passages_of(self, sha256: str) -> list[tuple[int, Passage]]:
        """The passages of a document in order, with their row numbers."""
        sql = "select row, document, start, end, section, page, language from passages where document = ? order by start"
        return [(row[0], Passage(*row[1:])) for row in self.rows(sql, sha256)]

    def rows_of(self, documents: Collection[str]) -> NDArray[np.int32]:
        """The row numbers of all passages of documents."""
        found: list[int] = []
        names = sorted(documents)
        for begin in range(0, len(names), SQLITE_PARAMETERS):
            part = names[begin : begin + SQLITE_PARAMETERS]
            found += [row for (row,) in self.rows(f"select row from passages where document in ({','.join('?' * len(part))})", *part)]
        return np.array(found, np.int32)

    def enumerations(self, sha256: str) -> list[Enumeration]:
        """The enumerations of a document in order, each with all its factors."""
        found = []
        for number, start, end, *rest in self.rows(
            "select id, start, end, section, style, claimed, page_reference from enumerations where document = ? order by start", sha256
        ):
            items = self.rows("select position, start, end from factors where enumeration = ? order by position", number)
            factors = tuple(Factor(Span(begin, stop), position) for position, begin, stop in items)
            section, style, claimed, reference = rest
            found.append(Enumeration(Span(start, end), factors, section, style, claimed, reference))
        return found

    def asked(self, rows: Sequence[int]) -> dict[int, Asked]:
        """Questions that documents answer, by row number."""
        marks = ",".join("?" * len(rows))
        sql = f"select row, document, passage, ask, start, end, language from questions where row in ({marks})"
        return {row[0]: Asked(*row[1:]) for row in self.rows(sql, *rows)}

    def told(self, rows: Sequence[int], vector: Vectors) -> dict[int, float]:
        """For passages that are said to answer questions, the similarity of the nearest of these to the vector of a question."""
        marks = ",".join("?" * len(rows))
        passages = dict(self.rows(f"select row, passage from questions where passage in ({marks})", *rows))
        best: dict[int, float] = {}
        for row, similarity in self.meanings.similarities(QUESTIONS, list(passages), vector).items():
            best[passages[row]] = max(best.get(passages[row], 0.0), similarity)
        return best

    def question_languages(self) -> list[str]:
        """Languages in which the library has questions."""
        return [language for (language,) in self.rows("select distinct language from questions order by 1")]

    def factor_vectors(self, sha256: str) -> dict[Span, NDArray[np.float32]]:
        """Unit vectors of the list items of a document, by their spans; a dot product of two tells whether they are the same factor."""
        sql = "select factors.start, factors.end, vector from factors join enumerations on id = enumeration where document = ?"
        return {Span(start, end): np.frombuffer(blob, np.float16).astype(np.float32) for start, end, blob in self.rows(sql, sha256) if blob}

    def usual(self, pool: str, language: str, vector: Vectors) -> Vectors:
        """Similarities of a vector to a sample of the passages or questions of a language: what is usual for this question."""
        if (pool, language) not in self._samples:
            found = self.rows("select rows from samples where pool = ? and language = ?", pool, language)
            rows = np.frombuffer(found[0][0] if found else b"", np.int64)
            self._samples[pool, language] = self.meanings.sheaf(pool, rows.tolist(), len(vector))
        return self._samples[pool, language].similarities(vector)

    def topics(self, question: Vectors) -> dict[str, float]:
        """How far each topic stands out for the vector of a question, in z-scores."""
        if self._topics is None:
            found = self.rows("select vectors from topics")
            self._topics = np.frombuffer(found[0][0] if found else b"", np.float32).reshape(-1, len(question))
        return likelihood(question, self._topics)

    def fit(self, topic: str, rows: Sequence[int]) -> list[float]:
        """Similarity of passages to the nearest example of a topic."""
        if self._topics is None:
            return [0.0] * len(rows)
        examples = self._topics[[number for number, (place, _, _) in enumerate(EXAMPLES) if KEYS[place] == topic]]
        held = self.meanings.sheaf(PASSAGES, rows, examples.shape[1])
        nearest = dict(zip(held.rows, (held.whole() @ examples.T).max(1).tolist(), strict=True))
        return [nearest.get(row, 0.0) for row in rows]

    def counts(self) -> Counts:
        """How much it holds; of a narrowed one, how much passes the filter."""
        if self.within is not None:
            factors = sum(len(found.factors) for sha in self.within for found in self.enumerations(sha))
            works = {shelved.work.key for shelved in self.shelf.values()}
            return Counts(len(self.shelf), len(works), len(self.rows_of(self.within)), factors)
        (documents,), (passages,), (factors,) = (
            self.rows(f"select count(*) from {table}")[0] for table in ("documents", "passages", "factors")
        )
        ((works,),) = self.rows("select count(distinct json_extract(work, '$.key')) from documents")
        return Counts(documents, works, passages, factors)

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()
        self.vectors.close()


def connect(path: Path, options: str) -> sqlite3.Connection:
    """Open a library file; `options` is the query part of an SQLite address."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}{options}", uri=True, check_same_thread=False)
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise IndexDamaged(f"{path} does not open: {error}. Run 'advisor library rollback' or ingest again.") from error
    return connection
