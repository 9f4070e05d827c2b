"""Which lines of printed pages are headings: by the outline of the file, by the size of their letters, by their weight."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from advisor.documents.layout import GAP, Line
from advisor.documents.structure import LONGEST_HEADING, looks_like_heading
from advisor.text import fold

_CHAPTER = re.compile(r"\s*(?:(?:chapter|part|section|kapitel|teil|abschnitt)\s+)?(?:\d+(?:\.\d+)*|[IVX]+(?=[.:]))[.:]?\s+", re.IGNORECASE)
_LARGER = 1.15  # times the size of the running text: what headings are set in
_MOST_BOLD = 0.3  # of the text: where more is bold, bold means nothing


def levels(pages: Sequence[Sequence[Line]]) -> dict[float, int]:
    """The level of headings by the size of their letters, from what is larger than the running text."""
    sizes = Counter[float]()
    for lines in pages:
        for line in lines:
            sizes[_rounded(line.size)] += len(line.text)
    if not sizes:
        return {}
    usual = max(sizes, key=lambda size: sizes[size])
    larger = {
        _rounded(line.size) for lines in pages for line in lines
        if usual and line.size >= _LARGER * usual and not line.cells and looks_like_heading(line.text.rstrip("-.:…"))
    }  # fmt: skip
    return {size: min(level, 4) for level, size in enumerate(sorted(larger, reverse=True), start=1)}


def _rounded(size: float) -> float:
    return round(2 * size) / 2


def larger(lines: Sequence[Line], known_levels: dict[float, int]) -> dict[int, int]:
    """The lines that are headings by the size of their letters, with their levels; -1 for the further lines of one heading."""
    known: dict[int, int] = {}
    at = 0
    while at < len(lines):
        end = at + 1
        level = known_levels.get(_rounded(lines[at].size), 0) if lines[at].text and not lines[at].cells else 0
        while level and end < len(lines) and lines[end] is not GAP and _rounded(lines[end].size) == _rounded(lines[at].size):
            end += 1
        text = " ".join(line.text for line in lines[at:end])
        # A quotation set large in the middle of a page is longer, or ends like a sentence.
        if level and end - at <= 3 and len(text) <= 1.5 * LONGEST_HEADING and (looks_like_heading(text) or text.endswith(("?", "!"))):
            known |= {at: level} | dict.fromkeys(range(at + 1, end), -1)
        at = end
    return known


def bold(lines: Sequence[Line], share: float, above: int) -> dict[int, int]:
    """The lines that are headings because they alone are bold, their level being that below the `above` levels of larger ones."""
    if share > _MOST_BOLD:
        return {}
    found = {}
    for at, line in enumerate(lines):
        beside = [lines[other] for other in (at - 1, at + 1) if 0 <= other < len(lines)]
        alone = not any(other.bold and not other.cells for other in beside) and any(other.text for other in lines[at + 1 : at + 3])
        if line.bold and not line.cells and alone and looks_like_heading(line.text):
            found[at] = min(above + 1 + (not above), 5)
    return found


def titled(lines: Sequence[str], titles: Sequence[tuple[str, int]]) -> dict[int, int]:
    """The lines of a page that are titles of the outline, with their levels; -1 for the further lines of a title set in several."""
    wanted = {_key(title): min(level, 6) for title, level in titles if _key(title)}
    known: dict[int, int] = {}
    longest = max((len(title) for title, _ in titles), default=0) + 20
    for index, line in enumerate(lines):
        if not wanted:
            break
        if not line or index in known or len(line) > longest:
            continue
        for count in (1, 2, 3):
            together = lines[index : index + count]
            if len(together) == count and all(together) and _key(" ".join(together)) in wanted:
                known[index] = wanted.pop(_key(" ".join(together)))
                known |= dict.fromkeys(range(index + 1, index + count), -1)
                break
    return known


def _key(title: str) -> str:
    # Either the outline or the page may leave the number of a chapter out.
    return fold(_CHAPTER.sub("", title, count=1)) or fold(title)
