"""What a reader leaves of the library before asking: certain works, languages, years, topics."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from advisor.documents.model import Work
from advisor.errors import UsageError
from advisor.topics import KEYS

LANGUAGES = ("de", "en")
EARLIEST, LATEST = 1, 9999
MOST_WORKS = 1000


class Held(Protocol):
    """A document as far as a filter looks at it."""

    @property
    def language(self) -> str:
        """The language of its text."""

    @property
    def work(self) -> Work:
        """What it is a text of."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which documents count; a field that is empty leaves all in, and a document must pass every field that is not.

    `works` are keys of works, `languages` those of the documents ("de", "en"), `years` the first and the last year of publication, both
    included and either None for open, `topics` keys of advisor.topics. A work without a year passes no limit of years.
    """

    works: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    years: tuple[int | None, int | None] = (None, None)
    topics: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises UsageError for a language, year or topic that cannot be."""
        for name in ("works", "languages", "years", "topics"):  # lists are taken as well
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for language in self.languages:
            if language not in LANGUAGES:
                raise UsageError(f"The language to filter by is {language!r}; expected 'de' or 'en'.")
        for topic in self.topics:
            if topic not in KEYS:
                raise UsageError(f"The topic to filter by is {topic!r}; expected one of {', '.join(KEYS)}.")
        first, last = self.years
        for year in (first, last):
            if year is not None and not EARLIEST <= year <= LATEST:
                raise UsageError(f"The year to filter by is {year}; expected a number from {EARLIEST} to {LATEST}.")
        if first is not None and last is not None and first > last:
            raise UsageError(f"The years to filter by are {first} to {last}; expected the earlier one first.")
        if len(self.works) > MOST_WORKS:
            raise UsageError(f"{len(self.works)} works are named in the filter; at most {MOST_WORKS} are read. Filter by topic or year.")

    def __bool__(self) -> bool:
        """True where anything is left out at all."""
        return bool(self.works or self.languages or self.topics or self.years != (None, None))

    def matches(self, document: Held) -> bool:
        """Whether a document counts."""
        work = document.work
        first, last = self.years
        return (
            (not self.works or work.key in self.works)
            and (not self.languages or document.language in self.languages)
            and (not self.topics or not set(self.topics).isdisjoint(work.topics))
            and (first is None or (work.year is not None and work.year >= first))
            and (last is None or (work.year is not None and work.year <= last))
        )

    @classmethod
    def from_json(cls, data: object) -> Filter:
        """The filter in plain values as JSON holds them, such as {"works": ["frank_nd"], "years": [2010, null]}; None is the empty one."""
        if data is None:
            return cls()
        if not isinstance(data, Mapping) or not data.keys() <= {"works", "languages", "years", "topics"}:
            raise UsageError(f"The filter is {data!r}; expected an object with works, languages, years and topics, or none of them.")
        years = data.get("years") or (None, None)
        if not isinstance(years, list | tuple) or len(years) != 2 or not all(_year(year) for year in years):
            raise UsageError(f"The years to filter by are {years!r}; expected two numbers, either of them null for open.")
        return cls(_strings("works", data), _strings("languages", data), (years[0], years[1]), _strings("topics", data))


def _year(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _strings(name: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    values = data.get(name) or ()
    if not isinstance(values, list | tuple) or not all(isinstance(value, str) for value in values):
        raise UsageError(f"The {name} to filter by are {values!r}; expected a list of strings.")
    return tuple(dict.fromkeys(values))
