"""What starting and asking costs: import, `advisor ask` and `advisor serve` from process start, first and warm answers, memory, ingestion.

Run: python benchmarks/speed.py [INDEX]. Prints a Markdown table; medians of several runs, since machines are shared.
"""

from __future__ import annotations

import json
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from measuring import load, peak_megabytes

from advisor import Advisor, Settings

QUESTIONS = (
    "What do we need before launching on social media?",
    "Was brauchen wir, bevor wir in Social Media starten?",
    "Which resources should be in place, and for how long?",
    "Wie lange muss das Geld gesichert sein?",
    "What is the capital of Australia?",
)
RUNS = 5
COMMAND = (sys.executable, "-m", "advisor.surfaces.cli")


def seconds(command: list[str]) -> float:
    taken = []
    for _ in range(RUNS):
        begin = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def ingested(advisor: Advisor) -> Iterator[tuple[str, str]]:
    """The bundled library, where the index is new."""
    if not advisor.ready:
        begin = time.perf_counter()
        counts = advisor.sync().counts
        taken = time.perf_counter() - begin
        name = f"ingest {counts.documents} documents, {counts.passages} passages"
        yield name, f"{taken:.1f} s, {counts.passages / taken:.0f} passages/s"


def started(index: Path) -> Iterator[tuple[str, str]]:
    """Processes from their start."""
    yield "import advisor", f"{seconds([sys.executable, '-c', 'import advisor']) - seconds([sys.executable, '-c', '']):.3f} s"
    named = ["--index", str(index)]
    yield "advisor library list, from process start to its end", f"{seconds([*COMMAND, 'library', 'list', *named]):.2f} s"
    yield "advisor ask, from process start to the answer", f"{seconds([*COMMAND, 'ask', QUESTIONS[0], *named]):.2f} s"


def served(index: Path) -> Iterator[tuple[str, str]]:
    """The chat, until its page is there, and the memory that it holds after some answers."""
    taken, held = zip(*(_served(index) for _ in range(RUNS)), strict=True)
    yield "advisor serve, from process start to the page", f"{statistics.median(taken):.2f} s"
    yield "memory of the chat after 50 answers", f"{statistics.median(held):.0f} MB"


def _served(index: Path) -> tuple[float, float]:
    begin = time.perf_counter()
    command = [*COMMAND, "serve", "--port", "0", "--index", str(index)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout
            address = next(found[1] for found in (re.search(r"open on (http://\S+)", line) for line in process.stdout) if found)
            urllib.request.urlopen(address).read()
            taken = time.perf_counter() - begin
            for number in range(50):
                body = json.dumps({"question": QUESTIONS[number % len(QUESTIONS)]}).encode()
                sent = urllib.request.Request(f"{address}/api/v1/ask", body, {"Content-Type": "application/json"})
                urllib.request.urlopen(sent).read()
            status = Path(f"/proc/{process.pid}/status").read_text("utf-8")
            return taken, int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024
        finally:
            process.terminate()


def answered(advisor: Advisor) -> Iterator[tuple[str, str]]:
    """Answers in this process."""
    begin = time.perf_counter()
    advisor.ask(QUESTIONS[0])
    yield "first answer in a running process", f"{(time.perf_counter() - begin) * 1000:.0f} ms"
    taken = []
    for _ in range(10):
        for question in QUESTIONS:
            begin = time.perf_counter()
            advisor.ask(question)
            taken.append(time.perf_counter() - begin)
    taken.sort()
    slow = taken[int(len(taken) * 0.95)]
    yield "warm answer, median / 95th percentile", f"{statistics.median(taken) * 1000:.0f} / {slow * 1000:.0f} ms"
    yield "memory of this process at most", f"{peak_megabytes():.0f} MB"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "index"
        advisor = Advisor.open(Settings(index=index))
        rows = [row for part in (ingested(advisor), started(index), served(index), answered(advisor)) for row in part]
    machine = platform.processor() or platform.machine()
    print(f"{time.strftime('%Y-%m-%d %H:%M')}, {machine}, Python {platform.python_version()}, load {load():.1f}\n")
    print("| what | measured |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
