"""What each choice of the retrieval is worth: words, vectors, tokens, fusion, weights, found languages; in four directions.

Run: python benchmarks/ablation.py FOLDER, a folder with passages.{en,de}.jsonl ({"document", "text"}) and questions.{en,de}.jsonl
({"question", "documents"}). Prints a Markdown table: recall@1 and nDCG@10 in thousandths.
"""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from advisor import lexicon
from advisor.encoder import BundledEncoder
from advisor.index.interactions import Interactions
from advisor.index.meanings import PART
from advisor.lexicon import Analyser, Lexicon, Translations
from advisor.retrieve import LEAST_SPREAD, MEANING, MEANING_ALONE, TOKENS, WORDS
from advisor.text import language, sentences

DIRECTIONS = (("en", "en"), ("en", "de"), ("de", "en"), ("de", "de"))
Matrix = np.ndarray


class Data:
    """Paragraphs and questions of both languages, and the number of the right paragraph for each question."""

    def __init__(self, folder: Path) -> None:
        def read(name: str) -> dict[str, list[dict]]:
            return {x: [json.loads(line) for line in (folder / f"{name}.{x}.jsonl").open(encoding="utf-8")] for x in ("en", "de")}

        passages, questions = read("passages"), read("questions")
        self.texts = {x: [p["text"] for p in passages[x]] for x in passages}
        self.questions = {x: [q["question"] for q in questions[x]] for x in questions}
        names = {x: {p["document"]: i for i, p in enumerate(passages[x])} for x in passages}
        self.right = {
            (asked, pool): [next(names[pool][d] for d in q["documents"] if d in names[pool]) for q in questions[asked]]
            for asked, pool in DIRECTIONS
        }


def words(data: Data, analyser: Analyser, found: bool = False) -> dict[tuple[str, str], Matrix]:
    """BM25 scores; with `found` the language of each text is what the program itself finds."""
    translations = Translations.from_weights()
    scores = {}
    for pool in ("en", "de"):
        connection = sqlite3.connect(":memory:")
        connection.executescript(Lexicon.SCHEMA)
        made = Lexicon(connection, analyser, lambda: translations)
        made.update({}, {i: (text, pool) for i, text in enumerate(data.texts[pool])})
        for asked in ("en", "de"):
            rows = [made.scores(q, language(q) if found else asked, pool) for q in data.questions[asked]]
            scores[asked, pool] = np.array(rows)
        connection.close()
    return scores


def vectors(data: Data, found: bool = False, part: float = PART) -> dict[tuple[str, str], Matrix]:
    """Similarities of paragraphs, `part` of them that of the nearest sentence; with `found` as above."""
    encoder = BundledEncoder()
    asked = {x: encoder.encode_passages(t, [language(q) if found else x for q in t]) for x, t in data.questions.items()}
    held = {
        x: [each.vectors for each in encoder.encode_parted([[span.of(text) for span in sentences(text)] for text in t], [x] * len(t))]
        for x, t in data.texts.items()
    }

    def near(questions: Matrix, paragraph: Matrix) -> Matrix:
        return (1 - part) * (questions @ paragraph[0]) + part * (questions @ paragraph[-max(len(paragraph) - 1, 1) :].T).max(1)

    return {(a, b): np.stack([near(asked[a], paragraph) for paragraph in held[b]], 1) for a, b in DIRECTIONS}


def tokens(data: Data, found: bool = False) -> dict[tuple[str, str], Matrix]:
    """Closeness by tokens; with `found` as above."""
    encoder, scores = BundledEncoder(), {}
    asked = {x: [encoder.question_tokens(q, language(q) if found else x) for q in t] for x, t in data.questions.items()}
    for x, texts in data.texts.items():
        connection = sqlite3.connect(":memory:")
        connection.executescript(Interactions.SCHEMA)
        stored = Interactions(connection)
        encoded = encoder.encode_parted([[text] for text in texts], [x] * len(texts))
        stored.add({row: each.tokens for row, each in enumerate(encoded)})
        bundle = stored.bundle(range(len(texts)), encoded[0].tokens.shape[1])
        scores |= {(a, x): np.stack([bundle.closeness(question) for question in questions]) for a, questions in asked.items()}
        connection.close()
    return scores


def fused(sides: Sequence[Matrix], weights: Sequence[float]) -> Matrix:
    """Weighted z-scores of vectors, words and tokens, as advisor.retrieve.fuse has them."""
    z = [(m - m.mean(1, keepdims=True)) / np.maximum(m.std(1, keepdims=True), least) for m, least in zip(sides, LEAST_SPREAD, strict=False)]
    return sum(weight * one for weight, one in zip(weights, z, strict=True))


def by_rank(one: Matrix, other: Matrix) -> Matrix:
    """Reciprocal rank fusion, k = 60."""
    return sum(1 / (61 + (-m).argsort(1, kind="stable").argsort(1, kind="stable")) for m in (one, other))


def row(name: str, data: Data, score: Callable[[tuple[str, str]], Matrix]) -> None:
    cells = []
    for direction in DIRECTIONS:
        matrix, right = score(direction), np.array(data.right[direction])
        rank = (matrix > matrix[np.arange(len(right)), right][:, None]).sum(1)
        gain = np.where(rank < 10, 1 / np.log2(rank + 2), 0).mean()
        cells.append(f"{np.mean(rank == 0) * 1000:.0f} / {gain * 1000:.0f}")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    data = Data(Path(sys.argv[1]))
    print(f"{time.strftime('%Y-%m-%d')}, {len(data.texts['en'])} paragraphs, {len(data.questions['en'])} questions a language\n")
    print("| | " + " | ".join(f"{a}→{b}" for a, b in DIRECTIONS) + " |\n|---|---|---|---|---|")
    analyser = Analyser.from_weights()
    meaning, word, token = vectors(data), words(data, analyser), tokens(data)
    whole = vectors(data, part=0.0)
    row("vectors of paragraphs alone", data, lambda d: whole[d])
    row("vectors with sentences alone", data, lambda d: meaning[d])
    row("tokens alone", data, lambda d: token[d])
    row("words alone", data, lambda d: word[d])
    plain = Analyser.from_weights()
    plain._split = lambda stem: ()  # type: ignore[method-assign]
    row("words without compounds", data, (lambda w: lambda d: w[d])(words(data, plain)))
    keep, lexicon.KEEP_SOURCE = lexicon.KEEP_SOURCE, 0.999
    row("words without translations", data, (lambda w: lambda d: w[d])(words(data, analyser)))
    lexicon.KEEP_SOURCE = keep
    faint, lexicon.FAINTNESS = lexicon.FAINTNESS, 1.0
    heavy = words(data, analyser)
    lexicon.FAINTNESS = faint
    row("vectors and words, rank fusion", data, lambda d: by_rank(meaning[d], word[d]))
    alone = (MEANING_ALONE, 1 - MEANING_ALONE)
    row(f"vectors of paragraphs and words, {MEANING_ALONE}", data, lambda d: fused((whole[d], word[d]), alone))
    for weight in (0.5, 0.6, 0.7, 0.8):
        row(f"vectors and words, {weight}", data, lambda d, w=weight: fused((meaning[d], word[d]), (w, 1 - w)))
    shipped = (MEANING, WORDS, TOKENS)
    for weights in ((0.4, 0.2, 0.2), (0.4, 0.3, 0.4), (0.3, 0.2, 0.5), (0.4, 0.2, 0.6), (0.2, 0.2, 0.6), shipped):
        name = "vectors, words and tokens, " + ", ".join(map(str, weights)) + (" (as shipped)" if weights == shipped else "")
        row(name, data, lambda d, w=weights: fused((meaning[d], word[d], token[d]), w))
    row("as shipped, vectors of paragraphs alone", data, lambda d: fused((whole[d], word[d], token[d]), shipped))
    row("as shipped, all words of the question count alike", data, lambda d: fused((meaning[d], heavy[d], token[d]), shipped))
    guessed = vectors(data, found=True), words(data, analyser, found=True), tokens(data, found=True)
    row("as shipped, languages found by the program", data, lambda d: fused([side[d] for side in guessed], shipped))
    for x in ("en", "de"):
        wrong = sum(language(q) != x for q in data.questions[x]), sum(language(t) != x for t in data.texts[x])
        print(f"\nlanguage not found, {x}: {wrong[0]} of {len(data.questions[x])} questions, {wrong[1]} of {len(data.texts[x])} paragraphs")


if __name__ == "__main__":
    main()
