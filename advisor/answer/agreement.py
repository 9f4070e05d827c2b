"""Which items of different works' lists are the same factor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from advisor.answer.evidence import Found
from advisor.factors import Enumeration, Factor
from advisor.index import Generation

SAME = 0.56  # mean similarity of two groups of items from which they are taken to be one factor


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


def shared_factors(generation: Generation, lists: Sequence[tuple[Found, Enumeration]]) -> list[tuple[Item, ...]]:
    """Groups of items that ask for the same, each from another work; those of most works first, then in the lists' order."""
    items, vectors = [], []
    for found, enumeration in lists:
        stored = generation.factor_vectors(found.document.sha256)
        for factor in enumeration.factors:
            if factor.span in stored:
                items.append(Item(found, enumeration, factor))
                vectors.append(stored[factor.span])
    if not items:
        return []
    matrix = np.stack(vectors)
    # A work known only through another has no voice of its own beside it: Speck and Frank quoted after Speck are one.
    groups = group(matrix @ matrix.T, [item.found.document.work.quoted_after or item.work for item in items])
    result = [tuple(items[i] for i in sorted(members)) for members in groups if len(members) > 1]
    return sorted(result, key=lambda members: -len(members))


def group(similarity: np.ndarray[tuple[int, int], np.dtype[np.float32]], owners: Sequence[str]) -> list[list[int]]:
    """Average-linkage groups of at least SAME, nearest first; no group holds two items of one owner."""
    groups = [[i] for i in range(len(owners))]
    pairs = [(float(similarity[i, j]), i, j) for i in range(len(owners)) for j in range(i) if similarity[i, j] >= SAME]
    home = {i: groups[i] for i in range(len(owners))}
    for _, i, j in sorted(pairs, reverse=True):
        one, other = home[i], home[j]
        if one is other or {owners[k] for k in one} & {owners[k] for k in other}:
            continue
        if float(similarity[np.ix_(one, other)].mean()) >= SAME:
            one.extend(other)
            for k in other:
                home[k] = one
            groups.remove(other)
    return sorted(groups, key=min)
