"""Export over HTTP: what the chat page sends, and the checklist, as files to save."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from advisor import checklist
from advisor.advisor import Advisor
from advisor.answer.schema import Answer
from advisor.documents.model import Work
from advisor.errors import AdvisorError, IndexFailure, IndexUnwritable, UsageError
from advisor.export import ENDINGS, MEDIA_TYPES, Format, answers_in, export, format_of
from advisor.surfaces.web import frame
from advisor.surfaces.wording import LANGUAGES

LARGEST = 4 * 1024 * 1024  # bytes of a conversation
MOST_ANSWERS = 200
LONGEST_NAME = 60  # characters of a question that go into the name of a file
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def routes(advisor: Advisor) -> APIRouter:
    """POST /export turns answers into a file; GET /checklist/export does it for the checklist of a topic."""
    router = APIRouter()

    @router.post("/export")
    async def answers(request: Request) -> Response:
        body = await _body(request)
        return await run_in_threadpool(_answers, advisor, request, body)

    @router.get("/checklist/export")
    def lines(request: Request) -> Response:
        try:
            form, topic = format_of(request.query_params.get("format", "docx")), request.query_params.get("topic", "")
            found = advisor.demands(topic)
            try:
                now = checklist.opened(advisor.settings.index, found)
            except IndexUnwritable:  # nothing can have been saved there either
                now = checklist.match(found, ())
            language = frame.language_of(request)
            return _file(export(now, form, language, works_of(advisor)), form, f"checklist-{topic}-{language}")
        except AdvisorError as error:
            return frame.failure(request, "checklist", error)

    return router


async def _body(request: Request) -> bytes | None:
    """The body of a request; None where it is too large."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)


def _answers(advisor: Advisor, request: Request, body: bytes | None) -> Response:
    try:
        if body is None:
            raise UsageError(f"The conversation has more than {LARGEST // 1024 // 1024} MB; export fewer answers at a time.")
        sent = _read(body, request.headers.get("content-type", ""))
        form = format_of(str(sent.get("format", "docx")))
        answers = _answers_in(sent)
        language = sent.get("language") if sent.get("language") in LANGUAGES else answers[0].language
        return _file(export(answers, form, str(language), works_of(advisor)), form, file_name(answers))
    except AdvisorError as error:
        return JSONResponse({"error": str(error)}, 400)


def file_name(answers: Sequence[Answer]) -> str:
    """The name of a file with answers: the words of the first question, in letters that every system takes."""
    plain = unicodedata.normalize("NFKD", answers[0].question.lower().translate(_SPELT)).encode("ascii", "ignore").decode()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    short = words if len(words) <= LONGEST_NAME else words[:LONGEST_NAME].rsplit("-", 1)[0]
    kind = "" if len(answers) == 1 else "conversation"
    return "-".join(filter(None, (kind, short))) or "answer"


def _read(body: bytes, kind: str) -> Mapping[str, Any]:
    """What was sent: JSON, or a form whose fields "answer" or "answers" hold JSON."""
    try:
        if kind.startswith("application/x-www-form-urlencoded"):
            fields: dict[str, Any] = dict(parse_qsl(body.decode(), max_num_fields=10))
            sent: Any = {name: json.loads(value) if name in ("answer", "answers") else value for name, value in fields.items()}
        else:
            sent = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"This is no JSON: {error}. Expected {{'answers': [ANSWER, …], 'format': 'docx'}}.") from error
    if not isinstance(sent, dict):
        raise UsageError(f"The JSON is a {type(sent).__name__}; expected an object with 'answers' and 'format'.")
    return sent


def _answers_in(sent: Mapping[str, Any]) -> list[Answer]:
    """The answers in what was sent, held to their schema. Raises UsageError where they do not keep to it."""
    given = sent.get("answers", [sent["answer"]] if "answer" in sent else None)
    if not isinstance(given, list) or len(given) > MOST_ANSWERS:
        raise UsageError(f"There are no answers to export; expected 'answers' with 1 to {MOST_ANSWERS} of them.")
    return answers_in(given)


def works_of(advisor: Advisor) -> dict[str, Work]:
    """The works of the library by their keys; none where there is no library."""
    with suppress(IndexFailure):
        if advisor.ready:
            return advisor.works()
    return {}


def _file(content: bytes, form: Format, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}.{ENDINGS[form]}"', "Cache-Control": "no-store"}
    return Response(content, media_type=MEDIA_TYPES[form], headers=headers)
