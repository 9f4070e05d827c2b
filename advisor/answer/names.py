"""Names in a question: authors, firms, works and terms that stand for certain works of the library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches

from advisor.documents.model import Work

LIKENESS = 0.84  # of a misspelt name to the right one
_ASKED_ONLY = (
    r"(?:what (?:does|do|did|would|has|is|are)|how (?:does|do|did)|does|do|did|according to|in the (?:view|words) of|by|"
    r"was (?:sagt|sagen|fordert|fordern|meint|meinen|verlangt|verlangen|rät|raten|schreibt|schreiben|nennt|nennen|empfiehlt|empfehlen)|"
    r"laut|nach|bei|gemäß|wie (?:sieht|sehen))"
)


def names_of(works: Iterable[Work]) -> dict[str, frozenset[str]]:
    """Proper names and the keys of the works that they stand for; common words among the aliases are left out."""
    found: dict[str, set[str]] = {}
    for work in works:
        for name in (*work.aliases, *(author.split()[-1] for author in work.authors)):
            if name[:1].isupper() and len(name) > 1:
                found.setdefault(name, set()).add(work.key)
    return {name: frozenset(keys) for name, keys in found.items()}


def named(question: str, names: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """The names in a question with their works."""
    return {
        name: keys
        for name, keys in names.items()
        if name in question and re.search(rf"(?<!\w){re.escape(name)}(?:s|'s|’s)?(?!\w)", question)
    }


def corrected(question: str, names: Mapping[str, frozenset[str]], common: Callable[[str], bool] = lambda _: False) -> str:
    """The question with slips of the pen mended in names of six letters and more: "Koter" is nobody, "Kotter" is.

    No word is made one that is `common`, such as the alias "Kontrolle": that would be another question.
    """
    known = [name for name in names if " " not in name and len(name) > 5 and not common(name)]

    def mended(match: re.Match[str]) -> str:
        word = match.group()
        if common(word) or any(word.startswith(name) for name in names if len(name) > 2):
            return word
        return (get_close_matches(word, known, n=1, cutoff=LIKENESS) or [word])[0]

    return re.sub(r"\b[A-ZÄÖÜ][a-zäöüß]{4,}\b", mended, question)


def asked_alone(question: str, found: Iterable[str]) -> bool:
    """True where the question is what the named say, not what there is on something that they also speak of."""
    before = rf"\b{_ASKED_ONLY}\s+(?:\w+\s+)?(?:und |and |der |die |das |the )?"
    return any(re.search(before + re.escape(name), question, re.IGNORECASE) for name in found)
