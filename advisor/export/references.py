"""References of cited works for reference managers: BibTeX and CSL-JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from advisor.citations import Citation, is_body, surname
from advisor.documents.model import Work

# Kinds of works as the front matter names them → type in BibTeX, type in CSL.
_TYPES: Mapping[str, tuple[str, str]] = {
    "article": ("article", "article"),
    "journal article": ("article", "article-journal"),
    "magazine article": ("article", "article-magazine"),
    "book": ("book", "book"),
    "book chapter": ("incollection", "chapter"),
    "conference paper": ("inproceedings", "paper-conference"),
    "report": ("techreport", "report"),
    "survey": ("techreport", "report"),
    "law": ("misc", "legislation"),
}
_CONTAINER = {
    "article": "journal",
    "incollection": "booktitle",
    "inproceedings": "booktitle",
    "techreport": "institution",
    "book": "publisher",
}
_PUBLISHED = ("book", "report", "survey")
# "Journal of Business Research, 70, 118–126", "Harvard Business Review, 84(3), March 2006", "MIS Quarterly Executive, 9(4), 243–259"
_PUBLICATION = re.compile(r"(?P<name>[^,]+(?:,[^,\d]+)*), (?P<volume>\d+)(?:\s?\((?P<issue>[^)]+)\))?(?:, (?P<rest>.+))?")
_PAGES = re.compile(r"(?:pp?\.\s*|S\.\s*)?(\d+)\s*[–-]+\s*(\d+)")
_SPECIAL = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", **{c: f"\\{c}" for c in "&%$#_{}"}}


def cited_works(citations: Sequence[Citation], works: Mapping[str, Work]) -> list[tuple[Work, Citation]]:
    """Each cited work once, with its first citation, in order; what the library does not tell comes from the citation."""
    first: dict[str, Citation] = {}
    for citation in citations:
        first.setdefault(citation.work, citation)
    return [(works.get(key) or Work(key, c.title, c.authors, c.year, pages=c.page, digest=c.digest), c) for key, c in first.items()]


def _container(work: Work) -> dict[str, str]:
    """Where a work appeared: its name, and volume, issue and pages where the entry says so in the usual form."""
    publication = (work.publication or "").rstrip(".")
    found = _PUBLICATION.fullmatch(publication)
    parts = {"name": publication}
    if found:
        parts = {"name": found["name"], "volume": found["volume"], "issue": found["issue"] or ""}
    if work.kind in _PUBLISHED and ": " in publication:  # "Boston: Harvard Business School Press"
        city, _, publisher = publication.partition(": ")
        parts = {"name": publisher, "city": city}
    pages = _PAGES.search((found["rest"] or "") if found else "")
    stated = f"{pages[1]}–{pages[2]}" if pages else work.pages or ""
    return {name: value for name, value in {**parts, "pages": stated}.items() if value}


def _note(citation: Citation) -> str:
    """Through whom a work is known, and whether it was a digest that was quoted."""
    found = re.search(r"(?:Quoted after|Zitiert nach|Digest of this library|Zusammenfassung dieser Bibliothek)\b.*", citation.reference)
    return found.group() if found else ""


def _keys(cited: Sequence[tuple[Work, Citation]]) -> list[str]:
    """Names for the entries, which both formats can hold, each different."""
    result: list[str] = []
    for work, _ in cited:
        plain = re.sub(r"[^A-Za-z0-9_.:-]+", "_", work.key).strip("_") or "work"
        name, number = plain, 1
        while name in result:
            number += 1
            name = f"{plain}_{number}"
        result.append(name)
    return result


def bibtex(citations: Sequence[Citation], works: Mapping[str, Work]) -> str:
    """The cited works as BibTeX in UTF-8, one entry each."""
    cited = cited_works(citations, works)
    return "\n".join(_entry(key, work, citation) for key, (work, citation) in zip(_keys(cited), cited, strict=True))


def _entry(key: str, work: Work, citation: Citation) -> str:
    kind = _TYPES.get(work.kind or "", ("misc", ""))[0]
    where = _container(work)
    authors = " and ".join(f"{{{_tex(name)}}}" if is_body(name) else _tex(name) for name in work.authors)
    fields = {
        "author": authors,
        "title": f"{{{_tex(work.title)}}}",
        "year": str(work.year) if work.year else "",
        "date": work.date or "",
        _CONTAINER.get(kind, "howpublished"): _tex(where.get("name", "")),
        "address": _tex(where.get("city", "")),
        "volume": where.get("volume", ""),
        "number": _tex(where.get("issue", "")),
        "pages": _tex(where.get("pages", "")).replace("–", "--"),
        "doi": re.sub(r"[{}\\\s]", "", work.doi or ""),
        "url": re.sub(r"[{}\\\s]", "", work.url or ""),
        "langid": {"de": "german", "en": "english"}.get(work.original_language or "", ""),
        "note": _tex(_note(citation)),
    }
    return f"@{kind}{{{key},\n" + "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value) + "}\n"


def _tex(text: str) -> str:
    """Text on one line that TeX shows as it is."""
    return "".join(_SPECIAL.get(c, c) for c in " ".join(text.split()))


def csl(citations: Sequence[Citation], works: Mapping[str, Work]) -> str:
    """The cited works as CSL-JSON, as Zotero and pandoc read it."""
    cited = cited_works(citations, works)
    items = [_item(key, work, citation) for key, (work, citation) in zip(_keys(cited), cited, strict=True)]
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def _item(key: str, work: Work, citation: Citation) -> dict[str, Any]:
    where = _container(work)
    kind = _TYPES.get(work.kind or "", ("", "document"))[1]
    holder = "publisher" if kind in ("book", "report") else "container-title"
    fields: dict[str, Any] = {
        "id": key,
        "type": kind,
        "title": work.title,
        "author": [_person(name) for name in work.authors],
        "issued": _issued(work),
        holder: where.get("name"),
        "publisher-place": where.get("city"),
        "volume": where.get("volume"),
        "issue": where.get("issue"),
        "page": where.get("pages"),
        "DOI": work.doi,
        "URL": work.url,
        "language": work.original_language,
        "note": _note(citation),
    }
    return {name: value for name, value in fields.items() if value}


def _person(name: str) -> dict[str, str]:
    family = surname(name)
    if is_body(name) or family == name:
        return {"literal": name}
    return {"family": family, "given": name.removesuffix(family).strip()}


def _issued(work: Work) -> dict[str, Any] | None:
    parts = [int(part) for part in (work.date or "").split("-") if part.isdigit()] or ([work.year] if work.year else [])
    return {"date-parts": [parts]} if parts else None
