"""Bring the library up to date, or say what that would do."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.errors import UsageError
from advisor.surfaces.cli.console import Meter, dump, failure, many, note, say
from advisor.surfaces.cli.options import FAILED, AsJson, IndexFolder, examples, opened

if TYPE_CHECKING:
    from advisor.advisor import Advisor
    from advisor.index import Entry
    from advisor.sync import Plan, Report

app = typer.Typer()


@app.command(
    epilog=examples(
        "advisor ingest",
        "advisor ingest ~/papers --plan",
        "advisor ingest corpus/ ~/papers",
        "advisor ingest corpus/ --rebuild",
        "advisor ingest ~/papers --watch --every 10",
        "advisor ingest ~/papers --ray 192.0.2.10:6379",
    )
)
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Folders and files (default: corpus/).")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be done.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Start from nothing, after a change of encoder or schema.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Go on and bring in what changes, until Ctrl-C.")] = False,
    every: Annotated[float, typer.Option("--every", metavar="SECONDS", min=0.1, help="With --watch: time between two looks.")] = 5.0,
    ray: Annotated[str | None, typer.Option("--ray", metavar="ADDRESS", help="Read and encode on the Ray cluster at HOST:PORT.")] = None,
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Bring the library up to date.

    What is new or changed in the folders and files is read; what is gone from a folder leaves the library.
    """
    if watch and plan:
        raise UsageError("--watch and --plan do not go together. Leave one of them out.")
    with opened(index, ray) as advisor:
        chosen = paths or [advisor.settings.corpus]
        if plan:
            plans = advisor.plan(chosen)
            dump([_plan_as_json(p) for p in plans]) if as_json else _print_plans(plans)
            return
        if watch and not rebuild:
            _watch(advisor, chosen, every, as_json)
            return
        begin = time.perf_counter()
        if advisor.outdated and not rebuild:
            note("An earlier version of the advisor made the library; its documents are carried over first.")
        meter = Meter()
        try:
            report = advisor.sync(chosen, rebuild=rebuild, progress=meter, encoding=meter.encoding)
        except KeyboardInterrupt:
            if advisor.unfinished:
                note("\nWhat was encoded is put aside: the next run goes on with it.")
            raise
        if watch:
            dump(report_as_json(report)) if as_json else _print_report(report, time.perf_counter() - begin)
            _watch(advisor, chosen, every, as_json)
            return
    dump(report_as_json(report)) if as_json else _print_report(report, time.perf_counter() - begin)
    if report.failed:
        raise typer.Exit(FAILED)


def _watch(advisor: Advisor, paths: list[Path], every: float, as_json: bool) -> None:
    from advisor.watch import Watch, keep_looking

    syncs = 0

    def done(report: Report) -> None:
        nonlocal syncs
        syncs += 1
        dump(report_as_json(report)) if as_json else _print_report(report)

    def end(*_: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    note(f"Watching {', '.join(map(str, paths))}; Ctrl-C ends it.")
    try:
        keep_looking(Watch(advisor, paths, Meter()), lambda: time.sleep(every), done, lambda error: failure(f"advisor: {error}"))
    except KeyboardInterrupt:
        note(f"Stopped after {syncs} {'change' if syncs == 1 else 'changes'} of the library; it is as the last one left it.")


def _plan_as_json(p: Plan) -> dict[str, Any]:
    return {
        "owner": p.owner,
        "added": [c.entry.source for c in p.added],
        "changed": [c.entry.source for c in p.changed],
        "renamed": [{"from": old, "to": c.entry.source} for old, c in p.renamed],
        "removed": [entry.source for entry in p.removed],
        "unchanged": len(p.unchanged),
        "failed": _reasons(p.failed),
        "skipped": list(p.skipped),
    }


def _reasons(failed: Iterable[Entry]) -> list[dict[str, str | None]]:
    return [{"source": entry.source, "reason": entry.reason} for entry in failed]


def report_as_json(report: Report) -> dict[str, Any]:
    """What a change did to the library, as plain values."""
    return {
        "generation": report.generation,
        "counts": asdict(report.counts),
        "plans": [_plan_as_json(p) for p in report.plans],
        "failed": _reasons(report.failed),
    }


def _print_plans(plans: list[Plan]) -> None:
    for p in plans:
        say(p.owner)
        for word, names in (("add", p.added), ("change", p.changed)):
            for c in names:
                say(f"  {word}  {c.entry.source}")
        for old, c in p.renamed:
            say(f"  rename  {old} to {c.entry.source}")
        for entry in p.removed:
            say(f"  remove  {entry.source}")
        for entry in p.failed:  # the reason begins with the name
            say(f"  fail    {entry.reason}")
        for source in p.skipped:
            say(f"  skip    {source}")
        say(f"  unchanged: {many(len(p.unchanged), 'file')}")


NAMED = 20  # skipped files that are named one by one


def _print_report(report: Report, seconds: float | None = None) -> None:
    if report.skipped:
        more = f" … and {len(report.skipped) - NAMED} more; --plan names all" if len(report.skipped) > NAMED else ""
        named = ", ".join(report.skipped[:NAMED])
        note(f"{many(len(report.skipped), 'file')} skipped, of a kind that is not read: {named}{more}")
    for entry in report.failed:  # the reason begins with the name
        failure(f"failed: {entry.reason}")
    if report.resumed:
        note(f"{many(report.resumed, 'passage')} had been encoded by a run that was stopped.")
    c = report.counts
    tried = sum(len(p.added) + len(p.changed) + len(p.renamed) + len(p.removed) for p in report.plans)
    changed = tried - (len(report.failed) - sum(len(p.failed) for p in report.plans))  # a plan's own failures were not tried
    say(
        f"{many(changed, 'file')} changed, {report.unchanged:,} unchanged, {len(report.failed):,} failed. "
        f"The library ({report.generation}) holds {many(c.documents, 'document')} of {many(c.works, 'work')}, "
        f"{many(c.passages, 'passage')}, {many(c.factors, 'factor')}. " + ("" if seconds is None else f"{seconds:.1f} s")
    )
