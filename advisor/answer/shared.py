"""What several works ask for, who disputes it, and what only one work asks for: said behind their lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from advisor.answer.agreement import Item, voices
from advisor.answer.listing import Lists
from advisor.answer.page import Page
from advisor.answer.phrases import phrase
from advisor.answer.relations import Pair, Side, all_pairs, cite_side
from advisor.answer.schema import Statement
from advisor.answer.scope import label
from advisor.index import Generation
from advisor.text import one_line

SHARED = 8  # factors that are said once more, with all their works
DISPUTES = 2  # works that dispute one of them, at most


def add_voices(page: Page, generation: Generation, lists: Lists) -> None:
    """Behind the lists: what several of them ask for, who disputes it, and what only one work asks for."""
    shown = {(c.sha256, c.start, c.end) for c in page.citations}
    common = voices(generation, lists)
    groups = [[item for item in items if _is_shown(item, shown)] for items in common.shared]
    groups = [items for items in groups if len(items) > 1][:SHARED]
    if not groups:
        return
    page.heading(phrase("several", page.language))
    disputes = all_pairs(generation, page.language, ("disputes",))
    for items in groups:
        _add_shared(page, generation, items, disputes)
    _add_sole(page, [item for item in common.alone if _is_shown(item, shown)])


def _is_shown(item: Item, shown: set[tuple[str, int, int]]) -> bool:
    return (item.found.document.sha256, *item.factor.span) in shown


def _add_shared(page: Page, generation: Generation, items: Sequence[Item], disputes: Sequence[Pair]) -> None:
    """One factor in the words of the first work, with all its works, and with those that dispute it, quoted."""
    numbers = tuple(page.cite(item.found.document, item.factor.span, item.enumeration.section) for item in items)
    quote = items[0].factor.span.of(items[0].found.document.text)
    said = "; ".join(f"{page.who(item.found.document)} [{n}]" for item, n in zip(items, numbers, strict=True))
    note = phrase("works", page.language, n=len(items))
    against = _against(generation, items, disputes, page.language)
    disputed = tuple(cite_side(page, side) for side in against)
    line = f"- {one_line(quote)} ({note}: {said})"
    for (document, relation), n in zip(against, disputed, strict=True):
        line += f"; {phrase('disputed', page.language, who=page.who(document))}: {one_line(relation.says)} [{n}]"
    page.add(Statement(quote, "agreement", (*numbers, *disputed), note=note, disputed=disputed), line)


def _against(generation: Generation, items: Sequence[Item], disputes: Sequence[Pair], language: str) -> list[Side]:
    """The sides of works that dispute a factor: relations of its works whose own words name it."""
    # A work known only through another and that other speak with one voice.
    voice = {one.work.key: one.work.quoted_after or one.work.key for one in generation.shelf.values()}
    asking = {voice[item.work] for item in items}
    works = {work for work, speaker in voice.items() if speaker in asking}
    named = [label(item.factor.span.of(item.found.document.text)) for item in items]
    found: dict[str, Side] = {}
    for own, other in disputes:
        names_it = any(generation.lexicon.overlap(name, own[1].says, language) >= 0.99 for name in named)
        if own[0].work.key in works and other[0].work.key not in works and names_it:
            found.setdefault(other[0].work.key, other)
    return list(found.values())[:DISPUTES]


def _add_sole(page: Page, items: Sequence[Item]) -> None:
    """The factors of one work alone are marked as such, and named in one line."""
    if not items:
        return
    said = []
    for item in items:
        document, span = item.found.document, item.factor.span
        n = page.cite(document, span, item.enumeration.section)
        said.append(f"{label(span.of(document.text))} ({page.who(document)} [{n}])")
        page.statements = [replace(s, sole=True) if s.kind == "factor" and s.citations == (n,) else s for s in page.statements]
    page.lines.append(f"\n{phrase('sole', page.language)}: {'; '.join(said)}.")
