"""Where in a sentence a list may begin: behind a colon, a number with a list noun, a listing verb, "such as" or "lassen sich"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from advisor.factors.lead_ins import claimed, counted, is_list_noun, is_list_verb
from advisor.factors.noun_phrases import is_finite, is_preposition
from advisor.factors.tokens import Phrase
from advisor.text import Span


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of tokens in which a list may stand: where it begins and at the latest ends, by which cue, and how many items it has.

    A "glued" colon has no space behind it.
    """

    start: int
    end: int
    cue: Literal["colon", "glued", "count", "example", "verb", "clauses"]
    number: int | None = None


_MOST_DASHES = 4
FILLERS = frozenset("namely nämlich auch etwa vor allem insbesondere zudem also mainly chiefly above all both".split())
_COPULAS = frozenset("sind waren lauten heißen gelten galten are were".split())
_BELONG = frozenset("gehören gehörten zählen zählten".split())
_TO = frozenset("zu zum zur dazu hierzu".split())
# "Kunden:innen" and "jede:r" are words, not lead-ins.
_GENDER = frozenset({"in", "innen", "r", "n"})
_EXAMPLE = re.compile(
    r"(?<!\w)(?:such as|wie etwa|wie zum Beispiel|wie beispielsweise|wie z\. ?B\.|darunter|including|namely|nämlich|und zwar|"
    r"zum Beispiel|beispielsweise|among them|for example,?|for instance,?|e\.g\.,?|unter anderem|"
    r"besteh(?:t|en) aus|consists? of|made up of)(?=\s)",
    re.IGNORECASE,
)
_MODAL = re.compile(
    r"\b(?:l(?:ässt|assen|ießen) sich|können|kann|könnten|müssen|muss|sollen|soll|sollten|sollte|wollen|will)\b"
    r"(?:\s+(?:sich|so|etwa|zum Beispiel|beispielsweise|auch|vor allem|dann|dabei|daher|sie|wir|man)\b)*",
    re.IGNORECASE,
)
_TO_INFINITIVE = re.compile(r"\bzu \w{2,30}n\b|\b\w{1,20}zu\w{2,20}n\b")


def places(text: str, words: Phrase, german: bool) -> list[Place]:
    """Every place in a sentence at which a list may begin, in order; where two cues meet, the stronger first."""
    if not words:
        return []
    found = [*_colons(text, words), *_counts(words), *_dashes(text, words), *_verbs(words)]
    start, end = words[0].start, words[-1].end
    found += [Place(_after(words, m.end()), len(words), "example") for m in _EXAMPLE.finditer(text, start, end)]
    if german:
        found += [Place(_after(words, m.end()), len(words), "clauses") for m in _MODAL.finditer(text, start, end)]
        found += _to_infinitives(text, words)
    return sorted((place for place in found if place.start < len(words)), key=lambda place: place.start)


def _after(words: Phrase, offset: int) -> int:
    """Return the first token behind an offset that is neither a comma, a colon nor a filler such as "vor allem"."""
    index = bisect_left(words, (offset,))
    while index < len(words) and (words[index].kind in ("comma", "colon") or words[index].low in FILLERS):
        index += 1
    return index


def _colons(text: str, words: Phrase) -> Iterator[Place]:
    for index, token in enumerate(words[:-1]):
        following = words[index + 1]
        if token.kind != "colon" or index == 0:
            continue
        if following.start > token.end:
            yield Place(index + 1, len(words), "colon")
        elif following.kind == "word" and following.low not in _GENDER and not text[token.start - 1].isspace():
            yield Place(index + 1, len(words), "glued")


def _counts(words: Phrase) -> Iterator[Place]:
    """Behind "the four phases", and before "are the four phases"."""
    for number, noun in counted(words):
        if not is_list_noun(words[noun]):
            continue
        copula = next((i for i in range(noun - 1, max(0, noun - 5), -1) if words[i].low in _COPULAS), None)
        if copula:
            yield Place(0, copula, "count", number)
        following = words[noun + 1] if noun + 1 < len(words) else words[noun]
        if following.kind in ("open", "dash", "comma") or following.low in ("of", "von"):
            yield Place(_after(words, following.end), len(words), "count", number)
        elif following.kind == "word" and not _is_function_word(following.low):
            yield Place(noun + 1, len(words), "count", number)


def _is_function_word(word: str) -> bool:
    return word in _COPULAS or any(test(word, german) for test in (is_preposition, is_finite) for german in (True, False))


def _dashes(text: str, words: Phrase) -> Iterator[Place]:
    """Behind a dash that stands as a colon: "Drei Dinge fehlen – Geld, Zeit und Mut"."""
    for dash in [index for index, token in enumerate(words) if token.kind == "dash" and index][:_MOST_DASHES]:
        number = claimed(text, Span(words[0].start, words[dash].start))
        if number:
            yield Place(dash + 1, len(words), "count", number)


def _verbs(words: Phrase) -> Iterator[Place]:
    """Behind a verb that lists: "nennt", "comprises", "dazu gehören", and "sind" or "are" after a list noun."""
    listed = belongs = False
    for token in words:
        listed = listed or is_list_noun(token)
        belongs = belongs or token.low in _TO
        if is_list_verb(token) or (token.low in _COPULAS and listed) or (token.low in _BELONG and belongs):
            yield Place(_after(words, token.end), len(words), "verb")


def _to_infinitives(text: str, words: Phrase) -> Iterator[Place]:
    """Behind the first comma of a sentence with three infinitives: "Es gilt, Ziele zu setzen, Mittel zu sichern und …"."""
    comma = next((index for index, token in enumerate(words) if token.kind == "comma"), None)
    if comma is not None and len(_TO_INFINITIVE.findall(text, words[0].start, words[-1].end)) > 2:
        yield Place(comma + 1, len(words), "clauses")
