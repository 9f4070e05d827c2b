"""The agreement map as a screen: a table of signs that open the quotations, the same in words below it, and a picture to take along."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from advisor.advisor import Advisor
from advisor.agreement import Column, Map, Row, chart
from advisor.answer.demands import Demands, Voice
from advisor.answer.stances import STANCES
from advisor.surfaces.web import frame
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.web.picture import LONGEST_NAME, picture, short, sign
from advisor.surfaces.web.quotes import address, on_topic, picker, quotation, stands, topic_name
from advisor.surfaces.wording import count, word


def routes(advisor: Advisor) -> APIRouter:
    """The screen and its picture."""
    router = APIRouter()

    @router.get("/agreement")
    def show(request: Request) -> Response:
        return on_topic(advisor, request, "agreement", lambda found: _screen(advisor, request, found))

    @router.get("/agreement/map.svg")
    def draw(request: Request) -> Response:
        language = frame.language_of(request)

        def drawn(found: Demands) -> Response:
            title = word("agreement_title", language, topic=topic_name(found.topic, language))
            name = f"{found.topic}-{language}.svg"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return Response(picture(chart(found, shared=_shared(request)), title, language), media_type="image/svg+xml", headers=headers)

        return on_topic(advisor, request, "agreement", drawn)

    return router


def _shared(request: Request) -> bool:
    return request.query_params.get("rows") == "shared"


def _screen(advisor: Advisor, request: Request, found: Demands) -> HTMLResponse:
    language = frame.language_of(request)
    drawn = chart(found, shared=_shared(request))
    title = word("agreement_title", language, topic=topic_name(found.topic, language))
    top = tag("h1", text(title)) + tag("p", text(word("agreement_promise", language)), class_="promise")
    body = (
        tag("div", top + picker(advisor, "/agreement", found.topic, language), class_="head")
        + _filters(found, _shared(request), language)
        + _legend(language)
        + _grid(drawn, request)
        + _onwards(found.topic, _shared(request), language)
        + _words(drawn, request)
    )  # fmt: skip
    labels = {"data_close": word("close_quote", language), "data_read": word("read_there", language)}
    return frame.screen(request, "agreement", title, tag("div", body, id="agreement", **labels), scripts=("agreement.js",))


def _onwards(topic: str, shared: bool, language: str) -> str:
    saved = tag("a", text(word("save_picture", language)), href=_address("/agreement/map.svg", topic, shared), download=True)
    onwards = tag("a", text(word("to_checklist", language)), href=f"/checklist?topic={topic}")
    return tag("p", f"{saved} · {onwards}", class_="onwards")


def _address(path: str, topic: str, shared: bool) -> str:
    return f"{path}?{urlencode({'topic': topic, 'rows': 'shared'} if shared else {'topic': topic})}"


def _filters(found: Demands, shared: bool, language: str) -> str:
    links = "".join(
        tag("a", f"{text(word(name, language))} {tag('span', text(len(chart(found, shared=only).rows)), class_='number')}",
            href=_address("/agreement", found.topic, only), aria_current="true" if only == shared else None)
        for name, only in (("rows_all", False), ("rows_shared", True))
    )  # fmt: skip
    return tag("nav", links, class_="filters", aria_label=word("show", language))


def _legend(language: str) -> str:
    signs = "".join(tag("li", sign(stance) + tag("span", text(word(stance, language)))) for stance in STANCES)
    return tag("ul", signs, class_="legend", role="list", aria_label=word("legend", language))


def _grid(drawn: Map, request: Request) -> str:
    """The map itself: a table, so that it can be read with eyes, keyboard and screen reader alike."""
    language = frame.language_of(request)
    corner = tag("th", text(word("factor", language)), scope="col", class_="corner")
    heads = "".join(_head(column, language) for column in drawn.columns)
    rows = "".join(_row(row, number, drawn, request) for number, row in enumerate(drawn.rows))
    counted = {"factors": count("factors", len(drawn.rows), language), "works": count("works", len(drawn.columns), language)}
    caption = tag("caption", text(word("map_of", language, **counted)), class_="out-of-sight")
    grid = tag("table", caption + tag("thead", tag("tr", corner + heads)) + tag("tbody", rows), class_="map")
    return tag("div", grid, class_="sideways", tabindex="0", role="region", aria_label=word("map", language))


def _head(column: Column, language: str) -> str:
    name = column.names[language]
    label = tag("span", text(short(name, LONGEST_NAME)), aria_hidden="true", title=name) + tag("span", text(name), class_="out-of-sight")
    return tag("th", tag("span", label, class_="slanted"), scope="col", class_=None if column.asks else "beside")


def _row(row: Row, number: int, drawn: Map, request: Request) -> str:
    language = frame.language_of(request)
    asking = len(row.demand.asking)
    support = text(count("ask", asking, language)) if asking > 1 else text(word("one_source", language))
    title = tag("span", text(row.demand.title(language)), class_="title", lang=row.demand.asking[0].quote(language).language)
    head = tag("th", title + tag("span", support, class_="support"), scope="row")
    cells = "".join(
        tag("td", "".join(_sign(voice, row, number, request) for voice in cell), class_=None if column.asks else "beside")
        for column, cell in zip(drawn.columns, row.cells, strict=True)
    )
    return tag("tr", head + cells, class_="several" if asking > 1 else None)


def _sign(voice: Voice, row: Row, number: int, request: Request) -> str:
    language = frame.language_of(request)
    label = word("sign", language, who=voice.names[language], stance=stands(voice, language), title=row.demand.title(language))
    target = address(voice.quote(language), request)
    return tag("a", sign(voice.stance), href=target, class_="cell", aria_label=label, title=label, data_quote=_id(voice, number))


def _id(voice: Voice, number: int) -> str:
    return f"said-{number}-{voice.stance}-{voice.key}"


def _words(drawn: Map, request: Request) -> str:
    """The same as a table of quotations."""
    language = frame.language_of(request)
    heads = "".join(tag("th", text(word(name, language)), scope="col") for name in ("factor", "what_is_said"))
    rows = "".join(_said(row, number, request) for number, row in enumerate(drawn.rows))
    intro = tag("h2", text(word("in_words", language)), id="in-words") + tag("p", text(word("in_words_why", language)), class_="hint")
    table = tag("table", tag("thead", tag("tr", heads)) + tag("tbody", rows), class_="words", aria_labelledby="in-words")
    return tag("section", intro + table)


def _said(row: Row, number: int, request: Request) -> str:
    language, demand = frame.language_of(request), row.demand
    quotes = "".join(quotation(voice, request, stance=True, id=_id(voice, number)) for voice in demand.voices)
    title = tag("th", text(demand.title(language)), scope="row", lang=demand.asking[0].quote(language).language)
    return tag("tr", title + tag("td", tag("ul", quotes, class_="quotations", role="list")))
