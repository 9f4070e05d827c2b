"""Search in four directions: recall@1, recall@5, MRR@10 and nDCG@10 of words, vectors, tokens and all, on paragraphs in two languages.

Run: python training/evaluate.py FOLDER [--weights advisor/weights] [--sides .4 .2 .4]
FOLDER holds passages.LANGUAGE.jsonl (`document`, `text`) and questions.LANGUAGE.jsonl (`question`, `documents`) for en and de. The
language of every text is taken as known. Half a minute for 120 paragraphs and 612 questions a language on two cores.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from advisor.encoder import WEIGHTS, BundledEncoder, Encoder
from advisor.index.interactions import Interactions
from advisor.index.meanings import PART
from advisor.lexicon import Analyser, Lexicon, Translations
from advisor.retrieve import MEANING, TOKENS, WORDS
from advisor.text import sentences

Language = Callable[[str, str], str]  # what a question's language is taken for, by its text and its true language
LANGUAGES = ("en", "de")
DIRECTIONS = tuple((asked, held) for asked in LANGUAGES for held in LANGUAGES)
Matrix = NDArray[np.float32]  # one row a question, one column a passage
Scores = Mapping[tuple[str, str], Matrix]


@dataclass(frozen=True, slots=True)
class Task:
    """Passages and questions by language; `right` has a row a question, true for the passages that answer it."""

    passages: Mapping[str, list[str]]
    questions: Mapping[str, list[str]]
    right: Mapping[tuple[str, str], NDArray[np.bool_]]

    @classmethod
    def from_folder(cls, folder: Path) -> Task:
        """The task of a folder of JSONL files."""
        held = {language: _lines(folder / f"passages.{language}.jsonl") for language in LANGUAGES}
        asked = {language: _lines(folder / f"questions.{language}.jsonl") for language in LANGUAGES}
        right = {
            (source, target): np.array([[row["document"] in question["documents"] for row in held[target]] for question in asked[source]])
            for source, target in DIRECTIONS
        }
        return cls(
            {language: [row["text"] for row in rows] for language, rows in held.items()},
            {language: [row["question"] for row in rows] for language, rows in asked.items()},
            right,
        )


def _lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _known(text: str, language: str) -> str:
    return language


def by_words(task: Task, analyser: Analyser, translations: Translations, told: Language = _known) -> Scores:
    """BM25 scores in the four directions."""
    connection = sqlite3.connect(":memory:")
    connection.executescript(Lexicon.SCHEMA)
    lexicon = Lexicon(connection, analyser, lambda: translations)
    numbered = [(text, language) for language in LANGUAGES for text in task.passages[language]]
    lexicon.add(dict(enumerate(numbered)))
    lexicon.write()
    scores = {
        (source, target): np.array(
            [lexicon.scores(text, told(text, source), target)[lexicon.rows(target)] for text in task.questions[source]]
        )
        for source, target in DIRECTIONS
    }
    connection.close()
    return scores


def by_vectors(task: Task, encoder: Encoder, part: float = PART, told: Language = _known) -> Scores:
    """Similarities in the four directions, as the index has them: of a paragraph and of its nearest sentence, weighted by `part`."""
    questions = {x: encoder.encode_passages(texts, [told(text, x) for text in texts]) for x, texts in task.questions.items()}
    passages = {
        language: [each.vectors for each in encoder.encode_parted(_parts(texts), [language] * len(texts))]
        for language, texts in task.passages.items()
    }
    return {
        (asked, held): np.stack([_near(questions[asked], vectors, part) for vectors in passages[held]], 1) for asked, held in DIRECTIONS
    }


def by_tokens(task: Task, encoder: Encoder, told: Language = _known) -> Scores:
    """Closeness in the four directions, as the index has it."""
    asked = {
        language: [encoder.question_tokens(text, told(text, language)) for text in texts] for language, texts in task.questions.items()
    }
    scores = {}
    for held, texts in task.passages.items():
        connection = sqlite3.connect(":memory:")
        connection.executescript(Interactions.SCHEMA)
        stored = Interactions(connection)
        encoded = encoder.encode_parted(_parts(texts), [held] * len(texts))
        stored.add({row: each.tokens for row, each in enumerate(encoded)})
        bundle = stored.bundle(range(len(texts)), encoded[0].tokens.shape[1])
        scores.update({(language, held): np.stack([bundle.closeness(one) for one in questions]) for language, questions in asked.items()})
        connection.close()
    return scores


def _parts(texts: Sequence[str]) -> list[list[str]]:
    return [[span.of(text) for span in sentences(text)] for text in texts]


def _near(questions: Matrix, vectors: Matrix, part: float) -> Matrix:
    whole, nearest = questions @ vectors[0], (questions @ vectors[-max(len(vectors) - 1, 1) :].T).max(1)
    near: Matrix = (1 - part) * whole + part * nearest
    return near


def together(sides: Sequence[Scores], weights: Sequence[float]) -> Scores:
    """Weighted sums of the z-scores of every question, as the advisor fuses them."""
    return {way: sum(weight * _standard(side[way]) for weight, side in zip(weights, sides, strict=True)) for way in DIRECTIONS}


def _standard(scores: Matrix) -> Matrix:
    standard: Matrix = (scores - scores.mean(1, keepdims=True)) / (scores.std(1, keepdims=True) + 1e-6)
    return standard


def figures(scores: Matrix, right: NDArray[np.bool_]) -> tuple[float, float, float, float]:
    """Recall@1, recall@5, MRR@10 and nDCG@10, where one passage is right for every question."""
    order = np.argsort(-scores, axis=1, kind="stable")
    rank = np.take_along_axis(right, order, 1).argmax(1) + 1
    near = rank <= 10
    return (
        float(np.mean(rank == 1)), float(np.mean(rank <= 5)), float(np.mean(near / rank)), float(np.mean(near / np.log2(rank + 1))),
    )  # fmt: skip


def table(task: Task, sides: Mapping[str, Scores]) -> str:
    """A Markdown table: one row for each way to score, one column for each direction, four figures in each cell."""
    lines = ["| R@1, R@5, MRR@10, nDCG@10 | " + " | ".join(f"{a}→{b}" for a, b in DIRECTIONS) + " |", "|---" * 5 + "|"]
    for name, scores in sides.items():
        cells = (" ".join(f"{value:.3f}".lstrip("0") for value in figures(scores[way], task.right[way])) for way in DIRECTIONS)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures of the weights in a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--weights", type=Path, default=WEIGHTS)
    sides = "weights of vectors, words and tokens, as many triples as are to be tried"
    parser.add_argument("--sides", type=float, nargs="+", default=[MEANING, WORDS, TOKENS], help=sides)
    options = parser.parse_args(arguments)
    task = Task.from_folder(options.folder)
    words = by_words(task, Analyser.from_weights(options.weights), Translations.from_weights(options.weights))
    encoder = BundledEncoder(options.weights)
    whole, vectors = by_vectors(task, encoder, 0.0), by_vectors(task, encoder)
    tokens = by_tokens(task, encoder)
    tried = [tuple(options.sides[at : at + 3]) for at in range(0, len(options.sides), 3)]
    fused = {"all, " + " ".join(map(str, weights)): together((vectors, words, tokens), weights) for weights in tried}
    alone = {"words": words, "vectors of paragraphs": whole, "vectors with sentences": vectors, "tokens": tokens}
    print(table(task, {**alone, **fused}))


if __name__ == "__main__":
    main()
