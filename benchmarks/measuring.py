"""What benchmarks measure with: seconds on the clock beside seconds of the processor, by stage; percentiles, memory, disk; a table."""

from __future__ import annotations

import os
import resource
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Cell = str | float | Sequence[float]


def ended_children() -> float:
    """Processor seconds of the processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Stopwatch:
    """Seconds on the clock and of the processor (all threads, and ended children) since it was made or last read."""

    def __init__(self) -> None:
        self.lap()

    def lap(self) -> tuple[float, float]:
        """Both since the last lap."""
        clock, processor = time.perf_counter(), time.process_time() + ended_children()
        last = getattr(self, "_last", (clock, processor))
        self._last = clock, processor
        return clock - last[0], processor - last[1]


class Stages:
    """Processor seconds by stage, measured around the product's own functions while `measuring` lasts.

    Where one stage calls another, the seconds are the called one's. `beside` counts a function that other threads run at the same
    time: its seconds are those of its thread, and no other stage's.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._counted = 0.0

    @contextmanager
    def measuring(self, stages: Iterable[tuple[Any, str, str]], beside: tuple[Any, str, str] | None = None) -> Iterator[None]:
        """(owner, function, stage) for each function to be timed."""
        timed = [(owner, name, self._around(getattr(owner, name), stage)) for owner, name, stage in stages]
        if beside:
            owner, name, stage = beside
            timed.append((owner, name, self._in_thread(getattr(owner, name), stage)))
        before = [(owner, name, vars(owner).get(name)) for owner, name, _ in timed]
        try:
            for owner, name, call in timed:
                setattr(owner, name, call)
            yield
        finally:
            for owner, name, call in before:
                setattr(owner, name, call) if call else delattr(owner, name)

    def _around(self, call: Callable[..., Any], stage: str) -> Callable[..., Any]:
        def timed(*values: Any, **named: Any) -> Any:
            begin, counted = time.process_time(), self._counted
            try:
                return call(*values, **named)
            finally:
                self._count(stage, time.process_time() - begin - (self._counted - counted))

        return timed

    def _in_thread(self, call: Callable[..., Any], stage: str) -> Callable[..., Any]:
        def timed(*values: Any, **named: Any) -> Any:
            begin = time.thread_time()
            try:
                return call(*values, **named)
            finally:
                self._count(stage, time.thread_time() - begin)

        return timed

    def _count(self, stage: str, taken: float) -> None:
        self.seconds[stage] += taken
        self._counted += taken

    def shares(self, total: float, per: float = 1.0) -> dict[str, float]:
        """Seconds by stage over `per`, the longest first, and what is left of a total."""
        named = dict(sorted(self.seconds.items(), key=lambda item: -item[1]))
        return {stage: taken / per for stage, taken in {**named, "everything else": total - sum(named.values())}.items()}


def timed_each(call: Callable[..., Any], values: Iterable[Sequence[Any]]) -> tuple[list[float], list[float]]:
    """Milliseconds on the clock and of the processor for each call."""
    watch, clock, processor = Stopwatch(), [], []
    for each in values:
        watch.lap()
        call(*each)
        one, other = watch.lap()
        clock.append(1000 * one)
        processor.append(1000 * other)
    return clock, processor


def percentiles(values: Sequence[float]) -> list[float]:
    """The median, the 95th and the 99th percentile: of n values in order, the one at n times the share."""
    ordered = sorted(values)
    return [ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.5, 0.95, 0.99)]


def peak_megabytes() -> float:
    """The most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def megabytes(path: Path) -> float:
    """Size of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file()) / 1e6


def load() -> float:
    """How many processes wanted a processor in the last minute."""
    return os.getloadavg()[0]


def cell(value: Cell | None) -> str:
    """A value as it stands in a table; several are parted by strokes, none is a dash."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return " / ".join(cell(each) for each in value)
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(corner: str, columns: Mapping[str, Mapping[str, Cell]]) -> str:
    """A Markdown table, a column for each head; rows are the labels of all columns in the order in which they come."""
    labels = dict.fromkeys(label for column in columns.values() for label in column)
    lines = [f"| {corner} | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    lines += [f"| {label} | {' | '.join(cell(column.get(label)) for column in columns.values())} |" for label in labels]
    return "\n".join(lines)
