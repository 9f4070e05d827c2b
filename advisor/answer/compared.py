"""A comparison, both sides beside each other: where they clash, what their lists share, what each says besides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import zip_longest

import numpy as np

from advisor.answer.agreement import paired_items
from advisor.answer.comparison import Wanted
from advisor.answer.evidence import Found, WorkFound, by_work, gather, one_version
from advisor.answer.findings import add_unit, best_units
from advisor.answer.page import Page, one_line
from advisor.answer.phrases import phrase
from advisor.answer.relations import Side as Told
from advisor.answer.relations import between, cite_side
from advisor.answer.schema import Comparison, GivenList, Side, Statement
from advisor.citations import short_name
from advisor.encoder import Encoder
from advisor.factors import Enumeration
from advisor.index import Generation
from advisor.passages import Passage
from advisor.retrieve import search
from advisor.text import Span

HITS = 40
CLASHES = 4  # points on which both sides are told
EACH = 3  # paragraphs of each side, at most; of both as many
TERM = 0.5  # share of the words of a term that a passage must hold to speak of it, where its meaning does not come near
MEANT = 0.4  # cosine of a passage with a term from which it speaks of it

Row = tuple[int | None, ...]


def sides_of(generation: Generation, encoder: Encoder, wanted: Wanted, question: str, language: str) -> list[list[WorkFound]]:
    """What the library has on each side, best first; nothing where it does not know the side."""
    keys = {document.sha256: document.work.key for document in generation.documents()}
    result = []
    for text, works in zip(wanted.texts, wanted.works, strict=True):
        if works:

            def within(passage: Passage, works: Collection[str] = works) -> bool:
                return keys[passage.document] in works

            hits = search(generation, encoder, wanted.point or question, language, HITS, within)
        elif _is_known(generation, text, language):
            hits = search(generation, encoder, f"{text} {wanted.point}".strip(), language, HITS)
        else:
            hits = ()
        found = one_version(generation, gather(generation, hits, False), language)
        own = found if works else [item for item in found if _speaks(generation, encoder, text, item, language)]
        result.append(by_work(own))
    return result


def _is_known(generation: Generation, text: str, language: str) -> bool:
    """True where every word of a term that has a subject stands in the library, in one of its languages."""
    return all(generation.lexicon.known(text, language, np.array([], np.int32)).values())


def _speaks(generation: Generation, encoder: Encoder, term: str, item: Found, language: str) -> bool:
    text = item.hit.passage.span.of(item.document.text)
    return item.hit.similarity >= MEANT or generation.lexicon.overlap(term, text, language) >= TERM


def add_comparison(
    page: Page, generation: Generation, wanted: Wanted, sides: Sequence[Sequence[WorkFound]], question: str, lists: bool
) -> None:
    """Both sides in the same measure; a side on which the library has nothing says so."""
    documents = generation.documents()
    named = []
    for text, works, found in zip(wanted.texts, wanted.works, sides, strict=True):
        known = {d.work.key: short_name(d.work, page.language) for d in documents if d.work.key in works}
        name = next(iter(known.values())) if len(known) == 1 else text[:1].upper() + text[1:]
        named.append(Side(name, tuple(sorted(works)) or tuple(dict.fromkeys(work.key for work in found[:3])), not found))
    page.remarks += [phrase("one_sided", page.language, name=side.name) for side in named if side.empty]
    rows: list[Row] = []
    if not any(side.empty for side in named):
        rows += _clashes(page, generation, wanted, named, question)
        if lists or not rows:
            rows += _lists(page, generation, sides, named, question)
    rows += _findings(page, sides, named, question)
    page.comparison = Comparison(tuple(named), tuple(rows))


def _table(page: Page, named: Sequence[Side], rows: Sequence[Sequence[str]]) -> None:
    page.lines += ["| " + " | ".join(side.name for side in named) + " |", "|" + "---|" * len(named)]
    page.lines += ["| " + " | ".join(cell.replace("|", "\\|") or "–" for cell in row) + " |" for row in rows]


def _clashes(page: Page, generation: Generation, wanted: Wanted, named: Sequence[Side], question: str) -> list[Row]:
    """Points on which digests mark that both sides clash, in a table."""
    if not (wanted.works[0] and wanted.works[1]):
        return []
    pairs = between(generation, wanted.works[0], wanted.works[1], page.language)
    asked = wanted.point or question
    pairs.sort(key=lambda pair: -generation.lexicon.overlap(asked, f"{pair[0][1].says} {pair[1][1].says}", page.language))
    rows, cells = [], []
    for pair in pairs[:CLASHES]:
        places, said = zip(*(_told(page, one, number) for number, one in enumerate(pair)), strict=True)
        rows.append(tuple(places))
        cells.append(said)
    if cells:
        page.heading(phrase("disagreement", page.language))
        _table(page, named, cells)
    return list(rows)


def _told(page: Page, told: Told, side: int) -> tuple[int, str]:
    _, relation = told
    n = cite_side(page, told)
    page.statements.append(Statement(relation.says, "finding", (n,), side=side))
    return len(page.statements) - 1, f"{one_line(relation.says)} [{n}]"


def _lists(page: Page, generation: Generation, sides: Sequence[Sequence[WorkFound]], named: Sequence[Side], question: str) -> list[Row]:
    """The best list of each side, items that ask for the same in one row."""
    best = [pair for side in sides if (pair := _best_list(generation, side, question, page.language))]
    if len(best) < 2 or best[0][1].lead == best[1][1].lead:
        return []
    leads, numbers = [], []
    for number, (item, found) in enumerate(best):
        lead = found.lead.of(item.document.text)
        n = page.cite(item.document, found.lead, found.section)
        page.statements.append(Statement(lead, "lead", (n,), len(page.lists), side=number))
        page.lists.append(GivenList(lead, item.work, found.n, found.n, found.page_reference))
        leads.append(f"{one_line(lead)} [{n}]")
        numbers.append(len(page.lists) - 1)
    rows: list[Row] = []
    cells: list[tuple[str, ...]] = [tuple(leads)]
    for left, right in paired_items(generation, *best):
        row: list[int | None] = []
        said: list[str] = []
        for number, (span, (item, found)) in enumerate(zip((left, right), best, strict=True)):
            row.append(None if span is None else _item(page, item, found, span, numbers[number], number))
            said.append("" if span is None else f"{one_line(span.of(item.document.text))} [{page.statements[-1].citations[0]}]")
        rows.append(tuple(row))
        cells.append(tuple(said))
    page.heading(phrase("beside", page.language))
    _table(page, named, cells)
    return rows


def _item(page: Page, item: Found, found: Enumeration, span: Span, number: int, side: int) -> int:
    n = page.cite(item.document, span, found.section)
    page.statements.append(Statement(span.of(item.document.text), "factor", (n,), number, side=side))
    return len(page.statements) - 1


def _best_list(generation: Generation, side: Sequence[WorkFound], question: str, language: str) -> tuple[Found, Enumeration] | None:
    lists = [(item, found) for work in side for item, found in work.lists]
    if not lists:
        return None
    best = lists[0][0].hit.score

    def worth(pair: tuple[Found, Enumeration]) -> float:
        item, found = pair
        return item.hit.score / max(best, 1.0) + generation.lexicon.overlap(question, found.lead.of(item.document.text), language)

    return max(lists, key=worth)


def _findings(page: Page, sides: Sequence[Sequence[WorkFound]], named: Sequence[Side], question: str) -> list[Row]:
    """Under the name of each side its best paragraphs, as many of one as of the other."""
    units = [[u for u in best_units(side, question, 2 * EACH) if not page.holds(u.found.document, u.span)][:EACH] for side in sides]
    least = min((len(own) for own in units if own), default=0)
    columns: list[list[int]] = []
    for number, (side, own) in enumerate(zip(named, units, strict=True)):
        page.heading(side.name)
        if not own:
            page.lines.append(phrase("no_side", page.language)) if side.empty else page.lines.pop()
        columns.append([add_unit(page, unit, side=number, named=len(side.works) != 1) for unit in own[:least]])
    return list(zip_longest(*columns))
