"""From lines to headings, paragraphs and list items, where nothing but the lines themselves shows the structure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from advisor.documents.build import Piece
from advisor.documents.lines import Marker, breaks_after, ends_sentence, item_markers, joined

LONGEST_HEADING = 100  # characters

_ENDS_NO_HEADING = re.compile(r"(?:[.,;:…–—-]|[.!…][\"'”“’»)\]]+)$|@|://|\bwww\.")
_BEGINS_HEADING = re.compile(r"[\"'„“‚‘«»(\[]?(?:[^\W\d_]|\d+(?:\.\d+)*\.?\s+[^\W\d_])")
_INNER_END = re.compile(r"[a-zäöüß]{4,}[.!?] +[A-ZÄÖÜ]")
_NUMBERED = re.compile(r"(\d+(?:\.\d+)*)\.?\s")


@dataclass(frozen=True, slots=True)
class Layout:
    """How lines were set: characters of a full line (0: unknown), whether each line is a paragraph, whether blank lines part them."""

    width: int = 0
    unwrapped: bool = False
    paged: bool = False


@dataclass(slots=True)
class Group:
    """Lines that make one block: their numbers, list marker, whether a gap stands before, level where known to be a heading."""

    lines: list[str]
    numbers: list[int]
    marker: Marker | None = None
    gap: bool = True
    level: int = 0
    page: int = 0
    text: str = field(default="")
    row: bool = False


def full_line(lines: Iterable[str]) -> int:
    """How many characters a full line has: as many as nine lines in ten do not exceed; 0 without lines."""
    lengths = sorted(len(line) for line in lines if line.strip())
    return lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0


def grouped(
    lines: Sequence[str], layout: Layout, known: Mapping[int, int], page: int = 0, rows: Collection[int] = frozenset()
) -> list[Group]:
    """The lines parted into groups; `known` gives the level of lines that are headings, -1 for a second line of the same heading.

    `rows` are the lines that are rows of tables.
    """
    markers = {index: marker for index, marker in item_markers(lines).items() if index not in known and index not in rows}
    groups: list[Group] = []
    gap = True
    for index, line in enumerate(lines):
        if not line.strip():
            gap = True
            continue
        level = known.get(index, 0)
        if index in rows:
            groups.append(Group([line], [index], None, gap, page=page, row=True))
            gap = True
            continue
        open_group = groups[-1] if groups and not level and index not in markers and not groups[-1].row else None
        amid_list = open_group is not None and not gap and not layout.unwrapped and _amid_list(open_group, index, markers)
        if level == -1 or (open_group is not None and (amid_list or _goes_on(open_group, line, layout, gap))):
            groups[-1].lines.append(line)
            groups[-1].numbers.append(index)
        else:
            groups.append(Group([line], [index], markers.get(index), gap, level, page))
        gap = False
    return groups


def _goes_on(group: Group, line: str, layout: Layout, gap: bool) -> bool:
    if group.level or layout.unwrapped:
        return False
    last = group.lines[-1]
    if gap and layout.paged:
        return line.strip()[0].islower() and not ends_sentence(last)
    if gap:
        return group.marker is not None and _indent(line) >= _indent(group.lines[0]) + 2
    return not breaks_after(last, line, layout.width)


def _amid_list(group: Group, index: int, markers: Mapping[int, Marker]) -> bool:
    """Whether a line goes on an item that does not end like a sentence, the next item of the list being a few lines off at most."""
    if group.marker is None or ends_sentence(group.lines[-1]):
        return False
    following = next((markers[at] for at in range(index + 1, index + 5) if at in markers), None)
    return following is not None and following.style == group.marker.style


def with_text(groups: Sequence[Group], words: Collection[str]) -> tuple[list[Group], int]:
    """The groups with their lines joined, and how many broken words that made whole."""
    result, total = [], 0
    for group in groups:
        first = group.lines[0][group.marker.end :] if group.marker else group.lines[0]
        text, repaired = joined([first, *group.lines[1:]], words)
        result.append(replace(group, text=text))
        total += repaired
    return result, total


def with_headings(groups: Sequence[Group], layout: Layout) -> list[Group]:
    """The groups with levels for those that are headings: short, standing alone, without end punctuation, followed by text.

    Groups must have their text. A numbered line alone between paragraphs is a heading that keeps its number.
    """
    result = list(groups)
    depth = 0  # headings in an unbroken row from here on: a third one in a row is more likely a list or verse
    for index in range(len(result) - 1, -1, -1):
        group = result[index]
        before = result[index - 1] if index else None
        after = result[index + 1] if index + 1 < len(result) else None
        if group.level:
            depth = 1
        elif group.row:
            depth = 0
        elif after and (_is_solid(after) or 0 < depth < 2) and _stands_alone(group, before, after, layout):
            text = f"{group.marker.text} {group.text}" if group.marker else group.text
            number = _NUMBERED.match(text + " ")
            level = 2 + number[1].count(".") if number else 2
            result[index] = replace(group, level=min(level, 6), marker=None, text=text)
            depth += 1
        else:
            depth = 0
    return result


def looks_like_heading(text: str) -> bool:
    """Whether a line has the shape of a heading: short, beginning with a capital or a number, not ending like a sentence."""
    if len(text) > LONGEST_HEADING or len(text.split()) > 14 or _ENDS_NO_HEADING.search(text):
        return False
    begin = _BEGINS_HEADING.match(text)
    return bool(begin) and not text[begin.end() - 1].islower() if begin else False


def _stands_alone(group: Group, before: Group | None, after: Group, layout: Layout) -> bool:
    if not looks_like_heading(group.text) or len(group.lines) > 2:
        return False
    if group.marker:
        numbered = group.marker.style == "1." and len(group.lines) == 1 and (layout.paged or (group.gap and after.gap))
        return numbered and not after.marker and not (before and before.marker)
    if layout.paged:
        return len(group.lines) == 1 and (
            before is None or before.level > 0 or ends_sentence(before.text) or looks_like_heading(before.text)
        )
    # What stands over its paragraph without a gap may as well be a paragraph's first line: a sentence that ends in it tells.
    return layout.unwrapped or (group.gap and (after.gap or not _INNER_END.search(group.text)))


def _is_solid(group: Group) -> bool:
    return group.row or bool(group.marker) or ends_sentence(group.text) or len(group.text) > LONGEST_HEADING or len(group.lines) > 2


def pieces(groups: Sequence[Group]) -> list[Piece]:
    """The groups, with text and levels, as pieces in the same order."""
    made: list[Piece] = []
    stack: list[tuple[int, str]] = []
    top: Marker | None = None  # of the latest item in the outermost list
    for group in groups:
        if group.level:
            made.append(Piece("heading", group.text, group.level))
        elif group.row:
            made.append(Piece("row", group.text))
        elif not group.marker:
            made.append(Piece("paragraph", group.text))
        else:
            stack = _nested(stack, group, group.marker)
            outermost = len(stack) == 1
            starts = outermost and top is not None and _starts_list(group.marker, top)
            made.append(Piece("item", group.text, len(stack), group.marker.text, starts_list=starts))
            top = group.marker if outermost else top
            continue
        stack, top = [], None
    return made


def _starts_list(marker: Marker, before: Marker) -> bool:
    return marker.style != before.style or (marker.ordered and marker.number <= before.number)


def _nested(stack: list[tuple[int, str]], group: Group, marker: Marker) -> list[tuple[int, str]]:
    """The open lists, outermost first, as indent and style, once an item of this marker has joined them."""
    indent, style = _indent(group.lines[0]), marker.style
    while stack and indent < stack[-1][0] - 1:
        stack = stack[:-1]
    if not stack or indent > stack[-1][0] + 1:
        return [*stack, (indent, style)]
    for depth in range(len(stack), 0, -1):
        if stack[depth - 1][1] == style and abs(stack[depth - 1][0] - indent) <= 1:
            return stack[:depth]
    return [(indent, style)] if group.gap else [*stack, (indent, style)]


def _indent(line: str) -> int:
    expanded = line.expandtabs(4)
    return len(expanded) - len(expanded.lstrip())
