"""What a question keeps to and what it leaves out: "only the budget, not the staff", "außer dem Personal", "without the law"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.documents.model import Document
from advisor.encoder import Encoder, Vectors
from advisor.factors import Enumeration
from advisor.index import Generation
from advisor.text import fold

LIKE = 0.52  # cosine of a term with the nearest label of a list, from which that item is meant though it is worded otherwise
_FEW = r"(?P<term>[^\s,;:.?!()–—]+(?:[ ][^\s,;:.?!()–—]+){0,4})"
_EDGE = r"(?=\s*(?:[,;:.?!()–—]|\bplease\b|\bbitte\b|$))"
_BEFORE = r"(?:^|[,;:.?!(–—]|\s-)\s*"
_DETERMINER = r"(?:the|any|our|about|for|on|anything (?:on|about)|that of|der|die|das|dem|den|des|zum|zur|zu|beim|fürs?|für (?:das|die|den)|über|von|vom)"
_WITHOUT = (
    re.compile(
        rf"{_BEFORE}(?:and |but |just |und |aber |jedoch |doch |bitte )?"
        rf"(?:not|leaving (?:out|aside)|nicht|ohne|without)\s+{_DETERMINER}\s+{_FEW}{_EDGE}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?:{_BEFORE}|\s)(?:and |but |und |aber )?(?:except(?: for)?|excepting|apart from|aside from|other than|excluding|leaving out|"
        rf"abgesehen von|mit ausnahme (?:von|des|der)|bis auf|außer|ausser|ausgenommen)\s+(?:{_DETERMINER}\s+)?{_FEW}{_EDGE}",
        re.IGNORECASE,
    ),
)
_ONLY = re.compile(
    rf"(?:{_BEFORE}(?:and |but |und |aber |please |bitte )?|"
    rf"\b(?:give|show|tell|list|name|nenn\w*|zeig\w*|gib|geben sie|sag\w*)\s+(?:(?:me|us|mir|uns|bitte)\s+)*)"
    rf"(?:only|just|solely|nur|ausschließlich|lediglich|bloß)\s+(?:{_DETERMINER}\s+)?{_FEW}{_EDGE}",
    re.IGNORECASE,
)
_YES_OR_NO = {
    language: re.compile(rf"^\W*(?:and |und |but |aber |so )?(?:{verbs})\b", re.IGNORECASE)
    for language, verbs in (
        ("en", "is|are|was|were|does|do|did|has|have|should|must|may|will|can we|can i|could we"),
        (
            "de",
            "ist|sind|war|waren|gilt|gelten|muss|müssen|darf|dürfen|soll|sollen|sollte|reicht|reichen|braucht|hat|haben|stimmt|trifft|geht|betrifft",
        ),
    )
}
_NEEDS = re.compile(
    r"\b(?:need|consider|list|name|factors?|requirements?|conditions?|steps|advice|brauch\w*|nenn\w*|faktoren|voraussetzung\w*|schritte|bedingung\w*)\b",
    re.IGNORECASE,
)
_BARE = re.compile(
    rf"\s(?:without|ohne)\s+(?:the|das|die|den|der)\s+(?P<term>[^\s,;:.?!()–—]+(?:[ ][^\s,;:.?!()–—]+)?){_EDGE}", re.IGNORECASE
)
_CLAUSE = re.compile(r"\bzu\s+\w+(?:en|ern|eln)\b|^(?:a|an|ein|eine|einen|to|sie|ihn|es|ihr|ihnen)\b|^\w+ing\b", re.IGNORECASE)
_HEAD = re.compile(rf"^(?:{_DETERMINER}\s+)+", re.IGNORECASE)
_AND = re.compile(
    r"\s*(?:,|/|&|\b(?:and|or|nor|und|oder|noch|sowie)\b)\s*(?:(?:the|any|for|der|die|das|dem|den|für|von|vom)\s+)*", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The terms that a question keeps to and those that it leaves out, as it words them; `question` is the rest, which is searched for."""

    question: str
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()

    @property
    def narrow(self) -> bool:
        """True where something is kept to or left out."""
        return bool(self.only or self.without)


def scope_of(question: str, language: str) -> Scope:
    """The scope of a question; one that wants a yes or a no, "Does it hold for the budget, not for the staff?", has none."""
    without: list[str] = []
    rest = question
    for pattern in (*_WITHOUT, *([_BARE] if _NEEDS.search(question) else [])):
        for match in list(pattern.finditer(rest)):
            if _is_scope(question, match, language):
                without += _terms(match["term"])
                rest = rest.replace(match.group(), " ", 1)
    only = [term for match in _ONLY.finditer(rest) if _is_scope(question, match, language) for term in _terms(match["term"])]
    rest = re.sub(r"\s+([?.!,;:])", r"\1", " ".join(rest.split())).strip(" ,;–—-")
    # A question that names nothing else is searched for as it stands.
    return Scope(rest if len(rest.split()) > 1 else question, tuple(only), tuple(without))


def _is_scope(question: str, match: re.Match[str], language: str) -> bool:
    """False for "ohne sie zu gängeln", "without saying sorry", and for a term within a question that wants a yes or a no."""
    if _CLAUSE.search(match["term"]):
        return False
    start = max((end.end() for end in re.finditer(r"[.?!]\s+", question) if end.end() <= match.start() + 1), default=0)
    sentence = question[start:]
    return not (_YES_OR_NO[language].search(sentence) and match.start() > start)


def _terms(text: str) -> list[str]:
    pieces = (_HEAD.sub("", piece).strip() for piece in _AND.split(_HEAD.sub("", text)))
    return [piece for piece in pieces if len(piece) > 2]


def label(text: str) -> str:
    """What an item is about: the words before its colon, or its first words."""
    head, colon, _ = text.partition(":")
    return head.strip() if colon and len(head) <= 60 else " ".join(text.split()[:8])


def meant(generation: Generation, encoder: Encoder, term: str, items: Sequence[str], labels: Sequence[Vectors], language: str) -> list[int]:
    """The items of a list that a term means: those whose label has its words, else whose text has, else the one nearest in meaning."""
    for texts in ([label(item) for item in items], items):
        found = [n for n, text in enumerate(texts) if generation.lexicon.overlap(term, text, language) >= 0.99]
        if found:
            return found
    vector = encoder.encode_passages([term], [language])[0]
    similarity = [float(stored @ vector) for stored in labels]
    best = max(range(len(similarity)), key=similarity.__getitem__, default=0)
    return [best] if similarity and similarity[best] >= LIKE else []


def kept(generation: Generation, encoder: Encoder, scope: Scope, document: Document, found: Enumeration, language: str) -> list[int]:
    """The places of the items of a list that are within the scope; none where it keeps to terms that the list does not have."""
    text = document.text
    items = [factor.span.of(text) for factor in found.factors]
    stored = generation.factor_vectors(document.sha256)
    # The second half of a stored vector is the item's label, at the length of the square root of a half.
    halves = [stored[factor.span] for factor in found.factors if factor.span in stored]
    labels = [half[len(half) // 2 :] * 2**0.5 for half in halves] if len(halves) == len(items) else []
    lead = found.lead.of(text)
    chosen = set(range(len(items)))
    if scope.only and not any(generation.lexicon.overlap(term, lead, language) >= 0.99 for term in scope.only):
        chosen = {n for term in scope.only for n in meant(generation, encoder, term, items, labels, language)}
    out = {n for term in scope.without for n in meant(generation, encoder, term, items, labels, language)}
    return sorted(chosen - out)


def admits(generation: Generation, scope: Scope, text: str, language: str) -> bool:
    """True for a paragraph that speaks of nothing that was left out, or also of what was to be kept to."""
    held = [term for term in scope.without if _speaks(generation, term, text, language)]
    return not held or any(_speaks(generation, term, text, language) for term in scope.only)


def _speaks(generation: Generation, term: str, text: str, language: str) -> bool:
    return fold(term) in fold(text) or generation.lexicon.overlap(term, text, language) >= 0.99
