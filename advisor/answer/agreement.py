"""Which items of different works' lists are the same factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.answer.evidence import Found
from advisor.encoder import Vectors
from advisor.factors import Enumeration, Factor
from advisor.index import Generation
from advisor.text import Span

SAME = 0.56  # mean similarity of two groups of items from which they are taken to be one factor
PAIRED = 0.42  # similarity of two items of two lists that are put into one row: each is the other's nearest
ALONE = 0.36  # similarity with every item of another work below which an item is said to be of one work only


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a given list."""

    found: Found
    enumeration: Enumeration
    factor: Factor

    @property
    def work(self) -> str:
        """Key of the work."""
        return self.found.work


@dataclass(frozen=True, slots=True)
class Voices:
    """What the items of several lists have in common: `shared` groups of items that ask for the same, each from another work, those of
    most works first; `alone` those of the same lists to which no other work has anything near."""

    shared: tuple[tuple[Item, ...], ...] = ()
    alone: tuple[Item, ...] = ()


def voices(generation: Generation, lists: Sequence[tuple[Found, Enumeration]]) -> Voices:
    """Which items of the lists several works ask for, and which only one does."""
    items, vectors = _items(generation, lists)
    # A work known only through another has no voice of its own beside it: Speck and Frank quoted after Speck are one.
    owners = [item.found.document.work.quoted_after or item.work for item in items]
    if len(set(owners)) < 2:
        return Voices()
    similarity = np.stack(vectors) @ np.stack(vectors).T
    groups = group(similarity, owners)
    shared = [tuple(items[i] for i in sorted(members)) for members in groups if len(members) > 1]
    taken = {i for members in groups if len(members) > 1 for i in members}
    apart = np.array([[one != other for other in owners] for one in owners])
    nearest = np.where(apart, similarity, -1.0).max(axis=1)
    akin = {id(items[i].enumeration) for i in taken}
    alone = tuple(item for i, item in enumerate(items) if i not in taken and nearest[i] < ALONE and id(item.enumeration) in akin)
    return Voices(tuple(sorted(shared, key=lambda members: -len(members))), alone)


def paired_items(generation: Generation, one: tuple[Found, Enumeration], other: tuple[Found, Enumeration]) -> list[tuple[Span | None, ...]]:
    """The items of two lists, those that ask for the same beside each other, then those of one list alone; all of both, each once."""
    items, vectors = _items(generation, [one, other])
    owners = [str(item.enumeration is other[1]) for item in items]
    groups = group(np.stack(vectors) @ np.stack(vectors).T, owners, PAIRED) if items else []
    rows: list[tuple[Span | None, ...]] = []
    for members in groups:
        spans = {owners[i]: items[i].factor.span for i in members}
        rows.append((spans.get("False"), spans.get("True")))
    held = {span for row in rows for span in row}
    rows += [(factor.span, None) for factor in one[1].factors if factor.span not in held]
    rows += [(None, factor.span) for factor in other[1].factors if factor.span not in held]
    return sorted(rows, key=lambda row: (None in row, row[0] is None))


def _items(generation: Generation, lists: Sequence[tuple[Found, Enumeration]]) -> tuple[list[Item], list[Vectors]]:
    items, vectors = [], []
    for found, enumeration in lists:
        stored = generation.factor_vectors(found.document.sha256)
        for factor in enumeration.factors:
            if factor.span in stored:
                items.append(Item(found, enumeration, factor))
                vectors.append(stored[factor.span])
    return items, vectors


def group(similarity: np.ndarray[tuple[int, int], np.dtype[np.float32]], owners: Sequence[str], same: float = SAME) -> list[list[int]]:
    """Average-linkage groups of at least `same`, nearest first; no group holds two items of one owner."""
    groups = [[i] for i in range(len(owners))]
    pairs = [(float(similarity[i, j]), i, j) for i in range(len(owners)) for j in range(i) if similarity[i, j] >= same]
    home = {i: groups[i] for i in range(len(owners))}
    for _, i, j in sorted(pairs, reverse=True):
        one, other = home[i], home[j]
        if one is other or {owners[k] for k in one} & {owners[k] for k in other}:
            continue
        if float(similarity[np.ix_(one, other)].mean()) >= same:
            one.extend(other)
            for k in other:
                home[k] = one
            groups.remove(other)
    return sorted(groups, key=min)
