"""Which works a question asks for as a whole: by their authors or titles, where it asks for nothing else than what they say."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from advisor.answer.words import TELLING
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
_IDLE = frozenset(_FRAME).union(
    *(STOP[language] | FAINT[language] | {word for word in TELLING[language] if not _BETWEEN.match(word)} for language in ("en", "de"))
)
_WORD = re.compile(r"\w+(?:[.’'`]\w+)*")
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_QUOTED = re.compile(r"[\"„“«»‚‘']([^\"„“”«»]{4,200}?)[\"“”»«‘’'](?!\w)")


@dataclass(frozen=True, slots=True)
class Asked:
    """The works that a question asks for as a whole, by key; `other` is a year that it states and that none of them has."""

    works: tuple[str, ...] = ()
    other: str = ""


@dataclass(frozen=True, slots=True)
class Name:
    """A name of an author in the words of `fold`, with the first letter of the given name ("" for a body) and the key of a work."""

    words: tuple[str, ...]
    given: str
    work: str


class Authors:
    """What works are called: their authors by the first word of each name, their titles, and their years."""

    def __init__(self, works: Iterable[Work]) -> None:
        self._names: dict[str, list[Name]] = defaultdict(list)
        self._titles: dict[str, dict[str, None]] = defaultdict(dict)
        self.years: dict[str, str] = {}
        for work in works:
            for title in (work.title, re.split(r"[:?]", work.title)[0]):
                self._titles[title.strip()][work.key] = None
            if work.key not in self.years:
                self.years[work.key] = str(work.year or "")
                for name in (name for author in work.authors for name in _names_of(author, work)):
                    self._names[name.words[0]].append(name)

    def titled(self, question: str) -> tuple[list[str], str]:
        """The works whose title stands in a question, by key, and the question without it: in quotation marks, or as it is where it has
        three words or more."""
        keys: list[str] = []
        rest = question
        quoted = {fold(match[1]): match[0] for match in _QUOTED.finditer(question)}
        for title, works in self._titles.items():
            piece = title if len(title.split()) >= PLAIN and title in rest else quoted.get(fold(title), "") if quoted else ""
            if piece:
                keys += works
                rest = rest.replace(piece, " ")
        return keys, rest

    def named(self, words: Sequence[str], lower: bool) -> tuple[dict[tuple[str, ...], dict[str, None]], set[int]]:
        """The names in a question with the keys of their works, and the places of the words that belong to them; `lower` where a name
        need not be capitalised."""
        folded = [fold(re.sub(r"[’'`]s$", "", word)) for word in words]
        found: dict[tuple[str, ...], dict[str, None]] = {}
        used: set[int] = set()
        for at, word in enumerate(folded):
            for name in [*self._names.get(word, ()), *(self._names.get(word[:-1], ()) if word.endswith("s") else ())]:
                end = at + len(name.words)
                if _same(folded[at:end], name.words) and (lower or words[at][0].isupper()):
                    found.setdefault(name.words, {})[name.work] = None
                    used.update(range(at, end))
                    used.update(_given_before(words, at, name.given))
        return found, used


def asked_whole(question: str, names: Authors) -> Asked:
    """The works that a question names without asking for anything else than what they say; none for every other question.

    "What do Kaplan and Norton propose?", "Fasse Kietzmann et al. (2011) zusammen", "Porter?". A work is named by an author's surname, by a
    body, or by its title. Of the works of one author those of a stated year are meant, and those whose authors are all named before those
    that share a name.
    """
    titled, rest = names.titled(question)
    words = _WORD.findall(rest)
    named, used = names.named(words, lower=rest == rest.lower())
    if not (named or titled) or any(at not in used and not word.isdigit() and word.lower() not in _IDLE for at, word in enumerate(words)):
        return Asked()
    keys = tuple(dict.fromkeys((*titled, *_meant([tuple(own) for own in named.values()]))))
    years = {word for word in words if _YEAR.fullmatch(word)}
    of_year = tuple(key for key in keys if names.years[key] in years)
    found = of_year or keys
    return Asked(found, "" if of_year or not years else min(years)) if len(found) <= WORKS else Asked()


def _names_of(author: str, work: Work) -> Iterator[Name]:
    """How a question may name an author; a body also by an alias such as "McKinsey"."""
    body = is_body(author)
    called = [author, *(alias for alias in work.aliases if alias[:1].isupper() and alias in author)] if body else [surname(author)]
    for name in called:
        if words := tuple(fold(name).split()):
            yield Name(words, "" if body else author[:1], work.key)


def _same(asked: Sequence[str], name: Sequence[str]) -> bool:
    """Whether words are a name, its last one also with the s of the genitive."""
    return bool(asked) and (*asked[:-1],) == (*name[:-1],) and asked[-1] in (name[-1], f"{name[-1]}s")


def _given_before(words: Sequence[str], at: int, given: str) -> range:
    """The place of a given name, or of initials, before a surname."""
    before = words[at - 1] if at else ""
    return range(at - 1, at) if given and before[:1] == given and before.lower() not in STOP["en"] | STOP["de"] else range(0)


def _meant(named: Sequence[Sequence[str]]) -> list[str]:
    """For each name the works that most of the names in the question belong to: "Kaplan and Norton" is none by Kaplan and Haenlein."""
    keys = [key for own in named for key in own]
    return [key for own in named for key in own if keys.count(key) == max(keys.count(other) for other in own)]
