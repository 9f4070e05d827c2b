"""The readiness checklist as a screen: lines with their quotations, what was decided, who sees to it, and how far it has come."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool

from advisor import checklist
from advisor.advisor import Advisor
from advisor.answer.demands import Demands, Source
from advisor.answer.stances import STANCES
from advisor.checklist import STATUSES, Checklist, Entry, Gone, Line, Overtaken
from advisor.errors import AdvisorError, IndexUnwritable
from advisor.surfaces.web import frame
from advisor.surfaces.web.markup import attributes, tag, text
from advisor.surfaces.web.quotes import address, exports, on_topic, picker, quotation, topic_name
from advisor.surfaces.wording import count, word

LARGEST_FORM = 64 * 1024  # bytes
FORMATS = ("docx", "md", "bib", "csl")


def routes(advisor: Advisor) -> APIRouter:
    """The screen, and what its forms send."""
    router = APIRouter()

    @router.get("/checklist")
    def show(request: Request) -> Response:
        return on_topic(advisor, request, "checklist", lambda found: _screen(advisor, request, found))

    @router.post("/checklist")
    async def save(request: Request) -> Response:
        sent = await form(request)
        return await run_in_threadpool(_save, advisor, request, sent)

    @router.post("/checklist/forget")
    async def forget(request: Request) -> Response:
        sent = await form(request)
        return await run_in_threadpool(_forget, advisor, request, sent)

    return router


async def form(request: Request) -> dict[str, str]:
    """The fields of a form that was sent; nothing of one that is too large."""
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST_FORM:
            return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=50))


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 12 else 0


def _back(topic: str, show: str, **more: str) -> str:
    return "/checklist?" + urlencode({"topic": topic, **({"show": show} if show in STATUSES else {}), **more})


def _save(advisor: Advisor, request: Request, sent: dict[str, str]) -> Response:
    """Keep what a form says about a line. Answers a script with JSON, a form with the screen again or with both sides of a clash."""
    scripted = request.headers.get("accept", "").startswith("application/json")
    language, topic, key = frame.language_of(request), sent.get("topic", ""), sent.get("key", "")
    if frame.is_foreign(request):
        return frame.message(request, "checklist", word("failed", language), word("foreign", language), status=403)
    decided = {name: sent.get(name, "") for name in ("status", "owner", "note")}
    try:
        now = checklist.save(advisor.settings.index, advisor.demands(topic), key, _number(sent.get("version", "")), **decided)
    except Overtaken as clash:
        if scripted:
            return JSONResponse({"overtaken": True}, 409)
        return frame.message(
            request, "checklist", word("overtaken", language), word("overtaken_why", language), status=409,
            after=_both(clash.line, topic, sent, language),
        )  # fmt: skip
    except Gone:
        again = tag("p", tag("a", text(word("open_again", language)), href=_back(topic, ""), class_="button"))
        kept = tag("pre", text("\n".join(filter(None, (decided["owner"], decided["note"])))))
        return frame.message(request, "checklist", word("gone", language), word("gone_why", language), status=409, after=kept + again)
    except AdvisorError as error:
        return JSONResponse({"message": str(error)}, 400) if scripted else frame.failure(request, "checklist", error)
    line = now.line(key)
    if scripted and line:
        return JSONResponse({"version": line.version, "status": line.status, **_figures(now, language)})
    return RedirectResponse(_back(topic, sent.get("show", ""), saved=key) + f"#line-{key}", 303)


def _forget(advisor: Advisor, request: Request, sent: dict[str, str]) -> Response:
    language, topic = frame.language_of(request), sent.get("topic", "")
    if frame.is_foreign(request):
        return frame.message(request, "checklist", word("failed", language), word("foreign", language), status=403)
    try:
        checklist.drop(advisor.settings.index, topic, _number(sent.get("entry", "")), _number(sent.get("version", "")))
    except AdvisorError as error:
        return frame.failure(request, "checklist", error)
    return RedirectResponse(_back(topic, ""), 303)


def _screen(advisor: Advisor, request: Request, found: Demands) -> HTMLResponse:
    language = frame.language_of(request)
    warning = ""
    try:
        now = checklist.opened(advisor.settings.index, found)
    except IndexUnwritable as error:
        now = checklist.match(found, ())
        warning = tag(
            "div", tag("p", text(word("cannot_save", language))) + tag("p", text(error), lang="en"), class_="notice", role="alert"
        )
    show = request.query_params.get("show", "")
    title = word("checklist_title", language, topic=topic_name(found.topic, language))
    saved = now.line(request.query_params.get("saved", ""))
    told = tag("p", text(word("saved_line", language, title=saved.demand.title(language))), class_="told", role="status") if saved else ""
    top = tag("h1", text(title)) + tag("p", text(word("checklist_promise", language)), class_="promise")
    head = tag("div", top + picker(advisor, "/checklist", found.topic, language), class_="head")
    body = (
        head + warning + told + _progress(now, language) + _filters(now, show, language) + _lines(now, show, request)
        + _orphans(now, language) + _sources(now.sources, request)
        + exports(FORMATS, "/checklist/export", found.topic, language)
        + tag("p", tag("a", text(word("to_map", language)), href=f"/agreement?topic={found.topic}"), class_="onwards")
    )  # fmt: skip
    owners = sorted({line.owner for line in now.lines if line.owner})
    body += tag("datalist", "".join(tag("option", "", value=owner) for owner in owners), id="owners")
    return frame.screen(request, "checklist", title, body, scripts=("checklist.js",))


def _figures(now: Checklist, language: str) -> dict[str, Any]:
    counted = now.progress
    applies = counted["done"] + counted["open"]
    share = 100 * counted["done"] // applies if applies else 0
    return {
        "progress": counted,
        "sentence": word("progress", language, all=len(now.lines), **counted),
        "share": word("progress_share", language, share=share),
    }


def _progress(now: Checklist, language: str) -> str:
    """The picture of how far it has come, with the figures in words beside it."""
    figures, total, at = _figures(now, language), max(len(now.lines), 1), 0.0
    bars = tag("rect", "", class_="all", x=0, y=0, width=100, height=6)
    for status in ("done", "not_for_us"):
        width = 100 * now.progress[status] / total
        bars += tag("rect", "", class_=status, x=f"{at:.2f}", y=0, width=f"{width:.2f}", height=6, data_bar=status)
        at += width
    picture = tag("svg", bars, viewBox="0 0 100 6", preserveAspectRatio="none", aria_hidden="true", focusable="false")
    share = tag("strong", text(figures["share"]), id="share")
    sentence = tag("span", text(figures["sentence"]), id="sentence")
    return tag("div", picture + tag("p", f"{share} {sentence}", id="progress-words", aria_live="polite"), class_="progress")


def _filters(now: Checklist, show: str, language: str) -> str:
    shown = [("", word("show_all", language), len(now.lines))] + [
        (status, word(f"status_{status}", language), now.progress[status]) for status in STATUSES
    ]
    links = "".join(
        tag("a", f"{text(name)} {tag('span', text(number), class_='number', data_number=status or 'all')}", href=_back(now.topic, status),
            aria_current="true" if status == (show if show in STATUSES else "") else None)
        for status, name, number in shown
    )  # fmt: skip
    return tag("nav", links, class_="filters", aria_label=word("show", language))


def _lines(now: Checklist, show: str, request: Request) -> str:
    """The lines under headings: what several works ask for, then work by work."""
    language = frame.language_of(request)
    chosen = [line for line in now.lines if show not in STATUSES or line.status == show]
    if not chosen:
        return tag("p", text(word("show_nothing", language)), class_="empty-lines")
    groups: dict[str, list[Line]] = {}
    for line in chosen:
        groups.setdefault("" if len(line.demand.asking) > 1 else line.demand.asking[0].work, []).append(line)
    parts = []
    for work, lines in groups.items():
        heading = word("by_one", language, who=lines[0].demand.asking[0].names[language]) if work else word("by_several", language)
        number = tag("span", text(count("lines", len(lines), language)), class_="count")
        items = "".join(_line(line, now.topic, show, request) for line in lines)
        parts.append(tag("section", tag("h2", f"{text(heading)} {number}") + tag("ol", items, class_="lines", role="list")))
    return "".join(parts)


def _line(line: Line, topic: str, show: str, request: Request) -> str:
    language, key = frame.language_of(request), line.key
    cited, title = line.demand.asking[0].quote(language), line.demand.title(language)
    rest = cited.quote[len(title) :].lstrip(": ")
    what = tag("h3", text(title), lang=cited.language, id=f"title-{key}") + (tag("p", text(rest), lang=cited.language) if rest else "")
    hidden = "".join(
        f"<input{attributes(type='hidden', name=name, value=value)}>"
        for name, value in (("topic", topic), ("key", key), ("version", line.version), ("show", show if show in STATUSES else ""))
    )
    button = tag("button", text(word("save", language)), class_="save", aria_describedby=f"title-{key}")
    told = tag("span", "", class_="state", role="status", data_saved=word("saved", language), data_saving=word("saving", language),
               data_failed=word("not_saved", language))  # fmt: skip
    fields = hidden + _choice(line, language) + _fields(line, key, language) + tag("p", button + told, class_="keep")
    sent = tag("form", fields, method="post", action="/checklist", autocomplete="off")
    return tag(
        "li", tag("div", what, class_="what") + sent + _quotations(line, request), class_="line", id=f"line-{key}", data_status=line.status
    )


def _quotations(line: Line, request: Request) -> str:
    """How many works say what, which opens to their words."""
    language, demand = frame.language_of(request), line.demand
    said = [
        tag("span", text(count(name, len(demand.by(stance)), language)), class_=f"stance {stance}")
        for name, stance in zip(("ask", "support", "qualify", "dispute"), STANCES, strict=True)
        if demand.by(stance)
    ]
    several = len({voice.stance for voice in demand.voices}) > 1
    quotes = "".join(quotation(voice, request, stance=several) for voice in demand.voices)
    return tag("details", tag("summary", " ".join(said)) + tag("ul", quotes, class_="quotations", role="list"))


def _choice(line: Line, language: str) -> str:
    legend = tag("legend", text(word("status", language, title=line.demand.title(language))), class_="out-of-sight")
    options = "".join(
        tag("label", f"<input{attributes(type='radio', name='status', value=status, checked=status == line.status)}>"
            + tag("span", text(word(f"status_{status}", language))), class_=status)
        for status in ("done", "open", "not_for_us")
    )  # fmt: skip
    return tag("fieldset", legend + options, class_="status")


def _fields(line: Line, key: str, language: str) -> str:
    owner = attributes(name="owner", id=f"owner-{key}", value=line.owner, list="owners", maxlength=checklist.LONGEST["owner"])
    named = tag("label", text(word("owner", language)), for_=f"owner-{key}") + f"<input{owner}>"
    note = tag("textarea", "\n" + text(line.note), name="note", id=f"note-{key}", rows=1, maxlength=checklist.LONGEST["note"])
    noted = tag("label", text(word("note", language)), for_=f"note-{key}") + note
    return tag("div", tag("div", named) + tag("div", noted), class_="fields")


def _both(line: Line, topic: str, sent: dict[str, str], language: str) -> str:
    """Both sides of a clash, and the choice between them."""

    def side(name: str, status: str, owner: str, note: str) -> str:
        shown = word(f"status_{status}", language) if status in STATUSES else status
        rows = "".join(
            tag("div", tag("dt", text(word(field, language))) + tag("dd", text(value) or "–"))
            for field, value in (("owner", owner), ("note", note))
        )
        return tag("div", tag("h2", text(word(name, language))) + tag("p", text(shown), class_="chosen") + tag("dl", rows), class_="side")

    fields = {
        **{name: sent.get(name, "") for name in ("status", "owner", "note")},
        "topic": topic,
        "key": line.key,
        "version": line.version,
    }
    hidden = "".join(f"<input{attributes(type='hidden', name=name, value=value)}>" for name, value in fields.items())
    mine = tag("form", hidden + tag("button", text(word("save_mine", language))), method="post", action="/checklist")
    leave = tag("a", text(word("leave", language)), href=_back(topic, "") + f"#line-{line.key}", class_="button quiet")
    sides = side("theirs", line.status, line.owner, line.note) + side(
        "yours", sent.get("status", ""), sent.get("owner", ""), sent.get("note", "")
    )
    heading = tag("p", tag("strong", text(line.demand.title(language))))
    return heading + tag("div", sides, class_="sides") + tag("div", mine + leave, class_="choose")


def _orphans(now: Checklist, language: str) -> str:
    if not now.orphans:
        return ""
    head = tag("h2", text(word("orphans", language))) + tag("p", text(word("orphans_why", language)), class_="hint")
    return tag("section", head + tag("ul", "".join(_orphan(entry, language) for entry in now.orphans), role="list"), class_="orphans")


def _orphan(entry: Entry, language: str) -> str:
    words = entry.members[0].words
    code = language if language in words else next(iter(words))
    quoted = tag("p", text(words[code]), lang=code, class_="words")
    decided = " · ".join(filter(None, (word(f"status_{entry.status}", language), entry.owner, entry.note)))
    hidden = "".join(
        f"<input{attributes(type='hidden', name=name, value=value)}>"
        for name, value in (("topic", entry.topic), ("entry", entry.id), ("version", entry.version))
    )
    label = word("forget_line", language, title=entry.title(language))
    button = tag("button", text(word("forget", language)), class_="quiet", aria_label=label)
    return tag("li", quoted + tag("p", text(decided)) + tag("form", hidden + button, method="post", action="/checklist/forget"))


def _sources(sources: Sequence[Source], request: Request) -> str:
    """The lists that the lines were made of."""
    language = frame.language_of(request)
    names = {source.work: source.names[language] for source in sources}
    rows = []
    for source in sources:
        cited = source.leads.get(language) or next(iter(source.leads.values()))
        notes = [word("figures_only", language)] if source.figures else [count("items", source.items, language)]
        notes += [word("stands_for", language, who=names.get(other, other)) for other in source.refers_to]
        who = tag("a", text(names[source.work]), href=address(cited, request), class_="read")
        lead = tag("span", text(cited.quote), lang=cited.language, class_="lead")
        rows.append(tag("li", f"{who} {lead} {tag('span', text(' · '.join(notes)), class_='place')}"))
    head = tag("h2", text(word("come_from", language))) + tag("p", text(word("come_from_why", language)), class_="hint")
    return tag("section", head + tag("ul", "".join(rows), role="list"), class_="sources")
