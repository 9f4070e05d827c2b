"""Questions that the library could not answer, kept for whoever buys the next book."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from advisor.errors import IndexUnwritable
from advisor.text import fold


@dataclass(frozen=True, slots=True)
class Gap:
    """A question without an answer: as it was last asked, how often, and when last (ISO, local time)."""

    question: str
    language: str
    times: int
    last: str


def record(index: Path, question: str, language: str) -> None:
    """Note a question; one short append, so that several processes can do it at once."""
    line = json.dumps({"question": question, "language": language, "asked": time.strftime("%Y-%m-%dT%H:%M:%S%z")}, ensure_ascii=False)
    try:
        with (index / "gaps.jsonl").open("a", encoding="utf-8") as file:
            file.write(line + "\n")
    except OSError as error:
        raise IndexUnwritable(f"{index / 'gaps.jsonl'} cannot be written: {error.strerror}. The answer itself is not affected.") from error


def read(index: Path) -> tuple[Gap, ...]:
    """The questions, each once, the most asked first; lines that a crash left half-written are skipped."""
    found: dict[str, Gap] = {}
    for entry in _entries(index / "gaps.jsonl"):
        key = fold(entry["question"])
        times = found[key].times + 1 if key in found else 1
        found[key] = Gap(entry["question"], entry["language"], times, entry["asked"])
    return tuple(sorted(found.values(), key=lambda gap: (-gap.times, gap.question)))


def _entries(file: Path) -> Iterator[dict[str, str]]:
    try:
        lines = file.read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict) and {"question", "language", "asked"} <= entry.keys():
            yield entry
