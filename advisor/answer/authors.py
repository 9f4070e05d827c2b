"""Which works a question asks for as a whole: by their authors or titles, where it asks for nothing else than what they say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from advisor.answer.words import TELLING, Words
from advisor.citations import is_body, surname
from advisor.documents.model import Work
from advisor.stopwords import FAINT, STOP
from advisor.text import fold

WORKS = 3  # of whom a question may ask at once
PLAIN = 3  # words of a title from which on it needs no quotation marks
# Words that ask for the whole of a work, beside those that carry no subject and those of telling.
_FRAME = (
    "paper essay publication contribution overview summarise summarize summaries outline gist core key central idea ideas thesis theses "
    "message messages content contents contain contains propose proposes proposed proposal proposals suggest suggests suggested "
    "suggestion suggestions advise advises advice recommended recommendation recommendations claimed argued argument arguments position "
    "brief briefly nutshell know learn written wrote present presents presented explain explains explained discuss discusses deal deals "
    "conclude concludes conclusion conclusions result results finding findings statement statements insight insights takeaway "
    "takeaways essence important et al colleagues co "
    "kernaussage kernaussagen aussage aussagen inhalt inhalte these thesen hauptthese hauptthesen idee ideen kernidee botschaft "
    "botschaften vorschlag vorschläge vorgeschlagen schlägt schlagen vorschlagen rät raten rat empfehlung empfehlungen empfohlen "
    "fordert fordern gefordert meint meinen steht stehen beitrag publikation veröffentlichung zusammenfassen zusammen fasse fassen "
    "fasst überblick kurz kurze kurzer knapp wesentliche wesentlichen wichtigste wichtigsten zentrale zentralen handelt behandelt "
    "erzähl erzähle erklär erkläre erklärt beschreibt beschreiben lehrt lehren ergebnis ergebnisse erkenntnis erkenntnisse fazit "
    "gedanke gedanken grundgedanke position sicht kollegen kolleginnen mitautoren".split()
)
# Of the words of telling those that ask how works stand to one another.
_BETWEEN = re.compile(
    r"both|contra|differ|disagree|disput|wheth|whereas|bestreit|gegensatz|unein|unterschei|unterschied|widersp|demgegen|dagegen"
)
_ADDRESS = frozenset("dr prof professor mr mrs ms miss sir herr herrn frau".split())
_NOUN = re.compile(r"(?:ing|ment|tion|ung|heit|keit|schaft)s?$")
# A question about an author beside what the work says, or one that wants a yes or a no.
_BESIDE = re.compile(
    r"\b(?:against|gegen|not|nicht|kein\w*|before|after|right|recht|true|wahr|stimmt|cites?|quotes?|zitiert|zitieren|which|welche\w*|"
    r"how many|wie viele)\b|\b(?:who|wer) (?!is\b|was\b|ist\b|war\b)|"
    r"^\W*(?:does|do|did|is|are|has|have|can|could|would|should|hat|haben|ist|sind|kann|empfiehlt|sagt|rät|fordert|meint|nennt)\b",
    re.IGNORECASE,
)
_DEFINED = re.compile(r"^\W*(?:what (?:is|are|was)|what's|was (?:ist|sind|bedeutet|heißt)|define)\b", re.IGNORECASE)
_TOLD = frozenset(_FRAME).union(*TELLING.values()) | {"about", "say", "says", "sagt", "sagen"}
_IDLE = frozenset(_FRAME).union(
    *(STOP[language] | FAINT[language] | {word for word in TELLING[language] if not _BETWEEN.match(word)} for language in ("en", "de"))
)
_WORD = re.compile(r"\w+")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_QUOTED = re.compile(r"[\"„“«»‚‘']([^\"„“”«»]{4,200}?)[\"“”»«‘’'](?!\w)")


@dataclass(frozen=True, slots=True)
class AskedWhole:
    """The works that a question asks for as a whole, by key; `other` is a year that it states and that none of them has."""

    works: tuple[str, ...] = ()
    other: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an author in the words of `fold`, with the given names as the work has them (none for a body) and the key of a work."""

    words: tuple[str, ...]
    given: tuple[str, ...]
    work: str


class Authors:
    """What works are called: their authors by the first word of each name, their titles, and their years.

    `words` tell the words of a dictionary from names.
    """

    def __init__(self, works: Iterable[Work], words: Words) -> None:
        self._names: dict[str, list[Name]] = defaultdict(list)
        self._titles: dict[str, dict[str, None]] = defaultdict(dict)
        self._folded: dict[str, dict[str, None]] = defaultdict(dict)
        self._words = words
        self.years: dict[str, str] = {}
        for work in works:
            self._titles[work.title][work.key] = None
            for title in (work.title, re.split(r"[:?]", work.title)[0]):
                self._folded[fold(title)][work.key] = None
            if work.key not in self.years:
                self.years[work.key] = str(work.year or "")
                for name in (name for author in work.authors for name in _names_of(author, work)):
                    self._names[name.words[0]].append(name)

    def titled(self, question: str) -> tuple[list[str], str]:
        """The works whose title stands in a question, by key, and the question without it: in quotation marks, or as it is where it has
        three words or more."""
        keys: list[str] = []
        rest = question
        for match in _QUOTED.finditer(question):
            if found := self._folded.get(fold(match[1])) if fold(match[1]) else None:
                keys += found
                rest = rest.replace(match[0], " ")
        if not keys:
            for title, works in self._titles.items():
                if title in rest and len(title.split()) >= PLAIN:
                    keys += works
                    rest = rest.replace(title, " ")
        return keys, rest

    def named(self, words: Sequence[str], lower: bool) -> tuple[dict[tuple[str, ...], dict[str, None]], set[int]]:
        """The names in a question with the keys of their works, and the places of the words that belong to them; `lower` where a name
        need not be capitalised."""
        folded = [fold(word) for word in words]
        found: dict[tuple[str, ...], dict[str, None]] = {}
        used: set[int] = set()
        for at, word in enumerate(folded):
            for name in [*self._names.get(word, ()), *(self._names.get(word[:-1], ()) if word.endswith("s") else ())]:
                end = at + len(name.words)
                if _same(folded[at:end], name.words) and (words[at][0].isupper() or (lower and not self._common(word))):
                    found.setdefault(name.words, {})[name.work] = None
                    used.update(range(at, end))
                    used.update(self._before(words, at, name.given))
        return found, used

    def _before(self, words: Sequence[str], at: int, given: Sequence[str]) -> Iterator[int]:
        """The places of given names, initials and forms of address before a surname."""
        for place in range(at - 1, max(at - 4, -1), -1):
            word = words[place]
            if not (word.lower() in _ADDRESS or any(self._is_given(word, name) for name in given)):
                return
            yield place

    def _is_given(self, word: str, name: str) -> bool:
        """Whether a word is a given name: the one of the work, or where that has an initial alone, a name that begins with it."""
        if fold(word) == fold(name) or (len(word) == 1 and word.upper() == name[:1]):
            return True
        initial = len(fold(name)) == 1 and word[:1] == name[:1]
        return initial and not (_NOUN.search(word) or self._is_word(word) or word.lower() in STOP["en"] | STOP["de"])

    def _common(self, word: str) -> bool:
        return any(self._words.common(word, language) for language in ("de", "en"))

    def _is_word(self, word: str) -> bool:
        """Whether a dictionary has a word by another one: "Job", but not "John", which is "Johann"."""
        if not self._common(word):
            return False
        told = self._words.translations.of(self._words.analyser.stems(word, "en")[0], "en")[:1]
        return not (told and told[0][0][:2] == word[:2].lower())


def asked_whole(question: str, authors: Authors) -> AskedWhole:
    """The works that a question names without asking for anything else than what they say; none for every other question.

    "What do Kaplan and Norton propose?", "Fasse Kietzmann et al. (2011) zusammen", "Porter?". A work is named by an author's surname, by a
    body, or by its title. Of the works of one author those of a stated year are meant, and those whose authors are all named before those
    that share a name.
    """
    titled, rest = authors.titled(question)
    words = _WORD.findall(rest)
    named, used = authors.named(words, lower=rest == rest.lower())
    others = [word.lower() for at, word in enumerate(words) if at not in used and not word.isdigit()]
    if not (named or titled) or _BESIDE.search(rest) or any(word not in _IDLE for word in others):
        return AskedWhole()
    if _DEFINED.match(question) and not _QUOTED.search(question) and not any(word in _TOLD for word in others):
        return AskedWhole()  # "What is Blue Ocean Strategy?" asks for the thing, not for the book
    keys = tuple(dict.fromkeys((*titled, *_meant([tuple(own) for own in named.values()]))))
    years = {word for word in words if _YEAR.fullmatch(word)}
    of_year = tuple(key for key in keys if authors.years[key] in years)
    found = of_year or keys
    return AskedWhole(found, "" if of_year or not years else min(years)) if len(found) <= WORKS else AskedWhole()


def _names_of(author: str, work: Work) -> Iterator[Name]:
    """How a question may name an author; a body also by an alias such as "McKinsey"."""
    turned = re.fullmatch(r"([\w’'-]+), ([\w. -]+)", author)  # "Drucker, Peter F."
    body = is_body(author) and not turned
    called = [author, *(alias for alias in work.aliases if alias[:1].isupper() and alias in author)] if body else [surname(author)]
    given = () if body else tuple(re.findall(r"\w+", turned[2] if turned else author.removesuffix(called[0])))
    for name in [turned[1]] if turned else called:
        if words := tuple(fold(name).split()):
            yield Name(words, given, work.key)


def _same(asked: Sequence[str], name: Sequence[str]) -> bool:
    """Whether words are a name, its last one also with the s of the genitive."""
    return bool(asked) and (*asked[:-1],) == (*name[:-1],) and asked[-1] in (name[-1], f"{name[-1]}s")


def _meant(named: Sequence[Sequence[str]]) -> list[str]:
    """For each name the works that most of the names in the question belong to: "Kaplan and Norton" is none by Kaplan and Haenlein."""
    keys = [key for own in named for key in own]
    return [key for own in named for key in own if keys.count(key) == max(keys.count(other) for other in own)]
