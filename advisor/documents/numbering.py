"""The numbers and bullets that Word draws before list items; the file holds only rules for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document
    from docx.oxml.xmlchemy import BaseOxmlElement

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@dataclass(frozen=True, slots=True)
class Rule:
    """How one level of a list is marked: number format of Word, pattern such as "%1.", and the first number."""

    form: str = "bullet"
    pattern: str = ""
    start: int = 1


class Numbering:
    """Counts the lists of one document while its paragraphs pass by in order."""

    def __init__(self, rules: Mapping[tuple[str, int], Rule], lists: Mapping[str, str]) -> None:
        self._rules = rules
        self._lists = lists
        self._counts: dict[str, dict[int, int]] = {}

    @classmethod
    def from_document(cls, document: Document) -> Numbering:
        """The rules of a document; a document without lists has none."""
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return cls({}, {})
        rules = {}
        for abstract in root.iter(f"{_W}abstractNum"):
            for level in abstract.iter(f"{_W}lvl"):
                key = (str(abstract.get(f"{_W}abstractNumId")), int(level.get(f"{_W}ilvl", 0)))
                rules[key] = Rule(_value(level, "numFmt") or "bullet", _value(level, "lvlText"), int(_value(level, "start") or 1))
        lists = {str(one.get(f"{_W}numId")): _value(one, "abstractNumId") for one in root.iter(f"{_W}num")}
        return cls(rules, lists)

    def is_list(self, number_id: str) -> bool:
        """Whether paragraphs with this list number are marked at all; 0 takes a paragraph out of its style's list."""
        return number_id in self._lists

    def marker(self, number_id: str, level: int) -> str:
        """The marker of the next item of a list, at a level from 0: "1.", "b)", or "•" for any kind of bullet."""
        abstract = self._lists[number_id]
        rule = self._rules.get((abstract, level), Rule())
        counts = self._counts.setdefault(number_id, {})
        for deeper in [other for other in counts if other > level]:
            del counts[deeper]
        counts[level] = counts.get(level, rule.start - 1) + 1
        if rule.form in ("bullet", "none") or "%" not in rule.pattern:
            return "•"
        text = rule.pattern
        for upper in range(level + 1):
            upper_rule = self._rules.get((abstract, upper), Rule("decimal"))
            text = text.replace(f"%{upper + 1}", _written(counts.get(upper, upper_rule.start), upper_rule.form))
        return text


def _value(element: BaseOxmlElement, name: str) -> str:
    child = element.find(f"{_W}{name}")
    return "" if child is None else str(child.get(f"{_W}val", ""))


def _written(number: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter"):
        letters = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
        return letters if form == "lowerLetter" else letters.upper()
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman if form == "lowerRoman" else roman.upper()
    return str(number)


def _roman(number: int) -> str:
    text = ""
    for value, letters in ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")):
        text += letters * (number // value)
        number %= value
    return text
