"""What every adapter does alike: read a task from standard input, build or open an index, answer, print one JSON object.

An adapter brings three functions: `load(minilm)` gives whatever holds the model, ready to encode; `build(model, texts, folder)` makes an
index in a folder and `reopen(model, folder)` opens one; both give a function that turns a question into document names, best first, one
for each hit.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import resource
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Text = tuple[str, str]  # document name, text
Ask = Callable[[str], Sequence[str]]
Load = Callable[[str], Any]
Build = Callable[[Any, Sequence[Text], Path], Ask]
Reopen = Callable[[Any, Path], Ask]
HITS = 50  # hits asked for; the first hit of each document counts
DEPTH = 10  # documents that the figures look at


@dataclass(frozen=True)
class Beside:
    """What works for an adapter in another process: its processor seconds, its peak of memory in MB, and its end."""

    processor: Callable[[], float]
    peak_mb: Callable[[], float]
    end: Callable[[], object]


NOBODY = Beside(lambda: 0.0, lambda: 0.0, lambda: None)


def main(load: Load, build: Build, reopen: Reopen, packages: Sequence[str], beside: Beside = NOBODY) -> None:
    """Do the task; what libraries print goes to standard error, so that standard output is JSON alone."""
    task = json.load(sys.stdin)
    with redirect_stdout(sys.stderr):
        if task["do"] == "start":
            ask = reopen(load(task["minilm"]), Path(task["folder"]))
            done: dict[str, Any] = {"first": list(ask(task["question"]))}
        else:
            done = _measured(task, load, build, beside)
            done["versions"] = {name: importlib.metadata.version(name) for name in packages}
    sys.stdout.write(json.dumps(done) + "\n")
    sys.stdout.flush()
    beside.end()
    os._exit(0)  # the time that libraries take to shut down is no part of any figure


def _measured(task: dict[str, Any], load: Load, build: Build, beside: Beside) -> dict[str, Any]:
    folder = Path(task["folder"])
    ingest: dict[str, float] = {}
    processor: dict[str, float] = {}
    ranked: dict[str, list[list[str]]] = {}
    taken: list[float] = []
    asking = 0.0

    def spent() -> float:
        return time.process_time() + beside.processor()

    begin = time.perf_counter()
    model = load(task["minilm"])
    _rehearse(task, model, build, folder)
    load_seconds = time.perf_counter() - begin
    for language, texts in task["texts"].items():
        busy, begin = spent(), time.perf_counter()
        ask = build(model, [(name, text) for name, text in texts], folder / language)
        ingest[language], processor[language] = time.perf_counter() - begin, spent() - busy
        busy = spent()
        for asked, questions in task["questions"].items():
            ranked[f"{language}/{asked}"] = [_timed(ask, question, taken) for question in questions]
        asking += spent() - busy
    peak = beside.peak_mb() + resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "load_seconds": load_seconds,
        "ingest_seconds": ingest,
        "ingest_processor_seconds": processor,
        "ranked": ranked,
        "query_seconds": taken,
        "query_processor_seconds": asking / len(taken),
        "peak_mb": peak,
    }


def _rehearse(task: dict[str, Any], model: Any, build: Build, folder: Path) -> None:
    """Three texts and a question, so that imports and first calls are not counted as ingestion, for anyone."""
    texts = [(name, text) for name, text in next(iter(task["texts"].values()))[:3]]
    build(model, texts, folder / "rehearsal")(next(iter(task["questions"].values()))[0])


def _timed(ask: Ask, question: str, taken: list[float]) -> list[str]:
    begin = time.perf_counter()
    hits = ask(question)
    taken.append(time.perf_counter() - begin)
    return list(dict.fromkeys(hits))[:DEPTH]
