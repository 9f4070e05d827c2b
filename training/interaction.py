"""Weights and parallel paragraphs → interaction.npz: how tokens are projected for late interaction, and how rare each token is.

Run: python training/interaction.py PARAGRAPHS.tsv --weights FOLDER --name NAME
PARAGRAPHS.tsv has a source, an English and a German paragraph on a line. The projection is onto the first principal components of the
tokens of both languages, turned at random so that every number carries as much; the rarity of a token is its inverse document frequency.
FOLDER holds what export.py wrote; encoder.json there gets the new name and a sha256 of model and projection. Two minutes on one core.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from advisor.encoder.bundled import BundledEncoder
from advisor.encoder.interaction import STEP

DIMENSION = 64
COUNTED, READ = 40_000, 1_500  # paragraphs from which rarities are counted, and those whose tokens are projected
LANGUAGES = ("en", "de")
Matrix = NDArray[np.float32]


def rarities(texts: Sequence[str], language: str, encoder: BundledEncoder, ids: int) -> NDArray[np.uint8]:
    """The inverse document frequency of every token id, in steps."""
    held = np.zeros(ids, np.int64)
    for text in texts:
        held[np.unique(encoder.tokens(text, language))] += 1
    rarity = np.log(1 + (len(texts) - held + 0.5) / (held + 0.5))
    found: NDArray[np.uint8] = np.clip(np.round(rarity * STEP), 0, 255).astype(np.uint8)
    return found


def projection(tokens: Matrix, dimension: int) -> Matrix:
    """A matrix of shape (d, dimension) onto the first principal components, turned at random."""
    values, vectors = np.linalg.eigh(tokens.T @ tokens)
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((dimension, dimension)))
    found: Matrix = (vectors[:, np.argsort(-values)[:dimension]] @ turn).astype(np.float32)
    return found


def read(texts: Sequence[str], language: str, encoder: BundledEncoder) -> Matrix:
    """The vectors of the tokens of texts, without the marks at both ends."""
    return np.concatenate([encoder.read(encoder.tokens(text, language))[1:-1] for text in texts])


def stamp(weights: Path, name: str) -> None:
    """Write the name and the sha256 of what makes the vectors into encoder.json."""
    card = json.loads((weights / "encoder.json").read_text("utf-8"))
    digest = hashlib.sha256((weights / card["file"]).read_bytes() + (weights / "interaction.npz").read_bytes()).hexdigest()
    (weights / "encoder.json").write_text(json.dumps({**card, "name": name, "sha256": digest}) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write interaction.npz beside the model, and stamp both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paragraphs", type=Path)
    parser.add_argument("--weights", type=Path, required=True, help="folder that export.py wrote")
    parser.add_argument("--name", required=True, help="a new name for new weights: an index is stamped with it")
    options = parser.parse_args(arguments)
    lines = options.paragraphs.read_text("utf-8").splitlines()
    random.Random(1).shuffle(lines)
    pairs = [line.split("\t")[1:3] for line in lines[:COUNTED]]
    texts = dict(zip(LANGUAGES, zip(*pairs, strict=True), strict=True))
    encoder = BundledEncoder(options.weights)
    ids = encoder.tokens.FIRST_STEM + len((options.weights / "stems.tsv").read_text("utf-8").splitlines())
    tokens = np.concatenate([read(texts[language][:READ], language, encoder) for language in LANGUAGES])
    np.savez_compressed(
        options.weights / "interaction.npz",
        projection=projection(tokens, DIMENSION).astype(np.float16),
        **{f"rarity_{language}": rarities(texts[language], language, encoder, ids) for language in LANGUAGES},
    )
    stamp(options.weights, options.name)


if __name__ == "__main__":
    main()
