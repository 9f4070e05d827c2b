"""Lexicon and alignment → the table of probable translations of stems, with which words are searched across languages.

Run: python training/tables.py --alignment FOLDER --out translations.npz [--lexicon training/lexicon.tsv.xz] [--weights stems.tsv]
A minute on one core.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from forms import british, english_forms
from sources import TRUSTED, Alignment, German, Weighted, _best_first, read_lexicon, read_weights

from advisor.encoder import WEIGHTS
from advisor.stopwords import STOP

HERE = Path(__file__).parent
FORM = 0.3  # how often an irregular form stands for its base in English text
KEPT = 8  # translations of a stem
OWN = 0.6  # weight of what an irregular form means by itself against what its base means
SHARE = 0.3  # weight of the alignment where lexicon and alignment both know a stem
_WORD = re.compile(r"\w+")


def from_german(german: German) -> dict[str, Weighted]:
    """German stem → English stems; the words of a phrase share its probability."""
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    forms = english_forms()
    table = {}
    for stem, phrases in german.phrases.items():
        shares: dict[str, float] = defaultdict(float)
        for phrase, probability in phrases:
            words = _WORD.findall(phrase.lower())
            words = [word for word in words if word not in STOP["en"]] or words
            for word in stemmer.stemWords(words):
                shares[word] += probability / len(words)
                for form in forms.get(word, ()):  # the texts say "won" where the lexicon says "win"
                    shares[form] += FORM * probability / len(words)
        table[stem] = _best_first(list(shares.items()))
    return table


def from_english(table: Mapping[str, Weighted], weights: Mapping[str, float], aligned: Alignment) -> dict[str, Weighted]:
    """English stem → German stems: the table turned round, common German stems first, mixed with the alignment."""
    turned: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for stem, translations in table.items():
        for word, probability in translations:
            turned[word][stem] += probability * weights[stem] ** 0.5
    found = {}
    for word, stems in turned.items():
        best = _best_first(list(stems.items()))[:12]
        total = sum(stems.values())
        mixed = {stem: share / total for stem, share in best}
        if aligned.counts.get(word, 0) >= TRUSTED:
            for stem, probability in aligned.translations.get(word, [])[:KEPT]:
                mixed[stem] = mixed.get(stem, 0) * (1 - SHARE) + SHARE * probability
        found[word] = _best_first(list(mixed.items()))
    found |= {word: pairs for word, pairs in aligned.translations.items() if word not in found}
    return with_forms(found)


def with_forms(table: Mapping[str, Weighted]) -> dict[str, Weighted]:
    """The table with irregular forms of English words, which share the translations of their base, and with other spellings."""
    found = dict(table)
    for base, forms in english_forms().items():
        for form in forms:
            if base in table:
                own, shared = table.get(form, []), 1 - OWN if form in table else 1.0
                mixed = {stem: OWN * probability for stem, probability in own}
                for stem, probability in table[base][:KEPT]:
                    mixed[stem] = mixed.get(stem, 0) + shared * probability
                found[form] = _best_first(list(mixed.items()))
    for word in list(found):
        for spelling in british(word):
            found.setdefault(spelling, found[word])
    return found


def packed(tables: Mapping[str, Mapping[str, Weighted]]) -> dict[str, np.ndarray]:
    """The tables of both directions as arrays: words joined by line breaks, and targets of each word from start to start."""
    words = {language: list(tables[language]) for language in ("en", "de")}
    numbers = {language: {word: i for i, word in enumerate(held)} for language, held in words.items()}
    arrays: dict[str, np.ndarray] = {}
    for source, target in (("en", "de"), ("de", "en")):
        starts, targets, probabilities = [0], [], []
        for word in list(tables[source]):
            for translation, probability in tables[source][word][:KEPT]:
                targets.append(numbers[target].setdefault(translation, len(numbers[target])))
                probabilities.append(probability)
            starts.append(len(targets))
        arrays[f"{source}_starts"] = np.array(starts, np.int32)
        arrays[f"{source}_targets"] = np.array(targets, np.int32)
        arrays[f"{source}_probabilities"] = np.array(probabilities, np.float16)
    for language in ("en", "de"):
        # Words that are only targets stand behind the sources and have no translations of their own.
        extra = len(numbers[language]) - len(words[language])
        arrays[f"{language}_starts"] = np.append(arrays[f"{language}_starts"], [arrays[f"{language}_starts"][-1]] * extra).astype(np.int32)
        arrays[f"{language}_words"] = np.frombuffer("\n".join(numbers[language]).encode("utf-8"), np.uint8)
    return arrays


def read_german(options: argparse.Namespace) -> German:
    """The German stems of the files that are named."""
    aligned = Alignment.from_file(options.alignment / "de-en.tsv", 0.04)
    return German.from_sources(read_lexicon(options.lexicon), aligned, read_weights(options.weights), SHARE)


def parser(text: str) -> argparse.ArgumentParser:
    """Arguments that name the sources."""
    made = argparse.ArgumentParser(description=text)
    made.add_argument("--alignment", type=Path, required=True, help="folder written by align.py")
    made.add_argument("--lexicon", type=Path, default=HERE / "lexicon.tsv.xz")
    made.add_argument("--weights", type=Path, default=WEIGHTS / "stems.tsv", help="stems with weights that follow their frequency")
    made.add_argument("--out", type=Path, required=True)
    return made


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the table of the files that are named."""
    options = parser(__doc__ or "").parse_args(arguments)
    german = read_german(options)
    table = from_german(german)
    back = from_english(table, german.weights, Alignment.from_file(options.alignment / "en-de.tsv", 0.02))
    np.savez_compressed(options.out, **packed({"en": back, "de": table}))  # type: ignore[arg-type]
    print(f"{len(table)} German and {len(back)} English stems in {options.out}")


if __name__ == "__main__":
    main()
