"""What stands below an answer: what was left out, questions to go on with, sources, the check of the quotations, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence

from advisor.answer.schema import Answer
from advisor.citations import Citation, Verdict
from advisor.feedback import LONGEST_REASON
from advisor.surfaces.web.chips import chip, who
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.wording import count, word

REASONS = ("reason_other_question", "reason_quotation", "reason_missing", "reason_long")


def foot(answer: Answer, verdicts: Sequence[Verdict], *, again: bool = False) -> str:
    """All of it; `verdicts` are those of the citations, `again` says that the answer was given before and is shown once more."""
    small = tag("p", " ".join(tag("span", text(fact)) for fact in _facts(answer, verdicts, again)), class_="made-by")
    return _dropped(answer) + _notice(answer) + _related(answer) + tag("footer", _sources(answer) + small + _actions(answer))


def _facts(answer: Answer, verdicts: Sequence[Verdict], again: bool) -> list[str]:
    """Small print: how many quotations were found, who put the answer together, how long it took."""
    language = answer.language
    seconds = f"{answer.seconds:.1f}" if answer.seconds >= 0.1 else f"{answer.seconds:.2f}"
    facts = [word("extractive", language) if answer.engine == "extractive" else word("model", language, name=answer.engine)]
    if not again:
        facts.append(word("seconds", language, seconds=seconds.replace(".", "," if language == "de" else ".")))
    if verdicts:
        facts.insert(0, count("checked", len(verdicts), language, found=sum(verdict == "found" for verdict in verdicts)))
    return facts


def _dropped(answer: Answer) -> str:
    """That sentences of a language model were left out, and why."""
    if not answer.dropped:
        return ""
    said = word("dropped_one" if answer.dropped == 1 else "dropped_many", answer.language, n=answer.dropped)
    return tag("details", tag("summary", text(said)) + tag("p", text(word("dropped_why", answer.language))), class_="dropped")


def _notice(answer: Answer) -> str:
    return tag("p", text(answer.notice), class_="notice") if answer.notice else ""


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
        tag("li", tag("span", text(name), lang=cited[0].language) + " " + " ".join(chip(c, answer.language) for c in cited))
        for name, cited in references.items()
    )
    return tag("details", tag("summary", text(summary)) + tag("ul", lines, role="list"), class_="sources")


def _actions(answer: Answer) -> str:
    """Copy, link, export, ask again, thumbs, and the reason for a thumb."""
    language = answer.language

    def button(name: str, **more: object) -> str:
        label = word(name, language)
        return tag("button", tag("span", text(label)), type="button", class_=f"act {name}", title=label, **more)

    copying = button("copy", data_copy=_plain(answer)) if answer.citations else ""
    thumbs = button("up", aria_pressed="false") + button("down", aria_pressed="false")
    group = tag("span", thumbs, class_="thumbs", role="group", aria_label=word("vote", language))
    exporting = button("export", aria_haspopup="dialog")
    return tag("div", copying + button("share") + exporting + button("again") + group, class_="actions") + _reasons(language)


def _reasons(language: str) -> str:
    """The form that asks for the reason of a thumb; the suggestions belong to the thumb down."""
    choices = "".join(
        tag("label", '<input type="checkbox" value="' + text(word(name, language)) + '">' + tag("span", text(word(name, language))))
        for name in REASONS
    )
    field = tag(
        "label",
        tag("span", text(word("reason_words", language)))
        + tag("textarea", "", name="words", rows=2, maxlength=LONGEST_REASON),
    )  # fmt: skip
    buttons = tag("button", text(word("reason_send", language)), type="submit", class_="primary") + tag(
        "button", text(word("reason_skip", language)), type="button", class_="skip-reason"
    )
    said = tag("p", "", class_="thanks", role="status")
    legend = tag("legend", text(word("reason", language)))
    fields = tag("fieldset", legend + tag("div", choices, class_="choices") + field)
    return tag("form", fields + tag("div", buttons), class_="reasons", hidden=True) + said


def _plain(answer: Answer) -> str:
    """The answer as text with its references, for the clipboard."""
    lines = [f"[{citation.number}] {citation.reference}" for citation in answer.citations]
    return "\n".join([answer.question, "", answer.text, *([""] if lines else []), *lines])


def recheck(answer: Answer, verdicts: Sequence[Verdict], since: str) -> str:
    """What became of the quotations of an answer that was given before; nothing where all is as it was. `since` is the date it was shared
    on, where the library has changed after it."""
    language = answer.language
    gone = [(citation, verdict) for citation, verdict in zip(answer.citations, verdicts, strict=False) if verdict != "found"]
    if not gone and not since:
        return ""
    total = len(answer.citations)
    said = word("recheck_since", language, date=since) + " " if since else ""
    said += count("recheck", total, language, found=total - len(gone))
    lines = "".join(
        tag("li", chip(citation, language) + " " + text(f"{who(citation, language)}: {word(f'verdict_{verdict}', language)}"))
        for citation, verdict in gone
    )
    content = tag("p", text(said)) + (tag("ul", lines, role="list") if lines else "")
    return tag("div", content, class_="recheck", data_whole=str(not gone).lower())
