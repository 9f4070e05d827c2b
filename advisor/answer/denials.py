"""Clauses that deny what others say, or say the opposite."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import pairwise

from advisor.text import sentences

_NO = {
    "en": re.compile(r"\b(?:not|never|no|none|nobody|nothing|neither|without|cannot)\b|\b\w+n['’]t\b", re.IGNORECASE),
    "de": re.compile(r"\b(?:nicht|nie|niemals|niemand\w*|nichts|weder|ohne|kein\w*)\b", re.IGNORECASE),
}
_NO_DENIAL = re.compile(
    r"\b(?:not only|not just|not least|not without|no doubt|nothing but|no \w+ without|no\. ?\d+|"
    r"nicht nur|nicht allein|nicht zuletzt|nicht ohne|nichts als|kein\w* \w+ ohne|kein\w* zweifel|ohne zweifel)\b",
    re.IGNORECASE,
)
# Words that deny without a "not": a clause with one of them agrees with a denial and with its absence.
_HALF_NO = re.compile(
    r"\b(?:lack\w*|fail\w*|refus\w*|avoid\w*|absence|missing|hardly|rarely|seldom|instead|rather than|few|unable|refrain\w*|"
    r"fehl\w*|mangel\w*|verzicht\w*|vermeid\w*|kaum|selten|statt|anstatt|wenige?|scheiter\w*|verweiger\w*)\b",
    re.IGNORECASE,
)
BOTH = " ; "  # joins two clauses
_ASIDE = re.compile(r"\([^()]*\)")
_CLAUSE = re.compile(r"[,;:—–]|\b(?:but|while|whereas|although|though|because|sondern|aber|während|obwohl|jedoch|doch|hingegen|weil)\b")
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{one})", re.IGNORECASE), re.compile(rf"\b(?:{other})", re.IGNORECASE))
    for one, other in (
        (r"at least\b|minimum|mindest\w*|wenigstens\b", r"at most\b|no more than\b|up to\b|maxim\w*|höchst\w*|bis zu\b"),
        (r"more\b|mehr\b|größer|höher|larger|higher", r"less\b|fewer\b|weniger\b|kleiner|geringer|niedriger|smaller|lower\b"),
        (
            r"increas|rise|rising|rose\b|grow|grew|raise|steig|stieg|gestiegen|wachs|wuchs|erhöh|zunehm",
            r"decreas|declin|fall\b|falls\b|fell\b|shrink|shrank|reduc|sink|sank|gesunken|abnehm|verringer|senk|schrumpf|reduzier",
        ),
        (r"advantage|benefit|vorteil|nutzen\b", r"disadvantage|drawback|nachteil|schaden\b"),
        (r"succe|erfolg", r"fail|misserfolg|scheiter|gescheitert"),
        (r"always\b|immer\b|stets\b", r"never\b|nie\b|niemals\b|rarely|selten"),
        (r"most\b|majority|mehrheit|meisten\b", r"few\b|minority|minderheit|wenige\b"),
        (r"large\b|big\b|groß", r"small\b|klein"),
        (r"high\b|hoch\b|hohe", r"low\b|niedrig|gering"),
        (r"intern", r"extern"),
        (r"centrali[sz]|zentral", r"decentrali[sz]|dezentral"),
        (r"short\b|kurz", r"long\b|lang"),
        (r"before\b|bevor\b|vorher", r"after\b|nachdem\b|nachher|danach"),
    )
)


def clauses(text: str) -> list[str]:
    """The clauses of a text, without what stands in brackets."""
    return [clause for group in _sentence_clauses(text) for clause in group]


def windows(text: str) -> list[str]:
    """Neighbouring clauses of a sentence, two by two: "for three years, but not for lorries" denies by its second what its first names."""
    return [BOTH.join(pair) for group in _sentence_clauses(text) for pair in pairwise(group)]


def _sentence_clauses(text: str) -> Iterable[list[str]]:
    for span in sentences(text):
        pieces = [piece.strip() for piece in _CLAUSE.split(_ASIDE.sub(" ", span.of(text)))]
        yield [piece for piece in pieces if re.search(r"\w{2}", piece)]


def denials(clause: str, language: str) -> int:
    """How often a clause denies; "not only" and "no doubt" deny nothing."""
    return len(_NO[language].findall(_NO_DENIAL.sub(" ", clause)))


def agree(clause: str, language: str, other: str, others_language: str) -> bool:
    """Whether two clauses deny equally often, or one alone does it half by a word such as "lack"."""
    same = denials(clause, language) == denials(other, others_language)
    return same or bool(_HALF_NO.search(clause)) != bool(_HALF_NO.search(other))


def opposed(clause: str, other: str) -> bool:
    """True where one clause has a word of which the other has only the opposite."""
    for one, two in _OPPOSITES:
        sides = [(bool(one.search(text)), bool(two.search(text))) for text in (clause, other)]
        if sides in ([(True, False), (False, True)], [(False, True), (True, False)]):
            return True
    return False
