"""Verbatim citations: made from spans, checked against the stored text, printed as references."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from advisor.documents.model import Document, Work
from advisor.text import Span


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation that can be checked: `quote` is the slice [start:end) of the text of the document with that sha256."""

    number: int
    quote: str
    document: str
    sha256: str
    work: str
    title: str
    authors: tuple[str, ...]
    year: int | None
    page: str | None
    section: str
    language: str
    start: int
    end: int
    reference: str
    digest: bool
    reported: bool


Verdict = Literal["found", "changed", "moved", "missing"]

_REPORTED = re.compile(r"\((?:reported, not checked|berichtet, nicht geprüft)\)")


def cite(number: int, document: Document, span: Span, section: str, after: Mapping[str, str] | None = None) -> Citation:
    """The citation of a span; `after` names works by their keys, for those that are quoted after another."""
    work = document.work
    quote = span.of(document.text)
    return Citation(
        number, quote, document.source, document.sha256, work.key, work.title, work.authors, work.year,
        document.page_label(span) or work.pages, section, document.language, span.start, span.end,
        reference(work, document.language, after or {}), work.digest, is_reported(quote),
    )  # fmt: skip


def is_reported(text: str) -> bool:
    """True where the text itself says that it was reported and not checked."""
    return bool(_REPORTED.search(text))


def verify(citation: Citation, documents: Mapping[str, Document]) -> Verdict:
    """Whether a quotation stands where it says: "found"; "moved" elsewhere in the same document; "changed" where the document of that
    name has other bytes now and no longer holds it; "missing" where there is no such document. `documents` is keyed by sha256."""
    same = documents.get(citation.sha256)
    if same is not None:
        if same.text[citation.start : citation.end] == citation.quote:
            return "found"
        return "moved" if citation.quote and citation.quote in same.text else "changed"
    named = [document for document in documents.values() if document.source == citation.document]
    if not named:
        return "missing"
    return "moved" if citation.quote and any(citation.quote in document.text for document in named) else "changed"


def short_name(work: Work, language: str) -> str:
    """How a sentence names a work: "Wilson et al. (2011)", "Speck (2014)"; without a year "Frank"."""
    names = [surname(name) for name in work.authors] or [work.title]
    joined = names[0] if len(names) == 1 else f"{names[0]} {'und' if language == 'de' else 'and'} {names[1]}"
    if len(names) > 2:
        joined = f"{names[0]} et al."
    return f"{joined} ({work.year})" if work.year else joined


def short_names(works: Iterable[Work], language: str) -> dict[str, str]:
    """How a sentence names each of these works, by key."""
    return {work.key: short_name(work, language) for work in works}


def surname(name: str) -> str:
    """The last word of a person's name with its particles; a body ("Altimeter Group", "Bitkom") is kept whole."""
    words = name.split()
    if is_body(name):
        return name
    start = len(words) - 1
    while start > 1 and words[start - 1].lower() in _PARTICLES:
        start -= 1
    return " ".join(words[start:])


def is_body(name: str) -> bool:
    """Whether an author is a body and not a person: "Altimeter Group", or any single word, such as "Bitkom"."""
    return len(name.split()) < 2 or bool(_BODY.search(name))


_PARTICLES = {"von", "van", "vor", "de", "der", "dem", "ter", "zu"}
_BODY = re.compile(r"[/:,&]|\b(?:Group|Research|Institute?|Infratest|Consultants?|GmbH|AG|Inc|Lab|Universit\w+|Verband|Press|Global)\b")


def _ended(title: str) -> str:
    return title if title.endswith(("?", "!", ".")) else title + "."


def reference(work: Work, language: str, after: Mapping[str, str] | None = None) -> str:
    """The bibliographic reference of a work, with where it was quoted after and that a digest is one; `after` names works by key."""
    german = language == "de"
    authors = "; ".join(work.authors)
    when = work.date or (str(work.year) if work.year else ("o. J." if german else "n.d."))
    parts = [f"{authors} ({when}): {_ended(work.title)}" if authors else f"{work.title} ({when})."]
    if work.publication:
        parts.append(work.publication.rstrip(".") + ".")
    if work.pages:
        parts.append(f"{'S.' if german else 'p.'} {work.pages}.")
    if work.doi:
        parts.append(f"DOI {work.doi}.")
    if work.quoted_after:
        parts.append(f"{'Zitiert nach' if german else 'Quoted after'} {(after or {}).get(work.quoted_after, work.quoted_after)}.")
    if work.digest:
        parts.append("Zusammenfassung dieser Bibliothek." if german else "Digest of this library.")
    return " ".join(parts)
