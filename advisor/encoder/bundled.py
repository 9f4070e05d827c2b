"""The bundled bilingual encoder, without torch.

It is all-MiniLM-L6-v2 with 60,000 further embedding rows for German stems; how it reads a text stands in `tokens`. Its sources, licences
and figures stand in weights/MODEL_CARD.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.encoder.tokens import LIMIT, Tokens
from advisor.errors import EncoderError

if TYPE_CHECKING:
    from advisor.encoder import Vectors

WEIGHTS = Path(__file__).parent.parent / "weights"


class BundledEncoder:
    """The encoder that ships with the advisor: 384 dimensions, German and English, int8, ONNX Runtime."""

    LIMIT = LIMIT
    BATCH_TOKENS = 4096

    def __init__(self, weights: Path = WEIGHTS, threads: int = 2) -> None:
        self._weights = weights
        self._threads = threads
        # One answer asks for the vector of its question five times: in search, judgement, choice of lists, quotations and suggestions.
        self._question = lru_cache(maxsize=64)(self._encode_question)
        try:
            self._card: dict[str, Any] = json.loads((weights / "encoder.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise EncoderError(f"The bundled encoder is not complete: {weights / 'encoder.json'}: {error}. Install again.") from error

    @property
    def name(self) -> str:
        """The name on the model card."""
        return str(self._card["name"])

    @property
    def fingerprint(self) -> str:
        """Sha256 of the ONNX file, as recorded when it was made."""
        return str(self._card["sha256"])

    @property
    def dimension(self) -> int:
        """384."""
        return int(self._card["dimension"])

    @cached_property
    def tokens(self) -> Tokens:
        """The tokeniser for both languages, loaded when first used."""
        return Tokens.from_weights(self._weights)

    @cached_property
    def _one(self) -> Any:
        # One thread, no spinning: a question in 2–4 ms; with two threads under load it was seen to take 500 ms.
        return self._session(1)

    @cached_property
    def _many(self) -> Any:
        return self._session(self._threads)

    def _session(self, threads: int) -> Any:
        try:
            import onnxruntime

            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            options.log_severity_level = 3
            options.add_session_config_entry("session.intra_op.allow_spinning", "0")
            return onnxruntime.InferenceSession(str(self._weights / self._card["file"]), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            raise EncoderError(f"The bundled encoder does not load from {self._weights}: {error}. Install again.") from error

    def encode_passages(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Unit vectors of shape (n, 384); batches are sorted by length, so that padding costs little."""
        tokens = [self.tokens(text, language)[: self.LIMIT] for text, language in zip(texts, languages, strict=True)]
        vectors = np.zeros((len(tokens), self.dimension), np.float32)
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]))
        begin = 0
        while begin < len(order):
            end = begin + 1
            while end < len(order) and (end - begin + 1) * len(tokens[order[end]]) <= self.BATCH_TOKENS:
                end += 1
            chosen = order[begin:end]
            vectors[chosen] = self._run(self._many, [tokens[i] for i in chosen])
            begin = end
        return vectors

    def encode_question(self, text: str, language: str) -> Vectors:
        """One unit vector of shape (384,), not to be written to: the last questions' vectors are kept."""
        return self._question(text, language)

    def _encode_question(self, text: str, language: str) -> Vectors:
        row: Vectors = self._run(self._one, [self.tokens(text, language)[: self.LIMIT]])[0]
        row.setflags(write=False)
        return row

    @staticmethod
    def _run(session: Any, batch: list[list[int]]) -> Vectors:
        width = max(map(len, batch))
        ids = np.zeros((len(batch), width), np.int64)
        mask = np.zeros((len(batch), width), np.int64)
        for row, tokens in enumerate(batch):
            ids[row, : len(tokens)] = tokens
            mask[row, : len(tokens)] = 1
        result: Vectors = session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return result
