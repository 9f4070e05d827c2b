"""Which parts of a question the library answers, and which it does not."""

from __future__ import annotations

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


def covered(question: str, judged: Callable[[str], Strength | None]) -> Coverage:
    """The parts of a question that are not declined by themselves; a question stays whole where no other part is well answered."""
    pieces = parts(question)
    strengths = {piece: judged(piece) for piece in pieces if _asks(piece)} if len(pieces) > 1 else {}
    out = [piece for piece, strength in strengths.items() if strength is None]
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
    piece = piece.strip()
    return (piece[:1].upper() + piece[1:]).rstrip("?.! ") + "?"
