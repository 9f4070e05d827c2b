"""What is exported, before it has a format: headings, paragraphs and items whose pieces carry citations, and the bibliography."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from advisor.answer.demands import Voice
from advisor.answer.schema import Answer
from advisor.checklist import Checklist, Line, Status
from advisor.citations import Citation, short_name, surname
from advisor.documents.model import Work
from advisor.text import one_line
from advisor.topics import TOPICS

_WORDS: Mapping[str, tuple[str, str]] = {
    "bibliography": ("Bibliography", "Literatur"),
    "conversation": ("Conversation with the Strategy Advisor", "Gespräch mit dem Strategy Advisor"),
    "checklist": ("Checklist: {topic}", "Checkliste: {topic}"),
    "strong": ("Strong evidence", "Starke Belege"),
    "partial": ("Partial evidence", "Teilweise belegt"),
    "weak": ("Weak evidence", "Schwache Belege"),
    "extractive": ("put together without a language model", "ohne Sprachmodell zusammengestellt"),
    "model": ("language model: {name}", "Sprachmodell: {name}"),
    "status": ("Status", "Stand"),
    "factor": ("Factor", "Faktor"),
    "owner": ("Owner", "Zuständig"),
    "note": ("Note", "Notiz"),
    "open": ("Open", "Offen"),
    "done": ("Done", "Erledigt"),
    "not_for_us": ("Not for us", "Nicht für uns"),
    "progress": (
        "{done} of {all} done, {open} open, {not_for_us} not for us",
        "{done} von {all} erledigt, {open} offen, {not_for_us} nicht für uns",
    ),
    "asks_1": ("1 work asks for it", "1 Werk verlangt es"),
    "asks_n": ("{n} works ask for it", "{n} Werke verlangen es"),
    "supports": ("supported by {who}", "gestützt von {who}"),
    "qualifies": ("qualified by {who}", "eingeschränkt von {who}"),
    "disputes": ("disputed by {who}", "bestritten von {who}"),
    "orphans": ("No longer in the library", "Nicht mehr in der Bibliothek"),
    "page": ("p. {page}", "S. {page}"),
    "section": ("section “{name}”", "Abschnitt „{name}“"),
    "place": ("{file}, characters {start}–{end}", "{file}, Zeichen {start}–{end}"),
    "quoted": ("“{quote}”", "„{quote}“"),
}  # fmt: skip


def words(name: str, language: str, /, **values: object) -> str:
    """A word of the exported document in "de" or "en"."""
    return _WORDS[name][language == "de"].format(**values)


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text and the citation behind it, which becomes a footnote; `language` where it is not that of the document."""

    text: str
    note: Citation | None = None
    strong: bool = False
    emphasis: bool = False
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph, or an item of a list; a number of 1 begins a new list."""

    pieces: tuple[Piece, ...]
    kind: Literal["paragraph", "bullet", "number"] = "paragraph"
    number: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """A line of a checklist."""

    status: Status
    pieces: tuple[Piece, ...]
    owner: str
    note: str


@dataclass(frozen=True, slots=True)
class Tasks:
    """Lines of a checklist, one below the other."""

    tasks: tuple[Task, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """What two sides say, beside each other: the names of the columns, and cells of pieces in rows of as many."""

    head: tuple[str, ...]
    rows: tuple[tuple[tuple[Piece, ...], ...], ...]


Block = Heading | Text | Tasks | Table


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A document without format."""

    title: str
    language: str
    blocks: tuple[Block, ...]

    @property
    def citations(self) -> tuple[Citation, ...]:
        """Every citation, in the order of the footnotes."""
        return tuple(piece.note for block in self.blocks for piece in _pieces_of(block) if piece.note)

    @property
    def bibliography(self) -> tuple[str, ...]:
        """The reference of every cited work, each once, sorted as in a library."""
        first: dict[str, Citation] = {}
        for citation in self.citations:
            first.setdefault(citation.work, citation)
        return tuple(citation.reference for citation in sorted(first.values(), key=_shelf_mark))


def _pieces_of(block: Block) -> Iterator[Piece]:
    if isinstance(block, Tasks):
        yield from (piece for task in block.tasks for piece in task.pieces)
    elif isinstance(block, Table):
        yield from (piece for row in block.rows for cell in row for piece in cell)
    elif isinstance(block, Text):
        yield from block.pieces


def _shelf_mark(citation: Citation) -> tuple[str, int, str]:
    name = surname(citation.authors[0]) if citation.authors else citation.title
    return name.casefold(), citation.year or 0, citation.reference


def footnote(citation: Citation, language: str, *, quoted: bool) -> str:
    """Where a quotation comes from: work, page, section, through whom it is known, and its place in the file; with its words where these
    do not stand in the text already."""
    work = Work(citation.work, citation.title, citation.authors, citation.year)
    parts = [short_name(work, language) + (f": {citation.title}" if citation.authors else "")]
    if citation.page:
        parts.append(words("page", language, page=citation.page))
    if citation.section and citation.section != citation.title:
        parts.append(words("section", language, name=one_line(citation.section)))
    quote = one_line(citation.quote)
    said = f" {words('quoted', language, quote=quote)}{'' if quote.endswith(('.', '!', '?')) else '.'}" if quoted else ""
    place = words("place", language, file=citation.document, start=citation.start, end=citation.end)
    return f"{', '.join(parts)}.{said}{_known_through(citation)} [{place}]"


def _known_through(citation: Citation) -> str:
    """The end of a reference, which tells after whom it is quoted and whether the text is a digest."""
    found = re.search(r" (?:Quoted after|Zitiert nach|Digest of this library|Zusammenfassung dieser Bibliothek)\b.*", citation.reference)
    return found.group() if found else ""


def of_answers(answers: Sequence[Answer], language: str | None = None) -> Manuscript:
    """One answer under its question, or a conversation."""
    language = language or (answers[0].language if answers else "en")
    if len(answers) == 1:
        return Manuscript(one_line(answers[0].question), language, tuple(_answer(answers[0], 1)))
    blocks: list[Block] = []
    for answer in answers:
        blocks += [Heading(1, one_line(answer.question)), *_answer(answer, 2)]
    return Manuscript(words("conversation", language), language, tuple(blocks))


def _answer(answer: Answer, level: int) -> Iterator[Block]:
    """The lines of an answer's text, which is Markdown of our own making, and how strong it is."""
    by_number = {citation.number: citation for citation in (*answer.citations, *answer.nearest)}
    if answer.outcome == "answered":
        engine = "extractive" if answer.engine == "extractive" else "model"
        strength = f"{words(answer.strength, answer.language)}, {words(engine, answer.language, name=answer.engine)}"
        yield Text((Piece(strength, emphasis=True, language=answer.language),))
    lines = filter(None, map(str.strip, answer.text.splitlines()))
    for is_table, group in groupby(lines, key=lambda line: len(line) > 1 and line[0] == line[-1] == "|"):
        if is_table:
            yield _table(list(group), by_number, answer.language)
        else:
            yield from (_line_of(line, level, by_number, answer.language) for line in group)


def _line_of(line: str, level: int, by_number: Mapping[int, Citation], language: str) -> Block:
    """A line of an answer's text: a heading, what we say of the answer, an item of a list, or a paragraph."""
    bold, noted = re.fullmatch(r"\*\*(.+)\*\*", line), re.fullmatch(r"\*([^*].*)\*", line)
    item = re.match(r"(?:- |(\d{1,3})\. )", line)
    if bold:
        return Heading(level, bold.group(1).rstrip(":"))
    if noted:
        return Text((Piece(noted.group(1), emphasis=True, language=language),))
    if item:
        pieces = tuple(_pieces(line[item.end() :], by_number, language))
        return Text(pieces, "number" if item.group(1) else "bullet", int(item.group(1) or 0))
    return Text(tuple(_pieces(line, by_number, language)))


def _table(lines: Sequence[str], by_number: Mapping[int, Citation], language: str) -> Table:
    """A table of an answer's text; the line under its head only divides."""
    rows = [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line[1:-1])] for line in lines]
    head, body = rows[0], [row for row in rows[1:] if not all(re.fullmatch(r":?-{3,}:?", cell) for cell in row)]
    filled = [(row + [""] * len(head))[: len(head)] for row in body]
    return Table(tuple(head), tuple(tuple(tuple(_pieces(cell, by_number, language)) for cell in row) for row in filled))


def _pieces(line: str, by_number: Mapping[int, Citation], language: str) -> Iterator[Piece]:
    """A line of text with its [n] as notes; a number that names no citation stays text."""
    done = 0
    for found in re.finditer(r"\s?\[(\d{1,4}(?:, ?\d{1,4})*)\]", line):
        cited = [by_number.get(int(number)) for number in found.group(1).split(",")]
        if all(cited):
            for place, citation in enumerate(cited):
                yield Piece(line[done : found.start()] if place == 0 else "", citation, language=language)
            done = found.end()
    if line[done:]:
        yield Piece(line[done:], language=language)


def of_checklist(checklist: Checklist, language: str) -> Manuscript:
    """A checklist: how far it has come, every line with the works that ask for it, and what is kept of lines that are gone."""
    counted = checklist.progress
    blocks: list[Block] = [
        Text((Piece(words("progress", language, all=len(checklist.lines), **counted)),)),
        Tasks(tuple(Task(line.status, tuple(_line(line, language)), line.owner, line.note) for line in checklist.lines)),
    ]
    if checklist.orphans:
        kept = tuple(
            Task(entry.status, (Piece(entry.title(language), strong=True),), entry.owner, entry.note) for entry in checklist.orphans
        )
        blocks += [Heading(2, words("orphans", language)), Tasks(kept)]
    topic = next((topic.name[language] for topic in TOPICS if topic.key == checklist.topic), checklist.topic)
    return Manuscript(words("checklist", language, topic=topic), language, tuple(blocks))


def _line(line: Line, language: str) -> Iterator[Piece]:
    """The words of a line, a note for every work that asks for it, and who supports, qualifies or disputes it."""
    demand = line.demand
    cited, title, asking = demand.asking[0].quote(language), demand.title(language), len(demand.asking)
    yield Piece(one_line(title), strong=True, language=cited.language)
    if rest := cited.quote[len(title) :].lstrip(": "):
        yield Piece(f": {one_line(rest)}", language=cited.language)
    yield Piece(f" ({words('asks_1' if asking == 1 else 'asks_n', language, n=asking)}", language=language)
    yield from (Piece("", voice.quote(language)) for voice in demand.asking)
    others = [voice for voice in demand.voices if voice.stance != "asks"]
    for voice in others:
        yield Piece(f"; {_said_by(voice, language)}", voice.quote(language), language=language)
    yield Piece(")", language=language)


def _said_by(voice: Voice, language: str) -> str:
    return words(voice.stance, language, who=voice.names[language])
