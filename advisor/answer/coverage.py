"""Which parts of a question the library answers, and which it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from advisor.answer.question import parts
from advisor.answer.schema import Strength
from advisor.conversation import points_back


@dataclass(frozen=True, slots=True)
class Coverage:
    """A question without the parts that the library does not answer, and those parts."""

    question: str
    uncovered: tuple[str, ...] = ()


def covered(question: str, beyond: Callable[[str], bool], judged: Callable[[str], Strength | None]) -> Coverage:
    """A question without the parts that are beyond the library; it stays whole where the rest is not well answered."""
    pieces = parts(question)
    out = [piece for piece in pieces if _asks(piece) and beyond(piece)] if len(pieces) > 1 else []
    kept = [piece for piece in pieces if piece not in out]
    rest = _joined(kept)
    if not out or not any(_is_question(piece) for piece in kept) or judged(rest) not in ("strong", "partial"):
        return Coverage(question)
    return Coverage(rest, tuple(_sentence(piece) for piece in out))


def _asks(piece: str) -> bool:
    """True for a question that can be judged by itself: one that points back to another part cannot."""
    return _is_question(piece) and not points_back(piece)


def _is_question(piece: str) -> bool:
    return not piece.endswith((".", "!"))


def _joined(pieces: Sequence[str]) -> str:
    return " ".join(piece if piece.endswith(("?", ".", "!")) else f"{piece}?" for piece in pieces)


def _sentence(piece: str) -> str:
    piece = re.sub(r"^(?:und|oder|aber|and|or|but|also)\s+", "", piece.strip(), flags=re.IGNORECASE)
    return (piece[:1].upper() + piece[1:]).rstrip("?.! ") + "?"
