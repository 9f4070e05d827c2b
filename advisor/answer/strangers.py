"""Names in a sentence that its quotations do not hold."""

from __future__ import annotations

import re
from collections.abc import Sequence

from advisor.answer.sources import Source
from advisor.answer.words import TELLING, Words, senses
from advisor.stopwords import FAINT, STOP
from advisor.text import fold

_WORD = re.compile(r"[^\W_](?:[\w&.]*[^\W_])?(?:['’]s\b)?")


def strange_names(sentence: str, language: str, sources: Sequence[Source], words: Words) -> list[str]:
    """The names in a sentence that neither the quotations nor the data of their works hold."""
    told = (word for source in sources for word in fold(f"{source.quote} {source.about}").split())
    held = frozenset(form for word in told for form in (word, word.removesuffix("s")))
    meant = frozenset().union(*(sense for source in sources for sense in senses(words, source.quote, source.language)), frozenset())
    return [name for name in names_in(sentence, language, words) if not _held(name, language, held, meant, words)]


def names_in(sentence: str, language: str, words: Words) -> list[str]:
    """Capitalised words that may be names: in English all but the first of a sentence, in German those that are no common nouns."""
    result, idle = [], STOP[language] | FAINT[language] | TELLING[language]
    for match in _WORD.finditer(sentence):
        word = re.sub(r"['’]s$", "", match.group())
        if word.lower() in idle or not any(c.isupper() for c in word):
            continue
        first = not re.search(r"\w", sentence[: match.start()]) or bool(re.search(r"[:.!?„“\"]\s*$", sentence[: match.start()]))
        known = bool(set(fold(word).split()) & words.names) or (word.endswith("s") and fold(word[:-1]) in words.names)
        if known or not ((language == "de" or first) and words.common(word, language)):
            result.append(word)
    return result


def _held(name: str, language: str, held: frozenset[str], meant: frozenset[str], words: Words) -> bool:
    """Whether a name stands there: as it is, with a genitive, or, where it is nobody's name, in another form or language."""
    parts = fold(name).split()
    if all(part in held or (part.endswith("s") and part[:-1] in held) for part in parts):
        return True
    if set(parts) & words.names:
        return False
    return any(sense & meant for sense in senses(words, name, language))
