"""What readers think of answers: a thumb up or down and why, kept for whoever keeps the library."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from advisor.errors import UsageError
from advisor.state import NAME, opened

Vote = Literal["up", "down"]
VOTES: tuple[Vote, ...] = ("up", "down")
LONGEST_REASON = 1000  # characters; more is cut off
TABLES = """
    create table if not exists feedback(answer text primary key, "when" text, question text, vote text, reason text) without rowid;
"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thinks of one answer: when (ISO, local time), the question, the id of the answer, the vote and the reason given."""

    when: str
    question: str
    answer: str
    vote: Vote
    reason: str = ""


def record(folder: Path, question: str, answer: str, vote: str, reason: str = "") -> Feedback:
    """Keep a vote on an answer; a later one on the same answer takes its place. Raises UsageError for any other vote than up or down."""
    if vote not in VOTES:
        raise UsageError(f"The vote is {vote!r}; expected 'up' or 'down'.")
    given = Feedback(
        time.strftime("%Y-%m-%dT%H:%M:%S%z"), question.strip(), answer, "up" if vote == "up" else "down", reason.strip()[:LONGEST_REASON]
    )
    with opened(folder, TABLES) as connection:
        connection.execute(
            'insert or replace into feedback(answer, "when", question, vote, reason) values (?, ?, ?, ?, ?)',
            (given.answer, given.when, given.question, given.vote, given.reason),
        )
    return given


def withdraw(folder: Path, answer: str) -> None:
    """Forget the vote on an answer."""
    with opened(folder, TABLES) as connection:
        connection.execute("delete from feedback where answer = ?", (answer,))


def read(folder: Path) -> tuple[Feedback, ...]:
    """Every vote, the latest first; none where nothing was ever kept."""
    if not (folder / NAME).exists():
        return ()
    with opened(folder, TABLES) as connection:
        rows = connection.execute('select "when", question, answer, vote, reason from feedback order by "when" desc, answer').fetchall()
    return tuple(Feedback(*row) for row in rows)
