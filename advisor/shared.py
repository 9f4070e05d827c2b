"""Answers that readers share by a link: kept whole, with the generation of the library that gave them, and read again."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from pathlib import Path

from advisor.answer.schema import Answer
from advisor.state import NAME, opened

TABLES = """
    create table if not exists shared(id text primary key, "when" text, generation text, asked text, answer text) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Shared:
    """A shared answer: its id, when it was shared (ISO, local time), the generation then, the question as it was asked, and the answer."""

    id: str
    when: str
    generation: str
    asked: str
    answer: Answer


def save(folder: Path, id: str, asked: str, answer: Answer, generation: str) -> Shared:
    """Keep an answer under its id; one that is kept already stays as it is."""
    entry = Shared(id, time.strftime("%Y-%m-%dT%H:%M:%S%z"), generation, asked, answer)
    values = (entry.id, entry.when, entry.generation, entry.asked, json.dumps(answer.as_json(), ensure_ascii=False))
    with opened(folder, TABLES) as connection:
        connection.execute('insert or ignore into shared(id, "when", generation, asked, answer) values (?, ?, ?, ?, ?)', values)
    return read(folder, id) or entry


def read(folder: Path, id: str) -> Shared | None:
    """The answer that was shared under an id, or None where there is none."""
    if not (folder / NAME).exists():
        return None
    with opened(folder, TABLES) as connection:
        row = connection.execute('select id, "when", generation, asked, answer from shared where id = ?', (id,)).fetchone()
    if row is None:
        return None
    return Shared(row["id"], row["when"], row["generation"], row["asked"], Answer.from_json(json.loads(row["answer"])))
