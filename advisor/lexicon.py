"""Nearest by words: BM25 over stems, with German compounds, and across the languages by weighted translations.

A passage is stored as postings of its stems, per language. A question in the passages' language is scored by BM25. Across languages each
question stem stands for its probable translations, weighted (probabilistic structured queries, Darwish and Oard 2003): term frequency and
document frequency of a question stem are the weighted sums over its translations, and BM25 is computed on those.

Sources: BM25 as in Robertson and Zaragoza (2009), k1 = 0.6, b = 0.75; stemming by Snowball.
"""

from __future__ import annotations

import re
import sqlite3
from array import array
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.errors import EncoderError, IndexDamaged
from advisor.stopwords import FAINT, STOP
from advisor.text import compound_heads

Scores = NDArray[np.float32]
K1, B = 0.6, 0.75
FAINTNESS = 0.3  # weight of a word without a subject in a question
LIKELY = 0.05  # weight from which on a translation counts as one
KEEP_SOURCE = 0.2  # weight of the untranslated stem across languages: names, numbers and loan words match as they are
WAITING = 2_000_000  # postings that wait to be written: a bound on memory, some 60 MB
WEIGHTS = Path(__file__).parent / "weights"

_WORD = re.compile(r"\w+")


class Analyser:
    """Text to index terms: words without stop words, stemmed; a German compound also gives its parts."""

    SHORTEST_PART = 4  # "Tat" must not be found in "Potato", nor "Rat" in "Strategie"
    RAREST_PART = 3

    def __init__(self, weights: Mapping[str, int]) -> None:
        import Stemmer

        self._stem: dict[str, Callable[[str], str]] = {
            "de": Stemmer.Stemmer("german").stemWord,
            "en": Stemmer.Stemmer("english").stemWord,
        }
        self._faint = {language: {self._stem[language](word) for word in words} for language, words in FAINT.items()}
        self._weights = weights
        self._parts: dict[str, tuple[str, ...]] = {}

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> Analyser:
        """The analyser with the stem weights that ship with the advisor, loaded once for all libraries."""
        return cls.from_weights()

    @classmethod
    def from_weights(cls, folder: Path = WEIGHTS) -> Analyser:
        """The analyser with the stem weights in a folder."""
        try:
            lines = (folder / "stems.tsv").read_text("utf-8").splitlines()
        except OSError as error:
            raise EncoderError(f"The stem weights do not load from {folder}: {error}. Install again.") from error
        return cls({stem: int(weight) for stem, weight in (line.split("\t") for line in lines)})

    def terms(self, text: str, language: str) -> list[str]:
        """Index terms of a text in order; a text of stop words alone keeps them."""
        found: list[str] = []
        for stem in self.stems(text, language):
            found.append(stem)
            if language == "de":
                found.extend(self.parts(stem))
        return found

    def stems(self, text: str, language: str) -> list[str]:
        """Stems without compound parts."""
        words = _WORD.findall(text.lower())
        stop = STOP.get(language, STOP["en"])
        stem = self._stem.get(language, self._stem["en"])
        return [stem(word) for word in ([word for word in words if word not in stop] or words)]

    def weight(self, stem: str, language: str) -> float:
        """How much a stem of a question counts: less where it has no subject."""
        faint = self._faint.get(language, self._faint["en"])
        return FAINTNESS if stem in faint else 1.0

    def parts(self, stem: str) -> tuple[str, ...]:
        """The two known parts of a German compound, else nothing."""
        if stem not in self._parts:
            if len(self._parts) > 200_000:
                self._parts.clear()
            self._parts[stem] = self._split(stem)
        return self._parts[stem]

    def _split(self, stem: str) -> tuple[str, ...]:
        shortest = self.SHORTEST_PART
        if not 2 * shortest <= len(stem) <= 60:
            return ()
        best: tuple[int, tuple[str, ...]] | None = None
        for cut in range(shortest, len(stem) - shortest + 1):
            tail = self._weight(stem[cut:])
            if tail < self.RAREST_PART:
                continue
            for head in compound_heads(stem[:cut], shortest):
                score = min(self._weight(head), tail)
                if score >= self.RAREST_PART and (best is None or score > best[0]):
                    best = (score, (self._stem["de"](head), self._stem["de"](stem[cut:])))
        return best[1] if best else ()

    def _weight(self, word: str) -> int:
        return self._weights.get(word, 0) or self._weights.get(self._stem["de"](word), 0)


class Translations:
    """Probable translations of stems, from one language to the other; made from our lexicon and parallel text."""

    def __init__(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self._arrays = arrays
        self._words = {language: bytes(arrays[f"{language}_words"]).decode("utf-8").split("\n") for language in ("en", "de")}
        self._number = {language: {word: i for i, word in enumerate(words)} for language, words in self._words.items()}

    @classmethod
    @lru_cache(maxsize=1)
    def bundled(cls) -> Translations:
        """The table that ships with the advisor, loaded once for all libraries."""
        return cls.from_weights()

    @classmethod
    def from_weights(cls, folder: Path = WEIGHTS) -> Translations:
        """The table in a folder."""
        try:
            with np.load(folder / "translations.npz") as file:
                return cls({name: file[name] for name in file.files})
        except (OSError, KeyError, ValueError) as error:
            raise EncoderError(f"The translation table does not load from {folder}: {error}. Install again.") from error

    def of(self, stem: str, source: str) -> list[tuple[str, float]]:
        """Translations of a stem with their probabilities, at most eight, best first."""
        number = self._number[source].get(stem)
        if number is None:
            return []
        begin, end = self._arrays[f"{source}_starts"][number : number + 2]
        words = self._words["de" if source == "en" else "en"]
        targets = self._arrays[f"{source}_targets"][begin:end]
        probabilities = self._arrays[f"{source}_probabilities"][begin:end]
        return [(words[int(t)], float(p)) for t, p in zip(targets, probabilities, strict=True)][:8]


class Postings(NamedTuple):
    """Row numbers of the passages that hold a term, ascending, and how often each holds it."""

    rows: NDArray[np.int32]
    counts: NDArray[np.int32]


class Lexicon:
    """Postings of one library in SQLite; scores all passages of a language at once.

    Rows are the passages' row numbers in the index. The tables live in the connection that is given; nothing is committed here.
    """

    SCHEMA = """
        create table if not exists postings(language text, term text, rows blob, counts blob, primary key(language, term)) without rowid;
        create table if not exists lengths(language text primary key, rows blob, lengths blob) without rowid;
    """

    def __init__(self, connection: sqlite3.Connection, analyser: Analyser, translations: Callable[[], Translations]) -> None:
        self._connection = connection
        self._analyser = analyser
        self._translations = translations
        # What is not written yet: by language, term → pairs of row and count, and row → length; and how many pairs these are.
        self._fresh: dict[str, dict[str, array[int]]] = {}
        self._sizes: dict[str, dict[int, int]] = {}
        self._waiting = 0

    @cached_property
    def _lengths(self) -> dict[str, tuple[NDArray[np.int32], Scores]]:
        """Per language: rows, and BM25's norm of the length for every row number (that of length 0 elsewhere)."""
        found = {}
        for language, *blobs in self._read("select language, rows, lengths from lengths"):
            rows, lengths = _numbers(*blobs)
            if len(rows):
                dense = np.zeros(int(rows[-1]) + 1, np.float32)
                dense[rows] = lengths
                found[language] = (rows, (K1 * (1 - B + B * dense / max(float(lengths.mean()), 1e-6))).astype(np.float32))
        return found

    def _read(self, sql: str, *values: str) -> list[tuple[Any, ...]]:
        try:
            return self._connection.execute(sql, values).fetchall()
        except sqlite3.DatabaseError as error:
            raise IndexDamaged(f"The words of the library do not answer: {error}. Run 'advisor library rollback'.") from error

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages that have passages."""
        return tuple(self._lengths)

    def rows(self, language: str) -> NDArray[np.int32]:
        """Row numbers of all passages of a language, ascending."""
        return self._lengths[language][0]

    def remove(self, passages: Mapping[int, tuple[str, str]]) -> None:
        """Take passages out: row number → (text, language), as they were put in. Only the terms concerned are written again."""
        self.write()
        gone: dict[str, set[int]] = {}
        touched: dict[str, set[str]] = {}
        for row, (text, language) in passages.items():
            gone.setdefault(language, set()).add(row)
            touched.setdefault(language, set()).update(self._analyser.terms(text, language))
        for language, rows in gone.items():
            drop = np.fromiter(rows, np.int32)
            for term in touched[language]:
                old = self._postings(language, term)
                keep = ~np.isin(old.rows, drop)
                self._store(language, term, old.rows[keep], old.counts[keep])
            self._write_lengths(language, drop, {})

    def add(self, passages: Mapping[int, tuple[str, str]]) -> None:
        """Put passages in: row number → (text, language), each above all rows that are there; they count from `write` on."""
        for row, (text, language) in sorted(passages.items()):
            terms = self._analyser.terms(text, language)
            self._sizes.setdefault(language, {})[row] = len(terms)
            fresh = self._fresh.setdefault(language, {})
            for term, count in Counter(terms).items():
                if term not in fresh:
                    fresh[term] = array("i")
                fresh[term].extend((row, count))
                self._waiting += 1
        if self._waiting >= WAITING:
            self.write()

    def write(self) -> None:
        """Write what was put in. A term's postings are one value, written whole: so seldom that the cost grows with the library alone."""
        for language, fresh in self._fresh.items():
            for term, pairs in fresh.items():
                old, new = self._postings(language, term), np.frombuffer(pairs, np.int32).reshape(-1, 2)
                self._store(language, term, np.concatenate([old.rows, new[:, 0]]), np.concatenate([old.counts, new[:, 1]]))
            self._write_lengths(language, np.zeros(0, np.int32), self._sizes[language])
        self._fresh, self._sizes, self._waiting = {}, {}, 0

    def _store(self, language: str, term: str, rows: NDArray[np.int32], counts: NDArray[np.int32]) -> None:
        if len(rows):
            sql = "insert or replace into postings values (?, ?, ?, ?)"
            self._connection.execute(sql, (language, term, rows.tobytes(), counts.tobytes()))
        else:
            self._connection.execute("delete from postings where language = ? and term = ?", (language, term))

    def _write_lengths(self, language: str, drop: NDArray[np.int32], sizes: Mapping[int, int]) -> None:
        stored = self._read("select rows, lengths from lengths where language = ?", language)
        rows, lengths = _numbers(*stored[0]) if stored else _numbers(b"", b"")
        keep = ~np.isin(rows, drop)
        rows = np.concatenate([rows[keep], np.fromiter(sizes, np.int32)])
        lengths = np.concatenate([lengths[keep], np.fromiter(sizes.values(), np.int32)])
        self._connection.execute("insert or replace into lengths values (?, ?, ?)", (language, rows.tobytes(), lengths.tobytes()))
        self.__dict__.pop("_lengths", None)

    def _postings(self, language: str, term: str) -> Postings:
        found = self._read("select rows, counts from postings where language = ? and term = ?", language, term)
        return Postings(*_numbers(*found[0])) if found else Postings(*_numbers(b"", b""))

    def scores(self, question: str, question_language: str, language: str) -> Scores:
        """BM25 of every passage of `language`, indexed by row number; rows of other languages are 0."""
        rows, norm = self._lengths[language]
        total = np.zeros(len(norm), np.float32)
        frequency = np.zeros(len(norm), np.float32)
        for term, alternatives in self._query(question, question_language, language):
            weight_of_term = self._analyser.weight(term, question_language)
            matched = 0.0
            held = [(self._postings(language, alternative), weight) for alternative, weight in alternatives]
            for postings, weight in held:
                frequency[postings.rows] += np.float32(weight) * postings.counts
                matched += weight * len(postings.rows)
            if matched:
                # Only rows that hold the term; one that stands here twice is set twice to the same.
                at = held[0][0].rows if len(held) == 1 else np.concatenate([postings.rows for postings, _ in held])
                times = frequency[at]
                frequency[at] = 0
                matched = min(max(matched, 1e-3), len(rows) - 1) if len(rows) > 1 else 1.0
                inverse = np.log(1 + (len(rows) - matched + 0.5) / (matched + 0.5))
                total[at] += np.float32(weight_of_term * inverse) * times * np.float32(K1 + 1) / (times + norm[at] + np.float32(1e-9))
        return total

    def known(self, question: str, question_language: str, ignore: NDArray[np.int32]) -> dict[str, bool]:
        """For each stem of the question that has a subject: does a passage hold it or a translation of it, those to ignore aside?"""
        result: dict[str, bool] = {}
        for language in self.languages:
            for stem, alternatives in self._query(question, question_language, language):
                if self._analyser.weight(stem, question_language) == 1:
                    terms = [term for term, weight in alternatives if weight >= LIKELY]
                    held = any(not np.isin(self._postings(language, term).rows, ignore).all() for term in terms)
                    result[stem] = result.get(stem, False) or held
        return result

    def covered(self, question: str, question_language: str, language: str, passages: Sequence[int]) -> float:
        """Share of the question's stems, by weight and rarity, that the best of some passages of a language holds, itself or translated."""
        rows = self.rows(language)
        total, held = 0.0, dict.fromkeys(passages, 0.0)
        for stem, alternatives in self._query(question, question_language, language):
            postings = [self._postings(language, term).rows for term, weight in alternatives if weight >= LIKELY]
            often = max((len(found) for found in postings), default=0)
            worth = self._analyser.weight(stem, question_language) * float(np.log(1 + (len(rows) - often + 0.5) / (often + 0.5)))
            total += worth
            for row in held:
                held[row] += worth * any(_holds(found, row) for found in postings)
        return max(held.values()) / total if total and held else 0.0

    def overlap(self, question: str, text: str, language: str) -> float:
        """Share of the question's stems, by their weight, that a text of the same language holds."""
        weights = {stem: self._analyser.weight(stem, language) for stem in self._analyser.stems(question, language)}
        held = set(self._analyser.terms(text, language))
        return sum(weight for stem, weight in weights.items() if stem in held) / sum(weights.values()) if weights else 0.0

    def _query(self, question: str, source: str, target: str) -> list[tuple[str, Sequence[tuple[str, float]]]]:
        """Stems of the question, each with the weighted terms that stand for it in the target language."""
        if source == target:
            return [(term, ((term, 1.0),)) for term in self._analyser.terms(question, source)]
        return [(stem, self._translated(stem, source)) for stem in self._analyser.stems(question, source)]

    def _translated(self, stem: str, source: str) -> Sequence[tuple[str, float]]:
        table = self._translations()
        weights: Counter[str] = Counter()
        pairs = table.of(stem, source)
        if pairs:
            total = max(sum(probability for _, probability in pairs), 0.5)
            for word, probability in pairs:
                weights[word] += probability / total * (1 - KEEP_SOURCE)  # type: ignore[assignment]
        elif source == "de":
            for part in self._analyser.parts(stem):
                for word, probability in table.of(part, source):
                    weights[word] += probability * 0.5 * (1 - KEEP_SOURCE)  # type: ignore[assignment]
        weights[stem] += KEEP_SOURCE if weights else 1  # type: ignore[assignment]
        return list(weights.items())


def _numbers(rows: bytes, counts: bytes) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Row numbers and what belongs to each, from their columns."""
    try:
        found = np.frombuffer(rows, np.int32), np.frombuffer(counts, np.int32)
    except ValueError as error:
        raise IndexDamaged(f"The words of the library do not answer: {error}. Run 'advisor library rollback'.") from error
    if len(found[0]) != len(found[1]):
        raise IndexDamaged("The words of the library do not answer: a list of rows was cut off. Run 'advisor library rollback'.")
    return found


def _holds(rows: NDArray[np.int32], row: int) -> bool:
    """True where ascending row numbers have one among them."""
    at = int(np.searchsorted(rows, row))
    return at < len(rows) and int(rows[at]) == row
