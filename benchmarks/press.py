"""PDFs made from a seed, set like articles: title, headings, one or two columns, words broken at line ends, running heads, page numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from made import Author

WIDTH, HEIGHT, MARGIN, GUTTER = 595, 842, 60, 20
LETTERS, LEADING = 10.0, 12.5
PAGES = (4, 8)  # at least and at most
LONG = 9  # letters of a word that may be broken
FONT, BOLD = "Helvetica", "Helvetica-Bold"


def write_pdfs(folder: Path, count: int) -> int:
    """Make the files that are not there yet; even numbers are English, odd ones German, every third has two columns. Gives their pages."""
    folder.mkdir(parents=True, exist_ok=True)
    author = Author()
    for number in range(count):
        file = folder / f"article{number:04d}.pdf"
        if not file.exists():
            _write(file, author, number)
    return sum(_pages(number) for number in range(count))


def _pages(number: int) -> int:
    return random.Random(number).randint(*PAGES)


def _write(file: Path, author: Author, number: int) -> None:
    from reportlab.pdfgen.canvas import Canvas

    columns = 2 if number % 3 == 0 else 1
    title = f"Article {number}" if number % 2 == 0 else f"Aufsatz {number}"
    canvas = Canvas(str(file), pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(title)
    lines = _lines(author, number, (WIDTH - 2 * MARGIN - GUTTER * (columns - 1)) / columns)
    for page in range(_pages(number)):
        _furniture(canvas, title, page + 1)
        if page == 0:
            canvas.setFont(BOLD, 18)
            canvas.drawString(MARGIN, HEIGHT - 90, title)
        for column in range(columns):
            _column(canvas, lines, MARGIN + column * (WIDTH - 2 * MARGIN + GUTTER) / columns, HEIGHT - (130 if page == 0 else 80))
        canvas.showPage()
    canvas.save()


def _furniture(canvas: Any, title: str, page: int) -> None:
    canvas.setFont(FONT, 8)
    canvas.drawString(MARGIN, HEIGHT - 40, f"Journal of Made Strategy – {title}")
    canvas.drawCentredString(WIDTH / 2, 36, str(page))


def _column(canvas: Any, lines: Iterator[tuple[str, str, float]], left: float, top: float) -> None:
    y = top
    while y > 70:
        font, text, below = next(lines)
        canvas.setFont(font, LETTERS if font == FONT else 12)
        canvas.drawString(left, y, text)
        y -= below


def _lines(author: Author, number: int, width: float) -> Iterator[tuple[str, str, float]]:
    """Lines without end, of as many made texts of one language as are wanted: font, text, room to the next line."""
    at = 0
    while True:
        for block in author.file(2 * (1000 * number + at) + number % 2).split("---\n", 2)[2].split("\n\n"):
            if block.startswith("# ") or not block.strip():
                continue
            font = BOLD if block.startswith("#") else FONT
            for paragraph in block.strip().lstrip("# ").split("\n"):
                wrapped = list(_wrapped(paragraph.replace("- ", "• ", 1).split() if paragraph[0] == "-" else paragraph.split(), width))
                yield from ((font, line, LEADING) for line in wrapped[:-1])
                yield font, wrapped[-1], LEADING * (1 if paragraph[0] == "-" else 1.8)
        at += 1


def _wrapped(words: Sequence[str], width: float) -> Iterator[str]:
    line: list[str] = []
    room = width
    for word in words:
        needed = _width(word)
        if needed > room:
            head = word[: len(word) // 2]
            if len(word) > LONG and word.isalpha() and _width(head + "-") <= room:
                line.append(head + "-")
                word = word[len(head) :]
                needed = _width(word)
            yield " ".join(line)
            line, room = [], width
        line.append(word)
        room -= needed + _width(" ")
    if line:
        yield " ".join(line)


@lru_cache(maxsize=100_000)
def _width(text: str) -> float:
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return float(stringWidth(text, FONT, LETTERS))
