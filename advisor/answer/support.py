"""Whether a sentence that a language model wrote is borne out by the quotations that it cites.

Everything here is a pure function of the sentence, the cited quotations and the word lists. A sentence passes when it has no fault; what
passes is not proven, but its numbers, names, negations and subject are those of the quotations. docs/models.md names the limits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from advisor.answer.denials import BOTH, agree, clauses, denials, opposed, windows
from advisor.answer.figures import figures, missing
from advisor.answer.sources import Source
from advisor.answer.strangers import strange_names
from advisor.answer.words import Words, senses
from advisor.text import fold, language_evidence, sentences

Fault = Literal["uncited", "instruction", "language", "number", "name", "content", "negation", "opposite", "meaning"]

SHARE, ACROSS = 0.5, 0.4  # of the subject words of a sentence that the quotations must hold, in their language and across languages
MEANING = 0.35  # cosine with the nearest cited sentence, by the bundled encoder
NEAR = 0.34  # share of the words of a clause that another must hold to be about the same

_INSTRUCTION = re.compile(
    r"\b(?:ignor\w*|disregard\w*|forget|override|bypass|vergiss|vergesst|vergessen sie|missachte\w*|übergeh\w*|verwirf)\b[^.!?]{0,60}"
    r"\b(?:instructions?|prompts?|rules|guidelines|directives|anweisung\w*|anleitung\w*|vorgaben|regeln|instruktion\w*|befehl\w*)\b|"
    r"\b(?:system prompt|systemprompt|system-prompt|you are now|from now on,? you|du bist (?:jetzt|nun|ab jetzt)|sie sind ab jetzt)\b|"
    r"<\|[a-z_]+\|>|\[/?INST\]|###\s*(?:instruction|system|user|assistant)\b|^\s*(?:system|assistant)\s*:",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Check:
    """All that a sentence is checked with; `similarity` is the cosine of a sentence with the nearest of others, or None for no encoder."""

    words: Words
    language: str
    question: str = ""
    similarity: Callable[[str, str, Sequence[tuple[str, str]]], float] | None = None
    _senses: Callable[[str, str], tuple[frozenset[str], ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_senses", lru_cache(4096)(lambda text, language: tuple(senses(self.words, text, language))))

    def fault(self, sentence: str, cited: Sequence[Source]) -> Fault | None:
        """The first fault of a sentence in the light of the quotations that it cites, or None where there is none."""
        sources = [source for source in cited if not speaks_to_a_machine(source.quote)]
        if not sources:
            return "instruction" if cited else "uncited"
        if speaks_to_a_machine(sentence):
            return "instruction"
        if language_evidence(sentence) * (1 if self.language == "de" else -1) < -1:
            return "language"
        if wrong_figures(sentence, self.language, sources):
            return "number"
        if strange_names(sentence, self.language, sources, self.words):
            return "name"
        if not self.has_content(sentence, sources):
            return "content"
        return self._against(sentence, sources) or self._apart(sentence, sources)

    def relevant(self, sentence: str, source: Source) -> bool:
        """True where a quotation holds a subject word of the sentence: one that holds none is cited for show."""
        held = frozenset().union(*self._senses(source.quote, source.language))
        return any(sense & held for sense in self._senses(sentence, self.language))

    def has_content(self, sentence: str, sources: Sequence[Source]) -> bool:
        """True where the quotations hold enough of the subject words of a sentence; words of the question alone do not suffice."""
        held = frozenset().union(*(sense for source in sources for sense in self._senses(source.quote, source.language)))
        about = frozenset(word for source in sources for word in fold(source.about).split())
        asked = frozenset().union(*self._senses(self.question, self.language))
        spoken = [sense for sense in self._senses(_without_names(sentence, about), self.language)]
        own = [sense for sense in spoken if sense & held or not sense & asked]
        found = sum(bool(sense & held) for sense in own)
        floor = SHARE if any(source.language == self.language for source in sources) else ACROSS
        return found >= min(2, len(spoken)) and found >= floor * len(own) and found > 0

    def _against(self, sentence: str, sources: Sequence[Source]) -> Fault | None:
        """A denial, or an opposite, where the nearest clause of the quotations says the reverse."""
        held = [(clause, source.language) for source in sources for clause in (*clauses(source.quote), *windows(source.quote))]
        for clause in clauses(sentence):
            near = self._nearest(clause, held)
            if not near:
                if denials(clause, self.language) and self._senses(clause, self.language):
                    return "negation"
                continue
            if not any(agree(clause, self.language, other, language) for other, language in near):
                return "negation"
            if all(opposed(clause, other) for other, _ in near):
                return "opposite"
        return None

    def _nearest(self, clause: str, held: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The clauses that hold most of the words of this one; none where even those hold few."""
        own = self._senses(clause, self.language)
        if not own:
            return []
        shares = []
        for other, language in held:
            theirs = frozenset().union(*self._senses(other, language))
            shares.append(sum(bool(sense & theirs) for sense in own) / len(own))
        best = max(shares, default=0.0)
        found = [pair for pair, share in zip(held, shares, strict=True) if share == best] if best >= NEAR else []
        shortest = min((clause.count(" ") for clause, _ in found), default=0)
        # Two clauses together count only where they hold more than one of them alone.
        return [pair for pair in found if BOTH not in pair[0]] or [pair for pair in found if pair[0].count(" ") == shortest]

    def _apart(self, sentence: str, sources: Sequence[Source]) -> Fault | None:
        if self.similarity is None:
            return None
        held = [(span.of(source.quote), source.language) for source in sources for span in sentences(source.quote)]
        return "meaning" if self.similarity(sentence, self.language, held) < MEANING else None


def speaks_to_a_machine(text: str) -> bool:
    """True for text that gives orders to a language model; such a quotation is shown as what it is, and bears out nothing."""
    return bool(_INSTRUCTION.search(text))


def wrong_figures(sentence: str, language: str, sources: Sequence[Source]) -> bool:
    """True where a number of the sentence is in none of the quotations; the year of a work in brackets and its page are allowed."""
    for source in sources:
        if source.year:
            sentence = re.sub(rf"\({source.year}(?=[),])", "(", sentence)
        for page in re.findall(r"\d+", source.page or ""):
            sentence = re.sub(rf"\b(?:pp?\.|page|S\.|Seite)\s?{page}\b", "", sentence)
    held = [figure for source in sources for figure in figures(source.quote, source.language)]
    return bool(missing(figures(sentence, language), held))


def _without_names(sentence: str, about: frozenset[str]) -> str:
    """The sentence without the names of the works, of which every sentence about them would be full."""
    return " ".join(word for word in sentence.split() if not (word[:1].isupper() and set(fold(word).split()) & about))
