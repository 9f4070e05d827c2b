"""Signing in and out, and the screen that says what somebody may not do."""

from __future__ import annotations

import re
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool

from advisor import accounts
from advisor.errors import AccessError, TooManyAttempts
from advisor.surfaces.web import frame
from advisor.surfaces.web.markup import tag, text, void
from advisor.surfaces.web.visitors import COOKIE, FIELD, Visitors, cookie, form_field, proven, visitor
from advisor.surfaces.wording import word

DOOR = "/sign-in"
STYLE = '<link rel="stylesheet" href="/page/library.css">'
_HERE = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")  # an address on this host and no other


def routes(visitors: Visitors) -> APIRouter:
    """The routes of the door."""
    router = APIRouter()

    @router.get(DOOR)
    def door(request: Request) -> Response:
        if visitor(request):
            return RedirectResponse(inside(request.query_params.get("next")), 303)
        return _door(request, inside(request.query_params.get("next")))

    @router.post(DOOR)
    async def enter(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=8, max_part_size=16_384) as form:
            name, password, after, field = (_said(form.get(part)) for part in ("name", "password", "next", FIELD))
        if not proven(request, field):
            return _door(request, inside(after), name, "form_old", status=403)
        address = request.client.host if request.client else ""
        try:
            secret = await run_in_threadpool(_signed_in, visitors, name, password, address)
        except AccessError as error:
            busy = isinstance(error, TooManyAttempts)
            return _door(request, inside(after), name, "attempts" if busy else "not_signed_in", status=429 if busy else 401)
        response = RedirectResponse(inside(after), 303)
        secure = request.url.scheme == "https"
        response.set_cookie(COOKIE, secret, max_age=int(accounts.LONGEST_SESSION), httponly=True, samesite="lax", secure=secure)
        return response

    @router.post("/sign-out")
    async def leave(request: Request) -> Response:
        async with request.form(max_files=0, max_fields=4, max_part_size=4096) as form:
            field = form.get(FIELD)
        if not proven(request, field):
            return problem(request, "form_old", 403)
        await run_in_threadpool(accounts.end_session, visitors.folder, cookie(request.headers))
        visitors.forget()
        response = RedirectResponse(DOOR, 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    return router


def inside(address: str | None) -> str:
    """The address where a visitor wanted to go, if it is one of ours; else the chat."""
    return address if address and len(address) < 2000 and _HERE.fullmatch(address) else "/"


def to_the_door(request: Request) -> Response:
    """Send a visitor to sign in, and then back to where they wanted to go."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(DOOR if wanted == "/" else f"{DOOR}?next={quote(wanted)}", 303)


def forbidden(request: Request) -> Response:
    """What a reader sees where only analysts may go."""
    return problem(request, "forbidden", 403)


def problem(request: Request, name: str, status: int) -> Response:
    """A screen with the words `name` as its heading and `name`_why as the way out."""
    language = frame.language_of(request)
    back = tag("p", tag("a", text(word("to_chat", language)), href="/"))
    said = tag("h1", text(word(name, language))) + tag("p", text(word(f"{name}_why", language))) + back
    return frame.screen(request, "", word(name, language), STYLE + tag("div", said, class_="door"), status=status)


def _signed_in(visitors: Visitors, name: str, password: str, address: str) -> str:
    return accounts.begin_session(visitors.folder, accounts.authenticate(visitors.folder, name, password, address=address))


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""


def _door(request: Request, after: str, name: str = "", refusal: str = "", *, status: int = 200) -> Response:
    language = frame.language_of(request)
    refused = tag("p", text(word(f"{refusal}_why", language)), class_="notice", role="alert", id="refusal") if refusal else ""
    typed = {"required": True, "aria_describedby": "refusal" if refusal else None}
    fields = (
        tag("label", text(word("name", language)), for_="name")
        + void(
            "input", id="name", name="name", type="text", autocomplete="username", autocapitalize="none", spellcheck="false", maxlength=64,
            value=name[:64], autofocus=not name, **typed,
        )
        + tag("label", text(word("password", language)), for_="password")
        + void(
            "input", id="password", name="password", type="password", autocomplete="current-password", maxlength=1000,
            autofocus=bool(name), **typed,
        )
        + void("input", type="hidden", name="next", value=after)
        + form_field(request)
    )  # fmt: skip
    form = tag("form", fields + tag("button", text(word("sign_in", language)), class_="main"), method="post", action=DOOR)
    heading = tag("h1", text(word("sign_in", language)))
    help_ = tag("p", text(word("sign_in_help", language)), class_="hint")
    body = STYLE + tag("div", heading + refused + form + help_, class_="door")
    return frame.screen(request, "", word("sign_in", language), body, status=status)
