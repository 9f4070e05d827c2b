"""The same texts and questions for this advisor's retriever and for what other libraries' tutorials build, each in its own environment.

Run: python benchmarks/peers/run.py DATA --minilm FOLDER [--peers advisor,langchain] [--rounds 3] [--environments FOLDER]

DATA holds passages.{en,de}.jsonl ({"document", "text"}) and questions.{en,de}.jsonl ({"question", "documents"}); FOLDER is a local copy
of all-MiniLM-L6-v2, since nothing is fetched at run time. Environments are made with pip from requirements/ where they are missing.
Prints Markdown; `--json FILE` keeps the measurements.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import Any

from embeddings import PYTHON

HERE = Path(__file__).parent.resolve()
PROJECT = HERE.parent.parent
LANGUAGES = ("en", "de")
LABELS = {
    "advisor": "this advisor",
    "langchain": "LangChain tutorial (Chroma)",
    "llamaindex": "LlamaIndex",
    "haystack": "Haystack, hybrid",
    "txtai": "txtai, hybrid",
    "haiku_rag": "haiku.rag, hybrid",
}
NEWER = {"haiku_rag": ("3.12", "3.13")}  # Pythons of which a peer needs one
SERVED = {"haiku_rag": "embeddings"}  # peers that ask a server for vectors, and the one environment that servers run in
LATER_QUESTIONS = 50  # of each file, in every round after the first: the rankings are known by then, only times are wanted
LIMITS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS", "ADVISOR_THREADS")
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "DO_NOT_TRACK": "1",
}


def main() -> None:
    arguments = _arguments()
    peers = arguments.peers.split(",")
    pythons = {peer: environment(peer, arguments.environments) for peer in peers}
    texts, questions = read(arguments.data)
    rounds: dict[str, list[dict[str, Any]]] = {peer: [] for peer in peers}
    os.environ.update(serving(peers, arguments.environments))
    installs = {peer: installed(peer, arguments.environments) for peer in peers}
    load = [os.getloadavg()[0]]
    for number in range(arguments.rounds):
        asked = {language: [one["question"] for one in held][: LATER_QUESTIONS if number else None] for language, held in questions.items()}
        for peer in peers[number % len(peers) :] + peers[: number % len(peers)]:
            print(f"round {number + 1}: {peer}", file=sys.stderr)
            rounds[peer].append(measure(peer, pythons[peer], arguments.minilm, texts, asked, arguments.threads))
            load.append(os.getloadavg()[0])
            if arguments.json:
                arguments.json.write_text(json.dumps({"rounds": rounds, "installs": installs, "load": load}), "utf-8")
    report(rounds, installs, texts, questions, load)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--minilm", type=Path, required=True)
    parser.add_argument("--peers", default=",".join(LABELS))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--threads", type=int, default=1, help="for encoding; one keeps processor seconds comparable, 0 leaves each its default"
    )
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()) / "peers")
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def environment(peer: str, folder: Path) -> str:
    """The peer's Python; a missing environment is made, and what that took is written beside it."""
    place = folder / peer
    python = place / "venv" / "bin" / "python"
    if not (place / "install.json").exists():
        requirements = HERE / "requirements" / f"{peer}.txt"
        base = interpreter(peer)
        begin = time.perf_counter()
        subprocess.run([base, "-m", "venv", "--clear", place / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", requirements], check=True, cwd=PROJECT, stdout=sys.stderr)
        seconds = time.perf_counter() - begin
        size = int(subprocess.run(["du", "-sm", place / "venv"], check=True, capture_output=True, text=True).stdout.split()[0])
        (place / "install.json").write_text(json.dumps({"seconds": seconds, "megabytes": size}))
    return str(python)


def serving(peers: Iterable[str], folder: Path) -> dict[str, str]:
    """What peers that ask a server for vectors need to know to start one; its environment is made where it is missing."""
    needed = {SERVED[peer] for peer in peers if peer in SERVED}
    return {PYTHON: environment(needed.pop(), folder)} if needed else {}


def installed(peer: str, folder: Path) -> dict[str, float]:
    """Seconds and megabytes of a peer's environment, and of its server's."""
    places = [folder / name / "install.json" for name in (peer, SERVED.get(peer)) if name]
    held = [json.loads(place.read_text("utf-8")) for place in places]
    return {name: sum(one[name] for one in held) for name in held[0]}


def interpreter(peer: str) -> str:
    """The Python that a peer's environment is made with: this one, or a newer one where the peer needs it."""
    versions = NEWER.get(peer)
    if versions is None or platform.python_version().rpartition(".")[0] in versions:
        return sys.executable
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in versions:
        for candidate in filter(None, (shutil.which(f"python{version}"), *map(str, sorted(pyenv.glob(f"{version}.*/bin/python"))))):
            # A shim of pyenv is found for Pythons that are not chosen, too, and ends with an error.
            if subprocess.run([candidate, "-m", "venv", "--help"], capture_output=True).returncode == 0:
                return candidate
    wanted = " or ".join(versions)
    raise SystemExit(
        f"The peer {peer} needs Python {wanted}; this is {platform.python_version()}, and none of {wanted} is on PATH or in {pyenv}. "
        f"Install one, or name the other peers: --peers {','.join(name for name in LABELS if name != peer)}."
    )


def read(data: Path) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[dict[str, Any]]]]:
    """Texts by language as (document, text), and questions by language."""
    lines = {name: (data / name).read_text("utf-8").splitlines() for kind in ("passages", "questions") for name in _names(kind)}
    texts = {
        language: [(one["document"], one["text"]) for one in map(json.loads, lines[f"passages.{language}.jsonl"])] for language in LANGUAGES
    }
    return texts, {language: [json.loads(line) for line in lines[f"questions.{language}.jsonl"]] for language in LANGUAGES}


def _names(kind: str) -> list[str]:
    return [f"{kind}.{language}.jsonl" for language in LANGUAGES]


def measure(peer: str, python: str, minilm: Path, texts: dict[str, Any], questions: dict[str, list[str]], threads: int) -> dict[str, Any]:
    """One round of one peer: build and ask in one process, then open what was built in another, timed from outside."""
    with tempfile.TemporaryDirectory() as folder:
        task = {"do": "all", "minilm": str(minilm.resolve()), "folder": folder, "texts": texts, "questions": questions}
        done = _adapter(peer, python, task, threads)
        if "failed" in done:
            return done
        first = questions["en"][0]
        begin, busy = time.perf_counter(), _busy()
        opened = _adapter(peer, python, {"do": "start", "minilm": task["minilm"], "folder": f"{folder}/en", "question": first}, threads)
        done["start_seconds"], done["start_processor_seconds"] = time.perf_counter() - begin, _busy() - busy
        if "failed" in opened or list(dict.fromkeys(opened["first"]))[:10] != done["ranked"]["en/en"][0]:
            print(f"{peer}: a reopened index does not answer as before: {opened}", file=sys.stderr)
            done["start_seconds"] = done["start_processor_seconds"] = math.nan
        return done


def _busy() -> float:
    """Processor seconds of all ended children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _adapter(peer: str, python: str, task: dict[str, Any], threads: int) -> dict[str, Any]:
    """Run an adapter; -P keeps its folder off the path, where its name would hide the library's."""
    paths = os.pathsep.join(filter(None, (str(HERE), os.environ.get("PYTHONPATH"))))
    limits = dict.fromkeys(LIMITS, str(threads)) if threads else {}
    others = {name: value for name, value in os.environ.items() if name not in LIMITS}
    ended = subprocess.run(
        [python, "-P", HERE / "adapters" / f"{peer}.py"],
        input=json.dumps(task), capture_output=True, text=True, env={**others, **QUIET, **limits, "PYTHONPATH": paths},
    )  # fmt: skip
    if ended.returncode:
        print(ended.stderr[-3000:], file=sys.stderr)
        return {"failed": f"exit status {ended.returncode}: " + (ended.stderr.strip().splitlines() or [""])[-1]}
    done: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return done


def figures(ranked: Sequence[Sequence[str]], questions: Sequence[dict[str, Any]], indexed: Collection[str]) -> dict[str, float]:
    """R@1, R@5, MRR@10 and nDCG@10; only documents that are in the index count as right."""
    hits = []
    for documents, question in zip(ranked, questions, strict=True):
        right = set(question["documents"]) & set(indexed)
        hits.append(([rank for rank, name in enumerate(documents[:10], 1) if name in right], len(right)))
    return {
        "R@1": _mean(1 in ranks for ranks, _ in hits),
        "R@5": _mean(any(rank <= 5 for rank in ranks) for ranks, _ in hits),
        "MRR@10": _mean(1 / ranks[0] if ranks else 0.0 for ranks, _ in hits),
        "nDCG@10": _mean(_gain(ranks) / _gain(range(1, min(right, 10) + 1)) if right else 0.0 for ranks, right in hits),
    }


def _gain(ranks: Iterable[int]) -> float:
    return sum(1 / math.log2(rank + 1) for rank in ranks)


def _mean(values: Iterable[float]) -> float:
    return statistics.fmean(float(value) for value in values)


def report(
    rounds: dict[str, list[dict[str, Any]]],
    installs: dict[str, dict[str, float]],
    texts: dict[str, list[tuple[str, str]]],
    questions: dict[str, list[dict[str, Any]]],
    load: Sequence[float],
) -> None:
    """Print what was measured as Markdown."""
    # All questions are asked in the first round alone; a later one that failed is left out of the medians and named.
    ran = {peer: {number: one for number, one in enumerate(held) if "failed" not in one} for peer, held in rounds.items()}
    ran = {peer: held for peer, held in ran.items() if 0 in held}
    count = max(map(len, rounds.values()))
    print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, Python {platform.python_version()}, {count} rounds; ", end="")
    print(f"load average {min(load):.1f} to {max(load):.1f}\n")
    print("R@1 / R@5 / MRR@10 / nDCG@10\n")
    print("| retriever | " + " | ".join(f"{a}: texts {i}, questions {q}" for a, i, q in _directions()) + " |\n" + "|---" * 5 + "|")
    for peer, held in ran.items():
        cells = []
        for _, indexed, asked in _directions():
            found = figures(held[0]["ranked"][f"{indexed}/{asked}"], questions[asked], dict(texts[indexed]))
            cells.append(" / ".join(f"{value:.3f}" for value in found.values()))
        print(f"| {LABELS[peer]} | " + " | ".join(cells) + " |")
    costs(ran, installs, sum(map(len, texts.values())))
    print("\nVersions\n")
    for peer, held in ran.items():
        print(f"- {LABELS[peer]}: " + ", ".join(f"{name} {version}" for name, version in held[0]["versions"].items()))
    for peer, done in rounds.items():
        for number, one in enumerate(done, 1):
            if "failed" in one:
                print(f"- {LABELS[peer]}, round {number} failed: {one['failed']}")


def _directions() -> list[tuple[str, str, str]]:
    return [(f"{i}→{q}", i, q) for i, q in (("en", "en"), ("de", "de"), ("en", "de"), ("de", "en"))]


def costs(ran: dict[str, dict[int, dict[str, Any]]], installs: dict[str, dict[str, float]], paragraphs: int) -> None:
    """Print times and sizes; ratios are taken round by round against the LangChain stack, then the median."""
    wall, processor = (
        {peer: {number: paragraphs / sum(one[name].values()) for number, one in held.items()} for peer, held in ran.items()}
        for name in ("ingest_seconds", "ingest_processor_seconds")
    )
    columns = (
        *("retriever", "paragraphs/s", "× LangChain", "paragraphs/processor s", "× LangChain", "start to answer, s (processor s)"),
        *("query p50 / p95, ms (processor ms)", "peak memory, MB", "installed, MB", "install, s"),
    )
    print("\n| " + " | ".join(columns) + " |\n" + "|---" * len(columns) + "|")
    for peer, held in ran.items():
        taken = sorted(seconds * 1000 for one in held.values() for seconds in one["query_seconds"])
        middle = {name: statistics.median(one[name] for one in held.values()) for name in held[0] if isinstance(held[0][name], float)}
        cells = (
            LABELS[peer],
            f"{statistics.median(wall[peer].values()):.1f}",
            _ratio(wall, peer),
            f"{statistics.median(processor[peer].values()):.1f}",
            _ratio(processor, peer),
            f"{middle['start_seconds']:.1f} ({middle['start_processor_seconds']:.1f})",
            f"{statistics.median(taken):.0f} / {taken[int(len(taken) * 0.95)]:.0f} ({middle['query_processor_seconds'] * 1000:.0f})",
            f"{middle['peak_mb']:.0f}",
            f"{installs[peer]['megabytes']:.0f}",
            f"{installs[peer]['seconds']:.0f}",
        )
        print("| " + " | ".join(cells) + " |")


def _ratio(rates: dict[str, dict[int, float]], peer: str) -> str:
    usual = rates.get("langchain", {})
    both = [rate / usual[number] for number, rate in rates[peer].items() if number in usual]
    return f"{statistics.median(both):.1f}" if both else "–"


if __name__ == "__main__":
    main()
