"""The bundled bilingual encoder, without torch.

It is all-MiniLM-L6-v2 with 60,000 further embedding rows for German stems; how it reads a text stands in `tokens`. Its sources, licences
and figures stand in weights/MODEL_CARD.md.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.encoder.interaction import Encoded, Interaction, Weighted
from advisor.encoder.tokens import LIMIT, Tokens
from advisor.encoder.unit import unit
from advisor.errors import EncoderError

if TYPE_CHECKING:
    from advisor.encoder import Vectors

WEIGHTS = Path(__file__).parent.parent / "weights"


class BundledEncoder:
    """The encoder that ships with the advisor: 384 dimensions, German and English, int8, ONNX Runtime."""

    LIMIT = LIMIT

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
        """Sha256 of the files that make the vectors, as recorded when they were made."""
        return str(self._card["sha256"])

    @property
    def dimension(self) -> int:
        """384."""
        return int(self._card["dimension"])

    @cached_property
    def tokens(self) -> Tokens:
        """The tokeniser for both languages, loaded when first used."""
        return _tokens(self._weights, self.fingerprint)

    @cached_property
    def _interaction(self) -> Interaction:
        return Interaction.from_weights(self._weights / "interaction.npz")

    @cached_property
    def _session(self) -> Any:
        return _session(self._weights, str(self._card["file"]), self.fingerprint)

    def encode_passages(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Unit vectors of shape (n, 384); a vector depends on its text alone, not on what is encoded beside it."""
        found = self.encode_parted([[text] for text in texts], languages)
        return np.stack([each.vectors[0] for each in found]) if found else np.zeros((0, self.dimension), np.float32)

    def encode_parted(self, texts: Sequence[Sequence[str]], languages: Sequence[str]) -> list[Encoded]:
        """For each text, given in parts, unit vectors of shape (1 + parts, 384): of the whole, and of each part as it is read in the whole;
        beside them those of its tokens.

        The parts are to be whole words, such as a heading and the sentences below it; those beyond the limit of tokens have no vector.
        """
        jobs = [(tuple(parts), language) for parts, language in zip(texts, languages, strict=True)]
        each = list(dict.fromkeys(jobs))
        with ThreadPoolExecutor(self._threads) as threads:
            encoded = dict(zip(each, threads.map(self._parted, each), strict=True))
        return [encoded[job] for job in jobs]

    def encode_question(self, text: str, language: str) -> Vectors:
        """One unit vector of shape (384,), not to be written to: the last questions' vectors are kept."""
        return self._question(text, language)[0]

    def question_tokens(self, text: str, language: str) -> Weighted:
        """The tokens of a question with their weights; made together with its vector."""
        return self._question(text, language)[1]

    def _encode_question(self, text: str, language: str) -> tuple[Vectors, Weighted]:
        ids = self.tokens(text, language)
        tokens = self.read(ids)
        row: Vectors = unit(tokens.mean(0)[None], 1, "The bundled encoder")[0]
        row.setflags(write=False)
        return row, self._interaction.of_question(ids[1:-1], tokens[1:-1], language)

    def read(self, ids: Sequence[int]) -> Vectors:
        """The vectors of the tokens of one text, shape (len(ids), 384), as they shape one another."""
        tokens: Vectors = self._session.run(None, {"input_ids": np.array([ids], np.int64)})[0][0]
        return tokens

    def _parted(self, job: tuple[tuple[str, ...], str]) -> Encoded:
        """Means of the vectors of tokens (Reimers and Gurevych 2019); for parts, of those that the whole text has given their meaning."""
        parts, language = job
        ids, ends = [Tokens.START], []
        for part in parts:
            ids += self.tokens(part, language)[1:-1]
            ends.append(len(ids))
        ids = [*ids[: self.LIMIT - 1], Tokens.STOP]
        tokens = self.read(ids)
        starts = [1, *ends[:-1]]
        spans = [(start, min(end, len(ids) - 1)) for start, end in zip(starts, ends, strict=True)]
        means = [tokens.mean(0), *(tokens[start:end].mean(0) for start, end in spans if len(parts) > 1 and start < end)]
        vectors = unit(np.stack(means), len(means), "The bundled encoder")
        return Encoded(vectors, self._interaction.of_passage(ids[1:-1], tokens[1:-1], language))


# A program that opens several libraries loads the weights once; none of them is written to.
@lru_cache(maxsize=2)
def _tokens(weights: Path, _fingerprint: str) -> Tokens:
    return Tokens.from_weights(weights)


@lru_cache(maxsize=2)
def _session(weights: Path, file: str, _fingerprint: str) -> Any:
    # One thread a text, several texts at a time: a text in 2 to 15 ms. With two threads a text, under load, 500 ms were seen.
    try:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(str(weights / file), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise EncoderError(f"The bundled encoder does not load from {weights}: {error}. Install again.") from error
