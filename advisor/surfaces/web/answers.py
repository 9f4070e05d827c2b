"""Answer → escaped HTML, part by part as it is given: lists, findings, disagreements, caveats, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from advisor.answer.phrases import phrase
from advisor.answer.schema import Answer, Statement
from advisor.citations import Citation, Verdict
from advisor.filters import Filter
from advisor.surfaces.web.chips import checked, chip, near, who
from advisor.surfaces.web.foot import foot, recheck
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.wording import word
from advisor.topics import TOPICS

_LABEL = re.compile(r"^[^\s:.;!?](?:[^:.;!?\n]{0,48}[^\s:.;!?])?:(?=\s)")  # "Budget:" at the head of a list item
_REPORTED = re.compile(r"(\((?:reported, not checked|berichtet, nicht geprüft)\))")
NO_BREAK = "\u00a0"  # keeps the number of a citation on the line of the last word
STAGES = 24  # in which an answer is given, at most


def stages(answer: Answer, asked: str) -> Iterator[str]:
    """The answer's HTML growing statement by statement, in a long answer by a few at a time."""
    shown = answer.statements
    for count in range(1, len(shown), 1 + len(shown) // STAGES):
        yield render(replace(answer, statements=shown[:count]), asked, last=False)


def render(
    answer: Answer, asked: str, verdicts: Sequence[Verdict] = (), *, last: bool = True, again: bool = False, since: str = "",
    works: Mapping[str, str] | None = None,
) -> str:  # fmt: skip
    """A whole answer to a question as it was asked.

    `verdicts` are those of its citations and then of its nearest passages, `last` adds what stands below an answer. `again` says that it
    was given before, `since` when it was shared, where the library has changed after that. `works` names those in a filter by their keys.
    """
    own = verdicts[: len(answer.citations)]
    answer = replace(answer, citations=checked(answer.citations, own), nearest=checked(answer.nearest, verdicts[len(answer.citations) :]))
    above = (recheck(answer, own, since) if again else "") + _limited(answer.only, answer.language, works or {})
    if answer.outcome == "not_in_corpus":
        body = above + _refusal(answer)
    else:
        body = "".join([_strength(answer), _understood(answer, asked), above, *_sections(answer)])
    return tag("div", body + (foot(answer, own, again=again) if last else ""), class_=f"answer {answer.outcome}", lang=answer.language)


def turn(asked: str, content: str, language: str, *, number: int = 1, busy: bool = False, kept: str | None = None) -> str:
    """One question with what stands under it; `language` is that of the page, `kept` what the browser keeps of a finished turn."""
    heading = tag("h2", tag("span", text(word("asked", language)), class_="out-of-sight") + " " + tag("span", text(asked), class_="words"))
    edit = tag("button", tag("span", text(word("edit", language))), type="button", class_="act edit", title=word("edit", language))
    head = tag("div", heading + ("" if busy else edit), class_="asked")
    return tag("article", head + content, class_="turn", data_turn=number, data_kept=kept, aria_busy="true" if busy else None)


def _limited(only: Filter | None, language: str, works: Mapping[str, str]) -> str:
    """What part of the library was asked, where it was not all of it."""
    if not only:
        return ""
    first, last = only.years
    names = {topic.key: topic.name[language] for topic in TOPICS}
    parts = [names[topic] for topic in only.topics] + [works.get(key, key) for key in only.works]
    if first is not None and last is not None:
        parts.append(f"{first}–{last}" if first != last else str(first))
    elif first is not None or last is not None:
        parts.append(word("years_to", language, year=last) if first is None else word("years_from", language, year=first))
    parts += [word(f"sources_{code}", language) for code in only.languages]
    return tag("p", tag("b", text(word("limited", language))) + " " + text(" · ".join(parts)), class_="limited")


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
        works = ", ".join(text(who(citation, language)) + NO_BREAK + chip(citation, language) for citation in cited)
        said = _quoted(statement.text, cited[0], language, label=True)
        items.append(tag("li", said + " " + count + tag("p", works, class_="reference"), class_="shared"))
    return tag("ul", "".join(items), class_="shared-factors")


def _clash(statement: Statement, language: str, citations: Mapping[int, Citation]) -> str:
    """A disagreement: its sides next to each other, each in its own words; above them the sentence of a language model that tells it."""
    sides = []
    told = statement.text != " — ".join(citations[number].quote for number in statement.citations)
    sentence = tag("p", _said(statement, language, citations), class_="finding") if told and statement.text.strip("…— ") else ""
    for place, number in enumerate(statement.citations):
        citation = citations[number]
        side = word("other_side" if place else "one_side", language)
        head = tag("p", tag("span", text(side), class_="out-of-sight") + " " + text(who(citation, language)), class_="who")
        quote = _quoted(citation.quote, citation, language) + NO_BREAK + chip(citation, language)
        sides.append(tag("div", head + tag("p", quote), class_="side"))
    return sentence + tag("div", "".join(sides), class_="clash")


def _caveat(statement: Statement, language: str, citations: Mapping[int, Citation]) -> str:
    label = tag("span", text(word("caveat", language)), class_="who")
    return tag("p", label + " " + _said(statement, language, citations), class_="caveat")


def _said(statement: Statement, language: str, citations: Mapping[int, Citation], *, label: bool = False) -> str:
    """The text of a statement with its badges and citations."""
    cited = [citations[number] for number in statement.citations]
    content = _quoted(statement.text, cited[0], language, label=label) if cited else text(statement.text)
    return NO_BREAK.join([content, *(chip(citation, language) for citation in cited)])


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


def _refusal(answer: Answer) -> str:
    """What the text of a refusal says, the nearest passages as links under it."""
    language = answer.language
    paragraphs = [line for line in answer.text.split("\n") if line and not line.startswith("- ")]
    head = tag("p", text(paragraphs[0]), class_="verdict") if paragraphs else ""
    body = "".join(tag("p", text(line)) for line in paragraphs[1:] if line != phrase("related", language))
    nearest = "".join(tag("li", near(citation, language)) for citation in answer.nearest)
    return head + body + (tag("ul", nearest, class_="nearest", role="list") if nearest else "")
