"""Lines that say who wrote a text and when, as web pages and articles carry them near their title."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from advisor.documents import dates
from advisor.documents.lines import ends_sentence

_SEPARATOR = re.compile(r"\s*[|·•]\s*|\s+[–—/-]\s+")
_DATE_LABEL = re.compile(
    r"(?:(?P<update>(?:zuletzt )?(?:aktualisiert|geändert|bearbeitet)|letzte (?:aktualisierung|änderung)|(?:last )?(?:updated|modified))"
    r"|veröffentlicht|erschienen|publiziert|erstellt|stand|datum|published|posted|publication date|date|vom|am|on)"
    r"(?: am| on| vom)?\s*:?\s+",
    re.IGNORECASE,
)
_DAY_BEFORE = re.compile(
    r"(?:(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
    r"|(?:mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun)\.?),?\s+(?:den\s+)?",
    re.IGNORECASE,
)
_TIME_AFTER = re.compile(
    r"[T,]?\s*(?:(?:um|at)\s+)?\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:uhr|h|am|pm|a\.m\.|p\.m\.|[a-z]{2,4}|z)?\s*", re.IGNORECASE
)
_AUTHOR_LABEL = re.compile(
    r"(?:(?P<sure>(?:verfasst|geschrieben) von|(?:written|posted) by|(?:ein )?(?:gast)?beitrag von"
    r"|(?:autor(?:in|en|innen)?|verfasser(?:in)?|authors?|von|by):)|von|by)\s*:?\s+(?P<names>.+)",
    re.IGNORECASE,
)
_LABEL_ALONE = re.compile(
    r"(?:(?:verfasst|geschrieben) von|(?:written|posted) by|autor(?:in|en|innen)?|authors?|von|by"
    r"|veröffentlicht(?: am)?|erschienen(?: am)?|published(?: on)?|datum|date|stand)\s*:?",
    re.IGNORECASE,
)
_NAME_PARTS = re.compile(r"\s*(?:[,;&]|\bund\b|\band\b)\s*")
_PARTICLES = frozenset("von van vom zu zur der den de del della di da dos du la le el al bin ibn ter ten".split())


@dataclass(frozen=True, slots=True)
class Byline:
    """What one line says: authors, an ISO date, and whether the date is of a later change."""

    authors: tuple[str, ...] = ()
    date: str | None = None
    updated: bool = False


def parse(line: str) -> Byline | None:
    """What a line says of author and date, or None where it says anything else.

    Short words beside a date, parted by bars or dots, are taken for rubrics: "24.09.2014 | Management | Online".
    """
    line = " ".join(line.split())
    if not line or len(line) > 120 or line[-1] in "?!:":
        return None
    authors: tuple[str, ...] = ()
    date, updated = None, False
    for segment in _SEPARATOR.split(line):
        found = _segment(segment)
        if found:
            authors, date, updated = authors or found.authors, date or found.date, updated or (found.updated and not date)
        elif len(segment.split()) > 4 or ends_sentence(segment):
            return None
    return Byline(authors, date, updated) if authors or date else None


def _segment(segment: str) -> Byline | None:
    found = dates.find(segment)
    if not found:
        authors = _authors(segment)
        return Byline(authors) if authors else None
    iso, start, end = found
    before, after = segment[:start], _TIME_AFTER.sub("", segment[end:], count=1).strip(" ,.()")
    before = _DAY_BEFORE.sub("", before) if _DAY_BEFORE.fullmatch(before[-12:].lstrip()) else before
    label = _DATE_LABEL.fullmatch(before.strip() + " ") if before.strip() else None
    if not after and (not before.strip(" (,") or label):
        return Byline((), iso, bool(label and label["update"]))
    rest = before.strip(" ,(") if not after else after if not before.strip() else ""
    authors = _authors(re.sub(r",?\s+(?:am|on|vom)$", "", rest))
    return Byline(authors, iso) if authors else None


def _authors(text: str) -> tuple[str, ...]:
    match = _AUTHOR_LABEL.fullmatch(text.strip())
    if not match:
        return ()
    names = [name for name in _NAME_PARTS.split(match["names"].strip()) if name]
    # "Von Menschen und Maschinen" is a title: without a clear label, every name needs a first and a last name.
    least = 1 if match["sure"] else 2
    return tuple(names) if names and all(_is_name(name, least) for name in names) else ()


def _is_name(text: str, least: int) -> bool:
    words = text.split()
    proper = [word for word in words if word[0].isupper() and not any(character.isdigit() for character in word)]
    others = [word for word in words if word not in proper]
    return least <= len(proper) <= 5 and all(word in _PARTICLES for word in others) and words[-1] in proper and words[0] != "der"


def is_prose(line: str) -> bool:
    """Whether a line is running text: long, or a sentence of six words and more."""
    return len(line) > 100 or (ends_sentence(line) and len(line.split()) >= 6)


def near_head(lines: Sequence[str], *, web: bool) -> Mapping[int, Byline]:
    """The lines of author and date, by number, before the running text begins; on a web page a teaser may stand before them.

    Where a text that is no web page has several lines that are only dates, it is a journal, and its dates are left alone.
    """
    found: dict[int, Byline] = {}
    prose = 0
    for index, line in enumerate(lines):
        byline = parse(line)
        after = next((other for other in range(index + 1, min(index + 4, len(lines))) if lines[other].strip()), None)
        # A browser may copy a label and what it labels as two lines.
        labelled = parse(f"{line.strip()} {lines[after].strip()}") if after and _LABEL_ALONE.fullmatch(line.strip()) else None
        if labelled and after:
            found[index] = found[after] = labelled
        elif byline:
            found[index] = byline
        elif is_prose(line.strip()):
            prose += 1
            if prose > web or index > 60:
                break
    lone_dates = sum(1 for line in lines if len(line) < 60 and (byline := parse(line)) and byline.date and not byline.authors)
    if not web and lone_dates > 1:
        found = {index: byline for index, byline in found.items() if byline.authors}
    return found


def merged(bylines: Sequence[Byline]) -> Byline:
    """The authors of the first line that names any, and the first date, one of publication before one of a change."""
    authors = next((byline.authors for byline in bylines if byline.authors), ())
    ordered = sorted((byline for byline in bylines if byline.date), key=lambda byline: byline.updated)
    return Byline(authors, ordered[0].date if ordered else None)
