"""Which language a question is in: by words without a subject, and where there are few, as in "Kulturwandel", by the dictionaries."""

from __future__ import annotations

import re
from functools import lru_cache

from advisor.lexicon import Analyser, Translations
from advisor.text import language_evidence

CLEAR = 1.0  # evidence of a word without a subject; the shapes of words alone give less
_SAME = 4  # letters by which a translation counts as the same word: a loan word tells no language


@lru_cache(maxsize=256)
def evidence(text: str) -> float:
    """Evidence for German (positive) against English (negative); 0 where the text tells nothing, as "Budget" and "BCG" do."""
    score = language_evidence(text)
    if abs(score) >= CLEAR:
        return score
    return score + sum(_known(word, "de") - _known(word, "en") for word in re.findall(r"[^\W\d_]+", text.lower()))


def _known(word: str, language: str) -> int:
    """2 for a word that the dictionary of a language translates by another, 1 for one that it has at all, 0 for others."""
    analyser, translations = Analyser.bundled(), Translations.bundled()
    stem = analyser.stems(word, language)[0]
    told = translations.of(stem, language)
    if told:
        return 1 if told[0][0][:_SAME] == stem[:_SAME] else 2
    parts = analyser.parts(stem) if language == "de" else ()
    return 2 if parts and all(translations.of(part, "de") for part in parts) else 0
