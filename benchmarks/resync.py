"""What a sync costs that has nothing to do: a folder of many small files, looked at again by a fresh process.

Run: python benchmarks/resync.py [--files 10000] [--rounds 5] [--folder DIR]

The files are made from a seed: short texts and Markdown in both languages, each different. The index is built once (with --folder it stays
for the next run); then `advisor ingest FOLDER` and `advisor ingest FOLDER --plan` are started as commands, and timed from outside, from the
start of the process to its end. Prints Markdown.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from made import Author
from measuring import Stopwatch, cell, load, megabytes, table

PROJECT = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "advisor.surfaces.cli")


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as temporary:
        place = arguments.folder or Path(temporary)
        files, index = place / f"files-{arguments.files}", place / f"index-{arguments.files}"
        made = write_files(files, arguments.files)
        built = timed(files, index) if not (index / "CURRENT").exists() else None
        rows = {
            "sync, nothing changed": [timed(files, index) for _ in range(arguments.rounds)],
            "--plan": [timed(files, index, "--plan") for _ in range(arguments.rounds)],
        }
        changed(files)
        rows["sync, 1 file changed"] = [timed(files, index)]
        report(arguments.files, made, built, rows, index)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, help="keep files and index here, and use them again")
    return parser.parse_args()


def write_files(folder: Path, count: int) -> int:
    """Make the files that are not there yet, 100 in each folder; returns the bytes of all."""
    author, total = Author(), 0
    for number in range(count):
        file = folder / f"{number // 100:03d}" / f"note{number:05d}.{'md' if number % 2 else 'txt'}"
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(note(author, number), "utf-8")
        total += file.stat().st_size
    return total


def note(author: Author, number: int) -> str:
    """A short text of two sentences, different for each number."""
    paragraph = next(line for line in author.file(number).splitlines() if line.count(". ") > 2)
    return f"# Note {number}\n\n{'. '.join(paragraph.split('. ')[:2])}.\n"


def changed(folder: Path) -> None:
    """Let one file say something else."""
    file = next(iter(sorted(folder.rglob("*.txt"))))
    file.write_text(f"# Note\n\nThis was written anew at {time.time_ns()}.\n", "utf-8")


def timed(files: Path, index: Path, *options: str) -> tuple[float, float]:
    """Seconds on the clock and of the processor for one command, from its start to its end."""
    watch = Stopwatch()
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(PROJECT), os.environ.get("PYTHONPATH"))))}
    subprocess.run([*COMMAND, "ingest", str(files), "--index", str(index), *options], env=environ, check=True, stdout=subprocess.DEVNULL)
    return watch.lap()


def report(count: int, size: int, built: tuple[float, float] | None, rows: dict[str, list[tuple[float, float]]], index: Path) -> None:
    """Print what was measured."""
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load():.1f}: ", end="")
    print(f"{count:,} files, {size / 1e6:.1f} MB; the index has {megabytes(index):,.0f} MB")
    if built:
        print(f"built in {built[0]:,.0f} s ({built[1]:,.0f} s of the processor)")
    columns = {
        what: {
            "s on the clock, median": statistics.median(clock for clock, _ in taken),
            "slowest": max(clock for clock, _ in taken),
            "processor s, median": statistics.median(processor for _, processor in taken),
            "runs": cell(len(taken)),
        }
        for what, taken in rows.items()
    }
    print(table("", columns))


if __name__ == "__main__":
    main()
