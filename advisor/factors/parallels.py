"""Whether pieces that were found are the items of one list: of one kind, none torn from its sentence, none a mere name."""

from __future__ import annotations

import re

from advisor.factors.coordination import QUESTIONS, SUBORDINATORS
from advisor.factors.noun_phrases import inner_phrase, is_adjective, is_definite, is_finite, is_preposition, is_relative, opening, shape
from advisor.factors.tokens import Phrase, is_name_like, words_of

_LONGEST_ITEM = 400
_DENIALS = frozenset("no nor noch weder neither".split())
_PARTICIPLES = frozenset("taken seen put given".split())
# "kommt Berg": a verb before its subject, unless the word is one of the short adverbs and prepositions that end alike.
_ASKS = re.compile(r"^(?!mit$|seit$|samt$|statt$|laut$|gut$|nicht$|erst$|meist$|oft$).{3,}t$")
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_CITATION = re.compile(r"\bet al\b|\((?:Hrsg|eds?)\b|[\s(](?:19|20)\d\d[a-z]?\)|(?<!\w)[A-ZÄÖÜ]\.,?\s*(?:&|[A-ZÄÖÜ]\.|$|[A-ZÄÖÜ][a-zäöü])")


def is_sound(items: list[Phrase]) -> bool:
    """Whether every item has a word or number and none is endless."""
    sizes = [item[-1].end - item[0].start for item in items]
    return max(sizes) <= _LONGEST_ITEM and all(any(t.kind in ("word", "number") for t in item) for item in items)


def are_parallel(items: list[Phrase], german: bool) -> bool:
    """Whether items open alike where they open as clauses do, and are things: "no budget, no staff and no plan" lists none."""
    introduced = [item[0].low in SUBORDINATORS or item[0].low in QUESTIONS for item in items]
    verbs = [is_finite(item[0].low, german) for item in items]
    denied = all(item[0].low.startswith("kein") or item[0].low in _DENIALS for item in items)
    return len(set(introduced)) == 1 and verbs[0] == any(verbs) and not denied


def are_phrases(items: list[Phrase], german: bool) -> bool:
    """Whether all items are noun phrases that stand side by side, the strictest test: for lists that no colon introduces."""
    if {shape(item, german) for item in items} != {"phrase"} or not are_parallel(items, german):
        return False
    if any(_has_no_noun(item, german) or _is_torn(item, item is items[-1], german) for item in items):
        return False
    return len({opening(item, german) == "preposition" for item in items}) == 1 and not _hang_together(items, german)


def are_plain(items: list[Phrase], german: bool) -> bool:
    """Whether items are short and simple enough to be a list where nothing but a colon announces one; figures alone are none."""
    prepositions = [is_preposition(item[0].low, german) for item in items]
    if items[0][0].low in _PARTICIPLES or prepositions[0] != all(prepositions):
        return False
    if german and any(item[0].text[0].islower() and _ASKS.search(item[0].low) and is_name_like(item[1]) for item in items if len(item) > 1):
        return False
    short = len(items[0]) <= 7 and all(len(item) <= 12 and not _YEAR.fullmatch(item[-1].text) for item in items)
    return short and any(token.kind == "word" for item in items for token in item)


def are_clauses(items: list[Phrase]) -> bool:
    """Whether German items are clauses without subject, each with a noun: "Ziele setzen, Mittel sichern und Leute gewinnen"."""
    for item in items:
        finite = any(is_finite(token.low, True) for token in item)
        if len(item) < 2 or not any(map(is_name_like, item)) or finite or is_relative(item) or item[0].low in SUBORDINATORS:
            return False
    return True


def cite(text: str, start: int, end: int) -> bool:
    """Whether a stretch of text looks like a reference to a publication: years in brackets, initials, "et al."."""
    return bool(_CITATION.search(text, start, end))


def are_names(items: list[Phrase], german: bool) -> bool:
    """Whether English items are all proper names; German capitals do not tell."""
    return not german and all(is_name_like(token) for item in items for token in words_of(item))


def _has_no_noun(item: Phrase, german: bool) -> bool:
    if german:
        return not any(map(is_name_like, item))
    return len(item) == 1 and is_adjective(item[0].low)


def _is_torn(item: Phrase, last: bool, german: bool) -> bool:
    """Whether an item holds the beginning of a relative clause whose end went to the items after it: "Firmen, die in Kiel"."""
    if german and len(item) > 1 and opening(item, german) == "der" and is_preposition(item[1].low, german):
        return sum(map(is_name_like, item)) < 2
    after_comma = [item[i + 1] for i in range(len(item) - 1) if item[i].kind == "comma" and item[i].depth == item[0].depth]
    return not last and any(token.low in SUBORDINATORS or is_definite(token) for token in after_comma)


def _hang_together(items: list[Phrase], german: bool) -> bool:
    """Whether items hang on a preposition or genitive inside the first: "eine Kultur des Teilens, der Offenheit"."""
    openings = [opening(item, german) for item in items]
    inner = inner_phrase(items[0], german)
    if openings[0] in ("bare", "preposition") or not inner:
        return False
    if all(item[0].low in ("des", "der") for item in items[1:]):
        return items[0][0].low not in ("des", "der")
    return opening(inner, german) == "bare" and all(o == "bare" for o in openings[1:])
