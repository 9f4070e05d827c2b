"""The frame of the screens beside the chat: one header with the way between them, one style, the reader's language and theme."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from fastapi import Request
from fastapi.responses import HTMLResponse

from advisor.accounts import LOCAL
from advisor.errors import AdvisorError, IndexFailure, VectorServerError
from advisor.surfaces.web.markup import attributes, tag, text
from advisor.surfaces.web.visitors import analyst, form_field, visitor
from advisor.surfaces.wording import LANGUAGES, NAMES, preferred, word

# Name of a screen (also of its word in surfaces/wording.py) → its address.
SCREENS: Mapping[str, str] = {"chat": "/", "checklist": "/checklist", "agreement": "/agreement", "documents": "/documents"}
STYLES = ("document.css", "screens.css")
THEMES = ("light", "dark")
_YEAR = 365 * 24 * 3600


def language_of(request: Request) -> str:
    """The language of the page: asked for in the address, else chosen before (cookie), else the browser's."""
    for asked in (request.query_params.get("language"), request.cookies.get("language")):
        if asked in LANGUAGES:
            return str(asked)
    return preferred(request.headers.get("accept-language"))


def theme_of(request: Request) -> str | None:
    """The theme that was asked for in the address, else chosen before (cookie), else None for the device's own."""
    asked = request.query_params.get("__theme")
    return next((theme for theme in (asked, request.cookies.get("theme")) if theme in THEMES), None) if asked != "system" else None


def is_foreign(request: Request) -> bool:
    """Whether a form was sent from a page of another site: such a request must change nothing."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:  # every browser of today says it; the origin is "null" for our own forms, since we send no referrer
        return site not in ("same-origin", "none")
    return origin is not None and origin.split("://")[-1] != request.headers.get("host", "")


def screen(request: Request, name: str, title: str, body: str, *, status: int = 200, scripts: tuple[str, ...] = ()) -> HTMLResponse:
    """A whole screen around escaped HTML; `name` is one of SCREENS, `scripts` are names of files under /page/."""
    language = language_of(request)
    links = "".join(f'<link rel="stylesheet" href="{_address(style)}">' for style in STYLES)
    loaded = "".join(f'<script src="{_address(script)}" defer></script>' for script in scripts)
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/page/icon.svg">'
        f"{tag('title', text(title) + ' – ' + text(word('title', language)))}{links}{loaded}"
    )
    root = attributes(lang=language, data_theme=theme_of(request))
    main = tag("main", body, id="main", tabindex="-1")
    page = tag("body", header(request, name, language) + main + footer(language), class_="screen")
    response = HTMLResponse(f"<!doctype html><html{root}><head>{head}</head>{page}</html>", status, {"Cache-Control": "no-cache"})
    if request.query_params.get("language") in LANGUAGES:
        response.set_cookie("language", language, max_age=_YEAR, samesite="lax", httponly=False)
    if request.query_params.get("__theme") in (*THEMES, "system"):
        response.set_cookie("theme", theme_of(request) or "system", max_age=_YEAR, samesite="lax", httponly=False)
    return response


def message(
    request: Request, name: str, heading: str, *sentences: str, detail: str = "", status: int = 200, after: str = ""
) -> HTMLResponse:
    """A screen that says one thing: what is the case and what to do; `detail` is a message of the program, `after` more escaped HTML."""
    said = tag("h1", text(heading)) + "".join(tag("p", text(sentence)) for sentence in sentences)
    quoted = tag("p", text(detail), class_="detail", lang="en") if detail else ""
    return screen(request, name, heading, tag("section", said + quoted + after, class_="message"), status=status)


def failure(request: Request, name: str, error: AdvisorError) -> HTMLResponse:
    """The screen for an error of the advisor."""
    language = language_of(request)
    broken = isinstance(error, IndexFailure)
    silent = isinstance(error, VectorServerError)
    why = word("vectors_failed" if silent else "index_failed" if broken else "other_failed", language)
    return message(request, name, word("failed", language), why, detail=str(error), status=503 if broken else 400)


def header(request: Request, name: str, language: str) -> str:
    """The header of a screen: skip link, name of the program, the screens, the languages and themes."""
    skip = tag("a", text(word("skip_to_main", language)), href="#main", class_="skip")
    brand = tag("a", text(word("title", language)), href="/", class_="name")
    links = "".join(
        tag("a", text(word(f"screen_{other}", language)), href=address, aria_current="page" if other == name else None)
        for other, address in SCREENS.items()
        if visitor(request) and (other != "documents" or analyst(request))
    )
    screens = tag("nav", links, aria_label=word("screens", language), class_="screens")
    return tag("header", skip + brand + screens + _choices(request, language) + signed_in(request, language), class_="top")


def footer(language: str) -> str:
    """The line at the foot of a screen."""
    return tag("footer", tag("p", text(word("foot", language))), class_="foot")


def _choices(request: Request, language: str) -> str:
    """Links to this screen in the other language and in the other theme."""
    switch = "".join(
        tag("a", code.upper(), href=_here(request, language=code), title=NAMES[code], lang=code, hreflang=code,
            aria_label=f"{code.upper()} – {NAMES[code]}", aria_current="true" if code == language else None)
        for code in LANGUAGES
    )  # fmt: skip
    current = theme_of(request) or "system"
    themes = "".join(
        tag("a", tag("span", sign, aria_hidden="true"), href=_here(request, __theme=theme), title=word(f"theme_{theme}", language),
            aria_label=word(f"theme_{theme}", language), aria_current="true" if theme == current else None)
        for theme, sign in (("light", "☀\ufe0e"), ("dark", "☾\ufe0e"), ("system", "◐\ufe0e"))
    )  # fmt: skip
    groups = (("theme", themes, "themes"), ("language", switch, "languages"))
    return "".join(tag("div", content, class_=kind, role="group", aria_label=word(name, language)) for name, content, kind in groups)


def signed_in(request: Request, language: str) -> str:
    """Who is signed in and the way out; nothing where nobody has to sign in."""
    account = visitor(request)
    if account is None or account is LOCAL:
        return ""
    role = word(account.role, language)
    who = tag("span", text(account.name), class_="who", title=role)
    leave = tag("button", text(word("sign_out", language)))
    return tag("form", who + form_field(request) + leave, method="post", action="/sign-out", class_="account")


def _here(request: Request, **changed: str) -> str:
    return "?" + request.url.include_query_params(**changed).query


@cache
def _address(name: str) -> str:
    """The address of a file of the page; another as soon as the file is another, since browsers keep it for a year."""
    content = files("advisor.surfaces.web").joinpath("assets", name).read_bytes()
    return f"/page/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"
