"""A comparison, both sides beside each other: where they clash, what their lists share, what each says besides."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import zip_longest

import numpy as np

from advisor.answer.agreement import paired_items
from advisor.answer.comparison import Wanted
from advisor.answer.evidence import Found, WorkFound, by_work, gather, one_version
from advisor.answer.findings import add_unit, best_units
from advisor.answer.page import Page
from advisor.answer.phrases import phrase
from advisor.answer.relations import Side as Told
from advisor.answer.relations import between, cite_side
from advisor.answer.schema import Comparison, GivenList, Side, Statement
from advisor.encoder import Encoder
from advisor.factors import Enumeration
from advisor.index import Generation
from advisor.passages import Passage
from advisor.retrieve import search
from advisor.text import Span, one_line

HITS = 40
CLASHES = 4  # points on which both sides are told
EACH = 3  # paragraphs of each side, at most; of both as many
MEANT = 0.5  # cosine of a passage with a term from which it speaks of it without its words
WHOLE = 0.99  # share of the words of a term that a text holds which holds all of them
ROWS = 2  # items that two lists must share to be put beside each other where no list is asked for

Row = tuple[int | None, ...]


def sides_of(generation: Generation, encoder: Encoder, wanted: Wanted, question: str, language: str) -> list[list[WorkFound]]:
    """What the library has on each side, best first; nothing where it does not know the side."""
    result = []
    for text, works in zip(wanted.texts, wanted.works, strict=True):
        if works:

            def within(passage: Passage, works: Collection[str] = works) -> bool:
                return generation.shelf[passage.document].work.key in works

            hits = search(generation, encoder, wanted.point or question, language, HITS, within)
        elif _is_known(generation, text, language):
            hits = search(generation, encoder, f"{text} {wanted.point}".strip(), language, HITS)
        else:
            hits = ()
        found = one_version(generation, gather(generation, hits, False), language)
        own = found if works else [item for item in found if _speaks(generation, text, item, language)]
        result.append(by_work(own))
    return result


def _is_known(generation: Generation, text: str, language: str) -> bool:
    """True where every word of a term that has a subject stands in the library, in one of its languages."""
    return all(generation.lexicon.known(text, language, np.array([], np.int32)).values())


def _speaks(generation: Generation, term: str, item: Found, language: str) -> bool:
    text = item.hit.passage.span.of(item.document.text)
    return item.hit.similarity >= MEANT or generation.lexicon.overlap(term, text, language) >= WHOLE


def add_comparison(
    page: Page, generation: Generation, wanted: Wanted, sides: Sequence[Sequence[WorkFound]], question: str, lists: bool
) -> None:
    """Both sides in the same measure; a side on which the library has nothing says so."""
    named = []
    for text, works, found in zip(wanted.texts, wanted.works, sides, strict=True):
        shown = [sha for sha, held in generation.shelf.items() if held.work.key in works and held.language == page.language]
        known = {generation.shelf[sha].work.key: page.who(generation.document(sha)) for sha in shown}
        name = next(iter(known.values())) if len(known) == 1 else phrase("as_asked", page.language, words=text)
        named.append(Side(name, tuple(sorted(works)) or tuple(dict.fromkeys(work.key for work in found[:3])), not found))
    rows: list[Row] = []
    if not any(side.empty for side in named):
        rows += _clashes(page, generation, wanted, named, question)
        if lists or not rows:
            rows += _lists(page, generation, sides, named, question, lists)
    alone = not any(wanted.works)
    rows += _findings(page, generation, wanted, sides, named, question, alone and not page.lists)
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


def _lists(
    page: Page, generation: Generation, sides: Sequence[Sequence[WorkFound]], named: Sequence[Side], question: str, wanted: bool
) -> list[Row]:
    """The best list of each side, items that ask for the same in one row; none where they share little and no list is wanted."""
    best = [pair for side in sides if (pair := _best_list(generation, side, question, page.language))]
    if len(best) < 2 or best[0][1].lead == best[1][1].lead:
        return []
    spans = paired_items(generation, *best)
    if not wanted and sum(None not in row for row in spans) < ROWS:
        return []
    cells, numbers = [tuple(_lead(page, *pair, side) for side, pair in enumerate(best))], (len(page.lists) - 2, len(page.lists) - 1)
    rows: list[Row] = []
    for both in spans:
        row = tuple(None if span is None else _item(page, *best[side], span, numbers[side], side) for side, span in enumerate(both))
        rows.append(row)
        cells.append(tuple("" if place is None else _cell(page, place) for place in row))
    page.heading(phrase("beside", page.language))
    _table(page, named, cells)
    return rows


def _lead(page: Page, item: Found, found: Enumeration, side: int) -> str:
    lead = found.lead.of(item.document.text)
    n = page.cite(item.document, found.lead, found.section)
    page.statements.append(Statement(lead, "lead", (n,), len(page.lists), side=side))
    page.lists.append(GivenList(lead, item.work, found.n, found.n, found.page_reference))
    return f"{one_line(lead)} [{n}]"


def _cell(page: Page, place: int) -> str:
    statement = page.statements[place]
    return f"{one_line(statement.text)} [{statement.citations[0]}]"


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


def _findings(
    page: Page,
    generation: Generation,
    wanted: Wanted,
    sides: Sequence[Sequence[WorkFound]],
    named: Sequence[Side],
    question: str,
    lists: bool,
) -> list[Row]:
    """Under the name of each side its best paragraphs, as many of one as of the other; of a term also the list that is named for it."""
    units = [[u for u in best_units(side, question, 2 * EACH) if not page.holds(u.found.document, u.span)][:EACH] for side in sides]
    least = min((len(own) for own in units if own), default=0)
    columns: list[list[int]] = []
    for number, (text, side, own, found) in enumerate(zip(wanted.texts, named, units, sides, strict=True)):
        page.heading(side.name)
        if side.empty:
            page.lines.append(phrase("no_side", page.language))
        column = _list_of(page, generation, text, found, number) if lists else []
        columns.append(column + [add_unit(page, unit, side=number, named=len(side.works) != 1) for unit in own[:least]])
    return list(zip_longest(*columns))


def _list_of(page: Page, generation: Generation, term: str, side: Sequence[WorkFound], number: int) -> list[int]:
    """The best list whose lead-in or section has all the words of a term, whole."""
    for item, found in [pair for work in side for pair in work.lists]:
        named = f"{found.lead.of(item.document.text)} {found.section}"
        if generation.lexicon.overlap(term, named, page.language) >= WHOLE:
            page.lines.append(_lead(page, item, found, number) + "\n")
            places = [_item(page, item, found, factor.span, len(page.lists) - 1, number) for factor in found.factors]
            page.lines += [f"{position}. {_cell(page, place)}" for position, place in enumerate(places, 1)]
            page.lines.append("")
            return [len(page.statements) - found.n - 1, *places]
    return []
