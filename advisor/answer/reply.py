"""A language model's reply → plain sentences with the numbers that each cites; nothing in it can be a link, a picture or HTML."""

from __future__ import annotations

import re
from typing import NamedTuple

from advisor.text import clean, sentences

LONGEST = 600  # characters; a longer sentence is none
_THINKING = re.compile(r"<(think|thinking|reasoning)>.*?(?:</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_CODE = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_NUMBERS = r"\[\s*\^?\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*\s*\]"
_MARKUP = (
    (re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL), " "),
    (re.compile(r"<(script|style|iframe|svg|object)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE), " "),
    (re.compile(r"</?[a-zA-Z!][^<>]*(?:>|\Z)"), " "),
    (re.compile(r"!\[[^\]]*\]\s*(?:\([^)]*\)?|\[[^\]]*\])"), " "),  # pictures
    (re.compile(r"\[([^\]]*)\]\([^)]*\)?"), r"[\1]"),  # links; one on a citation leaves the citation
    (re.compile(rf"(?m)^\s*{_NUMBERS}:.*$"), " "),  # definitions, which would make links of citations
    (re.compile(r"\b[a-zA-Z][\w+.-]*://[^\s\])>]*|\bwww\.[^\s\])>]*|\b(?:javascript|data|mailto|vbscript):\S*", re.IGNORECASE), " "),
)
_AFTER_STOP = re.compile(rf"([.!?…]+[\"'”“»)*_]*)((?:\s*{_NUMBERS})+)")
_CITATION = re.compile(_NUMBERS)


class Said(NamedTuple):
    """One sentence without markup, with the numbers that it cites in order, and the paragraph in which it stands."""

    text: str
    numbers: tuple[int, ...]
    paragraph: int


def said(reply: str, *, complete: bool) -> list[Said]:
    """The sentences of a reply; while it is not complete, without the last, which may go on."""
    plain = _CODE.sub(" ", _THINKING.sub(" ", reply))
    plain = plain if complete else _settled(plain)
    for pattern, replacement in _MARKUP:
        plain = pattern.sub(replacement, plain)
    result: list[Said] = []
    for paragraph, line in enumerate(plain.split("\n")):
        if line.lstrip().startswith("#"):
            continue
        line = re.sub(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+", "", line)
        line = _AFTER_STOP.sub(lambda match: f"{match[2]}{match[1]} ", line)
        found = (_sentence(span.of(line), paragraph) for span in sentences(line))
        result += [one for one in found if one]
    return result if complete else result[:-1]


def _settled(text: str) -> str:
    """The text up to its last whole word, and before a bracket or tag that is not closed yet."""
    text = text[: max((match.end() for match in re.finditer(r"\s", text)), default=0)]
    for opening, closing in ("[]", "<>"):
        start = text.rfind(opening)
        if start >= 0 and closing not in text[start:]:
            text = text[:start]
    return text


def _sentence(text: str, paragraph: int) -> Said | None:
    numbers: list[int] = []
    for match in _CITATION.finditer(text):
        numbers += _listed(match.group())
    plain = _CITATION.sub(" ", text)
    plain = clean(re.sub(r"[\[\]<>`*|~#\\]|(?<!\w)_+|_+(?!\w)", "", plain))
    plain = re.sub(r"\s+([.,;:!?…])", r"\1", plain).strip()
    if not re.search(r"\w{2}", plain):
        return None
    return Said(plain if len(plain) <= LONGEST else "", tuple(dict.fromkeys(numbers)), paragraph)


def _listed(text: str) -> list[int]:
    """ "[3, 5-7]" as 3, 5, 6, 7."""
    result: list[int] = []
    for piece in re.split(r"[,;]", text.strip("[] ")):
        ends = [int(number) for number in re.findall(r"\d+", piece)]
        wide = len(ends) == 2 and ends[0] < ends[1] <= ends[0] + 30
        result += range(ends[0], ends[1] + 1) if wide else ends
    return result
