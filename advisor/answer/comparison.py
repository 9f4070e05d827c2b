"""What a question wants compared: two works, authors or terms, and the point on which."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from advisor.answer.names import named

_TEXT = r"[^?!;]+"
# Each form: what stands before the sides, what parts them (the surest first), and what may stand behind them.
_FORMS = tuple(
    (re.compile(before, re.IGNORECASE), tuple(re.compile(rf"\s+(?:{part})\s+", re.IGNORECASE) for part in parting))
    for before, parting in (
        (r"\b(?:compare|contrast|comparison (?:of|between))\s+", ("with|against|vs\\.?|versus|to", "and|&")),
        (r"\b(?:differences?|distinction|disagreement|contrast)\s+between\s+", ("and|vs\\.?|versus|&",)),
        (r"\bwhat\s+(?:distinguishes|separates|sets)\s+", ("apart from|from",)),
        (
            r"\bhow\s+(?:do|does|is|are)\s+(?=[^?]*\b(?:differ|different|compare)\b)",
            ("differ(?:s|ent)? from|compare[sd]? (?:to|with)", "and|&"),
        ),
        (
            r"\b(?:vergleich\w*|gegenüberstellung)\s+(?:(?:mir|mal|bitte|uns|von|zwischen|doch|einmal)\s+)*",
            ("mit|gegen|zu|vs\\.?", "und|&"),
        ),
        (r"\bunterschied\w*\s+zwischen\s+", ("und|&|vs\\.?",)),
        (r"\b(?:wie|worin|wodurch)\s+unterscheide[nt]\s+sich\s+", ("von", "und|&")),
        (r"\bwas\s+unterscheidet\s+", ("von",)),
        (r"^\W*", ("vs\\.?|versus|im vergleich (?:zu|zum|zur|mit)|verglichen mit|compared (?:to|with)",)),
    )
)
_BEHIND = re.compile(r"\s+(?:differ\w*|compare[sd]?|disagree\w*|voneinander|unterscheiden|vergleichen)\b.*$", re.IGNORECASE)
_POINT = re.compile(
    r"\s*,?\s+(?:on|regarding|about|when it comes to|in terms of|concerning|with regard to|as to|over|in der frage|in bezug auf|in sachen|"
    r"hinsichtlich|bezüglich|beim thema|zum thema|bei|beim|zu|zum|zur|über)\s+(?P<point>.+)$",
    re.IGNORECASE,
)
_EITHER = re.compile(r"\s*(?:,?\s+(?:or|oder|vs\.?|versus)\s+|\s+(?:and|und)\s+|\s*[/–]\s*)", re.IGNORECASE)
_TOGETHER = re.compile(r"\s*(?:/|&|,|\band\b|\bund\b)?\s*", re.IGNORECASE)
_CUE = re.compile(
    r"\b(?:or|oder|vs|versus|agree|disagree|differ\w*|both|who is right|einig|uneinig|widersprechen|widerspruch|wer hat recht|recht|"
    r"beide|gemeinsam|unterscheid\w*|vergleich\w*|compare\w*)\b",
    re.IGNORECASE,
)
_HEAD = re.compile(r"^(?:(?:the|a|an|what|den|dem|der|die|das|des|ein|eine|einer|einem|was|von|of|between|zwischen)\s+)+", re.IGNORECASE)
_ASKING = re.compile(r"(?:how|what|which|who|when|where|why|is|are|does|do|wie|was|wer|wann|wo|warum|welche\w*|ist|sind)\b", re.IGNORECASE)
LONGEST_SIDE, LONGEST_TERM = 12, 5  # words of a side that names a work, and of one that does not


@dataclass(frozen=True, slots=True)
class Wanted:
    """Two sides as the question words them, the keys of the works that each names, and the point, "" where none is named."""

    texts: tuple[str, str]
    works: tuple[frozenset[str], frozenset[str]]
    point: str = ""


def wanted(question: str, names: Mapping[str, frozenset[str]]) -> Wanted | None:
    """The comparison that a question wants, or None."""
    for before, partings in _FORMS:
        if start := before.search(question):
            found = re.match(_TEXT, question[start.end() :])
            if found and (pair := _split(found.group(), partings, names)):
                return pair
    return _of_names(question, names)


def _split(text: str, partings: tuple[re.Pattern[str], ...], names: Mapping[str, frozenset[str]]) -> Wanted | None:
    """The two sides of a text: where names stand on both sides if there is such a place, else at the first place."""
    candidates = []
    for parting in partings:
        for match in parting.finditer(text):
            pair = _sides(text[: match.start()], text[match.end() :], names)
            if pair:
                candidates.append(pair)
        if candidates:
            break
    apart = [pair for pair in candidates if pair.works[0] and pair.works[1] and not pair.works[0] & pair.works[1]]
    return next(iter(apart or candidates), None)


def _sides(one: str, other: str, names: Mapping[str, frozenset[str]]) -> Wanted | None:
    other = re.sub(r",(?:\s+\w+){1,3}\s*$", "", _BEHIND.sub("", re.split(r"[:.](?:\s|$)", other)[0]))  # ", in short"
    point = ""
    if found := _POINT.search(other):
        other, point = other[: found.start()], found["point"]
    texts = (_HEAD.sub("", one.strip(" ,:–—-\"'")), _HEAD.sub("", other.strip(" ,.:–—-\"'")))
    works = (_named(texts[0], names), _named(texts[1], names))
    if any(_ASKING.match(text) and not keys for text, keys in zip(texts, works, strict=True)):
        return None
    if any(not text or len(text.split()) > (LONGEST_SIDE if keys else LONGEST_TERM) for text, keys in zip(texts, works, strict=True)):
        return None
    if not works[0] and len(texts[0].split()) == 1 and len(texts[1].split()) == 2:
        texts = (f"{texts[0]} {texts[1].split()[1]}", texts[1])  # "good and bad strategy"
    return None if works[0] and works[0] == works[1] else Wanted(texts, works, point.strip(" .?"))


def _of_names(question: str, names: Mapping[str, frozenset[str]]) -> Wanted | None:
    """Two names, or groups of names of one work, with an "or" between them, or with a word of agreement in the question."""
    places = _places(question, names)
    if len(places) != 2:
        return None
    (first, end, one), (start, last, other) = places
    between = question[end:start]
    sure = bool(re.search(r"\b(?:or|oder|vs)\b", between, re.IGNORECASE)) or bool(_CUE.search(question[:first] + question[last:]))
    if one & other or not sure or not _EITHER.fullmatch(between):
        return None
    return Wanted((question[first:end], question[start:last]), (one, other), _rest(question[:first] + " " + question[last:]))


def _places(question: str, names: Mapping[str, frozenset[str]]) -> list[tuple[int, int, frozenset[str]]]:
    """Where names stand, with their works; names of one work that stand together are one."""
    found = sorted(
        (match.start(), -match.end(), names[name])
        for name in named(question, names)
        for match in re.finditer(rf"(?<!\w){re.escape(name)}(?!\w)", question)
    )
    places: list[tuple[int, int, frozenset[str]]] = []
    for start, minus_end, works in found:
        end = -minus_end
        if places and start < places[-1][1]:
            continue
        if places and places[-1][2] & works and _TOGETHER.fullmatch(question[places[-1][1] : start]):
            begin, _, before = places.pop()
            start, works = begin, before & works
        places.append((start, end, works))
    return places


def _rest(question: str) -> str:
    words = re.sub(r"\b(?:or|oder|vs|versus|und|and)\b|[?!.,;:/]", " ", question, flags=re.IGNORECASE)
    return " ".join(words.split())


def _named(text: str, names: Mapping[str, frozenset[str]]) -> frozenset[str]:
    found = named(text, names)
    # The longest name counts: "Kaplan" within "Kaplan and Norton" is nobody else.
    longest = [name for name in found if not any(name in other and name != other for other in found)]
    common = [found[name] for name in longest]
    both = frozenset.intersection(*common) if common else frozenset()
    return both or frozenset().union(*common)
