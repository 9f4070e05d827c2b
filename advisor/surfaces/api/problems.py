"""Errors as problem+json (RFC 9457): one form for everything that can go wrong."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from advisor.errors import (
    AccessError,
    AdvisorError,
    ClusterError,
    DocumentError,
    EncoderError,
    IndexFailure,
    IndexLocked,
    ModelError,
    NotSignedIn,
    TooManyAttempts,
    UsageError,
)  # fmt: skip

MEDIA_TYPE = "application/problem+json"
# The first class that fits an error gives its status.
_STATUS: tuple[tuple[type[AdvisorError], int], ...] = (
    (UsageError, 422), (DocumentError, 422), (NotSignedIn, 401), (TooManyAttempts, 429), (AccessError, 403), (IndexLocked, 409),
    (IndexFailure, 503), (EncoderError, 503), (ClusterError, 503), (ModelError, 502),
)  # fmt: skip
_log = logging.getLogger("advisor.web")


@dataclass(frozen=True, slots=True)
class Invalid:
    """One wrong value of a request: where it stands, and what is wrong with it."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong: `code` for programs, `detail` for people, with the way out; `errors` names each wrong value of a request.

    `type` is "about:blank": the title says no more than the status does, as RFC 9457 has it.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: tuple[Invalid, ...] = ()


class Refused(HTTPException):
    """A request that gets a problem for an answer."""

    def __init__(self, given: Problem, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(given.status, given.detail, headers)
        self.problem = given


def problem(status: int, detail: str, code: str | None = None, errors: Sequence[Invalid] = ()) -> Problem:
    """A problem of an HTTP status."""
    title = HTTPStatus(status).phrase
    return Problem("about:blank", title, status, detail, code or re.sub(r"\W+", "_", title).lower(), tuple(errors))


def of(error: AdvisorError) -> Problem:
    """The problem that an error of the advisor is for a caller; its code is the name of the error, such as index_missing."""
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), 500)
    return problem(status, str(error), re.sub(r"(?<=[a-z])(?=[A-Z])", "_", type(error).__name__).lower())


def unforeseen() -> Problem:
    """What a caller is told of an error that nobody thought of; the details are for the log."""
    return problem(500, "Something went wrong that should not have; the server's log has the details. Try again.")


def response(given: Problem, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """The problem as an HTTP response."""
    return JSONResponse(asdict(given), given.status, dict(headers or {}), MEDIA_TYPE)


def handle(app: FastAPI) -> None:
    """Have an application answer every error with a problem."""
    app.add_exception_handler(AdvisorError, _advisors)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(StarletteHTTPException, _https)
    app.add_exception_handler(Exception, _unforeseen)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The description of problems of these statuses for OpenAPI."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {status: {"description": HTTPStatus(status).phrase, "content": content} for status in statuses}


def _advisors(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, AdvisorError)
    given = of(error)
    return response(given, {"WWW-Authenticate": "Bearer"} if given.status == 401 else None)


def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [Invalid(".".join(str(part) for part in one["loc"]), one["msg"]) for one in error.errors()]
    detail = "The request is not as expected: " + "; ".join(f"{one.where}: {one.what}" for one in errors[:5])
    return response(problem(422, detail, "invalid_request", errors))


def _https(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StarletteHTTPException)
    if isinstance(error, Refused):
        return response(error.problem, error.headers)
    told = {404: f"There is nothing at {request.url.path}", 405: f"{request.url.path} does not take {request.method}"}.get(
        error.status_code
    )
    detail = f"{told}; openapi.json lists what there is." if told else str(error.detail)
    return response(problem(error.status_code, detail), error.headers)


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return response(unforeseen())
