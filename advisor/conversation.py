"""Immutable turns; a follow-up made a standalone question."""

from __future__ import annotations

import re
from dataclasses import dataclass

from advisor.language import CLEAR, evidence
from advisor.stopwords import FAINT, STOP
from advisor.text import language_evidence

# Words at the head of a question that tie it to the one before, and words inside it that point back.
_TIED = re.compile(
    r"^\s*(?:and|but|or|also|so|then|und|aber|oder|auch|dann|what about|how about|was ist mit|wie sieht es mit|wie steht es um)\b|"
    r"^\s*(?:why|how so|since when|for how long|how long|how much|who says (?:so|that|this)|warum|wieso|seit wann|wie lange|wie viel|"
    r"wer sagt (?:das|so was)|und wer|von wem)\W*$",
    re.IGNORECASE,
)
_POINTING = re.compile(
    r"\b(?:that|this|these|those|it|they|them|he|she|das|dies|diese[rsmn]?|davon|dafür|dazu|darin|damit|sie|ihnen|er)\b", re.IGNORECASE
)
_WORDS = 10  # a longer question carries its own subject
_SUBJECTS = 2  # so does one with more words of its own than this


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


def question_language(question: str, conversation: Conversation, default: str, names: frozenset[str] = frozenset()) -> str:
    """ "de" or "en": by the question's own words, else that of the last turn, else by the dictionaries, else the default.

    `names` are those of the library, which tell no language, though a dictionary may know them as words.
    """
    told = language_evidence(question)
    if abs(told) < CLEAR and conversation.turns:
        return conversation.turns[-1].language
    told = told if abs(told) >= CLEAR else evidence(question, names)
    return default if told == 0 else "de" if told > 0 else "en"


def standalone(question: str, conversation: Conversation) -> str:
    """The question with the one that named its subject, where its words tie it to that one; else as it is: the topic has changed.

    Of the follow-ups between them only the last counts, and only where the question points back to it, as "who says that?" does.
    """
    if not conversation.turns or len(question.split()) > _WORDS or not _follows(question):
        return question
    last = conversation.turns[-1]
    topic = next((turn.standalone for turn in reversed(conversation.turns) if turn.asked == turn.standalone), last.standalone)
    between = [last.asked] if last.asked != last.standalone and last.standalone != topic and _POINTING.search(question) else []
    return " ".join([topic, *between, question])


def points_back(text: str) -> bool:
    """True for words that another question must be known for: "and for how long?", "does that hold for them?"."""
    subjects = [word for word in re.findall(r"\w+", text.casefold()) if word not in _EMPTY]
    return bool(_POINTING.search(text) or len(subjects) < 2)


def _follows(question: str) -> bool:
    subjects = [word for word in re.findall(r"\w+", question.casefold()) if word not in _EMPTY]
    return bool(_TIED.search(question)) or (bool(_POINTING.search(question)) and len(subjects) <= _SUBJECTS)


_EMPTY = frozenset().union(*FAINT.values(), *STOP.values())
