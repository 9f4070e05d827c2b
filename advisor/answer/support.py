"""Whether a sentence that a language model wrote is borne out by the quotations that it cites.

Everything here is a pure function of the sentence, the cited quotations and the word lists. A sentence passes when it has no fault; what
passes is not proven, but its numbers, names, negations and subject are those of the quotations. docs/models.md names the limits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from advisor.answer.figures import figures, missing
from advisor.lexicon import Analyser, Translations
from advisor.stopwords import FAINT, STOP
from advisor.text import fold, language_evidence, sentences

Fault = Literal["uncited", "instruction", "language", "number", "name", "content", "negation", "opposite", "meaning"]

SHARE, ACROSS = 0.5, 0.4  # of the subject words of a sentence that the quotations must hold, in their language and across languages
MEANING = 0.35  # cosine with the nearest cited sentence, by the bundled encoder
CLEAR, LIKELY = 0.2, 0.1  # probability from which a translation makes a common noun, and from which it stands for a word
NEAR = 0.34  # share of the words of a clause that another must hold to be about the same

_INSTRUCTION = re.compile(
    r"\b(?:ignor\w*|disregard\w*|forget|override|bypass|vergiss|vergesst|vergessen sie|missachte\w*|übergeh\w*|verwirf)\b[^.!?]{0,60}"
    r"\b(?:instructions?|prompts?|rules|guidelines|directives|anweisung\w*|anleitung\w*|vorgaben|regeln|instruktion\w*|befehl\w*)\b|"
    r"\b(?:system prompt|systemprompt|system-prompt|you are now|from now on,? you|du bist (?:jetzt|nun|ab jetzt)|sie sind ab jetzt)\b|"
    r"<\|[a-z_]+\|>|\[/?INST\]|###\s*(?:instruction|system|user|assistant)\b|^\s*(?:system|assistant)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_TELLING = {
    "en": frozenset(
        "according account add adds also argue argues article author authors book both chapter cite cites claim claims contradict "
        "contradicts contrary contrast describe describes differ differs digest disagree disagrees disagreement dispute disputes "
        "emphasise emphasises emphasize emphasizes find finds found hand hold holds however library list lists mention mentions "
        "name names note notes point points quotation quote quoted recommend recommends report reported reports says source sources "
        "state states stress stresses studies study view views whereas work works write writes answer question main mainly "
        "therefore thus overall summary short first second".split()
    ),
    "de": frozenset(
        "abweichend anderer angaben ansicht antwort artikel auffassung aufsatz autor autoren autorin autorinnen bericht berichten "
        "berichtet bestreitet betont betonen bibliothek buch dagegen demgegenüber frage fügt gegensatz gegenüber geht hinzu "
        "hingegen insgesamt kapitel laut liste meinung nennen nennt quelle quellen sieht sehen stellt stellen studie studien text "
        "uneinig uneinigkeit unterscheiden unterschied vertritt vertreten verweist verweisen werk werke widersprechen widerspricht "
        "widerspruch zitat zitate zitiert zufolge zusammenfassung zusammengefasst zunächst schreibt schreiben argumentiert "
        "empfiehlt empfehlen erwähnt jeweils weitere weiterhin zudem außerdem".split()
    ),
}
_WORD = re.compile(r"[^\W_](?:[\w&.]*[^\W_])?(?:['’]s\b)?")
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
_BOTH = " ; "  # joins two clauses
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


@dataclass(frozen=True, slots=True)
class Source:
    """A cited quotation, and what may be said of its work without being in it: `about` holds its authors, title and other names."""

    quote: str
    language: str
    about: str = ""
    year: int | None = None
    page: str | None = None


@dataclass(frozen=True)
class Words:
    """The word lists: stems, translations, and the words that are names of people in this library, in the form of `fold`."""

    analyser: Analyser
    translations: Translations
    names: frozenset[str] = frozenset()

    def common(self, word: str, language: str) -> bool:
        """True for a word that a dictionary translates by another word; a name is translated by itself or not at all."""
        stem = self.analyser.stems(word, language)[0]
        told = self.translations.of(stem, language)[:3]
        floor = CLEAR if language == "de" else LIKELY
        if any(probability >= floor and target[:3] != stem[:3] for target, probability in told):
            return True
        parts = self.analyser.parts(stem) if language == "de" and len(stem) > 8 else ()
        return bool(parts) and all(self.translations.of(part, "de") for part in parts)

    def senses(self, stem: str, language: str) -> frozenset[str]:
        """What a stem may stand for: itself, the parts of a compound, and probable translations, each with its language."""
        stems = [stem, *(self.analyser.parts(stem) if language == "de" else ())]
        other = "en" if language == "de" else "de"
        told = [
            f"{other}:{target}" for one in stems for target, probability in self.translations.of(one, language) if probability >= LIKELY
        ]
        return frozenset([*(f"{tag}:{one}" for one in stems for tag in ("en", "de")), *told])


@dataclass(frozen=True)
class Check:
    """All that a sentence is checked with; `similarity` is the cosine of a sentence with the nearest of others, or None for no encoder."""

    words: Words
    language: str
    question: str = ""
    similarity: Callable[[str, str, Sequence[tuple[str, str]]], float] | None = None
    _senses: Callable[[str, str], tuple[frozenset[str], ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_senses", lru_cache(4096)(lambda text, language: tuple(_senses(self.words, text, language))))

    def fault(self, sentence: str, cited: Sequence[Source]) -> Fault | None:
        """The first fault of a sentence in the light of the quotations that it cites, or None where there is none."""
        sources = [source for source in cited if not speaks_to_a_machine(source.quote)]
        if not sources:
            return "instruction" if cited else "uncited"
        if speaks_to_a_machine(sentence):
            return "instruction"
        if language_evidence(sentence) * (1 if self.language == "de" else -1) < -1:
            return "language"
        if wrong_figures(sentence, self.language, sources):
            return "number"
        if strange_names(sentence, self.language, sources, self.words):
            return "name"
        if not self.has_content(sentence, sources):
            return "content"
        return self._against(sentence, sources) or self._apart(sentence, sources)

    def relevant(self, sentence: str, source: Source) -> bool:
        """True where a quotation holds a subject word of the sentence: one that holds none is cited for show."""
        held = frozenset().union(*self._senses(source.quote, source.language))
        return any(sense & held for sense in self._senses(sentence, self.language))

    def has_content(self, sentence: str, sources: Sequence[Source]) -> bool:
        """True where the quotations hold enough of the subject words of a sentence; words of the question alone do not suffice."""
        held = frozenset().union(*(sense for source in sources for sense in self._senses(source.quote, source.language)))
        about = frozenset(word for source in sources for word in fold(source.about).split())
        asked = frozenset().union(*self._senses(self.question, self.language))
        spoken = [sense for sense in self._senses(_without_names(sentence, about), self.language)]
        own = [sense for sense in spoken if sense & held or not sense & asked]
        found = sum(bool(sense & held) for sense in own)
        floor = SHARE if any(source.language == self.language for source in sources) else ACROSS
        return found >= min(2, len(spoken)) and found >= floor * len(own) and found > 0

    def _against(self, sentence: str, sources: Sequence[Source]) -> Fault | None:
        """A denial, or an opposite, where the nearest clause of the quotations says the reverse."""
        held = [(clause, source.language) for source in sources for clause in (*_clauses(source.quote), *_windows(source.quote))]
        for clause in _clauses(sentence):
            near = self._nearest(clause, held)
            if not near:
                if denials(clause, self.language) and self._senses(clause, self.language):
                    return "negation"
                continue
            if not any(_agree(clause, self.language, other, language) for other, language in near):
                return "negation"
            if all(opposed(clause, other) for other, _ in near):
                return "opposite"
        return None

    def _nearest(self, clause: str, held: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """The clauses that hold most of the words of this one; none where even those hold few."""
        senses = self._senses(clause, self.language)
        if not senses:
            return []
        shares = []
        for other, language in held:
            theirs = frozenset().union(*self._senses(other, language))
            shares.append(sum(bool(sense & theirs) for sense in senses) / len(senses))
        best = max(shares, default=0.0)
        found = [pair for pair, share in zip(held, shares, strict=True) if share == best] if best >= NEAR else []
        shortest = min((clause.count(" ") for clause, _ in found), default=0)
        # Two clauses together count only where they hold more than one of them alone.
        return [pair for pair in found if _BOTH not in pair[0]] or [pair for pair in found if pair[0].count(" ") == shortest]

    def _apart(self, sentence: str, sources: Sequence[Source]) -> Fault | None:
        if self.similarity is None:
            return None
        held = [(span.of(source.quote), source.language) for source in sources for span in sentences(source.quote)]
        return "meaning" if self.similarity(sentence, self.language, held) < MEANING else None


def speaks_to_a_machine(text: str) -> bool:
    """True for text that gives orders to a language model; such a quotation is shown as what it is, and bears out nothing."""
    return bool(_INSTRUCTION.search(text))


def wrong_figures(sentence: str, language: str, sources: Sequence[Source]) -> bool:
    """True where a number of the sentence is in none of the quotations; the year of a work in brackets and its page are allowed."""
    for source in sources:
        if source.year:
            sentence = re.sub(rf"\({source.year}(?=[),])", "(", sentence)
        for page in re.findall(r"\d+", source.page or ""):
            sentence = re.sub(rf"\b(?:pp?\.|page|S\.|Seite)\s?{page}\b", "", sentence)
    held = [figure for source in sources for figure in figures(source.quote, source.language)]
    return bool(missing(figures(sentence, language), held))


def strange_names(sentence: str, language: str, sources: Sequence[Source], words: Words) -> list[str]:
    """The names in a sentence that neither the quotations nor the data of their works hold."""
    told = (word for source in sources for word in fold(f"{source.quote} {source.about}").split())
    held = frozenset(form for word in told for form in (word, word.removesuffix("s")))
    senses = frozenset().union(*(sense for source in sources for sense in _senses(words, source.quote, source.language)), frozenset())
    return [name for name in _names(sentence, language, words) if not _held(name, language, held, senses, words)]


def _names(sentence: str, language: str, words: Words) -> list[str]:
    """Capitalised words that may be names: in English all but the first of a sentence, in German those that are no common nouns."""
    result, idle = [], STOP[language] | FAINT[language] | _TELLING[language]
    for match in _WORD.finditer(sentence):
        word = re.sub(r"['’]s$", "", match.group())
        if word.lower() in idle or not any(c.isupper() for c in word):
            continue
        first = not re.search(r"\w", sentence[: match.start()]) or bool(re.search(r"[:.!?„“\"]\s*$", sentence[: match.start()]))
        known = bool(set(fold(word).split()) & words.names) or (word.endswith("s") and fold(word[:-1]) in words.names)
        if known or not ((language == "de" or first) and words.common(word, language)):
            result.append(word)
    return result


def _held(name: str, language: str, held: frozenset[str], senses: frozenset[str], words: Words) -> bool:
    """Whether a name stands there: as it is, with a genitive, or, where it is nobody's name, in another form or language."""
    parts = fold(name).split()
    if all(part in held or (part.endswith("s") and part[:-1] in held) for part in parts):
        return True
    if set(parts) & words.names:
        return False
    return any(sense & senses for sense in _senses(words, name, language))


def _senses(words: Words, text: str, language: str) -> Iterable[frozenset[str]]:
    """What each subject word of a text may stand for; words without a subject, words of telling and numbers are left out."""
    idle = STOP[language] | FAINT[language] | _TELLING[language]
    for word in re.findall(r"\w+", text.lower()):
        if word not in idle and not word.isdigit() and len(word) > 1:
            yield words.senses(words.analyser.stems(word, language)[0], language)


def _without_names(sentence: str, about: frozenset[str]) -> str:
    """The sentence without the names of the works, of which every sentence about them would be full."""
    return " ".join(word for word in sentence.split() if not (word[:1].isupper() and set(fold(word).split()) & about))


def _clauses(text: str) -> list[str]:
    return [clause for group in _sentence_clauses(text) for clause in group]


def _windows(text: str) -> list[str]:
    """Neighbouring clauses of a sentence, two by two: "for three years, but not for lorries" denies by its second what its first names."""
    return [_BOTH.join(pair) for group in _sentence_clauses(text) for pair in pairwise(group)]


def _sentence_clauses(text: str) -> Iterable[list[str]]:
    for span in sentences(text):
        pieces = [piece.strip() for piece in _CLAUSE.split(_ASIDE.sub(" ", span.of(text)))]
        yield [piece for piece in pieces if re.search(r"\w{2}", piece)]


def denials(clause: str, language: str) -> int:
    """How often a clause denies; "not only" and "no doubt" deny nothing."""
    return len(_NO[language].findall(_NO_DENIAL.sub(" ", clause)))


def _agree(clause: str, language: str, other: str, others_language: str) -> bool:
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
