"""Lists inside one sentence: after a colon, after a cue such as "such as" or "nennt", or as parallel clauses; German and English."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from advisor.coordination import SUBORDINATORS, items_of, words_of
from advisor.lead_ins import announces, claimed, counted, is_list_noun, is_list_verb, names_people, page_reference
from advisor.noun_phrases import (
    Phrase,
    ends_in_infinitive,
    is_finite,
    is_name_like,
    is_preposition,
    is_pronoun,
    is_relative,
    opening,
    phrase_end,
    shape,
    tokens,
)
from advisor.text import Span, language


@dataclass(frozen=True, slots=True)
class RunningList:
    """A list inside a sentence: the lead-in, the items in order, and the page that the sentence names for it."""

    lead: Span
    items: tuple[Span, ...]
    page_reference: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """A stretch of tokens in which a list may stand: where it begins and at the latest ends, and by which cue."""

    start: int
    end: int
    cue: Literal["colon", "glued colon", "count", "example", "verb", "clauses"]
    number: int | None = None


# Nothing that a reader would call a sentence is longer, and no sentence has more places at which a list can begin.
_LONGEST_SENTENCE = 4000
_MOST_PLACES = 24
_LONGEST_ITEM = 400

_CUE = re.compile(
    r"(?<!\w)(?:such as|wie etwa|wie zum Beispiel|wie beispielsweise|wie z\. ?B\.|darunter|including|namely|nämlich|und zwar|"
    r"zum Beispiel|beispielsweise|among them|for example,?|for instance,?|e\.g\.,?|unter anderem|besteh(?:t|en) aus|consists? of|made up of)"
    r"(?=\s)",
    re.IGNORECASE,
)
_CLAUSE_CUE = re.compile(
    r"\b(?:l(?:ässt|assen|ießen) sich|können|kann|könnten|müssen|muss|sollen|soll|sollten|sollte|wollen|will)\b"
    r"(?:\s+(?:sich|so|etwa|zum Beispiel|beispielsweise|auch|vor allem|dann|dabei|daher|sie|wir|man)\b)*",
    re.IGNORECASE,
)
# Three infinitives with "zu" after one another.
_ZU = re.compile(r"(?:\b(?:zu \w+n|\w+zu\w+n)\b[^.:;]{0,200}?){3}")
_BARE_PAGE = re.compile(r"\s*(?:Seiten?|S\.|pp?\.|pages?)\s*\d+(?:\s?[-–]\s?\d+)?(?:\s?ff?\.?)?\s*")  # noqa: RUF001 (printed ranges)
_CLAUSE_OPENERS = frozenset("dafür dazu hierfür hierzu dann daher deshalb so zudem außerdem zuerst also darum deswegen künftig heute".split())
_COPULAS = frozenset("sind waren lauten heißen are were".split())
_BELONG = frozenset("gehören gehörten zählen zählten".split())
_FILLERS = frozenset("auch etwa vor allem insbesondere zudem also mainly chiefly above all both".split())
_NAMES = re.compile(r"\bet al\b|\((?:Hrsg|eds?)\b|[\s(](?:19|20)\d\d[a-z]?\)|(?<!\w)[A-ZÄÖÜ]\.,?\s*(?:&|[A-ZÄÖÜ]\.|$)")
_GENDER = frozenset({"in", "innen", "r", "n"})


def find_in(text: str, sentence: Span, default: str) -> Iterator[RunningList]:
    """The lists inside one sentence, in order and without overlap; `default` is the language where the words do not tell it.

    A sentence beyond 4,000 characters is not searched.
    """
    if sentence.end - sentence.start > _LONGEST_SENTENCE:
        return
    words = tokens(text, sentence)
    german = language(sentence.of(text), default) == "de"
    reached = sentence.start
    for place in sorted(_places(text, words, german), key=lambda p: p.start)[:_MOST_PLACES]:
        if place.start < len(words) and words[place.start].start >= reached:
            items = _list_at(text, words, place, german)
            if items:
                spans = tuple(Span(item[0].start, item[-1].end) for item in items)
                yield RunningList(_lead(text, sentence, spans), spans, page_reference(sentence.of(text)))
                reached = spans[-1].end


def _lead(text: str, sentence: Span, items: tuple[Span, ...]) -> Span:
    lead = text[sentence.start : items[0].start].rstrip(" \t\n([–—-„“\"»")  # noqa: RUF001 (opening marks as they are printed)
    if lead:
        return Span(sentence.start, sentence.start + len(lead))
    return _trailing(text, items[-1].end, sentence.end)


def _trailing(text: str, start: int, end: int) -> Span:
    rest = text[start:end]
    return Span(start + len(rest) - len(rest.lstrip()), start + len(rest.rstrip()))


def _places(text: str, words: Phrase, german: bool) -> Iterator[_Place]:
    if not words:
        return
    size = len(words)
    yield from _colons(text, words)
    yield from _counts(words)
    yield from (_Place(_after(words, words[i].end), size, "verb") for i in _verbs(words))
    for match in _CUE.finditer(text, words[0].start, words[-1].end):
        if not names_people(words[: bisect_left(words, (match.start(),))]):
            yield _Place(_after(words, match.end()), size, "example")
    if german:
        for match in _CLAUSE_CUE.finditer(text, words[0].start, words[-1].end):
            yield _Place(_after(words, match.end()), size, "clauses")
        first = _ZU.search(text, words[0].start, words[-1].end)
        comma = next((i for i, t in enumerate(words) if first and t.kind == "comma"), None)
        if comma is not None:
            yield _Place(comma + 1, size, "clauses")


def _after(words: Phrase, offset: int) -> int:
    """The first token behind an offset that is neither a comma, a colon nor a filler such as "vor allem"."""
    index = bisect_left(words, (offset,))
    while index < len(words) and (words[index].kind in ("comma", "colon") or words[index].low in _FILLERS):
        index += 1
    return index


def _colons(text: str, words: Phrase) -> Iterator[_Place]:
    for index, token in enumerate(words[:-1]):
        following = words[index + 1]
        if token.kind != "colon" or index == 0:
            continue
        if following.start > token.end:
            yield _Place(index + 1, len(words), "colon")
        elif following.kind == "word" and following.low not in _GENDER and not text[token.start - 1].isspace():
            yield _Place(index + 1, len(words), "glued colon")


def _counts(words: Phrase) -> Iterator[_Place]:
    """Behind "the four phases", and before "are the four phases"."""
    for number, noun in counted(words):
        if not is_list_noun(words[noun]):
            continue
        copula = next((i for i in range(noun - 1, max(0, noun - 5), -1) if words[i].low in _COPULAS), None)
        if copula:
            yield _Place(0, copula, "count", number)
        following = words[noun + 1] if noun + 1 < len(words) else words[noun]
        if following.kind in ("open", "dash", "comma") or following.low in ("of", "von"):
            yield _Place(noun + 2, len(words), "count", number)
        elif following.kind == "word" and not _is_function_word(following.low):
            yield _Place(noun + 1, len(words), "count", number)


def _is_function_word(word: str) -> bool:
    return word in _COPULAS or any(test(word, german) for test in (is_preposition, is_finite) for german in (True, False))


def _verbs(words: Phrase) -> Iterator[int]:
    """The places of verbs that list: "nennt", "comprises", "dazu gehören", and "sind" or "are" behind a list noun."""
    listed = belongs = False
    for index, token in enumerate(words):
        listed = listed or is_list_noun(token)
        belongs = belongs or token.low in ("zu", "zum", "zur", "dazu", "hierzu")
        if is_list_verb(token) or (token.low in _COPULAS and listed) or (token.low in _BELONG and belongs):
            yield index


def _list_at(text: str, words: Phrase, place: _Place, german: bool) -> list[Phrase]:
    region = _region(text, words, place)
    if not region:
        return []
    if place.cue == "clauses":
        return _clauses(words[: place.start], region)
    lead = words[: place.start - 1]
    if place.cue in ("colon", "glued colon"):
        return [] if names_people(lead) else _after_colon(text, lead, region, german, place.cue == "glued colon")
    return _after_cue(text, lead, region, german, place)


def _region(text: str, words: Phrase, place: _Place) -> Phrase:
    """The tokens from a place to the end of its sentence, bracket or quotation, without the page that is named at the end."""
    region = words[place.start : place.end]
    if place.start:
        before = words[place.start - 1]
        depth = before.depth - (before.kind == "close")
        outside = (i for i, t in enumerate(region) if t.depth < depth or (t.kind == "close" and t.depth == depth))
        region = region[: next(outside, len(region))]
    region = _without_page(text, _without_marks(region))
    if len(region) > 2 and region[0].kind == "open" and all(t.depth >= region[0].depth for t in region) and region[-1].kind == "close":
        inner = region[1:-1]
        region = region if any(t.kind == "close" and t.depth == region[0].depth for t in inner) else _without_marks(inner)
    return region


def _without_marks(region: Phrase) -> Phrase:
    while region and region[-1].kind == "mark":
        region = region[:-1]
    return region


def _without_page(text: str, region: Phrase) -> Phrase:
    if not region:
        return region
    opener = next((i for i in range(len(region) - 1, -1, -1) if region[i].kind == "open" and region[i].depth == region[-1].depth), None)
    if region[-1].kind == "close" and opener and page_reference(text[region[opener].start : region[-1].end]):
        return region[:opener]
    comma = next((i for i in range(len(region) - 1, max(0, len(region) - 8), -1) if region[i].kind == "comma"), None)
    if comma and _BARE_PAGE.fullmatch(text[region[comma].end : region[-1].end]):
        return region[:comma]
    return region


def _after_colon(text: str, lead: Phrase, region: Phrase, german: bool, glued: bool) -> list[Phrase]:
    if not lead:
        return []
    strong = announces(lead)
    number = claimed(text, Span(lead[0].start, lead[-1].end))
    items = items_of(text, region, german, number, strong)
    if len(items) < 2 or not _is_sound(text, items):
        return []
    forms = [shape(item, german) for item in items]
    if not strong:
        plain = len(set(forms)) == 1 and forms[0] != "clause" and not glued
        named = _NAMES.search(text, region[0].start, region[-1].end)
        return items if len(items) > 2 and plain and not named else []
    if len(items) == number and not glued:
        return items
    nouns = {any(map(is_name_like, item)) for item in items} if german else {True}
    return items if len(items) > 2 or (not glued and "clause" not in forms and len(nouns) == 1) else []


def _is_sound(text: str, items: list[Phrase]) -> bool:
    """Whether every item has a word or number, none is endless, and not all are bare figures."""
    sizes = [item[-1].end - item[0].start for item in items]
    worded = [any(t.kind == "word" for t in item) for item in items]
    return max(sizes) <= _LONGEST_ITEM and any(worded) and all(any(t.kind in ("word", "number") for t in item) for item in items)


def _after_cue(text: str, lead: Phrase, region: Phrase, german: bool, place: _Place) -> list[Phrase]:
    """A list that no colon introduces: at least three parallel phrases, as many as the number in the cue says."""
    bounded = _bounded(region, german)
    if not bounded:
        return []
    items = items_of(text, bounded, german, place.number, False)
    if items and place.cue == "verb" and german:
        items[0] = _without_subject(items[0], items[1:])
    if len(items) < 3 or (place.number and len(items) != place.number) or not _is_sound(text, items):
        return []
    openings = {opening(item, german) == "preposition" for item in items}
    if {shape(item, german) for item in items} != {"phrase"} or len(openings) > 1:
        return []
    end = min(len(text), items[-1][-1].end + 12)
    named = place.number is None and (_NAMES.search(text, items[0][0].start, end) or (place.cue == "verb" and _are_names(items, german)))
    return [] if named else items


def _are_names(items: list[Phrase], german: bool) -> bool:
    """Whether English items are all proper names; German capitals do not tell."""
    return not german and all(is_name_like(token) for item in items for token in words_of(item))


def _bounded(region: Phrase, german: bool) -> Phrase:
    """A region up to the place where its last phrase ends and the sentence goes on: "… Aufbau und Betrieb | bilden den Kern"."""
    depth = min(token.depth for token in region)
    separators = [i for i, t in enumerate(region) if t.depth == depth and t.kind in ("comma", "semicolon", "conjunction", "strong", "dash")]
    closed = False
    for place, following in zip(separators, [*separators[1:], len(region)], strict=True):
        chunk = region[place + 1 : following]
        if region[place].kind in ("dash", "semicolon"):
            return region[:place]
        if not chunk:
            continue
        if region[place].kind == "comma" and closed and _goes_on(chunk, german):
            return region[:place]
        if region[place].kind != "comma":
            closed = True
            end = phrase_end(chunk, german)
            if end < len(chunk):
                return region[: place + 1 + end]
    return region


def _goes_on(chunk: Phrase, german: bool) -> bool:
    """Whether the words after a closed list are a new clause and not one more item."""
    if any(is_finite(t.low, german) or is_list_verb(t) for t in chunk) or is_pronoun(chunk[0].low, german):
        return True
    return not german and (opening(chunk, german) in ("gerund", "preposition"))


def _without_subject(item: Phrase, others: list[Phrase]) -> Phrase:
    """A first item without the subject that stands between verb and list: "nennt | die Autorin | ein Budget, …"."""
    genitive = ("er", "es")
    for index in range(len(item) - 1, 0, -1):
        before, token = item[index - 1], item[index]
        if not is_name_like(before) or before.kind != "word" or token.kind != "word":
            continue
        if token.text[0].islower() and not token.low.endswith(genitive) and not is_preposition(token.low, True) and index + 1 < len(item):
            return item[index:]
        if is_name_like(token) and all(len(words_of(other)) == 1 for other in others):
            return item[index:]
    return item


def _clauses(lead: Phrase, region: Phrase) -> list[Phrase]:
    """Three or more German clauses that each end in an infinitive: "Ziele setzen, Mittel sichern und Leute gewinnen"."""
    depth = min(token.depth for token in region)
    items: list[Phrase] = []
    pending: Phrase = []
    for token in region:
        if token.depth == depth and token.kind in ("comma", "conjunction", "strong"):
            if ends_in_infinitive(pending):
                items.append(pending)
                pending = []
            elif token.kind == "comma" and pending:
                break
        if pending or token.kind in ("word", "number", "open"):
            pending.append(token)
    items += [pending] if ends_in_infinitive(pending) else []
    if items and lead and lead[0].low in _CLAUSE_OPENERS and lead[-1].low not in _FILLERS | {"sich"}:
        items[0] = _without_subject(items[0], items[1:])
    return items if len(items) > 2 and all(map(_is_clause, items)) else []


def _is_clause(item: Phrase) -> bool:
    finite = any(is_finite(token.low, True) for token in item)
    return len(item) > 1 and any(map(is_name_like, item)) and not finite and not is_relative(item) and item[0].low not in SUBORDINATORS
