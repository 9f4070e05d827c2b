"""A readiness checklist: what the works ask for on a topic, and what people have decided about each of it.

An entry is kept with the words of the items it was made for, in every language they had. It finds its line again by these words, so that
neither another language nor an edit of the library loses it; an entry that no line answers to any more is kept and shown apart.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from advisor import state
from advisor.answer.demands import Demand, Demands, Source, Voice, label
from advisor.errors import UsageError

Status = Literal["open", "done", "not_for_us"]
STATUSES: tuple[Status, ...] = get_args(Status)
LONGEST = {"owner": 200, "note": 4000}  # characters
SIMILAR = 0.5  # share of words in common from which an item that was edited is taken to be the same

_TABLES = """
create table if not exists checklist_entries(
    id integer primary key autoincrement, topic text not null, members text not null, status text not null, owner text not null,
    note text not null, version integer not null, changed text not null
);
create index if not exists checklist_topics on checklist_entries(topic);
"""


@dataclass(frozen=True, slots=True)
class Member:
    """An item for which an entry was made: the work, and its words by language."""

    work: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What people decided; `version` counts the changes, `changed` is the time of the last one in UTC."""

    id: int
    topic: str
    members: tuple[Member, ...]
    status: Status
    owner: str
    note: str
    version: int
    changed: str

    def title(self, language: str) -> str:
        """The key word of what it was made for."""
        words = self.members[0].words
        return label(words.get(language) or next(iter(words.values())))


@dataclass(frozen=True, slots=True)
class Line:
    """One demand with what was decided about it; open where nothing was."""

    demand: Demand
    entry: Entry | None = None

    @property
    def key(self) -> str:
        """What names the line in forms; another as soon as the words of its first item are."""
        return self.demand.asking[0].key

    @property
    def status(self) -> Status:
        """Done, open or not for us."""
        return self.entry.status if self.entry else "open"

    @property
    def owner(self) -> str:
        """Who sees to it."""
        return self.entry.owner if self.entry else ""

    @property
    def note(self) -> str:
        """What else is to be known."""
        return self.entry.note if self.entry else ""

    @property
    def version(self) -> int:
        """How often it was changed; 0 where it never was."""
        return self.entry.version if self.entry else 0


@dataclass(frozen=True, slots=True)
class Checklist:
    """The lines of a topic, and the entries whose items the library no longer lists."""

    topic: str
    lines: tuple[Line, ...]
    orphans: tuple[Entry, ...] = ()
    sources: tuple[Source, ...] = ()

    @property
    def progress(self) -> dict[Status, int]:
        """How many lines have each status."""
        counted = Counter(line.status for line in self.lines)
        return {status: counted[status] for status in STATUSES}

    def line(self, key: str) -> Line | None:
        """The line in which an item with this key stands."""
        return next((line for line in self.lines if any(voice.key == key for voice in line.demand.asking)), None)


class Overtaken(UsageError):
    """Somebody else changed the line since it was read; `line` is how it stands now."""

    def __init__(self, line: Line) -> None:
        super().__init__(f"Somebody else changed this line since you opened it: it is {line.status} now. Look at both and save again.")
        self.line = line


class Gone(UsageError):
    """The library no longer holds the item in these words."""


def match(found: Demands, entries: Sequence[Entry]) -> Checklist:
    """The checklist of demands and entries: each entry goes to the line that holds most of its items, best matches first."""
    matches = [
        (sum(_likeness(member, voices) for member in entry.members), entry.changed, entry.id, number)
        for entry in entries
        for number, voices in enumerate(demand.asking for demand in found.demands)
    ]
    by_id = {entry.id: entry for entry in entries}
    taken: dict[int, Entry] = {}
    for likeness, _, entry_id, number in sorted(matches, key=lambda m: (m[0], m[1], m[2], -m[3]), reverse=True):
        if likeness and number not in taken and entry_id in by_id:
            taken[number] = by_id.pop(entry_id)
    lines = tuple(Line(demand, taken.get(number)) for number, demand in enumerate(found.demands))
    return Checklist(found.topic, lines, tuple(by_id.values()), found.sources)


def _likeness(member: Member, voices: Sequence[Voice]) -> float:
    """How surely one of the voices is the member's: 1 in the same words, less with the same key word or similar words, else 0."""
    best = 0.0
    for voice in voices:
        if voice.work != member.work:
            continue
        for language, citation in voice.quotes.items():
            before = member.words.get(language)
            if before is None:
                continue
            common = _common(before, citation.quote)
            same_key = label(before) != before and label(before).casefold() == label(citation.quote).casefold()
            best = max(best, 1.0 if before == citation.quote else 0.9 if same_key else common * 0.8 if common >= SIMILAR else 0.0)
    return best


def _common(one: str, other: str) -> float:
    first, second = (set(re.findall(r"\w+", text.casefold())) for text in (one, other))
    return len(first & second) / max(len(first | second), 1)


def opened(folder: Path, found: Demands) -> Checklist:
    """The checklist of a topic as it was last saved beside the index in a folder."""
    with state.opened(folder, _TABLES) as connection:
        return match(found, _entries(connection, found.topic))


def save(folder: Path, found: Demands, key: str, version: int, *, status: str, owner: str = "", note: str = "") -> Checklist:
    """Keep a decision about the line with an item of this key; `version` is that of the line when it was read.

    Raises Overtaken where somebody else changed the line meanwhile, Gone where there is no such line any more, UsageError for a status
    that is none or a text that is too long.
    """
    values = (_status(status), _clean("owner", " ".join(owner.split())), _clean("note", note.strip()))
    with state.opened(folder, _TABLES) as connection:
        connection.execute("begin immediate")  # nobody else writes between the look and the change
        line = match(found, _entries(connection, found.topic)).line(key)
        if line is None:
            raise Gone(
                "The library changed since you opened the page and no longer holds this item in these words. Open the checklist again."
            )
        if line.version != version and (line.status, line.owner, line.note) != values:
            raise Overtaken(line)
        if (line.status, line.owner, line.note) != values:
            _write(connection, found.topic, line, values)
        return match(found, _entries(connection, found.topic))


def drop(folder: Path, topic: str, entry: int, version: int) -> None:
    """Forget an entry that no line answers to any more; one that was changed meanwhile stays."""
    with state.opened(folder, _TABLES) as connection:
        connection.execute("delete from checklist_entries where id = ? and topic = ? and version = ?", (entry, topic, version))


def _write(connection: sqlite3.Connection, topic: str, line: Line, values: tuple[Status, str, str]) -> None:
    members = [asdict(Member(voice.work, {code: cited.quote for code, cited in voice.quotes.items()})) for voice in line.demand.asking]
    row = (topic, json.dumps(members, ensure_ascii=False), *values, line.version + 1, datetime.now(UTC).isoformat(timespec="seconds"))
    if line.entry is None:
        sql = "insert into checklist_entries(topic, members, status, owner, note, version, changed) values (?, ?, ?, ?, ?, ?, ?)"
        connection.execute(sql, row)
    else:
        sql = "update checklist_entries set topic = ?, members = ?, status = ?, owner = ?, note = ?, version = ?, changed = ? where id = ?"
        connection.execute(sql, (*row, line.entry.id))


def _entries(connection: sqlite3.Connection, topic: str) -> tuple[Entry, ...]:
    sql = "select id, topic, members, status, owner, note, version, changed from checklist_entries where topic = ? order by id"
    return tuple(
        Entry(row[0], row[1], tuple(Member(**member) for member in json.loads(row[2])), *row[3:])
        for row in connection.execute(sql, (topic,))
    )  # fmt: skip


def _status(status: str) -> Status:
    for known in STATUSES:
        if status == known:
            return known
    raise UsageError(f"The status is {status!r}; expected one of {', '.join(STATUSES)}.")


def _clean(name: str, value: str) -> str:
    """The text without control characters. Raises UsageError where it is too long."""
    value = "".join(c for c in value.replace("\r\n", "\n") if c == "\n" or c.isprintable())
    if len(value) > LONGEST[name]:
        raise UsageError(f"The {name} has {len(value)} characters; at most {LONGEST[name]} are kept. Shorten it.")
    return value
