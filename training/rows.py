"""Lexicon, alignment and base model → an embedding row for every German stem.

Run: python training/rows.py --base FOLDER --alignment FOLDER --out rows.npz [--lexicon training/lexicon.tsv.xz] [--weights stems.tsv]
FOLDER of the base model is a checkout of all-MiniLM-L6-v2. A row is the mean of the base model's input embeddings of the stem's English
translations, weighted by their probability and rescaled to their mean norm. A minute on one core.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sources import German, Weighted
from tables import parser, read_german

ROWS = 60_000
UNKNOWN = 100  # [UNK]

Rows = NDArray[np.float32]


def embedder(base: Path) -> Callable[[str], Rows]:
    """Phrase → mean input embedding of its WordPieces in the model of a folder."""
    from tokenizers import BertWordPieceTokenizer
    from transformers import AutoModel

    pieces = BertWordPieceTokenizer(str(base / "vocab.txt"), lowercase=True)
    matrix: Rows = AutoModel.from_pretrained(base).get_input_embeddings().weight.detach().numpy()
    held: dict[str, Rows] = {}

    def embed(phrase: str) -> Rows:
        if phrase not in held:
            ids = pieces.encode(phrase, add_special_tokens=False).ids or [UNKNOWN]
            held[phrase] = matrix[ids].mean(0)
        return held[phrase]

    return embed


def row(phrases: Weighted, embed: Callable[[str], Rows]) -> Rows:
    """The row of a stem from its translations."""
    total = sum(probability for _, probability in phrases)
    shares = np.array([probability / total for _, probability in phrases], np.float32)
    vectors = np.stack([embed(phrase) for phrase, _ in phrases])
    mean = shares @ vectors
    result: Rows = mean * (shares @ np.linalg.norm(vectors, axis=1) / max(float(np.linalg.norm(mean)), 1e-6))
    return result


def chosen(german: German, most: int = ROWS) -> list[str]:
    """The stems that get a row: those of the lexicon, then the most frequent others; in the order of their weights."""
    stems = sorted(german.phrases, key=lambda stem: (stem not in german.listed, -german.weights[stem], stem))[:most]
    return sorted(stems, key=lambda stem: (-german.weights[stem], stem))


def main(arguments: Sequence[str] | None = None) -> None:
    """Write stems, weights and rows of the files that are named."""
    made = parser(__doc__ or "")
    made.add_argument("--base", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    made.add_argument("--rows", type=int, default=ROWS)
    options = made.parse_args(arguments)
    german = read_german(options)
    embed = embedder(options.base)
    stems = chosen(german, options.rows)
    rows = np.stack([row(german.phrases[stem], embed) for stem in stems]).astype(np.float32)
    weights = np.array([round(german.weights[stem]) for stem in stems], np.int64)
    np.savez(options.out, stems=np.array(stems), weights=weights, rows=rows)
    print(f"{len(rows)} rows of {rows.shape[1]} in {options.out}")


if __name__ == "__main__":
    main()
