"""Taking a coordination apart: "ein Budget und ausreichende Mittel, Mut und Geduld und die Pflege der Netze" into its items."""

from __future__ import annotations

import re
from itertools import pairwise

from advisor.factors.noun_phrases import (
    agrees,
    is_adjective,
    is_determiner,
    is_preposition,
    is_pronoun,
    is_relative,
    opening,
    own_phrases,
    shape,
)
from advisor.factors.tokens import Phrase, base_depth, is_name_like

QUESTIONS = frozenset("wer was wie wo wann warum welche welcher welches who what how where when why which".split())
SUBORDINATORS = frozenset(
    "dass weil wenn falls obwohl obgleich wobei wodurch womit woran sodass damit ob bevor nachdem indem sofern solange "
    "sobald was wer wie wo welche welcher welches welchen welchem deren dessen denen sondern also insbesondere "
    "besonders beispielsweise etwa nämlich sprich that which who whom whose where when while because although though if "
    "unless whereas rather especially particularly notably including so as".split()
)
_ENDINGS = frozenset(
    "aber doch jedoch denn allerdings sagt sagte schreibt schrieb betont betonte erklärt erklärte meint meinte berichtet laut heißt "
    "but yet says said writes wrote argues argued notes noted according thus however respectively".split()
)
_EXAMPLE = re.compile(
    r"(?:vor allem|zum Beispiel|z\. ?B|d\. ?h|das heißt|for example|for instance|e\.g|i\.e|that is|such as)\b", re.IGNORECASE
)
# What leaves a list open is no item of it.
_ASIDE = re.compile(r"(?:,\s*)?(?:vor allem|nicht zuletzt|above all|most of all|last but not least|finally|schließlich)\b", re.IGNORECASE)
_AND_SO_ON = frozenset({"etc", "usw", "u.a", "u.v.m", "u.ä"})
_AND_OTHERS = frozenset("so weiter|so on|so forth|mehr|vieles mehr|andere|anderes|others|more|the like|dergleichen".split("|"))
_PAIRS = frozenset(
    "research development|forschung entwicklung|terms conditions|supply demand|angebot nachfrage|trial error|health safety|kosten nutzen|"
    "mergers acquisitions|profit loss|gewinn verlust|checks balances|procter gamble".split("|")
)
_RESULTS = frozenset("meaning making allowing leading causing resulting giving leaving known led".split())
_CORRELATIVES = frozenset("zwischen between both sowohl weder either neither".split())
_ALTERNATIVES = frozenset({"or", "oder", "&"})
_MONTHS = frozenset(
    "january february march april may june july august september october november december januar februar märz mai juni juli oktober "
    "dezember monday tuesday wednesday thursday friday saturday sunday montag dienstag mittwoch donnerstag freitag samstag sonntag".split()
)
_SEPARATORS = frozenset({"conjunction", "strong", "comma", "semicolon", "colon", "dash"})
_MARKS = frozenset(".!?…·•*_|/\\")
# Where "und" separates: between phrases of their own and where it closes the list; everywhere; only between phrases; only where it closes
# the list; nowhere.
_READINGS = ("phrases", "everywhere", "no closing", "closing", "commas")


def items_of(text: str, region: Phrase, german: bool, number: int | None, several: bool) -> list[Phrase]:
    """The items of a list region, in order; a region without separators is one item.

    Where "und" may or may not separate, `number` (what the source says about its own list) decides; `several` says that the lead-in
    announces more than one.
    """
    first = _read(text, region, german, _READINGS[0])
    if len(first) == number or not (number or several):
        return first
    others = [_read(text, region, german, reading) for reading in _READINGS[1:]]
    fitting = next((items for items in others if len(items) == number), first)
    return others[0] if several and len(fitting) == 1 else fitting


def _read(text: str, region: Phrase, german: bool, reading: str) -> list[Phrase]:
    parts = _semicolon_parts(text, region, german)
    if parts:
        return [part for part in map(_trimmed, parts) if part]
    items: list[Phrase] = []
    for part in _split(region, "strong"):
        groups = comma_groups(text, part, german)
        if groups and reading == "phrases" and shape(groups[0], german) == "clause":
            items += _clauses(groups, german)
            continue
        for index, group in enumerate(groups):
            closing = index > 0 and index == len(groups) - 1 and group[0].kind != "conjunction"
            items += _conjuncts(group, groups, german, closing, reading)
    return [item for item in map(_trimmed, items) if item and " ".join(token.low for token in item) not in _AND_OTHERS]


def _split(region: Phrase, kind: str) -> list[Phrase]:
    """The pieces between the separators of one kind that stand at the depth of the region's first token."""
    depth = base_depth(region)
    pieces: list[Phrase] = [[]]
    for token in region:
        if token.kind == kind and token.depth == depth:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return [piece for piece in pieces if piece]


def _trimmed(item: Phrase) -> Phrase:
    """An item without the conjunctions before it and the marks around it."""
    start, end = 0, len(item)
    while start < end and (item[start].kind in _SEPARATORS or item[start].text in _MARKS):
        start += 1
    while end > start and (item[end - 1].kind in _SEPARATORS or item[end - 1].text in _MARKS or item[end - 1].low in _AND_SO_ON):
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
        if index + 1 < len(raw) and len(whole) > 1 and (whole[-1].kind == "conjunction" or _is_aside(text, whole)):
            # "Zeit und, vor allem, Geduld": the conjunction belongs to what follows the words between the commas.
            kept = whole[:-1] if whole[0].kind != "conjunction" else []
            groups, pending = groups + ([kept] if kept else []), whole[len(kept) :]
        elif groups and _continues(text, whole, raw[0], german):
            groups[-1] = groups[-1] + whole
        elif index + 1 < len(raw) and _is_incomplete(whole, raw[index + 1], german):
            pending = whole
        else:
            groups.append(whole)
    return groups + ([pending] if pending else [])


def _is_aside(text: str, piece: Phrase) -> bool:
    """Whether a stretch is no more than "und, vor allem," or "and, for example,"."""
    return piece[0].kind == "conjunction" and len(piece) < 6 and bool(_ASIDE.match(text, piece[1].start))


def _until(region: Phrase, kind: str) -> Phrase:
    depth = base_depth(region)
    return next((region[:i] for i, token in enumerate(region) if token.kind == kind and token.depth == depth and i), region)


def _ends_list(raw: list[Phrase], index: int, german: bool) -> bool:
    """Whether a stretch opens a new clause that is no longer part of the list: ", sagt Frank", ", but …", ", und das …"."""
    piece = raw[index]
    core = piece[1:] if piece[0].kind == "conjunction" and len(piece) > 1 else piece
    first = core[0].low
    if (first in _ENDINGS and raw[0][0].low != first) or (first in ("not", "nicht") and index == len(raw) - 1):
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
    if word == opener or (opener in QUESTIONS and word in QUESTIONS):
        return german and word in ("der", "die", "das", "den", "dem") and is_relative(core) and not is_relative(first)
    if core is piece and word in SUBORDINATORS:
        return True
    if _EXAMPLE.match(text, core[0].start) or (not german and core is piece and _is_participle(core)):
        return True
    return german and core is piece and is_relative(core) and not is_relative(first)


def _is_participle(core: Phrase) -> bool:
    """Whether a stretch only tells more of what stands before it: ", named after …", ", making it …"."""
    if len(core) < 2:
        return False
    return core[0].low in _RESULTS or (core[0].low.endswith("ed") and is_preposition(core[1].low, False))


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


def _clauses(groups: list[Phrase], german: bool) -> list[Phrase]:
    """Comma groups as whole clauses: what has no subject and verb of its own belongs to the clause before it."""
    clauses: list[Phrase] = []
    for group in groups:
        if clauses and shape(_trimmed(group) or group, german) != "clause":
            clauses[-1] = clauses[-1] + group
            continue
        cuts = [i for i in range(1, len(group) - 1) if _may_separate(group, i)]
        both = (i for i in cuts if shape(group[:i], german) == shape(group[i + 1 :], german) == "clause")
        cut = next(both, len(group))
        clauses += [piece for piece in (group[:cut], group[cut + 1 :]) if piece]
    return clauses


def _conjuncts(group: Phrase, groups: list[Phrase], german: bool, closing: bool, reading: str) -> list[Phrase]:
    """One comma group cut at those conjunctions that separate items."""
    places = [i for i in range(1, len(group) - 1) if _may_separate(group, i)]
    if reading == "commas" or not places:
        return [group]
    cuts = places if reading == "everywhere" else [] if reading == "closing" else _sure_cuts(group, places, german)
    if not cuts and closing and reading != "no closing" and not _is_asyndetic(group, groups, places[-1], german):
        cuts = places[-1:]
    bounds = [-1, *cuts, len(group)]
    return [group[start + 1 : end] for start, end in pairwise(bounds)]


def _may_separate(group: Phrase, index: int) -> bool:
    token, before, after = group[index], group[index - 1], group[index + 1]
    if token.kind != "conjunction" or token.depth != base_depth(group) or before.text.endswith("-") or after.text.startswith("-"):
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
    return [token for token in phrase if token.kind in ("word", "number", "conjunction")] or phrase


def _is_asyndetic(group: Phrase, groups: list[Phrase], place: int, german: bool) -> bool:
    """Whether the last group is one item although it holds "und": "…, eine Frist, die Einhaltung und Pflege der Regeln"."""
    right = group[place + 1 :]
    shared = len(right) > 1 and right[1].low in ("der", "des", "von", "of", "dieser", "seiner", "ihrer", "unserer")
    return shared and opening(right, german) == "bare" and all(opening(g, german) != "bare" for g in groups)
