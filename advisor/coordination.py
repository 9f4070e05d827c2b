"""Taking a coordination apart: "ein Budget und ausreichende Mittel, Mut und Geduld und die Pflege der Netze" into its items."""

from __future__ import annotations

import re
from itertools import pairwise

from advisor.noun_phrases import (
    Phrase,
    Token,
    agrees,
    is_adjective,
    is_determiner,
    is_name_like,
    is_pronoun,
    is_relative,
    opening,
    own_phrases,
)

_QUESTIONS = frozenset("wer was wie wo wann warum welche welcher welches who what how where when why which".split())
SUBORDINATORS = frozenset(
    "dass weil wenn falls obwohl obgleich wobei wodurch womit woran sodass damit ob bevor nachdem indem sofern solange sobald was wer wie wo "
    "welche welcher welches welchen welchem deren dessen denen sondern also insbesondere besonders beispielsweise etwa nämlich sprich nicht "
    "that which who whom whose where when while because although though if unless whereas rather especially particularly notably including "
    "so as not".split()
)
_ENDINGS = frozenset(
    "aber doch jedoch denn allerdings sagt sagte schreibt schrieb betont betonte erklärt erklärte meint meinte berichtet laut heißt "
    "but yet says said writes wrote argues argued notes noted according thus however respectively".split()
)
_EXAMPLE = re.compile(r"(?:vor allem|zum Beispiel|z\. ?B|d\. ?h|das heißt|for example|for instance|e\.g|i\.e|that is|such as)\b", re.IGNORECASE)
_OPEN_END = re.compile(r"(?:etc|usw|u\. ?a|u\. ?v\. ?m|und so weiter|and so on|and so forth)\W*", re.IGNORECASE)
_PAIRS = frozenset(
    "research development|forschung entwicklung|terms conditions|supply demand|angebot nachfrage|trial error|health safety|kosten nutzen|"
    "mergers acquisitions|profit loss|gewinn verlust|checks balances|procter gamble".split("|")
)
_CORRELATIVES = frozenset("zwischen between both sowohl weder either neither".split())
_ALTERNATIVES = frozenset({"or", "oder", "&"})
_MONTHS = frozenset(
    "january february march april may june july august september october november december januar februar märz mai juni juli oktober "
    "dezember monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag".split()
)
_SEPARATORS = frozenset({"conjunction", "strong", "comma", "semicolon", "colon", "dash"})
_MARKS = frozenset(".!?…·•*_|/\\")
# How freely "und" separates: as the phrases say; everywhere; only where it closes the list; nowhere.
_READINGS = ("phrases", "pairs", "closing", "commas")


def items_of(text: str, region: Phrase, german: bool, number: int | None, several: bool) -> list[Phrase]:
    """The items of a list region, in order; a region without separators is one item.

    Where "und" may or may not separate, `number` (what the source says about its own list) decides; `several` says that the lead-in
    announces more than one.
    """
    found = [_read(text, region, german, reading) for reading in _READINGS]
    fitting = next((items for items in found if len(items) == number), found[0])
    return found[1] if several and len(fitting) == 1 else fitting


def _read(text: str, region: Phrase, german: bool, reading: str) -> list[Phrase]:
    parts = _semicolon_parts(text, region, german)
    if parts:
        return [part for part in map(_trimmed, parts) if part]
    items: list[Phrase] = []
    for part in _split(region, "strong"):
        groups = comma_groups(text, part, german)
        for index, group in enumerate(groups):
            closing = index > 0 and index == len(groups) - 1 and group[0].kind != "conjunction"
            items += _conjuncts(group, groups, german, closing, reading)
    return [item for item in map(_trimmed, items) if item and not _OPEN_END.fullmatch(_text(text, item))]


def _text(text: str, phrase: Phrase) -> str:
    return text[phrase[0].start : phrase[-1].end]


def _split(region: Phrase, kind: str) -> list[Phrase]:
    """The pieces between the separators of one kind that stand at the depth of the region's first token."""
    depth = _depth(region)
    pieces: list[Phrase] = [[]]
    for token in region:
        if token.kind == kind and token.depth == depth:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def _depth(region: Phrase) -> int:
    """The depth at which the region's separators stand; a region may begin inside a bracket or quotation mark of its own."""
    return min((token.depth for token in region), default=0)


def _trimmed(item: Phrase) -> Phrase:
    """An item without the conjunctions before it and the marks around it."""
    start, end = 0, len(item)
    while start < end and (item[start].kind in _SEPARATORS or item[start].text in _MARKS):
        start += 1
    while end > start and (item[end - 1].kind in _SEPARATORS or item[end - 1].text in _MARKS):
        end -= 1
    return item[start:end]


def _semicolon_parts(text: str, region: Phrase, german: bool) -> list[Phrase]:
    """The parts between semicolons where these separate the items, [] where commas do."""
    parts = _split(region, "semicolon")
    if len(parts) < 2 or (len(parts) == 2 and len(comma_groups(text, parts[0], german)) > 1):
        return []
    return parts


def comma_groups(text: str, region: Phrase, german: bool) -> list[Phrase]:
    """The stretches between those commas that separate items; subordinate clauses and pairs of adjectives stay with their noun."""
    raw = _split(_until(region, "semicolon"), "comma")
    groups: list[Phrase] = []
    pending: Phrase = []
    for index, piece in enumerate(raw):
        if index and _ends_list(raw, index, german):
            break
        whole, pending = pending + piece, []
        if groups and _continues(text, whole, raw[0], german):
            groups[-1] = groups[-1] + whole
        elif index + 1 < len(raw) and _is_incomplete(whole, raw[index + 1], german):
            pending = whole
        else:
            groups.append(whole)
    return groups + ([pending] if pending else [])


def _until(region: Phrase, kind: str) -> Phrase:
    depth = _depth(region)
    return next((region[:i] for i, token in enumerate(region) if token.kind == kind and token.depth == depth and i), region)


def _ends_list(raw: list[Phrase], index: int, german: bool) -> bool:
    """Whether a stretch opens a new clause that is no longer part of the list: ", sagt Frank", ", but …", ", und das …"."""
    piece = raw[index]
    core = piece[1:] if piece[0].kind == "conjunction" and len(piece) > 1 else piece
    first = core[0].low
    if first in _ENDINGS and raw[0][0].low != first:
        return True
    if first == "so" and len(core) > 1 and is_name_like(core[1]):
        return True
    bare_pronoun = is_pronoun(first, german) or (first in ("das", "dies", "that", "this") and not _has_noun_next(core, german))
    return core is not piece and bare_pronoun and not is_pronoun(raw[0][0].low, german)


def _has_noun_next(core: Phrase, german: bool) -> bool:
    return len(core) > 1 and german and is_name_like(core[1])


def _continues(text: str, piece: Phrase, first: Phrase, german: bool) -> bool:
    """Whether a stretch after a comma belongs to the item before it."""
    core = piece[1:] if piece[0].kind == "conjunction" and len(piece) > 1 else piece
    word, opener = core[0].low, first[0].low
    if word == opener or (opener in _QUESTIONS and word in _QUESTIONS):
        return german and word in ("der", "die", "das", "den", "dem") and is_relative(core) and not is_relative(first)
    if core is piece and word in SUBORDINATORS:
        return True
    if _EXAMPLE.match(text, core[0].start):
        return True
    return german and core is piece and is_relative(core) and not is_relative(first)


def _is_incomplete(piece: Phrase, following: Phrase, german: bool) -> bool:
    """Whether a comma after a stretch joins two adjectives, two halves of a compound, or the parts of a date."""
    last, next_word = piece[-1], following[0]
    if last.text.endswith("-"):
        return True
    if next_word.text.isdecimal() and len(next_word.text) == 4 and last.text.isdecimal() and len(piece) > 1:
        return piece[-2].low in _MONTHS
    if last.low in _MONTHS and len(piece) == 1 and next_word.kind in ("number", "word") and last.low.endswith(("day", "tag")):
        return next_word.kind == "number" or next_word.low in _MONTHS
    if german:
        return agrees(piece, following)
    determined = is_determiner(piece[0].low, False) and len(piece) > 1 and is_adjective(last.low)
    return determined and next_word.kind == "word" and not is_determiner(next_word.low, False)


def _conjuncts(group: Phrase, groups: list[Phrase], german: bool, closing: bool, reading: str) -> list[Phrase]:
    """One comma group cut at those conjunctions that separate items."""
    places = [i for i in range(1, len(group) - 1) if _may_separate(group, i)]
    if reading == "commas" or not places:
        return [group]
    cuts = places if reading == "pairs" else [] if reading == "closing" else _sure_cuts(group, places, german)
    if not cuts and closing and not _is_asyndetic(group, groups, places[-1], german):
        cuts = places[-1:]
    bounds = [-1, *cuts, len(group)]
    return [group[start + 1 : end] for start, end in pairwise(bounds)]


def _may_separate(group: Phrase, index: int) -> bool:
    token, before, after = group[index], group[index - 1], group[index + 1]
    if token.kind != "conjunction" or token.depth != _depth(group) or before.text.endswith("-") or after.text.startswith("-"):
        return False
    if before.kind == "conjunction" or f"{before.low} {after.low}" in _PAIRS:
        return False
    for earlier in reversed(group[:index]):
        if earlier.kind == "conjunction":
            break
        if earlier.low in _CORRELATIVES:
            return False
    return True


def _sure_cuts(group: Phrase, places: list[int], german: bool) -> list[int]:
    cuts: list[int] = []
    start = 1 if group[0].kind == "conjunction" else 0
    for place, following in pairwise([*places, len(group)]):
        left, right = group[start:place], group[place + 1 : following]
        if group[place].low not in _ALTERNATIVES and left and right and own_phrases(_core(left), _core(right), german):
            cuts.append(place)
            start = place + 1
    return cuts


def _core(phrase: Phrase) -> Phrase:
    return [token for token in phrase if token.kind in ("word", "number")] or phrase


def _is_asyndetic(group: Phrase, groups: list[Phrase], place: int, german: bool) -> bool:
    """Whether the last group is one item although it holds "und": "…, eine Frist, die Einhaltung und Pflege der Regeln"."""
    right = group[place + 1 :]
    shared = len(right) > 1 and right[1].low in ("der", "des", "von", "of", "dieser", "seiner", "ihrer", "unserer")
    return shared and opening(right, german) == "bare" and all(opening(g, german) != "bare" for g in groups)


def words_of(item: Phrase) -> list[Token]:
    """The words and numbers of an item, brackets left out."""
    return [token for token in item if token.kind in ("word", "number") and token.depth == item[0].depth]
