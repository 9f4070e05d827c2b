"""The part of the interface that shows the library and changes it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, File, Query, Response, UploadFile

from advisor.advisor import Advisor
from advisor.surfaces import contract
from advisor.surfaces.api import problems, uploads
from advisor.surfaces.api.access import Access
from advisor.surfaces.api.bodies import Documents, Unread, WholeDocument
from advisor.surfaces.api.jobs import Job, Jobs

LARGEST_UPLOAD = 64 * 2**20  # bytes of a request that brings documents
_ACCEPTED = {"headers": {"Location": {"description": "Where the job can be asked after.", "schema": {"type": "string"}}}}
_Files = Annotated[list[UploadFile], File(description="Markdown, text, HTML, PDF or DOCX; beside a file, NAME.yaml with its work's data.")]
_Sha256 = Annotated[str, "sha256 of the file"]


def reading(advisor: Advisor) -> APIRouter:
    """The routes for readers."""
    router = APIRouter(tags=["documents"])

    @router.get("/documents", summary="The documents, a page at a time", responses=problems.documented(413, 422, 503))
    def documents(
        offset: Annotated[int, Query(ge=0, le=2**31)] = 0, limit: Annotated[int, Query(ge=1, le=contract.LONGEST_LIST)] = 100
    ) -> Documents:
        total, listed = contract.documents(advisor, offset, limit)
        failed = tuple(Unread(entry.source, entry.reason or "") for entry in contract.failures(advisor))
        return Documents(total, listed, failed)

    @router.get("/documents/{sha256}", summary="One document with its text", responses=problems.documented(404, 413, 422, 503))
    def document(sha256: _Sha256) -> WholeDocument:
        one = contract.document(advisor, sha256)
        if one is None:
            raise _unknown(sha256)
        return WholeDocument(one.source, one.sha256, one.media_type, one.language, one.work, one.text)

    return router


def changing(advisor: Advisor, jobs: Jobs, access: Access) -> APIRouter:
    """The routes for analysts."""
    router = APIRouter(tags=["documents"], dependencies=[Depends(access.analyst)])
    refused = problems.documented(400, 401, 403, 404, 413, 422, 503)

    @router.post("/documents", status_code=202, summary="Add documents", responses={**refused, 202: {"description": "Begun", **_ACCEPTED}})
    def add(files: _Files, response: Response) -> Job:
        brought = [(one.filename or "", one.file) for one in files]
        return _begun(uploads.add(advisor, jobs, brought), response)

    @router.delete(
        "/documents/{sha256}", status_code=202, summary="Take a document out",
        responses={**refused, 202: {"description": "Begun", **_ACCEPTED}},
    )  # fmt: skip
    def remove(sha256: _Sha256, response: Response) -> Job:
        one = contract.document(advisor, sha256)
        if one is None:
            raise _unknown(sha256)
        return _begun(uploads.remove(advisor, jobs, one), response)

    @router.get("/jobs/{id}", summary="How a change of the library is getting on", responses=refused)
    def job(id: str) -> Job:
        found = jobs.get(id)
        if found is None:
            raise problems.Refused(problems.problem(404, f"There is no job {id[:80]!r}. The server forgets them when it stops."))
        return found

    return router


def _begun(job: Job, response: Response) -> Job:
    response.headers["Location"] = f"jobs/{job.id}"
    return job


def _unknown(sha256: str) -> problems.Refused:
    return problems.Refused(problems.problem(404, f"The library has no document {sha256[:80]!r}. GET documents lists their sha256."))
