"""Texts, questions and vectors for libraries of any size, made from a seed: the same number gives the same file.

German and English sentences from word lists with a Zipf distribution, as Markdown files of ten passages: nine paragraphs under headings
and a list. Every tenth file carries 18 questions that it answers, as the project's digests do.
"""

from __future__ import annotations

import json
import random
import zlib
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate, islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from advisor.encoder import BundledEncoder, Encoded, Weighted

Vectors = NDArray[np.float32]
PASSAGES = 10  # a file
SENTENCES = 5  # a paragraph
ANSWERED = 18  # questions in every tenth file
DIMENSION, RANK, NOISE, WORDS = 384, 64, 0.35, 8192
TOKENS = 64  # numbers in the vector of a token, as the bundled encoder has

_NOUNS = (
    "strategy Strategie, market Markt, customer Kunde, product Produkt, price Preis, brand Marke, growth Wachstum, culture Kultur, "
    "leader Leitung, team Gruppe, budget Budget, risk Risiko, change Wandel, network Netzwerk, platform Plattform, service Dienst, "
    "supplier Lieferant, process Prozess, quality Qualität, goal Ziel, study Studie, survey Umfrage, department Abteilung, "
    "employee Personal, knowledge Wissen, innovation Neuerung, patent Patent, competition Wettbewerb, revenue Umsatz, profit Gewinn, "
    "cost Kosten, capital Kapital, decision Entscheidung, plan Plan, project Projekt, partner Partner, industry Branche, factory Werk, "
    "trade Handel, export Ausfuhr, contract Vertrag, law Recht, rule Regel, crisis Krise, reputation Ruf, trust Vertrauen, "
    "criticism Kritik, campaign Kampagne, channel Kanal, message Botschaft, community Gemeinschaft, idea Idee, experiment Versuch, "
    "resource Mittel, skill Fähigkeit, training Schulung, salary Gehalt, role Rolle, owner Eigentümer, merger Fusion, "
    "structure Struktur, control Kontrolle, freedom Freiheit, data Daten, figure Zahl, forecast Prognose, machine Maschine, "
    "software Software, region Region, city Stadt, bank Bank, credit Kredit, investor Anleger, share Aktie, tax Steuer, "
    "energy Energie, material Material, storage Lager, transport Verkehr, design Gestaltung, advertising Werbung, sale Verkauf, "
    "demand Nachfrage, supply Angebot, value Wert, benefit Nutzen, success Erfolg, failure Fehler, measure Maßnahme, analysis Analyse"
)
_ADJECTIVES = (
    "clear klare, strong starke, new neue, early frühe, open offene, common gemeinsame, long lange, digital digitale, internal interne, "
    "central zentrale, regional regionale, weak schwache, small kleine, large große, steady stete, fast schnelle, written schriftliche, "
    "secure sichere, annual jährliche, technical technische, social soziale, critical kritische, rare seltene, global weltweite"
)
_VERBS = (
    "supports stützt, needs braucht, limits begrenzt, explains erklärt, changes verändert, leads führt, delays verzögert, "
    "protects schützt, replaces ersetzt, measures misst, weakens schwächt, shapes prägt, opens öffnet, finances finanziert, "
    "follows befolgt, requires verlangt"
)
_SENTENCES = {
    "en": (
        "The {a} {n} of the {m} {v} the {n}, and it does not depend on the {a} {n} of {m}.",
        "In {m} the {n} {v} a {a} {n} when the {n} has been agreed with the {m} before.",
        "According to {m}, {p} percent of the companies say that their {n} {v} the {a} {n}.",
        "What the {n} {v} is the {m} of the {n}, so that no {a} {n} will be needed by then.",
        "A {a} {n} without the {m} can only be kept where the {n} {v} the {m} over {p} months.",
    ),
    "de": (
        "Die {a} {n} der {m} {v} die {n}, und sie hängt nicht von der {n} bei {m} ab.",
        "Bei {m} {v} die {n} eine {a} {n}, wenn die {n} vorher mit der {m} vereinbart wurde.",
        "Laut {m} sagen {p} Prozent der Unternehmen, dass ihre {n} die {a} {n} {v}.",
        "Was die {n} {v}, ist die {m} der {n}, so dass keine {a} {n} mehr nötig sein wird.",
        "Eine {a} {n} ohne die {m} ist nur zu halten, wo die {n} die {m} über {p} Monate {v}.",
    ),
}
_ASKED = {
    "en": ("How does the {n} of {m} change the {a} {n}?", "Which {n} {v} a {a} {m}?", "What does {m} say about the {a} {n} and the {n}?"),
    "de": ("Wie verändert die {n} der {m} die {a} {n}?", "Welche {n} {v} eine {a} {m}?", "Was sagt {m} über die {a} {n} und die {n}?"),
}
_ASK = "  - ask: "
_LEAD = {"en": "The {n} of the {m} rests on these:", "de": "Die {n} der {m} beruht auf:"}

Pair = tuple[str, str]  # English, German


def _pairs(text: str) -> list[Pair]:
    return [(english, german) for english, german in (pair.split() for pair in text.split(", "))]


class Author:
    """Writes the files of a library, and questions on them, from a vocabulary of nouns, of their compounds and of names."""

    NAMES = 40_000

    def __init__(self) -> None:
        draw = random.Random(7)
        nouns, self._adjectives, self._verbs = _pairs(_NOUNS), _pairs(_ADJECTIVES), _pairs(_VERBS)
        rare = [(f"{a} {b}", f"{x}{y.lower()}") for a, x in nouns for b, y in nouns if a != b]
        syllables = [c + v for c in "bdfgklmnprstvwz" for v in ("a", "e", "i", "o", "u", "ei", "an", "er", "or")]
        names = {"".join(draw.choices(syllables, k=3)).capitalize() for _ in range(self.NAMES)}
        rare += [(name, name) for name in sorted(names)]
        draw.shuffle(rare)
        self._nouns = [*nouns, *rare]
        self._weights = list(accumulate(1 / (rank + 12) for rank in range(len(self._nouns))))

    def _noun(self, draw: random.Random) -> Pair:
        return draw.choices(self._nouns, cum_weights=self._weights)[0]

    def _topic(self, draw: random.Random) -> list[Pair]:
        return [self._noun(draw) for _ in range(20)]

    def _sentence(self, draw: random.Random, forms: Sequence[str], side: int, topic: Sequence[Pair]) -> str:
        """One sentence of a form: {n} is a noun, mostly of the topic, {m} any noun, {a} an adjective, {v} a verb, {p} a number."""
        first, *parts = draw.choice(forms).split("{")
        return first + "".join(self._word(draw, part[0], topic)[side] + part[2:] for part in parts)

    def _word(self, draw: random.Random, kind: str, topic: Sequence[Pair]) -> Pair:
        if kind == "n":
            return draw.choice(topic) if draw.random() < 0.6 else self._noun(draw)
        if kind == "m":
            return self._noun(draw)
        if kind == "p":
            number = str(draw.randint(2, 98))
            return number, number
        return draw.choice(self._adjectives if kind == "a" else self._verbs)

    def file(self, number: int) -> str:
        """A Markdown file with front matter; even numbers are English, odd ones German."""
        draw, side = random.Random(number), number % 2
        language = ("en", "de")[side]
        topic = self._topic(draw)
        body = [self._sentence(draw, _SENTENCES[language], side, topic) for _ in range(SENTENCES * (PASSAGES - 1))]
        title = f"{topic[0][side].capitalize()} – {topic[1][side]} {number}"
        lines = ["---", f"work: made{number}", f"title: {title}", f"language: {language}", f"year: {1950 + number % 75}", "kind: article"]
        if _answers_questions(number):
            lines.append("questions:")
            for quote in body[:ANSWERED]:
                ask = self._sentence(draw, _ASKED[language], side, topic)
                lines += [f"{_ASK}{json.dumps(ask, ensure_ascii=False)}", f"    quote: {json.dumps(quote, ensure_ascii=False)}"]
        lines += ["---", f"# {title}", ""]
        for at in range(0, len(body), SENTENCES):
            if at % (3 * SENTENCES) == 0:
                lines += [f"## {draw.choice(topic)[side].capitalize()}", ""]
            lines += [" ".join(body[at : at + SENTENCES]), ""]
        lines += [self._sentence(draw, [_LEAD[language]], side, topic), ""]
        lines += [f"- {self._sentence(draw, ['{a} {n}: {n}'], side, topic)}" for _ in range(4)]
        return "\n".join(lines) + "\n"

    def write(self, folder: Path, files: int) -> None:
        """Bring a folder up to so many files; those that are there stay as they are."""
        for number in range(count_files(folder), files):
            place = folder / f"{number // 1000:04d}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"{number:07d}.md").write_text(self.file(number), "utf-8")

    def questions(self, files: int, count: int) -> list[tuple[str, str]]:
        """Different questions with their languages, half of them German, each on the topic of a file."""
        draw = random.Random(11)
        found: dict[tuple[str, str], None] = {}
        while len(found) < count:
            number = draw.randrange(files)
            side = len(found) % 2
            language = ("en", "de")[side]
            found[self._sentence(draw, _ASKED[language], side, self._topic(random.Random(number))), language] = None
        return list(found)

    def answered_questions(self, files: int) -> list[tuple[str, str]]:
        """Questions with their languages that documents say they answer, one a document."""
        held = ((self.file(number), ("en", "de")[number % 2]) for number in range(files) if _answers_questions(number))
        asks = ((line.removeprefix(_ASK), language) for file, language in held for line in file.split("\n") if line.startswith(_ASK))
        return [(json.loads(ask), language) for ask, language in islice(asks, 0, None, ANSWERED)]

    def paragraphs(self, count: int) -> list[str]:
        """The first paragraphs of a library."""
        files = (self.file(number).split("\n") for number in range(count))
        lines = (line for file in files for line in file if line.count(". ") == SENTENCES - 1)
        return list(islice(lines, count))


def _answers_questions(number: int) -> bool:
    return number % 20 in (0, 11)  # as many English as German files


def count_files(folder: Path) -> int:
    return sum(1 for _ in folder.rglob("*.md"))


class MadeEncoder:
    """A stand-in for libraries that would take the bundled encoder hours: the sum of fixed vectors of the words, of rank 64, with noise.

    A German word and its English partner share a vector; sentences and words have vectors too. A question is encoded by the bundled
    encoder as well, for its time; the stand-in's vector is then searched for.
    """

    name, fingerprint, dimension = "made", "0" * 64, DIMENSION

    def __init__(self, bundled: BundledEncoder) -> None:
        draw = np.random.default_rng(7)
        self._bundled = bundled
        self._table = (draw.standard_normal((WORDS, RANK)) @ draw.standard_normal((RANK, DIMENSION)) / RANK**0.5).astype(np.float32)
        pairs = [*_pairs(_NOUNS), *_pairs(_ADJECTIVES), *_pairs(_VERBS)]
        self._rows = {word.lower(): zlib.crc32(english.encode()) % WORDS for english, german in pairs for word in (english, german)}
        self._question = lru_cache(maxsize=64)(self._encode_question)  # as many as the bundled encoder keeps

    def encode_passages(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        return np.stack([self._parted(((text,), language)).vectors[0] for text, language in zip(texts, languages, strict=True)])

    def encode_parted(self, texts: Sequence[Sequence[str]], languages: Sequence[str]) -> list[Encoded]:
        return [self._parted((tuple(parts), language)) for parts, language in zip(texts, languages, strict=True)]

    def encode_question(self, text: str, language: str) -> Vectors:
        return self._question(text, language)[0]

    def question_tokens(self, text: str, language: str) -> Weighted:
        return self._question(text, language)[1]

    def _encode_question(self, text: str, language: str) -> tuple[Vectors, Weighted]:
        self._bundled.encode_question(text, language)
        vectors, tokens = self._parted(((text,), language))
        return vectors[0], Weighted(tokens, np.full(len(tokens), 1 / len(tokens), np.float32))

    def _parted(self, job: tuple[tuple[str, ...], str]) -> Encoded:
        """Unit vectors of the whole and, where there are several, of its parts; and of its words."""
        parts = np.stack([self._meaning(part) for part in job[0]])
        means = np.concatenate([parts.sum(0, keepdims=True), parts]) if len(parts) > 1 else parts
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        noise = np.random.default_rng(zlib.crc32("".join(job[0]).encode())).standard_normal(means.shape, np.float32)
        means += NOISE * noise / np.linalg.norm(noise, axis=1, keepdims=True)
        tokens = np.concatenate([self._words(part) for part in job[0]])[:, :TOKENS]
        return Encoded(means / np.linalg.norm(means, axis=1, keepdims=True), tokens / np.linalg.norm(tokens, axis=1, keepdims=True))

    def _meaning(self, text: str) -> Vectors:
        result: Vectors = self._words(text).sum(axis=0)
        return result

    def _words(self, text: str) -> Vectors:
        words = text.lower().translate(_NO_MARKS).split()
        result: Vectors = self._table[[self._row(word) for word in words if len(word) > 4] or [0]]
        return result

    def _row(self, word: str) -> int:
        if word not in self._rows:
            self._rows[word] = zlib.crc32(word.encode()) % WORDS
        return self._rows[word]


_NO_MARKS = str.maketrans(dict.fromkeys(".,:?", " "))
