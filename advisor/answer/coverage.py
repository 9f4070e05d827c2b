"""Which parts of a question the library answers, and which it does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from advisor.answer.question import parts
from advisor.conversation import points_back

SUBJECTS = 2  # words of its own that a part must have to be judged by itself


@dataclass(frozen=True, slots=True)
class Coverage:
    """A question without the parts that the library does not answer, and those parts."""

    question: str
    uncovered: tuple[str, ...] = ()


def covered(question: str, declines: Callable[[str], bool]) -> Coverage:
    """The parts of a question that are not declined by themselves; a question of one part, or of declined parts alone, stays whole."""
    pieces = parts(question)
    if len(pieces) < 2:
        return Coverage(question)
    asking = [piece for piece in pieces if _asks(piece, piece is pieces[-1])]
    out = [piece for piece in asking if declines(piece)]
    if not out or len(out) == len(asking):
        return Coverage(question)
    return Coverage(_joined([piece for piece in pieces if piece not in out]), tuple(_sentence(piece) for piece in out))


def _asks(piece: str, last: bool) -> bool:
    """True for a question that can be judged by itself: one that points back to another part cannot."""
    return not piece.endswith((".", "!")) and not points_back(piece)


def _joined(pieces: Sequence[str]) -> str:
    return " ".join(piece if piece.endswith(("?", ".", "!")) else f"{piece}?" for piece in pieces)


def _sentence(piece: str) -> str:
    piece = piece.strip()
    return (piece[:1].upper() + piece[1:]).rstrip("?.! ") + "?"
