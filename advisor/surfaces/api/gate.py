"""What a request must get past before it is read: nothing on behalf of another site's page, no body beyond the limit."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from advisor.surfaces.api.access import foreign
from advisor.surfaces.api.problems import Problem, Refused, problem, response

LARGEST_BODY = 2**20  # bytes of a body that is JSON


class Gate:
    """Answers 403 to the page of another site and 413 to a body beyond `largest`, which gives the bytes for a method and a path."""

    def __init__(self, app: ASGIApp, largest: Callable[[str, str], int] = lambda *_: LARGEST_BODY) -> None:
        self._app = app
        self._largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        limit = self._largest(scope["method"], scope["path"].removeprefix(scope.get("root_path", "")))
        announced = headers.get("content-length", "0")
        if foreign(headers.get("origin"), headers.get("host")):
            refused = problem(403, f"Pages of {headers['origin']} may not call this server; call it from a program.", "foreign_origin")
            await response(refused)(scope, receive, send)
        elif announced.isdecimal() and int(announced) > limit:
            await response(_too_large(limit))(scope, receive, send)
        else:
            await self._app(scope, _counted(receive, limit), send)


def _counted(receive: Receive, limit: int) -> Receive:
    """The body as it comes, until there is more of it than allowed: not every sender announces how much there will be."""
    read = 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise Refused(_too_large(limit))
        return message

    return counted


def _too_large(limit: int) -> Problem:
    return problem(413, f"The body of the request has more than the {limit:,} bytes that are read here. Send less at a time.")
