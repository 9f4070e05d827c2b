"""Ten people ask at once while 500 documents are ingested: errors, and how long an answer takes from Enter to the whole answer.

    python benchmarks/load.py [--people 10] [--documents 500] [--pause 5] [--json]

The server is the real one, in a process apart, over a copy of corpus/ (or of `--corpus`) in a folder of its own. Each asks by the page's
own route: the question goes into the queue of the page, the event stream is read until the turn stands whole in the page. The ingestion is
started by the page's own button and runs where it always runs, in a process beside the chat. Measured are the same people before it
begins, and as long as it runs. `--pause` is how long a person reads before the next question.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
CALM = 30.0  # seconds for which is asked before the ingestion begins
THEMES = (
    "goals",
    "budgets",
    "people",
    "culture",
    "channels",
    "customers",
    "measures",
    "risks",
    "suppliers",
    "markets",
    "prices",
    "patents",
)
VERBS = ("shape", "follow", "precede", "limit", "finance", "explain", "change", "strengthen", "weaken", "outlive")


@dataclass
class Asked:
    """What the people met: seconds of each answer by phase, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {"calm": [], "ingesting": [], "after": []})
    errors: list[str] = field(default_factory=list)


def document(number: int) -> str:
    """One of the documents that are made: some four pages with a list, all different."""
    chance = random.Random(number)

    def sentence() -> str:
        one, two, three = chance.sample(THEMES, 3)
        company, year, verb = chance.randint(1, 9999), chance.randint(1, 30), chance.choice(VERBS)
        return f"In company {company} the {one} {verb} the {two} before the {three} are settled in year {year}."

    sections = []
    for heading in chance.sample(THEMES, 5):
        paragraphs = "\n\n".join(" ".join(sentence() for _ in range(6)) for _ in range(3))
        sections.append(f"## On {heading}\n\n{paragraphs}")
    items = "\n".join(f"- {one}: {sentence()}" for one in chance.sample(THEMES, 5))
    return f"# Report {number} on {chance.choice(THEMES)}\n\nFive things are needed:\n\n{items}\n\n" + "\n\n".join(sections) + "\n"


def questions() -> list[str]:
    """What people ask: the answerable questions of the benchmark."""
    lines = (ROOT / "benchmarks" / "questions.jsonl").read_text("utf-8").splitlines()
    return [line["question"] for line in map(json.loads, lines) if line.get("answerable", True)]


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The real server over a copy of the corpus; its log is shown if it dies."""
    environ = {**os.environ, "ADVISOR_INDEX": str(folder / "index"), "ADVISOR_CORPUS": str(folder / "corpus"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "advisor.surfaces.cli", "serve", "--port", "0"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, env=environ, stdout=log, stderr=subprocess.STDOUT)
    try:
        while not (found := re.search(r"open on (http://\S+)", (folder / "log").read_text())):
            if process.poll() is not None:
                raise SystemExit((folder / "log").read_text())
            time.sleep(0.2)
        yield found.group(1)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
        rest = (folder / "log").read_text()
        if "Traceback" in rest:
            print(rest, file=sys.stderr)


class Person:
    """One reader with a browser tab: a session of their own, the page's own listener."""

    def __init__(self, url: str, number: int) -> None:
        self.client = httpx.Client(base_url=url, timeout=60)
        self.session = uuid.uuid4().hex[:11]
        self.chance = random.Random(number)
        config = self.client.get("/config").json()
        # The listener of the page has three or more inputs and is hidden from the programs' interface.
        listener = next(d for d in config["dependencies"] if any(event == "submit" for _, event in d["targets"]))
        self.listener, self.states = listener["id"], len(listener["inputs"]) - 2

    def ask(self, question: str) -> None:
        """Ask and read along until the turn is whole; raises where it is not."""
        data = [question, "en", *[None] * self.states]
        body = {"data": data, "fn_index": self.listener, "session_hash": self.session, "trigger_id": None, "event_data": None}
        self.client.post("/gradio_api/queue/join", json=body).raise_for_status()
        whole = ""
        with self.client.stream("GET", "/gradio_api/queue/data", params={"session_hash": self.session}) as stream:
            for line in stream.iter_lines():
                if not line.startswith("data: "):
                    continue
                said = json.loads(line[6:])
                if said["msg"] in ("process_generating", "process_completed"):
                    whole = line if "answer" in line else whole
                if said["msg"] == "process_completed":
                    if not said["success"] or "failed" in json.dumps(said["output"]):
                        raise RuntimeError(f"{question}: {line[:300]}")
                    break
        if "answer" not in whole:
            raise RuntimeError(f"{question}: no answer came")


def asking(person: Person, pool: list[str], phase: list[str], asked: Asked, pause: float) -> None:
    """Ask, read, ask again, until it is over."""
    time.sleep(person.chance.uniform(0, pause))
    while phase[0] != "over":
        when, begin = phase[0], time.perf_counter()
        try:
            person.ask(person.chance.choice(pool))
            asked.seconds[when].append(time.perf_counter() - begin)
        except (httpx.HTTPError, RuntimeError, KeyError, ValueError) as error:
            asked.errors.append(f"{type(error).__name__}: {error}")
        time.sleep(person.chance.uniform(0.5, 1.5) * pause)


def ingest(url: str, asked: Asked) -> dict[str, object]:
    """Press the page's own button and watch until the library is new."""
    client = httpx.Client(base_url=url, timeout=60)
    proof = re.search(r'name="form" value="([0-9a-f]{64})"', client.get("/documents").text)
    assert proof
    begin = time.perf_counter()
    begun = client.post("/documents/sync", data={"form": proof.group(1)})
    if begun.status_code != 303:
        raise SystemExit(f"The ingestion did not begin: {begun.status_code} {begun.text[:300]}")
    while (status := client.get("/documents/status").json())["running"]:
        time.sleep(1)
    seconds = time.perf_counter() - begin
    said = re.sub(r"<[^>]+>", " ", status["html"])
    if "Done" not in said:
        asked.errors.append(f"ingestion: {said}")
    return {"seconds": round(seconds, 1), "said": " ".join(said.split())}


def figures(seconds: list[float]) -> dict[str, float]:
    """Number, median, 95th percentile and longest of a phase."""
    if len(seconds) < 2:
        return {"answers": len(seconds)}
    ranked = statistics.quantiles(seconds, n=100, method="inclusive")
    named = {"median": statistics.median(seconds), "p95": ranked[94], "longest": max(seconds)}
    return {"answers": len(seconds), **{name: round(value, 3) for name, value in named.items()}}


def main() -> None:
    """Run it all and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--people", type=int, default=10)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--corpus", type=Path, default=ROOT / "corpus", help="the library before the ingestion")
    parser.add_argument("--pause", type=float, default=5.0)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="advisor-load-"))
    asked, phase, pool = Asked(), ["calm"], questions()
    try:
        shutil.copytree(given.corpus, folder / "corpus")
        with serving(folder) as url:
            people = [Person(url, number) for number in range(given.people)]
            threads = [threading.Thread(target=asking, args=(person, pool, phase, asked, given.pause)) for person in people]
            for thread in threads:
                thread.start()
            time.sleep(CALM)
            for number in range(given.documents):
                (folder / "corpus" / f"made{number:04}.md").write_text(document(number), "utf-8")
            phase[0] = "ingesting"
            report = ingest(url, asked)
            phase[0] = "after"
            time.sleep(CALM / 2)
            phase[0] = "over"
            for thread in threads:
                thread.join()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    result = {
        "people": given.people, "documents": given.documents, "pause": given.pause, "processors": os.cpu_count(),
        "load": [round(value, 1) for value in os.getloadavg()], "ingestion": report, "errors": asked.errors,
        **{name: figures(seconds) for name, seconds in asked.seconds.items()},
    }  # fmt: skip
    print(
        json.dumps(result, indent=2, ensure_ascii=False) if given.json else "\n".join(f"{name}: {value}" for name, value in result.items())
    )
    raise SystemExit(bool(asked.errors))


if __name__ == "__main__":
    main()
