"""The answer while it is put together: statements, the citations they need, and the lines of its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from advisor.answer.phrases import phrase
from advisor.answer.schema import Comparison, GivenList, Statement
from advisor.citations import Citation, cite, short_name
from advisor.documents.model import Document
from advisor.text import Span


@dataclass
class Page:
    """What is written so far; `after` names the works of the library by key, as a sentence names them."""

    language: str
    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    lists: list[GivenList] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    comparison: Comparison | None = None
    after: Mapping[str, str] = field(default_factory=dict)

    def cite(self, document: Document, span: Span, section: str) -> int:
        """The number of the citation of a span; each span is cited once."""
        for known in self.citations:
            if (known.sha256, known.start, known.end) == (document.sha256, *span):
                return known.number
        self.citations.append(cite(len(self.citations) + 1, document, span, section, self.after))
        return len(self.citations)

    def add(self, statement: Statement, line: str) -> int:
        """Add a statement with its line of text; returns its place among the statements."""
        self.statements.append(statement)
        self.lines.append(line)
        return len(self.statements) - 1

    def heading(self, text: str) -> None:
        """Add a heading."""
        self.lines.append(f"\n**{text}**\n")

    def holds(self, document: Document, span: Span) -> bool:
        """True where a statement already quotes the span or more than it."""
        return any(known.sha256 == document.sha256 and known.start <= span.start and span.end <= known.end for known in self.citations)

    def lists_in(self, document: Document, span: Span) -> bool:
        """True where the span holds a part of a list item that is already given."""
        items = {n for statement in self.statements if statement.kind == "factor" for n in statement.citations}
        return any(
            known.number in items and known.sha256 == document.sha256 and known.start < span.end and span.start < known.end
            for known in self.citations
        )

    def who(self, document: Document) -> str:
        """How the answer names a work: "Frank, quoted after Speck (2014)"."""
        name = short_name(document.work, self.language)
        source = document.work.quoted_after
        return f"{name}, {phrase('quoted_after', self.language, who=self.after.get(source, source))}" if source else name


def section_of(document: Document, span: Span) -> str:
    """The heading under which a span stands."""
    before = [block for block in document.blocks if block.kind == "heading" and block.span.start <= span.start]
    return before[-1].span.of(document.text) if before else ""
