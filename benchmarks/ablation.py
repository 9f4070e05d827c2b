"""What each choice of the retrieval is worth: words, vectors, tokens, fusion, weights, found languages; in four directions.

Run: python benchmarks/ablation.py FOLDER, a folder with passages.{en,de}.jsonl ({"document", "text"}) and questions.{en,de}.jsonl
({"question", "documents"}). Prints a Markdown table: recall@1 and nDCG@10 in thousandths.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from advisor import lexicon
from advisor.encoder import BundledEncoder
from advisor.lexicon import Analyser, Translations
from advisor.retrieve import LEAST_SPREAD, MEANING, MEANING_ALONE, TOKENS, WORDS
from advisor.text import language

# The same scores as those by which the weights are judged when they are made.
sys.path.insert(0, str(Path(__file__).parent.parent / "training"))
from evaluate import DIRECTIONS, Matrix, Task, by_tokens, by_vectors, by_words


def found(text: str, known: str) -> str:
    """The language that the program itself finds."""
    return language(text)


def fused(sides: Sequence[Matrix], weights: Sequence[float]) -> Matrix:
    """Weighted z-scores of vectors, words and tokens, as advisor.retrieve.fuse has them."""
    z = [(m - m.mean(1, keepdims=True)) / np.maximum(m.std(1, keepdims=True), least) for m, least in zip(sides, LEAST_SPREAD, strict=False)]
    return sum(weight * one for weight, one in zip(weights, z, strict=True))


def by_rank(one: Matrix, other: Matrix) -> Matrix:
    """Reciprocal rank fusion, k = 60."""
    return sum(1 / (61 + (-m).argsort(1, kind="stable").argsort(1, kind="stable")) for m in (one, other))


def row(name: str, task: Task, score: Callable[[tuple[str, str]], Matrix]) -> None:
    cells = []
    for direction in DIRECTIONS:
        matrix = score(direction)
        right = np.where(task.right[direction], matrix, -np.inf).max(1)
        rank = (matrix > right[:, None]).sum(1)
        gain = np.where(rank < 10, 1 / np.log2(rank + 2), 0).mean()
        cells.append(f"{np.mean(rank == 0) * 1000:.0f} / {gain * 1000:.0f}")
    print(f"| {name} | " + " | ".join(cells) + " |", flush=True)


def main() -> None:
    task = Task.from_folder(Path(sys.argv[1]))
    print(f"{time.strftime('%Y-%m-%d')}, {len(task.passages['en'])} paragraphs, {len(task.questions['en'])} questions a language\n")
    print("| | " + " | ".join(f"{a}→{b}" for a, b in DIRECTIONS) + " |\n|---|---|---|---|---|")
    analyser, translations, encoder = Analyser.from_weights(), Translations.from_weights(), BundledEncoder()
    meaning, word, token = by_vectors(task, encoder), by_words(task, analyser, translations), by_tokens(task, encoder)
    whole = by_vectors(task, encoder, 0.0)
    row("vectors of paragraphs alone", task, lambda d: whole[d])
    row("vectors with sentences alone", task, lambda d: meaning[d])
    row("tokens alone", task, lambda d: token[d])
    row("words alone", task, lambda d: word[d])
    plain = Analyser.from_weights()
    plain._split = lambda stem: ()  # type: ignore[method-assign]
    row("words without compounds", task, (lambda w: lambda d: w[d])(by_words(task, plain, translations)))
    keep, lexicon.KEEP_SOURCE = lexicon.KEEP_SOURCE, 0.999
    row("words without translations", task, (lambda w: lambda d: w[d])(by_words(task, analyser, translations)))
    lexicon.KEEP_SOURCE = keep
    faint, lexicon.FAINTNESS = lexicon.FAINTNESS, 1.0
    heavy = by_words(task, analyser, translations)
    lexicon.FAINTNESS = faint
    row("vectors and words, rank fusion", task, lambda d: by_rank(meaning[d], word[d]))
    alone = (MEANING_ALONE, 1 - MEANING_ALONE)
    row(f"vectors of paragraphs and words, {MEANING_ALONE}", task, lambda d: fused((whole[d], word[d]), alone))
    for weight in (0.5, 0.6, 0.7, 0.8):
        row(f"vectors and words, {weight}", task, lambda d, w=weight: fused((meaning[d], word[d]), (w, 1 - w)))
    shipped = (MEANING, WORDS, TOKENS)
    for weights in ((0.4, 0.2, 0.2), (0.4, 0.3, 0.4), (0.3, 0.2, 0.5), (0.4, 0.2, 0.6), (0.2, 0.2, 0.6), shipped):
        name = "vectors, words and tokens, " + ", ".join(map(str, weights)) + (" (as shipped)" if weights == shipped else "")
        row(name, task, lambda d, w=weights: fused((meaning[d], word[d], token[d]), w))
    row("as shipped, vectors of paragraphs alone", task, lambda d: fused((whole[d], word[d], token[d]), shipped))
    row("as shipped, all words of the question count alike", task, lambda d: fused((meaning[d], heavy[d], token[d]), shipped))
    guessed = by_vectors(task, encoder, told=found), by_words(task, analyser, translations, found), by_tokens(task, encoder, found)
    row("as shipped, languages found by the program", task, lambda d: fused([side[d] for side in guessed], shipped))
    for x in ("en", "de"):
        wrong = sum(language(q) != x for q in task.questions[x]), sum(language(t) != x for t in task.passages[x])
        print(
            f"\nlanguage not found, {x}: {wrong[0]} of {len(task.questions[x])} questions, {wrong[1]} of {len(task.passages[x])} paragraphs"
        )


if __name__ == "__main__":
    main()
