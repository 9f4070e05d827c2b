"""What stands between the network and the application: headers, closed doors, visitors, and our own head in Gradio's page."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers

from advisor.accounts import LOCAL, Account
from advisor.errors import AdvisorError
from advisor.surfaces.api import problems
from advisor.surfaces.web import people
from advisor.surfaces.web.markup import attributes
from advisor.surfaces.web.visitors import Visitors, bearer, introduced

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Gradio's page has scripts in it and makes functions from templates, hence 'unsafe-inline' and 'unsafe-eval'; nothing comes from elsewhere.
CHAT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)
# Our own screens: scripts from files of ours alone, so that nothing a document says can run.
SCREEN_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
DOCUMENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(), microphone=(), geolocation=()"),
)
# Of Gradio's programming interface only this much is needed; uploads, file access, proxying and the like stay shut.
_OPEN = re.compile(
    r"/gradio_api/(?:queue/(?:join|data)|call/.*|run/.*|info|openapi\.json|heartbeat/.*|startup-events|app_id|cancel|reset)/?"
)
_SHUT = re.compile(r"/(?:gradio_api|monitoring|login|logout|svelte|custom_component|dev|openapi\.json)(?:/|$)")
# The doors for programs know callers by themselves and speak problem+json.
_FOR_PROGRAMS = re.compile(r"/(?:api/v1|mcp)(?:/.*)?")
_FOR_ALL = re.compile(r"/(?:health|ready|sign-in|page/[^/]+|favicon\.ico)|" + _FOR_PROGRAMS.pattern)
_FOR_ANALYSTS = re.compile(r"/documents(?:/.*)?")
_DEAR = re.compile(r"/(?:gradio_api/(?:queue/join|call/.*|run/.*)|api/.*|mcp|ask|documents/upload)/?")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OTHERS_CARDS = re.compile(r'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>')


@dataclass
class Allowance:
    """How much each visitor may ask: `per_minute` requests, unused ones saved for a minute; 0 means any number."""

    per_minute: int
    _left: dict[str, tuple[float, float]] = field(default_factory=dict)

    def taken(self, who: str) -> bool:
        """Take one request of a visitor; False where none is left."""
        if not self.per_minute:
            return True
        now = time.monotonic()
        left, at = self._left.get(who, (float(self.per_minute), now))
        left = min(self.per_minute, left + (now - at) * self.per_minute / 60)
        if len(self._left) > 10_000:
            self._left = {name: pair for name, pair in self._left.items() if pair[1] > now - 60}
        self._left[who] = (max(left - 1, 0) if left >= 1 else left, now)
        return left >= 1


class Guard:
    """Answers 404 where nothing is to be had, 421 to a foreign host name, asks visitors to sign in, and puts security headers on all.

    `head` and `body` are put at the beginning of the head and the body of the chat's page; `hosts` are the names under which the chat
    answers, None for any; `per_minute` is how many questions and uploads a visitor may send who had to sign in.
    """

    def __init__(
        self, app: Application, visitors: Visitors, head: str = "", body: str = "", hosts: Iterable[str] | None = None, per_minute: int = 0
    ) -> None:
        self._app = app
        self._visitors = visitors
        self._additions = (head, body)
        self._hosts = None if hosts is None else frozenset(hosts)
        self._allowance = Allowance(0 if visitors.open_to_all else per_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] == "http":
            await self._answer(scope, receive, _Guarded(send, scope, private=not self._visitors.open_to_all))
        elif scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        else:  # nothing of ours speaks WebSocket
            await send({"type": "websocket.close", "code": 1008})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, path = Headers(scope=scope), scope["path"]
        refuse = partial(_refuse, send, for_programs=bool(_FOR_PROGRAMS.fullmatch(path)))
        refusal = self._shut(headers, path) or _forged(scope, headers)
        if refusal:
            await refuse(*refusal)
            return
        try:
            account = await self._visitors.known(headers)
        except AdvisorError as error:
            await refuse(503, str(error).encode())
            return
        scope = introduced(scope, account, self._visitors.proof(headers))
        who = account.name if account else (scope.get("client") or ("",))[0]
        if account is None and not _FOR_ALL.fullmatch(path):
            await self._turned_away(scope, receive, send)
        elif account and not account.keeps_the_library and _FOR_ANALYSTS.fullmatch(path):
            await people.forbidden(Request(scope))(scope, receive, send)
        elif scope["method"] not in _SAFE and _DEAR.fullmatch(path) and not self._allowance.taken(who):
            await refuse(429, b"Too many questions in a minute. Wait a little, then ask again.", ("retry-after", "10"))
        elif path == "/" and scope["method"] == "GET":
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            head, body = self._additions
            await self._app({**scope, "headers": plain}, receive, _Page(send, _introduction(scope, account) + head, body))
        else:
            await self._app(scope, receive, send)

    def _shut(self, headers: Headers, path: str) -> tuple[int, bytes] | None:
        host = re.sub(r":\d+$", "", headers.get("host", "")).strip("[]").lower()
        if self._hosts is not None and host not in self._hosts:
            # A page elsewhere may point its own name at this machine and read along; such requests carry that name.
            return 421, b"This chat answers only to the name of this machine. Start it with --host to serve other names."
        if self._visitors.open_to_all and ("forwarded" in headers or "x-forwarded-for" in headers):
            # Open to whoever sits at this machine; through a proxy anybody could.
            return 421, b"This chat is open to this machine alone and was reached through a proxy. Make accounts and set ADVISOR_PROXY."
        return (404, b"Not found") if _SHUT.match(path) and not _OPEN.fullmatch(path) else None

    async def _turned_away(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            await people.to_the_door(Request(scope))(scope, receive, send)
        else:
            await _refuse(send, 401, b"Sign in at /sign-in, or send a token: Authorization: Bearer ...", ("www-authenticate", "Bearer"))


def _forged(scope: Scope, headers: Headers) -> tuple[int, bytes] | None:
    """A refusal where another site makes the visitor's browser send a change; a program with a token carries no cookies."""
    if scope["method"] in _SAFE or bearer(headers):
        return None
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is not None:
        ours = site in ("same-origin", "none")
    else:
        ours = origin is None or urlsplit(origin).netloc == headers.get("host")
    return None if ours else (403, b"This request comes from another site. Open the page itself and try again.")


def _introduction(scope: Scope, account: Account | None) -> str:
    """What the chat's script needs to know of a visitor who signed in."""
    state = scope["state"]
    if account is None or account is LOCAL:
        return ""
    return f"<meta{attributes(name='visitor', content=account.name, data_role=account.role, data_proof=state['proof'])}>"


def branded(page: str, head: str, body: str) -> str:
    """Gradio's page with our additions at the top of its own head and body, and without the cards that advertise another project."""
    return _OTHERS_CARDS.sub("", page).replace("<head>", "<head>" + head, 1).replace("<gradio-app", body + "<gradio-app", 1)


class _Guarded:
    """Puts the security headers on a response."""

    def __init__(self, send: Send, scope: Scope, *, private: bool) -> None:
        self._send = send
        self._private = private
        path = scope["path"]
        policy = DOCUMENT_POLICY if path.startswith("/read/") else CHAT_POLICY if path == "/" else SCREEN_POLICY
        extra = [*HEADERS, ("content-security-policy", policy)]
        if scope.get("scheme") == "https":
            extra.append(("strict-transport-security", "max-age=31536000"))
        self._extra = [(name.encode(), value.encode()) for name, value in extra]

    async def __call__(self, message: Message) -> None:
        """Take one message of the response."""
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", ()), *self._extra]
            kind = dict(headers).get(b"content-type", b"")
            if self._private and kind.startswith((b"text/html", b"application/json")):
                # What someone read after signing in must not be there for who comes after them.
                headers = [(name, value) for name, value in headers if name != b"cache-control"]
                headers.append((b"cache-control", b"no-store"))
            message = {**message, "headers": headers}
        await self._send(message)


class _Page:
    """Gathers the chat's page, which comes in one or more pieces, and sends it on with our head in it."""

    def __init__(self, send: Send, head: str, body: str) -> None:
        self._send = send
        self._additions = (head, body)
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Take one message of the response."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        body = self._body
        headers = self._start.get("headers", [])
        if any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
            body = branded(body.decode("utf-8"), *self._additions).encode("utf-8")
        kept = [(name, value) for name, value in headers if name != b"content-length"]
        await self._send({**self._start, "headers": [*kept, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


async def _refuse(send: Send, status: int, body: bytes, *others: tuple[str, str], for_programs: bool = False) -> None:
    kind = b"text/plain; charset=utf-8"
    if for_programs:
        kind, body = problems.MEDIA_TYPE.encode(), json.dumps(asdict(problems.problem(status, body.decode()))).encode()
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    headers += [(name.encode(), value.encode()) for name, value in others]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
