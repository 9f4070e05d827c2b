"""Plain text: wrapped lines joined, lists and headings seen by their shape; scraps of a copied web page dropped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from advisor.documents import bylines, scraps
from advisor.documents.build import Found, Reading, build
from advisor.documents.bylines import Byline
from advisor.documents.formats import decode
from advisor.documents.lines import ends_sentence, vocabulary
from advisor.documents.options import DEFAULT, Options
from advisor.documents.structure import (
    LONGEST_HEADING,
    Group,
    Layout,
    full_line,
    grouped,
    looks_like_heading,
    pieces,
    with_headings,
    with_text,
)
from advisor.text import fold

_WRAPPED = 120  # characters; a longer line was not wrapped by anyone
_RULE = re.compile(r"\s*([=\-_~*#])(?:\s?\1){2,}\s*")


def read(data: bytes, name: str, options: Options = DEFAULT) -> Reading:
    """What a text file holds; Markdown marks in it stay as they are.

    Raises DamagedDocument where the bytes are no text.
    """
    decoded = decode(data, name)
    lines = decoded.text.splitlines()
    web = scraps.shows_web_page(lines)
    dropped = set(scraps.find(lines)) if web else set()
    known = _underlined(lines)
    dropped |= {index for index, line in enumerate(lines) if _RULE.fullmatch(line)}
    about = bylines.near_head(_without(lines, dropped), web=web)
    kept = _without(lines, dropped | set(about))
    layout = _layout(kept)
    groups, repaired = with_text(grouped(kept, layout, known), vocabulary(kept))
    title = _title(groups, about, web=web)
    if title is not None:
        groups[title].level = 1
        if web:
            before = _before_title(groups, title)
            dropped |= {number for index in before for number in groups[index].numbers}
            groups = [group for index, group in enumerate(groups) if index not in before]
    said = bylines.merged([about[index] for index in sorted(about)])
    heading = next((group.text for group in groups if group.level == 1), None)
    return Reading(
        build(pieces(with_headings(groups, layout))),
        Found(heading, said.authors, said.date),
        encoding=decoded.encoding,
        hyphens_repaired=repaired,
        lines_dropped=tuple(lines[index].strip() for index in sorted(dropped | set(about))),
        warnings=decoded.warnings,
    )


def _without(lines: Sequence[str], dropped: set[int]) -> list[str]:
    return ["" if index in dropped else line for index, line in enumerate(lines)]


def _underlined(lines: Sequence[str]) -> dict[int, int]:
    """The lines that are headings because a rule of = or - stands under them, with their level."""
    known = {}
    for index in range(1, len(lines)):
        rule = _RULE.fullmatch(lines[index])
        alone = index < 2 or not lines[index - 2].strip() or _RULE.fullmatch(lines[index - 2])
        heading = lines[index - 1].strip()
        if rule and rule[1] in "=-~" and alone and heading and len(heading) <= LONGEST_HEADING and not _RULE.fullmatch(heading):
            known[index - 1] = 1 if rule[1] == "=" else 2
    return known


def _layout(lines: Sequence[str]) -> Layout:
    lengths = [len(line) for line in lines]
    unwrapped = 2 * sum(length for length in lengths if length > _WRAPPED) >= sum(lengths) > 0
    width = full_line(line for line in lines if len(line) <= _WRAPPED)
    return Layout(width if width >= 40 else 0, unwrapped)


def _title(groups: Sequence[Group], about: Mapping[int, Byline], *, web: bool) -> int | None:
    """The number of the group that is the title: short, in the head, between or near the lines of author and date."""
    first_level = next((index for index, group in enumerate(groups) if group.level == 1), None)
    if first_level is not None:
        return first_level
    body = next((index for index, group in enumerate(groups) if _is_body(group)), None)
    if body is None:
        return None
    candidates = [index for index in range(body) if _may_be_title(groups[index])]
    if not candidates or (not about and not web):
        return 0 if 0 in candidates else None
    first, last = min(about, default=0), max(about, default=0)

    def rank(index: int) -> tuple[bool, bool, bool, int]:
        line = groups[index].numbers[0]
        far = min((abs(line - other) for other in about), default=0) > 8
        # A word or two over a longer line on a web page are its rubric or a menu.
        rubric = web and len(groups[index].text.split()) < 3 and any(len(groups[other].text.split()) > 2 for other in candidates)
        return not first < line < last, far, rubric, index

    return min(candidates, key=rank, default=None)


def _is_body(group: Group) -> bool:
    return not group.level and (group.marker is not None or bylines.is_prose(group.text) or not _may_be_title(group))


def _may_be_title(group: Group) -> bool:
    shaped = looks_like_heading(group.text) or group.text.endswith(("!", "?"))
    return not group.marker and len(group.text) <= 150 and (shaped or (len(group.text) > LONGEST_HEADING and not ends_sentence(group.text)))


def _before_title(groups: Sequence[Group], title: int) -> set[int]:
    """What stands before a web page's title is its navigation; the title itself may stand there once more."""
    same = fold(groups[title].text)
    return {index for index in range(title) if len(groups[index].text) <= 60 or fold(groups[index].text) == same}
