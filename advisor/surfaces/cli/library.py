"""What the library holds, and how to change it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from advisor.settings import Settings
from advisor.surfaces.cli.console import Meter, bold, dump, many, note, red, say
from advisor.surfaces.cli.ingest import report_as_json
from advisor.surfaces.cli.options import FAILED, AsJson, IndexFolder, examples, opened

if TYPE_CHECKING:
    from advisor.backup import Backup

app = typer.Typer(
    help="What the library holds, and how to change it.", no_args_is_help=True, rich_markup_mode=None,
    epilog=examples("advisor library list", "advisor library show speck2014", "advisor library gaps --json"),
)  # fmt: skip
Folder = Annotated[Path, typer.Argument(metavar="[FOLDER]", help="Folder of documents (default: corpus/).", show_default=False)]


@app.command("list", epilog=examples("advisor library list", "advisor library list --json"))
def library_list(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """List every document.

    Each with its work and what was found in it; files that could not be read, with the reason.
    """
    with opened(index) as advisor:
        rows: list[dict[str, Any]] = [
            {"source": d.source, "work": d.work.key, "title": d.work.title, "authors": list(d.work.authors), "year": d.work.year,
             "language": d.language, "digest": d.work.digest, "pages": len(d.pages), "passages": len(advisor.passages_of(d.sha256)),
             "factors": len(advisor.factors_of(d.sha256)), "missing": list(d.work.missing), "sha256": d.sha256}
            for d in advisor.documents()
        ]  # fmt: skip
        failed = [entry for entry in advisor.manifest() if entry.state == "failed"]
    if as_json:
        dump({"documents": rows, "failed": [{"source": entry.source, "reason": entry.reason} for entry in failed]})
        return
    for row in rows:
        missing = f"  missing: {', '.join(row['missing'])}" if row["missing"] else ""
        say(f"{row['source']:40} {row['work']:28} {row['language']} {row['passages']:4} passages {row['factors']:4} factors{missing}")
    for entry in failed:
        say(f"{entry.source:40} failed: {entry.reason}", red)


@app.command("show", epilog=examples("advisor library show speck2014", "advisor library show frank_nd --json"))
def library_show(
    work: Annotated[str, typer.Argument(metavar="WORK", help="Key of a work, as 'advisor library list' shows it.")],
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show everything known of one work."""
    from advisor.errors import UsageError

    with opened(index) as advisor:
        found = [document for document in advisor.documents() if document.work.key == work]
        if not found:
            raise UsageError(f"There is no work {work!r} in the library. See 'advisor library list' for the keys.")
    if as_json:
        dump([{"source": d.source, "language": d.language, "sha256": d.sha256, "work": asdict(d.work)} for d in found])
        return
    for document in found:
        say(f"{document.source} ({document.language}, {document.media_type}, {len(document.text)} characters)", bold)
        for name, value in asdict(document.work).items():
            if value and name not in ("relations", "sources"):
                say(f"  {name}: {', '.join(map(str, value)) if isinstance(value, tuple | list) else value}")
        for relation in document.work.relations:
            say(f"  {relation.kind} {relation.other} on {relation.on}: {relation.point}")


@app.command("remove", epilog=examples("advisor library remove swot.de.md swot.en.md"))
def library_remove(
    sources: Annotated[list[str], typer.Argument(metavar="PATH...", help="Names as listed.")],
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Take documents out of the library.

    The files stay where they are.
    """
    with opened(index) as advisor:
        report = advisor.remove(sources)
    if as_json:
        dump(report_as_json(report))
    else:
        say(f"Removed {len(sources)}. The library ({report.generation}) holds {report.counts.documents} documents.")


@app.command("gaps", epilog=examples("advisor library gaps", "advisor library gaps --json"))
def library_gaps(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """List unanswered questions.

    These are the questions that the library could not answer, the most asked first.
    """
    with opened(index) as advisor:
        found = advisor.gaps()
    if as_json:
        dump([asdict(gap) for gap in found])
        return
    for gap in found:
        say(f"{gap.times:4}  {gap.last[:10]}  {gap.question}")
    say(f"{len(found)} {'question' if len(found) == 1 else 'questions'} without an answer.")


@app.command("rollback", epilog=examples("advisor library rollback"))
def library_rollback(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Undo the last change of the library."""
    with opened(index) as advisor:
        generation = advisor.rollback()
    if as_json:
        dump({"generation": generation})
    else:
        say(f"The library is {generation} again.")


@app.command("migrate", epilog=examples("advisor library migrate", "advisor library migrate --json"))
def library_migrate(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Carry the library over to this advisor.

    After a change of the encoder or an update. It is made from the texts that the library holds, without the files; the library as it was
    stays for a rollback.
    """
    with opened(index) as advisor:
        meter = Meter("documents")
        done = advisor.migrate(progress=meter, encoding=meter.encoding)
    if as_json:
        dump({"migrated": done is not None, **(asdict(done) if done else {})})
    elif done is None:
        say("There is nothing to do: the library is of this advisor's schema and encoder.")
    else:
        say(
            f"Made {done.generation} from {done.source} (schema {done.schema}, encoder {done.encoder}): {done.counts.documents} documents, "
            f"{done.counts.passages} passages."
        )


@app.command("doctor", epilog=examples("advisor library doctor", "advisor library doctor --json"))
def library_doctor(index: IndexFolder = None, as_json: AsJson = False) -> None:
    """Check the index.

    Reads all of it: files against the stamp, lost or doubled passages, vectors that are not found.
    """
    from advisor.errors import IndexDamaged

    with opened(index) as advisor:
        try:
            found = advisor.faults()
        except IndexDamaged as error:
            found = [str(error)]
        folder = advisor.settings.index
    if as_json:
        dump({"index": str(folder), "faults": found})
    else:
        for fault in found:
            say(fault, red)
        say("Run 'advisor library rollback', or 'advisor ingest --rebuild'." if found else "The index is whole.")
    if found:
        raise typer.Exit(FAILED)


@app.command("backup", epilog=examples("advisor library backup library.backup", 'advisor library backup "backups/$(date +%F).backup"'))
def library_backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; an earlier backup of this name is replaced.")],
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Write the library to one file.

    The documents, what was uploaded, accounts, tokens, checklists, votes, shared answers. Others may go on reading and writing meanwhile.
    """
    with opened(index) as advisor:
        made = advisor.backup(file)
    if as_json:
        dump(_as_json(made))
    else:
        say(f"Wrote {file}: {many(made.files, 'file')}, {made.bytes / 2**20:,.1f} MiB. {_held(made)}")


@app.command(
    "restore",
    epilog=examples(
        "advisor library restore library.backup --check",
        "advisor library restore library.backup --index restored",
        "advisor library restore library.backup --force",
    ),
)
def library_restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that 'advisor library backup' wrote.")],
    check: Annotated[bool, typer.Option("--check", help="Only read all of it and say whether it is whole.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Also in the place of a library, which is put aside.")] = False,
    index: IndexFolder = None,
    as_json: AsJson = False,
) -> None:
    """Bring a library back from a backup.

    All of the file is checked before anything is changed. Whoever was signed in signs in again.
    """
    from advisor import backup

    if check:
        held = backup.check(file)
        dump(_as_json(held)) if as_json else say(f"{file} is whole. {_held(held)}")
        return
    with opened(index) as advisor:
        done = advisor.restore(file, force=force)
        folder = advisor.settings.index
    if as_json:
        dump({**_as_json(done.backup), "restored_as": done.generation, "put_aside": done.put_aside and str(done.put_aside)})
        return
    say(f"Restored {folder} as {done.generation}. {_held(done.backup)}")
    if done.put_aside:
        note(f"Accounts, uploads and the like that were there are in {done.put_aside}; remove it when nothing is missed.")


def _as_json(held: Backup) -> dict[str, Any]:
    return {**asdict(held), "file": str(held.file)}


def _held(held: Backup) -> str:
    documents, passages = held.counts.get("documents", 0), held.counts.get("passages", 0)
    return f"It holds {held.generation} of {held.made[:16].replace('T', ' ')}: {many(documents, 'document')}, {many(passages, 'passage')}."


@app.command("check", epilog=examples("advisor library check corpus/", "advisor library check corpus/ --json"))
def library_check(folder: Folder = Path("corpus"), as_json: AsJson = False) -> None:
    """Check a folder of documents.

    Says what a critical librarian would mend: data of works, languages, lists, figures, relations.
    """
    from advisor.curation import Finding, Shelf, bibliography, check
    from advisor.reading import reader

    shelf = Shelf.from_path(folder, reader(Settings.from_environ()))
    findings = list(check(shelf))
    sources = folder / "SOURCES.md"
    if sources.exists() and sources.read_text("utf-8") != bibliography(shelf):
        findings.append(Finding("SOURCES.md", f"is not what the front matter gives; run 'advisor library sources {folder}'"))
    if as_json:
        dump({"documents": len(shelf.documents), "findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            say(f"{finding.source}: {finding.text}")
        say(f"{len(shelf.documents)} documents checked, {len(findings)} findings.")
    if findings:
        raise typer.Exit(FAILED)


@app.command("sources", epilog=examples("advisor library sources corpus/"))
def library_sources(folder: Folder = Path("corpus"), as_json: AsJson = False) -> None:
    """Write the bibliography of a folder.

    SOURCES.md is made from the front matter of its documents.
    """
    from advisor.curation import Shelf, bibliography
    from advisor.reading import reader

    written = folder / "SOURCES.md"
    written.write_text(bibliography(Shelf.from_path(folder, reader(Settings.from_environ()))), "utf-8")
    if as_json:
        dump({"written": str(written)})
    else:
        say(f"Wrote {written}.")
