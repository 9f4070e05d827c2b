"""Our own pages beside Gradio's: health, documents with the quotation marked, the library, style and script."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from importlib.resources import files

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from advisor.advisor import Advisor
from advisor.citations import short_names
from advisor.documents.model import Document
from advisor.errors import IndexDamaged, IndexFailure
from advisor.surfaces.web import choices, evidence, sheets, turns
from advisor.surfaces.web.layout import empty_library
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.web.seal import seals_of
from advisor.surfaces.wording import LANGUAGES, count, preferred, table, word

# Modules of the chat's page; chat.js is the first, the others are imported by their bare names.
SCRIPTS = ("chat", "words", "evidence", "conversation", "history", "actions", "filters", "exporting")
ASSETS = {
    "chat.css": "text/css",
    "document.css": "text/css",
    "screens.css": "text/css",
    **{f"{name}.js": "text/javascript" for name in (*SCRIPTS, "checklist", "agreement")},
    "icon.svg": "image/svg+xml",
    "library.css": "text/css",
    "library.js": "text/javascript",
    "visitor.js": "text/javascript",
}
LISTED = 400  # documents up to which the panel lists the library
_SHA256 = re.compile(r"[0-9a-f]{64}")


@cache
def asset(name: str) -> str:
    """One of the files that the page loads, as text."""
    return files("advisor.surfaces.web").joinpath("assets", name).read_text("utf-8")


def head() -> str:
    """What our page adds to the head of Gradio's: style, script, and the words of the interface."""
    version = hashlib.sha256("".join(map(asset, ASSETS)).encode()).hexdigest()[:12]
    words = json.dumps({language: table(language) for language in LANGUAGES}, ensure_ascii=False).replace("<", "\\u003c")
    links = "".join(f'<link rel="stylesheet" href="page/{name}?v={version}">' for name in ("document.css", "chat.css"))
    places = {"imports": {name: f"./page/{name}.js?v={version}" for name in SCRIPTS}}
    return (
        f'{links}<script type="importmap">{json.dumps(places)}</script>'
        f'<script type="application/json" id="wording">{words}</script><script type="module">import "chat";</script>'
        f'<script src="page/visitor.js?v={version}" defer></script>'
    )


def routes(advisor: Advisor) -> APIRouter:
    """The routes over one advisor."""
    router = APIRouter()
    router.include_router(sheets.router(advisor))
    router.include_router(turns.router(advisor, seals_of(advisor.settings.index)))

    @router.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/page/{name}")
    def page_file(name: str) -> Response:
        if name not in ASSETS:
            return Response(status_code=404)
        return Response(asset(name), media_type=ASSETS[name], headers={"Cache-Control": "public, max-age=31536000, immutable"})

    @router.get("/read/{sha256}")
    def read(sha256: str, request: Request) -> Response:
        return HTMLResponse(*_read(advisor, sha256, request))

    @router.get("/library")
    def library(request: Request) -> Response:
        return HTMLResponse(_library(advisor, _language(request)))

    @router.get("/filters")
    def filters(request: Request) -> Response:
        return HTMLResponse(choices.form(advisor, _language(request)))

    return router


def _language(request: Request) -> str:
    asked = request.query_params.get("language")
    return asked if asked in LANGUAGES else preferred(request.headers.get("accept-language"))


def _read(advisor: Advisor, sha256: str, request: Request) -> tuple[str, int]:
    """A document, or with fragment=1 the part of it that the panel shows; start and end name the quotation. Status 404 where it is gone."""
    language, query = _language(request), request.query_params
    style, theme = asset("document.css"), query.get("__theme")
    fragment = query.get("fragment") == "1"
    try:
        if not _SHA256.fullmatch(sha256):
            raise IndexDamaged(f"{sha256!r} is no sha256.")
        document = advisor.document(sha256)
    except IndexFailure:
        heading, sentence = word("no_such_document", language), word("no_such_document_why", language)
        if fragment:
            return tag("p", text(heading), class_="verdict") + tag("p", text(sentence)), 404
        return evidence.message_page(heading, sentence, language, style=style, theme=theme), 404
    span = evidence.located(document, _number(query.get("start")), _number(query.get("end")))
    if fragment:
        return evidence.passage(document, span, language, _names(advisor, document)), 200
    missed = span is None and ("start" in query or "end" in query)
    names = _names(advisor, document)
    return evidence.page(document, span, language, names, style=style, theme=theme, missed=missed), 200


def _names(advisor: Advisor, document: Document) -> dict[str, str]:
    """How the work is named after which this one is quoted, where there is such a work."""
    return short_names(advisor.works().values(), document.language) if document.work.quoted_after else {}


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and re.fullmatch(r"[0-9]{1,12}", value) else None


def _library(advisor: Advisor, language: str) -> str:
    """What the panel shows while no citation is chosen: the works of the library, or what to do where there are none."""
    try:
        counts = advisor.counts() if advisor.ready else None
        if counts is None or not counts.documents:
            return empty_library(advisor, language)
        said = f"{count('works', counts.works, language)} {count('in_documents', counts.documents, language)}"
        scope = tag("p", text(said), class_="scope")
        hint = tag("p", text(word("library_hint", language)), class_="hint")
        # Reading thousands of documents for a list would take seconds; then the figures have to do.
        listed = evidence.library(advisor.documents()) if counts.documents <= LISTED else ""
        return scope + hint + listed
    except IndexFailure as error:
        return tag("p", text(word("index_failed", language))) + tag("p", text(error), class_="detail", lang="en")
