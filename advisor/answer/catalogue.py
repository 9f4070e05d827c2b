"""Questions about the library itself: which works it holds, of a year or a language, and on what they disagree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from advisor.answer.evidence import version_of
from advisor.answer.page import Page, section_of
from advisor.answer.phrases import phrase
from advisor.answer.relations import add_all_disagreements
from advisor.answer.schema import Statement
from advisor.documents.model import Document, Work
from advisor.index import Generation
from advisor.stopwords import FAINT, STOP
from advisor.text import Span, fold, one_line

Kind = Literal["works", "disputes"]

_WORKS = re.compile(
    r"\b(?:works?|sources?|documents?|studies|study|books?|articles?|papers?|literature|titles?|authors?|werke?n?|quellen?|dokumente?n?|"
    r"studien?|bücher|buch|artikel|aufsätze|aufsatz|beiträge|literatur|titel|autor(?:en|innen)?)\b",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"\b(?:librar(?:y|ies)|corpus|collection|there|you|your|here|include[ds]?|contains?|cover(?:s|ed)?|available|published|from|in english|"
    r"in german|newest|latest|oldest|bibliothek|korpus|sammlung|gibt es|(?:hast|kennst|nutzt|verwendest) du|"
    r"(?:haben|kennen|nutzen|verwenden) sie|hier|enthält|enthalten|umfasst|vorhanden|verfügbar|erschienen|aus|von|(?:auf|in) deutsch|"
    r"(?:auf|in) englisch|neueste[nrs]?|jüngste[nrs]?|älteste[nrs]?)\b",
    re.IGNORECASE,
)
_ABILITY = re.compile(
    r"^\W*(?:what (?:can|do) you (?:do|know|answer|cover)|what is (?:in )?(?:this|the|your) library|was (?:kannst|weißt|weisst) du|"
    r"was (?:können|wissen) sie|worüber weißt du|was ist in (?:dieser|der|deiner) bibliothek)(?: (?:about|here|hier|alles|so))*\W*$",
    re.IGNORECASE,
)
_DISPUTE = re.compile(
    r"\b(?:disagree\w*|differ|differing|contradict\w*|disput\w*|conflict(?:s|ing)?|controvers\w*|contested|at odds|widersp[rü]\w*|"
    r"uneinig\w*|uneins|strittig\w*|umstritten\w*|auseinander\w*)\b",
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
class Asked:
    """A question about the library: of which years and language of the originals; `end` keeps to the newest (1) or oldest (-1) work."""

    kind: Kind
    years: frozenset[int] = frozenset()
    language: str = ""
    end: int = 0


def asked_library(question: str) -> Asked | None:
    """What a question asks of the library itself; None where it asks for anything else, such as a subject."""
    if _ABILITY.search(question):
        return Asked("works")
    plain = _HELD.sub(" ", _DISPUTE.sub(" ", _WORKS.sub(" ", question)))
    words = [word for word in re.findall(r"\w+", plain.lower()) if word not in _IDLE]
    years = frozenset(int(word) for word in words if _YEAR.fullmatch(word))
    languages = [_LANGUAGES[word] for word in re.findall(r"\w+", question.lower()) if word in _LANGUAGES]
    if any(word not in _LANGUAGES and not _YEAR.fullmatch(word) for word in words):
        return None
    if _DISPUTE.search(question):
        return Asked("disputes") if not years and not languages else None
    if not (_WORKS.search(question) and _HELD.search(question)):
        return None
    end = 1 if _NEWEST.search(question) else -1 if _OLDEST.search(question) else 0
    return Asked("works", years, languages[0] if languages else "", end)


def add_library(page: Page, generation: Generation, asked: Asked) -> None:
    """The works that are asked for, newest first, each by its title; or every point on which works disagree."""
    if asked.kind == "disputes":
        add_all_disagreements(page, generation)
        return
    held = list({shelved.work.key: shelved.work for shelved in generation.shelf.values()}.values())
    chosen = _chosen(held, asked)
    if chosen:
        said = "holds" if len(chosen) == len(held) else "of_them"
        page.remarks.append(phrase(said, page.language, works=len(held), documents=len(generation.shelf), shown=len(chosen)))
        page.heading(phrase("newest", page.language))
    for work in chosen:
        document = version_of(generation, work.key, page.language)
        span = _title(document)
        n = page.cite(document, span, section_of(document, span))
        text = span.of(document.text)
        page.add(Statement(text, "finding", (n,)), f"- {page.who(document)}: {one_line(text)} [{n}]")


def _chosen(works: list[Work], asked: Asked) -> list[Work]:
    found = [work for work in works if not asked.years or work.year in asked.years]
    found = [work for work in found if not asked.language or work.original_language == asked.language]
    years = [work.year for work in found if work.year]
    if asked.end and years:
        found = [work for work in found if work.year == (max(years) if asked.end > 0 else min(years))]
    return sorted(found, key=lambda work: (-(work.year or 0), work.authors, work.title))


def _title(document: Document) -> Span:
    """Where the title of a work stands in a document, else its first words."""
    wanted = fold(document.work.title)
    return next((block.span for block in document.blocks if fold(block.span.of(document.text)) == wanted), document.blocks[0].span)
