"""Dates as German and English texts write them, made ISO dates."""

from __future__ import annotations

import datetime
import re

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "januar jänner january jan",
            "februar feber february feb",
            "märz maerz march mrz mär mar",
            "april apr",
            "mai may",
            "juni june jun",
            "juli july jul",
            "august aug",
            "september sept sep",
            "oktober october okt oct",
            "november nov",
            "dezember december dez dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = rf"(?P<month>{'|'.join(sorted(_MONTHS, key=len, reverse=True))})\b\.?"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>\d{4})\b"
_FORMS = tuple(
    re.compile(rf"(?<!\d)(?<!\w){form}", re.IGNORECASE)
    for form in (
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})\b",
        rf"{_DAY}\.\s?(?P<month>\d{{1,2}})\.\s?{_YEAR}",
        rf"{_DAY}\.?\s+{_MONTH}\s+{_YEAR}",
        rf"{_MONTH}\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"{_MONTH}\s+{_YEAR}",
    )
)


def is_month(word: str) -> bool:
    """Whether a word names a month, in full or short."""
    return word.casefold().rstrip(".") in _MONTHS


def find(text: str) -> tuple[str, int, int] | None:
    """The first date as "2014-09-24", or "2014-09" where no day is given, with the range of characters it takes; None without one."""
    for form in _FORMS:
        match = form.search(text)
        iso = _iso(match) if match else None
        if match and iso:
            return iso, match.start(), match.end()
    return None


def valid(text: str) -> bool:
    """Whether a text is a real date of the form 2014, 2014-09 or 2014-09-24."""
    match = re.fullmatch(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", text)
    return bool(match) and _real(*(int(part or 1) for part in match.groups())) if match else False


def _iso(match: re.Match[str]) -> str | None:
    parts = match.groupdict()
    month = parts["month"]
    number = int(month) if month.isdigit() else _MONTHS[month.casefold()]
    day = parts.get("day")
    if not _real(int(parts["year"]), number, int(day or 1)):
        return None
    return f"{parts['year']}-{number:02}" + (f"-{int(day):02}" if day else "")


def _real(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return 1400 <= year <= 2100
