"""What words stand for: stems, translations, names of people, and words that only tell who says something."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from advisor.lexicon import Analyser, Translations
from advisor.stopwords import FAINT, STOP

CLEAR, LIKELY = 0.2, 0.1  # probability from which a translation makes a common noun, and from which it stands for a word
TELLING = {
    "en": frozenset(
        "according account add adds also argue argues article author authors book both chapter cite cites claim claims contradict "
        "contradicts contrary contrast describe describes differ differs digest disagree disagrees disagreement dispute disputes "
        "emphasise emphasises emphasize emphasizes find finds found hand hold holds however library list lists mention mentions "
        "name names note notes point points quotation quote quoted recommend recommends report reported reports says source sources "
        "state states stress stresses studies study view views whereas work works write writes answer question main mainly "
        "therefore thus overall summary short first second".split()
    ),
    "de": frozenset(
        "abweichend anderer angaben ansicht antwort artikel auffassung aufsatz autor autoren autorin autorinnen bericht berichten "
        "berichtet bestreitet betont betonen bibliothek buch dagegen demgegenüber frage fügt gegensatz gegenüber geht hinzu "
        "hingegen insgesamt kapitel laut liste meinung nennen nennt quelle quellen sieht sehen stellt stellen studie studien text "
        "uneinig uneinigkeit unterscheiden unterschied vertritt vertreten verweist verweisen werk werke widersprechen widerspricht "
        "widerspruch zitat zitate zitiert zufolge zusammenfassung zusammengefasst zunächst schreibt schreiben argumentiert "
        "empfiehlt empfehlen erwähnt jeweils weitere weiterhin zudem außerdem".split()
    ),
}


@dataclass(frozen=True)
class Words:
    """The word lists: stems, translations, and the words that are names of people in this library, in the form of `fold`."""

    analyser: Analyser
    translations: Translations
    names: frozenset[str] = frozenset()

    @classmethod
    def from_weights(cls, names: frozenset[str] = frozenset()) -> Words:
        """The word lists that ship with the advisor; they are loaded once."""
        return cls(Analyser.bundled(), Translations.bundled(), names)

    def common(self, word: str, language: str) -> bool:
        """True for a word that a dictionary translates by another word; a name is translated by itself or not at all."""
        stem = self.analyser.stems(word, language)[0]
        told = self.translations.of(stem, language)[:3]
        floor = CLEAR if language == "de" else LIKELY
        if any(probability >= floor and target[:3] != stem[:3] for target, probability in told):
            return True
        parts = self.analyser.parts(stem) if language == "de" and len(stem) > 8 else ()
        return bool(parts) and all(self.translations.of(part, "de") for part in parts)

    def senses(self, stem: str, language: str) -> frozenset[str]:
        """What a stem may stand for: itself, the parts of a compound, and probable translations, each with its language."""
        stems = [stem, *(self.analyser.parts(stem) if language == "de" else ())]
        other = "en" if language == "de" else "de"
        told = [
            f"{other}:{target}" for one in stems for target, probability in self.translations.of(one, language) if probability >= LIKELY
        ]
        return frozenset([*(f"{tag}:{one}" for one in stems for tag in ("en", "de")), *told])


def senses(words: Words, text: str, language: str) -> Iterable[frozenset[str]]:
    """What each subject word of a text may stand for; words without a subject, words of telling and numbers are left out."""
    idle = STOP[language] | FAINT[language] | TELLING[language]
    for word in re.findall(r"\w+", text.lower()):
        if word not in idle and not word.isdigit() and len(word) > 1:
            yield words.senses(words.analyser.stems(word, language)[0], language)
