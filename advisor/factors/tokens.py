"""Words, numbers and marks of a sentence, each with the depth of brackets and quotation marks in which it stands."""

from __future__ import annotations

import re
from typing import NamedTuple

from advisor.text import Span


class Token(NamedTuple):
    """A word, number or mark; `depth` counts the brackets and quotation marks it stands in, its own included."""

    start: int
    end: int
    text: str
    kind: str
    depth: int

    @property
    def low(self) -> str:
        """The text in lower case."""
        return self.text.lower()


Phrase = list[Token]

_TOKEN = re.compile(
    r"(?P<strong>\b(?:as\s+well\s+as|wie\s+auch|ebenso\s+wie|sowie)\b)"
    r"|(?P<conjunction>\b(?:und/oder|and/or|und|and|oder|or)\b(?!-)|(?<=\s)&(?=\s))"
    r"|(?P<number>\d+(?:[.,:]\d+)*(?:\s?%)?)"
    r"|(?P<word>(?<!\w)-?[^\W\d_]\w*(?:[-'’/&+.*]\w+)*(?:-(?!\w)|\++)?)"
    r"|(?P<comma>,)|(?P<semicolon>;)|(?P<colon>:)|(?P<dash>(?<!\w)[-–—](?!\w)|—)"
    r"|(?P<bracket>[()\[\]{}„“”\"»«])|(?P<mark>\S)",
    re.IGNORECASE,
)
_CLOSERS = {"(": ")", "[": "]", "{": "}", "„": '“”"', "“": '”"', '"': '"”', "»": "«", "«": "»"}
_NESTING_LIMIT = 12


def tokens(text: str, span: Span) -> Phrase:
    """The words, numbers and marks inside a span, in order; brackets and quotation marks without a partner are plain marks."""
    flat = [Token(m.start(), m.end(), m.group(), m.lastgroup or "mark", 0) for m in _TOKEN.finditer(text, *span)]
    partners = _partners(flat)
    result: Phrase = []
    depth = 0
    for index, token in enumerate(flat):
        if token.kind != "bracket":
            result.append(token._replace(depth=depth))
        elif index not in partners:
            result.append(token._replace(kind="mark", depth=depth))
        elif partners[index] > index:
            depth += 1
            result.append(token._replace(kind="open", depth=depth))
        else:
            result.append(token._replace(kind="close", depth=depth))
            depth -= 1
    return result


def _partners(flat: Phrase) -> dict[int, int]:
    partners: dict[int, int] = {}
    stack: list[int] = []
    for index, token in enumerate(flat):
        if token.kind != "bracket":
            continue
        opener = next((o for o in reversed(stack) if token.text in _CLOSERS[flat[o].text]), None)
        if opener is not None:
            partners |= {opener: index, index: opener}
            del stack[stack.index(opener) :]
        elif token.text in _CLOSERS and len(stack) < _NESTING_LIMIT:
            stack.append(index)
    return partners


def base_depth(phrase: Phrase) -> int:
    """The depth at which the separators of a phrase stand; the phrase may begin with a bracket or quotation of its own."""
    return min((token.depth for token in phrase), default=0)


def is_name_like(token: Token) -> bool:
    """Whether a token is a capitalised word or a number: in German the mark of a noun."""
    return token.kind == "number" or (token.kind == "word" and token.text.lstrip("-")[:1].isupper())


def words_of(phrase: Phrase) -> Phrase:
    """The words and numbers of a phrase, those in brackets and quotations left out."""
    depth = base_depth(phrase)
    return [token for token in phrase if token.kind in ("word", "number") and token.depth == depth]
