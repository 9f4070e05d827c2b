"""The lines of a page in reading order, from its words and their places: columns one after the other, tables as rows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from advisor.documents.lines import ends_sentence

# Everything below is measured in ems, the size of the letters, where nothing else is said.
_SAME_LINE = 0.4  # baselines of one line differ by less, notes and exponents included
_APART = 0.9  # a wider gap parts two columns, or two cells; words stand closer even in loosely justified lines
_STRETCHED = 2.5  # no justified line is stretched further
_ALIKE = 1.25  # times: the gaps of a justified line differ by less
_PARAGRAPH = 1.45  # times the usual distance of two lines: where more lies between them, a paragraph ends
_INDENT = (0.7, 4.0)
_MARGIN = 0.1  # of the height of the text: what stands there, well apart from the rest, is the head or the foot of the page
_FILLED = 0.75  # of the column's width: most lines of running text are as long
_SHORT_CELL = 3  # words
_MARKER = re.compile(r"[•‣▪▫◦●○■□➤►✓✔–—*\uf0b7\uf0a7\uf0d8-]|\(?(?:\d{1,2}|[a-z]|[ivx]{2,4})\)|\d{1,2}\.")


@dataclass(frozen=True, slots=True)
class Word:
    """A word, where its baseline begins, and where it ends in its direction; `size` is that of its letters, all in points."""

    text: str
    x: float
    y: float
    end: float
    size: float
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is read: its text and the size of its letters; `cells` are those of a table's row, () for a line of text."""

    text: str
    size: float = 0.0
    cells: tuple[str, ...] = ()
    bold: bool = False


GAP = Line("")  # what stands between two paragraphs that the page shows apart


@dataclass(frozen=True, slots=True)
class _Segment:
    """Words that stand together in one line, with what is asked of them often."""

    words: tuple[Word, ...]
    left: float
    right: float
    y: float
    size: float

    @classmethod
    def of(cls, words: Sequence[Word]) -> _Segment:
        longest = max(words, key=lambda word: len(word.text)) if len(words) < 4 else words[len(words) // 2]
        return cls(tuple(words), words[0].x, max([word.end for word in words]), words[0].y, longest.size)

    @property
    def text(self) -> str:
        parts = [self.words[0].text]
        for before, word in pairwise(self.words):
            # A capital and the small capitals after it are two words to a PDF.
            parts.append("" if abs(word.x - before.end) < 0.05 * word.size and before.y == word.y else " ")
            parts.append(word.text)
        return "".join(parts)


_Row = list[_Segment]  # the segments on one height, from left to right


def lines(words: Sequence[Word]) -> list[Line]:
    """The lines of a page in reading order, with a GAP where the page shows that a paragraph ends.

    Columns are read one after the other; what runs across them parts them. Rows of tables keep their cells.
    """
    rows = [_segments(row) for row in _rows(_with_initials(words))]
    head, body, foot = _parted(rows)
    return [*_plain(head), *([GAP] if head else []), *_ordered(body, 0), *([GAP] if foot else []), *_plain(foot)]


def _with_initials(words: Sequence[Word]) -> list[Word]:
    """The words, a large initial joined to the word that it begins, in the first of the lines beside it."""
    result = list(words)
    usual = median(word.size for word in words) if words else 0
    for initial in [word for word in words if len(word.text) == 1 and word.text.isupper() and word.size > 1.9 * usual]:
        beside = [
            word
            for word in result
            if 0 <= word.x - initial.end < 2 * usual and initial.y - usual < word.y < initial.y + initial.size and word.size < initial.size
        ]
        if len({word.y for word in beside}) > 1:
            first = max(beside, key=lambda word: word.y)
            result[result.index(first)] = Word(initial.text + first.text, initial.x, first.y, first.end, first.size, first.bold)
            result.remove(initial)
    return result


def _rows(words: Sequence[Word]) -> Iterator[list[Word]]:
    """The words by height, from the top of the page down."""
    row: list[Word] = []
    for word in sorted(words, key=lambda word: (-word.y, word.x)):
        if row and row[0].y - word.y > _SAME_LINE * max(row[0].size, word.size):
            yield row
            row = []
        row.append(word)
    if row:
        yield row


def _segments(words: Sequence[Word]) -> _Row:
    ordered = sorted(words, key=lambda word: word.x)
    gaps = [word.x - before.end for before, word in pairwise(ordered)]
    starts = [0]
    for at, word in enumerate(ordered[1:], start=1):
        alone = at - starts[-1] == 1 and _MARKER.fullmatch(ordered[at - 1].text)
        if _is_wide(gaps, at - 1, word.size) and not alone:
            starts.append(at)
    return [_Segment.of(ordered[start:end]) for start, end in zip(starts, [*starts[1:], len(ordered)], strict=True)]


def _is_wide(gaps: list[float], at: int, size: float) -> bool:
    """Whether the room between two words parts columns or cells. In a justified line the words stand wide apart, but all alike."""
    gap = gaps[at]
    if gap <= _APART * size:
        return False
    beside = gaps[max(at - 1, 0) : at] + gaps[at + 1 : at + 2]
    return gap > _STRETCHED * size or not any(1 / _ALIKE <= other / gap <= _ALIKE for other in beside)


def _parted(rows: list[_Row]) -> tuple[list[_Row], list[_Row], list[_Row]]:
    """Head, body and foot of a page: head and foot stand at its edges with more room to the body than its lines have."""
    if len(rows) < 5:
        return [], rows, []
    steps = [before[0].y - after[0].y for before, after in pairwise(rows)]
    usual = median(steps)
    height = rows[0][0].y - rows[-1][0].y
    first, last = 0, len(rows)
    for at, step in enumerate(steps):
        if rows[0][0].y - rows[at][0].y > _MARGIN * height:
            break
        if step > _PARAGRAPH * usual and at < 2:
            first = at + 1
    for at in range(len(rows) - 1, first, -1):
        if rows[at][0].y - rows[-1][0].y > _MARGIN * height:
            break
        if steps[at - 1] > _PARAGRAPH * usual and at > len(rows) - 3:
            last = at
    return rows[:first], rows[first:last], rows[last:]


def _ordered(rows: list[_Row], depth: int) -> list[Line]:
    """The lines of a part of a page, its columns one after the other."""
    made: list[Line] = []
    plain: list[_Row] = []
    start = 0
    edges = min((row[0].left for row in rows), default=0.0), max((row[-1].right for row in rows), default=0.0)
    while start < len(rows):
        end, gutter = _data_end(rows, start), None
        if end == start:
            end, gutter = _zone(rows, start, edges)
        if gutter is None or depth > 4:
            plain.extend(rows[start:end])
        else:
            made += [*_plain(plain), *([GAP] if plain else [])]
            plain = []
            left = [kept for row in rows[start:end] if (kept := [one for one in row if one.right <= gutter])]
            right = [kept for row in rows[start:end] if (kept := [one for one in row if one.right > gutter])]
            made += [*_ordered(left, depth + 1), *_ordered(right, depth + 1), *([GAP] if end < len(rows) else [])]
        start = end
    return made + _plain(plain)


def _zone(rows: Sequence[_Row], start: int, edges: tuple[float, float]) -> tuple[int, float | None]:
    """The end of the rows that leave some room free from top to bottom, and where it parts two columns; None where it does not."""
    free = [edges]
    end = start
    while end < len(rows):
        if end > start and (_parts_columns(rows, end, start) or _data_end(rows, end) > end):
            break
        narrower = _without(free, rows[end])
        if not narrower:
            break
        free = narrower
        end += 1
    zone = rows[start:end]
    inner = [(b - a, (a + b) / 2) for a, b in free if _is_gutter(zone, (a + b) / 2)]
    return max(end, start + 1), max(inner)[1] if inner else None


def _without(free: Sequence[tuple[float, float]], row: _Row) -> list[tuple[float, float]]:
    """The free room that a row leaves, as far as it is wide enough for a gutter."""
    for segment in row:
        least = _APART * min(segment.size, 14)
        cut = [(a, min(b, segment.left)) for a, b in free] + [(max(a, segment.right), b) for a, b in free]
        free = [(a, b) for a, b in dict.fromkeys(cut) if b - a >= least]
    return list(free)


def _parts_columns(rows: Sequence[_Row], at: int, start: int) -> bool:
    """Whether a row is a heading over the columns below it: larger than what stands above, and alone on its height."""
    row = rows[at]
    if len(row) > 1 or at - start < 3 or at + 1 >= len(rows) or len(rows[at + 1]) < 2:
        return False
    return row[0].size >= 1.3 * median([one.size for above in rows[start:at] for one in above])


def _is_gutter(zone: Sequence[_Row], gutter: float) -> bool:
    """Whether running text stands on both sides: lines of some words, most of them as long as their column is wide."""
    sides = [[kept for row in zone if (kept := [one for one in row if (one.right <= gutter) == is_left])] for is_left in (True, False)]
    if any(len(side) < 2 for side in sides):
        return False
    # Side by side, and not one under the other.
    top, bottom = min(side[0][0].y for side in sides), max(side[-1][0].y for side in sides)
    return top - bottom >= sides[0][0][0].size and all(_is_running(side) for side in sides)


def _is_running(side: Sequence[_Row]) -> bool:
    left, right = min(row[0].left for row in side), max(row[-1].right for row in side)
    counts = [sum(len(one.words) for one in row) for row in side]
    long = sum(row[-1].right - row[0].left >= _FILLED * (right - left) for row in side)
    least = 4 if len(side) < 4 else 3
    return median(counts) >= least and (long >= 0.5 * len(side) or len(side) >= 12)


def _plain(rows: Sequence[_Row]) -> list[Line]:
    """Rows as lines of one column, those of tables with their cells, and gaps where the page shows them."""
    made: list[Line] = []
    usual = _leading(rows)
    start = 0
    while start < len(rows):
        end = _table_end(rows, start)
        if end > start:
            made += [GAP] if made else []
            made += _table(rows[start:end])
            made += [GAP] if end < len(rows) else []
            start = end
            continue
        if made and made[-1] is not GAP and start and _begins(rows, start, usual):
            made.append(GAP)
        row = rows[start]
        made.append(Line(" ".join(one.text for one in row), row[0].size, bold=all(word.bold for one in row for word in one.words)))
        start += 1
    return made


def _leading(rows: Sequence[_Row]) -> float:
    """The usual distance of two lines, in ems."""
    steps = [(before[0].y - after[0].y) / max(after[0].size, 1) for before, after in pairwise(rows)]
    return min(median(steps), 2.5) if steps else 1.2


def _begins(rows: Sequence[_Row], at: int, usual: float) -> bool:
    """Whether a paragraph begins with a row: after more room than usual, in other letters, or indented."""
    before, row = rows[at - 1][0], rows[at][0]
    if (before.y - row.y) / max(min(before.size, row.size), 1) > _PARAGRAPH * usual:
        return True
    if max(before.size, row.size) > 1.15 * min(before.size, row.size) and not _MARKER.fullmatch(row.words[0].text):
        return len(row.words) > 2 or len(before.words) > 2
    # Below a list marker, and in lists of references, it is the further lines that are indented.
    if at + 1 >= len(rows) or _MARKER.fullmatch(before.words[0].text) or not ends_sentence(rows[at - 1][-1].words[-1].text):
        return False
    after = rows[at + 1][0]
    indent = (row.left - before.left) / max(row.size, 1)
    back = abs(after.left - before.left) < 0.3 * row.size
    return _INDENT[0] <= indent <= _INDENT[1] and back and not _MARKER.fullmatch(row.words[0].text)


def _table_end(rows: Sequence[_Row], start: int) -> int:
    """Where the table ends that begins with a row; the row itself where none does."""
    if len(rows[start]) < 2:
        return start
    end = start + 1
    while end < len(rows) and (_aligned(rows[end - 1], rows[end]) or _aligned(rows[start], rows[end])):
        end += 1
    # Two rows of two cells may as well be a heading with a date beside it.
    cells = sum(len(row) for row in rows[start:end])
    return end if end - start >= 2 and cells >= 5 else start


def _data_end(rows: Sequence[_Row], start: int) -> int:
    """Where a table of figures and names ends that begins with a row; a table of sentences looks too much like columns to be told here."""
    end = _table_end(rows, start)
    cells = [cell for row in rows[start:end] for cell in row]
    short = sum(len(cell.words) <= _SHORT_CELL for cell in cells)
    return end if short >= 0.85 * len(cells) else start


def _aligned(one: _Row, other: _Row) -> bool:
    """Whether two cells and more of two rows stand under each other."""
    near = 0.6 * one[0].size
    below = [cell for cell in other if any(_offset(cell, above) < near for above in one)]
    # The second line of a cell has nothing beside it.
    goes_on = len(other) == 1 and any(abs(other[0].left - above.left) < near for above in one[1:])
    return (len(below) >= 2 and len(other) >= 2) or (goes_on and one[0].y - other[0].y < 1.6 * one[0].size)


def _offset(cell: _Segment, above: _Segment) -> float:
    """How far two cells are from standing under each other: at their left or right ends, or in the middle."""
    left, right = cell.left - above.left, cell.right - above.right
    return min(abs(left), abs(right), abs(left + right) / 2)


def _table(rows: Sequence[_Row]) -> Iterator[Line]:
    widest = max(len(row) for row in rows)
    columns = next(row for row in rows if len(row) == widest)
    pending: list[str] | None = None
    size = rows[0][0].size
    for row in rows:
        cells = [""] * len(columns)
        for segment in row:
            nearest = min(range(len(columns)), key=lambda at: _distance(columns[at], segment))
            cells[nearest] = f"{cells[nearest]} {segment.text}".strip()
        if pending and not cells[0] and len(row) < len(columns) and len(row) == 1:
            pending = [f"{old} {new}".strip() for old, new in zip(pending, cells, strict=True)]
            continue
        if pending:
            yield Line(" | ".join(pending), size, tuple(pending))
        pending = cells
    if pending:
        yield Line(" | ".join(pending), size, tuple(pending))


def _distance(column: _Segment, cell: _Segment) -> float:
    overlap = min(column.right, cell.right) - max(column.left, cell.left)
    return -overlap if overlap > 0 else min(abs(column.left - cell.left), abs(column.right - cell.right))
