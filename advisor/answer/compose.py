"""Question and hits → answer without a language model: whole lists, findings, disagreements, comparisons, or a refusal."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from advisor.answer.absence import absent_kind, absent_names
from advisor.answer.authors import Authors, asked_whole
from advisor.answer.catalogue import add_library, asked_library
from advisor.answer.compared import add_comparison, sides_of
from advisor.answer.comparison import Wanted, wanted
from advisor.answer.coverage import covered
from advisor.answer.evidence import HITS, Find, Found, Unit, by_work, evidence
from advisor.answer.findings import add_findings
from advisor.answer.listing import add_lists, warning_lists, within_scope
from advisor.answer.lists import choose
from advisor.answer.names import asked_alone, corrected, named, names_of
from advisor.answer.page import Page
from advisor.answer.phrases import phrase
from advisor.answer.question import (
    is_out_of_reach,
    is_warning,
    manner,
    subject,
    wants_avoidance,
    wants_check,
    wants_definition,
    wants_several,
)
from advisor.answer.refusal import refusal, related
from advisor.answer.relations import add_correction, add_relations
from advisor.answer.schema import Answer, Strength
from advisor.answer.scope import Scope, admits, scope_of
from advisor.answer.shared import add_voices
from advisor.answer.strength import FLOOR, chance, judge
from advisor.answer.whole import add_whole
from advisor.answer.words import Words
from advisor.citations import short_names
from advisor.encoder import Encoder
from advisor.index import Generation
from advisor.retrieve import search

HOPELESS = 0.03  # probability below which a part of a question is not answered, whatever it is
FIRST_WORKS = 3  # so many works speak before the lists where no list is asked for
WORKS = 8
WORK_FLOOR = 0.5  # share of the best score that a work must reach

Names = Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class _Asked:
    """A question as it is answered: without slips of the pen, without what it leaves out, without the parts that nothing answers."""

    question: str
    language: str
    scope: Scope
    names: Names
    uncovered: tuple[str, ...] = ()
    compared: Wanted | None = None


def answer(generation: Generation, encoder: Encoder, question: str, language: str, said: str = "") -> Answer:
    """The extractive answer to a standalone question in "de" or "en"; every statement is a verbatim quotation.

    `said` is the question as it was put, where it leans on one before it: "And Kotter?" asks for a work by itself.
    """
    begin = time.perf_counter()
    find = cache(lambda text: search(generation, encoder, text, language, HITS))
    said = said or question
    if page := _at_once(generation, encoder, said, language):
        held = (generation.document(citation.sha256) for citation in page.citations)
        sure: Strength = "strong" if all(document.work.digest for document in held) else "partial"
        return _finished(page, said, sure, related(generation, encoder, said, language), (), begin)
    asked = _understood(generation, encoder, question, language, find)
    found = evidence(generation, encoder, asked.question, language, find, asked.names)
    strength, missing = _judged(generation, encoder, asked, found)
    if strength is None or not found:
        return refusal(generation, encoder, question, language, found, begin, missing)
    page = Page(language, remarks=list(missing), after=generation.once(_after, language))
    _compose(page, generation, encoder, asked, found)
    if wants_avoidance(asked.question) and not any(is_warning(statement.text) for statement in page.statements):
        page.remarks.append(phrase("only_do", language))
    uncovered = (*asked.uncovered, *_empty(page))
    return _finished(page, question, strength, related(generation, encoder, asked.question, language), uncovered, begin)


def _at_once(generation: Generation, encoder: Encoder, question: str, language: str) -> Page | None:
    """The answer to a question about works as a whole or about the library itself, which needs no search; None for every other."""
    whole = asked_whole(question, generation.once(_authors))
    about = None if whole.works else asked_library(question)
    if not (whole.works or about):
        return None
    page = Page(language, after=generation.once(_after, language))
    if whole.other:
        page.remarks.append(phrase("other_year", language, year=whole.other))
    if about:
        add_library(page, generation, about)
    elif not add_whole(page, generation, encoder, whole.works, question):
        return None
    return page if page.statements else None


def _finished(
    page: Page, question: str, strength: Strength, others: tuple[str, ...], uncovered: tuple[str, ...], begin: float
) -> Answer:  # fmt: skip
    given = Answer(
        question, page.language, "answered", strength, "", tuple(page.statements), tuple(page.citations), tuple(page.lists), (),
        "extractive", 0.0, related=others, uncovered=uncovered, remarks=tuple(page.remarks), comparison=page.comparison,
    )  # fmt: skip
    return replace(given, text=framed(given, page.lines), seconds=time.perf_counter() - begin)


def _authors(generation: Generation) -> Authors:
    """What the works of the library are called, each version of them."""
    return Authors((held.work for held in generation.shelf.values()), Words.from_weights())


def _after(generation: Generation, language: str) -> Mapping[str, str]:
    """How a sentence names the works of the library, also those that a filter hides."""
    return short_names(generation.works().values(), language)


def proper_names(generation: Generation) -> Names:
    """Proper names in the library; the versions of a work may have titles of their own."""
    return names_of(held.work for held in generation.shelf.values())


def _empty(page: Page) -> tuple[str, ...]:
    """The sides of a comparison on which the library has nothing."""
    return tuple(side.name for side in page.comparison.sides if side.empty) if page.comparison else ()


def framed(given: Answer, lines: Sequence[str]) -> str:
    """The text of an answer: what a reader must know first, the lines, and what the library does not answer."""
    first = [phrase("weak", given.language), ""] if given.strength == "weak" else []
    first += [f"*{remark}*\n" for remark in given.remarks]
    first += [f"*{phrase('uncovered', given.language, part=part)}*\n" for part in given.uncovered]
    return re.sub(r"\n{3,}", "\n\n", "\n".join([*first, *lines])).strip()


def _understood(generation: Generation, encoder: Encoder, question: str, language: str, find: Find) -> _Asked:
    """What is asked, taken apart."""
    names = generation.once(proper_names)
    words = Words.from_weights()
    scope = scope_of(subject(corrected(question, names, lambda word: words.common(word, language))), language)

    def judged(piece: str) -> Strength | None:
        return judge(generation, encoder, piece, language, evidence(generation, encoder, piece, language, find, names))

    def beyond(piece: str) -> bool:
        # A fragment is hard to find by itself: without a sign that it is out of the library's reach it is not said to be.
        found = evidence(generation, encoder, piece, language, find, names)
        if absent_kind(piece, found, language):
            return True
        sign = is_out_of_reach(piece) or bool(absent_names(generation, words, piece, language, names))
        return chance(generation, encoder, piece, language, found) < (FLOOR if sign else HOPELESS)

    compared = wanted(scope.question, names)
    coverage = covered(scope.question, beyond, judged)
    return _Asked(coverage.question, language, scope, names, coverage.uncovered, compared)


def _judged(generation: Generation, encoder: Encoder, asked: _Asked, found: Sequence[Found]) -> tuple[Strength | None, list[str]]:
    """The strength of the evidence, or None for a refusal; and sentences on what the question asks for that no passage has."""
    question, language = asked.question, asked.language
    strength = judge(generation, encoder, question, language, found)
    unknown = absent_names(generation, Words.from_weights(), question, language, asked.names)
    kind = absent_kind(question, found, language)
    missing = [phrase("no_kind", language, kind=kind)] if kind else []
    if asked.compared and any(asked.compared.works):
        return strength if strength in ("strong", "partial") else "partial", missing
    if unknown and (strength in (None, "weak") or (asked_alone(question, unknown) and not named(question, asked.names))):
        return None, [*missing, phrase("nobody", language, names=", ".join(unknown))]
    if unknown:
        missing.append(phrase("unknown", language, names=", ".join(unknown)))
    return (None if kind and strength != "strong" else strength), missing


def _compose(page: Page, generation: Generation, encoder: Encoder, asked: _Asked, found: Sequence[Found]) -> None:
    """Everything that the answer says, in the order that the kind of question wants."""
    question, language = asked.question, asked.language
    if asked.compared and _add_compared(page, generation, encoder, asked):
        return
    works = by_work(found)
    works = [work for work in works if work.score >= WORK_FLOOR * works[0].score][:WORKS]
    chosen = warning_lists(generation, works) if wants_avoidance(question) else []
    lists = within_scope(
        page, generation, encoder, asked.scope, chosen or choose(generation, encoder, works, question, language, asked.names)
    )
    near = [item for work in works for item in work.found[:4]]

    def within(unit: Unit) -> bool:
        return not asked.scope.without or admits(generation, asked.scope, unit.span.of(unit.found.document.text), language)

    how = manner(question)
    if wants_check(how):
        add_correction(page, generation, near, question)
    listed = (wants_several(how) or bool(works[0].found[0].lists)) and not wants_definition(how)
    if wants_check(how) or how != question or not listed:
        # A check, a figure or a definition is wanted first; what the work lists comes behind it.
        add_findings(page, works[:FIRST_WORKS], encoder, question, language, within)
        add_lists(page, generation, encoder, asked.scope, lists)
        add_findings(page, works[FIRST_WORKS:], encoder, question, language, within, tail=True)
    else:
        add_lists(page, generation, encoder, asked.scope, lists)
        add_voices(page, generation, lists)
        add_findings(page, works, encoder, question, language, within)
    add_relations(page, generation, near, question, "disagreement")


def _add_compared(page: Page, generation: Generation, encoder: Encoder, asked: _Asked) -> bool:
    """Both sides beside each other; False where the library has nothing on either."""
    assert asked.compared is not None
    sides = sides_of(generation, encoder, asked.compared, asked.question, asked.language)
    if not any(sides) or (not all(sides) and not any(asked.compared.works)):
        return False
    add_comparison(page, generation, asked.compared, sides, asked.question, wants_several(asked.question))
    return True
