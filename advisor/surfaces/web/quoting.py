"""The words of a statement as HTML: with the marks of what they are, the numbers of their citations, and who disputes them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from advisor.answer.phrases import phrase
from advisor.answer.schema import Statement
from advisor.citations import Citation
from advisor.surfaces.web.chips import chip, who
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.wording import word

_LABEL = re.compile(r"^[^\s:.;!?](?:[^:.;!?\n]{0,48}[^\s:.;!?])?:(?=\s)")  # "Budget:" at the head of a list item
_REPORTED = re.compile(r"(\((?:reported, not checked|berichtet, nicht geprüft)\))")
NO_BREAK = "\u00a0"  # keeps the number of a citation on the line of the last word


def agreeing(statement: Statement) -> tuple[int, ...]:
    """The numbers of the citations that bear a statement out; those that dispute it are not among them."""
    return tuple(number for number in statement.citations if number not in statement.disputed)


def said(statement: Statement, language: str, citations: Mapping[int, Citation], *, label: bool = False) -> str:
    """The text of a statement with its badges and citations."""
    cited = [citations[number] for number in agreeing(statement)]
    content = quoted(statement.text, cited[0], language, label=label) if cited else text(statement.text)
    return NO_BREAK.join([content, *(chip(citation, language) for citation in cited)])


def quoted(words: str, citation: Citation, language: str, *, label: bool = False) -> str:
    """Text with a label at its head made bold, marked where it is in another language than the answer or was not checked."""
    found = _LABEL.match(words) if label else None
    head = found.end() if found else 0
    content = (tag("b", text(words[:head])) if head else "") + _with_badges(words[head:], language)
    content = tag("span", content, lang=citation.language if citation.language != language else None, class_="said")
    if citation.language != language:
        name = phrase("de" if citation.language == "de" else "en", language)
        note = phrase("other_language", language, original=name)
        content += " " + tag("span", text(name), class_="badge language", title=note)
    if citation.reported and not _REPORTED.search(words):
        content += " " + _reported(word("reported", language), language)
    return content


def against(statement: Statement, language: str, citations: Mapping[int, Citation]) -> str:
    """Each work that disputes a statement, in its own words."""
    return "".join(
        tag(
            "span" if statement.kind == "factor" else "p",
            tag("b", text(phrase("disputed", language, who=who(citations[number], language)) + ":"))
            + " " + quoted(citations[number].quote, citations[number], language) + NO_BREAK + chip(citations[number], language),
            class_="against",
        )
        for number in statement.disputed
    )  # fmt: skip


def notes(statement: Statement) -> str:
    """What we say of a statement in our own words."""
    return tag("p", text(statement.note), class_="note") if statement.note else ""


def _with_badges(words: str, language: str) -> str:
    """Text in which its own words "(reported, not checked)" are made a badge."""
    pieces = _REPORTED.split(words)
    return "".join(_reported(piece, language) if place % 2 else text(piece) for place, piece in enumerate(pieces))


def _reported(content: str, language: str) -> str:
    return tag("span", text(content), class_="badge reported", title=word("reported_why", language))
