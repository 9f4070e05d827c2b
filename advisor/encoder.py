"""Turn text into vectors: the bundled bilingual encoder, without torch, and the seam for others.

The bundled encoder is all-MiniLM-L6-v2 with 60,000 further embedding rows for German stems: English is cut into WordPieces as ever; a
German word is lower-cased, stemmed and looked up among the rows, split into known compounds where it has none, and cut into WordPieces
as a last resort. Its sources, licences and figures stand in weights/MODEL_CARD.md.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from advisor.errors import EncoderError

Vectors = NDArray[np.float32]
WEIGHTS = Path(__file__).parent / "weights"


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

    def encode_question(self, text: str, language: str) -> Vectors:
        """One unit vector of shape (dimension,)."""
        ...


class BundledEncoder:
    """The encoder that ships with the advisor: 384 dimensions, German and English, int8, ONNX Runtime."""

    LIMIT = 256  # tokens that the model was trained on
    BATCH_TOKENS = 4096

    def __init__(self, weights: Path = WEIGHTS, threads: int = 2) -> None:
        self._weights = weights
        self._threads = threads
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
        """One unit vector of shape (384,)."""
        row: Vectors = self._run(self._one, [self.tokens(text, language)[: self.LIMIT]])[0]
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


class Tokens:
    """Text to token ids, by language; the German side knows stems and compounds."""

    START, STOP, FIRST_STEM = 101, 102, 30522
    _WORD = re.compile(r"\w+|[^\w\s]")

    def __init__(self, pieces: Callable[[str], list[int]], stems: dict[str, int], weights: Sequence[int]) -> None:
        import Stemmer

        self._pieces = pieces
        self._rows = stems
        self._weights = weights
        self._stem: Callable[[str], str] = Stemmer.Stemmer("german").stemWord
        self._known: dict[str, list[int]] = {}

    @classmethod
    def from_weights(cls, weights: Path) -> Tokens:
        """The tokeniser of the weights in a folder (vocabulary.txt and stems.tsv)."""
        from tokenizers import BertWordPieceTokenizer

        try:
            pieces = BertWordPieceTokenizer(str(weights / "vocabulary.txt"), lowercase=True)
            lines = (weights / "stems.tsv").read_text("utf-8").splitlines()
        except Exception as error:
            raise EncoderError(f"The bundled encoder's vocabulary does not load from {weights}: {error}. Install again.") from error
        pairs = [line.split("\t") for line in lines]
        stems = {stem: row for row, (stem, _) in enumerate(pairs)}
        return cls(lambda text: list(pieces.encode(text, add_special_tokens=False).ids), stems, [int(weight) for _, weight in pairs])

    def __call__(self, text: str, language: str) -> list[int]:
        """Token ids with start and stop marks, at most a few more than the encoder reads."""
        if language != "de":
            ids = self._pieces(text)[: BundledEncoder.LIMIT - 2]
        else:
            ids = []
            for word in self._WORD.findall(text.lower()):
                ids += self._word(word)
                if len(ids) >= BundledEncoder.LIMIT - 2:
                    break
            ids = ids[: BundledEncoder.LIMIT - 2]
        return [self.START, *ids, self.STOP]

    def _word(self, word: str) -> list[int]:
        if word not in self._known:
            if len(self._known) > 200_000:  # a bound on memory, not a tuned number
                self._known.clear()
            row = self._row(word)
            parts = [row] if row is not None else self._compound(word, depth=0)
            self._known[word] = [self.FIRST_STEM + part for part in parts] if parts else self._pieces(word)
        return self._known[word]

    def _row(self, word: str) -> int | None:
        row = self._rows.get(word)
        return row if row is not None else self._rows.get(self._stem(word))

    def _compound(self, word: str, depth: int) -> list[int] | None:
        """Rows of the best split into two known parts, else of a split head and a known tail; None where nothing fits."""
        if not 7 <= len(word) <= 60:
            return None
        best: tuple[int, list[int]] | None = None
        for cut in range(3, len(word) - 2):
            tail = self._rows.get(self._stem(word[cut:]))
            if tail is None:
                continue
            for head_word in _heads(word[:cut], 3):
                head = self._row(head_word)
                if head is None:
                    continue
                score = min(self._weights[head], self._weights[tail]) * min(len(head_word), len(word) - cut) ** 2
                if best is None or score > best[0]:
                    best = (score, [head, tail])
        if best:
            return best[1]
        return None if depth else self._three_parts(word)

    def _three_parts(self, word: str) -> list[int] | None:
        """A known tail behind a head that splits in two."""
        for cut in range(len(word) - 4, 3, -1):
            tail = self._rows.get(self._stem(word[cut:]))
            if tail is not None and self._weights[tail] > 5:
                head = self._compound(word[:cut].removesuffix("s"), depth=1)
                if head:
                    return [*head, tail]
        return None


def _heads(head: str, shortest: int) -> list[str]:
    """The first part of a compound as it stands and without its linking letters."""
    forms = [head]
    if head[-1] in "sne-":
        forms.append(head[:-1])
    if head.endswith(("es", "en")):
        forms.append(head[:-2])
    return [form for form in dict.fromkeys(forms) if len(form) >= shortest]
