"""Where words stand among the characters of a printed page: spaces, hyphens, ligatures, accents and punctuation do not count."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

ENOUGH = 0.6  # share of the words that must be found one by one where they do not stand there in one piece
GAP = 2  # words of the page between two found pieces that are marked along with them


def marked(page: Sequence[str], wanted: str, near: float = 0.0) -> list[range]:
    """The ranges of a page's characters on which `wanted` stands, in order; none where it is not there.

    Of several places the one nearest to `near` is taken, a share of the page from its beginning. Words that stand there with others in
    between (a footnote, a number in the margin) are marked piece by piece.
    """
    letters, places = _letters(page)
    sought, _ = _letters(wanted)
    if not sought:
        return []
    starts = _occurrences(letters, sought)
    if starts:
        start = min(starts, key=lambda at: abs(at - near * len(letters)))
        return [range(places[start], places[start + len(sought) - 1] + 1)]
    return _piecewise(page, wanted)


def _letters(characters: Sequence[str]) -> tuple[str, list[int]]:
    """The letters and digits in a plain form, and for each the number of the character that it comes from."""
    found: list[str] = []
    places: list[int] = []
    for place, character in enumerate(characters):
        for letter in unicodedata.normalize("NFKD", character).casefold():
            if letter.isalnum():
                found.append(letter)
                places.append(place)
    return "".join(found), places


def _occurrences(letters: str, sought: str) -> list[int]:
    starts, at = [], letters.find(sought)
    while at >= 0:
        starts.append(at)
        at = letters.find(sought, at + 1)
    return starts


def _piecewise(page: Sequence[str], wanted: str) -> list[range]:
    words = _words(page)
    sought = [letters for letters, _ in _words(wanted)]
    matcher = SequenceMatcher(None, [letters for letters, _ in words], sought, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if sum(block.size for block in blocks) < ENOUGH * len(sought):
        return []
    result: list[range] = []
    last = 0
    for block in blocks:
        places = range(words[block.a][1].start, words[block.a + block.size - 1][1].stop)
        if result and block.a - last <= GAP:
            places = range(result.pop().start, places.stop)
        result.append(places)
        last = block.a + block.size
    return result


def _words(characters: Sequence[str]) -> list[tuple[str, range]]:
    """The words between spaces, in their plain form, with the characters on which each stands."""
    found: list[tuple[str, range]] = []
    start = 0
    for place in range(len(characters) + 1):
        if place < len(characters) and not characters[place].isspace():
            continue
        letters, _ = _letters(characters[start:place])
        if letters:
            found.append((letters, range(start, place)))
        start = place + 1
    return found
