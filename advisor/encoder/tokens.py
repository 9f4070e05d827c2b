"""Text to token ids for the bundled encoder.

English is cut into WordPieces as ever; a German word is lower-cased, stemmed and looked up among the rows, split into known compounds
where it has none, and cut into WordPieces as a last resort.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from advisor.errors import EncoderError
from advisor.text import compound_heads

LIMIT = 256  # tokens that the model was trained on


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
            ids = self._pieces(text)[: LIMIT - 2]
        else:
            ids = []
            for word in self._WORD.findall(text.lower()):
                ids += self._word(word)
                if len(ids) >= LIMIT - 2:
                    break
            ids = ids[: LIMIT - 2]
        return [self.START, *ids, self.STOP]

    def _word(self, word: str) -> list[int]:
        if word not in self._known:
            if len(self._known) > 200_000:  # a bound on memory, not a tuned number
                self._known.clear()
            self._known[word] = self._read(word)
        return self._known[word]

    def _read(self, word: str) -> list[int]:
        row = self._row(word)
        if row is not None:
            return [self.FIRST_STEM + row]
        pieces = self._pieces(word)
        if len(pieces) == 1:  # an English word or a name that the base model knows, not a compound of German syllables
            return pieces
        parts = self._compound(word, depth=0)
        return [self.FIRST_STEM + part for part in parts] if parts else pieces

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
            for head_word in compound_heads(word[:cut], 3):
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
