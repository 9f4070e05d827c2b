"""What a plan would change for a reader: works that come and go, factors gained and lost. Reads new files, writes nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from advisor.documents.model import Document
from advisor.errors import DocumentError
from advisor.factors import find
from advisor.index import Entry, Generation
from advisor.reading import ReadAll, read_all
from advisor.sync import STAYS, Candidate, Plan, Progress

Kind = Literal["added", "changed", "renamed", "removed", "failed"]


@dataclass(frozen=True, slots=True)
class Change:
    """What would become of one file; `reason` says why it cannot be read, `was` is its earlier name, factors are given by their text."""

    kind: Kind
    owner: str
    source: str
    title: str = ""
    language: str = ""
    pages: int = 0
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    reason: str | None = None
    was: str | None = None


def changes(
    generation: Generation | None, plans: Sequence[Plan], progress: Progress = lambda *_: None, read: ReadAll = read_all
) -> list[Change]:
    """The changes of all plans, file by file; factors are told apart by their text."""
    manifest = generation.manifest() if generation else []
    stays = Counter(entry.held for entry in manifest)
    total = sum(len(plan.added) + len(plan.changed) for plan in plans)
    found: list[Change] = []
    done = 0
    for plan in plans:
        before = {entry.source: entry for entry in manifest if entry.owner == plan.owner}
        todo = [*plan.added, *plan.changed]
        outcomes = read([(candidate.path, candidate.entry.source) for candidate in todo])
        for candidate in todo:
            progress(done, total, candidate.entry.source)
            found.append(_change(generation, candidate, before.get(candidate.entry.source), next(outcomes)))
            done += 1
        found.extend(Change("renamed", plan.owner, c.entry.source, was=old) for old, c in plan.renamed)
        for entry in plan.removed:
            stays[entry.held] -= 1
            known = _stored(generation, entry)
            # The same bytes under another name keep the document in the library.
            lost = _stored_factors(generation, entry) if stays[entry.held] <= 0 else ()
            found.append(Change("removed", plan.owner, entry.source, known.work.title if known else "", lost=lost))
        found.extend(_unread(entry, before.get(entry.source), entry.reason or "") for entry in plan.failed)
    progress(total, total, "")
    return found


def _unread(entry: Entry, before: Entry | None, reason: str) -> Change:
    return Change("failed", entry.owner, entry.source, reason=reason + (STAYS if before and before.held else ""))


def _change(generation: Generation | None, candidate: Candidate, before: Entry | None, outcome: Document | DocumentError) -> Change:
    entry = candidate.entry
    if isinstance(outcome, DocumentError):
        return _unread(entry, before, str(outcome))
    document = outcome
    old = _stored_factors(generation, before) if before else ()
    new = tuple(factor.span.of(document.text) for found in find(document) for factor in found.factors)
    gained, lost = Counter(new) - Counter(old), Counter(old) - Counter(new)
    kind: Kind = "changed" if before and before.held else "added"
    return Change(
        kind, entry.owner, entry.source, document.work.title, document.language, len(document.pages), tuple(gained.elements()),
        tuple(lost.elements()),
    )  # fmt: skip


def _stored(generation: Generation | None, entry: Entry) -> Document | None:
    return generation.document(entry.held) if generation and entry.held else None


def _stored_factors(generation: Generation | None, entry: Entry) -> tuple[str, ...]:
    document = _stored(generation, entry)
    if generation is None or document is None:
        return ()
    return tuple(factor.span.of(document.text) for found in generation.enumerations(entry.held) for factor in found.factors)
