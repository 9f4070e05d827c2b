"""Which word translates which: IBM model 1 on stems of parallel text, in both directions (Brown et al. 1993).

Run: python training/align.py PAIRS.tsv... --out FOLDER
A line of PAIRS.tsv is a source, an English and a German sentence. Writes `de-en.tsv` (German stem, English word as it stands,
probability, expected count) and `en-de.tsv` (English stem, German stem, probability, expected count). A few minutes and 6 GB for 400,000
pairs on one core.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LONGEST = 60  # words of a sentence that are read
CHUNK = 20_000  # sentences whose links are counted together: bounds memory, not a tuned number
_WORD = re.compile(r"\w+")


class Translation(NamedTuple):
    """How probable a target word is where the source word stands, and how often that was counted."""

    source: str
    target: str
    probability: float
    occurrences: float


def words(text: str) -> list[str]:
    """The lower-case words of a sentence, without bare numbers."""
    return [word for word in _WORD.findall(text.lower()) if not word.isdigit()][:LONGEST]


def read_pairs(paths: Iterable[Path]) -> Iterator[tuple[list[str], list[str]]]:
    """The English and German words of every pair in files of `source, English, German`; pairs with an empty side are left out."""
    for path in paths:
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                english, german = line.rstrip("\n").split("\t")[1:3]
                pair = words(english), words(german)
                if all(pair):
                    yield pair


def stemmed(sentences: Sequence[list[str]], language: str) -> list[list[str]]:
    """Every word by its Snowball stem; `language` is "english" or "german"."""
    import Stemmer

    stemmer = Stemmer.Stemmer(language)
    return [stemmer.stemWords(sentence) for sentence in sentences]


def model_one(sources: Sequence[list[str]], targets: Sequence[list[str]], iterations: int = 5, least: float = 0.02) -> list[Translation]:
    """Translations of source words from sentence pairs, by expectation maximisation; those below the probability `least` are left out."""
    source_numbers, target_numbers = {"": 0}, {"": 0}  # the empty source word takes target words that translate none
    numbered = [
        (
            np.array([0, *(source_numbers.setdefault(word, len(source_numbers)) for word in source)], np.int64),
            np.array([target_numbers.setdefault(word, len(target_numbers)) for word in target], np.int64),
        )
        for source, target in zip(sources, targets, strict=True)
    ]
    width = len(target_numbers)
    # Each target word of a sentence is linked with each source word; one row of links for each target word.
    keys = np.concatenate([(source[None, :] * width + target[:, None]).ravel() for source, target in numbered])
    sizes = np.concatenate([np.full(len(target), len(source), np.int64) for source, target in numbered])
    pairs, links = np.unique(keys, return_inverse=True)
    del keys, numbered
    probability, count = _maximise(pairs // width, links.astype(np.int32), sizes, iterations)
    source_words, target_words = list(source_numbers), list(target_numbers)
    chosen = np.flatnonzero((probability >= least) & (pairs >= width))
    return [
        Translation(source_words[pairs[i] // width], target_words[pairs[i] % width], float(probability[i]), float(count[i])) for i in chosen
    ]


def _maximise(
    source: NDArray[np.int64], links: NDArray[np.int32], sizes: NDArray[np.int64], iterations: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Probability and expected count of every pair; `links` number the pairs, `sizes` say how many links each target word has."""
    ends = np.cumsum(sizes)
    probability = np.ones(len(source))
    count = np.zeros(len(source))
    for _ in range(iterations):
        count = np.zeros(len(source))
        for first in range(0, len(sizes), CHUNK * 10):
            size = sizes[first : first + CHUNK * 10]
            begin = ends[first] - size[0]
            chosen = links[begin : begin + size.sum()]
            share = probability[chosen]
            share /= np.repeat(np.add.reduceat(share, np.cumsum(size) - size), size)
            count += np.bincount(chosen, share, len(source))
        probability = count / (np.bincount(source, count)[source] + 1e-9)
    return probability, count


def write(path: Path, found: Iterable[Translation]) -> None:
    """Translations as tab-separated lines."""
    path.write_text("".join(f"{t.source}\t{t.target}\t{t.probability:.4f}\t{t.occurrences:.2f}\n" for t in found), "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Align the files that are named and write both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pairs", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    pairs = list(read_pairs(options.pairs))
    english, german = [pair[0] for pair in pairs], stemmed([pair[1] for pair in pairs], "german")
    write(options.out / "de-en.tsv", model_one(german, english))
    write(options.out / "en-de.tsv", model_one(stemmed(english, "english"), german))
    print(f"{len(german)} pairs aligned into {options.out}")


if __name__ == "__main__":
    main()
