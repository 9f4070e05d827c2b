"""Tokens for late interaction: each token of a text as a short unit vector, each token of a question with a weight.

A passage is near a question where each of the question's tokens, the rarer the more, has a near one in the passage (MaxSim, Khattab and
Zaharia 2020). The tokens are those of the encoder as the whole text has shaped them, projected to few dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from advisor.errors import EncoderError

Vectors = NDArray[np.float32]
# Above some 260,000 multiplications OpenBLAS spreads a product over threads that wait for each other: twice the processor time of encoding.
UNSPREAD = 250_000
COMMON = 1.5  # rarity below which a passage's token is not kept: articles, prepositions, full stops
FEW = 4  # tokens up to which all are kept
STEP = 20  # the table of rarities holds twentieths


class Encoded(NamedTuple):
    """What an encoder makes of a text: `vectors` of the whole and of its parts, shape (1 + parts, d), and of its `tokens`, shape (n, t).

    An encoder that cannot compare by tokens gives none: n is 0.
    """

    vectors: Vectors
    tokens: Vectors


class Weighted(NamedTuple):
    """The tokens of a question, shape (n, t), with weights of sum 1, shape (n,)."""

    tokens: Vectors
    weights: Vectors


NO_TOKENS = np.zeros((0, 0), np.float32)
UNWEIGHTED = Weighted(NO_TOKENS, np.zeros(0, np.float32))


class Interaction:
    """How tokens are projected and weighed: a matrix of shape (d, t) and the rarity of every token id in each language."""

    def __init__(self, projection: Vectors, rarity: dict[str, Vectors]) -> None:
        self._projection, self._rarity = projection, rarity

    @classmethod
    def from_weights(cls, path: Path) -> Interaction:
        """What stands in interaction.npz."""
        try:
            with np.load(path) as file:
                rarity = {language: file[f"rarity_{language}"].astype(np.float32) / STEP for language in ("en", "de")}
                return cls(file["projection"].astype(np.float32), rarity)
        except (OSError, KeyError, ValueError) as error:
            raise EncoderError(f"The bundled encoder is not complete: {path}: {error}. Install again.") from error

    def of_passage(self, ids: Sequence[int], tokens: Vectors, language: str) -> Vectors:
        """Unit vectors of the tokens that are worth keeping."""
        kept = self._of(language)[list(ids)] >= COMMON
        return self._short(tokens[kept] if kept.sum() >= FEW else tokens)

    def of_question(self, ids: Sequence[int], tokens: Vectors, language: str) -> Weighted:
        """Unit vectors of all tokens, weighted by rarity."""
        weights = self._of(language)[list(ids)]
        total = weights.sum()
        return Weighted(self._short(tokens), weights / total) if total > 0 else UNWEIGHTED

    def _of(self, language: str) -> Vectors:
        return self._rarity.get(language, self._rarity["en"])

    def _short(self, tokens: Vectors) -> Vectors:
        step = max(1, UNSPREAD // self._projection.size)
        short = np.concatenate([tokens[begin : begin + step] @ self._projection for begin in range(0, max(1, len(tokens)), step)])
        found: Vectors = (short / np.maximum(np.linalg.norm(short, axis=1, keepdims=True), 1e-9)).astype(np.float32)
        return found
