"""What starting and asking costs: import, `advisor ask` from process start, the first and the warm answer, memory, ingestion.

Run: python benchmarks/speed.py [INDEX]. Prints a Markdown table; medians of several runs, since machines are shared.
"""

from __future__ import annotations

import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from advisor import Advisor, Settings

QUESTIONS = (
    "What do we need before launching on social media?",
    "Was brauchen wir, bevor wir in Social Media starten?",
    "Which resources should be in place, and for how long?",
    "Wie lange muss das Geld gesichert sein?",
    "What is the capital of Australia?",
)


def seconds(command: list[str], runs: int = 5) -> float:
    taken = []
    for _ in range(runs):
        begin = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - begin)
    return statistics.median(taken)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(folder) / "index"
        rows = []
        advisor = Advisor.open(Settings(index=index))
        if not advisor.ready:
            begin = time.perf_counter()
            counts = advisor.sync().counts
            taken = time.perf_counter() - begin
            rows.append(
                (
                    f"ingest {counts.documents} documents, {counts.passages} passages",
                    f"{taken:.1f} s, {counts.passages / taken:.0f} passages/s",
                )
            )
        rows.append(("import advisor", f"{seconds([sys.executable, '-c', 'import advisor']) - seconds([sys.executable, '-c', '']):.3f} s"))
        ask = [sys.executable, "-m", "advisor.surfaces.cli", "ask", QUESTIONS[0], "--index", str(index)]
        rows.append(("advisor ask, from process start to the answer", f"{seconds(ask):.2f} s"))
        begin = time.perf_counter()
        advisor.ask(QUESTIONS[0])
        rows.append(("first answer in a running process", f"{(time.perf_counter() - begin) * 1000:.0f} ms"))
        taken = []
        for _ in range(10):
            for question in QUESTIONS:
                begin = time.perf_counter()
                advisor.ask(question)
                taken.append(time.perf_counter() - begin)
        taken.sort()
        rows.append(
            (
                "warm answer, median / 95th percentile",
                f"{statistics.median(taken) * 1000:.0f} / {taken[int(len(taken) * 0.95)] * 1000:.0f} ms",
            )
        )
        rows.append(("memory of this process at most", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"))
    print(f"{time.strftime('%Y-%m-%d')}, {platform.processor() or platform.machine()}, Python {platform.python_version()}\n")
    print("| what | measured |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")


if __name__ == "__main__":
    main()
