"""Numbers in text, in German and English notation, by value and unit: what must agree between a sentence and its quotation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple


class Figure(NamedTuple):
    """A number with its unit: "%", a currency sign, "year", "month", …, "date" for the month of a date, or "" for a mere number."""

    value: Fraction
    unit: str


_WORDS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
    "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "acht": 8, "neun": 9, "zehn": 10, "elf": 11, "zwölf": 12,
}  # fmt: skip
_PARTS = {"half": 2, "halve": 2, "hälfte": 2, "halb": 2, "third": 3, "drittel": 3, "quarter": 4, "viertel": 4, "fifth": 5, "fünftel": 5}
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("january januar jänner", "february februar", "march märz", "april", "may mai", "june juni", "july juli", "august", "september",
         "october oktober", "november", "december dezember"), 1,
    )
    for name in names.split()
}  # fmt: skip
_SCALES = (
    (re.compile(r"[\s-]*(?:bn\b|billion(?:s)?\b|mrd\b\.?|milliarden?\b)", re.IGNORECASE), 10**9),
    (re.compile(r"[\s-]*(?:m\b|million(?:s|en)?\b|mio\b\.?)", re.IGNORECASE), 10**6),
    (re.compile(r"[\s-]*(?:k\b|thousand\b|tsd\b\.?|tausend\b)", re.IGNORECASE), 10**3),
    (re.compile(r"[\s-]*(?:hundred\b|hundert\b)", re.IGNORECASE), 100),
)
_UNITS = (
    (re.compile(r"[\s-]*(?:%|percent|per cent|pct\b|prozent)", re.IGNORECASE), "%"),
    (re.compile(r"[\s-]*(?:€|euros?\b|eur\b)", re.IGNORECASE), "€"),
    (re.compile(r"[\s-]*(?:\$|(?:us-?)?dollars?\b|usd\b|us-?\$)", re.IGNORECASE), "$"),
    (re.compile(r"[\s-]*(?:£|pounds?\b|gbp\b|pfund\b)", re.IGNORECASE), "£"),
    (re.compile(r"[\s-]*(?:years?\b|jahre?[ns]?|jähr)", re.IGNORECASE), "year"),
    (re.compile(r"[\s-]*(?:months?\b|monat)", re.IGNORECASE), "month"),
    (re.compile(r"[\s-]*(?:weeks?\b|woche|wöch)", re.IGNORECASE), "week"),
    (re.compile(r"[\s-]*(?:days?\b|tage?[ns]?\b|tägig)", re.IGNORECASE), "day"),
    (re.compile(r"[\s-]*(?:hours?\b|stunde|stündig)", re.IGNORECASE), "hour"),
    (re.compile(r"[\s-]*(?:minutes?\b|minuten?\b|minütig)", re.IGNORECASE), "minute"),
)
_TIMES = frozenset({"year", "month", "week", "day", "hour", "minute"})
_BEFORE = (
    (re.compile(r"(?:€|\beur)\s*$", re.IGNORECASE), "€"),
    (re.compile(r"(?:\$|\busd)\s*$", re.IGNORECASE), "$"),
    (re.compile(r"(?:£|\bgbp)\s*$", re.IGNORECASE), "£"),
)
_MONTH = "|".join(_MONTHS)
_DATE = re.compile(
    rf"(?P<day>\b\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>\d{{4}})\b|\b(?P<year2>\d{{4}})-(?P<month2>\d\d)-(?P<day2>\d\d)\b|"
    rf"\b(?P<day3>\d{{1,2}})(?:\.|st|nd|rd|th)?\s+(?P<name>{_MONTH})\b(?:,?\s+(?P<year3>\d{{4}})\b)?|"
    rf"\b(?P<name4>{_MONTH})\s+(?:(?P<day4>\d{{1,2}})(?:st|nd|rd|th)?,?\s+)?(?P<year4>\d{{4}})\b",
    re.IGNORECASE,
)
_PART = "halves|halve|half|hälften?|halb\\w*|thirds|drittel\\w*|quarters?|viertel\\w*|quartal\\w*|fifths|fünfteln?"
_NUMBER = re.compile(
    rf"(?<![\w.,])(?P<over>\d{{1,2}})/(?P<under>\d{{1,3}})(?![\d/])|"
    rf"(?<![^\W_])(?P<digits>\d{{1,3}}(?:[.,'’ ]\d{{3}})+(?:[.,]\d+)?(?!\d)|\d+(?:[.,]\d+)?)|"
    rf"\b(?P<word>{'|'.join(_WORDS)})(?:(?=\W|$)|(?=jahr|jähr|monat|woche|wöch|tägig|stund|stünd|stuf|teil|fach|mal|seit|köpf|stell|dimension))|"
    rf"\b(?P<part>{_PART})\b|\b(?:a|one|each)\s+(?P<third>third|fifth)\b",
    re.IGNORECASE,
)
_JOINED = re.compile(r"\s*(?:-|–|—|to|and|or|bis|und|oder|bis zu)\s*", re.IGNORECASE)
_SIGNS = str.maketrans({"½": "1/2", "¼": "1/4", "¾": "3/4", "⅓": "1/3", "⅔": "2/3"})


def figures(text: str, language: str) -> frozenset[Figure]:
    """Every number of a text; "one" and "ein" are words, not numbers."""
    found: list[Figure] = []
    rest = _DATE.sub(lambda match: _dated(match, found), text.translate(_SIGNS))
    found += _numbers(rest, language)
    return frozenset(found)


def missing(said: Iterable[Figure], held: Iterable[Figure]) -> list[Figure]:
    """The figures that are said and not held; a span of time may stand for a mere number of the same value, and the reverse."""
    held = frozenset(held)
    return [figure for figure in said if not any(_agrees(figure, other) for other in held)]


def _agrees(one: Figure, other: Figure) -> bool:
    return one.value == other.value and (one.unit == other.unit or ((one.unit or other.unit) in _TIMES and "" in (one.unit, other.unit)))


def _dated(match: re.Match[str], found: list[Figure]) -> str:
    """Takes a date out of the text; day and year are numbers, the month has a unit of its own."""
    parts = {name.rstrip("234"): value for name, value in match.groupdict().items() if value}
    month = int(parts["month"]) if "month" in parts else _MONTHS[parts["name"].lower()]
    found.append(Figure(Fraction(month), "date"))
    found += [Figure(Fraction(int(parts[name])), "") for name in ("day", "year") if name in parts]
    return " ; "


def _numbers(text: str, language: str) -> list[Figure]:
    """Numbers from the last to the first: in "20 to 30 percent" the unit is that of both."""
    result: list[Figure] = []
    later: tuple[int, str, int] | None = None  # start, unit and scale of the number that follows
    upper = Fraction(1), -1  # denominator and start of a word such as "Drittel", which the number before it counts
    for match in reversed(list(_NUMBER.finditer(text))):
        kind = match.lastgroup or ""
        if kind in ("part", "third"):
            denominator = next(number for name, number in {**_PARTS, "quartal": 4}.items() if match.group(kind).lower().startswith(name))
            upper = Fraction(denominator), match.start()
            result.append(Figure(Fraction(100, denominator), "%"))
            continue
        if kind == "under":
            result.append(Figure(Fraction(100 * int(match["over"]), int(match["under"]) or 1), "%"))
            continue
        value = Fraction(_WORDS[match["word"].lower()]) if kind == "word" else _value(match["digits"], language)
        if upper[1] >= 0 and not text[match.end() : upper[1]].strip(" -") and upper[1] >= match.end():
            result[-1] = Figure(value * 100 / upper[0], "%")
            upper = Fraction(1), -1
            continue
        scale, end = _scale(text, match.end())
        unit = _unit(text, match.start(), end)
        if later and not unit and scale == 1 and not 1800 <= value < 2100 and _JOINED.fullmatch(text, match.end(), later[0]):
            unit, scale = later[1], later[2]
        result.append(Figure(value * scale, unit))
        later = match.start(), unit, scale
    return result


def _scale(text: str, at: int) -> tuple[int, int]:
    for pattern, scale in _SCALES:
        if match := pattern.match(text, at):
            return scale, match.end()
    return 1, at


def _unit(text: str, start: int, end: int) -> str:
    before = text[max(0, start - 5) : start]
    found = [unit for pattern, unit in _BEFORE if pattern.search(before)]
    return (found or [unit for pattern, unit in _UNITS if pattern.match(text, end)] or [""])[0]


def _value(digits: str, language: str) -> Fraction:
    """The value of a number in digits; where one separator before three digits may be either, the language decides."""
    digits = re.sub(r"['’ ]", "", digits)
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return Fraction(int(digits))
    thousands = "." if language == "de" else ","
    if len(set(marks)) == 2:
        decimal = marks[-1]
    elif len(marks) > 1:
        decimal = ""
    else:
        head, tail = re.split("[.,]", digits)
        grouped = len(tail) == 3 and 1 <= len(head) <= 3 and head[0] != "0" and marks[0] == thousands
        decimal = "" if grouped else marks[0]
    plain = "".join("." if mark == decimal else mark for mark in digits if mark not in ".," or mark == decimal)
    return Fraction(plain)
