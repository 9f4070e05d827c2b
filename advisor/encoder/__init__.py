"""Turn text into vectors: the seam, the bundled encoder behind it, and two others that can take its place.

`bundled` runs on this machine without torch, `transformer` runs any sentence-transformers model on this machine, `server` asks an
embedding server. The index is stamped with the fingerprint of the one that made it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from advisor.encoder.bundled import WEIGHTS, BundledEncoder
from advisor.encoder.interaction import Encoded, Weighted
from advisor.encoder.server import ServerEncoder
from advisor.encoder.tokens import Tokens
from advisor.encoder.transformer import TransformerEncoder

__all__ = [
    "BUNDLED",
    "WEIGHTS",
    "BundledEncoder",
    "Encoded",
    "Encoder",
    "ServerEncoder",
    "Tokens",
    "TransformerEncoder",
    "Vectors",
    "Weighted",
    "open_encoder",
]

Vectors = NDArray[np.float32]
BUNDLED = "bundled"


class Encoder(Protocol):
    """Anything that turns texts into unit vectors; `fingerprint` changes whenever the vectors do."""

    @property
    def name(self) -> str:
        """The name under which the index is stamped."""
        ...

    @property
    def fingerprint(self) -> str:
        """Sha256 of the model file, or whatever else tells one encoder from another."""
        ...

    @property
    def dimension(self) -> int:
        """The number of components of a vector."""
        ...

    def encode_passages(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Unit vectors of shape (len(texts), dimension); `languages` gives "de" or "en" for each text."""
        ...

    def encode_parted(self, texts: Sequence[Sequence[str]], languages: Sequence[str]) -> list[Encoded]:
        """For each text, given in parts, unit vectors of the whole and, where the encoder can tell them, of each part and token in it."""
        ...

    def encode_question(self, text: str, language: str) -> Vectors:
        """One unit vector of shape (dimension,)."""
        ...

    def question_tokens(self, text: str, language: str) -> Weighted:
        """The tokens of a question with their weights; none where the encoder cannot compare by tokens."""
        ...


def open_encoder(name: str, url: str | None, key: str | None, threads: int) -> Encoder:
    """The encoder of a name ("bundled", or a model's name or folder), or the server at `url`, which then serves the model of that name.

    Nothing is loaded and no server is asked before the encoder is used. Raises UsageError for an address or a key that cannot be one.
    """
    if url is not None:
        return ServerEncoder(url, None if name == BUNDLED else name, key)
    return BundledEncoder(threads=threads) if name == BUNDLED else TransformerEncoder(name, threads)
