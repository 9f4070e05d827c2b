"""What the words before a list say about it: how many items, on which page, and whether they announce a list at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from advisor.factors.noun_phrases import is_determiner, is_finite, is_preposition
from advisor.factors.tokens import Phrase, Token, tokens
from advisor.text import Span

_NUMBERS = {
    **dict(zip("zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(), range(2, 13), strict=True)),
    **dict(zip("two three four five six seven eight nine ten eleven twelve".split(), range(2, 13), strict=True)),
}
# German list nouns are the ends of compounds ("Erfolgsfaktoren"); the dative adds an n where there is none.
_GERMAN_LIST_NOUNS = tuple(
    form
    for noun in (
        "faktoren ziele schritte phasen gründe bedingungen voraussetzungen elemente typen arten formen dimensionen bausteine kriterien "
        "prinzipien grundsätze regeln stufen ebenen säulen aufgaben funktionen fähigkeiten kompetenzen maßnahmen punkte aspekte merkmale "
        "eigenschaften fehler fragen thesen tipps hinweise empfehlungen ratschläge vorteile nachteile chancen risiken gefahren hürden "
        "hindernisse probleme herausforderungen strategien methoden instrumente werkzeuge kanäle felder bereiche themen rollen gruppen "
        "modelle varianten kategorien klassen ursachen quellen treiber hebel werte kennzahlen anforderungen pflichten optionen "
        "möglichkeiten wege lehren lektionen erkenntnisse ergebnisse befunde dinge teile komponenten bestandteile module kräfte "
        "perspektiven achsen beispiele plattformen netzwerke leistungen ressourcen argumente einwände gebote tugenden trends motive "
        "muster ansätze zutaten vorgaben hauptsachen"
    ).split()
    for form in ((noun,) if noun.endswith(("n", "s")) else (noun, noun + "n"))
)
_ENGLISH_LIST_NOUNS = frozenset(
    "factors goals objectives aims targets steps stages phases reasons conditions preconditions prerequisites "
    "requirements elements types kinds forms dimensions blocks criteria principles rules levels layers pillars tasks "
    "functions capabilities skills competencies measures points aspects features characteristics attributes properties "
    "qualities mistakes errors questions theses tips recommendations lessons advices advantages disadvantages benefits "
    "drawbacks chances opportunities risks dangers threats hurdles obstacles barriers problems challenges strategies "
    "tactics methods instruments tools channels fields areas themes topics roles groups models variants categories "
    "classes causes sources drivers levers values metrics indicators ingredients options ways findings results things "
    "parts components forces perspectives axes examples platforms networks resources arguments objections virtues "
    "trends motives patterns approaches cs ps".split()
)
_MEASURES = frozenset(
    "jahre jahren monate monaten wochen tage tagen stunden minuten mal prozent euro dollar millionen milliarden years "
    "months weeks days hours minutes times percent cents millions billions viertel drittel seiten pages uhr".split()
)
_VAGUE = frozenset(
    "mindestens wenigstens über mehr als etwa rund bis fast beinahe ca circa knapp höchstens least most than about "
    "around nearly almost over some or oder to".split()
)
_ONE = frozenset("one eine einer eines some einige each every jede jeder jedes jedem jeden keine keiner none any".split())
# What bears a number of its own: "Section 5", "§ 5", "Table 3".
_LABELS = frozenset(
    "section chapter table figure page part volume article art abs nr no s p abschnitt kapitel tabelle abbildung seite "
    "teil band § artikel".split()
)
_LIST_VERBS = frozenset(
    "nennt nennen nannte nannten umfasst umfassen umfasste umfassten beinhaltet beinhalten verlangt verlangen erfordert erfordern braucht "
    "brauchen benötigt benötigen fordert fordern unterscheidet unterscheiden names named lists listed includes include comprises "
    "comprise requires require needs need demands distinguishes distinguish identifies identify".split()
)
_POINTERS = frozenset("folgende folgenden folgendes folgendem following".split())
_PEOPLE = frozenset(
    "autor autoren autorin autorinnen verfasser verfassern verfasserin verfasserinnen forscher forschern forscherinnen herausgeber hrsg "
    "author authors scholar scholars researcher researchers editor editors".split()
)
_GROUPS = frozenset("team teams mitglied mitglieder mitgliedern member members".split())
_SOURCES = frozenset("von by quelle source in".split())
_EXAMPLES = frozenset("as etwa beispiel beispielsweise b including namely darunter nämlich".split())
_BELONG = frozenset("gehören gehörten zählen zählten sind waren are were include included includes".split())
_PAGE = re.compile(r"(?<![\w.])(?:Seiten?|S\.|pp?\.|pages?)\s*(\d+(?:\s?[-–]\s?\d+)?)")

_PAGE_BRACKET = re.compile(r"\s*\([^()]*\)\s*[.,;]?$")


def page_reference(text: str) -> str | None:
    """The page or pages that a text names ("Seite 108", "S. 108", "pp. 12-14"), as they stand there; None where it names none."""
    match = _PAGE.search(text)
    return match.group(1) if match else None


def without_page(text: str, span: Span) -> Span:
    """A span without a bracket at its end that names a page: "… der Abläufe (Seite 42)"."""
    match = _PAGE_BRACKET.search(text, max(span.start, span.end - 120), span.end)
    return Span(span.start, match.start()) if match and match.start() > span.start and page_reference(match.group()) else span


def claimed(text: str, span: Span) -> int | None:
    """The number of items that a lead-in itself states ("seven factors", "fünf Ziele"); None where it states none.

    Years, percentages, quantities ("three years") and vague numbers ("at least five") state none.
    """
    words = tokens(text, span)
    counts = list(counted(words))
    listed = [number for number, noun in counts if is_list_noun(words[noun])]
    if listed:
        return listed[-1]
    # A number that counts something else than the announced things ("ten firms gave these reasons") is not theirs.
    return counts[-1][0] if counts and not any(is_list_noun(t) or t.low in _POINTERS for t in words) else None


def counted(words: Phrase) -> Iterator[tuple[int, int]]:
    """Every exact number from 2 to 99 with the place of the plural noun that it counts, at most four words on."""
    for index, token in enumerate(words):
        small = token.kind == "number" and token.text.isdecimal() and len(token.text) <= 2
        number = int(token.text) if small else _NUMBERS.get(token.low, 0)
        if number < 2 or _is_vague(words, index):
            continue
        noun = _counted_noun(words, index + 1)
        if noun is not None and words[noun].low not in _MEASURES:
            yield number, noun


def _is_vague(words: Phrase, index: int) -> bool:
    """Whether a number is a name, part of another figure, a share of a whole, or not meant to be exact."""
    before = [token.low for token in words[max(0, index - 4) : index] if token.text != "."]
    if index and (words[index - 1].end == words[index].start or before[-1:] == ["§"] or (before and before[-1] in _LABELS)):
        return words[index - 1].kind != "open"
    some_of = any(part in ("of", "der") and (some in _NUMBERS or some in _ONE) for some, part in pairwise(before))
    return some_of or bool(before and before[-1] in _VAGUE)


def _counted_noun(words: Phrase, start: int) -> int | None:
    best = None
    for at in range(start, min(start + 4, len(words))):
        token = words[at]
        if is_list_noun(token):
            return at
        if token.kind != "word" or any(test(token.low, g) for test in (is_finite, is_preposition) for g in (True, False)):
            break
        # "Ten firms gave these reasons": behind a plural noun only more of its compound can follow.
        if is_determiner(token.low, True) or token.low in _LIST_VERBS or (best is not None and token.text[0].islower()):
            break
        if token.text[0].isupper() or (len(token.text) > 3 and re.search(r"(?<![sui])s$|(?:people)$", token.low)):
            best = at
    return best


def is_list_noun(token: Token) -> bool:
    """Whether a word is a plural under which authors list things: "Erfolgsfaktoren", "goals"."""
    if token.kind != "word":
        return False
    return token.low.rpartition("-")[2] in _ENGLISH_LIST_NOUNS or (token.text[0].isupper() and token.low.endswith(_GERMAN_LIST_NOUNS))


def is_list_verb(token: Token) -> bool:
    """Whether a word is a verb that lists its objects: "nennt", "umfasst", "comprises"."""
    return token.low in _LIST_VERBS


def announces(lead: Phrase) -> bool:
    """Whether the words before a colon promise a list: a list noun, a number with a plural, a listing verb or "the following"."""
    if any(is_list_verb(token) or token.low in _POINTERS for token in lead) or any(True for _ in counted(lead)):
        return True
    return any(is_list_noun(token) and not _hangs_on_preposition(lead, at) for at, token in enumerate(lead))


def _hangs_on_preposition(lead: Phrase, noun: int) -> bool:
    """Whether a noun is not what the sentence is about: "they differ on the order of goals"."""
    for token in reversed(lead[max(0, noun - 4) : noun]):
        if is_preposition(token.low, True) or is_preposition(token.low, False):
            return token.low not in ("zu", "als")
        if token.kind != "word" or token.text[0].isupper():
            return token.kind == "conjunction"
    return False


def names_people(lead: Phrase) -> bool:
    """Whether the last words before a list say that people or sources follow: "Autoren:", "authors such as", "zum Team gehören"."""
    words = [token.low for token in lead if token.kind == "word"]
    if not words:
        return False
    if words[-1] in _BELONG:
        owned = any(word in _PEOPLE | _GROUPS and before not in ("des", "der", "of") for before, word in pairwise(words[-5:]))
        return owned or words[0] in _PEOPLE
    return words[-1] in _SOURCES | _PEOPLE or any(word in _PEOPLE for word in words[-3:-1] if words[-1] in _EXAMPLES)
