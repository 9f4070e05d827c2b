"""How far the work on the library is, for everyone who looks at a page; asked for again and again by assets/library.js."""

from __future__ import annotations

import time

from advisor.surfaces.web.jobs import Job
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.wording import count, word

MOST = 200  # failed files that are named


def status(job: Job | None, language: str) -> str:
    """The place on a page where the work is watched."""
    running = job is not None and job.state == "running"
    return tag("div", said(job, language), id="status", role="status", data_running="true" if running else "false")


def said(job: Job | None, language: str) -> str:
    """How far the job is that runs, or how the last one ended."""
    if job is None:
        return ""
    when = time.strftime("%H:%M", time.localtime(job.begun))
    head = tag("p", text(word(f"job_{job.kind}", language, who=job.who, when=when)), class_="job")
    if job.state == "failed":
        reason = tag("p", text(job.error or word("job_lost", language)), class_="detail", lang="en" if job.error else None)
        return tag("div", head + tag("p", text(word("job_failed", language))) + reason, class_="notice bad")
    if job.state == "running":
        return tag("div", head + _progress(job, language), class_="notice running")
    return tag("div", head + _ended(job, language), class_="notice good") if job.kind != "plan" else ""


def _progress(job: Job, language: str) -> str:
    if job.total and job.source:
        said = word("job_reading", language, done=job.done + 1, total=job.total)
        bar = tag("progress", "", value=job.done, max=job.total, aria_label=said)
        return bar + tag("p", text(said) + " " + tag("span", text(job.source), class_="file"))
    said = word("job_writing" if job.writing else "job_starting", language)
    return tag("progress", "", aria_label=said) + tag("p", text(said))


def _ended(job: Job, language: str) -> str:
    result = job.result
    if job.kind == "remove":
        return tag("p", text(word("done_remove", language, number=result["removed"])))
    if job.kind == "rollback":
        return tag("p", text(word("done_rollback", language, generation=result["generation"])))
    said = word(
        "done_sync", language, added=result["added"], changed=result["changed"], removed=result["removed"],
        documents=count("documents", result["documents"], language), factors=count("more_factors", result["factors"], language),
    )  # fmt: skip
    failed = "".join(
        tag("li", tag("strong", text(one["source"])) + " " + tag("span", text(one["reason"]), lang="en")) for one in result["failed"][:MOST]
    )
    trouble = tag("p", text(count("done_failed", len(result["failed"]), language))) + tag("ul", failed) if failed else ""
    return tag("p", text(said)) + trouble
