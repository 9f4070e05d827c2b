"""Which language a question is in: by words without a subject, and where there are few, as in "Kulturwandel", by the dictionaries."""

from __future__ import annotations

import re
from functools import lru_cache

from advisor.lexicon import Analyser, Translations
from advisor.text import language_evidence

CLEAR = 1.0  # evidence of a word without a subject; the shapes of words alone give less
_SAME = 4  # letters by which a translation counts as the same word: a loan word tells no language


@lru_cache(maxsize=256)
def evidence(text: str, names: frozenset[str] = frozenset()) -> float:
    """Evidence for German (positive) against English (negative); 0 where the text tells nothing, as "Budget", "BCG" and `names` do."""
    score = language_evidence(text)
    if abs(score) >= CLEAR:
        return score
    words = [word for word in re.findall(r"[^\W\d_]+", text) if word not in names]
    return score + sum(_known(word.lower(), "de") - _known(word.lower(), "en") for word in words)


def _known(word: str, language: str) -> bool:
    """True for a word that the dictionary of a language translates by another one; a loan word tells no language."""
    analyser, translations = Analyser.bundled(), Translations.bundled()
    stem = analyser.stems(word, language)[0]
    told = [target for target, _ in translations.of(stem, language)[:2]]
    if told:
        return not any(target[:_SAME] == stem[:_SAME] or stem in target for target in told)
    parts = analyser.parts(stem) if language == "de" else ()
    return bool(parts) and all(translations.of(part, "de") for part in parts)
