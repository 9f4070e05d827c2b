"""What kill -9 does to a library: syncs of a made folder are killed at moments spread over their whole run, and the library is looked at.

    python benchmarks/kills.py 50

Each round adds, changes, removes and renames files, starts `advisor ingest`, and kills it. Three moments in four are spread evenly over the
time that a run takes, in a seeded order; the others are aimed at the milliseconds in which a generation is begun, checked and published.
Then the library must be whole (as `advisor library doctor` sees it), hold exactly the folder as it was before or after the changes, and
answer with quotations that verify; the next run must finish and leave nothing behind. At the end the library is compared, field by field,
with one that was built from the folder in one go.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock
from made import Author

from advisor import Advisor, Settings
from advisor.documents import read
from advisor.errors import AdvisorError
from advisor.factors import find
from advisor.index import PASSAGES, QUESTIONS, Generation
from advisor.passages import split

FILES = 8
QUESTION = "What supports the strategy of the market?"
AIMED = ("draft begun", "draft checked", "generation renamed")
STAGES = (
    "before the draft",
    "while the draft was written",
    "draft checked",
    "generation renamed, not yet current",
    "current",
    "run had ended",
)


@dataclass
class Tally:
    """What was found, over all rounds."""

    stages: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0

    def expect(self, right: bool, what: str) -> None:
        if not right:
            self.broken.append(what)


class Folder:
    """A folder of made files that changes from round to round."""

    def __init__(self, path: Path, seed: int) -> None:
        self.path = path
        self._author, self._draw, self._next = Author(), random.Random(seed), 0
        path.mkdir()
        for _ in range(FILES):
            self._add()

    def _add(self) -> None:
        (self.path / f"{self._next:04d}.md").write_text(self._author.file(self._next), "utf-8")
        self._next += 1

    def change(self) -> None:
        """Add two files, change one, remove two, rename one."""
        for _ in range(2):
            self._add()
        changed, renamed, *removed = self._draw.sample(sorted(self.path.glob("*.md")), 4)
        changed.write_text(f"{changed.read_text('utf-8')}\nThe budget of round {self._next} is secured for the market.\n", "utf-8")
        renamed.rename(renamed.with_name(f"{renamed.stem}x.md"))
        for one in removed:
            one.unlink()

    def held(self) -> dict[str, Any]:
        """What a library of this folder must hold: of each file its name, its passages and its lists."""
        return {file.name: _read(file.read_bytes(), file) for file in sorted(self.path.glob("*.md"))}


@lru_cache(maxsize=256)
def _read(data: bytes, file: Path) -> tuple[Any, ...]:
    document = read(file)
    return document.sha256, document.text, tuple(map(_plain, split(document))), tuple(find(document))


def _plain(passage: Any) -> tuple[Any, ...]:
    return passage.start, passage.end, passage.section, passage.page, passage.language


def library(advisor: Advisor) -> dict[str, Any]:
    """What a library holds, in the same form."""
    return {
        d.source: (d.sha256, d.text, tuple(map(_plain, advisor.passages_of(d.sha256))), tuple(advisor.enumerations_of(d.sha256)))
        for d in advisor.documents()
    }


def passages(held: dict[str, Any]) -> Counter[Any]:
    return Counter((source, sha, *passage) for source, (sha, _, found, _) in held.items() for passage in found)


def start(index: Path, folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "advisor.surfaces.cli", "--quiet", "ingest", str(folder), "--index", str(index)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(index: Path, folder: Path) -> tuple[int, str, float]:
    """Let a run end: its exit code, what it said on standard error, its seconds."""
    begun = time.perf_counter()
    process = start(index, folder)
    said = process.communicate()[1].decode()
    return process.returncode, said, time.perf_counter() - begun


def kill(index: Path, folder: Path, moment: float | str) -> str:
    """Start a run and kill it at a moment, in seconds or by what is to be seen in the folder of the index; returns its stage by then."""
    before, names = (index / "CURRENT").read_text(), {path.name for path in index.glob("g*")}
    now, begun = time.time(), time.perf_counter()
    process = start(index, folder)
    while process.poll() is None:
        if isinstance(moment, float):
            if time.perf_counter() - begun >= moment:
                break
            time.sleep(0.001)
        elif _seen(index, names, moment, now):
            break
    process.kill()
    ended = process.wait() == 0
    assert process.stderr
    process.stderr.close()
    new = {path.name for path in index.glob("g*")} - names
    if ended:
        return STAGES[5]
    if (index / "CURRENT").read_text() != before:
        return STAGES[4]
    if any(not name.endswith((".draft", ".dropped")) for name in new):
        return STAGES[3]
    if any(_stamped(index / name, now) for name in new):
        return STAGES[2]
    return STAGES[1] if new else STAGES[0]


def _stamped(draft: Path, since: float) -> bool:
    """True where a draft has a stamp of its own: that of the generation it was copied from is as old as that one."""
    try:
        return (draft / "stamp.json").stat().st_mtime > since
    except FileNotFoundError:
        return False


def _seen(index: Path, names: set[str], moment: str, since: float) -> bool:
    new = [entry.name for entry in os.scandir(index) if entry.name.startswith("g0") and entry.name not in names]
    if moment == AIMED[0]:
        return bool(new)
    if moment == AIMED[1]:
        return any(_stamped(index / name, since) for name in new)
    return any(not name.endswith(".draft") for name in new)


def look(index: Path, folder: Path, states: tuple[dict[str, Any], ...], tally: Tally, where: str) -> None:
    """Whether the library is whole, is in one of these states, and answers."""
    with Advisor.open(Settings(index=index, corpus=folder, threads=1)) as advisor:
        for fault in advisor.faults():
            tally.expect(False, f"{where}: {fault}")
        held = library(advisor)
        nearest = min(states, key=lambda state: sum(((passages(state) - passages(held)) + (passages(held) - passages(state))).values()))
        tally.lost += sum((passages(nearest) - passages(held)).values())
        tally.doubled += sum((passages(held) - passages(nearest)).values())
        tally.expect(held == nearest, f"{where}: the library is neither as it was nor as it should become")
        try:
            answer = advisor.ask(QUESTION, note_gap=False)
            verdicts = {verdict for _, verdict in advisor.verify(answer.citations)}
        except AdvisorError as error:
            tally.expect(False, f"{where}: no answer: {error}")
        else:
            tally.expect(verdicts == {"found"}, f"{where}: a quotation does not verify, or there is none")


def contents(index: Path) -> dict[str, Any]:
    """Everything in a library, by what it is about and not by the numbers of its rows."""
    with Advisor.open(Settings(index=index, threads=1)) as advisor:
        generation = advisor._open()
        rows = generation.rows
        held: dict[str, Any] = {table: sorted(rows(f"select * from {table}")) for table in ("documents", "kept", "topics")}
        held["manifest"] = sorted(rows("select source, sha256, sidecar, state, size, reason from manifest"))
        place = {row: (sha, start, end) for row, sha, start, end in rows("select row, document, start, end from passages")}
        held[PASSAGES] = sorted(rows("select document, start, end, section, page, language from passages"))
        asked = {row: (ask, place[passage]) for row, ask, passage in rows("select row, ask, passage from questions")}
        held[QUESTIONS] = sorted(asked.values())
        sql = "select document, e.start, e.end, section, style, claimed, page_reference, position, f.start, f.end, vector"
        held["factors"] = sorted(rows(f"{sql} from enumerations e join factors f on id = enumeration"), key=repr)
        about = {PASSAGES: place, QUESTIONS: asked}
        held["meanings"] = sorted((pool, about[pool][row], blob) for pool, row, blob in rows("select pool, row, vectors from meanings"))
        held["tokens"] = sorted((place[row], blob) for row, blob in rows("select row, vectors from tokens"))
        held["vectors"] = sorted(_vectors(generation, about), key=repr)
        held["words"] = sorted(_words(generation, place))
    return held


def _vectors(generation: Generation, about: dict[str, dict[int, Any]]) -> list[Any]:
    found = []
    for pool, places in about.items():
        for (language,) in generation.rows(f"select distinct language from {pool}"):
            mine = [row for (row,) in generation.rows(f"select row from {pool} where language = ?", language)]
            stored = generation.vectors.vectors(f"{pool}-{language}", mine)
            found += [(pool, language, places[row], vector.tobytes()) for row, vector in stored.items()]
    return found


def _words(generation: Generation, place: dict[int, Any]) -> list[Any]:
    import numpy as np

    found = []
    for language, term, rows, counts in generation.rows("select language, term, rows, counts from postings"):
        pairs = zip(np.frombuffer(rows, np.int32).tolist(), np.frombuffer(counts, np.int32).tolist(), strict=True)
        found += [(language, term, place[row], count) for row, count in pairs]
    return found


def moments(rounds: int, seed: int) -> list[float | str]:
    """For each round a share of the time that a run takes, each part of it equally often, or what to aim at."""
    draw = random.Random(seed)
    spread = rounds - rounds // 4
    chosen: list[float | str] = [(at + draw.random()) / spread for at in range(spread)]
    chosen += [AIMED[number % len(AIMED)] for number in range(rounds - spread)]
    draw.shuffle(chosen)
    return chosen


def run(place: Path, chosen: Sequence[float | str], seed: int = 1) -> Tally:
    """A round for each moment, in a folder; prints what happened in each to standard error."""
    tally, folder, index = Tally(), Folder(place / "papers", seed), place / "index"
    finish(index, folder.path)
    folder.change()
    seconds = [finish(index, folder.path)[2]]
    for number, moment in enumerate(chosen, start=1):
        before = folder.held()
        folder.change()
        after = folder.held()
        stage = kill(index, folder.path, moment if isinstance(moment, str) else moment * statistics.median(seconds[-5:]))
        tally.stages[stage] += 1
        look(index, folder.path, (before, after), tally, f"round {number}, killed {stage}")
        code, said, took = finish(index, folder.path)
        tally.expect(code == 0, f"round {number}: the next run ended with {code}: {said}")
        if stage in STAGES[:4]:
            seconds.append(took)
        look(index, folder.path, (after,), tally, f"round {number}, after the next run")
        left = [path.name for path in index.iterdir() if path.name.endswith((".draft", ".dropped", ".new"))]
        tally.expect(not left, f"round {number}: {left} is left over")
        with FileLock(index / "lock", timeout=0):
            pass
        print(f"{number}/{len(chosen)}  {stage}  {tally.broken[-1] if tally.broken else 'well'}", file=sys.stderr, flush=True)
    finish(place / "in one go", folder.path)
    killed, whole = contents(index), contents(place / "in one go")
    for name, found in whole.items():
        tally.expect(found == killed[name], f"at the end: {name} differ from those of a library built in one go")
    return tally


def table(tally: Tally) -> str:
    """The result as Markdown."""
    lines = ["| killed | times |", "|---|---|", *(f"| {stage} | {tally.stages[stage]} |" for stage in STAGES if tally.stages[stage])]
    lines += ["", f"Kills: {tally.stages.total()}. Passages lost: {tally.lost}, doubled: {tally.doubled}. Anything else that was wrong: "
              f"{len(tally.broken)}."]  # fmt: skip
    return "\n".join([*lines, *tally.broken])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kills", nargs="?", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="kills-"))
    try:
        begun = time.perf_counter()
        tally = run(place, moments(given.kills, given.seed), given.seed)
        print(f"{table(tally)}\n{time.perf_counter() - begun:.0f} s")
    finally:
        shutil.rmtree(place)
    return 1 if tally.broken or tally.lost or tally.doubled else 0


if __name__ == "__main__":
    raise SystemExit(main())
