"""A comparison as a table: one column for each side; on a narrow page its cells stand below each other, each under the name of its side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from advisor.answer.phrases import phrase
from advisor.answer.schema import Answer, Statement
from advisor.citations import Citation
from advisor.surfaces.web.chips import who
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.web.quoting import against, notes, said
from advisor.surfaces.wording import word

Row = Sequence[int | None]


def compared(answer: Answer) -> frozenset[int]:
    """The places of the statements that stand in the comparison."""
    return frozenset(place for row in _rows(answer) for place in row if place is not None)


def comparison(answer: Answer, citations: Mapping[int, Citation]) -> str:
    """The table of a comparison, its columns named after the sides."""
    if answer.comparison is None:
        return ""
    sides, language = answer.comparison.sides, answer.language
    # Laid out as blocks on a narrow page, a table is one to screen readers only by its roles.
    head = "".join(tag("th", text(side.name), scope="col", role="columnheader") for side in sides)
    rows = _rows(answer) or [(None,) * len(sides)]
    body = "".join(
        tag("tr", "".join(_cells(answer, row, citations, len(rows) if not at else 0)), role="row") for at, row in enumerate(rows)
    )
    parts = tag("thead", tag("tr", head, role="row"), role="rowgroup") + tag("tbody", body, role="rowgroup")
    named = tag("caption", text(" – ".join(side.name for side in sides)), class_="out-of-sight")
    table = tag("table", named + parts, class_="compared", role="table")
    return tag("section", tag("h3", text(phrase("beside", language))) + table, class_="comparison")


def _rows(answer: Answer) -> list[Row]:
    """The rows of the comparison as far as the answer has come; before the items of lists stand what these lists are of."""
    if answer.comparison is None:
        return []
    rows: list[Row] = []
    known: set[int | None] = {None}
    for row in answer.comparison.rows:
        here = [place if place is not None and 0 <= place < len(answer.statements) else None for place in row]
        lists = {answer.statements[place].list for place in here if place is not None} - known
        known |= lists
        leads = [_lead(answer, side, lists) for side in range(len(row))]
        rows += [shown for shown in (leads, here) if any(place is not None for place in shown)]
    return rows


def _lead(answer: Answer, side: int, lists: set[int | None]) -> int | None:
    """The place of what one side's list is of, where it has no row of its own."""
    placed = {place for row in answer.comparison.rows for place in row} if answer.comparison else set()
    leads = (place for place, one in enumerate(answer.statements) if one.kind == "lead" and one.side == side and one.list in lists)
    return next((place for place in leads if place not in placed), None)


def _cells(answer: Answer, row: Row, citations: Mapping[int, Citation], below: int) -> Iterator[str]:
    """The cells of a row. A side on which the library has nothing says so once, in the first row, over as many as are `below`."""
    for side, place in zip(answer.comparison.sides if answer.comparison else (), row, strict=False):
        if side.empty and below:
            said_so = tag("p", text(phrase("no_side", answer.language)))
            yield _cell(said_so, side.name, "nothing", rowspan=below if below > 1 else None)
        elif not side.empty and place is None:
            sign = tag("span", "–", aria_hidden="true")
            yield _cell(sign + tag("span", text(word("no_counterpart", answer.language)), class_="out-of-sight"), side.name, "blank")
        elif not side.empty and place is not None:
            yield _cell(_statement(answer, answer.statements[place], citations, named=len(side.works) != 1), side.name, None)


def _cell(content: str, side: str, kind: str | None, **attributes: object) -> str:
    return tag("td", tag("span", text(side), class_="of-side", aria_hidden="true") + content, class_=kind, role="cell", **attributes)


def _statement(answer: Answer, statement: Statement, citations: Mapping[int, Citation], *, named: bool) -> str:
    """What one side says; of a side of several works also which of them, and of a list how many of its items are given."""
    language = answer.language
    cited = [citations[number] for number in statement.citations]
    whose = tag("p", text(who(cited[0], language)), class_="who") if named and cited and statement.kind != "factor" else ""
    words = said(statement, language, citations, label=statement.kind == "factor")
    if statement.kind == "lead" and statement.list is not None and statement.list < len(answer.lists):
        given = answer.lists[statement.list]
        count = word("items", language, given=given.items_given, total=given.items_total)
        words += " " + tag("span", text(count), class_="count", data_whole=str(given.items_given == given.items_total).lower())
    return whose + tag("p", words, class_=statement.kind) + notes(statement) + against(statement, language, citations)
