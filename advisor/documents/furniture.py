"""Running heads, running feet and page numbers: lines at the edges of pages that come again on most of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from advisor.documents.lines import ends_sentence

_EDGE = 3  # lines at the head and at the foot of a page that may be furniture
_SHARE = 0.6  # of the pages with text
_LEAST = 3  # pages


def found(pages: Sequence[Sequence[str]], labels: Sequence[str]) -> tuple[list[set[int]], tuple[str, ...]]:
    """The numbers of the lines of each page that are furniture, and one example of each such line.

    A line counts as the same with other digits in it, unless it is a sentence. Left and right pages may have furniture of their own.
    A page's label alone on its first or last line is its number; so is a line that bears it, on two pages and more. No document is
    emptied this way.
    """
    written = [number for number, lines in enumerate(pages) if any(lines)]
    repeated = _repeated([pages[number] for number in written])
    # Left and right pages: with six pages, three of each.
    for parity in (0, 1):
        repeated |= _repeated([pages[number] for number in written if number % 2 == parity])
    numbered = _numbered(pages, labels)
    furniture: list[set[int]] = []
    dropped: dict[str, str] = {}
    for lines, label in zip(pages, labels, strict=True):
        gone = {index for index in _edges(lines) if _form(lines[index]) in repeated}
        gone |= {index for index in _ends(lines) if _form(lines[index]) in numbered and _bears(lines[index], label)}
        gone |= _number(lines, label)
        furniture.append(gone)
        for index in sorted(gone):
            dropped.setdefault(_form(lines[index]), lines[index])
    if not any(line for lines, gone in zip(pages, furniture, strict=True) for index, line in enumerate(lines) if index not in gone):
        return [set() for _ in pages], ()
    return furniture, tuple(dropped.values())


def _numbered(pages: Sequence[Sequence[str]], labels: Sequence[str]) -> set[str]:
    """First or last lines that bear their page's number on two pages and more: the heads of chapters too short for a share."""
    counts = Counter(
        form
        for lines, label in zip(pages, labels, strict=True)
        for form in {_form(lines[index]) for index in _ends(lines) if _bears(lines[index], label)}
    )
    return {form for form, count in counts.items() if count > 1}


def _ends(lines: Sequence[str]) -> list[int]:
    written = [index for index, line in enumerate(lines) if line]
    # The only line of a page is its text.
    return [written[0], written[-1]] if len(written) > 1 else []


def _bears(line: str, label: str) -> bool:
    words = line.split()
    return len(words) > 1 and label in (words[0], words[-1])


def _repeated(pages: Sequence[Sequence[str]]) -> set[str]:
    if len(pages) < _LEAST:
        return set()
    counts = Counter(form for lines in pages for form in {_form(lines[index]) for index in _edges(lines)})
    return {form for form, count in counts.items() if count >= _SHARE * len(pages)}


def _edges(lines: Sequence[str]) -> Iterator[int]:
    written = [index for index, line in enumerate(lines) if line]
    yield from dict.fromkeys([*written[:_EDGE], *written[-_EDGE:]])


def _form(line: str) -> str:
    # "In chapter 3 we ask why." on many pages is text, however alike; "Page 3 of 12" is not.
    return line if ends_sentence(line) else re.sub(r"\d+", "#", line).casefold()


def _number(lines: Sequence[str], label: str) -> set[int]:
    return {index for index in _ends(lines) if lines[index].strip("-–— []") == label}
