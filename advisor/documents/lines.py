"""Lines of text without markup: which begin list items, which end paragraphs, and how wrapped ones are joined."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from advisor.documents import dates

_ANY_BULLET = "•‣▪▫◦●○■□➤►✓✔\uf0b7\uf0a7\uf0d8"  # the last three are what Word's symbol fonts leave in a PDF
_MARKER = re.compile(
    rf"(?P<marker>[{_ANY_BULLET}])\s*(?=[^\s{_ANY_BULLET}])"
    r"|(?P<dash>[-–—*→])\s+(?=\S)"
    r"|(?P<ordered>\(?(?:\d{1,2}|[a-z]|[ivx]{2,4})\)|\d{1,2}\.)\s+(?=\S)"
)
_SENTENCE_END = re.compile(r"[.!?…:][\"'”“’»)\]]*$")
_OPEN_WORD = re.compile(r"(?P<stem>[^\W_]+(?:-[^\W_]+)*)[-\u00ad\u2010]$")
_FIRST_WORD = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SUSPENDED = frozenset("und oder bzw sowie bis noch als wie and or to nor versus vs".split())  # "Kosten- und Nutzenrechnung"


@dataclass(frozen=True, slots=True)
class Marker:
    """What stands before a list item: its text, its style (equal for all items of one list), its number, and where the item begins."""

    text: str
    style: str
    number: int
    end: int

    @property
    def ordered(self) -> bool:
        """Whether it counts."""
        return self.number >= 0


def marker_of(line: str) -> Marker | None:
    """The list marker at the head of a line, or None; "24. September" is a date and no item."""
    indent = len(line) - len(line.lstrip())
    match = _MARKER.match(line, indent)
    if not match:
        return None
    if not match["ordered"]:
        text = (match["marker"] or match["dash"]).translate({0xF0B7: "•", 0xF0A7: "▪", 0xF0D8: "►"})
        return Marker(text, "-" if match["dash"] else text, -1, match.end())
    text = match["ordered"]
    label = text.strip("(.)")
    following = _FIRST_WORD.match(line, match.end())
    if label.isdigit() and following and dates.is_month(following.group()):
        return None
    kind = "1" if label.isdigit() else "a" if len(label) == 1 else "i"
    number = int(label) if kind == "1" else ord(label) - ord("a") + 1 if kind == "a" else _roman(label)
    return Marker(text, text.replace(label, kind), number, match.end())


def _roman(label: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[letter] for letter in label]
    return sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True))


def item_markers(lines: Sequence[str]) -> dict[int, Marker]:
    """The lines, by number, that begin list items.

    A marker counts where a line of its own can begin: after a blank line, an item, or the end of a sentence. Numbers must count on from
    an item before or be followed by the next one, so that "3. Quartal" at the head of a wrapped line stays text.
    """
    found = {index: marker for index, line in enumerate(lines) if (marker := marker_of(line))}
    next_numbers = _next_numbers(found)
    accepted: dict[int, Marker] = {}
    latest: dict[str, int] = {}
    in_item = False
    for index, line in enumerate(lines):
        marker = found.get(index)
        if not line.strip():
            in_item = False
        elif marker and (in_item or _may_begin(lines, index, found)) and _counts(marker, latest, next_numbers[index]):
            accepted[index] = marker
            latest[marker.style] = marker.number
            in_item = True
    return accepted


def _next_numbers(found: dict[int, Marker]) -> dict[int, int | None]:
    upcoming: dict[str, int] = {}
    numbers: dict[int, int | None] = {}
    for index, marker in reversed(found.items()):
        numbers[index] = upcoming.get(marker.style)
        upcoming[marker.style] = marker.number
    return numbers


def _may_begin(lines: Sequence[str], index: int, found: dict[int, Marker]) -> bool:
    before = lines[index - 1].strip() if index else ""
    if not before or ends_sentence(before) or before[-1] in ",;":
        return True
    twins = [found[other] for other in (index - 1, index + 1) if other in found]
    return any(twin.style == found[index].style for twin in twins)


def _counts(marker: Marker, latest: dict[str, int], next_number: int | None) -> bool:
    return not marker.ordered or latest.get(marker.style) == marker.number - 1 > 0 or next_number == marker.number + 1


def ends_sentence(text: str) -> bool:
    """Whether a text ends like a sentence or a lead-in: with a full stop, a question or exclamation mark, an ellipsis or a colon."""
    return bool(_SENTENCE_END.search(text.rstrip()))


def breaks_after(line: str, following: str, width: int) -> bool:
    """Whether a line break was meant: the next word would have fitted well, and it does not go on in the middle of a sentence.

    `width` is the number of characters of a full line; 0 stands for unknown, and no break is meant.
    """
    first = following.split(maxsplit=1)[0]
    needed = len(line.strip()) + 1 + len(first)
    if first[0].islower() or _OPEN_WORD.search(line[-80:].rstrip()):
        return False
    return needed <= (0.85 if ends_sentence(line) else 0.6) * width


def vocabulary(lines: Collection[str]) -> frozenset[str]:
    """All words of the lines, folded in case, compounds with their hyphens: what tells "short-term" from a broken "strate-gy"."""
    return frozenset(word.casefold() for line in lines for word in _WORD.findall(line))


def joined(lines: Sequence[str], words: Collection[str]) -> tuple[str, int]:
    """Wrapped lines as one, and the number of words that had been broken at a line's end and were made whole."""
    parts: list[str] = []
    repaired = 0
    for line in lines:
        if parts:
            head, separator = seam(parts[-1], line.strip(), words)
            repaired += len(head) < len(parts[-1])
            parts[-1:] = [head, separator]
        parts.append(line.strip())
    return "".join(parts), repaired


def seam(before: str, after: str, words: Collection[str]) -> tuple[str, str]:
    """How a line ends when the next is joined to it, its hyphen kept or gone, and what stands between the two.

    Kept: "Porter-" + "Modell" without, "Kosten-" + "und" with a space between. Gone: "strate-" + "gisch", unless the document writes
    the word with its hyphen elsewhere and never without.
    """
    open_word, following = _OPEN_WORD.search(before[-80:]), _FIRST_WORD.match(after)
    if not open_word or not following:
        return before, " "
    if before.endswith("\u00ad"):
        return before[:-1], ""
    word = following.group().casefold()
    if word in _SUSPENDED:
        return before, " "
    stem = open_word["stem"]
    rest = _WORD.match(after)
    whole = (stem + (rest.group() if rest else "")).casefold()
    hyphenated = f"{stem}-{rest.group() if rest else ''}".casefold()
    abbreviated = stem[-1].isdigit() or (len(stem) > 1 and stem.isupper())  # "50-" + "jährig", "IT-" + "gestützt"
    kept = abbreviated or not after[0].islower() or (hyphenated in words and whole not in words)
    return (before, "") if kept else (before[:-1], "")
