"""How cost grows with the library: build, disk, memory, questions, answers, additions, a sync with nothing to do, and the graph.

Run: python benchmarks/scale.py [1000:bundled 10000:bundled 10000:made 100000:made] [--graphs 100000] [--folder DIR]

The texts are made (made.py) and read by the product's own sync. A size is followed by the encoder of its passages: "bundled" is the one
that ships, "made" a cheap stand-in for sizes that would take the bundled one hours. A question is encoded by the bundled encoder always,
and that time is in every time of a question. Each step is a process of its own, so that its peak of memory is its own. Prints Markdown;
with --folder the libraries stay there, and steps already done are not done again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from made import PASSAGES, Author, MadeEncoder, Vectors, count_files
from measuring import Cell, Stages, Stopwatch, ended_children, load, megabytes, peak_megabytes, percentiles, table, timed_each

from advisor import Advisor, Settings, retrieve
from advisor import sync as synchronise
from advisor.encoder import BundledEncoder, Encoder
from advisor.index import PASSAGES as POOL
from advisor.index import Draft, Generation, Index, generation
from advisor.index.interactions import Bundle, Interactions
from advisor.index.meanings import Meanings
from advisor.lexicon import Lexicon
from advisor.vectors import VectorStore, folder

SIZES = ("1000:bundled", "10000:bundled", "10000:made", "100000:made")
GRAPHS = ("16/100", "32/100", "32/200", "48/400")  # max_neighbors / ef_construction
SEARCHES = (50, 100, 200, 400)  # ef_search
QUESTIONS, WARM, NEAREST = 300, 50, 10
ANSWERS, PATIENCE = 20, 240.0  # whole answers of each kind at most, and the seconds after which no further one is asked for
MORE = 100  # files that are added

WRITING = (
    (synchronise, "plan", "compare the folder"), (synchronise, "split", "split"),
    (synchronise, "find", "find lists"), (Lexicon, "add", "words"), (Lexicon, "write", "words into SQLite"),
    (VectorStore, "add", "vectors into Chroma"),
    (Meanings, "add", "vectors into SQLite"), (Interactions, "add", "tokens into SQLite"),
    (Draft, "_insert", "texts into SQLite"), (Draft, "_check", "check"),
    (Index, "_begin", "copy the generation"), (Index, "_point_to", "write to disk"),
)  # fmt: skip
READING = (
    (retrieve, "_topic", "topics"), (generation, "nearest_of", "compare questions"),
    (Lexicon, "scores", "BM25"), (VectorStore, "nearest", "graph"),
    (Meanings, "sheaf", "read the candidates' vectors"), (Generation, "usual", "what is usual"),
    (Interactions, "bundle", "read the candidates' tokens"), (Bundle, "closeness", "compare tokens"),
    (Generation, "passages", "load passages"), (Generation, "asked", "load questions that are answered"),
)  # fmt: skip


def open_encoder(kind: str) -> Encoder:
    bundled = BundledEncoder(threads=2)
    return bundled if kind == "bundled" else MadeEncoder(bundled)


def settings(place: Path) -> Settings:
    return Settings(index=place / "index", keep=0)


def synced(place: Path, kind: str, files: int) -> dict[str, Any]:
    """Bring the library up to so many files."""
    Author().write(place / "texts", files)
    encoder, stages = open_encoder(kind), Stages()
    with Advisor(settings(place), encoder) as advisor, stages.measuring(WRITING, beside=(encoder, "_parted", "encode")):
        watch = Stopwatch()
        report = advisor.sync([place / "texts"])
        taken, busy = watch.lap()
    stages.seconds["read files, in processes of their own"] = ended_children()
    generation, counts = place / "index" / report.generation, report.counts
    return {
        "seconds": [taken, busy],
        "stages": stages.shares(busy),
        "counts": [counts.documents, counts.passages, counts.factors],
        "disk": [megabytes(generation / "library.sqlite3"), megabytes(generation / "vectors")],
        "peak": peak_megabytes(),
    }


def served(place: Path, kind: str) -> dict[str, Any]:
    """Open, ask, look where the time goes, and compare the graph with an exact search."""
    asked = Author().questions(count_files(place / "texts"), QUESTIONS + WARM)
    encoder, stages, watch = open_encoder(kind), Stages(), Stopwatch()
    generation = Index(place / "index", encoder).open()

    def search(question: str, language: str) -> None:
        retrieve.search(generation, encoder, question, language, NEAREST)

    opened = watch.lap()
    search(*asked[0])
    first = watch.lap()
    timed_each(search, asked[:WARM])
    clock, processor = timed_each(search, asked[WARM:])
    peak = peak_megabytes()
    with stages.measuring([(encoder, "encode_question", "encode the question"), *READING]), _one_after_the_other():
        watch.lap()
        timed_each(search, asked[WARM:])
        total = watch.lap()[1]
    questions = [encoder.encode_question(*each) for each in asked[WARM:]]
    return {
        "open": opened,
        "first": first,
        "clock": percentiles(clock),
        "processor": percentiles(processor),
        "stages": stages.shares(total, per=QUESTIONS / 1000),
        "peak": peak,
        "recall": [_recall_of(generation, language, questions) for language in generation.lexicon.languages],
    }


@contextmanager
def _one_after_the_other() -> Iterator[None]:
    """Searches of the graphs one at a time: beside each other, the seconds of one would count as those of another stage, too."""

    class AtOnce(Executor):
        def submit(self, call: Any, /, *values: Any, **named: Any) -> Future[Any]:
            done: Future[Any] = Future()
            done.set_result(call(*values, **named))
            return done

    before, retrieve._ASIDE = retrieve._ASIDE, AtOnce()
    try:
        yield
    finally:
        retrieve._ASIDE = before


def answered(place: Path, kind: str) -> dict[str, Any]:
    """Whole answers without a language model, to questions that documents say they answer and others; the first is told apart."""
    author, files = Author(), count_files(place / "texts")
    told = author.answered_questions(min(files, 10 * ANSWERS))
    free = author.questions(files, 2 * ANSWERS + 1 - len(told))
    asked = [free[0], *told, *free[1:]]
    watch, until, outcomes = Stopwatch(), time.perf_counter() + PATIENCE, Counter[str]()
    with Advisor(settings(place), open_encoder(kind)) as advisor:

        def ask(question: str, language: str) -> None:
            if time.perf_counter() < until:
                outcomes[advisor.ask(question, language=language, note_gap=False).outcome] += 1

        ask(*asked[0])
        first = watch.lap()
        clock, processor = timed_each(ask, asked[1:])
    done = outcomes.total() - 1
    return {
        "first": first,
        "clock": percentiles(clock[:done]),
        "processor": percentiles(processor[:done]),
        "outcomes": ", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()),
        "peak": peak_megabytes(),
    }


def graph(count: int, neighbours: int, construction: int) -> list[dict[str, Any]]:
    """One graph of so many vectors: what it costs, and what it finds at several breadths of the search."""
    author, encoder = Author(), MadeEncoder(BundledEncoder(threads=2))
    texts = author.paragraphs(count)
    stored = encoder.encode_passages(texts, ["en"] * count)
    questions = [encoder.encode_question(*each) for each in author.questions(count // PASSAGES, QUESTIONS)]
    rows = np.arange(count)
    folder._BUILT.update(max_neighbors=neighbours, ef_construction=construction)
    results = []
    with tempfile.TemporaryDirectory() as place:
        store = VectorStore(Path(place))
        watch = Stopwatch()
        for begin in range(0, count, 1000):  # as a sync does, which stores what it has encoded
            part = slice(begin, begin + 1000)
            store.add("all", rows[part].tolist(), stored[part], [{"row": row} for row in rows[part].tolist()], texts[part])
        built = watch.lap()
        for breadth in SEARCHES:
            with suppress(ValueError):  # the change is made, then Chroma 1.5 fails to read its own settings of a collection without a model
                store._collection("all").modify(configuration={"hnsw": {"ef_search": breadth}})
            store.close()
            store = VectorStore(Path(place))  # a change counts from the next opening
            nearest = partial(store.nearest, "all", k=retrieve.CANDIDATES)
            clock, processor = timed_each(nearest, [(question,) for question in questions])
            found = {"clock": percentiles(clock), "processor": percentiles(processor), "recall": _recall(nearest, rows, stored, questions)}
            results.append({"breadth": breadth, "built": built, **found})
        store.close()
        results[-1]["disk"] = megabytes(Path(place))
    return [{**result, "disk": results[-1]["disk"]} for result in results]


def _recall_of(generation: Generation, language: str, questions: Sequence[Vectors]) -> float:
    rows, pool = generation.lexicon.rows(language), f"{POOL}-{language}"
    held = [generation.vectors.vectors(pool, rows[at : at + 5000].tolist()) for at in range(0, len(rows), 5000)]
    stored = {row: vector for part in held for row, vector in part.items()}
    return _recall(
        lambda question: generation.vectors.nearest(pool, question, retrieve.CANDIDATES),
        np.array(list(stored)), np.stack(list(stored.values())), questions,
    )  # fmt: skip


def _recall(nearest: Callable[[Vectors], list[tuple[int, float]]], rows: Any, stored: Vectors, questions: Sequence[Vectors]) -> float:
    """Share of the ten nearest by exact search that stand among the first ten found."""
    shares = []
    for question in questions:
        exact = set(rows[np.argpartition(-(stored @ question), NEAREST - 1)[:NEAREST]].tolist())
        shares.append(len(exact & {row for row, _ in nearest(question)[:NEAREST]}) / NEAREST)
    return statistics.mean(shares)


STEPS: dict[str, Callable[..., Any]] = {"sync": synced, "serve": served, "answer": answered, "graph": graph}


def step(kept: Path, name: str, *values: Any) -> Any:
    """One step in a process of its own; what it measured is kept in a file, with the load before and after it."""
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        print(f"{time.strftime('%H:%M:%S')} {kept.parent.name}: {kept.stem}", file=sys.stderr)
        given = json.dumps([str(value) if isinstance(value, Path) else value for value in values])
        before = load()
        done = subprocess.run([sys.executable, __file__, "--step", name, given], check=True, stdout=subprocess.PIPE)
        kept.write_text(json.dumps({"measured": json.loads(done.stdout), "load": [before, load()]}), "utf-8")
    return json.loads(kept.read_text("utf-8"))


def measured(place: Path, kind: str, files: int) -> dict[str, Any]:
    """All steps for one size, in the order in which they change the library."""
    todo: dict[str, tuple[Any, ...]] = {
        "build": ("sync", place, kind, files), "nothing": ("sync", place, kind, files), "serve": ("serve", place, kind),
        "answer": ("answer", place, kind), "add": ("sync", place, kind, files + MORE),
    }  # fmt: skip
    kept = {name: step(place / f"{name}.json", *values) for name, values in todo.items()}
    loads = [value for one in kept.values() for value in one["load"]]
    return {**{name: one["measured"] for name, one in kept.items()}, "load": [min(loads), max(loads)]}


def column(size: dict[str, Any]) -> dict[str, Cell]:
    """One size as a column of the table."""
    build, serve, answer, add = size["build"], size["serve"], size["answer"], size["add"]
    return {
        "files / passages / list items": build["counts"],
        "build, s (clock / processor)": build["seconds"],
        "passages a second of the processor": build["counts"][1] / build["seconds"][1],
        "library.sqlite3 / vectors, MB": build["disk"],
        "peak memory of the build, MB": build["peak"],
        "add 100 files, s (clock / processor)": add["seconds"],
        "peak memory of adding, MB": add["peak"],
        "sync, nothing changed, s (clock / processor)": size["nothing"]["seconds"],
        "open, s (clock / processor)": serve["open"],
        "first question, s (clock / processor)": serve["first"],
        "**question, processor ms** (p50 / p95 / p99)": serve["processor"],
        "question, clock ms (p50 / p95 / p99)": serve["clock"],
        "recall@10 of the graph (de / en)": [f"{value:.3f}" for value in serve["recall"]],  # type: ignore[dict-item]
        "peak memory of serving, MB": serve["peak"],
        "whole answer, processor ms (p50 / p95 / p99)": answer["processor"],
        "whole answer, clock ms (p50 / p95 / p99)": answer["clock"],
        "first answer, s (clock / processor)": answer["first"],
        "answers": answer["outcomes"],
        "peak memory of answering, MB": answer["peak"],
        "load average, least / most": size["load"],
    }


def graph_columns(kept: dict[str, Any]) -> dict[str, dict[str, Cell]]:
    return {
        f"{name}/{one['breadth']}": {
            "build, s (clock / processor)": one["built"], "disk, MB": one["disk"], f"recall@{NEAREST}": f"{one['recall']:.4f}",
            "100 nearest, processor ms (p50 / p95 / p99)": one["processor"], "clock ms": one["clock"], "load": kept[name]["load"],
        }
        for name in kept for one in kept[name]["measured"]
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", default=SIZES, help="passages:encoder")
    parser.add_argument("--graphs", type=int, default=0, help="compare settings of the graph on so many vectors")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--step", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.step:
        name, values = given.step
        first, *others = json.loads(values)
        print(json.dumps(STEPS[name](Path(first) if isinstance(first, str) else first, *others)))
        return
    with tempfile.TemporaryDirectory() as made:
        report(given.folder or Path(made), given.sizes, given.graphs)


def report(folder: Path, sizes: Sequence[str], graphs: int) -> None:
    """Measure and print."""
    machine = f"{os.cpu_count()} cores, {platform.processor() or platform.machine()}"
    print(f"{time.strftime('%Y-%m-%d')}, {machine}, Python {platform.python_version()}\n")
    done: dict[str, dict[str, Any]] = {}
    for number, kind in (size.split(":") for size in sizes):
        done[f"{int(number):,}, {kind}"] = measured(folder / f"{kind}-{number}", kind, int(number) // PASSAGES)
    if done:
        print(table("", {head: column(size) for head, size in done.items()}) + "\n")
        for corner, name in (
            ("building, processor s", "build"),
            ("adding, processor s", "add"),
            ("a question, mean processor ms", "serve"),
        ):
            print(table(corner, {head: size[name]["stages"] for head, size in reversed(done.items())}) + "\n")
    if graphs:
        names = [name.split("/") for name in GRAPHS]
        kept = {f"{m}/{c}": step(folder / f"graph-{graphs}-{m}-{c}.json", "graph", graphs, int(m), int(c)) for m, c in names}
        print(table(f"{graphs:,} vectors in one graph", graph_columns(kept)))


if __name__ == "__main__":
    main()
