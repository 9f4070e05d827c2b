"""One generation: open for reading, or a draft that is being written."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from advisor.documents.model import Document
from advisor.encoder import Encoder, Vectors
from advisor.errors import IndexDamaged
from advisor.factors import Enumeration, Factor
from advisor.index.rows import SCHEMA, Asked, Counts, Entry, document_from, row_of, values_of
from advisor.lexicon import Analyser, Lexicon
from advisor.passages import Passage
from advisor.text import Span
from advisor.topics import EXAMPLES, KEYS, likelihood
from advisor.vectors import VectorStore

SAMPLE = 1024  # passages per language from which mean and spread of similarities are taken


class Generation:
    """One generation, open for reading; safe for several threads."""

    def __init__(self, path: Path, connection: sqlite3.Connection, vectors: VectorStore, translations: Any, analyser: Analyser) -> None:
        self.path = path
        self._connection = connection
        self.vectors = vectors
        self.lexicon = Lexicon(connection, analyser, translations)
        self._samples: dict[str, Vectors] = {}
        self._topics: Vectors | None = None
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

    def documents(self) -> list[Document]:
        """Every document, by source name."""
        return [self.document(sha) for (sha,) in self.rows("select sha256 from documents order by source")]

    def manifest(self) -> list[Entry]:
        """Every source file that was read or could not be read."""
        return [
            Entry(*row)
            for row in self.rows("select owner, source, sha256, sidecar, state, size, modified, reason from manifest order by 1, 2")
        ]

    def passages(self, rows: Sequence[int]) -> dict[int, Passage]:
        """Passages by row number; rows that are not there are left out."""
        found: dict[int, Passage] = {}
        for begin in range(0, len(rows), 900):  # SQLite's bound on host parameters was 999 for long
            part = rows[begin : begin + 900]
            marks = ",".join("?" * len(part))
            sql = f"select row, document, start, end, section, page, language from passages where row in ({marks})"
            found.update({row[0]: Passage(*row[1:]) for row in self.rows(sql, *(int(row) for row in part))})
        return found

    def passages_of(self, sha256: str) -> list[tuple[int, Passage]]:
        """The passages of a document in order, with their row numbers."""
        sql = "select row, document, start, end, section, page, language from passages where document = ? order by start"
        return [(row[0], Passage(*row[1:])) for row in self.rows(sql, sha256)]

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
        found = self.rows(f"select row, passage, language from questions where passage in ({marks})", *rows)
        best: dict[int, float] = {}
        for language in {language for _, _, language in found}:
            stored = self.vectors.vectors(f"questions-{language}", [row for row, _, own in found if own == language])
            for row, passage, _ in found:
                if row in stored:
                    best[passage] = max(best.get(passage, 0.0), float(stored[row] @ vector))
        return best

    def question_languages(self) -> list[str]:
        """Languages in which the library has questions."""
        return [language for (language,) in self.rows("select distinct language from questions order by 1")]

    def factor_vectors(self, sha256: str) -> dict[Span, NDArray[np.float32]]:
        """Unit vectors of the list items of a document, by their spans; a dot product of two tells whether they are the same factor."""
        sql = "select factors.start, factors.end, vector from factors join enumerations on id = enumeration where document = ?"
        return {Span(start, end): np.frombuffer(blob, np.float16).astype(np.float32) for start, end, blob in self.rows(sql, sha256) if blob}

    def similarities(self, pool: str, vector: Vectors) -> NDArray[np.float32]:
        """Similarities of a vector to a sample of a pool ("passages-de", "questions-en", …): what is usual for this question."""
        if pool not in self._samples:
            found = self.rows("select vectors from samples where pool = ?", pool)
            flat = np.frombuffer(found[0][0] if found else b"", np.float32)
            self._samples[pool] = flat.reshape(-1, len(vector))
        similarity: NDArray[np.float32] = self._samples[pool] @ vector
        return similarity

    def topics(self, question: Vectors) -> dict[str, float]:
        """How far each topic stands out for the vector of a question, in z-scores."""
        return likelihood(question, self._examples())

    def _examples(self) -> NDArray[np.float32]:
        """Vectors of the examples of all topics, in their order; shape (0, 0) where there are none."""
        if self._topics is None:
            found = self.rows("select vectors from topics")
            self._topics = np.frombuffer(found[0][0], np.float32).reshape(len(EXAMPLES), -1) if found else np.zeros((0, 0), np.float32)
        return self._topics

    def fit(self, topic: str, rows: Sequence[tuple[str, int]]) -> list[float]:
        """Similarity of passages, given as (language, row), to the nearest example of a topic."""
        if not len(self._examples()):
            return [0.0] * len(rows)
        examples = self._examples()[[number for number, (place, _, _) in enumerate(EXAMPLES) if KEYS[place] == topic]]
        stored = {}
        for language in {language for language, _ in rows}:
            stored.update(self.vectors.vectors(f"passages-{language}", [row for own, row in rows if own == language]))
        return [float((examples @ stored[row]).max()) if row in stored else 0.0 for _, row in rows]

    def counts(self) -> Counts:
        """How much it holds."""
        (documents,), (passages,), (factors,) = (
            self.rows(f"select count(*) from {table}")[0] for table in ("documents", "passages", "factors")
        )
        works = {json.loads(work)["key"] for (work,) in self.rows("select work from documents")}
        return Counts(documents, len(works), passages, factors)

    def close(self) -> None:
        """Let go of the files."""
        self._connection.close()
        self.vectors.close()


class Draft(Generation):
    """The next generation while it is written; becomes readable by `publish` alone."""

    def write(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """One writing statement."""
        return self._connection.execute(sql, values)

    def record(self, entry: Entry) -> None:
        """Put a line into the manifest, in place of an earlier one for the same file."""
        self.write("insert or replace into manifest values (?, ?, ?, ?, ?, ?, ?, ?)", *values_of(entry))

    def forget(self, owner: str, source: str) -> None:
        """Take a line out of the manifest."""
        self.write("delete from manifest where owner = ? and source = ?", owner, source)

    def replace(
        self, removed: Collection[str], added: Sequence[tuple[Document, Sequence[Passage], Sequence[Enumeration]]], encoder: Encoder
    ) -> None:
        """Take documents out by sha256 and put documents in, with their passages, factors, vectors and postings."""
        old = {row: passage for sha in removed for row, passage in self.passages_of(sha)}
        old_texts = {row: (self._worded(passage), passage.language) for row, passage in old.items()}
        for sha in removed:
            self._delete(sha)
        new: dict[int, Passage] = {}
        for document, passages, enumerations in added:
            new.update(self._insert(document, passages, enumerations))
        new_texts = {row: (self._worded(passage), passage.language) for row, passage in new.items()}
        self.lexicon.update(old_texts, new_texts)
        self._encode_factors([document for document, _, _ in added], encoder)
        self._replace_questions(removed, {passage.document for passage in new.values()}, encoder)
        for language in {passage.language for passage in [*old.values(), *new.values()]}:
            self.vectors.remove(f"passages-{language}", [row for row, passage in old.items() if passage.language == language])
            rows = [row for row, passage in new.items() if passage.language == language]
            if rows:
                vectors = encoder.encode_passages([self._headed(new[row]) for row in rows], [language] * len(rows))
                self.vectors.add(f"passages-{language}", rows, vectors, [self._metadata(new[row]) for row in rows])

    def _encode_factors(self, documents: Sequence[Document], encoder: Encoder) -> None:
        """Vectors of list items, half the whole item, half its key word, by which the same factor is known again in other works."""
        for document in documents:
            places = "enumeration, position, factors.start, factors.end"
            rows = self.rows(f"select {places} from factors join enumerations on id = enumeration where document = ?", document.sha256)
            texts = [document.text[start:end] for _, _, start, end in rows]
            if texts:
                languages = [document.language] * len(texts)
                whole = encoder.encode_passages(texts, languages)
                words = encoder.encode_passages([text.partition(":")[0] for text in texts], languages)
                for row, vector in zip(rows, np.hstack([whole, words]) * np.float32(0.5**0.5), strict=True):
                    blob = vector.astype(np.float16).tobytes()
                    self.write("update factors set vector = ? where enumeration = ? and position = ?", blob, row[0], row[1])

    def _replace_questions(self, removed: Collection[str], added: Collection[str], encoder: Encoder) -> None:
        """The questions of documents go and come with them; a question whose place is not in the text is left out."""
        for sha in removed:
            for row, language in self.rows("select row, language from questions where document = ?", sha):
                self.vectors.remove(f"questions-{language}", [row])
            self.write("delete from questions where document = ?", sha)
        fresh: dict[str, list[tuple[int, str]]] = {}
        for sha in added:
            document = self.document(sha)
            for asked in self._places(document):
                values = (asked.document, asked.passage, asked.ask, asked.start, asked.end, asked.language)
                row = self.write(
                    "insert into questions(document, passage, ask, start, end, language) values (?, ?, ?, ?, ?, ?)", *values
                ).lastrowid
                fresh.setdefault(document.language, []).append((int(row or 0), asked.ask))
        for language, pairs in fresh.items():
            vectors = encoder.encode_passages([ask for _, ask in pairs], [language] * len(pairs))
            self.vectors.add(f"questions-{language}", [row for row, _ in pairs], vectors, [{"question": ask} for _, ask in pairs])

    def _places(self, document: Document) -> Iterator[Asked]:
        passages = self.passages_of(document.sha256)
        for question in document.work.questions:
            start = document.text.find(question.quote)
            rows = [row for row, passage in passages if passage.start <= start < passage.end]
            if start >= 0 and rows:
                yield Asked(document.sha256, rows[0], question.ask, start, start + len(question.quote), document.language)

    def _worded(self, passage: Passage) -> str:
        """What the lexicon reads of a passage: also the questions that it is said to answer, for the words that people use."""
        document = self.document(passage.document)
        piece = passage.span.of(document.text)
        return "\n".join([self._headed(passage), *(question.ask for question in document.work.questions if question.quote in piece)])

    def _headed(self, passage: Passage) -> str:
        """What the encoder reads of a passage: title, section, text."""
        document = self.document(passage.document)
        return "\n".join(dict.fromkeys(filter(None, (document.work.title, passage.section, passage.span.of(document.text)))))

    def _metadata(self, passage: Passage) -> dict[str, Any]:
        work = self.document(passage.document).work
        data = {"passage": passage.id, "document": passage.document, "work": work.key, "language": passage.language, "page": passage.page}
        return {name: value for name, value in {**data, "year": work.year, "section": passage.section}.items() if value is not None}

    def _insert(self, document: Document, passages: Sequence[Passage], enumerations: Sequence[Enumeration]) -> dict[int, Passage]:
        self.write("insert or replace into documents values (?, ?, ?, ?, ?, ?, ?, ?, ?)", *row_of(document))
        self.document.cache_clear()
        rows = {}
        for passage in passages:
            cursor = self.write(
                "insert into passages(document, start, end, section, page, language) values (?, ?, ?, ?, ?, ?)",
                passage.document, passage.start, passage.end, passage.section, passage.page, passage.language,
            )  # fmt: skip
            rows[int(cursor.lastrowid or 0)] = passage
        for found in enumerations:
            number = self.write(
                "insert into enumerations(document, start, end, section, style, claimed, page_reference) values (?, ?, ?, ?, ?, ?, ?)",
                document.sha256, *found.lead, found.section, found.style, found.claimed, found.page_reference,
            ).lastrowid  # fmt: skip
            for factor in found.factors:
                self.write("insert into factors values (?, ?, ?, ?, null)", number, factor.position, *factor.span)
        return rows

    def _delete(self, sha256: str) -> None:
        self.write("delete from factors where enumeration in (select id from enumerations where document = ?)", sha256)
        for table in ("enumerations", "passages"):
            self.write(f"delete from {table} where document = ?", sha256)
        self.write("delete from documents where sha256 = ?", sha256)

    def finish(self, encoder: Encoder) -> None:
        """Take the samples, write the stamp, and check the whole by asking for passages known to be there."""
        self.document.cache_clear()
        for language in self.lexicon.languages:
            self._sample(f"passages-{language}", self.lexicon.rows(language).tolist())
        for language in self.question_languages():
            self._sample(f"questions-{language}", [row for (row,) in self.rows("select row from questions where language = ?", language)])
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
            self.write("insert into topics values (?, ?)", wording, encoder.encode_passages(texts, languages).tobytes())

    def _sample(self, pool: str, rows: list[int]) -> None:
        """Store the vectors of a sample of a pool, after a check that the pool holds them."""
        chosen = [rows[int(at)] for at in np.linspace(0, len(rows) - 1, min(SAMPLE, len(rows)))]
        stored = self.vectors.vectors(pool, chosen)
        self._check(pool, chosen, stored)
        self.write("insert or replace into samples values (?, ?)", pool, np.stack(list(stored.values())).astype(np.float32).tobytes())

    def _check(self, pool: str, rows: list[int], stored: dict[int, NDArray[np.float32]]) -> None:
        missing = [row for row in rows if row not in stored]
        for row in rows[:: max(1, len(rows) // 16)] if not missing else []:
            near = self.vectors.nearest(pool, stored[row], 5)
            if not near or (row not in dict(near) and near[0][1] < 0.9999):
                missing.append(row)
        if missing:
            raise IndexDamaged(f"The new generation lost {len(missing)} vectors of {pool} on its check; the current one stays in use.")


def connect(path: Path, options: str) -> sqlite3.Connection:
    """Open a library file; `options` is the query part of an SQLite address."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}{options}", uri=True, check_same_thread=False)
        connection.execute("select count(*) from sqlite_master").fetchone()
    except sqlite3.Error as error:
        raise IndexDamaged(f"{path} does not open: {error}. Run 'advisor library rollback' or ingest again.") from error
    return connection
