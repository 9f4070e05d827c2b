"""What a library holds, file by file, without the texts: for lists that must be quick in a library of thousands."""

from __future__ import annotations

from dataclasses import dataclass, field

from advisor.documents.model import Extraction, Page, Work
from advisor.index.generation import Generation
from advisor.index.rows import Entry, extraction_from, pages_from, work_from


@dataclass(frozen=True, slots=True)
class Holding:
    """One file of the library: its line of the manifest, and what was found in it; a file that failed has the line, and what was found in
    its earlier version where that stays."""

    entry: Entry
    work: Work | None = None
    media_type: str = ""
    language: str = ""
    characters: int = 0
    pages: tuple[Page, ...] = ()
    extraction: Extraction = field(default_factory=lambda: Extraction(0))
    passages: int = 0
    factors: int = 0

    @property
    def text_per_page(self) -> tuple[tuple[str, int], ...]:
        """The characters of each page, by its label."""
        return tuple((page.label, page.end - page.start) for page in self.pages)

    @property
    def flawed(self) -> bool:
        """True where something about the file wants looking at."""
        return self.entry.state != "indexed" or bool(self.extraction.pages_without_text or self.extraction.warnings)


def holdings(generation: Generation) -> tuple[Holding, ...]:
    """Every file of a generation, by owner and name."""
    passages = dict(generation.rows("select document, count(*) from passages group by document"))
    sql = "select document, count(*) from factors join enumerations on id = enumeration group by document"
    factors = dict(generation.rows(sql))
    found = {
        row[0]: row[1:]
        for row in generation.rows("select sha256, work, media_type, language, length(text), pages, extraction from documents")
    }
    held, made = [], generation.made_of
    for entry in generation.manifest():
        row = found.get(entry.held)
        if row is None:
            held.append(Holding(entry))
            continue
        work, media_type, language, characters, pages, extraction = row
        counts = (passages.get(entry.held, 0), factors.get(entry.held, 0))
        about = (made(work_from, work), media_type, language, characters, made(pages_from, pages), made(extraction_from, extraction))
        held.append(Holding(entry, *about, *counts))
    return tuple(held)
