"""Work that takes longer than a request: one piece after another, each with a name to ask after it."""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal

from advisor.errors import AdvisorError, IndexLocked
from advisor.surfaces.api import problems
from advisor.surfaces.api.bodies import Unread
from advisor.surfaces.api.problems import Problem
from advisor.sync import Report

KEPT = 1000  # jobs that can be asked after
PATIENCE, PAUSE = 120.0, 0.5  # seconds that a job waits for another writer in all, and between two tries
_log = logging.getLogger("advisor.web")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a job did to the library: files by what became of them, and the generation that holds the result."""

    generation: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    failed: tuple[Unread, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work; `outcome` is there when it is done, `problem` when it failed. Times are UTC, in the form of ISO 8601."""

    id: str
    kind: Literal["add", "remove"]
    state: Literal["waiting", "running", "done", "failed"]
    documents: tuple[str, ...]
    begun: str
    ended: str | None = None
    outcome: Outcome | None = None
    problem: Problem | None = None


class Jobs:
    """The jobs of one library, one at a time, since an index has one writer; forgotten when the server stops."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="advisor-job")

    def begin(self, kind: Literal["add", "remove"], documents: tuple[str, ...], work: Callable[[], Report]) -> Job:
        """Put work in the queue; returns at once."""
        job = Job(secrets.token_hex(8), kind, "waiting", documents, _now())
        with self._lock:
            self._jobs[job.id] = job
            ended = [one.id for one in self._jobs.values() if one.ended]
            for one in ended[: max(0, len(self._jobs) - KEPT)]:
                del self._jobs[one]
        self._worker.submit(self._run, job, work)
        return job

    def get(self, id: str) -> Job | None:
        """A job as it stands now; None where there never was one of that name or it was forgotten."""
        with self._lock:
            return self._jobs.get(id)

    def _run(self, job: Job, work: Callable[[], Report]) -> None:
        self._keep(replace(job, state="running"))
        try:
            self._keep(replace(job, state="done", ended=_now(), outcome=_outcome(_patiently(work))))
        except AdvisorError as error:
            self._keep(replace(job, state="failed", ended=_now(), problem=problems.of(error)))
        except Exception as error:  # noqa: BLE001
            # Nobody stands behind this thread: an error that is not told here is told nowhere.
            _log.error("Job %s failed", job.id, exc_info=error)
            detail = "Something went wrong that should not have; the server's log has the details. The library is as it was."
            self._keep(replace(job, state="failed", ended=_now(), problem=problems.problem(500, detail)))

    def _keep(self, job: Job) -> None:
        with self._lock:
            self._jobs[job.id] = job


def _patiently(work: Callable[[], Report]) -> Report:
    """The result of work that may have to wait for another writer."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return work()
        except IndexLocked:
            if time.monotonic() > end:
                raise
        time.sleep(PAUSE)


def _outcome(report: Report) -> Outcome:
    plans = report.plans
    return Outcome(
        report.generation,
        tuple(one.entry.source for plan in plans for one in plan.added),
        tuple(one.entry.source for plan in plans for one in plan.changed),
        tuple(one.source for plan in plans for one in plan.removed),
        report.unchanged,
        tuple(Unread(one.source, one.reason or "") for one in report.failed),
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
