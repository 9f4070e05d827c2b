"""Paragraphs that answer a question: which of them, in which order, and what a figure rests on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import groupby

from advisor.answer.evidence import CAVEATS, ON_OTHERS, Unit, WorkFound, shortened, units
from advisor.answer.page import Page, section_of
from advisor.answer.phrases import phrase
from advisor.answer.question import is_demand, is_warning, wants_avoidance, wants_definition, wants_figure, wants_several
from advisor.answer.schema import Statement
from advisor.documents.model import Document
from advisor.encoder import Encoder
from advisor.text import Span, fold, one_line, sentences

PARAGRAPHS = (3, 2, 2, 1)  # of the first work, the second, …, every further one
MANY_LISTS, CLOSE = 3, 0.55  # beside so many lists only paragraphs that come so close (a cosine) are given
# What our inference, the paragraph on the publication itself, or one on other works loses against the work's statement.
READING, PREFACE, OTHERS = 0.12, 0.12, 0.08
NEAR = 0.4  # cosine from which a work that is not among the first still has its say
DEFINES, FIGURE, WARNS, DEMANDS, ANSWERS = 0.25, 0.1, 0.15, 0.15, 0.5  # what a paragraph gains that is what the question asks for
_DEFINITION = re.compile(
    r"\b(?:(?:is|are|was) (?:an?|the|defined|understood|internet|called)\b|means?\b|defin\w+|denotes?|refers? to|stands? for|"
    r"understand\w* .{1,60} (?:as|by)\b|calls?\b|(?:ist|sind) (?:ein|eine|der|die|das)\b|bedeute[tn]|heißt|heißen|bezeichne\w*|"
    r"verst(?:eh|and)\w*|definier\w*|steht für|nennt|nennen)",
    re.IGNORECASE,
)
_BASIS = re.compile(
    r"\b(?:survey(?:ed|s)?\b|interview\w*|respondents|sample\b|fieldwork|executives|questionnaire\w*|asked\b|examined|case studies|"
    r"umfrage\w*|befragung\w*|befragt\w*|erhebung\w*|stichprobe\w*|feldzeit|interviewt\w*|führungskräfte|fallstudie\w*|untersucht\w*)",
    re.IGNORECASE,
)
_OURS = re.compile(r"^(?:This digest|Diese Zusammenfassung|A reading of this digest|Lesart dieser Zusammenfassung)")
_YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")

Admits = Callable[[Unit], bool]


def add_findings(
    page: Page,
    works: Sequence[WorkFound],
    encoder: Encoder,
    question: str,
    language: str,
    admits: Admits = lambda _: True,
    *,
    tail: bool = False,
) -> None:
    """The paragraphs nearest to the question: three of the first work, fewer of the others, none that is far off of a `tail` of works."""
    held = units([item for work in works for item in work.found[:5]])
    found = [rest for unit in held if admits(unit) and (rest := _beside(page, unit))]
    worth = _worth(question)
    shown: list[Unit] = []
    for rank, work in enumerate(works):
        own = [unit for unit in found if unit.found.work == work.key and unit.found.hit.passage.section not in CAVEATS]
        own.sort(key=lambda unit: -worth(unit))
        most = PARAGRAPHS[min(rank, len(PARAGRAPHS) - 1)]
        if tail:
            own = [unit for unit in own if unit.answers or unit.similarity >= NEAR]
        shown += own[:most] if len(page.lists) < MANY_LISTS else [unit for unit in own[:1] if unit.answers or unit.similarity >= CLOSE]
    chosen = [unit for unit in shortened(shown, encoder, question, language) if not page.holds(unit.found.document, unit.span)]
    if chosen and page.statements:
        page.heading(phrase("further", page.language))
    for unit in chosen:
        add_unit(page, unit)
    figure = next((unit for unit in chosen if _numbers(unit.span.of(unit.found.document.text))), None)
    if figure and wants_figure(question):
        _add_basis(page, figure)


def _beside(page: Page, unit: Unit) -> Unit | None:
    """A paragraph without the sentences whose list the answer has given: its longest rest, or None where there is none."""
    document, span = unit.found.document, unit.span
    if not page.lists_in(document, span):
        return unit
    runs = groupby(sentences(document.text, span), key=lambda sentence: page.lists_in(document, sentence))
    free = [list(run) for given, run in runs if not given]
    rests = [Span(run[0].start, run[-1].end) for run in free]
    return replace(unit, span=max(rests, key=lambda rest: rest.end - rest.start)) if rests else None


def add_unit(page: Page, unit: Unit, *, side: int | None = None, named: bool = True) -> int:
    """One paragraph as a finding; returns its place among the statements."""
    document = unit.found.document
    text = unit.span.of(document.text)
    n = page.cite(document, unit.span, unit.found.hit.passage.section)
    who = f"{page.who(document)}: " if named else ""
    return page.add(Statement(text, "finding", (n,), side=side), f"- {who}{one_line(text)} [{n}]")


def best_units(works: Sequence[WorkFound], question: str, most: int) -> list[Unit]:
    """The best paragraphs of all works together: what they say themselves, before our inferences and what stands to others."""
    found = [unit for unit in units([item for work in works for item in work.found[:6]]) if unit.found.hit.passage.section not in CAVEATS]
    worth = _worth(question)
    own = [unit for unit in found if not (unit.is_reading or is_on_others(unit) or _is_preface(unit))]
    return sorted(own or found, key=lambda unit: -worth(unit))[:most]


def _worth(question: str) -> Callable[[Unit], float]:
    figure, definition, avoid = wants_figure(question), wants_definition(question), wants_avoidance(question)
    several = wants_several(question) and not avoid

    def worth(unit: Unit) -> float:
        text = unit.span.of(unit.found.document.text)
        gain = FIGURE * (figure and _has_figure(unit)) + WARNS * (avoid and is_warning(text))
        gain += DEFINES * (definition and bool(_DEFINITION.search(text)) and not unit.is_reading)
        # A digest names what its work asks for in lists; elsewhere a demand may stand in any sentence.
        gain += DEMANDS * (several and not unit.found.document.work.digest and is_demand(text))
        loss = READING * unit.is_reading + PREFACE * _is_preface(unit) + OTHERS * is_on_others(unit)
        return unit.similarity + 0.05 * unit.found.hit.score + ANSWERS * unit.answers + gain - loss

    return worth


def is_on_others(unit: Unit) -> bool:
    """True for what a digest says of how its work stands to others."""
    return fold(unit.found.hit.passage.section) in ON_OTHERS


def _is_preface(unit: Unit) -> bool:
    """True for what a digest says of the publication, above its first section."""
    document = unit.found.document
    first = next((block for block in document.blocks if block.kind == "heading"), None)
    return document.work.digest and first is not None and unit.found.hit.passage.section == first.span.of(document.text)


def _has_figure(unit: Unit) -> bool:
    return any(c.isdigit() for c in unit.span.of(unit.found.document.text))


def _numbers(text: str) -> bool:
    """True for a text with a number that is no year."""
    return bool(re.search(r"\d", _YEAR.sub("", text)))


def _add_basis(page: Page, unit: Unit) -> None:
    """Behind a figure: who was asked, how many and when, in the words of the document."""
    span = basis(unit.found.document, unit.span)
    if span is None or page.holds(unit.found.document, span):
        return
    document = unit.found.document
    text = span.of(document.text)
    n = page.cite(document, span, section_of(document, span))
    collected = document.work.data
    note = phrase("collected", page.language, when=collected) if collected else None
    line = f"- {phrase('basis', page.language)}: {one_line(text)} [{n}]"
    page.add(Statement(text, "basis", (n,), note=note), line + (f" ({note})" if note else ""))


def basis(document: Document, figure: Span) -> Span | None:
    """The sentence that says what a figure rests on: in its section before the first, with a number in it; None where none does."""
    headings = [block.span.start for block in document.blocks if block.kind == "heading"]
    start = max((at for at in headings if at <= figure.start), default=0)
    end = min((at for at in headings if at > figure.start), default=len(document.text))
    first = headings[1] if len(headings) > 1 else len(document.text)
    for low, high in ((start, end), (0, first)):
        for block in document.blocks:
            if block.kind == "paragraph" and low <= block.span.start < high:
                for sentence in sentences(document.text, block.span):
                    said = sentence.of(document.text)
                    overlaps = sentence.start < figure.end and figure.start < sentence.end
                    if _BASIS.search(said) and _numbers(said) and not _OURS.search(said) and not overlaps:
                        return sentence
    return None
