"""What a question keeps to and what it leaves out: "only the budget, not the staff", "außer dem Personal", "without the law"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from advisor.encoder import Encoder
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
_YES_OR_NO = re.compile(
    r"^\W*(?:and |und |but |aber |so )?(?:is|are|was|were|does|do|did|has|have|should|must|may|will|ist|sind|war|waren|gilt|gelten|muss|müssen|"
    r"darf|dürfen|soll|sollen|sollte|reicht|reichen|braucht|hat|haben|stimmt|trifft|geht|betrifft)\b",
    re.IGNORECASE,
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


def scope_of(question: str) -> Scope:
    """The scope of a question; a yes/no question such as "Does it hold only for the budget, not for the staff?" tests a claim and has none."""
    without: list[str] = []
    rest = question
    for pattern in _WITHOUT:
        for match in list(pattern.finditer(rest)):
            if _is_scope(question, match):
                without += _terms(match["term"])
                rest = rest.replace(match.group(), " ", 1)
    only = [term for match in _ONLY.finditer(rest) if _is_scope(question, match) for term in _terms(match["term"])]
    rest = re.sub(r"\s+([?.!,;:])", r"\1", " ".join(rest.split())).strip(" ,;–—-")
    # A question that names nothing else is searched for as it stands.
    return Scope(rest if len(rest.split()) > 1 else question, tuple(only), tuple(without))


def _is_scope(question: str, match: re.Match[str]) -> bool:
    """False for "ohne sie zu gängeln", "without saying sorry", and for a term within a question that wants a yes or a no."""
    if _CLAUSE.search(match["term"]):
        return False
    start = max((end.end() for end in re.finditer(r"[.?!]\s+", question) if end.end() <= match.start() + 1), default=0)
    sentence = question[start:]
    return not (_YES_OR_NO.search(sentence) and match.start() > start)


def _terms(text: str) -> list[str]:
    pieces = (_HEAD.sub("", piece).strip() for piece in _AND.split(_HEAD.sub("", text)))
    return [piece for piece in pieces if len(piece) > 2]


def label(text: str) -> str:
    """What an item is about: the words before its colon, or its first words."""
    head, colon, _ = text.partition(":")
    return head.strip() if colon and len(head) <= 60 else " ".join(text.split()[:8])


def meant(generation: Generation, encoder: Encoder, term: str, items: Sequence[str], language: str) -> list[int]:
    """The items of a list that a term means: those whose label has its words, else whose text has, else the one nearest in meaning."""
    for texts in ([label(item) for item in items], items):
        found = [n for n, text in enumerate(texts) if generation.lexicon.overlap(term, text, language) >= 0.99]
        if found:
            return found
    vectors = encoder.encode_passages([term, *(label(item) for item in items)], [language] * (len(items) + 1))
    similarity = vectors[1:] @ vectors[0]
    best = int(similarity.argmax())
    return [best] if similarity[best] >= LIKE else []


def kept(generation: Generation, encoder: Encoder, scope: Scope, text: str, found: Enumeration, language: str) -> list[int]:
    """The places of the items of a list that are within the scope; none where it keeps to terms that the list does not have."""
    items = [factor.span.of(text) for factor in found.factors]
    lead = found.lead.of(text)
    chosen = set(range(len(items)))
    if scope.only and not any(generation.lexicon.overlap(term, lead, language) >= 0.99 for term in scope.only):
        chosen = {n for term in scope.only for n in meant(generation, encoder, term, items, language)}
    out = {n for term in scope.without for n in meant(generation, encoder, term, items, language)}
    return sorted(chosen - out)


def admits(generation: Generation, scope: Scope, text: str, language: str) -> bool:
    """True for a paragraph that speaks of nothing that was left out, or also of what was to be kept to."""
    held = [term for term in scope.without if _speaks(generation, term, text, language)]
    return not held or any(_speaks(generation, term, text, language) for term in scope.only)


def _speaks(generation: Generation, term: str, text: str, language: str) -> bool:
    return fold(term) in fold(text) or generation.lexicon.overlap(term, text, language) >= 0.99
