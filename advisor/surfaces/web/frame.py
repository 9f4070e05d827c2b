"""The frame of the screens beside the chat: one header with the way between them, one style, the reader's language and theme."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import Request
from fastapi.responses import HTMLResponse

from advisor.accounts import LOCAL
from advisor.surfaces.web.markup import attributes, tag, text
from advisor.surfaces.web.visitors import analyst, form_field, visitor
from advisor.surfaces.wording import LANGUAGES, NAMES, preferred, word

# Name of a screen (also of its word in surfaces/wording.py) → its address.
SCREENS: Mapping[str, str] = {"chat": "/", "checklist": "/checklist", "agreement": "/agreement", "documents": "/documents"}


def language_of(request: Request) -> str:
    """The language of the page: asked for in the address, else chosen before (cookie), else the browser's."""
    for asked in (request.query_params.get("language"), request.cookies.get("language")):
        if asked in LANGUAGES:
            return str(asked)
    return preferred(request.headers.get("accept-language"))


def screen(request: Request, name: str, title: str, body: str, *, status: int = 200, scripts: tuple[str, ...] = ()) -> HTMLResponse:
    """A whole screen around escaped HTML; `name` is one of SCREENS, `scripts` are names of files under /page/."""
    language = language_of(request)
    theme = request.query_params.get("__theme")
    links = "".join(f'<link rel="stylesheet" href="/page/{style}">' for style in ("document.css", "screens.css"))
    loaded = "".join(f'<script src="/page/{script}" defer></script>' for script in scripts)
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/page/icon.svg">'
        f"{tag('title', text(title) + ' – ' + text(word('title', language)))}{links}{loaded}"
    )
    root = attributes(lang=language, data_theme=theme if theme in ("dark", "light") else None)
    main = tag("main", body, id="main", tabindex="-1")
    page = tag("body", header(request, name, language) + main, class_="screen")
    response = HTMLResponse(f"<!doctype html><html{root}><head>{head}</head>{page}</html>", status)
    if request.query_params.get("language") in LANGUAGES:
        response.set_cookie("language", language, samesite="lax", httponly=False)
    return response


def header(request: Request, name: str, language: str) -> str:
    """The header of a screen: skip link, name of the program, the screens, the languages."""
    skip = tag("a", text(word("skip_to_main", language)), href="#main", class_="skip")
    brand = tag("a", text(word("title", language)), href="/", class_="name")
    links = "".join(
        tag("a", text(word(f"screen_{other}", language)), href=address, aria_current="page" if other == name else None)
        for other, address in SCREENS.items()
        if visitor(request) and (other != "documents" or analyst(request))
    )
    addresses = {code: "?" + request.url.include_query_params(language=code).query for code in LANGUAGES}
    switch = "".join(
        tag("a", code.upper(), href=address, title=NAMES[code], lang=code, aria_current="true" if code == language else None)
        for code, address in addresses.items()
    )
    languages = tag("div", switch, class_="languages", role="group", aria_label=word("language", language))
    screens = tag("nav", links, aria_label=word("screens", language), class_="screens")
    return tag("header", skip + brand + screens + languages + signed_in(request, language), class_="top")


def signed_in(request: Request, language: str) -> str:
    """Who is signed in and the way out; nothing where nobody has to sign in."""
    account = visitor(request)
    if account is None or account is LOCAL:
        return ""
    role = word(account.role, language)
    who = tag("span", text(account.name), class_="who", title=role)
    leave = tag("button", text(word("sign_out", language)))
    return tag("form", who + form_field(request) + leave, method="post", action="/sign-out", class_="account")
