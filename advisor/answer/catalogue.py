"""Questions about the library itself: which works it holds, of a year or a language, and on what they disagree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from advisor.answer.evidence import versions
from advisor.answer.page import Page, section_of
from advisor.answer.phrases import phrase
from advisor.answer.relations import add_all_disagreements
from advisor.answer.schema import Statement
from advisor.documents.model import Document, Work
from advisor.index import Generation
from advisor.stopwords import FAINT, STOP
from advisor.text import Span, fold, one_line, sentences

Kind = Literal["works", "disputes"]
MOST = 100  # works that are named; of more the newest
LONGEST = 120  # characters that stand for a title that is not in the text

_NOUN = (
    r"(?:sources?|documents?|studies|study|books?|articles?|papers?|literature|titles?|authors?|werke?n?|quellen?|dokumente?n?|studien?|"
    r"bücher|buch|artikel|aufsätze|aufsatz|beiträge|literatur|titel|autor(?:en|innen)?)"
)
# "Works" is a verb as well.
_WORKS = re.compile(
    rf"\b(?:{_NOUN}|(?:which|how many|all|the|your|newest|latest|oldest) (?:\w+ )?works?|what works (?=are|do you|have you))\b",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"\b(?:librar(?:y|ies)|corpus|collection|(?:is|are) there|(?:do|can|have) you (?:have|know|use|hold|cover|got)|you (?:have|know|use)|"
    r"your (?:sources|works|documents)|included?|available|newest|latest|oldest|bibliothek|korpus|sammlung|gibt es|"
    r"(?:hast|kennst|nutzt|verwendest) du|(?:haben|kennen|nutzen|verwenden) sie|enthalten|vorhanden|verfügbar|neueste[nrs]?|jüngste[nrs]?|"
    r"älteste[nrs]?|(?:from|of|in|aus|von)(?: the year| dem jahr)? (?:1[89]|20)\d\d|(?:in|auf) (?:english|german|deutsch|englisch))\b|"
    rf"^\W*(?:please |bitte )?(?:list|show me|name|liste|nenne|zeige?)\b.*\b(?:all|alle|sämtliche)\b.*\b(?:{_NOUN}|works)\b|"
    rf"^\W*(?:how many|wie viele) (?:{_NOUN}|works)\W*$",
    re.IGNORECASE,
)
_ABILITY = re.compile(
    r"^\W*(?:what (?:can|do) you (?:do|know|answer|cover)|what is (?:in )?(?:this|the|your) library|what does (?:the|this|your) library "
    r"(?:hold|contain|cover)|was (?:kannst|weißt|weisst) du|was (?:können|wissen) sie|worüber weißt du|was ist in (?:dieser|der|deiner) "
    r"bibliothek|was (?:enthält|umfasst) (?:die|diese|deine) bibliothek)(?: (?:about|here|hier|alles|so))*\W*$",
    re.IGNORECASE,
)
# What makes it a question about the asker, or one that a list of works would answer wrongly.
_BEYOND = re.compile(
    r"\b(?:we|us|our|ours|my|should|must|needs?|needed|not|without|before|after|since|until|between|each|per|wir|uns|unser\w*|mein\w*|"
    r"soll\w*|brauch\w*|muss|müss\w*|nicht|kein\w*|ohne|vor|nach|seit|bis|zwischen|jede\w*|pro)\b|\d{4}\s*(?:to|[-–])\s*\d{4}",
    re.IGNORECASE,
)
_DISPUTE = re.compile(
    r"\b(?:disagree\w*|differ|differing|contradict\w*|disput\w*|conflict(?:s|ing)?|controvers\w*|contested|at odds|widersp[rü]\w*|"
    r"uneinig\w*|uneins|strittig\w*|umstritten\w*|auseinander\w*)\b",
    re.IGNORECASE,
)
_DISPUTED = re.compile(
    r"^\W*(?:what is|what's|which points are|was ist|welche punkte sind)(?: here| hier| still| noch)? "
    r"(?:disputed|contested|controversial|umstritten|strittig)\W*$",
    re.IGNORECASE,
)
_LANGUAGES = {"german": "de", "deutsch": "de", "deutschen": "de", "deutsche": "de", "english": "en", "englisch": "en", "englische": "en",
              "englischen": "en"}  # fmt: skip
_YEAR = re.compile(r"(?:1[89]|20)\d\d")
_NEWEST = re.compile(r"\b(?:newest|latest|most recent|neueste\w*|jüngste\w*)\b", re.IGNORECASE)
_OLDEST = re.compile(r"\b(?:oldest|earliest|älteste\w*|früheste\w*)\b", re.IGNORECASE)
_IDLE = frozenset().union(*FAINT.values(), *STOP.values()) | frozenset(
    "list lists name names held hold holds known contained many newest latest recent oldest earliest published language languages year "
    "point points topic topics main itself liste nenne nennt nennen zeige zeig neueste neuesten neuester jüngste jüngsten älteste "
    "ältesten erschienen sprache sprachen jahr jahre punkt punkte punkten thema themen umfasst verwendest nutzt kennst gehen "
    "einander".split()
)


@dataclass(frozen=True, slots=True)
class AskedLibrary:
    """A question about the library: of which years and language of the originals; `end` keeps to the newest (1) or oldest (-1) work."""

    kind: Kind
    years: frozenset[int] = frozenset()
    language: str = ""
    end: int = 0


def asked_library(question: str) -> AskedLibrary | None:
    """What a question asks of the library itself; None where it asks for anything else, such as a subject."""
    if _ABILITY.search(question):
        return AskedLibrary("works")
    if _DISPUTED.search(question):
        return AskedLibrary("disputes")
    if _BEYOND.search(question) or not _WORKS.search(question):
        return None
    plain = _HELD.sub(" ", _DISPUTE.sub(" ", _WORKS.sub(" ", question)))
    words = [word for word in re.findall(r"\w+", plain.lower()) if word not in _IDLE]
    if any(word not in _LANGUAGES and not _YEAR.fullmatch(word) for word in words):
        return None
    every = re.findall(r"\w+", question.lower())
    years = frozenset(int(word) for word in every if _YEAR.fullmatch(word))
    languages = {_LANGUAGES[word] for word in every if word in _LANGUAGES}
    if _DISPUTE.search(question):
        return AskedLibrary("disputes") if not years and not languages else None
    if not _HELD.search(question) or len(languages) > 1 or (_NEWEST.search(question) and _OLDEST.search(question)):
        return None
    end = 1 if _NEWEST.search(question) else -1 if _OLDEST.search(question) else 0
    return AskedLibrary("works", years, min(languages, default=""), end)


def add_library(page: Page, generation: Generation, asked: AskedLibrary) -> None:
    """The works that are asked for, newest first, each by its title; or every point on which works disagree."""
    if asked.kind == "disputes":
        add_all_disagreements(page, generation)
        return
    held = list({shelved.work.key: shelved.work for shelved in generation.shelf.values()}.values())
    chosen = _chosen(held, asked)
    if not chosen:
        return
    said = "holds" if len(chosen) < len(held) or generation.within is None else "part_holds"
    said = said if len(chosen) == len(held) else "of_them"
    page.remarks.append(phrase(said, page.language, works=len(held), documents=len(generation.shelf), shown=len(chosen)))
    if len(chosen) > MOST:
        page.remarks.append(phrase("more_works", page.language, n=len(chosen) - MOST))
    page.heading(phrase("newest", page.language))
    best = versions(generation, page.language)
    for work in chosen[:MOST]:
        document = generation.document(best[work.key])
        if span := _title(document):
            n = page.cite(document, span, section_of(document, span))
            text = span.of(document.text)
            page.add(Statement(text, "finding", (n,)), f"- {page.who(document)}: {one_line(text)} [{n}]")


def _chosen(works: list[Work], asked: AskedLibrary) -> list[Work]:
    found = [work for work in works if not asked.years or work.year in asked.years]
    found = [work for work in found if not asked.language or work.original_language == asked.language]
    years = [work.year for work in found if work.year]
    if asked.end and years:
        found = [work for work in found if work.year == (max(years) if asked.end > 0 else min(years))]
    return sorted(found, key=lambda work: (-(work.year or 0), work.authors, work.title))


def _title(document: Document) -> Span | None:
    """Where the title of a work stands in a document, else how its text begins; None for a document without text."""
    wanted = fold(document.work.title)
    for block in document.blocks:
        if fold(block.span.of(document.text)) == wanted:
            return block.span
    first = next((sentence for block in document.blocks[:1] for sentence in sentences(document.text, block.span)), None)
    return first and Span(first.start, min(first.end, first.start + LONGEST))
