"""The library of the analysts under /documents: what is held, what would change, and the ways to change it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from advisor import feedback
from advisor.accounts import LOCAL
from advisor.advisor import Advisor
from advisor.documents import workdata
from advisor.errors import AdvisorError, IndexFailure, OversizedDocument
from advisor.index import Entry, Holding
from advisor.surfaces.web import frame, people, progress, record, shelf, uploads, worker
from advisor.surfaces.web.jobs import Jobs
from advisor.surfaces.web.visitors import FIELD, proven, visitor
from advisor.surfaces.wording import word
from advisor.sync import UPLOADED

HERE = "/documents"
SCRIPTS = ("library.js",)


@dataclass(frozen=True, slots=True)
class Keeping:
    """What the screens need: the advisor, and the jobs that change its library."""

    advisor: Advisor
    jobs: Jobs

    def held(self) -> tuple[Holding, ...]:
        """Every file of the library; read once for each generation."""
        return _held(self.advisor, self.advisor.generation) if self.advisor.ready else ()

    def chosen(self, number: str) -> Holding | None:
        """The file of an address."""
        return next((one for one in self.held() if record.number_of(one.entry) == number), None)

    def place(self, entry: Entry) -> Path:
        """Where the file of a line of the manifest lies."""
        return (self.advisor.settings.uploads if entry.owner == UPLOADED else Path(entry.owner)) / entry.source


@lru_cache(maxsize=2)
def _held(advisor: Advisor, generation: str) -> tuple[Holding, ...]:
    return advisor.holdings()


def routes(advisor: Advisor, jobs: Jobs) -> APIRouter:
    """The routes over one advisor; the guard lets analysts alone come this far."""
    keeping = Keeping(advisor, jobs)
    router = APIRouter()

    @router.get(HERE)
    def show(request: Request) -> Response:
        return _screen(request, keeping)

    @router.get(f"{HERE}/status")
    def status(request: Request) -> Response:
        job, language = jobs.last, frame.language_of(request)
        body = {"running": jobs.running, "number": job.number if job else 0, "html": progress.said(job, language)}
        return JSONResponse(body, headers={"cache-control": "no-store"})

    @router.get(HERE + "/{number}")
    def one(number: str, request: Request) -> Response:
        return _record(request, keeping, number)

    @router.post(f"{HERE}/upload")
    async def upload(request: Request) -> Response:
        return await _upload(request, keeping)

    for name in ("plan", "sync", "rollback", "discard"):
        router.add_api_route(f"{HERE}/{name}", _action(keeping, _WHOLE[name]), methods=["POST"])
    for name, act in _SINGLE.items():
        router.add_api_route(HERE + "/{number}/" + name, _single(keeping, act), methods=["POST"])
    return router


def _screen(request: Request, keeping: Keeping, *, notice: str = "", status: int = 200) -> Response:
    language, advisor = frame.language_of(request), keeping.advisor
    try:
        held = keeping.held()
        view = shelf.View(
            held=held,
            counts=advisor.counts() if advisor.ready else None,
            generation=advisor.generation if advisor.ready else None,
            earlier=advisor.earlier if advisor.ready else None,
            waiting=_waiting(keeping, held),
            gaps=advisor.gaps(),
            disliked=tuple(vote for vote in feedback.read(advisor.settings.index) if vote.vote == "down"),
            job=keeping.jobs.last,
            plan=keeping.jobs.plan,
            corpus=advisor.settings.corpus if advisor.settings.corpus.is_dir() else None,
            limit=advisor.settings.upload_limit,
            notice=notice,
            query=request.query_params.get("q", "")[:200],
            only=request.query_params.get("only", ""),
            page=_number(request.query_params.get("page")),
        )
        body = shelf.page(request, view, language)
    except IndexFailure as error:
        body, status = shelf.broken(error, keeping.jobs.last, language), 503
    return frame.screen(request, "documents", word("screen_documents", language), people.STYLE + body, status=status, scripts=SCRIPTS)


def _waiting(keeping: Keeping, held: tuple[Holding, ...]) -> tuple[str, ...]:
    """Uploaded files that the library has not read yet."""
    known = {one.entry.source for one in held if one.entry.owner == UPLOADED}
    return tuple(file.name for file in uploads.waiting(keeping.advisor.settings.uploads) if file.name not in known)


def _number(value: str | None) -> int:
    return int(value) if value and re.fullmatch(r"[1-9][0-9]{0,5}", value) else 1


def _record(request: Request, keeping: Keeping, number: str, *, notice: str = "", status: int = 200) -> Response:
    language = frame.language_of(request)
    try:
        chosen = keeping.chosen(number)
    except IndexFailure as error:
        return _screen(request, keeping, notice=str(error), status=503)
    if chosen is None:
        return people.problem(request, "no_such_document", 404)
    editable = workdata.writable(keeping.place(chosen.entry))
    body = record.page(request, chosen, keeping.jobs.last, language, editable=editable, notice=notice)
    title = chosen.work.title if chosen.work else chosen.entry.source
    return frame.screen(request, "documents", title, people.STYLE + body, status=status, scripts=SCRIPTS)


async def _form(request: Request, keeping: Keeping) -> FormData | Response:
    """The fields of a form of ours; a screen that says so where it is not."""
    form = await request.form(max_files=0, max_fields=30, max_part_size=100_000)
    return form if proven(request, form.get(FIELD)) else people.problem(request, "form_old", 403)


def _who(request: Request, language: str) -> str:
    account = visitor(request)
    return account.name if account and account is not LOCAL else word("somebody", language)


def _action(keeping: Keeping, act: Callable[[Keeping, str, FormData], None]) -> Any:
    """A route that changes the library as a whole and then shows it."""

    async def route(request: Request) -> Response:
        form = await _form(request, keeping)
        if isinstance(form, Response):
            return form
        try:
            await run_in_threadpool(act, keeping, _who(request, frame.language_of(request)), form)
        except AdvisorError as error:
            return await run_in_threadpool(partial(_screen, request, keeping, notice=str(error), status=409))
        return RedirectResponse(f"{HERE}#work", 303)

    return route


def _single(keeping: Keeping, act: Callable[[Keeping, str, FormData, Holding], None]) -> Any:
    """A route that changes one document and then shows the library, where the work on it is to be seen."""

    async def route(number: str, request: Request) -> Response:
        form = await _form(request, keeping)
        if isinstance(form, Response):
            return form
        try:
            chosen = await run_in_threadpool(keeping.chosen, number)
            if chosen is None:
                return people.problem(request, "no_such_document", 404)
            await run_in_threadpool(act, keeping, _who(request, frame.language_of(request)), form, chosen)
        except AdvisorError as error:
            return await run_in_threadpool(partial(_record, request, keeping, number, notice=str(error), status=409))
        return RedirectResponse(f"{HERE}#work", 303)

    return route


def _discard(keeping: Keeping, who: str, form: FormData) -> None:
    """Take back an upload that the library has not read yet; a look at what would change is no reason to wait."""
    if keeping.jobs.last is None or keeping.jobs.last.kind != "plan":
        keeping.jobs.check_free()
    waiting = _waiting(keeping, keeping.held())
    for name in form.getlist("name"):
        if isinstance(name, str) and name in waiting:
            worker.delete(keeping.advisor.settings.uploads, name)
    keeping.jobs.forget_plan()


def _edit(keeping: Keeping, who: str, form: FormData, chosen: Holding) -> None:
    changed = record.edited(chosen, {name: str(form.get(name) or "") for name in workdata.FIELDS})
    keeping.jobs.check_free()
    if changed:
        workdata.write(keeping.place(chosen.entry), changed)
        keeping.jobs.start("sync", who, only=[chosen.entry.source])


def _remove(keeping: Keeping, who: str, form: FormData, chosen: Holding) -> None:
    source = chosen.entry.source
    keeping.jobs.start("remove", who, only=[source], uploaded=[source] if chosen.entry.owner == UPLOADED else [])


_WHOLE: Mapping[str, Callable[[Keeping, str, FormData], None]] = {
    "plan": lambda keeping, who, form: _begun(keeping, "plan", who),
    "sync": lambda keeping, who, form: _begun(keeping, "sync", who),
    "rollback": lambda keeping, who, form: _begun(keeping, "rollback", who),
    "discard": _discard,
}
_SINGLE: Mapping[str, Callable[[Keeping, str, FormData, Holding], None]] = {
    "data": _edit,
    "read_again": lambda keeping, who, form, chosen: _begun(keeping, "sync", who, only=[chosen.entry.source], again=True),
    "remove": _remove,
}


def _begun(keeping: Keeping, kind: Any, who: str, **details: Any) -> None:
    keeping.jobs.start(kind, who, **details)


async def _upload(request: Request, keeping: Keeping) -> Response:
    """Take files in: one for each request with progress from our script, several at once from the plain form."""
    scripted = "x-form" in request.headers
    if scripted and not proven(request, None):
        return JSONResponse({"error": word("form_old_why", frame.language_of(request))}, 403)
    try:
        request = _bounded(request, keeping.advisor.settings.upload_limit * (1 if scripted else 20))
        form = await request.form(max_files=1 if scripted else uploads.MOST_FILES, max_fields=4, max_part_size=4096)
    except OversizedDocument as error:
        return JSONResponse({"error": str(error)}, 413) if scripted else _screen(request, keeping, notice=str(error), status=413)
    try:
        if not proven(request, form.get(FIELD)):
            return people.problem(request, "form_old", 403)
        said = [await _let_in(one, keeping) for one in form.getlist("file") if isinstance(one, UploadFile) and one.filename]
    finally:
        await form.close()
    if scripted:
        told = said[0] if said else {"error": word("no_file", frame.language_of(request))}
        return JSONResponse(told, 422 if "error" in told else 200)
    errors = " · ".join(one["error"] for one in said if "error" in one)
    if errors or not said:
        notice = errors or word("no_file", frame.language_of(request))
        return await run_in_threadpool(partial(_screen, request, keeping, notice=notice, status=422))
    return RedirectResponse(f"{HERE}#work", 303)


async def _let_in(incoming: UploadFile, keeping: Keeping) -> dict[str, Any]:
    settings, given = keeping.advisor.settings, str(incoming.filename)
    try:
        place = await uploads.received(incoming, settings, given)
        held = await run_in_threadpool(keeping.held)
        others = {one.entry.source for one in held if one.entry.owner != UPLOADED}
        known = {(one.entry.sha256, one.entry.source) for one in held if one.entry.state == "indexed"}
        kept = await run_in_threadpool(uploads.keep, place, given, settings, keeping.jobs, others, known)
    except AdvisorError as error:
        return {"error": str(error)}
    return {"name": kept.name, "title": kept.title, "language": kept.language, "pages": kept.pages, "replaced": kept.replaced}


def _bounded(request: Request, mebibytes: int) -> Request:
    """The request, its body held to a size: what is announced as larger is refused at once, what grows larger when it does."""
    most = (mebibytes + 1) * 2**20
    error = OversizedDocument(f"What was sent is larger than {mebibytes} MiB, the limit here. Send fewer or smaller files.")
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > most:
        raise error
    taken = 0

    async def receive() -> Any:
        nonlocal taken
        message = await request.receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise error
        return message

    return Request(request.scope, receive)
