"""What all later steps read: the lexicon, the word alignment and the weights of German stems, and what these say together."""

from __future__ import annotations

import lzma
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from forms import german_forms

RANKS = (0.5, 0.25, 0.15, 0.10)  # how probable the first, second … translation in the lexicon is
TRUSTED = 20  # count from which on an aligned stem is mixed into what the lexicon says
LISTED_WEIGHT, FORM_WEIGHT = 10.0, 2.0  # of a stem that only the lexicon knows, and of a form made by rule: never part of a compound

Weighted = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Probable translations of each source word, best first, and how often it was counted."""

    translations: Mapping[str, Weighted]
    counts: Mapping[str, float]

    @classmethod
    def from_file(cls, path: Path, least: float) -> Alignment:
        """The translations in a file made by align.py that are at least as probable as `least`."""
        translations: dict[str, Weighted] = defaultdict(list)
        counts: Counter[str] = Counter()
        for source, target, probability, count in _rows(path):
            counts[source] += float(count)  # type: ignore[assignment]
            if float(probability) >= least:
                translations[source].append((target, float(probability)))
        return cls({source: _best_first(found) for source, found in translations.items()}, counts)


def _rows(path: Path) -> Iterator[list[str]]:
    opened = lzma.open(path, "rt", encoding="utf-8") if path.suffix == ".xz" else path.open(encoding="utf-8")
    with opened as lines:
        for line in lines:
            yield line.rstrip("\n").split("\t")


def _best_first(pairs: Weighted) -> Weighted:
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0]))


def read_lexicon(path: Path) -> dict[str, tuple[str, ...]]:
    """German stem → English translations, best first; none for a word that is the same in both languages.

    A line is a stem, a tab and up to four translations divided by "|", or "=". A later line for a stem replaces an earlier one.
    """
    found = {}
    for stem, text in _rows(path):
        found[stem] = () if text == "=" else tuple(part.strip() for part in text.split("|") if part.strip())[: len(RANKS)]
    return found


def read_weights(path: Path) -> dict[str, float]:
    """Stem → weight from a stems.tsv."""
    return {stem: float(weight) for stem, weight in _rows(path)}


@dataclass(frozen=True, slots=True)
class German:
    """All that is known of German stems: English phrases with probabilities, and a weight that follows frequency."""

    phrases: Mapping[str, Weighted]
    weights: Mapping[str, float]
    listed: frozenset[str]  # those that the lexicon translates

    @classmethod
    def from_sources(cls, lexicon: Mapping[str, tuple[str, ...]], aligned: Alignment, weights: Mapping[str, float], share: float) -> German:
        """Lexicon and alignment together; `share` is the weight of the alignment where both know a stem well."""
        phrases = {}
        made = german_forms(lexicon)
        for stem, translations in (made | dict(lexicon)).items():
            if translations:
                trusted = aligned.counts.get(stem, 0) >= TRUSTED and stem in aligned.translations
                phrases[stem] = _mixed(translations, aligned.translations[stem][:6] if trusted else [], share)
        listed = frozenset(phrases)
        for stem, found in aligned.translations.items():
            if stem not in lexicon and aligned.counts[stem] >= 2 and len(stem) > 1:
                phrases[stem] = _scaled(found[:6])
        return cls(
            phrases,
            {
                stem: FORM_WEIGHT
                if stem in made
                else max(aligned.counts.get(stem, 0), weights.get(stem, LISTED_WEIGHT if stem in listed else 0))
                for stem in phrases
            },
            listed,
        )  # fmt: skip


def _mixed(translations: tuple[str, ...], aligned: Weighted, share: float) -> Weighted:
    mixed: dict[str, float] = defaultdict(float)
    for phrase, probability in _scaled(list(zip(translations, RANKS, strict=False))):
        mixed[phrase] += probability * (1 - share if aligned else 1)
    for phrase, probability in _scaled(aligned):
        mixed[phrase] += probability * share
    return _best_first(list(mixed.items()))[:8]


def _scaled(pairs: Weighted) -> Weighted:
    total = sum(probability for _, probability in pairs)
    return [(phrase, probability / total) for phrase, probability in pairs]
