"""Answers that come back from outside: read from their JSON form and held to its types."""

from __future__ import annotations

from typing import Any

from advisor.answer.schema import Answer
from advisor.citations import Citation
from advisor.errors import UsageError

_TEXTS = ("quote", "document", "sha256", "work", "title", "section", "language", "reference")


def answers_in(data: Any) -> list[Answer]:
    """The answers in JSON that holds one answer, or a list of them. Raises UsageError where something else stands there."""
    found = data if isinstance(data, list) else [data]
    if not found:
        raise UsageError("There is no answer to export; expected the output of 'advisor ask QUESTION --json', or a list of such.")
    return [_checked(one) for one in found]


def _checked(data: Any) -> Answer:
    if not isinstance(data, dict):
        raise UsageError(f"This is no saved answer but a {type(data).__name__}. Expected the output of 'advisor ask QUESTION --json'.")
    try:
        answer = Answer.from_json(data)
    except (TypeError, ValueError) as error:
        raise UsageError(f"This is no saved answer: {error}. Expected the output of 'advisor ask QUESTION --json'.") from error
    wrong = next((name for name, holds in _expectations(answer).items() if not holds), None)
    if wrong:
        raise UsageError(f"This is no saved answer: its {wrong} is of another kind. Expected the output of 'advisor ask QUESTION --json'.")
    return answer


def _expectations(answer: Answer) -> dict[str, bool]:
    citations = (*answer.citations, *answer.nearest)
    return {
        "question": isinstance(answer.question, str),
        "language": answer.language in ("de", "en"),
        "outcome": answer.outcome in ("answered", "not_in_corpus"),
        "strength": answer.strength in ("strong", "partial", "weak"),
        "text": isinstance(answer.text, str),
        "engine": isinstance(answer.engine, str),
        "citations": all(map(_is_sound, citations)),
    }


def _is_sound(citation: Citation) -> bool:
    texts = all(isinstance(getattr(citation, name), str) for name in _TEXTS) and all(isinstance(name, str) for name in citation.authors)
    numbers = all(isinstance(value, int) for value in (citation.number, citation.start, citation.end))
    return texts and numbers and isinstance(citation.year, int | None) and isinstance(citation.page, str | None)
