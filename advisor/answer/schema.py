"""The one schema of an answer, the same for every surface, and its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from advisor.citations import Citation
from advisor.errors import UsageError
from advisor.filters import Filter

Outcome = Literal["answered", "not_in_corpus"]
Strength = Literal["strong", "partial", "weak"]
Kind = Literal["agreement", "lead", "factor", "finding", "basis", "origin", "disagreement", "caveat"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One sentence or list item shown to the reader, with the numbers of the citations that back it.

    An "origin" shows where a figure comes from, both sides quoted, as a "disagreement" does. An "agreement" is an item that several
    works list, in the words of the first; its citations are those of all of them.
    `list` is the index of the list in Answer.lists that a lead or factor belongs to; `note` is what we say of it in our own words.
    """

    text: str
    kind: Kind
    citations: tuple[int, ...]
    list: int | None = None
    note: str | None = None
    sole: bool = False
    disputed: tuple[int, ...] = ()
    side: int | None = None


@dataclass(frozen=True, slots=True)
class GivenList:
    """A list of a source: its lead-in verbatim, how many items the source has and how many the answer gives.

    `page` is the page that the source itself names for the list, as an article does that reports a list from a book. `left_out` names the
    items that are not given because the question left them out.
    """

    lead: str
    work: str
    items_total: int
    items_given: int
    page: str | None = None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison as the answer names it, with the keys of its works; `empty` is true where the library has nothing on it."""

    name: str
    works: tuple[str, ...]
    empty: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides beside each other; a row holds, for each side, the index of its statement in Answer.statements, or None."""

    sides: tuple[Side, ...]
    rows: tuple[tuple[int | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the advisor says: statements backed by citations, or an honest refusal with the nearest passages as such.

    `uncovered` are the parts of the question that the library does not answer, as they were asked; `remarks` are sentences of ours, in the
    answer's language, that a reader needs: what was left out because the question said so, which name no passage has, what is missing.
    `comparison` puts the statements of two sides beside each other. `related` are questions that the library answers, near to this one.
    `engine` is "extractive" or the name of a language model, `dropped` the number of its sentences that their quotations did not bear
    out; `notice` says, in the answer's language, why a model that was asked has no part in the answer. `only` is the filter under
    which the question was asked, where there was one.
    """

    question: str
    language: str
    outcome: Outcome
    strength: Strength
    text: str
    statements: tuple[Statement, ...]
    citations: tuple[Citation, ...]
    lists: tuple[GivenList, ...]
    nearest: tuple[Citation, ...]
    engine: str
    seconds: float
    related: tuple[str, ...] = ()
    dropped: int = 0
    notice: str | None = None
    only: Filter | None = None
    uncovered: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    comparison: Comparison | None = None

    def as_json(self) -> dict[str, Any]:
        """The answer as plain values, ready for json.dumps."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Answer:
        """The answer in a mapping made by `as_json`."""
        try:
            return cls(
                **{name: data[name] for name in ("question", "language", "outcome", "strength", "text", "engine", "seconds")},
                statements=tuple(
                    Statement(**{**s, "citations": tuple(s["citations"]), "disputed": tuple(s.get("disputed", ()))})
                    for s in data["statements"]
                ),
                citations=tuple(citation_from_json(c) for c in data["citations"]),
                lists=tuple(GivenList(**{**entry, "left_out": tuple(entry.get("left_out", ()))}) for entry in data["lists"]),
                nearest=tuple(citation_from_json(c) for c in data["nearest"]),
                related=tuple(data.get("related", ())),
                dropped=data.get("dropped", 0),
                notice=data.get("notice"),
                only=Filter.from_json(data["only"]) if data.get("only") else None,
                uncovered=tuple(data.get("uncovered", ())),
                remarks=tuple(data.get("remarks", ())),
                comparison=_comparison_from_json(data.get("comparison")),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise UsageError(f"This is no saved answer: {error}. Expected the output of 'advisor ask QUESTION --json'.") from error


def _comparison_from_json(data: Mapping[str, Any] | None) -> Comparison | None:
    if data is None:
        return None
    sides = tuple(Side(**{**side, "works": tuple(side["works"])}) for side in data["sides"])
    return Comparison(sides, tuple(tuple(row) for row in data["rows"]))


def citation_from_json(data: Mapping[str, Any]) -> Citation:
    """A citation from plain values."""
    return Citation(**{**data, "authors": tuple(data["authors"])})
