"""Question and hits → answer without a language model: whole lists, findings, disagreements, or a refusal."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from advisor.answer.agreement import shared_factors
from advisor.answer.evidence import CAVEATS, Found, Unit, WorkFound, by_work, gather, one_version, shortened, units
from advisor.answer.lists import choose
from advisor.answer.names import asked_alone, corrected, named, names_of
from advisor.answer.phrases import phrase
from advisor.answer.question import parts, wants_check, wants_figure, wants_several
from advisor.answer.schema import Answer, GivenList, Kind, Statement, Strength
from advisor.answer.strength import judge
from advisor.citations import Citation, cite, is_reported, short_name
from advisor.documents.model import Document, Relation
from advisor.encoder import Encoder
from advisor.factors import Enumeration
from advisor.index import Generation
from advisor.passages import Passage
from advisor.retrieve import Hit, matched, search
from advisor.text import Span, fold

HITS = 60
PIECES = 4  # the whole question and at most three in it
PIECE = 0.85  # what a hit for a part counts against one for the whole
NAMED = 2.5  # what a hit gains whose work the question names
FIRST_WORKS = 3  # so many works speak before the lists where no list is asked for
WORKS = 8
PARAGRAPHS = (3, 2, 2, 1)  # of the first work, the second, …, every further one
MANY_LISTS, CLOSE = 3, 0.55  # beside so many lists only paragraphs that come so close (a cosine) are given
MOST_OF: Mapping[str, int] = {"origin": 2, "disagreement": 4}
CLASHES, ORIGINS = ("disputes", "qualifies", "qualified_by"), ("origin_of", "derives_from")
NEAREST = RELATED = 3
SHARED = 8
WORK_FLOOR = 0.5  # share of the best score that a work must reach


@dataclass
class _Page:
    """The answer while it is put together: statements and the citations they need, each span once."""

    language: str
    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    lists: list[GivenList] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    after: Mapping[str, str] = field(default_factory=dict)

    def cite(self, document: Document, span: Span, section: str) -> int:
        for known in self.citations:
            if (known.sha256, known.start, known.end) == (document.sha256, *span):
                return known.number
        self.citations.append(cite(len(self.citations) + 1, document, span, section, self.after))
        return len(self.citations)

    def add(self, statement: Statement, line: str) -> None:
        self.statements.append(statement)
        self.lines.append(line)

    def heading(self, text: str) -> None:
        self.lines.append(f"\n**{text}**\n")


def answer(generation: Generation, encoder: Encoder, question: str, language: str) -> Answer:
    """The extractive answer to a standalone question in "de" or "en"; every statement is a verbatim quotation."""
    begin = time.perf_counter()
    asked, question = question, corrected(question, names_of(shelved.work for shelved in generation.shelf.values()))
    several = wants_several(question)
    found = evidence(generation, encoder, question, language)
    strength = judge(generation, encoder, question, language, found)
    if strength is None or not found:
        return replace(_refusal(generation, encoder, question, language, found, begin), question=asked)
    page = _Page(language, after=_names(generation, language))
    works = by_work(found)
    works = [work for work in works if work.score >= WORK_FLOOR * works[0].score][:WORKS]
    lists = choose(generation, encoder, works, question, language)
    related = [item for work in works for item in work.found[:4]]
    if several or works[0].found[0].lists:
        _add_lists(page, lists)
        _add_agreement(page, generation, lists)
        _add_findings(page, works, encoder, question, language)
        _add_relations(page, generation, related, question, "disagreement")
    else:
        # A figure, a check or a definition is wanted first; what the work lists comes behind it.
        _add_findings(page, works[:FIRST_WORKS], encoder, question, language)
        if wants_check(question):
            _add_relations(page, generation, related, question, "origin")
            _add_relations(page, generation, related, question, "disagreement")
        _add_lists(page, lists)
        _add_findings(page, works[FIRST_WORKS:], encoder, question, language)
        if not wants_check(question):
            _add_relations(page, generation, related, question, "disagreement")
    if strength == "weak":
        page.lines.insert(0, phrase("weak", language) + "\n")
    text = "\n".join(page.lines).strip()
    return Answer(
        asked, language, "answered", strength, text, tuple(page.statements), tuple(page.citations), tuple(page.lists), (),
        "extractive", time.perf_counter() - begin, related=_related(generation, encoder, question, language),
    )  # fmt: skip


def _related(generation: Generation, encoder: Encoder, question: str, language: str) -> tuple[str, ...]:
    """Questions near this one that the library says it answers, one of a work, without the very same."""
    matches = matched(generation, encoder.encode_question(question, language), language, least=-1.0)
    near = sorted((m for m in matches.values() if m.asked.language == language), key=lambda m: -m.similarity)
    chosen: dict[str, str] = {}
    for match in near:
        if fold(match.asked.ask) != fold(question):
            chosen.setdefault(match.asked.document, match.asked.ask)
    return tuple(chosen.values())[:RELATED]


def evidence(generation: Generation, encoder: Encoder, question: str, language: str) -> list[Found]:
    """What the library has on a question, best first: one version of each work; works that the question names before others."""
    names = named(question, names_of(shelved.work for shelved in generation.shelf.values()))
    keys = frozenset().union(*names.values())

    def of_named(passage: Passage) -> bool:
        return generation.shelf[passage.document].work.key in keys

    hits = _searched(generation, encoder, question, language)
    if keys:
        others = search(generation, encoder, question, language, HITS, of_named)
        known = {hit.row for hit in others}
        hits = tuple(replace(hit, score=hit.score + NAMED) for hit in others) + tuple(hit for hit in hits if hit.row not in known)
    found = one_version(generation, gather(generation, hits, wants_several(question)), language)
    alone = [item for item in found if item.work in keys]
    return alone if alone and asked_alone(question, names) else found


def _searched(generation: Generation, encoder: Encoder, question: str, language: str) -> tuple[Hit, ...]:
    """Hits for the whole question and, where there are several questions in it, for each; every passage with its best score."""
    pieces = parts(question)
    best: dict[int, Hit] = {}
    for text in [question, *(pieces if len(pieces) > 1 else [])][:PIECES]:
        for hit in search(generation, encoder, text, language, HITS):
            hit = hit if text == question else replace(hit, score=hit.score * PIECE)
            if hit.row not in best or hit.score > best[hit.row].score:
                best[hit.row] = hit
    return tuple(sorted(best.values(), key=lambda hit: -hit.score))


def _names(generation: Generation, language: str) -> dict[str, str]:
    """How the works of the library are named in a sentence, by key."""
    return {shelved.work.key: short_name(shelved.work, language) for shelved in generation.shelf.values()}


def _add_lists(page: _Page, lists: Sequence[tuple[Found, Enumeration]]) -> None:
    for item, enumeration in lists:
        _add_list(page, item, enumeration)


def _add_agreement(page: _Page, generation: Generation, lists: Sequence[tuple[Found, Enumeration]]) -> None:
    """Behind the lists: what several of them ask for, in the words of the first, with the number of works."""
    groups = shared_factors(generation, lists)[:SHARED]
    if groups:
        page.heading(phrase("several", page.language))
    for items in groups:
        numbers = tuple(page.cite(item.found.document, item.factor.span, item.enumeration.section) for item in items)
        quote = items[0].factor.span.of(items[0].found.document.text)
        said = "; ".join(f"{_who(page, item.found.document)} [{n}]" for item, n in zip(items, numbers, strict=True))
        note = phrase("works", page.language, n=len(items))
        page.add(Statement(quote, "agreement", numbers, note=note), f"- {_one_line(quote)} ({note}: {said})")


def _add_list(page: _Page, item: Found, enumeration: Enumeration) -> None:
    """One list, whole: its lead-in and every item, each with its citation."""
    document, language = item.document, page.language
    lead = enumeration.lead.of(document.text)
    number = len(page.lists)
    n = page.cite(document, enumeration.lead, enumeration.section)
    verb = "lists" if len(document.work.authors) < 2 else "list"
    page.heading(phrase(verb, language, who=_who(page, document)))
    page.add(Statement(lead, "lead", (n,), number), f"{lead} [{n}]\n")
    for factor in enumeration.factors:
        text = factor.span.of(document.text)
        n = page.cite(document, factor.span, enumeration.section)
        page.add(Statement(text, "factor", (n,), number), f"{factor.position}. {_one_line(text)} [{n}]")
    total = len(enumeration.factors)
    page.lists.append(GivenList(lead, item.work, total, total, enumeration.page_reference))
    _add_notes(page, document)
    if is_reported(lead):
        page.lines.append(f"\n*{phrase('reported_list', language)}*")


def _add_notes(page: _Page, document: Document) -> None:
    if document.language != page.language:
        page.lines.append(f"\n*{phrase('other_language', page.language, original=phrase(document.language, page.language))}*")


def _who(page: _Page, document: Document) -> str:
    """How the answer names a work: "Frank, quoted after Speck (2014)"."""
    name = short_name(document.work, page.language)
    source = document.work.quoted_after
    return f"{name}, {phrase('quoted_after', page.language, who=page.after.get(source, source))}" if source else name


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _add_findings(page: _Page, works: Sequence[WorkFound], encoder: Encoder, question: str, language: str) -> None:
    """The paragraphs nearest to the question: three of the first work, fewer of the others."""
    found = units([item for work in works for item in work.found[:5]])
    figure = wants_figure(question)
    shown: list[Unit] = []
    for rank, work in enumerate(works):
        own = [unit for unit in found if unit.found.work == work.key and unit.found.hit.passage.section not in CAVEATS]
        own.sort(
            key=lambda unit: -unit.similarity - 0.05 * unit.found.hit.score - 0.1 * (figure and _has_figure(unit)) - 0.5 * unit.answers
        )
        most = PARAGRAPHS[min(rank, len(PARAGRAPHS) - 1)]
        shown += own[:most] if len(page.lists) < MANY_LISTS else [unit for unit in own[:1] if unit.answers or unit.similarity >= CLOSE]
    if shown and page.statements:
        page.heading(phrase("further", page.language))
    for unit in shortened(shown, encoder, question, language):
        document = unit.found.document
        text = unit.span.of(document.text)
        n = page.cite(document, unit.span, unit.found.hit.passage.section)
        page.add(Statement(text, "finding", (n,)), f"- {_who(page, document)}: {_one_line(text)} [{n}]")


def _has_figure(unit: Unit) -> bool:
    return any(c.isdigit() for c in unit.span.of(unit.found.document.text))


def _add_relations(page: _Page, generation: Generation, found: Sequence[Found], question: str, kind: Kind) -> None:
    """Relations of which one side stands in a passage that was found, both sides quoted: where a figure comes from, or who clashes."""
    pairs = _pairs(generation, found, page.language, ORIGINS if kind == "origin" else CLASHES)
    pairs.sort(key=lambda pair: -generation.lexicon.overlap(question, f"{pair[0][1].says} {pair[1][1].says}", page.language))
    if pairs:
        page.heading(phrase(kind, page.language))
    for (one, first), (other, second) in pairs[: MOST_OF[kind]]:
        numbers, texts = [], []
        for document, relation in ((one, first), (other, second)):
            start = document.text.index(relation.says)
            span = Span(start, start + len(relation.says))
            numbers.append(page.cite(document, span, _section(document, span)))
            texts.append(f"{_who(page, document)}: {_one_line(relation.says)} [{numbers[-1]}]")
        page.add(Statement(f"{first.says} — {second.says}", kind, tuple(numbers), note=first.point), "- " + " — ".join(texts))


Side = tuple[Document, Relation]


def _pairs(generation: Generation, found: Sequence[Found], language: str, kinds: Collection[str]) -> list[tuple[Side, Side]]:
    """Both sides of relations, those first whose passages were found best."""
    sides: dict[tuple[str, str, str], list[Side]] = {}
    for sha, shelved in generation.shelf.items():
        if shelved.language == language and shelved.work.relations:
            document = generation.document(sha)
            for relation in document.work.relations:
                if relation.kind in kinds and relation.says in document.text:
                    sides.setdefault((document.work.key, relation.other, relation.on), []).append((document, relation))
    result: dict[frozenset[str] | tuple[str, str], tuple[Side, Side]] = {}
    for item in found[:16]:
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


def _refusal(generation: Generation, encoder: Encoder, question: str, language: str, found: Sequence[Found], begin: float) -> Answer:
    counts = generation.counts()
    nearest = tuple(
        cite(number, item.document, item.hit.passage.span, item.hit.passage.section) for number, item in enumerate(found[:NEAREST], 1)
    )
    lines = [phrase("refusal", language), phrase("searched", language, documents=counts.documents, works=counts.works)]
    related = _related(generation, encoder, question, language)
    if nearest:
        lines += ["", phrase("nearest", language), *(f"- {c.reference} [{c.number}]" for c in nearest)]
    if related:
        lines += ["", phrase("related", language), *(f"- {ask}" for ask in related)]
    weak: Strength = "weak"
    return Answer(
        question, language, "not_in_corpus", weak, "\n".join(lines), (), (), (), nearest, "extractive", time.perf_counter() - begin,
        related=related,
    )  # fmt: skip
