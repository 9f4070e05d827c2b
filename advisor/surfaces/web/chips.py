"""The numbers of citations as links to the places in the documents; they work without our script as well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from advisor.answer.phrases import phrase
from advisor.citations import Citation, Verdict, short_name
from advisor.documents.model import Work
from advisor.surfaces.web.evidence import link
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.wording import word
from advisor.text import Span

_SNIPPET = 180  # characters of a nearest passage that are shown


@dataclass(frozen=True, slots=True)
class Checked(Citation):
    """A citation of which it is known whether its quotation still stands where it says."""

    verdict: Verdict = "found"


def checked(citations: Sequence[Citation], verdicts: Sequence[Verdict]) -> tuple[Citation, ...]:
    """Citations with their verdicts; those without one stay as they are."""
    with_verdict = [
        Checked(**{field.name: getattr(citation, field.name) for field in fields(Citation)}, verdict=verdict)
        for citation, verdict in zip(citations, verdicts, strict=False)
    ]
    return (*with_verdict, *citations[len(with_verdict) :])


def verdict_of(citation: Citation) -> Verdict:
    """The verdict of a citation; "found" where nobody has looked."""
    return citation.verdict if isinstance(citation, Checked) else "found"


def who(citation: Citation, language: str) -> str:
    """How a sentence names the work of a citation, such as "Wilson et al. (2011)"."""
    return short_name(Work(citation.work, citation.title, citation.authors, citation.year), language)


def chip(citation: Citation, language: str) -> str:
    """The number of a citation as a link; its name says what stands behind it, and where its quotation is not found any more."""
    verdict = verdict_of(citation)
    name = who(citation, language)
    said = name + (f", {phrase('page', language, page=citation.page)}" if citation.page else "")
    said += "" if verdict == "found" else f" – {word(f'verdict_{verdict}', language)}"
    return tag(
        "a", text(citation.number), class_="citation", href=_address(citation), data_number=citation.number, data_page=citation.page,
        data_verdict=None if verdict == "found" else verdict,
        aria_label=word("citation", language, number=citation.number, who=said), title=said,
    )  # fmt: skip


def near(citation: Citation, language: str) -> str:
    """A nearest passage, which does not answer: its work and section as a link, and how it begins."""
    snippet = " ".join(citation.quote.split())
    if len(snippet) > _SNIPPET:
        snippet = snippet[:_SNIPPET].rsplit(" ", 1)[0] + " …"
    name = text(who(citation, language)) + (tag("span", text(citation.section), class_="section") if citation.section else "")
    label = word("nearest", language, number=citation.number, who=who(citation, language))
    anchor = tag(
        "a", name, class_="citation near", href=_address(citation), data_number=citation.number, data_page=citation.page, aria_label=label
    )
    return anchor + tag("span", text(snippet), class_="snippet", lang=citation.language)


def _address(citation: Citation) -> str:
    return link(citation.sha256, Span(citation.start, citation.end))
