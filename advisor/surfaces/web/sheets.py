"""Pages of a PDF as they are printed, the quotation marked on them."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from advisor.advisor import Advisor
from advisor.documents.model import Document
from advisor.errors import AdvisorError, DamagedDocument, IndexFailure
from advisor.facsimile import MEDIA_TYPE, Facsimiles, Sheet
from advisor.surfaces.web.evidence import located
from advisor.surfaces.web.frame import language_of
from advisor.surfaces.web.markup import attributes, tag, text
from advisor.surfaces.wording import word

MOST = 8  # pages that are shown for one quotation
_NUMBER = re.compile(r"[0-9]{1,9}")


def router(advisor: Advisor) -> APIRouter:
    """The routes over one advisor."""
    routes, facsimiles = APIRouter(), Facsimiles()

    @routes.get("/sheets/{sha256}")
    def sheets(sha256: str, request: Request) -> Response:
        language = language_of(request)
        start, end = (int(value) if _NUMBER.fullmatch(value := request.query_params.get(name, "")) else None for name in ("start", "end"))
        try:
            document = advisor.document(sha256)
            span = located(document, start, end)
            path = facsimiles.original(advisor.manifest(), sha256) if document.media_type == MEDIA_TYPE else None
            if span is None or path is None:
                return HTMLResponse(_note("no_original", language))
            found = facsimiles.sheets(path, document, span)[:MOST]
        except IndexFailure:
            return HTMLResponse(tag("p", text(word("no_such_document", language)), class_="notice"), 404)
        except DamagedDocument:
            return HTMLResponse(_note("no_original", language))
        return HTMLResponse("".join(_figure(document, sheet, language) for sheet in found) or _note("no_original", language))

    @routes.get("/sheet/{sha256}/{number}.png")
    def sheet(sha256: str, number: int) -> Response:
        try:
            document = advisor.document(sha256)
            path = facsimiles.original(advisor.manifest(), sha256) if document.media_type == MEDIA_TYPE else None
            picture = facsimiles.picture(path, sha256, number) if path else None
        except AdvisorError:
            picture = None
        if picture is None:
            return Response(status_code=404)
        return Response(picture, media_type="image/png", headers={"Cache-Control": "private, max-age=3600"})

    return routes


def _note(name: str, language: str) -> str:
    return tag("p", text(word(name, language)), class_="notice")


def _figure(document: Document, sheet: Sheet, language: str) -> str:
    """One page with the lines of the quotation laid over it; the picture opens in full size."""
    address = f"sheet/{document.sha256}/{sheet.page.number}.png"
    label = word("sheet", language, page=sheet.page.label, title=document.work.title)
    image = f"<img{attributes(src=address, alt=label, style=f'aspect-ratio: {sheet.aspect:.4f}')}>"
    boxes = "".join(
        f"<span{attributes(class_='box', aria_hidden='true', style=_place(box.left, box.top, box.width, box.height))}></span>"
        for box in sheet.boxes
    )
    link = tag(
        "a", image + boxes, href=address, target="_blank", class_="sheet",
        aria_label=f"{label}. {word('sheet_enlarge', language, page=sheet.page.label)}",
    )  # fmt: skip
    caption = tag("figcaption", text(f"{word('page', language)} {sheet.page.label}"))
    unmarked = "" if sheet.boxes else _note("sheet_unmarked", language)
    return tag("figure", caption + unmarked + link)


def _place(left: float, top: float, width: float, height: float) -> str:
    return f"left:{left:.3%};top:{top:.3%};width:{width:.3%};height:{height:.3%}"
