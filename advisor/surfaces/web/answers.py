"""Answer → escaped HTML, part by part as it is given: lists, findings, disagreements, caveats, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from advisor.answer.phrases import phrase
from advisor.answer.schema import Answer, Statement
from advisor.citations import Citation, Verdict, short_name
from advisor.documents.model import Work
from advisor.surfaces.web.evidence import link
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.wording import word
from advisor.text import Span

_LABEL = re.compile(r"^[^\s:.;!?](?:[^:.;!?\n]{0,48}[^\s:.;!?])?:(?=\s)")  # "Budget:" at the head of a list item
_REPORTED = re.compile(r"(\((?:reported, not checked|berichtet, nicht geprüft)\))")
NO_BREAK = "\u00a0"  # keeps the number of a citation on the line of the last word
STAGES = 24  # in which an answer is given, at most
_SNIPPET = 180  # characters of a nearest passage that are shown


def stages(answer: Answer, asked: str) -> Iterator[str]:
    """The answer's HTML growing statement by statement, in a long answer by a few at a time."""
    shown = answer.statements
    for count in range(1, len(shown), 1 + len(shown) // STAGES):
        yield render(replace(answer, statements=shown[:count]), asked, last=False)


def render(answer: Answer, asked: str, verdicts: Sequence[Verdict] = (), *, last: bool = True) -> str:
    """A whole answer to a question as it was asked; `verdicts` are those of its citations, `last` adds what stands below an answer."""
    if answer.outcome == "not_in_corpus":
        body = _refusal(answer)
    else:
        body = "".join([_strength(answer), _understood(answer, asked), *_sections(answer)])
    foot = _foot(answer, verdicts) if last else ""
    return tag("div", body + foot, class_=f"answer {answer.outcome}", lang=answer.language)


def turn(asked: str, content: str, language: str, *, number: int = 1, busy: bool = False) -> str:
    """One question with what stands under it; `language` is that of the page."""
    heading = tag("h2", tag("span", text(word("asked", language)), class_="out-of-sight") + " " + text(asked), class_="asked")
    return tag("article", heading + content, class_="turn", data_turn=number, aria_busy="true" if busy else None)


def who(citation: Citation, language: str) -> str:
    """How a sentence names the work of a citation, such as "Wilson et al. (2011)"."""
    return short_name(Work(citation.work, citation.title, citation.authors, citation.year), language)


def _strength(answer: Answer) -> str:
    summary = tag("summary", tag("span", text(word(answer.strength, answer.language))))
    why = tag("p", text(word(f"{answer.strength}_why", answer.language)))
    return tag("details", summary + why, class_="strength", data_strength=answer.strength)


def _understood(answer: Answer, asked: str) -> str:
    if not answer.question.endswith(asked) or answer.question == asked:
        return ""
    before = answer.question.removesuffix(asked).strip()
    return tag("p", text(word("understood", answer.language, question=before)), class_="understood")


def _sections(answer: Answer) -> Iterator[str]:
    """Statements under their headings: each list for itself, then findings, disagreements and caveats in the order given."""
    citations = {citation.number: citation for citation in answer.citations}
    groups = [(kind, number, list(members)) for (kind, number), members in groupby(answer.statements, key=lambda s: (_family(s), s.list))]
    for place, (kind, number, members) in enumerate(groups):
        if kind == "list":
            yield _list(answer, number, members, citations)
        elif kind == "finding":
            heading = tag("h3", text(phrase("further", answer.language))) if place else ""
            yield tag("section", heading + _findings(members, answer.language, citations), class_="findings")
        elif kind == "agreement":
            heading = tag("h3", text(phrase("several", answer.language)))
            yield tag("section", heading + _agreement(members, answer.language, citations), class_="agreement")
        elif kind in ("origin", "disagreement"):
            heading = tag("h3", text(phrase(kind, answer.language)))
            yield tag("section", heading + "".join(_clash(s, answer.language, citations) for s in members), class_="clashes")
        else:
            yield from (_caveat(s, answer.language, citations) for s in members)


def _family(statement: Statement) -> str:
    return "list" if statement.kind in ("lead", "factor") else statement.kind


def _list(answer: Answer, number: int | None, members: Sequence[Statement], citations: Mapping[int, Citation]) -> str:
    """A list under a header that names its work and says how many of its items are given."""
    language = answer.language
    cited = [citations[n] for statement in members for n in statement.citations]
    title = text(word("list_of", language, who=who(cited[0], language))) if cited else ""
    if number is not None and number < len(answer.lists):
        given = answer.lists[number]
        count = word("items", language, given=given.items_given, total=given.items_total)
        title += " " + tag("span", text(count), class_="count", data_whole=str(given.items_given == given.items_total).lower())
    work = tag("p", text(cited[0].reference), class_="reference", lang=cited[0].language) if cited else ""
    leads = "".join(tag("p", _said(s, language, citations), class_="lead") for s in members if s.kind == "lead")
    items = "".join(tag("li", _said(s, language, citations, label=True), class_="factor") for s in members if s.kind == "factor")
    notes = "".join(_notes(s) for s in members)
    return tag("section", tag("h3", title) + work + leads + tag("ol", items, class_="factors") + notes, class_="list")


def _findings(members: Sequence[Statement], language: str, citations: Mapping[int, Citation]) -> str:
    """Findings, those of one work that follow each other under its name."""
    parts, before = [], ""
    for statement in members:
        cited = [citations[number] for number in statement.citations]
        # Only a quotation bears a name: a sentence of a language model is its own, its quotations are behind the numbers.
        name = who(cited[0], language) if len(cited) == 1 and statement.text == cited[0].quote else ""
        if name and name != before:
            parts.append(tag("p", text(name), class_="who"))
        before = name
        parts.append(tag("p", _said(statement, language, citations), class_="finding") + _notes(statement))
    return "".join(parts)


def _agreement(members: Sequence[Statement], language: str, citations: Mapping[int, Citation]) -> str:
    """What several works ask for: the words of the first, how many works, and each of them with its citation."""
    items = []
    for statement in members:
        cited = [citations[number] for number in statement.citations]
        count = tag("span", text(statement.note or ""), class_="count")
        works = ", ".join(text(who(citation, language)) + NO_BREAK + _chip(citation, language) for citation in cited)
        said = _quoted(statement.text, cited[0], language, label=True)
        items.append(tag("li", said + " " + count + tag("p", works, class_="reference"), class_="shared"))
    return tag("ul", "".join(items), class_="shared-factors")


def _clash(statement: Statement, language: str, citations: Mapping[int, Citation]) -> str:
    """A disagreement: its sides next to each other, each in its own words."""
    sides = []
    for place, number in enumerate(statement.citations):
        citation = citations[number]
        side = word("other_side" if place else "one_side", language)
        head = tag("p", tag("span", text(side), class_="out-of-sight") + " " + text(who(citation, language)), class_="who")
        quote = _quoted(citation.quote, citation, language) + NO_BREAK + _chip(citation, language)
        sides.append(tag("div", head + tag("p", quote), class_="side"))
    return tag("div", "".join(sides), class_="clash")


def _caveat(statement: Statement, language: str, citations: Mapping[int, Citation]) -> str:
    label = tag("span", text(word("caveat", language)), class_="who")
    return tag("p", label + " " + _said(statement, language, citations), class_="caveat")


def _said(statement: Statement, language: str, citations: Mapping[int, Citation], *, label: bool = False) -> str:
    """The text of a statement with its badges and citations."""
    cited = [citations[number] for number in statement.citations]
    content = _quoted(statement.text, cited[0], language, label=label) if cited else text(statement.text)
    return NO_BREAK.join([content, *(_chip(citation, language) for citation in cited)])


def _quoted(said: str, citation: Citation, language: str, *, label: bool = False) -> str:
    """Text with a label at its head made bold, marked where it is in another language than the answer or was not checked."""
    found = _LABEL.match(said) if label else None
    head = found.end() if found else 0
    content = (tag("b", text(said[:head])) if head else "") + _with_badges(said[head:], language)
    content = tag("span", content, lang=citation.language if citation.language != language else None, class_="said")
    if citation.language != language:
        name = phrase("de" if citation.language == "de" else "en", language)
        note = phrase("other_language", language, original=name)
        content += " " + tag("span", text(name), class_="badge language", title=note)
    if citation.reported and not _REPORTED.search(said):
        content += " " + _reported(word("reported", language), language)
    return content


def _with_badges(said: str, language: str) -> str:
    """Text in which its own words "(reported, not checked)" are made a badge."""
    pieces = _REPORTED.split(said)
    return "".join(_reported(piece, language) if place % 2 else text(piece) for place, piece in enumerate(pieces))


def _reported(content: str, language: str) -> str:
    return tag("span", text(content), class_="badge reported", title=word("reported_why", language))


def _notes(statement: Statement) -> str:
    return tag("p", text(statement.note), class_="note") if statement.note else ""


def _chip(citation: Citation, language: str) -> str:
    """The number of a citation as a link to the place in the document; works without our script as well."""
    name = who(citation, language)
    page = f", {phrase('page', language, page=citation.page)}" if citation.page else ""
    return tag(
        "a", text(citation.number), class_="citation", href=_address(citation), data_number=citation.number, data_page=citation.page,
        aria_label=word("citation", language, number=citation.number, who=name) + page, title=f"{name}{page}",
    )  # fmt: skip


def _address(citation: Citation) -> str:
    return link(citation.sha256, Span(citation.start, citation.end))


def _refusal(answer: Answer) -> str:
    """What the text of a refusal says, the nearest passages as links under it."""
    language = answer.language
    paragraphs = [line for line in answer.text.split("\n") if line and not line.startswith("- ")]
    head = tag("p", text(paragraphs[0]), class_="verdict") if paragraphs else ""
    body = "".join(tag("p", text(line)) for line in paragraphs[1:] if line != phrase("related", language))
    nearest = "".join(tag("li", _nearest(citation, language)) for citation in answer.nearest)
    return head + body + (tag("ul", nearest, class_="nearest", role="list") if nearest else "")


def _nearest(citation: Citation, language: str) -> str:
    snippet = " ".join(citation.quote.split())
    if len(snippet) > _SNIPPET:
        snippet = snippet[:_SNIPPET].rsplit(" ", 1)[0] + " …"
    name = text(who(citation, language)) + (tag("span", text(citation.section), class_="section") if citation.section else "")
    label = word("nearest", language, number=citation.number, who=who(citation, language))
    anchor = tag(
        "a", name, class_="citation near", href=_address(citation), data_number=citation.number, data_page=citation.page, aria_label=label
    )
    return anchor + tag("span", text(snippet), class_="snippet", lang=citation.language)


def _foot(answer: Answer, verdicts: Sequence[Verdict]) -> str:
    """What stands small under an answer: sources, the check of its quotations, who put it together and how long it took."""
    language = answer.language
    engine = word("extractive", language) if answer.engine == "extractive" else word("model", language, name=answer.engine)
    seconds = f"{answer.seconds:.1f}" if answer.seconds >= 0.1 else f"{answer.seconds:.2f}"
    facts = [engine, word("seconds", language, seconds=seconds.replace(".", "," if language == "de" else "."))]
    if answer.dropped:
        facts.append(word("dropped", language, n=answer.dropped))
    if verdicts:
        facts.insert(0, word("checked", language, found=sum(verdict == "found" for verdict in verdicts), total=len(verdicts)))
    small = tag("p", " ".join(tag("span", text(fact)) for fact in facts), class_="made-by")
    notice = tag("p", text(answer.notice), class_="notice", role="status") if answer.notice else ""
    return notice + _related(answer) + tag("footer", _sources(answer) + small + (_copy(answer) if answer.citations else ""))


def _related(answer: Answer) -> str:
    """Questions that the library answers, as buttons that ask them."""
    asks = "".join(tag("li", tag("button", text(ask), type="button", class_="example")) for ask in answer.related)
    heading = tag("h3", text(word("related", answer.language)))
    return tag("div", heading + tag("ul", asks, class_="examples", role="list"), class_="related") if asks else ""


def _sources(answer: Answer) -> str:
    """The references of an answer, each once, with the numbers of its quotations."""
    if not answer.citations:
        return ""
    references: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        references.setdefault(citation.reference, []).append(citation)
    works = len({citation.work for citation in answer.citations})
    summary = word("sources", answer.language, works=works, quotations=len(answer.citations))
    lines = "".join(
        tag("li", tag("span", text(name), lang=cited[0].language) + " " + " ".join(_chip(c, answer.language) for c in cited))
        for name, cited in references.items()
    )
    return tag("details", tag("summary", text(summary)) + tag("ul", lines, role="list"), class_="sources")


def _copy(answer: Answer) -> str:
    lines = [f"[{citation.number}] {citation.reference}" for citation in answer.citations]
    content = "\n".join([answer.question, "", answer.text, *([""] if lines else []), *lines])
    return tag("button", text(word("copy", answer.language)), type="button", class_="copy", data_copy=content)
