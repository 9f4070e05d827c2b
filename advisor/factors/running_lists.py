"""Lists inside one sentence: after a colon, after a cue such as "such as" or "nennt", or as parallel clauses; German and English."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from advisor.factors.coordination import items_of
from advisor.factors.cues import FILLERS, Place, places
from advisor.factors.lead_ins import announces, claimed, is_list_verb, names_people, page_reference
from advisor.factors.noun_phrases import (
    ends_in_infinitive,
    is_determiner,
    is_finite,
    is_preposition,
    is_pronoun,
    is_relative,
    opening,
    phrase_end,
    shape,
)
from advisor.factors.parallels import are_clauses, are_names, are_parallel, are_phrases, are_plain, cite, is_sound
from advisor.factors.tokens import Phrase, base_depth, is_name_like, tokens, words_of
from advisor.text import Span, language


@dataclass(frozen=True, slots=True)
class RunningList:
    """A list inside a sentence: the lead-in, the items in order, and the page that the sentence names for it."""

    lead: Span
    items: tuple[Span, ...]
    page_reference: str | None


# Nothing that a reader would call a sentence is longer, and no sentence has more places at which a list can begin.
_LONGEST_SENTENCE = 4000
_MOST_PLACES = 12
_CORRELATIVES = frozenset("weder sowohl neither both either entweder zwischen between".split())
_SEPARATORS = frozenset({"comma", "semicolon", "conjunction", "strong", "dash", "colon"})
# After one of these at the head of a sentence the subject stands behind the verb.
_INVERTING = frozenset("dafür dazu hierfür hierzu dann daher deshalb so zudem außerdem zuerst also darum deswegen künftig heute".split())
_BARE_PAGE = re.compile(r"\s*(?:Seiten?|S\.|pp?\.|pages?)\s*\d+(?:\s?[-–]\s?\d+)?(?:\s?ff?\.?)?\s*")


def find_in(text: str, sentence: Span, default: str) -> Iterator[RunningList]:
    """Yield the lists inside one sentence, in order and without overlap; `default` is the language where the words do not tell it.

    A sentence beyond 4,000 characters is not searched, and one with many cues only at the first dozen.
    """
    if sentence.end - sentence.start > _LONGEST_SENTENCE:
        return
    words = tokens(text, sentence)
    german = language(sentence.of(text), default) == "de"
    reached = sentence.start
    for place in places(text, words, german)[:_MOST_PLACES]:
        items = _list_at(text, words, place, german) if words[place.start].start >= reached else []
        if items:
            spans = tuple(Span(item[0].start, item[-1].end) for item in items)
            yield RunningList(_lead(text, sentence, spans), spans, page_reference(sentence.of(text)))
            reached = spans[-1].end


def _lead(text: str, sentence: Span, items: tuple[Span, ...]) -> Span:
    """The part of the sentence before the items; where they open it ("A, B and C are the three aims"), the part behind them."""
    lead = text[sentence.start : items[0].start].rstrip(' \t\n([–—-„“"»')
    if lead:
        return Span(sentence.start, sentence.start + len(lead))
    rest = text[items[-1].end : sentence.end]
    return Span(sentence.end - len(rest.lstrip()), sentence.end)


def _list_at(text: str, words: Phrase, place: Place, german: bool) -> list[Phrase]:
    region = _region(text, words, place)
    if not region or region[0].low in _CORRELATIVES:
        return []
    if place.cue == "clauses":
        return _clauses(words[: place.start], region)
    colon = place.cue in ("colon", "glued")
    lead = words[: place.start - 1] if colon else words[: place.start]
    if names_people(lead):
        return []
    return _after_colon(text, lead, region, german, place.cue == "glued") if colon else _after_cue(text, region, german, place)


def _region(text: str, words: Phrase, place: Place) -> Phrase:
    """The tokens from a place to the end of its sentence, bracket or quotation, without the page that is named at the end."""
    region = words[place.start : place.end]
    if place.start:
        before = words[place.start - 1]
        depth = before.depth - (before.kind == "close")
        outside = (i for i, t in enumerate(region) if t.depth < depth or (t.kind == "close" and t.depth == depth))
        region = region[: next(outside, len(region))]
    return _unwrapped(_without_page(text, _without_marks(region)))


def _unwrapped(region: Phrase) -> Phrase:
    """A region without the one pair of quotation marks or brackets that holds all of it."""
    if len(region) < 3 or region[0].kind != "open" or region[-1].kind != "close" or base_depth(region) < region[0].depth:
        return region
    inner = region[1:-1]
    return region if any(t.kind == "close" and t.depth == region[0].depth for t in inner) else _without_marks(inner)


def _without_marks(region: Phrase) -> Phrase:
    end = len(region)
    while end and region[end - 1].kind == "mark":
        end -= 1
    return region[:end]


def _without_page(text: str, region: Phrase) -> Phrase:
    if not region:
        return region
    last = region[-1]
    opener = next((i for i in range(len(region) - 1, -1, -1) if region[i].kind == "open" and region[i].depth == last.depth), None)
    if last.kind == "close" and opener and page_reference(text[region[opener].start : last.end]):
        return region[:opener]
    comma = next((i for i in range(len(region) - 1, max(0, len(region) - 8), -1) if region[i].kind == "comma"), None)
    return region[:comma] if comma and _BARE_PAGE.fullmatch(text[region[comma].end : last.end]) else region


def _after_colon(text: str, lead: Phrase, region: Phrase, german: bool, glued: bool) -> list[Phrase]:
    """A list after a colon: two items where the lead-in announces a list, else three plain ones with "and"."""
    strong = announces(lead[_bracket_start(lead) :])
    number = claimed(text, Span(lead[0].start, lead[-1].end))
    items = items_of(text, region, german, number, strong)
    if len(items) < 2 or not is_sound(items):
        return []
    if len(items) == number and not glued:
        return items
    forms = {shape(item, german) for item in items}
    clauses = "clause" in forms
    if len(forms) > 1 or not are_parallel(items, german) or (number and clauses):
        return []
    joined = any(token.kind in ("conjunction", "strong", "semicolon") for token in region)
    if strong and len(items) > 2:
        return items
    if glued or clauses or not joined:
        return []
    if strong:
        return items if not german or len({any(map(is_name_like, item)) for item in items}) == 1 else []
    cited = cite(text, lead[max(0, len(lead) - 6)].start, region[-1].end)
    outside = region[0].depth <= lead[0].depth
    return items if len(items) > 2 and outside and not cited and are_plain(items, german) else []


def _bracket_start(lead: Phrase) -> int:
    """Where the innermost bracket or quotation begins that is still open at the end of a lead-in, 0 where none is."""
    depth = lead[-1].depth
    return next((i + 1 for i in range(len(lead) - 1, -1, -1) if lead[i].kind == "open" and lead[i].depth == depth), 0)


def _after_cue(text: str, region: Phrase, german: bool, place: Place) -> list[Phrase]:
    """A list that no colon introduces: at least three noun phrases, and as many as the number in the cue says."""
    bounded = _bounded(region, german)
    items = items_of(text, bounded, german, place.number, False) if bounded else []
    if len(items) < 3 or (place.number and len(items) != place.number) or not is_sound(items):
        return []
    if place.cue == "verb" and german:
        items[0] = _without_subject(items[0], all(len(words_of(item)) == 1 for item in items[1:]))
    verbs = german and place.number and all(ends_in_infinitive(item) for item in items)
    if not verbs and not are_phrases(items, german):
        return []
    if place.number is None and cite(text, items[0][0].start, min(len(text), items[-1][-1].end + 12)):
        return []
    return [] if place.cue == "verb" and are_names(items, german) else items


def _bounded(region: Phrase, german: bool) -> Phrase:
    """A region up to the place where its last phrase ends and the sentence goes on: "… Aufbau und Betrieb | bilden den Kern"."""
    depth = base_depth(region)
    separators = [i for i, t in enumerate(region) if t.depth == depth and t.kind in _SEPARATORS]
    closed = oxford = False
    comma = -1
    for place, following in pairwise([*separators, len(region)]):
        kind, chunk = region[place].kind, region[place + 1 : following]
        if kind == "colon":
            return []
        if kind in ("dash", "semicolon") or (kind == "comma" and closed and chunk and (oxford or _goes_on(region, chunk, german))):
            return region[:place]
        if kind == "comma":
            comma = place
        elif chunk:
            closed, oxford = True, not german and comma == place - 1
            end = phrase_end(chunk, german)
            if end < len(chunk) and not (german and is_relative(region[comma + 1 : following])):
                return region[: place + 1 + end]
    return region


def _goes_on(region: Phrase, chunk: Phrase, german: bool) -> bool:
    """Whether the words after a closed list are a new clause and not one more item."""
    first = chunk[0].low
    if any(is_finite(t.low, german) or is_list_verb(t) for t in chunk) or first in ("not", "nicht") or is_pronoun(first, german):
        return True
    if german:
        # ", nutzen das Netz": a word in lower case before an article or preposition is a verb.
        opened = chunk[0].kind == "word" and chunk[0].text[0].islower() and not _is_small(first)
        return opened and (len(chunk) == 1 or _is_small(chunk[1].low))
    start = opening(chunk, german)
    return start in ("gerund", "preposition") and start != opening(region, german)


def _is_small(word: str) -> bool:
    return is_determiner(word, True) or is_preposition(word, True)


def _without_subject(item: Phrase, nouns_meet: bool) -> Phrase:
    """A first item without the subject that stands between verb and list: "nennt | die Autorin | ein Budget, …".

    The new phrase begins at an article or adjective right behind a noun, or, where `nouns_meet`, at a noun there.
    """
    for index in range(len(item) - 1, 0, -1):
        before, token = item[index - 1], item[index]
        if before.kind != "word" or token.kind != "word" or not is_name_like(before):
            continue
        if is_name_like(token):
            if nouns_meet:
                return item[index:]
            continue
        genitive = token.low.endswith(("er", "es"))
        if index + 1 < len(item) and not genitive and token.low not in ("als", "wie") and not is_preposition(token.low, True):
            return item[index:]
    return item


def _clauses(lead: Phrase, region: Phrase) -> list[Phrase]:
    """Three or more German clauses that each end in an infinitive: "Ziele setzen, Mittel sichern und Leute gewinnen"."""
    depth = base_depth(region)
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
    if items and lead and lead[0].low in _INVERTING and lead[-1].low not in FILLERS | {"sich"}:
        items[0] = _without_subject(items[0], True)
    return items if len(items) > 2 and are_clauses(items) else []
