"""Folder against manifest → plan; plan → report and the next generation."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from advisor.documents.model import Work
from advisor.encoder import Encoder
from advisor.errors import DocumentError, UsageError
from advisor.factors import find
from advisor.folders import File, files_of, folder_of, leads_inside, measured, reached
from advisor.index import Counts, Draft, Entry, Generation, Index
from advisor.passages import split
from advisor.reading import ReadAll, read_all
from advisor.spool import Laid, Spool
from advisor.text import fold

Progress = Callable[[int, int, str], None]
STAYS = "; the earlier version stays"
_CLOCKS_DIFFER = 2_000_000_000  # nanoseconds between the clock of this machine and that of the disk
UPLOADED = "upload"  # owner of the files that came in by the page: theirs is a folder that moves with the library


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that a plan speaks of, with what the manifest needs to know of it."""

    path: Path
    entry: Entry


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sync would do: files by what became of them since the last one. Nothing has been read yet but bytes.

    `skipped` names files that no reader takes; nothing is wrong with them.
    """

    owner: str
    added: tuple[Candidate, ...] = ()
    changed: tuple[Candidate, ...] = ()
    renamed: tuple[tuple[str, Candidate], ...] = ()
    removed: tuple[Entry, ...] = ()
    unchanged: tuple[Entry, ...] = ()
    failed: tuple[Entry, ...] = ()
    skipped: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True where there is nothing to do."""
        return not (self.added or self.changed or self.renamed or self.removed or self.failed)


@dataclass(frozen=True, slots=True)
class Report:
    """What a sync did; `failed` names each file that could not be read, with its reason and whether an earlier version of it stays.

    `resumed` is how many passages an earlier run that was stopped had encoded.
    """

    plans: tuple[Plan, ...]
    failed: tuple[Entry, ...]
    counts: Counts
    generation: str
    factors_before: int
    resumed: int = 0

    @property
    def unchanged(self) -> int:
        """Number of files that cost nothing."""
        return sum(len(plan.unchanged) for plan in self.plans)

    @property
    def skipped(self) -> tuple[str, ...]:
        """Files that no reader takes."""
        return tuple(source for plan in self.plans for source in plan.skipped)


def plan(
    path: Path, manifest: Iterable[Entry], *, owner: str | None = None, again: Collection[str] = (), looked: Mapping[str, int] | None = None
) -> Plan:
    """Compare a folder or a file with the manifest; files are told apart by sha256 of their bytes and of their sidecar's.

    A file whose size and time are those of the manifest counts as unchanged and is not read, unless the system says that something was
    done to it after the owner's files were last looked at (`looked`, by owner, in nanoseconds; None: size and time are enough). Files that
    failed are tried again, and so are those named in `again`. `owner` is in whose name the files are kept, by default the folder's.
    """
    root = reached(path)
    owner = owner or str(folder_of(root))
    since = None if looked is None else looked.get(owner, 0) - _CLOCKS_DIFFER
    known = {entry.source: entry for entry in manifest if entry.owner == owner}
    found: dict[str, Candidate] = {}
    whole = files_of(root)
    unreadable = [Entry(owner, source, "", "", "failed", 0, 0, reason) for source, reason in whole.closed.items()]
    for file in whole.files:
        if file.is_link and not leads_inside(file.path, root):
            unreadable.append(Entry(owner, file.source, "", "", "failed", 0, 0, f"{file.source}: {_LINK}"))
            continue
        try:
            found[file.source] = Candidate(file.path, _entry(owner, file, known.get(file.source), since))
        except OSError as error:
            reason = f"{file.source} cannot be read: {error.strerror}. Check its rights."
            unreadable.append(Entry(owner, file.source, "", "", "failed", 0, 0, reason))
    there = found.keys() | {entry.source for entry in unreadable}
    gone = {source: entry for source, entry in known.items() if root.is_dir() and source not in there and not whole.may_hold(source)}
    new = [c for source, c in found.items() if source not in known]
    return Plan(owner, *_compared(found, known, gone, new, again), failed=tuple(unreadable), skipped=tuple(whole.others))


def plans(generation: Generation | None, paths: Sequence[tuple[Path, str | None]]) -> list[Plan]:
    """What a sync of folders and files, each with its owner, would do to a library; None stands for one that is not there yet."""
    manifest, looked = (generation.manifest(), generation.looked()) if generation else ([], {})
    return [plan(path, manifest, owner=owner, looked=looked) for path, owner in paths]


def _compared(
    found: dict[str, Candidate], known: dict[str, Entry], gone: dict[str, Entry], new: list[Candidate], again: Collection[str]
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...], tuple[tuple[str, Candidate], ...], tuple[Entry, ...], tuple[Entry, ...]]:
    lost = {_content(entry): entry.source for entry in gone.values() if entry.state == "indexed"}
    renamed = [(lost.pop(_content(c.entry)), c) for c in new if _content(c.entry) in lost]
    moved_from, moved_to = {source for source, _ in renamed}, {id(c) for _, c in renamed}
    same = [s for s in found if s in known and _content(found[s].entry) == _content(known[s]) and known[s].state == "indexed"]
    kept = set(same).difference(again)
    return (
        tuple(c for c in new if id(c) not in moved_to),
        tuple(c for source, c in found.items() if source in known and source not in kept),
        tuple(renamed),
        tuple(entry for source, entry in gone.items() if source not in moved_from),
        tuple(found[source].entry for source in same if source in kept),
    )


def _content(entry: Entry) -> tuple[str, str]:
    return entry.sha256, entry.sidecar


_LINK = "the link leads out of its folder, or nowhere, and was not followed; copy the file here, or ingest the folder that holds it"


def _entry(owner: str, file: File, known: Entry | None, since: int | None) -> Entry:
    size, modified, touched = measured(file)
    if known and (known.size, known.modified, known.state) == (size, modified, "indexed") and (since is None or touched < since):
        return known
    digests = [_sha256(part) for part in file.parts]
    return Entry(owner, file.source, digests[0], digests[1] if len(digests) > 1 else "", "indexed", size, modified)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sync(
    index: Index, encoder: Encoder, paths: Sequence[tuple[Path, str | None]], *, fresh: bool, keep: int, progress: Progress,
    again: Collection[str] = (), only: Collection[str] = (), read: ReadAll = read_all, encoding: Progress = lambda *_: None,
) -> Report:  # fmt: skip
    """Bring the index up to date with folders and files, each with its owner; the current generation stays in use until the next is whole.

    `fresh` builds from nothing, `again` names files to read though they did not change, `only` files to keep to (none: all), `read` reads
    the files; `progress` hears of files that are read, `encoding` of texts that have their vectors. A file that cannot be read is
    reported and tried again next time; it never stops the others.
    """
    begun = time.time_ns()
    known = _state(index, fresh)
    plans = _planned(paths, known, again, only)
    if all(p.empty for p in plans) and not fresh and known.generation and index.settled:
        return _unchanged(known, plans)
    with index.writing():
        if not fresh and index.current() != known.generation:  # another writer was done in between
            begun = time.time_ns()
            known = _state(index, fresh)
            plans = _planned(paths, known, again, only)
        # All is read before anything is written: only then is it known which documents belong to one work.
        with Spool(index.folder) as spool:
            work = _read(plans, known.manifest, progress, read, spool)
            if not fresh and known.generation and index.settled and not any(one.news(known.manifest) for one in work):
                return replace(_unchanged(known, plans), failed=tuple(entry for one in work for entry in one.failed))
            with index.draft(fresh=fresh, keep=keep) as draft:
                coming = {laid.sha256: laid.characters for one in work for _, laid in one.documents}
                draft.encoding, draft.expected = encoding, sum(coming.values())
                noted = frozenset(known.manifest)
                for one in _unified(work, [shelved.work for shelved in draft.shelf.values()]):
                    _apply(draft, one, noted, encoder)
                for p in [p for p, (path, _) in zip(plans, paths, strict=True) if path.is_dir() and not only]:
                    draft.write("insert or replace into looked values (?, ?)", p.owner, begun)
                counts, resumed = draft.counts(), draft.unfinished.taken if draft.unfinished else 0
                name = draft.name.removesuffix(".draft")
    return Report(plans, tuple(entry for one in work for entry in one.failed), counts, name, known.counts.factors, resumed)


def _planned(paths: Sequence[tuple[Path, str | None]], known: _State, again: Collection[str], only: Collection[str]) -> tuple[Plan, ...]:
    found = (plan(path, known.manifest, owner=owner, again=again, looked=known.looked) for path, owner in paths)
    return tuple(narrowed(one, only) for one in found)


def narrowed(whole: Plan, only: Collection[str]) -> Plan:
    """The part of a plan that speaks of some files; without names the whole plan."""
    if not only:
        return whole
    return replace(
        whole,
        added=tuple(c for c in whole.added if c.entry.source in only),
        changed=tuple(c for c in whole.changed if c.entry.source in only),
        renamed=tuple((old, c) for old, c in whole.renamed if c.entry.source in only),
        removed=tuple(entry for entry in whole.removed if entry.source in only),
        failed=tuple(entry for entry in whole.failed if entry.source in only),
    )


@dataclass(frozen=True, slots=True)
class _State:
    """What the library was when a change began; `looked` is when the files of each owner were last compared with it, in nanoseconds."""

    generation: str | None
    manifest: tuple[Entry, ...] = ()
    counts: Counts = field(default_factory=lambda: Counts(0, 0, 0, 0))
    looked: Mapping[str, int] = field(default_factory=dict)


def _state(index: Index, fresh: bool) -> _State:
    if fresh or index.current() is None:
        return _State(None)
    generation = index.open()
    try:
        return _State(generation.name, tuple(generation.manifest()), generation.counts(), generation.looked())
    finally:
        generation.close()


@dataclass(frozen=True, slots=True)
class _Work:
    """A plan whose files have been read: what they hold, and why some hold nothing."""

    plan: Plan
    documents: tuple[tuple[Entry, Laid], ...] = ()
    failed: tuple[Entry, ...] = ()

    def news(self, manifest: Iterable[Entry]) -> bool:
        """True where carrying it out changes more than the reason why a file cannot be read."""
        known = {(entry.owner, entry.source): entry for entry in manifest}
        return bool(self.documents or self.plan.renamed or self.plan.removed) or any(
            (before := known.get((entry.owner, entry.source))) is None or before.state != "failed" or _content(before) != _content(entry)
            for entry in self.failed
        )


def _read(plans: Sequence[Plan], manifest: Sequence[Entry], progress: Progress, read: ReadAll, spool: Spool) -> list[_Work]:
    """Read what is new or changed, and what failed before, and lay it aside."""
    todo = [candidate for p in plans for candidate in (*p.added, *p.changed)]
    held = {(entry.owner, entry.source): entry.held for entry in manifest}
    outcomes = read([(candidate.path, candidate.entry.source) for candidate in todo])
    done, work = 0, []
    for p in plans:
        documents, failed = [], [_kept(entry, held) for entry in p.failed]
        for candidate in (*p.added, *p.changed):
            progress(done, len(todo), candidate.entry.source)
            outcome = next(outcomes)
            done += 1
            if isinstance(outcome, DocumentError):
                failed.append(_kept(replace(candidate.entry, state="failed", reason=str(outcome)), held))
            else:
                # Not always what was planned: a file may change between a look at it and its reading.
                documents.append((replace(candidate.entry, sha256=outcome.sha256), spool.lay(outcome)))
        work.append(_Work(p, tuple(documents), tuple(failed)))
    progress(len(todo), len(todo), "")
    return work


def _kept(entry: Entry, held: Mapping[tuple[str, str], str]) -> Entry:
    """A file that failed, with the version that the library holds of it, if any."""
    earlier = held.get((entry.owner, entry.source), "")
    return replace(entry, kept=earlier, reason=f"{entry.reason}{STAYS}") if earlier else entry


def _unchanged(known: _State, plans: tuple[Plan, ...]) -> Report:
    return Report(plans, (), known.counts, known.generation or "", known.counts.factors)


def remove(index: Index, encoder: Encoder, sources: Sequence[str], *, keep: int) -> Report:
    """Take files out of the library by the name that the library shows; the files themselves stay where they are."""
    with index.writing():
        known = _state(index, fresh=False)
        chosen = [entry for entry in known.manifest if entry.source in sources]
        unknown = set(sources) - {entry.source for entry in chosen}
        if unknown:
            raise UsageError(f"Not in the library: {', '.join(sorted(unknown))}. See 'advisor library list' for the names.")
        plans = tuple(Plan(owner, removed=tuple(e for e in chosen if e.owner == owner)) for owner in sorted({e.owner for e in chosen}))
        with index.draft(fresh=False, keep=keep) as draft:
            for p in plans:
                _apply(draft, _Work(p), frozenset(), encoder)
            counts, name = draft.counts(), draft.name.removesuffix(".draft")
    return Report(plans, (), counts, name, known.counts.factors)


def _apply(draft: Draft, work: _Work, noted: frozenset[Entry], encoder: Encoder) -> None:
    """Carry out one plan, whose files have been read, on a draft; `noted` is the manifest that the plan was made from."""
    p = work.plan
    for source in {e.source for e in p.removed} | {source for source, _ in p.renamed}:
        draft.forget(p.owner, source)
    touched = (entry for entry in p.unchanged if entry not in noted)  # the same bytes at another time
    for entry in (*work.failed, *(c.entry for _, c in p.renamed), *(entry for entry, _ in work.documents), *touched):
        draft.record(entry)
    _settle(draft, [laid for _, laid in work.documents], encoder)
    _name(draft)


def _name(draft: Draft) -> None:
    """Give each document the name of a file that holds it: files are renamed, and of two that are the same one may go."""
    names: dict[str, set[str]] = {}
    for sha256, source in draft.rows("select sha256, source from manifest where state = 'indexed'"):
        names.setdefault(sha256, set()).add(source)
    for sha256, source in draft.rows("select sha256, source from documents"):
        if sha256 in names and source not in names[sha256]:
            draft.write("update documents set source = ? where sha256 = ?", min(names[sha256]), sha256)
    draft.forget_cached()


def _settle(draft: Draft, laid: Sequence[Laid], encoder: Encoder) -> None:
    """Make documents and passages follow the manifest."""
    fresh = {one.sha256: one for one in laid}
    wanted = {row[0] for row in draft.rows("select sha256 from manifest where state = 'indexed' union select sha256 from kept")}
    held = {row[0] for row in draft.rows("select sha256 from documents")}
    removed = (held - wanted) | (held & fresh.keys())
    documents = (one.document() for one in fresh.values())
    draft.replace(removed, ((document, split(document), find(document)) for document in documents), encoder)


def _unified(work: Sequence[_Work], known: Iterable[Work]) -> list[_Work]:
    """The plans with documents whose works are joined, whatever folder each is in."""
    joined = iter(unify([laid for one in work for _, laid in one.documents], known))
    return [replace(one, documents=tuple((entry, next(joined)) for entry, _ in one.documents)) for one in work]


def unify(laid: Sequence[Laid], known: Iterable[Work]) -> list[Laid]:
    """Give a document that names no work of its own the work in the library of the same title: an original joins its digest."""
    named = {fold(work.title): work for work in [*known, *(one.work for one in laid)] if "work" not in work.missing}
    return [replace(one, work=_joined(one.work, named.get(fold(one.work.title)))) for one in laid]


def _joined(own: Work, work: Work | None) -> Work:
    if work is None or "work" not in own.missing or (own.authors and work.authors and not _same_people(own.authors, work.authors)):
        return own
    # What the file itself tells goes first; what only the digest knows (topics, relations) stays with the digest.
    return replace(
        own, key=work.key, authors=own.authors or work.authors, year=own.year or work.year, date=own.date or work.date,
        kind=own.kind or work.kind, publication=own.publication or work.publication, aliases=work.aliases, topics=work.topics,
        missing=tuple(name for name in own.missing if name != "work" and not getattr(work, name, None)),
    )  # fmt: skip


def _same_people(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return bool({fold(name).split()[-1] for name in one} & {fold(name).split()[-1] for name in other})
