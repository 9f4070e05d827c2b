"""Question and hits → answer without a language model: whole lists, findings, disagreements, or a refusal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from advisor.answer.evidence import Found, Unit, gather, one_version, units, wants_list
from advisor.answer.phrases import phrase
from advisor.answer.schema import Answer, GivenList, Statement, Strength
from advisor.answer.strength import judge
from advisor.citations import Citation, cite, is_reported, short_name
from advisor.documents.model import Document, Relation
from advisor.encoder import Encoder
from advisor.factors import Enumeration
from advisor.index import Generation
from advisor.retrieve import search
from advisor.text import Span

HITS = 24
LISTS = {True: 4, False: 2}  # at most so many lists where the question asks for several things, or does not
FINDINGS = 6
DISAGREEMENTS = 3
NEAREST = 3
LIST_FLOOR, FINDING_FLOOR = 0.62, 0.6  # share of the best score that a passage must reach


@dataclass
class _Page:
    """The answer while it is put together: statements and the citations they need, each span once."""

    language: str
    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    lists: list[GivenList] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)

    def cite(self, document: Document, span: Span, section: str, page: str | None = None) -> int:
        for known in self.citations:
            if (known.sha256, known.start, known.end) == (document.sha256, *span):
                return known.number
        self.citations.append(cite(len(self.citations) + 1, document, span, section, page))
        return len(self.citations)

    def add(self, statement: Statement, line: str) -> None:
        self.statements.append(statement)
        self.lines.append(line)

    def heading(self, text: str) -> None:
        self.lines.append(f"\n**{text}**\n")


def answer(generation: Generation, encoder: Encoder, question: str, language: str) -> Answer:
    """The extractive answer to a standalone question in "de" or "en"; every statement is a verbatim quotation."""
    begin = time.perf_counter()
    found = gather(generation, search(generation, encoder, question, language, HITS))
    found = one_version(found, language)
    strength = judge(generation, question, language, [item.hit for item in found])
    if strength is None or not found:
        return _refusal(generation, question, language, found, begin)
    page = _Page(language)
    top = found[0].hit.score
    _add_lists(page, [item for item in found if item.hit.score >= LIST_FLOOR * top], LISTS[wants_list(question)])
    near = [item for item in found if item.hit.score >= FINDING_FLOOR * top][:8]
    _add_findings(page, units(near, encoder, question, language))
    _add_disagreements(page, generation, found)
    if strength == "weak":
        page.lines.insert(0, phrase("weak", language) + "\n")
    text = "\n".join(page.lines).strip()
    return Answer(
        question, language, "answered", strength, text, tuple(page.statements), tuple(page.citations), tuple(page.lists), (),
        "extractive", time.perf_counter() - begin,
    )  # fmt: skip


def _add_lists(page: _Page, found: Sequence[Found], most: int) -> None:
    given: set[tuple[str, Span]] = set()
    for item in found:
        for enumeration in item.lists:
            key = (item.document.sha256, enumeration.lead)
            if len(page.lists) < most and key not in given:
                given.add(key)
                _add_list(page, item, enumeration)


def _add_list(page: _Page, item: Found, enumeration: Enumeration) -> None:
    """One list, whole: its lead-in and every item, each with its citation."""
    document, language = item.document, page.language
    lead = enumeration.lead.of(document.text)
    number = len(page.lists)
    reference = enumeration.page_reference
    n = page.cite(document, enumeration.lead, enumeration.section, reference)
    page.heading(phrase("lists", language, who=_who(document, language)))
    page.add(Statement(lead, "lead", (n,), number), f"{lead} [{n}]\n")
    for factor in enumeration.factors:
        text = factor.span.of(document.text)
        n = page.cite(document, factor.span, enumeration.section, reference)
        page.add(Statement(text, "factor", (n,), number), f"{factor.position}. {_one_line(text)} [{n}]")
    total = len(enumeration.factors)
    page.lists.append(GivenList(lead, item.work, total, total))
    _add_notes(page, document)
    if is_reported(lead):
        page.lines.append(f"\n*{phrase('reported_list', language)}*")


def _add_notes(page: _Page, document: Document) -> None:
    if document.language != page.language:
        page.lines.append(f"\n*{phrase('other_language', page.language, original=phrase(document.language, page.language))}*")


def _who(document: Document, language: str) -> str:
    return short_name(document.work, language)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _add_findings(page: _Page, found: Sequence[Unit]) -> None:
    """The paragraphs nearest to the question, best first, under the name of their work."""
    shown = sorted(found, key=lambda unit: -unit.similarity - 0.02 * unit.found.hit.score)[:FINDINGS]
    if shown and page.lists:
        page.heading(phrase("further", page.language))
    for unit in shown:
        document = unit.found.document
        text = unit.span.of(document.text)
        n = page.cite(document, unit.span, unit.found.hit.passage.section)
        page.add(Statement(text, "finding", (n,)), f"- {_who(document, page.language)}: {_one_line(text)} [{n}]")


def _add_disagreements(page: _Page, generation: Generation, found: Sequence[Found]) -> None:
    """Relations of which one side stands in a passage that was found, both sides quoted."""
    pairs = _clashes(generation, found, page.language)[:DISAGREEMENTS]
    if pairs:
        page.heading(phrase("disagree", page.language))
    for (one, first), (other, second) in pairs:
        numbers, texts = [], []
        for document, relation in ((one, first), (other, second)):
            start = document.text.index(relation.says)
            span = Span(start, start + len(relation.says))
            numbers.append(page.cite(document, span, _section(document, span)))
            texts.append(f"{_who(document, page.language)}: {_one_line(relation.says)} [{numbers[-1]}]")
        page.add(Statement(f"{first.says} — {second.says}", "disagreement", tuple(numbers), note=first.point), "- " + " — ".join(texts))


Side = tuple[Document, Relation]


def _clashes(generation: Generation, found: Sequence[Found], language: str) -> list[tuple[Side, Side]]:
    """Pairs of opposed sides, those first whose passages were found best."""
    sides: dict[tuple[str, str, str], list[Side]] = {}
    for document in generation.documents():
        if document.language == language:
            for relation in document.work.relations:
                if relation.kind in ("disputes", "qualifies", "qualified_by") and relation.says in document.text:
                    sides.setdefault((document.work.key, relation.other, relation.on), []).append((document, relation))
    result: dict[frozenset[str] | tuple[str, str], tuple[Side, Side]] = {}
    for item in found[:8]:
        for relation in item.document.work.relations:
            start = item.document.text.find(relation.says)
            if not (start >= 0 and start < item.hit.passage.end and item.hit.passage.start < start + len(relation.says)):
                continue
            own = sides.get((item.work, relation.other, relation.on), [])
            others = own[1:] if relation.other == item.work else sides.get((relation.other, item.work, relation.on), [])
            if own and others:
                result.setdefault((min(item.work, relation.other) + max(item.work, relation.other), relation.on), (own[0], others[0]))
    return list(result.values())


def _section(document: Document, span: Span) -> str:
    before = [block for block in document.blocks if block.kind == "heading" and block.span.start <= span.start]
    return before[-1].span.of(document.text) if before else ""


def _refusal(generation: Generation, question: str, language: str, found: Sequence[Found], begin: float) -> Answer:
    counts = generation.counts()
    nearest = tuple(
        cite(number, item.document, item.hit.passage.span, item.hit.passage.section) for number, item in enumerate(found[:NEAREST], 1)
    )
    lines = [phrase("refusal", language), phrase("searched", language, documents=counts.documents, works=counts.works)]
    if nearest:
        lines += ["", phrase("nearest", language), *(f"- {c.reference} [{c.number}]" for c in nearest)]
    weak: Strength = "weak"
    return Answer(
        question, language, "not_in_corpus", weak, "\n".join(lines), (), (), (), nearest, "extractive", time.perf_counter() - begin
    )
