"""The command line: results on standard output, progress and errors on standard error.

Exit codes: 0 done, 1 some files failed or a quotation did not verify, 2 wrong usage or no index.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.errors import AdvisorError
from advisor.settings import Settings
from advisor.surfaces.users import users

if TYPE_CHECKING:
    from advisor.advisor import Advisor
    from advisor.sync import Plan, Report

FAILED, WRONG = 1, 2
app = typer.Typer(
    help="Answers from strategy literature, in English and German, every sentence quoted.", no_args_is_help=True,
    pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip
library = typer.Typer(help="What the library holds, and how to change it.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(library, name="library")
app.add_typer(users, name="user")

IndexFolder = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="Folder of the index (default: index/).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Language = Annotated[str | None, typer.Option("--language", metavar="de|en", help="Language of the answer (default: the question's).")]


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the `advisor` command; errors become one line and exit code 2."""
    try:
        app(args=arguments, standalone_mode=True)
    except AdvisorError as error:
        print(f"advisor: {error}", file=sys.stderr)  # noqa: T201
        raise SystemExit(WRONG) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None


def _say(text: str) -> None:
    typer.echo(text)


def _note(text: str) -> None:
    typer.echo(text, err=True)


def _dump(data: Any) -> None:
    _say(json.dumps(data, ensure_ascii=False, indent=2))


def _settings(index: Path | None) -> Settings:
    settings = Settings.from_environ()
    return settings if index is None else replace(settings, index=index)


@contextmanager
def _opened(index: Path | None) -> Iterator[Advisor]:
    from advisor.advisor import Advisor

    with Advisor.open(_settings(index)) as advisor:
        yield advisor


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="A question in English or German.")],
    as_json: AsJson = False,
    index: IndexFolder = None,
    language: Language = None,
) -> None:
    """Answer a question: advisor ask "What do we need before launching on social media?"."""
    with _opened(index) as advisor:
        given = advisor.ask(question, language=language)
    if as_json:
        _dump(given.as_json())
        return
    _say(given.text)
    if given.citations:
        _say("")
    by_reference: dict[tuple[str, str], list[int]] = {}
    for citation in given.citations:
        by_reference.setdefault((citation.reference, citation.document), []).append(citation.number)
    for (reference, document), numbers in by_reference.items():
        _say(f"{_ranges(numbers)} {reference} ({document})")
    _note(f"{given.outcome}, {given.strength}, {given.engine}, {given.seconds * 1000:.0f} ms")


def _ranges(numbers: list[int]) -> str:
    """[1, 2, 3, 7] as "[1–3] [7]"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return " ".join(f"[{run[0]}]" if len(run) == 1 else f"[{run[0]}–{run[-1]}]" for run in runs)


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words or a question.")],
    k: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many passages.")] = 10,
    as_json: AsJson = False,
    index: IndexFolder = None,
    language: Language = None,
) -> None:
    """List the best passages for a query: advisor search "Budget für drei Jahre" -k 5."""
    with _opened(index) as advisor:
        hits = advisor.search(query, k, language=language)
        found = [(hit, advisor.document(hit.passage.document)) for hit in hits]
    if as_json:
        _dump(
            [
                {**asdict(hit.passage), "id": hit.passage.id, "source": document.source, "work": document.work.key,
                 "score": round(hit.score, 4), "text": hit.passage.span.of(document.text)}
                for hit, document in found
            ]
        )  # fmt: skip
        return
    for number, (hit, document) in enumerate(found, 1):
        _say(f"{number}. {document.source}, {hit.passage.section} ({hit.passage.start}–{hit.passage.end})")
        _say("   " + " ".join(hit.passage.span.of(document.text).split())[:300])


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Folders and files (default: corpus/).")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Only say what would be done.")] = False,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Start from nothing, after a change of encoder or schema.")] = False,
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Bring the library up to date with folders and files: advisor ingest corpus/ ~/papers."""
    with _opened(index) as advisor:
        chosen = paths or [advisor.settings.corpus]
        if plan:
            plans = advisor.plan(chosen)
            _dump([_plan_as_json(p) for p in plans]) if as_json else _print_plans(plans)
            return
        begin = time.perf_counter()
        report = advisor.sync(chosen, rebuild=rebuild, progress=_progress)
    _dump(_report_as_json(report)) if as_json else _print_report(report, time.perf_counter() - begin)
    if report.failed:
        raise typer.Exit(FAILED)


def _progress(done: int, total: int, source: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{done}/{total} {source}" if source else "\r\033[K")
        if not source and total:
            sys.stderr.write(f"{total} files read; making the index …\n")


def _plan_as_json(p: Plan) -> dict[str, Any]:
    return {
        "owner": p.owner,
        "added": [c.entry.source for c in p.added],
        "changed": [c.entry.source for c in p.changed],
        "renamed": [{"from": old, "to": c.entry.source} for old, c in p.renamed],
        "removed": [entry.source for entry in p.removed],
        "unchanged": len(p.unchanged),
    }


def _report_as_json(report: Report) -> dict[str, Any]:
    return {
        "generation": report.generation,
        "counts": asdict(report.counts),
        "plans": [_plan_as_json(p) for p in report.plans],
        "failed": [{"source": entry.source, "reason": entry.reason} for entry in report.failed],
    }


def _print_plans(plans: list[Plan]) -> None:
    for p in plans:
        _say(p.owner)
        for word, names in (("add", p.added), ("change", p.changed)):
            for c in names:
                _say(f"  {word}  {c.entry.source}")
        for old, c in p.renamed:
            _say(f"  rename  {old} to {c.entry.source}")
        for entry in p.removed:
            _say(f"  remove  {entry.source}")
        _say(f"  unchanged: {len(p.unchanged)} files")


def _print_report(report: Report, seconds: float) -> None:
    for entry in report.failed:
        _note(f"failed: {entry.source}: {entry.reason}")
    c = report.counts
    changed = sum(len(p.added) + len(p.changed) + len(p.renamed) + len(p.removed) for p in report.plans)
    _say(
        f"{changed} files changed, {report.unchanged} unchanged, {len(report.failed)} failed. "
        f"The library ({report.generation}) holds {c.documents} documents of {c.works} works, {c.passages} passages, {c.factors} factors. "
        f"{seconds:.1f} s"
    )


@library.command("list")
def library_list(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Every document, with its work and what was found in it."""
    with _opened(index) as advisor:
        rows: list[dict[str, Any]] = [
            {"source": d.source, "work": d.work.key, "title": d.work.title, "authors": list(d.work.authors), "year": d.work.year,
             "language": d.language, "digest": d.work.digest, "pages": len(d.pages), "passages": len(advisor.passages_of(d.sha256)),
             "factors": len(advisor.factors_of(d.sha256)), "missing": list(d.work.missing), "sha256": d.sha256}
            for d in advisor.documents()
        ]  # fmt: skip
        failed = [entry for entry in advisor.manifest() if entry.state == "failed"]
    if as_json:
        _dump({"documents": rows, "failed": [{"source": entry.source, "reason": entry.reason} for entry in failed]})
        return
    for row in rows:
        missing = f"  missing: {', '.join(row['missing'])}" if row["missing"] else ""
        _say(f"{row['source']:40} {row['work']:28} {row['language']} {row['passages']:4} passages {row['factors']:4} factors{missing}")
    for entry in failed:
        _say(f"{entry.source:40} failed: {entry.reason}")


@library.command("show")
def library_show(work: Annotated[str, typer.Argument(help="Key of a work.")], index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Everything known of one work, and its documents."""
    from advisor.errors import UsageError

    with _opened(index) as advisor:
        found = [document for document in advisor.documents() if document.work.key == work]
        if not found:
            raise UsageError(f"There is no work {work!r} in the library. See 'advisor library list' for the keys.")
    if as_json:
        _dump([{"source": d.source, "language": d.language, "sha256": d.sha256, "work": asdict(d.work)} for d in found])
        return
    for document in found:
        _say(f"{document.source} ({document.language}, {document.media_type}, {len(document.text)} characters)")
        for name, value in asdict(document.work).items():
            if value and name not in ("relations", "sources"):
                _say(f"  {name}: {', '.join(map(str, value)) if isinstance(value, tuple | list) else value}")
        for relation in document.work.relations:
            _say(f"  {relation.kind} {relation.other} on {relation.on}: {relation.point}")


@library.command("remove")
def library_remove(
    sources: Annotated[list[str], typer.Argument(metavar="PATH...", help="Names as listed.")], index: IndexFolder = None
) -> None:
    """Take documents out of the library; the files stay where they are."""
    with _opened(index) as advisor:
        report = advisor.remove(sources)
    _say(f"Removed {len(sources)}. The library ({report.generation}) holds {report.counts.documents} documents.")


@library.command("gaps")
def library_gaps(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Questions that the library could not answer, the most asked first."""
    with _opened(index) as advisor:
        found = advisor.gaps()
    if as_json:
        _dump([asdict(gap) for gap in found])
        return
    for gap in found:
        _say(f"{gap.times:4}  {gap.last[:10]}  {gap.question}")
    _say(f"{len(found)} questions without an answer.")


@library.command("rollback")
def library_rollback(index: IndexFolder = None) -> None:
    """Go back to the library as it was before the last change."""
    with _opened(index) as advisor:
        _say(f"The library is {advisor.rollback()} again.")


@library.command("check")
def library_check(folder: Annotated[Path, typer.Argument(help="Folder of documents.")] = Path("corpus")) -> None:
    """What a critical librarian would mend in a folder of documents: data, languages, lists, figures, relations."""
    from advisor.curation import Finding, Shelf, bibliography, check

    shelf = Shelf.from_path(folder)
    findings = list(check(shelf))
    sources = folder / "SOURCES.md"
    if sources.exists() and sources.read_text("utf-8") != bibliography(shelf):
        findings.append(Finding("SOURCES.md", f"is not what the front matter gives; run 'advisor library sources {folder}'"))
    for finding in findings:
        _say(f"{finding.source}: {finding.text}")
    _say(f"{len(shelf.documents)} documents checked, {len(findings)} findings.")
    if findings:
        raise typer.Exit(FAILED)


@library.command("sources")
def library_sources(folder: Annotated[Path, typer.Argument(help="Folder of documents.")] = Path("corpus")) -> None:
    """Write the bibliography of a folder, SOURCES.md, from the front matter of its documents."""
    from advisor.curation import Shelf, bibliography

    (folder / "SOURCES.md").write_text(bibliography(Shelf.from_path(folder)), "utf-8")
    _say(f"Wrote {folder / 'SOURCES.md'}.")


@app.command()
def verify(
    answer: Annotated[Path, typer.Argument(metavar="ANSWER.json", help="Output of 'advisor ask --json'; - for standard input.")],
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Re-check every quotation of a saved answer against the library: found, moved, changed or missing."""
    from advisor.answer.schema import Answer
    from advisor.errors import UsageError

    try:
        saved = Answer.from_json(json.loads(sys.stdin.read() if str(answer) == "-" else answer.read_text("utf-8")))
    except (OSError, ValueError) as error:
        raise UsageError(f"{answer} cannot be read as a saved answer: {error}. Expected the output of 'advisor ask --json'.") from error
    with _opened(index) as advisor:
        checked = advisor.verify([*saved.citations, *saved.nearest])
    if as_json:
        _dump([{"number": c.number, "document": c.document, "start": c.start, "end": c.end, "verdict": v} for c, v in checked])
    else:
        for citation, verdict in checked:
            _say(f"[{citation.number}] {verdict}  {citation.document}, {citation.start}–{citation.end}")
        _say(f"{sum(v == 'found' for _, v in checked)} of {len(checked)} quotations found.")
    if any(verdict != "found" for _, verdict in checked):
        raise typer.Exit(FAILED)


@app.command()
def evaluate(
    questions: Annotated[Path, typer.Argument(metavar="QUESTIONS.jsonl", help="One JSON object a line.")],
    index: IndexFolder = None,
    as_json: AsJson = False,
    misses: Annotated[bool, typer.Option("--misses", help="Also list what was missed.")] = False,
) -> None:
    """Measure the advisor on questions with known answers: advisor evaluate benchmarks/questions.jsonl."""
    from advisor.evaluate import answer_figures, outcomes, read_gold, retrieval_figures

    gold = read_gold(questions)
    with _opened(index) as advisor:
        names = {document.sha256: document.source for document in advisor.documents()}

        def rank(question: str) -> list[str]:
            return list(dict.fromkeys(names[hit.passage.document] for hit in advisor.search(question, 50)))

        done = outcomes(gold, partial(advisor.ask, note_gap=False))
        figures = {"retrieval": retrieval_figures(gold, rank), "answers": answer_figures(done)}
    if as_json:
        _dump(figures)
    else:
        for part, values in figures.items():
            _say(f"{part}: " + ", ".join(f"{name} {value}" for name, value in values.items()))
    for o in done if misses else ():
        wrong = o.declined == o.gold.answerable
        if wrong or o.works_found < len(o.gold.works or ()) or o.facts_found < len(o.gold.must_contain):
            cited = ",".join(dict.fromkeys(c.work for c in o.answer.citations))
            found = f"works {o.works_found} of {', '.join(o.gold.works or ())} | facts {o.facts_found} of {len(o.gold.must_contain)}"
            _note(f"{o.gold.id} {o.gold.question} | {o.answer.outcome} {o.answer.strength} | {found} | cited {cited}")


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (default: 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port (default: 7860).")] = None,
    index: IndexFolder = None,
) -> None:
    """Open the chat in the browser's reach; builds the index from corpus/ on the first start."""
    from advisor.surfaces.web.server import run

    settings = _settings(index)
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    run(settings, note=_note, progress=_progress)


if __name__ == "__main__":
    main()
