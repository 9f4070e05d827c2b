"""The part of the interface that shows the library and changes it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Query, Request, Response, UploadFile
from starlette.concurrency import run_in_threadpool

from advisor.accounts import LOCAL, Account
from advisor.advisor import Advisor
from advisor.errors import AdvisorError
from advisor.surfaces import contract
from advisor.surfaces.api import problems
from advisor.surfaces.api.access import Access
from advisor.surfaces.api.bodies import Documents, Unread, WholeDocument
from advisor.surfaces.api.jobs import Job, Jobs
from advisor.surfaces.api.problems import Invalid
from advisor.surfaces.web import jobs as page
from advisor.surfaces.web import uploads
from advisor.sync import UPLOADED

MOST_FILES = 20  # in one request
_ACCEPTED: dict[int | str, dict[str, Any]] = {
    202: {
        "description": "Begun; ask after the job until it is done.",
        "headers": {"Location": {"description": "Where the job can be asked after.", "schema": {"type": "string"}}},
    }
}
_Files = Annotated[list[UploadFile], File(max_length=MOST_FILES, description="Markdown, text, HTML, PDF or DOCX.")]
_Offset = Annotated[int, Query(ge=0, le=2**31)]
_Limit = Annotated[int, Query(ge=1, le=contract.LONGEST_LIST)]


def reading(advisor: Advisor) -> APIRouter:
    """The routes for readers."""
    router = APIRouter(tags=["documents"])

    @router.get("/documents", summary="The documents, a page at a time", responses=problems.documented(413, 422, 503))
    def documents(offset: _Offset = 0, limit: _Limit = 100) -> Documents:
        total, listed = contract.documents(advisor, offset, limit)
        failed = tuple(Unread(entry.source, entry.reason or "") for entry in contract.failures(advisor))
        return Documents(total, listed, failed)

    @router.get("/documents/{sha256}", summary="One document with its text", responses=problems.documented(404, 413, 422, 503))
    def document(sha256: str) -> WholeDocument:
        one = contract.document(advisor, sha256)
        if one is None:
            raise _unknown(sha256)
        return WholeDocument(one.source, one.sha256, one.media_type, one.language, one.work, one.text)

    return router


def changing(advisor: Advisor, library: page.Jobs, access: Access) -> APIRouter:
    """The routes for analysts; `library` are the jobs that the page shows, so that everyone sees what goes on."""
    router = APIRouter(tags=["documents"], dependencies=[Depends(access.analyst)])
    refused = problems.documented(400, 401, 403, 404, 413, 422, 503)
    jobs = Jobs(library)

    @router.post("/documents", status_code=202, summary="Add documents", responses={**refused, **_ACCEPTED})
    async def add(files: _Files, request: Request, response: Response) -> Job:
        kept, not_kept = await _let_in(advisor, library, files)
        if not kept:
            raise problems.Refused(_none_kept(not_kept))
        return _begun(jobs.add(_who(request), kept, not_kept), response)

    @router.delete("/documents/{sha256}", status_code=202, summary="Take a document out", responses={**refused, **_ACCEPTED})
    def remove(sha256: str, request: Request, response: Response) -> Job:
        entries = [entry for entry in advisor.manifest() if entry.held == sha256]
        if not entries:
            raise _unknown(sha256)
        uploaded = sorted(entry.source for entry in entries if entry.owner == UPLOADED)
        return _begun(jobs.remove(_who(request), sorted({entry.source for entry in entries}), uploaded), response)

    @router.get("/jobs/{id}", summary="How a change of the library is getting on", responses=refused)
    def job(id: str) -> Job:
        found = jobs.get(id)
        if found is None:
            raise problems.Refused(problems.problem(404, f"There is no job {id[:80]!r}. The server forgets them when it stops."))
        return found

    return router


async def _let_in(advisor: Advisor, library: page.Jobs, files: list[UploadFile]) -> tuple[list[str], list[Unread]]:
    """The names of files that were kept among the uploads, and those that were not, with the reason."""
    kept: list[str] = []
    refused: list[Unread] = []
    for file in files:
        given = file.filename or ""
        try:
            place = await uploads.received(file, advisor.settings, given)
            entries = await run_in_threadpool(lambda: advisor.manifest() if advisor.ready else [])
            others = {entry.source for entry in entries if entry.owner != UPLOADED}
            known = {(entry.sha256, entry.source) for entry in entries if entry.state == "indexed"}
            kept.append((await run_in_threadpool(uploads.keep, place, given, advisor.settings, library, others, known)).name)
        except AdvisorError as error:
            refused.append(Unread(given[:200], str(error)))
    return kept, refused


def _none_kept(refused: list[Unread]) -> problems.Problem:
    detail = "None of the files was let in: " + " ".join(one.reason for one in refused[:5])
    return problems.problem(422, detail, "documents_refused", [Invalid(one.source, one.reason) for one in refused])


def _who(request: Request) -> str:
    """Who asked for a change, as the page names them."""
    account: Account = request.state.account
    return "API" if account is LOCAL else account.name


def _begun(job: Job, response: Response) -> Job:
    response.headers["Location"] = f"jobs/{job.id}"
    return job


def _unknown(sha256: str) -> problems.Refused:
    return problems.Refused(problems.problem(404, f"The library has no document {sha256[:80]!r}. GET documents lists their sha256."))
