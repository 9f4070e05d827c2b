"""What a model wants to read before a question and before a passage."""

from __future__ import annotations

import re
from typing import NamedTuple


class Prefixes(NamedTuple):
    """Text put before a question and before a passage."""

    question: str = ""
    passage: str = ""


# What the cards of the models say, for those that often come without prompts of their own; the first row that fits counts.
TABLE: tuple[tuple[str, Prefixes], ...] = (
    (r"\be5\b.*\binstruct\b", Prefixes("Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery: ")),
    (r"\be5\b", Prefixes("query: ", "passage: ")),
    (r"\bbge m3\b", Prefixes()),
    (r"\bbge (?:small|base|large) en\b", Prefixes("Represent this sentence for searching relevant passages: ")),
)


def prefixes(name: str) -> Prefixes:
    """The prefixes for a model's name or path, told by its last part that the table knows; none where it knows no part."""
    for part in reversed(re.split(r"[/\\]", name.lower())):
        words = " ".join(re.findall(r"[a-z0-9]+", part))
        for pattern, found in TABLE:
            if re.search(pattern, words):
                return found
    return Prefixes()
