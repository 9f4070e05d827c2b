"""Answer → escaped HTML, part by part as it is given: remarks, a comparison, lists, findings, disagreements, caveats, or a refusal."""

from __future__ import annotations

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
from advisor.surfaces.web.quoting import NO_BREAK, against, agreeing, notes, quoted, said
from advisor.surfaces.web.sides import compared, comparison
from advisor.surfaces.wording import word
from advisor.topics import TOPICS

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
        body = "".join([_strength(answer), _understood(answer, asked), above, _remarks(answer), _uncovered(answer), *_sections(answer)])
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


def _remarks(answer: Answer) -> str:
    """What a reader must know before the answer; a refusal says it in its own text."""
    sentences = "".join(tag("p", text(remark)) for remark in answer.remarks)
    return tag("div", sentences, class_="remarks", role="note", aria_label=word("remarks", answer.language)) if sentences else ""


def _uncovered(answer: Answer) -> str:
    """The parts of the question that the library does not answer."""
    parts = "".join(tag("li", text(part)) for part in answer.uncovered)
    heading = tag("h3", text(word("uncovered", answer.language)))
    return tag("div", heading + tag("ul", parts), class_="uncovered") if parts else ""


def _understood(answer: Answer, asked: str) -> str:
    if not answer.question.endswith(asked) or answer.question == asked:
        return ""
    before = answer.question.removesuffix(asked).strip()
    return tag("p", text(word("understood", answer.language, question=before)), class_="understood")


def _sections(answer: Answer) -> Iterator[str]:
    """Statements under their headings: each list for itself, then findings, disagreements and caveats in the order given."""
    citations = {citation.number: citation for citation in answer.citations}
    shown = compared(answer)
    if answer.comparison:
        yield comparison(answer, citations)
    alone = [statement for place, statement in enumerate(answer.statements) if place not in shown]
    groups = [(kind, number, list(members)) for (kind, number), members in groupby(alone, key=lambda s: (_family(s), s.list))]
    for place, (kind, number, members) in enumerate(groups):
        if kind == "list":
            yield _list(answer, number, members, citations)
        elif kind == "finding":
            heading = tag("h3", text(phrase("further", answer.language))) if place or shown else ""
            yield tag("section", heading + _findings(members, answer.language, citations), class_="findings")
        elif kind == "agreement":
            heading = tag("h3", text(phrase("several", answer.language)))
            yield tag("section", heading + _agreement(members, answer.language, citations), class_="agreement")
        elif kind == "basis":
            heading = tag("h3", text(phrase("basis", answer.language)))
            yield tag("section", heading + _findings(members, answer.language, citations), class_="findings basis")
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
        whole = given.items_given + len(given.left_out) == given.items_total
        title += " " + tag("span", text(count), class_="count", data_whole=str(whole).lower())
    work = tag("p", text(cited[0].reference), class_="reference", lang=cited[0].language) if cited else ""
    leads = "".join(tag("p", said(s, language, citations), class_="lead") for s in members if s.kind == "lead")
    items = "".join(tag("li", _factor(s, language, citations), class_="factor") for s in members if s.kind == "factor")
    below = "".join(notes(s) for s in members) + _left_out(answer, number, cited)
    return tag("section", tag("h3", title) + work + leads + tag("ol", items, class_="factors") + below, class_="list")


def _factor(statement: Statement, language: str, citations: Mapping[int, Citation]) -> str:
    """An item of a list, marked where no other of the lists has it."""
    mark = " " + tag("span", text(word("sole", language)), class_="badge sole", title=word("sole_why", language)) if statement.sole else ""
    return said(statement, language, citations, label=True) + mark + against(statement, language, citations)


def _left_out(answer: Answer, number: int | None, cited: Sequence[Citation]) -> str:
    """The items of a list that are not given because the question left them out."""
    given = answer.lists[number] if number is not None and number < len(answer.lists) else None
    if not given or not given.left_out or not cited:
        return ""
    items = "; ".join(given.left_out)
    return tag("p", text(phrase("left_out", answer.language, who=who(cited[0], answer.language), items=items)), class_="note left-out")


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
        below = notes(statement) + against(statement, language, citations)
        parts.append(tag("p", said(statement, language, citations), class_="finding") + below)
    return "".join(parts)


def _agreement(members: Sequence[Statement], language: str, citations: Mapping[int, Citation]) -> str:
    """What several works ask for: the words of the first, how many works, and each of them with its citation."""
    items = []
    for statement in members:
        cited = [citations[number] for number in agreeing(statement)]
        count = tag("span", text(statement.note or ""), class_="count")
        works = ", ".join(text(who(citation, language)) + NO_BREAK + chip(citation, language) for citation in cited)
        words = quoted(statement.text, citations[statement.citations[0]], language, label=True)
        named = tag("p", works, class_="reference") + against(statement, language, citations)
        items.append(tag("li", words + " " + count + named, class_="shared"))
    return tag("ul", "".join(items), class_="shared-factors")


def _clash(statement: Statement, language: str, citations: Mapping[int, Citation]) -> str:
    """A disagreement: its sides next to each other, each in its own words; above them the sentence of a language model that tells it."""
    sides = []
    told = statement.text != " — ".join(citations[number].quote for number in statement.citations)
    sentence = tag("p", said(statement, language, citations), class_="finding") if told and statement.text.strip("…— ") else ""
    for place, number in enumerate(statement.citations):
        citation = citations[number]
        side = word("other_side" if place else "one_side", language)
        head = tag("p", tag("span", text(side), class_="out-of-sight") + " " + text(who(citation, language)), class_="who")
        quote = quoted(citation.quote, citation, language) + NO_BREAK + chip(citation, language)
        sides.append(tag("div", head + tag("p", quote), class_="side"))
    return sentence + tag("div", "".join(sides), class_="clash")


def _caveat(statement: Statement, language: str, citations: Mapping[int, Citation]) -> str:
    label = tag("span", text(word("caveat", language)), class_="who")
    return tag("p", label + " " + said(statement, language, citations), class_="caveat")


def _refusal(answer: Answer) -> str:
    """What the text of a refusal says, the nearest passages as links under it."""
    language = answer.language
    paragraphs = [line for line in answer.text.split("\n") if line and not line.startswith("- ")]
    head = tag("p", text(paragraphs[0]), class_="verdict") if paragraphs else ""
    body = "".join(tag("p", text(line)) for line in paragraphs[1:] if line != phrase("related", language))
    nearest = "".join(tag("li", near(citation, language)) for citation in answer.nearest)
    return head + body + (tag("ul", nearest, class_="nearest", role="list") if nearest else "")
