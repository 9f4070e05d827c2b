"""Work on the library beside the chat: one job at a time, in a process of its own, watched by everyone who looks at the page."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from advisor.errors import AdvisorError, DamagedDocument, IndexLocked
from advisor.settings import Settings

log = logging.getLogger("advisor.web")
Kind = Literal["plan", "sync", "remove", "rollback"]
State = Literal["running", "done", "failed"]
WORKER = (sys.executable, "-m", "advisor.surfaces.web.worker")
LONGEST_CHECK = 300.0  # seconds for which one uploaded file may be looked at


@dataclass(frozen=True, slots=True)
class Job:
    """One job: what, on whose behalf, how far, and how it ended. `done` of `total` files are read; `source` is the one at hand."""

    number: int
    kind: Kind
    who: str
    begun: float
    state: State = "running"
    done: int = 0
    total: int = 0
    source: str = ""
    result: dict[str, Any] = field(default_factory=dict)
    error: str = ""

    @property
    def writing(self) -> bool:
        """True once every file is read and the new generation is being made."""
        return self.state == "running" and self.kind == "sync" and bool(self.total) and not self.source


class Jobs:
    """The jobs of one library; safe for several threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._checking = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._job: Job | None = None
        self._plan: Job | None = None
        self._outdated = 0  # number of the last job whose plan is not true any more

    @property
    def last(self) -> Job | None:
        """The job that runs, else the one that ended last."""
        return self._job

    @property
    def running(self) -> bool:
        """True while a job runs."""
        return self._job is not None and self._job.state == "running"

    @property
    def plan(self) -> Job | None:
        """The last plan that is still true as far as this process knows."""
        return self._plan

    def check_free(self) -> None:
        """Raise IndexLocked while a job runs."""
        if self._job is not None and self._job.state == "running":
            raise IndexLocked(f"{self._job.who} is changing the library at the moment. Wait until that is done, then try again.")

    def start(self, kind: Kind, who: str, **details: Any) -> Job:
        """Begin a job; raises IndexLocked while another one runs."""
        with self._lock:
            self.check_free()
            job = Job(self._job.number + 1 if self._job else 1, kind, who, time.time())
            process = _process(self._settings)
            self._job, self._process, self._plan = job, process, None
        threading.Thread(target=self._follow, args=(process, {"kind": kind, **details}), name="library", daemon=True).start()
        return job

    def forget_plan(self) -> None:
        """The plan is not true any more: files came or went."""
        with self._lock:
            self._plan = None
            self._outdated = self._job.number if self._job else 0

    def _follow(self, process: subprocess.Popen[str], order: dict[str, Any]) -> None:
        ended = False
        try:
            for said in _said(process, order):
                with self._lock:
                    if self._job is None:
                        return
                    self._job = _after(self._job, said)
                    ended = self._job.state != "running"
                    if self._job.kind == "plan" and self._job.state == "done" and self._job.number > self._outdated:
                        self._plan = self._job
        finally:  # whatever happened: a job that seems to run keeps all others from it
            with self._lock:
                if self._job is not None and not ended:  # once it has ended, the next one may be running
                    self._job = replace(self._job, state="failed", error="")

    def check(self, path: str, source: str) -> dict[str, Any]:
        """Read an uploaded file in a process with bounds; raises DamagedDocument with the reader's reason where that fails."""
        with self._checking:
            process = _process(self._settings)
            timer = threading.Timer(LONGEST_CHECK, process.kill)
            timer.start()
            try:
                said = deque(_said(process, {"kind": "check", "path": path, "source": source}), maxlen=1)
            finally:
                timer.cancel()
        last: dict[str, Any] = said[0] if said else {}
        if "result" in last:
            result: dict[str, Any] = last["result"]
            return result
        reason = (
            last.get("error") or f"{source}: the file could not be read within the bounds of time and memory; split it, or make a new copy"
        )
        raise DamagedDocument(reason)

    def close(self) -> None:
        """End a running job; the library stays as it was before it."""
        process = self._process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _written(value: object) -> str:
    """A setting as a variable of the environment holds it."""
    return str(int(value)) if isinstance(value, bool) else str(value)


def _process(settings: Settings) -> subprocess.Popen[str]:
    given = {f"ADVISOR_{name.upper()}": getattr(settings, name) for name in settings.__dataclass_fields__}
    environ = {**os.environ, **{name: _written(value) for name, value in given.items() if value is not None}}
    try:
        return subprocess.Popen(
            WORKER, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        )  # fmt: skip
    except OSError as error:
        raise AdvisorError(f"No process could be started for the library: {error}. Free some memory and try again.") from error


def _said(process: subprocess.Popen[str], order: dict[str, Any]) -> Any:
    """What the worker says, line by line; what it writes to standard error goes to our log."""
    stdin, stdout, stderr = process.stdin, process.stdout, process.stderr
    assert stdin and stdout and stderr
    errors: list[str] = []
    reader = threading.Thread(target=lambda: errors.extend(stderr.readlines()), daemon=True)
    reader.start()
    with process:
        try:
            stdin.write(json.dumps(order) + "\n")
            stdin.close()
        except BrokenPipeError:
            log.warning("The library's process ended before it began")
        for line in stdout:
            if told := _told(line):
                yield told
        process.wait()
        reader.join()
    if process.returncode > 0:
        log.error("The library's process ended with %s:\n%s", process.returncode, "".join(errors[-40:]))


def _told(line: str) -> dict[str, Any]:
    """What a line of the worker tells, nothing where it is not the worker's: a library may print, and a killed worker ends amid a line."""
    try:
        said = json.loads(line)
    except ValueError:
        return {}
    known = isinstance(said, dict) and ("error" in said or "result" in said or {"done", "total", "source"} <= said.keys())
    return said if known else {}


def _after(job: Job, said: dict[str, Any]) -> Job:
    if "error" in said:
        return replace(job, state="failed", error=said["error"])
    if "result" in said:
        return replace(job, state="done", result=said["result"], source="")
    return replace(job, done=said["done"], total=said["total"], source=said["source"])
