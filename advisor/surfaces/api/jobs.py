"""Changes of the library that a caller asks for: they wait their turn behind those of the page, and can be asked after."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from advisor.errors import AdvisorError, IndexLocked
from advisor.surfaces.api import problems
from advisor.surfaces.api.bodies import Unread
from advisor.surfaces.api.problems import Problem
from advisor.surfaces.web import jobs as page

KEPT = 1000  # jobs that can be asked after
PATIENCE, PAUSE = 600.0, 0.02  # seconds that a job waits for another one, and between two looks
_log = logging.getLogger("advisor.web")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job did to the library; `failed` names the files that could not be read, with the reason."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    failed: tuple[Unread, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A change of the library: `documents` are the files it is about, `refused` those that were not let in.

    `outcome` is there when it is done, `problem` when it failed. Times are UTC, in the form of ISO 8601.
    """

    id: str
    kind: Literal["add", "remove"]
    state: Literal["waiting", "running", "done", "failed"]
    documents: tuple[str, ...]
    refused: tuple[Unread, ...]
    begun: str
    ended: str | None = None
    outcome: Outcome | None = None
    problem: Problem | None = None


class Jobs:
    """The jobs of one library; forgotten when the server stops. `library` does the work and has one job at a time."""

    def __init__(self, library: page.Jobs) -> None:
        self._library = library
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="advisor-job")

    def add(self, who: str, documents: Sequence[str], refused: Sequence[Unread] = ()) -> Job:
        """Have uploaded files read; returns at once."""
        return self._begin("add", who, documents, refused, only=list(documents))

    def remove(self, who: str, documents: Sequence[str], uploaded: Sequence[str]) -> Job:
        """Have files taken out of the library, and those that were uploaded deleted; returns at once."""
        return self._begin("remove", who, documents, (), only=list(documents), uploaded=list(uploaded))

    def get(self, id: str) -> Job | None:
        """A job as it stands now; None where there never was one of that name or it was forgotten."""
        with self._lock:
            return self._jobs.get(id)

    def _begin(
        self, kind: Literal["add", "remove"], who: str, documents: Sequence[str], refused: Sequence[Unread], **order: Any
    ) -> Job:  # fmt: skip
        job = Job(secrets.token_hex(8), kind, "waiting", tuple(documents), tuple(refused), _now())
        with self._lock:
            self._jobs[job.id] = job
            ended = [one.id for one in self._jobs.values() if one.ended]
            for one in ended[: max(0, len(self._jobs) - KEPT)]:
                del self._jobs[one]
        self._worker.submit(self._run, job, who, order)
        return job

    def _run(self, job: Job, who: str, order: dict[str, Any]) -> None:
        try:
            ended = self._follow(job, who, order)
        except AdvisorError as error:
            ended = replace(job, state="failed", problem=problems.of(error))
        except Exception as error:  # noqa: BLE001
            # Nobody stands behind this thread: an error that is not told here is told nowhere.
            _log.error("Job %s failed", job.id, exc_info=error)
            ended = replace(job, state="failed", problem=problems.unforeseen())
        self._keep(replace(ended, ended=_now()))

    def _follow(self, job: Job, who: str, order: dict[str, Any]) -> Job:
        """The job when it has ended."""
        number = self._started(job, who, order)
        self._keep(replace(job, state="running"))
        while (last := self._library.last) and last.number == number and last.state == "running":
            time.sleep(PAUSE)
        if last is None or last.number != number:
            detail = "Another change began before the outcome of this one was seen. GET documents shows what the library holds now."
            return replace(job, state="failed", problem=problems.problem(500, detail, "outcome_unknown"))
        if last.state == "failed":
            detail = last.error or "The process that changes the library ended before it was done. The library is as it was; try again."
            return replace(job, state="failed", problem=problems.problem(503, detail, "change_failed"))
        return replace(job, state="done", outcome=_outcome(last.result))

    def _started(self, job: Job, who: str, order: dict[str, Any]) -> int:
        """The number of the job of the library that does this one; waits while another one runs, of the page or of another process."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self._library.start("sync" if job.kind == "add" else "remove", who, **order).number
            except IndexLocked:
                if time.monotonic() > end:
                    raise
            time.sleep(PAUSE)

    def _keep(self, job: Job) -> None:
        with self._lock:
            self._jobs[job.id] = job


def _outcome(result: dict[str, Any]) -> Outcome:
    failed = tuple(Unread(one["source"], one["reason"] or "") for one in result.get("failed", ()))
    return Outcome(result.get("added", 0), result.get("changed", 0), result.get("removed", 0), failed)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
