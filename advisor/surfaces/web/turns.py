"""What a finished turn can do: be opened again and checked anew, be shared by a link, get a vote."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import TypeVar

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse
from pydantic import BaseModel, Field

from advisor import feedback, shared
from advisor.advisor import LONGEST_QUESTION, Advisor
from advisor.answer.schema import Answer
from advisor.citations import Verdict, verify
from advisor.errors import AdvisorError, IndexFailure, UsageError
from advisor.surfaces.web import answers
from advisor.surfaces.web.choices import work_names
from advisor.surfaces.web.frame import language_of
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.web.seal import Seals
from advisor.surfaces.wording import word

LONGEST_ANSWER = 4_000_000  # characters of an answer that a browser may send back
_ID = re.compile(r"[\w-]{1,64}")
Given = TypeVar("Given")


class Kept(BaseModel):
    """An answer as the browser keeps it."""

    id: str = Field(max_length=64)
    asked: str = Field(max_length=LONGEST_QUESTION)
    answer: str = Field(max_length=LONGEST_ANSWER)
    seal: str = Field(max_length=64)
    number: int = 1


class Vote(BaseModel):
    """A thumb up or down for an answer; an empty vote takes it back."""

    kept: Kept
    vote: str = Field(max_length=10)
    reason: str = Field("", max_length=feedback.LONGEST_REASON)


def fresh_id() -> str:
    """A new id of an answer, which nobody guesses."""
    return secrets.token_urlsafe(12)


def verdicts(advisor: Advisor, answer: Answer) -> list[Verdict]:
    """Whether each quotation of an answer stands in the stored text where the citation says."""
    cited = (*answer.citations, *answer.nearest)
    try:
        documents = {citation.sha256: advisor.document(citation.sha256) for citation in cited}
    except IndexFailure:
        # A document is gone. Another version of the file may hold the words still; for that all have to be looked at.
        return [verdict for _, verdict in advisor.verify(cited)]
    return [verify(citation, documents) for citation in cited]


class Turns:
    """What the routes do, over one advisor."""

    def __init__(self, advisor: Advisor, seals: Seals) -> None:
        self._advisor = advisor
        self._seals = seals
        self._folder = advisor.settings.index

    def again(self, kept: Kept, language: str) -> Response:
        """A turn that the browser kept, its quotations looked up anew."""
        return HTMLResponse(self._whole(kept.id, kept.asked, self._opened(kept, language), kept.number, language))

    def vote(self, given: Vote, language: str) -> Response:
        """Keep a vote, or take it back."""
        self._opened(given.kept, language)
        if given.vote:
            feedback.record(self._folder, given.kept.asked, given.kept.id, given.vote, given.reason)
        else:
            feedback.withdraw(self._folder, given.kept.id)
        return Response(status_code=204)

    def share(self, kept: Kept, language: str) -> Response:
        """Keep an answer for whoever has its link."""
        shared.save(self._folder, kept.id, kept.asked, self._opened(kept, language), self._advisor.generation)
        return JSONResponse({"address": f"a/{kept.id}"})

    def shared(self, id: str, language: str) -> Response:
        """An answer that was shared; where the library has changed since, it says so."""
        entry = shared.read(self._folder, id)
        if entry is None:
            return HTMLResponse(_gone(language), 404)
        since = entry.when[:10] if entry.generation != self._advisor.generation else ""
        return HTMLResponse(self._whole(entry.id, entry.asked, entry.answer, 1, language, since))

    def _opened(self, kept: Kept, language: str) -> Answer:
        return self._seals.opened(kept.id, kept.asked, kept.answer, kept.seal, language)

    def _whole(self, id: str, asked: str, answer: Answer, number: int, language: str, since: str = "") -> str:
        works = work_names(self._advisor, answer.language) if answer.only and answer.only.works else {}
        content = answers.render(answer, asked, verdicts(self._advisor, answer), again=True, since=since, works=works)
        return answers.turn(asked, content, language, number=number, kept=self._seals.kept(id, asked, answer))


def router(advisor: Advisor, seals: Seals) -> APIRouter:
    """The routes over one advisor."""
    routes, turns = APIRouter(), Turns(advisor, seals)

    @routes.post("/turn")
    def turn(kept: Kept, request: Request) -> Response:
        return _said(turns.again, kept, language_of(request))

    @routes.post("/feedback")
    def vote(given: Vote, request: Request) -> Response:
        return _said(turns.vote, given, language_of(request))

    @routes.post("/share")
    def share(kept: Kept, request: Request) -> Response:
        return _said(turns.share, kept, language_of(request))

    @routes.get("/a/{id}")
    def link(id: str) -> Response:
        return RedirectResponse(f"../?answer={id}" if _ID.fullmatch(id) else "../", 302)

    @routes.get("/shared/{id}")
    def shared_answer(id: str, request: Request) -> Response:
        return _said(turns.shared, id, language_of(request))

    return routes


def _said(act: Callable[[Given, str], Response], given: Given, language: str) -> Response:
    """What an act gives, or what went wrong as a paragraph for the reader."""
    try:
        return act(given, language)
    except AdvisorError as error:
        status = 400 if isinstance(error, UsageError) else 503
        return HTMLResponse(tag("p", text(error), class_="detail", lang=language if status == 400 else "en"), status)


def _gone(language: str) -> str:
    said = tag("p", text(word("no_such_answer", language)), class_="verdict") + tag("p", text(word("no_such_answer_why", language)))
    return tag("article", tag("div", said, class_="answer failed"), class_="turn")
