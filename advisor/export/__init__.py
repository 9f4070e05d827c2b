"""What leaves the advisor: an answer, a conversation or a checklist as Word or Markdown, and references as BibTeX or CSL-JSON.

    answers ─┐
    checklist ┴─ manuscript ─┬─ word: bytes of a .docx with real footnotes
                             └─ markdown: text with footnotes
    citations, works ──────── references: BibTeX, CSL-JSON

All functions are pure: nothing is read, written or asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from advisor.answer.schema import Answer
from advisor.checklist import Checklist
from advisor.documents.model import Work
from advisor.errors import UsageError
from advisor.export.manuscript import Manuscript, of_answers, of_checklist
from advisor.export.markdown import markdown
from advisor.export.references import bibtex, csl
from advisor.export.saved import answers_in
from advisor.export.word import word

__all__ = [
    "ENDINGS", "FORMATS", "MEDIA_TYPES", "Format", "Manuscript", "answers_in", "bibtex", "csl", "export", "format_of", "markdown",
    "of_answers", "of_checklist", "word",
]  # fmt: skip

Format = Literal["docx", "md", "bib", "csl"]
FORMATS: tuple[Format, ...] = get_args(Format)
MEDIA_TYPES: Mapping[Format, str] = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "md": "text/markdown; charset=utf-8",
    "bib": "application/x-bibtex; charset=utf-8",
    "csl": "application/vnd.citationstyles.csl+json; charset=utf-8",
}
ENDINGS: Mapping[Format, str] = {"docx": "docx", "md": "md", "bib": "bib", "csl": "json"}
_OTHER_NAMES = {"bibtex": "bib", "markdown": "md", "word": "docx", "csl-json": "csl", "json": "csl"}


def format_of(name: str) -> Format:
    """The format of a name ("docx", "md", "bib", "csl", and "markdown", "bibtex", "csl-json" for these). Raises UsageError for others."""
    plain = _OTHER_NAMES.get(name.lower(), name.lower())
    for known in FORMATS:
        if plain == known:
            return known
    raise UsageError(f"The format is {name!r}; expected one of {', '.join(FORMATS)}.")


def export(what: Sequence[Answer] | Checklist, form: Format, language: str, works: Mapping[str, Work] | None = None) -> bytes:
    """Answers in their order, or a checklist, in a format; `works`, by their keys, add to references what citations do not carry."""
    manuscript = of_checklist(what, language) if isinstance(what, Checklist) else of_answers(what, language)
    if form == "docx":
        return word(manuscript)
    if form == "md":
        return markdown(manuscript).encode(errors="replace")
    references = bibtex if form == "bib" else csl
    return references(manuscript.citations, works or {}).encode(errors="replace")
