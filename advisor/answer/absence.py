"""What a question asks for that no passage has: a name, or a kind of figure such as a price or a salary."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from advisor.answer.evidence import CAVEATS, Found
from advisor.answer.strangers import names_in
from advisor.answer.strength import caveats
from advisor.answer.words import Words
from advisor.index import Generation
from advisor.text import fold

PASSAGES = 8  # of the best, in which a kind of matter is looked for

_OF_NOUNS = (
    r"\b(?:[Dd](?:er|ie|as|en|em|es)|[Ee]in(?:e[nmrs]?)?|[Kk]ein\w*|[Uu]nser\w*|[Ii]hr\w*|[Mm]ein\w*|zwei|drei|vier|fünf|sechs|sieben|acht|"
    r"[a-zäöüß]{3,}(?:e|er|en|es|em))"
)
_NOUN_END = re.compile(r"(?:en|ung|ungen|heit|keit|schaft|tion|tät|nis|typ|weg|zahl)$")


def _cues(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})", re.IGNORECASE)


# Kinds of matter: how a question asks for one, by what a passage shows that it has it, and its name in both languages.
_KINDS = (
    (
        _cues(r"welche[nrs]? (?:davon )?(?:sollen|sollten|nehmen) wir\b", r"angebote? (?:geschickt|vorgelegt|gemacht|abgegeben)", r"(?:sent|made|gave) us (?:an|their) offers?",
              r"which (?:of (?:them|the (?:two|three))|one) should (?:we|i)\b", r"who of my (?:two|three)", r"should get the contract"),
        _cues(r"your own offers"),
        {"en": "word of your own offers or candidates", "de": "Angaben zu Ihren eigenen Angeboten oder Bewerbern"},
    ),
    (
        _cues(r"what (?:does|do|will) [^?.]{2,60}\bcost\b(?! us)", r"how much (?:does|do|is|are|for) [^?.]{2,60}\b(?:cost|charge)\b", r"prices?\b(?! war)",
              r"pricing\b", r"licen[cs]e fee", r"subscription", r"costs? per\b", r"cheap(?:er|est)\b", r"(?:was|wie ?viel) (?:kostet|kosten)\b(?! (?:es )?uns)",
              r"preis(?:e|s|liste)?\b", r"lizenz(?:kosten|gebühr)", r"abo(?:kosten|preis)?\b", r"billig(?:er|ste\w*)\b", r"(?:tages|stunden)s[aä]tz\w*"),
        _cues(r"prices?\b", r"pricing", r"\bfees\b", r"licen[cs]e fee", r"subscription", r"preis(?:e|s|en)?\b", r"gebühr", r"lizenz", r"tarif"),
        {"en": "prices", "de": "Preise"},
    ),
    (
        _cues(r"salar(?:y|ies)", r"wages?\b", r"(?:average|base|hourly|monthly|yearly|starting) pay\b", r"pay (?:rise|scale|range)", r"how much (?:does|do|can) [^?.]{2,60}\bearn\b",
              r"gehalt", r"gehälter", r"einstiegsgehalt", r"lohn\b", r"löhne", r"(?:was|wie ?viel) verdien(?:t|en) (?:ein|eine|man)\b"),
        _cues(r"salar", r"wages?\b", r"pay scale", r"gehalt\b", r"gehälter", r"lohn\b", r"löhne"),
        {"en": "salaries", "de": "Gehälter"},
    ),
    (
        _cues(r"(?:income|sales|value added|corporate) tax", r"vat\b", r"tax(?:es|able|ation)?\b", r"(?:umsatz|mehrwert|einkommen|lohn|gewerbe|körperschaft)s?steuer",
              r"steuer(?:lich|satz|pflicht)", r"versteuer"),
        _cues(r"tax (?:rate|law|office)", r"income tax", r"taxable", r"versteuer", r"steuersatz", r"steuerpflicht", r"einkommensteuer"),
        {"en": "rules or rates of tax", "de": "Angaben zu Steuern"},
    ),
    (
        _cues(r"click[- ]?through", r"ctr\b", r"(?:engagement|interaction|conversion|open|bounce|response|reply) rates?", r"cp[mca]\b", r"cost per (?:click|lead|mille)",
              r"(?:klick|interaktions|konversions|conversion|öffnungs|engagement|antwort)-?rate", r"tausend(?:er)?kontakt", r"reichweiten?zahl"),
        _cues(r"click[- ]?through", r"ctr\b", r"(?:engagement|interaction|conversion|open|bounce|response|reply) rates?", r"cp[mca]\b", r"cost per (?:click|lead|mille)",
              r"(?:klick|interaktions|konversions|conversion|öffnungs|engagement|antwort)-?rate", r"tausend(?:er)?kontakt"),
        {"en": "such rates of advertising", "de": "solchen Werbekennzahlen"},
    ),
    (
        _cues(r"copyright", r"trade ?marks?\b", r"patents?\b", r"urheberrecht", r"markenamt", r"markenrecht", r"als marke\b", r"patent", r"bildrecht", r"kündigungsschutz",
              r"fristlos", r"arbeitsvertrag", r"employment contract"),
        _cues(r"copyright law", r"copyright act", r"trade ?marks?\b", r"patent law", r"urheberrechtsgesetz", r"\burhg\b", r"markenrecht", r"markenamt", r"bildrecht",
              r"kündigungsschutz", r"fristlos", r"arbeitsvertrag"),
        {"en": "rules of copyright, trade marks or labour contracts", "de": "Regeln zu Urheber-, Marken- oder Arbeitsvertragsrecht"},
    ),
    (
        _cues(r"(?:best|right) time (?:of day )?to post", r"what time of day", r"algorithm(?:us|s)?\b", r"(?:beste|richtige) (?:uhrzeit|zeit) (?:zum|für)", r"um wie ?viel uhr"),
        _cues(r"time of day", r"algorithm", r"uhrzeit"),
        {"en": "times for posting or rules of the platforms' algorithms", "de": "Uhrzeiten fürs Posten und keine Regeln der Algorithmen"},
    ),
)  # fmt: skip


def absent_kind(question: str, found: Sequence[Found], language: str) -> str | None:
    """The name of a kind of matter that the question asks for and that none of the best passages has; None where there is none."""
    best = [item.hit.passage.span.of(item.document.text) for item in found[:PASSAGES] if item.hit.passage.section not in CAVEATS]
    for asks, shows, name in _KINDS:
        if asks.search(question) and not any(shows.search(text) for text in best):
            return name["de" if language == "de" else "en"]
    return None


def absent_names(generation: Generation, words: Words, question: str, language: str, known: Collection[str]) -> list[str]:
    """Proper names in a question that no passage holds, as they are written; `known` are names of the library's works and authors."""
    unknown = [name for name in dict.fromkeys(names_in(question, language, words)) if not any(name in other for other in known)]
    held = frozenset(part for name in known for part in fold(name).split()) if unknown else frozenset()
    unknown = [name for name in unknown if not _is_held(name, held)]
    return [name for name in unknown if not (language == "de" and _is_noun(question, name)) and not _stands(generation, name, language)]


def _is_held(name: str, held: frozenset[str]) -> bool:
    parts = fold(name).split()
    return any(part in held or (part.endswith("s") and part[:-1] in held) for part in parts)


def _is_noun(question: str, word: str) -> bool:
    """True for a German word that is more likely a noun no dictionary has than a name: behind an article or an adjective, or by its end."""
    if word.isupper() or re.search(r"[a-zäöüß][A-ZÄÖÜ]", word):
        return False
    return bool(re.search(rf"{_OF_NOUNS}\s+{re.escape(word)}\b", question) or (len(word) > 6 and _NOUN_END.search(word)))


def _stands(generation: Generation, word: str, language: str) -> bool:
    """True where a passage holds the word or, where it is no name, a translation of it."""
    known = generation.lexicon.known(word, language, caveats(generation))
    return not known or any(known.values())
