"""What stands between the network and the application: headers, closed doors, and our own head in Gradio's page."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

# Gradio's page has scripts in it and makes functions from templates, hence 'unsafe-inline' and 'unsafe-eval'; nothing comes from elsewhere.
CHAT_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
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
_OTHERS_CARDS = re.compile(r'\s*<meta\s+(?:property="og:|name="twitter:)[^>]*>')


class Guard:
    """Answers 404 where nothing is to be had, 421 to a foreign host name, and puts security headers on everything else.

    `head` and `body` are put at the beginning of the head and the body of the chat's page; `hosts` are the names under which the chat
    answers, None for any.
    """

    def __init__(self, app: Application, head: str = "", body: str = "", hosts: Iterable[str] | None = None) -> None:
        self._app = app
        self._additions = (head, body)
        self._hosts = None if hosts is None else frozenset(hosts)

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if not self._known(scope):
            # A page elsewhere may point its own name at this machine and read along; such requests carry that name.
            await _refuse(send, 421, b"This chat answers only to the name of this machine. Start it with --host to serve other names.")
        elif _SHUT.match(path) and not _OPEN.fullmatch(path):
            await _refuse(send, 404, b"Not found")
        elif path == "/" and scope["method"] == "GET":
            plain = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
            await self._app({**scope, "headers": plain}, receive, _Page(_guarded(send, path), *self._additions))
        else:
            await self._app(scope, receive, _guarded(send, path))

    def _known(self, scope: MutableMapping[str, Any]) -> bool:
        if self._hosts is None:
            return True
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        return re.sub(r":\d+$", "", host).strip("[]").lower() in self._hosts


def branded(page: str, head: str, body: str) -> str:
    """Gradio's page with our additions at the top of its own head and body, and without the cards that advertise another project."""
    return _OTHERS_CARDS.sub("", page).replace("<head>", "<head>" + head, 1).replace("<gradio-app", body + "<gradio-app", 1)


def _guarded(send: Send, path: str) -> Send:
    policy = DOCUMENT_POLICY if path.startswith("/read/") else CHAT_POLICY
    extra = [(name.encode(), value.encode()) for name, value in (*HEADERS, ("content-security-policy", policy))]

    async def guarded(message: Message) -> None:
        """Take one message of the response."""
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *extra]}
        await send(message)

    return guarded


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


async def _refuse(send: Send, status: int, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await _guarded(send, "")({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
