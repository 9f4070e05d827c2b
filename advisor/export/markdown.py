"""A manuscript as Markdown with footnotes."""

from __future__ import annotations

import re
from collections.abc import Sequence

from advisor.citations import Citation
from advisor.export.manuscript import Block, Heading, Manuscript, Piece, Table, Task, Tasks, Text, footnote, words
from advisor.text import one_line

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~^$])")
_AT_START = re.compile(r"^(?:([#+=-])|(\d+)([.)]))")


def escaped(text: str) -> str:
    """Text on one line that Markdown shows as it is."""
    plain = _SPECIAL.sub(r"\\\1", one_line(text)).replace("&", "&amp;")
    return _AT_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", plain)


def markdown(manuscript: Manuscript) -> str:
    """The whole text: title, blocks, bibliography, footnotes."""
    notes = _Notes(manuscript.language)
    parts = [f"# {escaped(manuscript.title)}"]
    previous: Block | None = None
    for block in manuscript.blocks:
        shown = _block(block, notes)
        if isinstance(block, Text) and isinstance(previous, Text) and block.kind == previous.kind != "paragraph" and block.number != 1:
            parts[-1] += "\n" + shown
        else:
            parts.append(shown)
        previous = block
    if manuscript.bibliography:
        parts.append(f"## {words('bibliography', manuscript.language)}")
        parts.append("\n".join(f"- {escaped(reference)}" for reference in manuscript.bibliography))
    parts.append("\n".join(f"[^{number}]: {escaped(text)}" for number, text in enumerate(notes.texts, 1)))
    return "\n\n".join(filter(None, parts)) + "\n"


class _Notes:
    """Numbers footnotes; the same place has the same number."""

    def __init__(self, language: str) -> None:
        self.language = language
        self.texts: list[str] = []
        self._numbers: dict[str, int] = {}

    def mark(self, citation: Citation, shown: str) -> str:
        text = footnote(citation, self.language, quoted=one_line(citation.quote) not in one_line(shown))
        if text not in self._numbers:
            self.texts.append(text)
            self._numbers[text] = len(self.texts)
        return f"[^{self._numbers[text]}]"


def _block(block: Block, notes: _Notes) -> str:
    if isinstance(block, Heading):
        return f"{'#' * (block.level + 1)} {escaped(block.text)}"
    if isinstance(block, Tasks):
        return "\n".join(_task(task, notes) for task in block.tasks)
    if isinstance(block, Table):
        rows = [[escaped(name) for name in block.head], ["---"] * len(block.head)]
        rows += [[_pieces(cell, notes) for cell in row] for row in block.rows]
        return "\n".join(f"| {' | '.join(row)} |" for row in rows)
    mark = {"paragraph": "", "bullet": "- ", "number": f"{block.number}. "}[block.kind]
    return mark + _pieces(block.pieces, notes)


def _pieces(pieces: Sequence[Piece], notes: _Notes) -> str:
    shown = "".join(piece.text for piece in pieces)
    parts = []
    for place, piece in enumerate(pieces):
        text = escaped(piece.text) if place == 0 else escaped("x" + piece.text)[1:]  # only a line's start can be taken for a list
        before = " " if piece.text[:1].isspace() and place else ""
        after = " " if piece.text[-1:].isspace() and not piece.note else ""
        around = "**" if piece.strong else "*" if piece.emphasis else ""
        parts.append(f"{before}{around}{text.strip()}{around}{after}" if text.strip() else "")
        if piece.note:
            parts[-1] += notes.mark(piece.note, shown)
    return "".join(parts)


def _task(task: Task, notes: _Notes) -> str:
    box = "x" if task.status == "done" else " "
    said = [] if task.status == "done" else [words(task.status, notes.language)]
    said += [f"{words(name, notes.language)}: {escaped(value)}" for name, value in (("owner", task.owner), ("note", task.note)) if value]
    return f"- [{box}] {_pieces(task.pieces, notes)}" + "".join(f" — {part}" for part in said)
