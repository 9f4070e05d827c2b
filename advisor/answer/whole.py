"""A question about a work as a whole: which work, and what it says from its beginning to its end, with all its lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from advisor.answer.evidence import CAVEATS, ON_OTHERS, READING, Found, version_of
from advisor.answer.listing import add_lists
from advisor.answer.page import Page, section_of
from advisor.answer.phrases import phrase
from advisor.answer.relations import add_relations
from advisor.answer.schema import Statement
from advisor.answer.scope import Scope
from advisor.answer.words import TELLING
from advisor.citations import is_body, surname
from advisor.documents.model import Block, Document, Work
from advisor.encoder import Encoder
from advisor.index import Generation
from advisor.retrieve import Hit
from advisor.stopwords import FAINT, STOP
from advisor.text import Span, fold, one_line, sentences

WORKS = 3  # of whom a question may ask at once
PARAGRAPHS, LISTS, MISSING = 10, 8, 3  # of a work, at most: what it says, its lists, and what a digest says that it lacks
PLAIN = 3  # words of a title from which on it needs no quotation marks
LONG, SHORT = 420, 2  # characters from which a paragraph is quoted by so many of its sentences
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


def asked_whole(question: str, works: Iterable[Work]) -> Asked:
    """The works that a question names without asking for anything else than what they say; none for every other question.

    "What do Kaplan and Norton propose?", "Fasse Kietzmann et al. (2011) zusammen", "Porter?". A work is named by an author's surname, by a
    body, or by its title. Of the works of one author those of a stated year are meant, and those whose authors are all
    named before those that share a name.
    """
    held = list({work.key: work for work in works}.values())
    titled, rest = _titled(question, held)
    words = _WORD.findall(rest)
    named, used = _named(words, held, lower=rest == rest.lower())
    years = {word for word in words if _YEAR.fullmatch(word)}
    if not (named or titled) or any(at not in used and not word.isdigit() and word.lower() not in _IDLE for at, word in enumerate(words)):
        return Asked()
    keys = tuple(dict.fromkeys((*titled, *_meant(named))))
    of_year = tuple(work.key for work in held if work.key in keys and str(work.year) in years)
    found = of_year or keys
    return Asked(found, "" if of_year or not years else min(years)) if len(found) <= WORKS else Asked()


def _titled(question: str, works: Iterable[Work]) -> tuple[list[str], str]:
    """The works whose title stands in a question, by key, and the question without it: in quotation marks, or as it is where it has
    three words or more."""
    found, rest = [], question
    for work in works:
        for title in (work.title, re.split(r"[:?]", work.title)[0]):
            quoted = [match.group() for match in _QUOTED.finditer(rest) if fold(match[1]) == fold(title)]
            plain = [title] if not quoted and len(title.split()) >= PLAIN and title in rest else []
            for piece in quoted or plain:
                found.append(work.key)
                rest = rest.replace(piece, " ")
    return found, rest


def _named(words: Sequence[str], works: Iterable[Work], lower: bool) -> tuple[dict[str, frozenset[str]], set[int]]:
    """Names of authors in a question with the keys of their works, and the places of the words that belong to them."""
    folded = [fold(re.sub(r"[’'`]s$", "", word)) for word in words]
    found: dict[str, set[str]] = {}
    used: set[int] = set()
    for work in works:
        for author in work.authors:
            for name, given in _names_of(author, work.aliases):
                parts = fold(name).split()
                for at in range(len(words) - len(parts) + 1):
                    if not (_same(folded[at : at + len(parts)], parts) and (lower or words[at][0].isupper())):
                        continue
                    found.setdefault(name, set()).add(work.key)
                    used.update(range(at, at + len(parts)))
                    used.update(_given_before(words, at, given))
    return {name: frozenset(keys) for name, keys in found.items()}, used


def _names_of(author: str, aliases: Iterable[str]) -> Iterator[tuple[str, str]]:
    """How a question may name an author, each with the first letter of the given name; a body also by an alias such as "McKinsey"."""
    if is_body(author):
        yield author, ""
        yield from ((alias, "") for alias in aliases if alias[:1].isupper() and alias in author)
    else:
        yield surname(author), author[:1]


def _same(asked: Sequence[str], name: Sequence[str]) -> bool:
    """Whether words are a name, its last one also with the s of the genitive."""
    return list(asked) == list(name) or (list(asked[:-1]), asked[-1]) == (list(name[:-1]), f"{name[-1]}s")


def _given_before(words: Sequence[str], at: int, given: str) -> range:
    """The place of a given name, or of initials, before a surname."""
    before = words[at - 1] if at else ""
    return range(at - 1, at) if given and before[:1] == given and before.lower() not in STOP["en"] | STOP["de"] else range(0)


def _meant(named: dict[str, frozenset[str]]) -> list[str]:
    """For each name the works that most of the names in the question belong to: "Kaplan and Norton" is none by Kaplan and Haenlein."""
    keys = [key for own in named.values() for key in own]
    return [key for own in named.values() for key in sorted(own) if keys.count(key) == max(keys.count(other) for other in own)]


def add_whole(page: Page, generation: Generation, encoder: Encoder, works: Sequence[str], question: str) -> None:
    """What each work says: paragraphs in its own order, its lists, what a digest says that it lacks, and who disagrees."""
    found = [item for key in works for item in _found(generation, key, page.language)]
    for document in {item.document.sha256: item.document for item in found}.values():
        own = [item for item in found if item.document is document]
        said, missing = _paragraphs(document, own)
        page.heading(phrase("says", page.language, who=page.who(document)))
        for span in said[:PARAGRAPHS]:
            _quote(page, document, span)
        lists = [(item, enumeration) for item in own for enumeration in item.lists]
        add_lists(page, generation, encoder, Scope(question), lists[:LISTS])
        if len(lists) > LISTS:
            page.lines.append(f"\n*{phrase('more_lists', page.language, n=len(lists) - LISTS)}*")
        if missing:
            page.heading(phrase("lacks", page.language))
        for span in missing[:MISSING]:
            _quote(page, document, span)
    add_relations(page, generation, found, question, "disagreement")


def _found(generation: Generation, key: str, language: str) -> Iterator[Found]:
    """The passages of the best version of a work, each with the lists that begin in it."""
    document = version_of(generation, key, language)
    lists = [one for one in generation.enumerations(document.sha256) if one.style != "running" or not document.work.digest]
    for row, passage in generation.passages_of(document.sha256):
        own = tuple(one for one in lists if passage.start <= one.factors[0].span.start < passage.end)
        yield Found(Hit(row, passage, 0.0, 0.0, 0.0), document, own)


def _paragraphs(document: Document, found: Sequence[Found]) -> tuple[list[Span], list[Span]]:
    """What a work says, and what a digest says that it lacks. Of a work that is no digest the beginning of every section."""
    leads = [enumeration.lead for item in found for enumeration in item.lists]
    said: list[Span] = []
    missing: list[Span] = []
    sections: set[str] = set()
    for block in document.blocks:
        section = section_of(document, block.span)
        if block.kind != "paragraph" or fold(section) in ON_OTHERS or any(_within(lead, block) for lead in leads):
            continue
        if section in CAVEATS:
            missing.append(block.span)
        elif document.work.digest and not document.text.startswith(READING, block.span.start):
            said.append(_shortened(document, block.span))
        elif not document.work.digest and section not in sections:
            said.append(_shortened(document, block.span))
        sections.add(section)
    return said, missing


def _within(span: Span, block: Block) -> bool:
    return block.span.start <= span.start and span.end <= block.span.end and span.end - span.start > (block.span.end - block.span.start) / 2


def _shortened(document: Document, span: Span) -> Span:
    """A long paragraph's first sentences."""
    if span.end - span.start <= LONG:
        return span
    first = list(sentences(document.text, span))[:SHORT]
    return Span(first[0].start, first[-1].end)


def _quote(page: Page, document: Document, span: Span) -> None:
    if not page.holds(document, span):
        text = span.of(document.text)
        n = page.cite(document, span, section_of(document, span))
        page.add(Statement(text, "finding", (n,)), f"- {one_line(text)} [{n}]")
