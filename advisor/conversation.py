"""Immutable turns; a follow-up made a standalone question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from advisor.text import language, language_evidence

_FOLLOW_UP = re.compile(
    r"^\s*(?:and|but|or|also|so|then|und|aber|oder|auch|dann)\b|"
    r"^\s*(?:what|how|was|wie)\s+(?:about|ist mit|sieht es mit|steht es um)\b|"
    r"\b(?:that|this|these|those|it|they|them|he|she|there|das|dies|diese[rsmn]?|davon|dafür|dazu|darin|damit|er|sie|ihnen|dort)\b",
    re.IGNORECASE,
)
_SHORT = 9  # words; a longer question carries its own subject


@dataclass(frozen=True, slots=True)
class Turn:
    """One question as it was asked, the standalone question it was taken for, and the works that the answer cited."""

    asked: str
    standalone: str
    language: str
    works: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """The turns so far, oldest first."""

    turns: tuple[Turn, ...] = ()

    def with_turn(self, turn: Turn) -> Conversation:
        """A conversation with one more turn."""
        return Conversation((*self.turns, turn))


def question_language(question: str, conversation: Conversation, default: str) -> str:
    """ "de" or "en": by the question's own words, else that of the last turn, else the default."""
    if language_evidence(question) != 0:
        return language(question)
    return conversation.turns[-1].language if conversation.turns else default


def standalone(question: str, conversation: Conversation) -> str:
    """The question with the subject of the turn before, where its words point back to it; else as it is."""
    if not conversation.turns or len(question.split()) > _SHORT or not _FOLLOW_UP.search(question):
        return question
    return f"{conversation.turns[-1].standalone} {question}"
