"""Words and shapes of phrases, German and English, without a dictionary: what a list item looks like and where it ends."""

from __future__ import annotations

import re

from advisor.factors.tokens import Phrase, Token, is_name_like


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DEFINITE = _words("der die das den dem des")
_RELATIVE = _DEFINITE | _words("denen deren dessen welche welcher welches welchen welchem")
_INDEFINITE = _words("ein eine einen einem einer eines kein keine keinen keinem keiner keines")
_GERMAN_DETERMINERS = (
    _DEFINITE
    | _INDEFINITE
    | _words(
        "unser unsere unseren unserem unserer unseres ihr ihre ihren ihrem ihrer ihres sein seine seinen seinem seiner seines dieser diese "
        "dieses diesen diesem jeder jede jedes jeden jedem alle aller allen alles viele vieler vielen mehr mehrere weniger wenig genug "
        "genügend manche einige beide sämtliche solche"
    )
)
_AMOUNTS = _words("viele vieler vielen weniger wenig genug")
_ENGLISH_DETERMINERS = _words(
    "a an the this that these those my your his her its our their no any some each every all both many much more most few fewer less "
    "several enough another other such"
)
_GERMAN_PREPOSITIONS = _words(
    "an am ans auf aus außer bei beim bis durch für gegen hinter im in ins mit nach neben ohne seit statt trotz über um unter vom von vor "
    "wegen während zu zum zur zwischen gegenüber pro per je ab laut gemäß entlang innerhalb außerhalb mittels dank hin weg"
)
_ENGLISH_PREPOSITIONS = _words(
    "of in on at to for with by from into onto over under about across between among through during without within against toward towards "
    "per via than after before until upon around beyond behind despite like near off out since up"
)
_GERMAN_FINITE = _words(
    "ist sind war waren wird wurde wurden hat haben hatte hatten kann können konnte könnte muss müssen musste soll sollen sollte sollten "
    "will wollen wollte wollten darf dürfen gibt gab geht gehen ging macht bleibt bleiben steht stehen liegt fehlt fehlen braucht brauchen"
)
_GERMAN_PRONOUNS = _words("er es man wir ich ihr sie niemand du dies")
_ENGLISH_FINITE = _words(
    "is are was were has have had do does did can could will would shall should may might must cannot isn't aren't doesn't don't didn't"
)
_ENGLISH_PRONOUNS = _words("he she it they we i you nobody everybody everyone someone there this")
_EMBEDDING = _words("that which who whose what how why where whether when")
# Words that are verbs more often than nouns when they follow a noun and when more follows them.
_ENGLISH_VERBS = _words(
    "need needs form forms make makes made help helps helped show shows describe describes provide provides remain "
    "remains require requires matter matters apply applies hold holds lead leads led play plays support supports define "
    "defines shape shapes determine determines drive drives explain explains guide guides cover covers occur occurs "
    "become becomes became give gives gave take takes took follow follows work works keep keeps decide decides stand "
    "stands bring brings grew rose fell came went belong belongs come comes fail fails count counts serve serves offer "
    "offers allow allows enable enables depend depends tell tells turn turns grow grows let lets"
)
_ADJECTIVES = _words(
    "clear strong simple small large new good long short open broad flat fast quick high low deep wide rich real full "
    "honest shared great big early late firm fair fresh free common single joint steady bold calm safe secure modest "
    "solid sound lean true proper better best own right weak slow careful regular patient human social digital public "
    "private local internal external senior modern stable reliable own"
)
_ADJECTIVE_SHAPE = re.compile(r"(?:able|ible|ive|ous|ful|less|ical|onal|ial|ual|ent|ant|ed|ic|ary)$")
_NOUNS_OF_ADJECTIVE_SHAPE = re.compile(
    r"(?:ment|initiative|incentive|objective|perspective|alternative|executive|narrative|topic|logic|public|metric|traffic|critic|music|"
    r"proposal|approval|capital|potential|material|trial|event|content|intent|extent|talent|client|agent|student|parent|accident|consultant|"
    r"assistant|merchant|participant|need|feed|speed|seed|summary|library|salary|budget|diary|boundary|secretary|dialogue|percent)$"
)
_GERMAN_INFINITIVE = re.compile(r"(?:[^aeiouäöü]|[ei]h|au|eu|ie)en$|e[lr]n$|^(?:tun|sein)$")
_GERMAN_ENDING = re.compile(r"e[mnrs]?$")
_GERMAN_VERB_END = re.compile(r"(?:t|en|[elr]n|te|st)$")


def _is_content(token: Token) -> bool:
    return token.kind == "word" and token.low not in (_GERMAN_DETERMINERS | _GERMAN_PREPOSITIONS)


def is_adjective(word: str) -> bool:
    """Whether an English word in lower case is an adjective by its shape."""
    if word in _ADJECTIVES or word.partition("-")[0] in _ADJECTIVES:
        return True
    return bool(_ADJECTIVE_SHAPE.search(word)) and not _NOUNS_OF_ADJECTIVE_SHAPE.search(word)


def is_determiner(word: str, german: bool) -> bool:
    """Whether a word in lower case is an article, a possessive or a quantifier."""
    return word in (_GERMAN_DETERMINERS if german else _ENGLISH_DETERMINERS)


def is_definite(token: Token) -> bool:
    """Whether a token is a German definite article, which may also be a relative pronoun."""
    return token.low in _DEFINITE


def is_preposition(word: str, german: bool) -> bool:
    """Whether a word in lower case is a preposition."""
    return word in (_GERMAN_PREPOSITIONS if german else _ENGLISH_PREPOSITIONS)


def is_finite(word: str, german: bool) -> bool:
    """Whether a word in lower case is an auxiliary, a modal or another very common finite verb."""
    return word in (_GERMAN_FINITE if german else _ENGLISH_FINITE)


def is_pronoun(word: str, german: bool) -> bool:
    """Whether a word in lower case is a pronoun that can be the subject of a clause."""
    return word in (_GERMAN_PRONOUNS if german else _ENGLISH_PRONOUNS)


def opening(phrase: Phrase, german: bool) -> str:
    """How a phrase begins: "ein", "der", "determiner", "number", "preposition", "adjective", "gerund", "infinitive" or "bare"."""
    if not phrase:
        return "bare"
    first = phrase[0]
    if first.kind == "number":
        return "number"
    if is_determiner(first.low, german):
        return "ein" if first.low in _INDEFINITE else "der" if first.low in _DEFINITE else "determiner"
    return _german_opening(phrase) if german else _english_opening(phrase)


def _german_opening(phrase: Phrase) -> str:
    first = phrase[0]
    too = first.low == "zu" and len(phrase) > 1 and phrase[1].text[0].islower() and phrase[1].low not in _GERMAN_DETERMINERS - _AMOUNTS
    if first.low in _GERMAN_PREPOSITIONS and not too:
        return "preposition"
    if first.kind == "word" and first.text[0].islower():
        return "adjective" if any(is_name_like(t) for t in phrase[1:]) else "bare"
    # The first word behind a colon may be an adjective with a capital: "Klare Ziele".
    capital = len(phrase) > 1 and is_name_like(phrase[1]) and first.kind == "word" and _GERMAN_ENDING.search(first.text)
    return "adjective" if capital else "bare"


def _english_opening(phrase: Phrase) -> str:
    first, more = phrase[0].low, len(phrase) > 1 and phrase[1].kind == "word"
    if first == "to" and more and phrase[1].text[0].islower() and not is_determiner(phrase[1].low, False):
        return "infinitive"
    if first in _ENGLISH_PREPOSITIONS:
        return "preposition"
    if more and len(first) > 5 and first.endswith("ing"):
        return "gerund"
    return "adjective" if more and is_adjective(first) else "bare"


def own_phrases(left: Phrase, right: Phrase, german: bool) -> bool:
    """Whether "left und right" joins two noun phrases that stand on their own, each with its own determiner, adjective or verb.

    "eine klare Frist und die Pflege" does; "Mut und Geduld" and "Pflege und Ausbau der Netze" do not, nor does a pair that
    belongs to a preposition or a genitive inside the left side ("ein Budget für neue Kanäle und gute Leute").
    """
    if german and ends_in_infinitive(left) and ends_in_infinitive(right):
        return any(is_name_like(t) for t in left) and any(is_name_like(t) for t in right)
    here, there = opening(left, german), opening(right, german)
    if "bare" in (here, there) or ("preposition" in (here, there) and here != there):
        return False
    if right[0].low == left[0].low:
        return True
    inner = inner_phrase(left, german)
    if german and inner and inner[0].low == right[0].low and there == "der":
        return False
    return not (inner and opening(inner, german) == there != here)


def inner_phrase(left: Phrase, german: bool) -> Phrase:
    """The last phrase inside `left` that hangs on a preposition or, in German, stands in the genitive."""
    for index in range(len(left) - 1, 0, -1):
        if is_preposition(left[index].low, german):
            return left[index + 1 :]
        if german and left[index].low in _DEFINITE:
            return left[index:]
    return []


def ends_in_infinitive(phrase: Phrase) -> bool:
    """Whether a German phrase ends in a verb in the infinitive: "Ziele setzen"."""
    if not phrase or not _is_content(phrase[-1]) or is_finite(phrase[-1].low, True):
        return False
    return phrase[-1].text[0].islower() and bool(_GERMAN_INFINITIVE.search(phrase[-1].text))


def is_relative(phrase: Phrase) -> bool:
    """Whether a German phrase that begins with der, die, das … (or a preposition before it) ends in a verb, as relative clauses do."""
    words = [t for t in phrase if t.kind in ("word", "number")]
    at = 1 if len(words) > 1 and words[0].low in _GERMAN_PREPOSITIONS else 0
    pronoun = len(words) > at + 1 and words[at].low in _RELATIVE
    last = words[-1] if words else None
    return bool(pronoun and last and last.kind == "word" and last.text[0].islower() and _GERMAN_VERB_END.search(last.text))


def agrees(left: Phrase, right: Phrase) -> bool:
    """Whether `left` ends in a German adjective that the adjective at the head of `right` continues: "ein klares, messbares Ziel"."""
    words = [t for t in left if t.kind == "word"]
    if not words or any(is_name_like(t) for t in words[1:]) or (is_name_like(words[0]) and len(words) < 2):
        return False
    here = _GERMAN_ENDING.search(words[-1].text)
    there = _GERMAN_ENDING.search(right[0].text) if right[0].text[0].islower() else None
    if not here or not there or here.group() != there.group() or is_determiner(right[0].low, True):
        return False
    noun = next((i for i, t in enumerate(right) if is_name_like(t)), 0)
    return noun > 0 and all(t.kind == "word" for t in right[:noun])


def shape(phrase: Phrase, german: bool) -> str:
    """The outer form: "phrase", "infinitive" (a German clause that ends in one) or "clause" (with a subject and a finite verb)."""
    depth = phrase[0].depth
    core = []
    for token in phrase:
        if token.kind == "comma" and token.depth == depth:
            break
        if token.depth == depth and token.kind in ("word", "number", "conjunction", "strong"):
            core.append(token)
    if not core:
        return "phrase"
    return _german_shape(core) if german else _english_shape(core)


def _german_shape(core: Phrase) -> str:
    if any(is_finite(t.low, True) and t.text[0].islower() for t in core) or core[0].low in _GERMAN_PRONOUNS:
        return "clause"
    if ends_in_infinitive(core) and len(core) > 1:
        return "infinitive"
    return "clause" if phrase_end(core, True) < len(core) else "phrase"


def _english_shape(core: Phrase) -> str:
    lows = [t.low for t in core]
    embedded = next((i for i, low in enumerate(lows) if low in _EMBEDDING), len(lows))
    if any(low in _ENGLISH_FINITE for low in lows[:embedded]) or lows[0] in _ENGLISH_PRONOUNS - {"this"}:
        return "clause"
    plain_past = len(lows) > 1 and lows[-1].endswith("ed") and lows[-1] not in ("need", "feed", "speed", "seed")
    return "clause" if plain_past or phrase_end(core, False) < len(core) else "phrase"


def phrase_end(phrase: Phrase, german: bool) -> int:
    """How many tokens from the start belong to one noun phrase, with its genitives and prepositions, before a verb or the like."""
    depth = phrase[0].depth
    head = bracketed = False
    for index, token in enumerate(phrase):
        if token.depth > depth or token.kind not in ("word", "number"):
            if token.depth == depth and token.kind in ("comma", "semicolon", "colon", "dash"):
                return len(phrase) if token.kind == "comma" else index
            continue
        if head and (_ends_german(phrase, index) if german else _ends_english(phrase, index)):
            return _without_dangling(phrase, index, german)
        if not german:
            head = head or not is_determiner(token.low, False)
        elif not head and is_name_like(token) and not (bracketed and _attribute_goes_on(phrase, index)):
            head = True
        bracketed = bracketed or (index > 0 and token.low in _GERMAN_PREPOSITIONS)
    return len(phrase)


def _attribute_goes_on(phrase: Phrase, index: int) -> bool:
    """Whether a noun stands inside an attribute: "ausreichende, über drei Jahre gesicherte Mittel"."""
    after = phrase[index + 1 : index + 4]
    return len(after) > 1 and after[0].kind == "word" and after[0].text[0].islower() and any(is_name_like(t) for t in after[1:])


def _without_dangling(phrase: Phrase, end: int, german: bool) -> int:
    while end > 1 and (is_preposition(phrase[end - 1].low, german) or is_determiner(phrase[end - 1].low, german)):
        end -= 1
    return end


def _ends_german(phrase: Phrase, index: int) -> bool:
    token, before = phrase[index], phrase[index - 1]
    if token.low == "als":
        return True
    follows = any(is_name_like(t) for t in phrase[index + 1 :])
    if is_name_like(token) or not _is_content(token):
        return not is_name_like(token) and not follows
    if not follows or is_finite(token.low, True):
        return True
    # A genitive without an article ("Ausbau neuer Netze") is the only adjective that stands right behind a noun.
    genitive = token.text.endswith("er") and is_name_like(phrase[index + 1])
    return is_name_like(before) and before.kind == "word" and not genitive


def _ends_english(phrase: Phrase, index: int) -> bool:
    low, before = phrase[index].low, phrase[index - 1]
    if low in _ENGLISH_FINITE or low in ("as", "because"):
        return True
    more = index + 1 < len(phrase) and phrase[index + 1].kind in ("word", "number")
    return low in _ENGLISH_VERBS and more and not is_adjective(before.low) and not is_preposition(before.low, False)
