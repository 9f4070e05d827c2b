"""The part of the interface that asks: answers, whole or as they grow, passages, and the check of quotations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from advisor.advisor import Advisor
from advisor.answer.schema import Answer
from advisor.errors import AdvisorError
from advisor.surfaces import contract
from advisor.surfaces.api import problems
from advisor.surfaces.api.bodies import Checked, Quotations, Verdicts
from advisor.surfaces.api.metrics import Metrics
from advisor.surfaces.bodies import AskRequest, SearchRequest
from advisor.surfaces.contract import Found, Passages

_PROBLEMS = problems.documented(400, 413, 422, 502, 503)


class EventStream(StreamingResponse):
    """Server-sent events."""

    media_type = "text/event-stream"


def routes(advisor: Advisor, metrics: Metrics) -> APIRouter:
    """The routes over one advisor."""
    router = APIRouter(tags=["questions"])

    @router.post("/ask", summary="An answer, every statement quoted, or a refusal", responses=_PROBLEMS)
    def ask(body: AskRequest) -> Answer:
        given = advisor.ask(body.question, language=body.language, conversation=body.conversation, only=body.filter)
        metrics.answered(given)
        return given

    @router.post(
        "/ask/stream", summary="The answer as it grows", response_class=EventStream,
        responses={**_PROBLEMS, 200: {"description": _STREAM, "content": {"text/event-stream": {"itemSchema": _EVENT}}}},
    )  # fmt: skip
    def ask_stream(body: AskRequest) -> EventStream:
        growing = advisor.ask_stream(body.question, language=body.language, conversation=body.conversation, only=body.filter)
        # What goes wrong before the first answer is still a problem with a status of its own.
        return EventStream(_events(next(growing), growing, metrics), headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    @router.post("/search", summary="The best passages", responses=_PROBLEMS)
    def search(body: SearchRequest) -> Passages:
        return contract.search(advisor, body.query, body.k, language=body.language, only=body.filter)

    @router.get("/passages/{id}", summary="One passage by its id", responses=problems.documented(404, 413, 422, 503))
    def passage(id: str) -> Found:
        found = contract.passage(advisor, id)
        if found is None:
            raise problems.Refused(
                problems.problem(404, f"The library has no passage {id[:80]!r}. Search again: its file may have changed.")
            )
        return found

    @router.post("/verify", summary="Whether quotations still stand where they say", responses=problems.documented(400, 413, 422, 503))
    def verify(body: Quotations) -> Verdicts:
        checked = advisor.verify([*body.citations, *body.nearest])
        verdicts = tuple(Checked(one.number, one.document, one.start, one.end, verdict) for one, verdict in checked)
        return Verdicts(all(one.verdict == "found" for one in verdicts), verdicts)

    return router


# One event, in the form of OpenAPI 3.2.
_EVENT = {
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["answer", "end", "problem"]},
        "data": {
            "type": "string",
            "contentMediaType": "application/json",
            "contentSchema": {
                "anyOf": [
                    {"$ref": "#/components/schemas/Answer"},
                    {"$ref": "#/components/schemas/Problem"},
                    {"type": "object", "maxProperties": 0},
                ]
            },
        },
    },
}
_STREAM = "Events: `answer` with the answer so far, each whole in itself and checked; then `end`, or `problem` where something went wrong."


def _events(first: Answer, rest: Iterator[Answer], metrics: Metrics) -> Iterator[str]:
    given = first
    yield _event("answer", given.as_json())
    try:
        for given in rest:
            yield _event("answer", given.as_json())
    except AdvisorError as error:
        yield _event("problem", asdict(problems.of(error)))
        return
    metrics.answered(given)
    yield _event("end", {})


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
