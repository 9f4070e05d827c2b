"""The library as one screen: adding, what would change, the documents, and what readers missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request

from advisor.documents import SUFFIXES
from advisor.errors import AdvisorError
from advisor.feedback import Feedback
from advisor.gaps import Gap
from advisor.index import Counts, Holding
from advisor.surfaces.web import record
from advisor.surfaces.web.jobs import Job
from advisor.surfaces.web.markup import tag, text, void
from advisor.surfaces.web.progress import status
from advisor.surfaces.web.visitors import form_field
from advisor.surfaces.wording import count, word
from advisor.text import fold

PAGE = 50  # documents on one page
MOST = 200  # lines of a list that would go on
FACTORS = 40  # factors that are named for one file


@dataclass(frozen=True, slots=True)
class View:
    """All that the screen shows."""

    held: Sequence[Holding]
    counts: Counts | None
    generation: str | None
    earlier: str | None
    waiting: Sequence[str]
    gaps: Sequence[Gap]
    disliked: Sequence[Feedback]
    job: Job | None
    plan: Job | None
    corpus: Path | None
    limit: int
    notice: str = ""
    query: str = ""
    only: str = ""
    page: int = 1


def page(request: Request, view: View, language: str) -> str:
    """The whole screen."""
    return "".join(
        (
            tag("h1", text(word("screen_documents", language))),
            _summary(view, language),
            record.refusal(view.notice, language),
            _adding(request, view, language),
            tag("section", work(request, view, language), id="work", aria_labelledby="work-title"),
            tag("section", _documents(view, language), id="held", aria_labelledby="held-title"),
            tag("section", _gaps(view.gaps, language), aria_labelledby="gaps-title"),
            tag("section", _disliked(view.disliked, language), aria_labelledby="disliked-title"),
        )
    )


def broken(error: AdvisorError, job: Job | None, language: str) -> str:
    """The screen where the library cannot be read."""
    said = tag("p", text(word("index_failed", language))) + tag("p", text(error), class_="detail", lang="en")
    return tag("h1", text(word("screen_documents", language))) + tag("div", said, class_="notice", role="alert") + status(job, language)


def _summary(view: View, language: str) -> str:
    if view.counts is None or view.generation is None:
        return tag("p", text(word("library_none", language)), class_="soft")
    c = view.counts
    counted = {"documents": c.documents, "of_works": c.works, "with_passages": c.passages, "listed_factors": c.factors}
    said = word("library_sum", language, **{name: count(name, number, language) for name, number in counted.items()})
    return tag("p", text(said), class_="soft")


def _adding(request: Request, view: View, language: str) -> str:
    kinds = ",".join(SUFFIXES)
    hint = word("upload_hint", language, kinds=", ".join(sorted(suffix.removeprefix(".") for suffix in SUFFIXES)), limit=view.limit)
    field = void("input", type="file", id="file", name="file", multiple=True, required=True, accept=kinds, aria_describedby="upload-hint")
    drop = tag(
        "div",
        tag("label", text(word("upload_choose", language)), for_="file", class_="pick")
        + tag("p", text(word("upload_drop", language)), class_="dropping")
        + field
        + tag("p", text(hint), id="upload-hint", class_="soft"),
        class_="drop",
    )
    send = tag("button", text(word("upload_send", language)), class_="send")
    names = ("sending", "reading", "kept", "lost", "large", "replaced", "pages")
    words = {f"data_{name}": word(f"upload_{name}", language, limit=view.limit) for name in names}
    form = tag(
        "form", form_field(request) + drop + send, method="post", action="/documents/upload", enctype="multipart/form-data", id="upload",
        data_limit=view.limit, **words,
    )  # fmt: skip
    sent = tag("ul", "", id="sent", class_="sent", aria_live="polite", aria_label=word("upload_progress", language))
    head = tag("h2", text(word("upload", language)), id="upload-title")
    return tag("section", head + form + sent + _waiting(request, view, language), aria_labelledby="upload-title")


def _waiting(request: Request, view: View, language: str) -> str:
    """Uploads that the library has not read yet."""
    if not view.waiting:
        return tag("div", "", id="waiting")
    lines = "".join(
        tag("li", tag("span", text(name)) + _button(request, "discard", "discard", language, fields={"name": name}, about=name))
        for name in view.waiting[:MOST]
    )
    head = tag("h3", text(word("waiting", language, number=len(view.waiting))))
    return tag(
        "div", head + tag("p", text(word("waiting_why", language)), class_="soft") + tag("ul", lines, class_="waiting"), id="waiting"
    )


def work(request: Request, view: View, language: str) -> str:
    """What runs, what would change, and the ways to let it happen or to go back."""
    running = view.job is not None and view.job.state == "running"
    folders = word("folders_both", language, corpus=view.corpus) if view.corpus else word("folders_uploads", language)
    look = _button(request, "plan", "plan", language, disabled=running, kind="main" if view.waiting and not view.plan else "")
    back = _button(request, "rollback", "rollback", language, disabled=running or view.earlier is None)
    why = word("rollback_to", language, generation=view.earlier) if view.earlier else word("rollback_none", language)
    ways = tag("div", look + back, class_="ways") + tag("p", text(why), class_="soft")
    shown = status(view.job, language)
    head = tag("h2", text(word("changes", language)), id="work-title") + tag("p", text(folders), class_="soft")
    return head + shown + (_plan(request, view.plan, language) if view.plan and not running else "") + ways


def _plan(request: Request, job: Job, language: str) -> str:
    """What would change, file by file, and the button that lets it happen."""
    changes: list[dict[str, Any]] = job.result["changes"]
    if not changes:
        return tag("p", text(word("plan_empty", language)), class_="notice good")
    numbers = {kind: sum(change["kind"] == kind for change in changes) for kind in ("added", "changed", "renamed", "removed", "failed")}
    gained, lost = (sum(len(change[side]) for change in changes) for side in ("gained", "lost"))
    said = " · ".join(word(f"plan_{kind}", language, number=number) for kind, number in numbers.items() if number)
    lines = "".join(_change(change, language) for change in changes[:MOST])
    more = tag("p", text(word("more", language, number=len(changes) - MOST)), class_="soft") if len(changes) > MOST else ""
    going = _button(request, "sync", "apply", language, kind="main")
    factors = tag("p", text(word("plan_factors", language, gained=gained, lost=lost)), class_="soft")
    return tag("div", tag("p", tag("strong", text(said))) + factors + tag("ul", lines, class_="changes") + more + going, class_="plan")


def _change(change: dict[str, Any], language: str) -> str:
    badge = tag("span", text(word(f"change_{change['kind']}", language)), class_=f"badge {change['kind']}")
    name = tag("span", text(change["source"]), class_="file")
    title = tag("span", text(change["title"]), class_="soft") if change["title"] and change["title"] != change["source"] else ""
    was = tag("span", text(word("change_was", language, name=change["was"])), class_="soft") if change["was"] else ""
    reason = tag("p", text(change["reason"]), class_="detail", lang="en") if change["reason"] else ""
    sides = "".join(_factors(change[side], side, language) for side in ("gained", "lost"))
    return tag("li", f"{badge} {name} {title}{was}{reason}{sides}")


def _factors(factors: Sequence[str], side: str, language: str) -> str:
    if not factors:
        return ""
    shown = "".join(tag("li", text(factor[:300])) for factor in factors[:FACTORS])
    more = tag("li", text(word("more", language, number=len(factors) - FACTORS))) if len(factors) > FACTORS else ""
    return tag("details", tag("summary", text(word(f"factors_{side}", language, number=len(factors)))) + tag("ul", shown + more))


def _button(
    request: Request, action: str, name: str, language: str, *, disabled: bool = False, kind: str = "", about: str = "",
    fields: dict[str, str] | None = None,
) -> str:  # fmt: skip
    """A form with one button; `about` names for a screen reader what it is about."""
    hidden = "".join(void("input", type="hidden", name=field, value=value) for field, value in (fields or {}).items())
    label = word(name, language)
    button = tag("button", text(label), class_=kind or None, disabled=disabled, aria_label=f"{label}: {about}" if about else None)
    return tag("form", form_field(request) + hidden + button, method="post", action=f"/documents/{action}")


def _documents(view: View, language: str) -> str:
    head = tag("h2", text(word("held", language)), id="held-title")
    if not view.held:
        return head + tag("p", text(word("held_none", language)), class_="soft")
    found = [one for one in view.held if _matches(one, view)]
    pages = max(1, ceil(len(found) / PAGE))
    page = min(view.page, pages)
    names = ("title", "language", "year", "pages_number", "passages", "factors", "report")
    columns = "".join(tag("th", text(word(f"column_{name}", language)), scope="col") for name in names)
    rows = "".join(record.row(one, language) for one in found[(page - 1) * PAGE : page * PAGE])
    table = tag(
        "table",
        tag("caption", text(count("held_shown", len(view.held), language, shown=len(found))))
        + tag("thead", tag("tr", columns))
        + tag("tbody", rows),
        class_="holdings",
    )
    nothing = tag("p", text(word("held_no_match", language)), class_="notice")
    return head + _search(view, language) + (table + _pages(view, page, pages, language) if found else nothing)


def _matches(one: Holding, view: View) -> bool:
    if (view.only == "flawed" and not one.flawed) or (view.only == "missing" and not (one.work and one.work.missing)):
        return False
    if view.only == "failed" and one.entry.state == "indexed":
        return False
    spoken = (one.work.title, *one.work.authors, one.work.key, str(one.work.year or "")) if one.work else ()
    within = fold(" ".join((one.entry.source, *spoken)))
    return all(part in within for part in fold(view.query).split())


def _search(view: View, language: str) -> str:
    options = "".join(
        tag("option", text(word(f"only_{name or 'all'}", language)), value=name, selected=name == view.only)
        for name in ("", "flawed", "failed", "missing")
    )
    return tag(
        "form",
        tag("label", text(word("search", language)), for_="q")
        + void("input", type="search", id="q", name="q", value=view.query, maxlength=200)
        + tag("label", text(word("only", language)), for_="only")
        + tag("select", options, id="only", name="only")
        + tag("button", text(word("search_go", language))),
        method="get", action="/documents#held", class_="search", role="search",
    )  # fmt: skip


def _pages(view: View, page: int, pages: int, language: str) -> str:
    if pages == 1:
        return ""

    def link(number: int, name: str) -> str:
        where = "?" + urlencode({"q": view.query, "only": view.only, "page": number}) + "#held"
        return tag("a", text(word(name, language)), href=where) if 1 <= number <= pages else ""

    at = tag("span", text(word("page_of", language, page=page, pages=pages)))
    return tag(
        "nav", link(page - 1, "page_before") + at + link(page + 1, "page_after"), class_="pages", aria_label=word("pages_of", language)
    )


def _gaps(gaps: Sequence[Gap], language: str) -> str:
    head = tag("h2", text(word("gaps", language)), id="gaps-title")
    if not gaps:
        return head + tag("p", text(word("gaps_none", language)), class_="soft")
    lines = "".join(
        tag("li", tag("span", text(gap.question), lang=gap.language if gap.language in ("de", "en") else None, class_="asked")
            + tag("span", text(word("gap_times", language, times=gap.times, last=gap.last[:10])), class_="soft"))
        for gap in gaps[:MOST]
    )  # fmt: skip
    more = tag("p", text(word("more", language, number=len(gaps) - MOST)), class_="soft") if len(gaps) > MOST else ""
    return head + tag("p", text(word("gaps_why", language)), class_="soft") + tag("ol", lines, class_="asked-list") + more


def _disliked(votes: Sequence[Feedback], language: str) -> str:
    head = tag("h2", text(word("disliked", language)), id="disliked-title")
    if not votes:
        return head + tag("p", text(word("disliked_none", language)), class_="soft")
    lines = "".join(
        tag("li", tag("span", text(vote.question), class_="asked") + (tag("q", text(vote.reason)) if vote.reason else "")
            + tag("span", text(vote.when[:10]), class_="soft"))
        for vote in votes[:MOST]
    )  # fmt: skip
    return head + tag("p", text(word("disliked_why", language)), class_="soft") + tag("ol", lines, class_="asked-list")
