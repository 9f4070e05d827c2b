"""One generation: open for reading, or a draft that is being written."""

from __future__ import annotations

import copy
import sqlite3
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from advisor.documents.model import Document, Work
from advisor.encoder import Vectors, Weighted
from advisor.errors import IndexDamaged
from advisor.factors import Enumeration, Factor
from advisor.filters import Filter
from advisor.index.interactions import Bundle, Interactions
from advisor.index.meanings import Meanings, Sheaf, nearest_of
from advisor.index.rows import Asked, Counts, Entry, Shelved, document_from, in_parts, looked_from, manifest_from, work_from
from advisor.lexicon import Analyser, Lexicon
from advisor.passages import Passage
from advisor.text import Span
from advisor.topics import EXAMPLES, KEYS, likelihood
from advisor.vectors import SAME, ServedVectors, VectorStore

T = TypeVar("T")
PASSAGES, QUESTIONS = "passages", "questions"  # the pools of vectors
SPARSE = 4  # of so many passages of the sample one is compared by its tokens
AT_HAND = 10_000  # questions of a language that are compared one by one: quicker than to ask the graph, and misses none
EXACT, WIDER = 20_000, 5  # rows under a filter that are compared one by one; how much longer a list is asked for where there are more


class Files:
    """What a generation has open."""

    def __init__(self, connection: sqlite3.Connection, vectors: VectorStore | ServedVectors) -> None:
        self.connection, self.vectors = connection, vectors
        self._open = True

    def close(self) -> None:
        """Let go of the files; a second time does nothing."""
        if self._open:
            self._open = False
            self.connection.close()
            self.vectors.close()


class Generation:
    """One generation, open for reading; safe for several threads."""

    def __init__(
        self, path: Path, connection: sqlite3.Connection, vectors: VectorStore | ServedVectors, translations: Any, analyser: Analyser
    ) -> None:
        self.path = path
        self._connection = connection
        self.vectors = vectors
        self.files = Files(connection, vectors)
        self.lexicon = Lexicon(connection, analyser, translations)
        self.meanings = Meanings(connection)
        self.interactions = Interactions(connection)
        self._samples: dict[tuple[str, str], Sheaf] = {}
        self._token_samples: dict[str, Bundle] = {}
        self._held_questions: dict[str, Sheaf | None] = {}
        self._topics: Vectors | None = None
        self._shown: dict[tuple[str, str], NDArray[np.int32]] = {}
        self.within: frozenset[str] | None = None  # the documents that pass a filter, where there is one
        self._made: dict[tuple[Any, ...], Any] = {}
        self._whole: Generation | None = None  # what this one was narrowed from
        # A generation never changes, and one answer asks for the same several times: what is read stays for a while.
        self.document = lru_cache(maxsize=4096)(self._document)
        self.enumerations = lru_cache(maxsize=4096)(self._enumerations)
        self.rows_under = lru_cache(maxsize=8)(self._rows_under)
        self._nearest = lru_cache(maxsize=256)(self._found_nearest)
        self._spreads = lru_cache(maxsize=256)(self._measured)
        self._narrow = lru_cache(maxsize=8)(self._narrowed)  # a conversation keeps its filter, whose rows are read once

    @property
    def name(self) -> str:
        """The folder's name, such as g0007."""
        return self.path.name

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Result of a reading query, whole."""
        return rows_of(self.path, self._connection, sql, *values)

    def made_of(self, make: Callable[[Any], T], stored: Any) -> T:
        """What a column or row stands for; raises IndexDamaged where it holds something else than was written."""
        try:
            return make(stored)
        except (TypeError, ValueError, KeyError) as error:
            raise IndexDamaged(
                f"{self.path / 'library.sqlite3'} is not what was written: {error}. Run 'advisor library rollback'."
            ) from error

    def _document(self, sha256: str) -> Document:
        found = self.rows("select * from documents where sha256 = ?", sha256)
        if not found:
            raise IndexDamaged(f"Document {sha256[:16]} is not in {self.path}, though a passage names it. Ingest again.")
        return self.made_of(document_from, found[0])

    @cached_property
    def shelf(self) -> dict[str, Shelved]:
        """What each document is, without its text, by its sha256 and in the order of source names; loaded once."""
        found = self.rows("select sha256, source, language, work from documents order by source")
        return {sha: Shelved(source, language, self.made_of(work_from, work)) for sha, source, language, work in found}

    @cached_property
    def _holders(self) -> tuple[tuple[str, ...], NDArray[np.int32]]:
        """The documents of passages, shown or not, and for each row of a passage the number of its document; loaded once."""
        found = self.rows("select row, document from passages")
        numbers: dict[str, int] = {}
        holders = np.zeros(max((row for row, _ in found), default=0) + 1, np.int32)
        for row, document in found:
            holders[row] = numbers.setdefault(document, len(numbers))
        return tuple(numbers), holders

    @property
    def holders(self) -> tuple[str, ...]:
        """The sha256 of every document that holds passages, shown or not: its place is its number."""
        return self._holders[0]

    def holders_of(self, rows: NDArray[np.int64]) -> NDArray[np.int32]:
        """The numbers of the documents of passages, by the passages' row numbers."""
        _, holders = self._holders
        if len(rows) and int(rows.max()) >= len(holders):
            raise IndexDamaged(f"{self.path} has lost passage {int(rows.max())}, which it finds. Run 'advisor library rollback'.")
        return holders[rows]

    def once(self, make: Callable[..., T], *given: str) -> T:
        """What a function makes of this generation, which never changes, and of some words; made when it is first asked for."""
        if (make, *given) not in self._made:
            self._made[make, *given] = make(self, *given)
        made: T = self._made[make, *given]
        return made

    def works(self) -> dict[str, Work]:
        """All works of the library by key, without any text; also those that a filter hides, after which others are quoted."""
        return {shelved.work.key: shelved.work for shelved in (self._whole or self).shelf.values()}

    def documents(self) -> list[Document]:
        """Every document, by source name."""
        found = [sha for (sha,) in self.rows("select sha256 from documents order by source")]
        return [self.document(sha) for sha in found if self.within is None or sha in self.within]

    def narrowed(self, only: Filter | None) -> Generation:
        """The same generation, of which only the documents that pass a filter are shown and found."""
        return self._narrow(only) if only else self

    def _narrowed(self, only: Filter) -> Generation:
        narrow = copy.copy(self)
        narrow._narrow = lru_cache(maxsize=8)(narrow._narrowed)
        narrow._whole = self
        narrow.shelf = {sha: shelved for sha, shelved in self.shelf.items() if only.matches(shelved)}
        narrow.within, narrow._shown, narrow._made = frozenset(narrow.shelf), {}, {}
        return narrow

    def manifest(self) -> list[Entry]:
        """Every source file that was read or could not be read."""
        return manifest_from(self.rows)

    def looked(self) -> dict[str, int]:
        """When the files of each owner were last looked at, in nanoseconds; nothing where an earlier version did not note it."""
        return looked_from(self.rows)

    def passages(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Passages by row number; rows that are not there are left out."""
        found: dict[int, Passage] = {}
        for marks, part in in_parts(rows):
            sql = f"select row, document, start, end, section, page, language from passages where row in ({marks})"
            found.update({row[0]: Passage(*row[1:]) for row in self.rows(sql, *part)})
        return found

    def _rows_under(self, sections: tuple[str, ...]) -> NDArray[np.int32]:
        """Rows of the passages under headings that end in one of these words."""
        marks = " or ".join("section like ?" for _ in sections)
        found = self.rows(f"select row from passages where {marks}", *(f"%{section}" for section in sections))
        return np.array([row for (row,) in found], np.int32)

    def passages_of(self, sha256: str) -> list[tuple[int, Passage]]:
        """The passages of a document in order, with their row numbers."""
        sql = "select row, document, start, end, section, page, language from passages where document = ? order by start"
        return [(row[0], Passage(*row[1:])) for row in self.rows(sql, sha256)]

    def _enumerations(self, sha256: str) -> tuple[Enumeration, ...]:
        """The enumerations of a document in order, each with all its factors."""
        found = []
        for number, start, end, *rest in self.rows(
            "select id, start, end, section, style, claimed, page_reference from enumerations where document = ? order by start", sha256
        ):
            items = self.rows("select position, start, end from factors where enumeration = ? order by position", number)
            factors = tuple(Factor(Span(begin, stop), position) for position, begin, stop in items)
            section, style, claimed, reference = rest
            found.append(Enumeration(Span(start, end), factors, section, style, claimed, reference))
        return tuple(found)

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

    @cached_property
    def question_languages(self) -> tuple[str, ...]:
        """Languages in which the library has questions; loaded once."""
        return tuple(language for (language,) in self.rows("select distinct language from questions order by 1"))

    def factor_vectors(self, sha256: str) -> dict[Span, NDArray[np.float32]]:
        """Unit vectors of the list items of a document, by their spans; a dot product of two tells whether they are the same factor."""
        sql = "select factors.start, factors.end, vector from factors join enumerations on id = enumeration where document = ?"
        return {Span(start, end): np.frombuffer(blob, np.float16).astype(np.float32) for start, end, blob in self.rows(sql, sha256) if blob}

    def nearest(self, pool: str, language: str, vector: Vectors, k: int) -> Sequence[tuple[int, float]]:
        """The k rows of a pool ("passages" or "questions") of a language nearest to a vector, with their cosines, best first."""
        shown = self.shown(pool, language)
        if shown is None:
            return self._nearest(pool, language, vector.tobytes(), k)
        if len(shown) > EXACT:  # a filter that leaves much in: what it leaves out is struck from a longer list
            few = set(shown.tolist())
            return [(row, near) for row, near in self._nearest(pool, language, vector.tobytes(), WIDER * k) if row in few][:k]
        return nearest_of(self.meanings.sheaf(pool, shown.tolist(), len(vector)), vector, k)

    def shown(self, pool: str, language: str) -> NDArray[np.int32] | None:
        """The rows of a pool and language that pass the filter; None where there is no filter."""
        if self.within is None:
            return None
        if (pool, language) not in self._shown:
            found = self.rows(f"select row, document from {pool} where language = ? order by row", language)
            self._shown[pool, language] = np.array([row for row, document in found if document in self.within], np.int32)
        return self._shown[pool, language]

    def _found_nearest(self, pool: str, language: str, vector: bytes, k: int) -> tuple[tuple[int, float], ...]:
        asked = np.frombuffer(vector, np.float32)
        held = self._at_hand(language, len(asked)) if pool == QUESTIONS else None
        return tuple(nearest_of(held, asked, k) if held else self.vectors.nearest(f"{pool}-{language}", asked, k))

    def _at_hand(self, language: str, dimension: int) -> Sheaf | None:
        """The vectors of all questions of a language; None where they are too many."""
        if language not in self._held_questions:
            found = self.rows("select row from questions where language = ? order by row limit ?", language, AT_HAND + 1)
            rows = [row for (row,) in found]
            self._held_questions[language] = self.meanings.sheaf(QUESTIONS, rows, dimension) if len(rows) <= AT_HAND else None
        return self._held_questions[language]

    def answers(self, name: str, row: int, vector: Vectors) -> bool:
        """True where a row of a collection, such as passages-de, or one just like it is found when it is asked for by its own vector."""
        near = self.vectors.nearest(name, vector, 5)
        return bool(near) and (row in dict(near) or near[0][1] >= SAME)

    def usual(self, pool: str, language: str, vector: Vectors) -> tuple[float, float]:
        """Mean and spread of the similarities of a vector to a sample of a pool: what is usual for this question."""
        return self._spreads(pool, language, vector.tobytes())

    def _measured(self, pool: str, language: str, vector: bytes) -> tuple[float, float]:
        asked = np.frombuffer(vector, np.float32)
        if (pool, language) not in self._samples:
            self._samples[pool, language] = self.meanings.sheaf(pool, self._sampled(pool, language), len(asked))
        similarities = self._samples[pool, language].similarities(asked)
        return (float(similarities.mean()), float(similarities.std())) if len(similarities) else (0.0, 0.0)

    def usual_closeness(self, language: str, question: Weighted) -> tuple[float, float]:
        """Mean and spread of the closeness of a question to a sample of the passages of a language."""
        if language not in self._token_samples:
            rows = self._sampled(PASSAGES, language)[::SPARSE]
            self._token_samples[language] = self.interactions.bundle(rows, question.tokens.shape[1])
        closeness = self._token_samples[language].closeness(question)
        return (float(closeness.mean()), float(closeness.std())) if len(closeness) else (0.0, 0.0)

    def _sampled(self, pool: str, language: str) -> list[int]:
        found = self.rows("select rows from samples where pool = ? and language = ?", pool, language)
        rows: list[int] = np.frombuffer(found[0][0] if found else b"", np.int64).tolist()
        return rows

    def topics(self, question: Vectors) -> dict[str, float]:
        """How far each topic stands out for the vector of a question, in z-scores."""
        examples = self._examples()
        return likelihood(question, examples) if len(examples) else {}

    def _examples(self) -> NDArray[np.float32]:
        """Vectors of the examples of all topics, in their order; shape (0, 0) where there are none."""
        if self._topics is None:
            found = self.rows("select vectors from topics")
            self._topics = np.frombuffer(found[0][0], np.float32).reshape(len(EXAMPLES), -1) if found else np.zeros((0, 0), np.float32)
            if not (np.abs(self._topics) < 2).all():  # they are unit vectors; false for what is no number, too
                raise IndexDamaged(f"The topics in {self.path} are not what was written. Run 'advisor library rollback' or ingest again.")
        return self._topics

    def fit(self, topic: str, rows: Sequence[int]) -> list[float]:
        """Similarity of passages to the nearest example of a topic."""
        if not len(self._examples()):
            return [0.0] * len(rows)
        examples = self._examples()[[number for number, (place, _, _) in enumerate(EXAMPLES) if KEYS[place] == topic]]
        held = self.meanings.sheaf(PASSAGES, rows, examples.shape[1])
        nearest = dict(zip(held.rows, (held.whole() @ examples.T).max(1).tolist(), strict=True))
        return [nearest.get(row, 0.0) for row in rows]

    def counts(self) -> Counts:
        """How much it holds; of a narrowed one, how much passes the filter."""
        if self.within is not None:
            factors = sum(len(found.factors) for sha in self.within for found in self.enumerations(sha))
            works = {shelved.work.key for shelved in self.shelf.values()}
            passages = sum(len(self.passages_of(sha)) for sha in self.within)
            return Counts(len(self.shelf), len(works), passages, factors)
        (documents,), (passages,), (factors,) = (
            self.rows(f"select count(*) from {table}")[0] for table in ("documents", "passages", "factors")
        )
        ((works,),) = self.rows("select count(distinct json_extract(work, '$.key')) from documents")
        return Counts(documents, works, passages, factors)

    def close(self) -> None:
        """Let go of the files."""
        self.files.close()


def connect(path: Path, options: str) -> sqlite3.Connection:
    """Open a library file; `options` is the query part of an SQLite address."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}{options}", uri=True, check_same_thread=False)
        connection.execute("select count(*) from sqlite_master").fetchone()
    except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite quotes damaged bytes of a schema in its message
        raise IndexDamaged(f"{path} does not open: {error}. Run 'advisor library rollback' or ingest again.") from error
    return connection


def rows_of(path: Path, connection: sqlite3.Connection, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Result of a reading query to the library of a generation, whole; raises IndexDamaged where that does not answer."""
    try:
        return connection.execute(sql, values).fetchall()
    except sqlite3.DatabaseError as error:
        raise IndexDamaged(f"{path / 'library.sqlite3'} does not answer: {error}. Run 'advisor library rollback'.") from error
