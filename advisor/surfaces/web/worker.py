"""The process beside the chat in which the library is written: a job from standard input, what happens as lines of JSON on standard output.

It is a process of its own because reading and encoding would hold the chat's interpreter, and it steps back behind the chat where both
want the processor.
"""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from advisor.advisor import Advisor
from advisor.documents import read, sidecar_of
from advisor.errors import AdvisorError, OversizedDocument
from advisor.settings import Settings

NICENESS = 15  # of 19: the chat goes first, and a machine with time to spare still gives it all
SECONDS, BYTES = 120, 4 * 2**30  # of processor time and memory in which one file must be read to be let in


def main() -> None:
    """Do the job and end; a failure is told as a line as well."""
    with suppress(OSError):
        os.nice(NICENESS)
    job = json.loads(sys.stdin.readline())
    try:
        _tell(result=_JOBS[job["kind"]](Settings.from_environ(), job))
    except AdvisorError as error:
        _tell(error=str(error), name=type(error).__name__)
    except MemoryError:
        _tell(error="There is not enough memory to read this file. Split it.", name="OversizedDocument")


def _tell(**said: Any) -> None:
    sys.stdout.write(json.dumps(said, ensure_ascii=True) + "\n")
    sys.stdout.flush()


def _progress(done: int, total: int, source: str) -> None:
    _tell(done=done, total=total, source=source)


def check(settings: Settings, job: dict[str, Any]) -> dict[str, Any]:
    """Read one file as the library would, within bounds of time and memory."""
    _bound()
    document = read(Path(job["path"]), source=job["source"])
    if len(document.pages) > settings.upload_pages:
        raise OversizedDocument(
            f"{job['source']}: the file has {len(document.pages):,} pages, the limit is {settings.upload_pages:,}; split it, "
            "or raise ADVISOR_UPLOAD_PAGES"
        )
    title = "" if "title" in document.work.missing else document.work.title
    return {"title": title, "language": document.language, "pages": len(document.pages), "characters": len(document.text)}


def _bound() -> None:
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def plan(settings: Settings, job: dict[str, Any]) -> dict[str, Any]:
    """What bringing the library up to date would change."""
    with Advisor.open(settings) as advisor:
        found = advisor.changes(_folders(settings), progress=_progress)
    return {"changes": [asdict(change) for change in found]}


def sync(settings: Settings, job: dict[str, Any]) -> dict[str, Any]:
    """Bring the library up to date, or only the files that are named; `again` reads these though they did not change."""
    with Advisor.open(settings) as advisor:
        only = job.get("only") or ()
        report = advisor.sync(
            _folders(settings) or [settings.uploads], progress=_progress, only=only, again=only if job.get("again") else ()
        )
    plans = report.plans
    return {
        "added": sum(len(p.added) for p in plans),
        "changed": sum(len(p.changed) + len(p.renamed) for p in plans),
        "removed": sum(len(p.removed) for p in plans),
        "failed": [{"source": entry.source, "reason": entry.reason} for entry in report.failed],
        "factors": report.counts.factors - report.factors_before,
        "documents": report.counts.documents,
    }


def remove(settings: Settings, job: dict[str, Any]) -> dict[str, Any]:
    """Take files out of the library; those that were uploaded are deleted as well."""
    with Advisor.open(settings) as advisor:
        known = {entry.source for entry in advisor.manifest()} if advisor.ready else set()
        chosen = [source for source in job["only"] if source in known]
        if chosen:
            advisor.remove(chosen)
    for name in job.get("uploaded") or ():
        delete(settings.uploads, name)
    return {"removed": len(job["only"])}


def delete(folder: Path, name: str) -> None:
    """Delete an uploaded file and its work data; one that is gone stays gone."""
    file = folder / name
    if file.parent == folder:
        file.unlink(missing_ok=True)
        sidecar_of(file).unlink(missing_ok=True)


def rollback(settings: Settings, job: dict[str, Any]) -> dict[str, Any]:
    """Go back to the library before the last change."""
    with Advisor.open(settings) as advisor:
        return {"generation": advisor.rollback()}


def _folders(settings: Settings) -> list[Path]:
    return [settings.corpus] if settings.corpus.is_dir() else []


_JOBS = {"check": check, "plan": plan, "sync": sync, "remove": remove, "rollback": rollback}

if __name__ == "__main__":
    main()
