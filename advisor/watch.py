"""A library that follows its folders: what has come to rest there is brought in, again and again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from advisor.advisor import Advisor
from advisor.errors import AdvisorError, UsageError
from advisor.folders import seen
from advisor.sync import Plan, Progress, Report

Seen = dict[str, tuple[int, int]]


class Watch:
    """Folders and files that are looked at from time to time; `look` once for each time.

    A file counts when two looks in a row find it the same: one that is still being copied is left alone until it rests.
    """

    def __init__(self, advisor: Advisor, paths: Sequence[Path], progress: Progress = lambda *_: None) -> None:
        self._advisor = advisor
        self._paths = list(paths)
        self._progress = progress
        self._before: Seen | None = None
        self._done: Seen | None = None  # what the library knows; None before the first sync
        self._full: frozenset[Path] = frozenset()  # folders that held files when they were last seen

    def look(self) -> Report | None:
        """Bring in what has changed and rests now; None where that is nothing. Raises AdvisorError; what failed is done by a later look."""
        found = self._look_at_all()
        before, self._before = self._before, found
        if before is None:
            return None
        moving = {source for source in found.keys() | before.keys() if found.get(source) != before.get(source)}
        if self._done is None:
            chosen = {source for plan in self._advisor.plan(self._paths) for source in _named(plan)}
        else:
            chosen = {source for source in found.keys() | self._done.keys() if found.get(source) != self._done.get(source)}
        chosen -= moving
        report = self._advisor.sync(self._paths, only=chosen, progress=self._progress) if chosen else None
        known = self._done or {}
        self._done = {source: stamp for source in found.keys() | known.keys() if (stamp := _after(source, moving, found, known))}
        return report

    def _look_at_all(self) -> Seen:
        folders = [*self._paths, self._advisor.settings.uploads] if self._advisor.settings.uploads.is_dir() else self._paths
        held = {path: seen(path) for path in folders}
        empty = [path for path in self._full if not held.get(path)]
        if empty:
            # A disk that is not mounted looks like a folder whose files were all deleted.
            raise UsageError(
                f"{empty[0]} held files and holds none now; nothing is taken out of the library. Mount it again, or run 'advisor ingest "
                f"{empty[0]}' if they were deleted on purpose."
            )
        self._full = frozenset(path for path in self._paths if held[path])
        # Files of one name in two folders count as one: when either changes, both are looked at.
        merged: dict[str, tuple[int, int]] = {}
        for one in held.values():
            for source, (size, modified) in one.items():
                known = merged.get(source, (0, 0))
                merged[source] = known[0] + size, known[1] + modified
        return merged


def _named(plan: Plan) -> list[str]:
    candidates = [c.entry.source for c in (*plan.added, *plan.changed)] + [c.entry.source for _, c in plan.renamed]
    return candidates + [entry.source for entry in (*plan.removed, *plan.failed)]


def _after(source: str, moving: set[str], found: Seen, known: Seen) -> tuple[int, int] | None:
    return known.get(source) if source in moving else found.get(source)


def keep_looking(watch: Watch, wait: Callable[[], None], done: Callable[[Report], None], failed: Callable[[AdvisorError], None]) -> None:
    """Look until `wait` raises; an error is told once and does not end it."""
    last = ""
    while True:
        try:
            report = _looked(watch)
        except AdvisorError as error:
            if str(error) != last:
                failed(error)
            last = str(error)
        else:
            last = ""
            if report is not None:
                done(report)
        wait()


def _looked(watch: Watch) -> Report | None:
    try:
        return watch.look()
    except OSError as error:  # a disk in the network that comes and goes
        raise UsageError(f"The folders cannot be read: {error}; nothing was changed. They are looked at again.") from error
