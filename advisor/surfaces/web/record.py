"""One document of the library: its line in the list, its report card, its work's data, and what can be done with it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from fastapi import Request

from advisor.documents import workdata
from advisor.documents.model import Work
from advisor.index import Entry, Holding
from advisor.surfaces.web.jobs import Job
from advisor.surfaces.web.markup import tag, text, void
from advisor.surfaces.web.progress import status
from advisor.surfaces.web.visitors import form_field
from advisor.surfaces.wording import count, word
from advisor.sync import UPLOADED

THIN = 80  # characters; a page with fewer is pointed out
SHOWN_PAGES = 300  # pages of which the report card draws the text


def number_of(entry: Entry) -> str:
    """The name of a file in addresses, which tells nothing of where it lies."""
    return sha256(f"{entry.owner}\0{entry.source}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def refusal(notice: str, language: str) -> str:
    """Why something was not done; nothing where nothing was refused."""
    if not notice:
        return ""
    return tag(
        "div",
        tag("p", text(word("refused", language))) + tag("p", text(notice), class_="detail", lang="en"),
        class_="notice bad",
        role="alert",
    )


def row(one: Holding, language: str) -> str:
    """The line of the list."""
    work = one.work
    title = tag("a", text(work.title if work else one.entry.source), href=f"/documents/{number_of(one.entry)}")
    by = text(", ".join(work.authors)) if work and work.authors else ""
    about = tag("span", by, class_="by") + tag("span", text(one.entry.source), class_="file") + _badges(one, language)
    cells = [
        ("language", one.language.upper()),
        ("year", work.year if work and work.year else "–"),
        ("pages_number", len(one.pages) or "–"),
        ("passages", one.passages),
        ("factors", one.factors),
    ]
    named = "".join(tag("td", text(value), data_label=word(f"column_{name}", language), class_="number") for name, value in cells)
    verdict = tag("td", _verdict(one, language), data_label=word("column_report", language))
    return tag("tr", tag("th", title + about, scope="row") + named + verdict)


def _badges(one: Holding, language: str) -> str:
    badges = tag("span", text(word("uploaded", language)), class_="badge original") if one.entry.owner == UPLOADED else ""
    if one.work and one.work.digest:
        badges += tag("span", text(word("digest", language)), class_="badge")
    return badges


def _verdict(one: Holding, language: str) -> str:
    """How well the file could be read, in a few words."""
    if one.entry.state != "indexed":
        return tag("span", text(word("report_failed", language)), class_="badge failed") + tag(
            "span", text(one.entry.reason or ""), class_="reason", lang="en"
        )
    empty, warnings = len(one.extraction.pages_without_text), len(one.extraction.warnings)
    said = [word("report_empty", language, number=empty)] if empty else []
    said += [word("report_warnings", language, number=warnings)] if warnings else []
    missing = [word(f"field_{name}", language) for name in one.work.missing] if one.work else []
    good = "" if said else tag("span", text(word("report_good", language)), class_="badge good")
    bad = "".join(tag("span", text(part), class_="badge reported") for part in said)
    return good + bad + (tag("span", text(word("report_missing", language, names=", ".join(missing))), class_="soft") if missing else "")


def page(request: Request, one: Holding, job: Job | None, language: str, *, editable: bool, notice: str) -> str:
    """The screen of one document."""
    work = one.work
    back = tag("nav", tag("a", "‹ " + text(word("screen_documents", language)), href="/documents"), aria_label=word("to_library", language))
    head = tag("h1", text(work.title if work else one.entry.source)) + tag(
        "p", _badges(one, language) + tag("span", text(one.entry.source), class_="file")
    )
    busy = job is not None and job.state == "running"
    return "".join(
        (
            back, head, refusal(notice, language),
            status(job, language) if busy else "",
            tag("section", _report(one, language), aria_labelledby="report-title"),
            tag("section", _data(request, one, work, language, editable=editable, busy=busy), aria_labelledby="data-title") if work else "",
            tag("section", _ways(request, one, language, busy=busy), aria_labelledby="ways-title"),
        )
    )  # fmt: skip


def _report(one: Holding, language: str) -> str:
    head = tag("h2", text(word("report", language)), id="report-title")
    if one.entry.state != "indexed" or one.work is None:
        said = tag("p", text(word("report_failed_why", language)))
        return head + tag("div", said + tag("p", text(one.entry.reason or ""), class_="detail", lang="en"), class_="notice bad")
    extraction = one.extraction
    facts = {
        "format": one.media_type,
        "text_language": word(one.language, language) if one.language in ("de", "en") else one.language,
        "characters": f"{one.characters:,}" if language == "en" else f"{one.characters:,}".replace(",", "."),
        "passages": one.passages,
        "factors": one.factors,
        "encoding": extraction.encoding or word("encoding_own", language),
        "hyphens": extraction.hyphens_repaired,
        "lines_dropped": len(extraction.lines_dropped),
        "empty_pages": ", ".join(word("page_label", language, label=label) for label in extraction.pages_without_text)
        or word("none", language),
        "sha256": one.entry.sha256,
    }
    lines = "".join(tag("div", tag("dt", text(word(f"fact_{name}", language))) + tag("dd", text(value))) for name, value in facts.items())
    warnings = "".join(tag("li", text(warning)) for warning in extraction.warnings)
    said = tag("div", tag("h3", text(word("warnings", language))) + tag("ul", warnings, lang="en"), class_="notice") if warnings else ""
    read = tag("p", tag("a", text(word("open_whole", language)), href=f"/read/{one.entry.sha256}"))
    return head + said + tag("dl", lines, class_="facts wide") + _page_texts(one, language) + read


def _page_texts(one: Holding, language: str) -> str:
    """How much text each page gave; a page with next to none is likely a scan or a picture."""
    if not one.pages:
        return ""
    most = max(characters for _, characters in one.text_per_page) or 1
    lines = "".join(
        tag("li",
            tag("span", text(word("page_label", language, label=label or number)), class_="label")
            + tag("meter", "", min=0, max=most, value=characters, aria_hidden="true")
            + tag("span", text(count("characters", characters, language) if characters else word("page_empty", language)), class_="count"),
            class_="thin" if characters < THIN else None)
        for number, (label, characters) in enumerate(one.text_per_page[:SHOWN_PAGES], 1)
    )  # fmt: skip
    thin = sum(characters < THIN for _, characters in one.text_per_page)
    said = _summed(thin, len(one.pages), language)
    more = tag("p", text(word("more", language, number=len(one.pages) - SHOWN_PAGES))) if len(one.pages) > SHOWN_PAGES else ""
    summary = tag("summary", text(word("text_per_page", language)) + ": " + text(said))
    return tag("details", summary + tag("ol", lines, class_="page-texts") + more, open=bool(thin), class_="per-page")


def _summed(thin: int, pages: int, language: str) -> str:
    """How many of the pages hold text, in a sentence."""
    if not thin:
        return count("pages_good", pages, language)
    return word("page_thin", language) if pages == 1 else count("pages_thin", thin, language, total=pages)


def values_of(one: Holding) -> dict[str, str]:
    """The work's data as the fields of the form hold them."""
    work = one.work
    if work is None:
        return {}
    named = {name: str(getattr(work, name) or "") for name in workdata.FIELDS if name not in ("authors", "language", "work", "digest")}
    return named | {"authors": "\n".join(work.authors), "language": one.language, "work": work.key, "digest": "yes" if work.digest else ""}


def edited(one: Holding, given: Mapping[str, str]) -> dict[str, object]:
    """What the form changes, as it is written down: an emptied field becomes "not established"."""
    before = values_of(one)
    changed: dict[str, object] = {}
    for name in workdata.FIELDS:
        value = given.get(name, "").replace("\r\n", "\n").strip()
        if value == before.get(name, "").strip():
            continue
        if name == "authors":
            changed[name] = [line.strip() for line in value.split("\n") if line.strip()]
        elif name == "digest":
            changed[name] = value == "yes"
        elif name == "year" and re.fullmatch(r"-?\d{1,4}", value):
            changed[name] = int(value)
        else:
            changed[name] = value or None
    return changed


def _data(request: Request, one: Holding, work: Work, language: str, *, editable: bool, busy: bool) -> str:
    head = tag("h2", text(word("data", language)), id="data-title")
    where = text(word("data_why" if editable else "data_fixed", language, file=Path(one.entry.source).name + ".yaml"))
    values = values_of(one)
    fields = "".join(_field(name, values[name], work, language, editable=editable) for name in workdata.FIELDS)
    save = tag("button", text(word("save", language)), class_="main", disabled=busy, data_busy=busy) if editable else ""
    action = f"/documents/{number_of(one.entry)}/data"
    return (
        head
        + tag("p", where, class_="soft")
        + tag("form", form_field(request) + fields + save, method="post", action=action, class_="data")
    )


def _field(name: str, value: str, work: Work, language: str, *, editable: bool) -> str:
    label = text(word(f"field_{name}", language))
    absent = tag("span", text(word("field_missing", language)), class_="badge reported") if name in work.missing else ""
    common = {"id": name, "name": name, "disabled": not editable}
    if name == "digest":
        box = void("input", type="checkbox", value="yes", checked=bool(value), **common)
        return tag("div", box + tag("label", label, for_=name), class_="check")
    if name == "authors":
        control = tag("textarea", text(value), rows=max(2, value.count("\n") + 1), aria_describedby="authors-hint", **common)
        control += tag("span", text(word("authors_hint", language)), id="authors-hint", class_="soft")
    else:
        control = void("input", type="text", value=value, maxlength=500, required=name == "title", **common)
    return tag("div", tag("div", tag("label", label, for_=name) + absent, class_="named") + control)


def _ways(request: Request, one: Holding, language: str, *, busy: bool) -> str:
    head = tag("h2", text(word("ways", language)), id="ways-title")
    uploaded = one.entry.owner == UPLOADED

    def way(action: str, why: str) -> str:
        button = tag("button", text(word(action, language)), disabled=busy, data_busy=busy, class_="danger" if action == "remove" else None)
        form = tag("form", form_field(request) + button, method="post", action=f"/documents/{number_of(one.entry)}/{action}")
        return tag("div", form + tag("p", text(word(why, language)), class_="soft"), class_="way")

    return head + way("read_again", "again_why") + way("remove", "remove_upload" if uploaded else "remove_folder")
