"""Lists as an answer gives them: whole, or without what the question leaves out, which is then named."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.answer.evidence import Found, WorkFound
from advisor.answer.page import Page
from advisor.answer.phrases import phrase
from advisor.answer.question import is_warning
from advisor.answer.schema import GivenList, Statement
from advisor.answer.scope import Scope, kept, label
from advisor.citations import is_reported
from advisor.encoder import Encoder
from advisor.factors import Enumeration
from advisor.index import Generation
from advisor.text import one_line

WARNINGS, WARNING_WORKS = 3, 2  # lists of what to avoid, at most, and the works in which they are looked for

Lists = Sequence[tuple[Found, Enumeration]]


def within_scope(page: Page, generation: Generation, encoder: Encoder, scope: Scope, lists: Lists) -> Lists:
    """The lists that are within what the question asks: none that has nothing of what it keeps to."""
    if not scope.narrow:
        return lists
    for name, terms in (("kept_to", scope.only), ("without", scope.without)):
        if terms:
            page.remarks.append(phrase(name, page.language, terms=", ".join(terms)))
    return [(item, found) for item, found in lists if kept(generation, encoder, scope, item.document, found, page.language)]


def warning_lists(generation: Generation, works: Sequence[WorkFound]) -> Lists:
    """The lists of mistakes, dangers and what does not work in the best works: what is to be done is no answer to what is to be avoided."""
    lists: list[tuple[Found, Enumeration]] = []
    for work in works[:WARNING_WORKS]:
        best = work.found[0]
        under = {found.factors[0].span: item for item, found in work.lists}
        held = [found for found in generation.enumerations(best.document.sha256) if found.style != "running" and _warns(best, found)]
        near = [(under[found.factors[0].span], found) for found in held if found.factors[0].span in under]
        lists += near or [(best, found) for found in held]
    return lists[:WARNINGS]


def _warns(item: Found, found: Enumeration) -> bool:
    text = item.document.text
    items = [is_warning(factor.span.of(text)) for factor in found.factors]
    return is_warning(found.lead.of(text)) or sum(items) * 2 > len(items)


def add_lists(page: Page, generation: Generation, encoder: Encoder, scope: Scope, lists: Lists) -> None:
    """The lists one after the other, each with what the scope leaves of it."""
    for item, enumeration in lists:
        whole = list(range(enumeration.n))
        places = kept(generation, encoder, scope, item.document, enumeration, page.language) if scope.narrow else whole
        _add_list(page, item, enumeration, places)


def _add_list(page: Page, item: Found, enumeration: Enumeration, places: Sequence[int]) -> None:
    """One list: its lead-in and every item, each with its citation; items that the question leaves out are named."""
    document, language = item.document, page.language
    lead = enumeration.lead.of(document.text)
    number = len(page.lists)
    n = page.cite(document, enumeration.lead, enumeration.section)
    verb = "lists" if len(document.work.authors) < 2 else "list"
    page.heading(phrase(verb, language, who=page.who(document)))
    page.add(Statement(lead, "lead", (n,), number), f"{one_line(lead)} [{n}]\n")
    for factor in [enumeration.factors[place] for place in places]:
        text = factor.span.of(document.text)
        n = page.cite(document, factor.span, enumeration.section)
        page.add(Statement(text, "factor", (n,), number), f"{factor.position}. {one_line(text)} [{n}]")
    out = tuple(label(f.span.of(document.text)) for place, f in enumerate(enumeration.factors) if place not in places)
    page.lists.append(GivenList(lead, item.work, enumeration.n, len(places), enumeration.page_reference, out))
    if out:
        page.lines.append(f"\n*{phrase('left_out', language, who=page.who(document), items='; '.join(out))}*")
    if document.language != language:
        page.lines.append(f"\n*{phrase('other_language', language, original=phrase(document.language, language))}*")
    if is_reported(lead):
        page.lines.append(f"\n*{phrase('reported_list', language)}*")
