"""What callers ask: bodies of requests that several doors share, checked, with examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from advisor.advisor import LONGEST_QUESTION
from advisor.conversation import Conversation, Turn, question_language
from advisor.filters import EARLIEST, LATEST, MOST_WORKS, Filter
from advisor.topics import KEYS

MOST_PASSAGES = 100  # that one search may ask for
LAUNCH = "What do we need before launching on social media?"

Language = Literal["de", "en"]
Asked = Annotated[str, Field(min_length=1, max_length=LONGEST_QUESTION, pattern=r"\S")]
Year = Annotated[int, Field(ge=EARLIEST, le=LATEST)]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Topic = Annotated[str, Field(json_schema_extra={"enum": list(KEYS)})]


def _strict(*examples: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": list(examples)})


def wrong(error: Any) -> str:
    """What is wrong with a body, from pydantic's error, in one sentence for whoever made it."""
    places = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
    return f"The arguments are not as expected: {places}."


class Only(BaseModel):
    """What part of the library counts; a field that is empty leaves all in. A work without a year passes no limit of years."""

    model_config = _strict({"languages": ["en"], "years": [2010, None]})
    works: Annotated[list[Key], Field(max_length=MOST_WORKS)] = []
    languages: Annotated[list[Language], Field(max_length=2)] = []
    years: tuple[Year | None, Year | None] = (None, None)
    topics: Annotated[list[Topic], Field(max_length=len(KEYS))] = []

    def filter(self) -> Filter:
        """The filter it names; raises UsageError for a topic that there is not, and for years in the wrong order."""
        return Filter.from_json(self.model_dump())


class _Narrowed(BaseModel):
    language: Annotated[Language | None, Field(description="Of the answer; default: that of the question.")] = None
    only: Only | None = None

    @property
    def filter(self) -> Filter | None:
        """What part of the library counts; None for all of it."""
        return self.only.filter() if self.only else None


class AskRequest(_Narrowed):
    """A question. `previous` is the `question` of the answer before, where this may be a follow-up ("And how long?")."""

    model_config = _strict({"question": LAUNCH}, {"question": "Und wie lange?", "previous": "Brauchen wir ein Budget?", "language": "de"})
    question: Asked
    previous: Asked | None = None

    @property
    def conversation(self) -> Conversation:
        """What was asked before."""
        if self.previous is None:
            return Conversation()
        return Conversation((Turn(self.previous, self.previous, question_language(self.previous, Conversation(), "en")),))


class SearchRequest(_Narrowed):
    """What to search for, and how many passages are wanted."""

    model_config = _strict({"query": "Budget für drei Jahre", "k": 3, "only": {"languages": ["de"]}})
    query: Asked
    k: Annotated[int, Field(ge=1, le=MOST_PASSAGES)] = 10
