"""Which lists of the library answer a question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from advisor.answer.evidence import Found, WorkFound, asked_for, nearest_items, nearness, on_topic
from advisor.answer.names import named
from advisor.answer.question import wants_several
from advisor.encoder import Encoder
from advisor.factors import Enumeration
from advisor.index import Generation
from advisor.text import Span

PLAIN_TOPIC, MARGIN = 2.2, 1.0  # z-score of a topic, and its lead over the next, from which a question is taken to be about it at large
LIST_FLOOR, LIST_ALONE = 0.5, 0.65  # share of the best score that a list reaches where several things are asked for, and elsewhere
FIRST_HITS = 3  # a list among so many first hits of the best work is always considered
NEAR_LIST = 0.62  # cosine of a question that a list is said to answer, from which the list is considered wherever it stands
MOST_LISTS = 3  # where several things are not asked for
CLEARLY = 0.75  # share of the question's words in the lead-in of the best hit's list from which the list is meant
WORDED = 0.5  # what it is worth that the lead-in has all the words of the question
MEANT = 1.0  # what it is worth that it has nearly all of them
ITEM = 0.3  # what it is worth that an item of the list says what the question says
SCORED = 0.4  # what it is worth that its passage is the best hit
LIST_SHARE = 0.7  # of the best list's worth that every other must reach
DOMINANT = 0.75  # of the best work's score that the next must stay below for the best to answer alone

Pair = tuple[Found, Enumeration]


def choose(
    generation: Generation, encoder: Encoder, works: Sequence[WorkFound], question: str, language: str, names: Mapping[str, frozenset[str]]
) -> list[Pair]:
    """The lists to give, best first.

    Where several things on a plain topic are asked for, all lists that digests name for the topic; else those under the best hits, one
    of each work, more of the best. A list that is said to answer a question near this one is always considered.
    """
    several = wants_several(question)
    vector = encoder.encode_question(question, language)
    asked = [(item, found) for work in works for item, found in work.lists if asked_for(item, found) >= NEAR_LIST]
    near = _near(works, several)
    at_large = several and not named(question, names)
    topic = _plain_topic(generation.topics(vector)) if at_large else ""
    plain = on_topic(generation, topic, vector, language) if topic else []
    if plain:
        on_it = {item.work for item, _ in plain}
        # Documents that are no digests name no lists; what was found in them counts, and what the best work has under its first hits.
        asked = [pair for pair in asked if pair[0].work not in on_it]
        near = [pair for pair in near if not pair[0].document.work.digest]
        near += [pair for pair in _first(works) if pair[0].hit.score >= LIST_ALONE * works[0].score]
    best = works[0].found[0]
    near += [(best, found) for found in best.lists if _wording(generation, question, best, found, language) >= CLEARLY]
    lists = list({_place(pair): pair for pair in [*plain, *asked, *near]}.values())
    told = nearness(generation, lists, vector, topic if plain else "")
    scores = {item.hit.row: item.hit.score for work in works for item in work.found}
    shares = [_wording(generation, question, item, found, language) for item, found in lists]
    worded = [WORDED * share + MEANT * (share >= CLEARLY) for share in shares]
    worth = [
        item.hit.similarity + question_fit + topic_fit + words + SCORED * max(scores.get(item.hit.row, 0.0), 0.0) / works[0].score
        for (item, _), (question_fit, topic_fit), words in zip(lists, told, worded, strict=True)
    ]
    worth = [value + ITEM * item for value, item in zip(worth, nearest_items(generation, lists, vector), strict=True)]
    order = sorted(range(len(lists)), key=lambda i: -worth[i])
    alone = len(works) == 1 or works[1].score < DOMINANT * works[0].score
    chosen = _best_of_each([lists[i] for i in order], [worth[i] for i in order], alone)
    held = {_place(pair) for pair in chosen}
    chosen += [pair for pair in plain if _place(pair) not in held]
    return _after_their_source(chosen if several else chosen[:MOST_LISTS])


def _place(pair: Pair) -> tuple[str, Span]:
    """Where a list stands."""
    return pair[0].document.sha256, pair[1].factors[0].span


def _wording(generation: Generation, question: str, item: Found, found: Enumeration, language: str) -> float:
    """Share of the question's words that the lead-in of a list has."""
    return generation.lexicon.overlap(question, found.lead.of(item.document.text), language)


def _near(works: Sequence[WorkFound], several: bool) -> list[Pair]:
    """Lists under the best hits."""
    floor = (LIST_FLOOR if several else LIST_ALONE) * works[0].score
    return [(item, found) for work in works[: 4 if several else 2] for item, found in work.lists if item.hit.score >= floor] + _first(works)


def _first(works: Sequence[WorkFound]) -> list[Pair]:
    """Lists under the first hits of the best work."""
    return [(item, found) for item, found in works[0].lists if item in works[0].found[:FIRST_HITS]]


def _plain_topic(topics: dict[str, float]) -> str:
    """The topic that a question is about at large, or "" where none stands out from the others."""
    (first, value), (_, second), *_ = sorted(topics.items(), key=lambda pair: -pair[1])
    return first if value >= PLAIN_TOPIC and value - second >= MARGIN else ""


def _best_of_each(lists: Sequence[Pair], worth: Sequence[float], alone: bool) -> list[Pair]:
    """One list of each work, of the best work a second that comes near, or three where that work answers alone; none far below."""
    chosen: list[Pair] = []
    shares = (0.0, 0.6, 0.6) if alone else (0.0, 0.9)
    for pair, value in zip(lists, worth, strict=True):
        own = sum(item.work == pair[0].work for item, _ in chosen)
        first = own > 0 and pair[0].work == chosen[0][0].work
        further = first and own < len(shares) and value >= shares[own] * worth[0]
        if value >= min(LIST_SHARE, shares[-1] if first else 1) * worth[0] and (own == 0 or further):
            chosen.append(pair)
    return chosen


def _after_their_source(lists: list[Pair]) -> list[Pair]:
    """The lists of a work together; behind them those of a work that is known through it: Frank behind Speck."""
    order = list(dict.fromkeys(item.work for item, _ in lists))
    source = {item.work: item.document.work.quoted_after for item, _ in lists}
    for work in [work for work in order if source[work] in order]:
        order.remove(work)
        order.insert(order.index(str(source[work])) + 1, work)
    return sorted(lists, key=lambda pair: order.index(pair[0].work))
