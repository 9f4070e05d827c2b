"""The extractive answer, written anew by a language model from its very quotations; lists stay as they are, whole.

No sentence is shown before its check (`support`). Where the model is down, slow or makes things up, the extractive answer is given, with a
notice that says so.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import groupby

from advisor.answer.compose import framed
from advisor.answer.phrases import phrase
from advisor.answer.reply import Said, said
from advisor.answer.schema import Answer, Kind, Statement
from advisor.answer.sources import Source
from advisor.answer.support import Check
from advisor.answer.words import Words
from advisor.citations import Citation, is_reported, short_name
from advisor.documents.model import Work
from advisor.encoder import BundledEncoder, Encoder
from advisor.errors import ModelError, ModelMisconfigured
from advisor.index import Generation
from advisor.model import LanguageModel, ModelTooSlow
from advisor.prompts import messages
from advisor.text import fold, one_line

MOST_SENTENCES = 12
MOST_CHARACTERS = 16_000  # of quotations that the model is shown; about 5,000 tokens
_PAIRS: tuple[Kind, ...] = ("origin", "disagreement")  # both sides quoted
_HEADINGS: Mapping[Kind, str] = {"agreement": "several", "origin": "origin", "disagreement": "disagreement"}
_BODIES = frozenset("group research institute infratest consultants consulting university gmbh ag inc corporation verband".split())
_NOTICES = {
    "en": {
        "slow": "The language model took too long; this answer is put together from the quotations alone.",
        "silent": "The language model did not answer; this answer is put together from the quotations alone.",
        "empty": "The language model wrote nothing of use; this answer is put together from the quotations alone.",
        "unsupported": "The quotations did not bear out what the language model wrote; this answer is put together from them alone.",
    },
    "de": {
        "slow": "Das Sprachmodell brauchte zu lange; diese Antwort besteht aus den Zitaten allein.",
        "silent": "Das Sprachmodell hat nicht geantwortet; diese Antwort besteht aus den Zitaten allein.",
        "empty": "Das Sprachmodell hat nichts Brauchbares geschrieben; diese Antwort besteht aus den Zitaten allein.",
        "unsupported": "Was das Sprachmodell schrieb, war durch die Zitate nicht gedeckt; diese Antwort besteht aus den Zitaten allein.",
    },
}


def write(generation: Generation, encoder: Encoder, given: Answer, model: LanguageModel, *, stream: bool) -> Iterator[Answer]:
    """Growing answers, every sentence of each checked; the last is the whole one, or the extractive answer with a notice.

    A refusal stays one, and the model is not asked. Raises ModelMisconfigured for a model that cannot be used as it is set.
    """
    if given.outcome != "answered":
        yield given
        return
    begin = time.perf_counter() - given.seconds
    draft = _Draft(given, model.name, _works(generation), _check(generation, encoder, given))
    boundary = secrets.token_hex(12)
    system, prompt = messages(boundary, given.question, given.language, draft.entries())
    reply, trouble = "", ""
    try:
        for piece in model.pieces(system, prompt, stream=stream):
            reply += piece
            # A sentence can only have ended where its end has come.
            if any(mark in piece for mark in ".!?\n") and draft.hear(said(reply, complete=False)):
                yield draft.answer(time.perf_counter() - begin, whole=False)
            if draft.full:
                break
        draft.hear(said(reply, complete=True))
    except ModelMisconfigured:
        raise
    except ModelTooSlow:
        trouble = "slow"
    except ModelError:
        trouble = "silent"
    trouble = trouble or draft.trouble()
    seconds = time.perf_counter() - begin
    yield draft.without(trouble, seconds) if trouble else draft.answer(seconds, whole=True)


def _works(generation: Generation) -> dict[str, Work]:
    return {sha: shelved.work for sha, shelved in generation.shelf.items()}


def _check(generation: Generation, encoder: Encoder, given: Answer) -> Check:
    words = Words.from_weights(_people(shelved.work for shelved in generation.shelf.values()))
    # The floor of the cosine is that of the bundled encoder; another spreads its cosines otherwise.
    return Check(words, given.language, given.question, partial(_similarity, encoder) if isinstance(encoder, BundledEncoder) else None)


def _similarity(encoder: Encoder, sentence: str, language: str, others: Sequence[tuple[str, str]]) -> float:
    """The cosine of a sentence with the nearest of others, each with its language."""
    texts, languages = zip((sentence, language), *others, strict=True)
    vectors = encoder.encode_passages(texts, languages)
    return float((vectors[1:] @ vectors[0]).max(initial=-1.0))


def _people(works: Iterable[Work]) -> frozenset[str]:
    """The words of the names of people who wrote a work; bodies are named with common words."""
    names = {name for work in works for name in work.authors}
    people = [words for name in names if len(words := fold(name).split()) <= 4 and not _BODIES & set(words)]
    return frozenset(word for words in people for word in words if len(word) > 2)


@dataclass
class _Draft:
    """The answer while the model writes it: what was said, what of it is shown, what was dropped."""

    given: Answer
    engine: str
    works: Mapping[str, Work]
    check: Check
    shown: list[Said] = field(default_factory=list)
    dropped: int = 0
    heard: int = 0

    def entries(self) -> list[tuple[int, str]]:
        """The quotations with their numbers: findings first, list items last, so that a very long list crowds out nothing else."""
        items = {n for statement in self.given.statements if statement.kind == "factor" for n in statement.citations}
        order = sorted(self.given.citations, key=lambda citation: citation.number in items)
        result, room = [], MOST_CHARACTERS
        for citation in order:
            name = self._who(citation)
            kind = "Item of a list" if citation.number in items else "Quotation"
            content = f"Work: {name}\nLanguage: {citation.language}\n{kind}: {citation.quote}"
            room -= len(content)
            if room < 0:
                break
            result.append((citation.number, content))
        return sorted(result)

    @property
    def full(self) -> bool:
        """True where enough is written."""
        return len(self.shown) >= MOST_SENTENCES

    def hear(self, sentences: Sequence[Said]) -> bool:
        """Check the sentences that are new; True where one of them is shown."""
        before = len(self.shown)
        for one in sentences[self.heard :]:
            self.heard += 1
            if self.full or any(one.text == other.text for other in self.shown):
                continue
            kept = self._borne_out(one)
            self.shown += [kept] if kept else []
            self.dropped += not kept
        return len(self.shown) > before

    def _borne_out(self, one: Said) -> Said | None:
        """The sentence with those of its citations that have to do with it, or None where they do not bear it out."""
        citations = {citation.number: citation for citation in self.given.citations}
        if not one.text or not one.numbers or any(number not in citations for number in one.numbers):
            return None
        sources = {number: self._source(citations[number]) for number in one.numbers}
        kept = tuple(number for number, source in sources.items() if self.check.relevant(one.text, source))
        if self.check.fault(one.text, [sources[number] for number in kept]):
            return None
        return one._replace(numbers=kept)

    def _source(self, citation: Citation) -> Source:
        work = self.works.get(citation.sha256)
        names = [*citation.authors, citation.title, *(work.aliases if work else ())]
        after = self._work_named(work.quoted_after) if work and work.quoted_after else None
        names += [*after.authors, str(after.year or "")] if after else []
        return Source(citation.quote, citation.language, "; ".join(names), citation.year, citation.page)

    def _work_named(self, key: str) -> Work | None:
        found = [work for work in self.works.values() if work.key == key]
        return found[0] if found else None

    def trouble(self) -> str:
        """Why what was written cannot stand, or "" where it can."""
        if not self.shown and not self.dropped:
            return "empty"
        return "unsupported" if not self.shown or len(self.shown) < self.dropped else ""

    def without(self, trouble: str, seconds: float) -> Answer:
        """The extractive answer with a notice."""
        notice = _NOTICES[self.given.language][trouble]
        text = f"{self.given.text}\n\n*{notice}*"
        return replace(self.given, text=text, dropped=self.dropped, notice=notice, seconds=seconds)

    def answer(self, seconds: float, *, whole: bool) -> Answer:
        """What is written so far, then the lists; the whole answer also has the disagreements that were not written about."""
        if self.given.comparison:
            return self._compared(seconds)
        listed = [statement for statement in self.given.statements if statement.kind in ("lead", "factor")]
        written = [Statement(one.text, self._kind(one), one.numbers) for one in self.shown]
        rest = self._rest() if whole else []
        # The citations of the lists come first: their numbers stay while sentences are added.
        used = dict.fromkeys(n for statement in [*listed, *written, *rest] for n in statement.citations)
        numbers = {old: new for new, old in enumerate(used, 1)}
        known = {citation.number: citation for citation in self.given.citations}
        citations = {new: replace(known[old], number=new) for old, new in numbers.items()}
        listed, written, rest = ([_renumbered(one, numbers) for one in group] for group in (listed, written, rest))
        lines = [*self._paragraphs(written), *self._lists(listed, citations), *self._rest_lines(rest, citations)]
        return replace(
            self.given, text=framed(self.given, lines), statements=(*written, *listed, *rest), citations=tuple(citations.values()),
            engine=self.engine, dropped=self.dropped, seconds=seconds,
        )  # fmt: skip

    def _compared(self, seconds: float) -> Answer:
        """What is written so far above the comparison, which stays as it is: its rows are places among the statements."""
        written = [Statement(one.text, self._kind(one), one.numbers) for one in self.shown]
        text = "\n".join(self._paragraphs(written)) + "\n\n" + self.given.text
        statements = (*self.given.statements, *written)
        return replace(self.given, text=text, statements=statements, engine=self.engine, dropped=self.dropped, seconds=seconds)

    def _kind(self, one: Said) -> Kind:
        """A sentence that cites both sides of a disagreement tells it."""
        clashes = [other for other in self.given.statements if other.kind == "disagreement"]
        return "disagreement" if any(_tells(one, other) for other in clashes) else "finding"

    def _rest(self) -> list[Statement]:
        """What is neither a finding nor of a list, without the pairs of quotations that a sentence tells."""
        others = [statement for statement in self.given.statements if statement.kind not in ("lead", "factor", "finding")]
        return [other for other in others if other.kind not in _PAIRS or not any(_tells(one, other) for one in self.shown)]

    def _paragraphs(self, written: Sequence[Statement]) -> Iterator[str]:
        pairs = zip(self.shown, written, strict=True)
        for _, members in groupby(pairs, key=lambda pair: pair[0].paragraph):
            yield " ".join(f"{statement.text} {_marks(statement)}" for _, statement in members) + "\n"

    def _lists(self, listed: Sequence[Statement], citations: Mapping[int, Citation]) -> Iterator[str]:
        for _, members in groupby(listed, key=lambda statement: statement.list):
            position = 0
            for statement in members:
                first = citations[statement.citations[0]]
                if statement.kind == "lead":
                    verb = "lists" if len(first.authors) < 2 else "list"
                    yield f"\n**{phrase(verb, self.given.language, who=self._who(first))}**\n"
                    yield f"{statement.text} {_marks(statement)}\n"
                else:
                    position += 1
                    yield f"{position}. {one_line(statement.text)} {_marks(statement)}"
                reported = is_reported(statement.text) if statement.kind == "lead" else False
                if reported:
                    yield f"*{phrase('reported_list', self.given.language)}*\n"
            given = self.given.lists[statement.list] if statement.list is not None else None
            if given and given.left_out:
                items = "; ".join(given.left_out)
                yield f"\n*{phrase('left_out', self.given.language, who=self._who(first), items=items)}*"
            if first.language != self.given.language:
                original = phrase(first.language, self.given.language)
                yield f"\n*{phrase('other_language', self.given.language, original=original)}*"

    def _rest_lines(self, rest: Sequence[Statement], citations: Mapping[int, Citation]) -> Iterator[str]:
        for kind, members in groupby(rest, key=lambda statement: statement.kind):
            if kind in _HEADINGS:
                yield f"\n**{phrase(_HEADINGS[kind], self.given.language)}**\n"
            for statement in members:
                sides = [citations[n] for n in statement.citations]
                if kind in _PAIRS:
                    yield "- " + " — ".join(f"{self._who(side)}: {one_line(side.quote)} [{side.number}]" for side in sides)
                elif kind == "basis":
                    yield f"- {phrase('basis', self.given.language)}: {one_line(statement.text)} {_marks(statement)}"
                else:
                    told = "; ".join(f"{self._who(side)} [{side.number}]" for side in sides if side.number not in statement.disputed)
                    against = [side for side in sides if side.number in statement.disputed]
                    told += "".join(f"; {self._against(side)}" for side in against)
                    yield f"- {one_line(statement.text)} ({statement.note + ': ' if statement.note else ''}{told})"

    def _against(self, side: Citation) -> str:
        who = phrase("disputed", self.given.language, who=self._who(side))
        return f"{who}: {one_line(side.quote)} [{side.number}]"

    def _who(self, citation: Citation) -> str:
        """How the answer names a work: "Frank, quoted after Speck (2014)"."""
        language = self.given.language
        work = self.works.get(citation.sha256) or Work(citation.work, citation.title, citation.authors, citation.year)
        name = short_name(work, language)
        if not work.quoted_after:
            return name
        source = self._work_named(work.quoted_after)
        return f"{name}, {phrase('quoted_after', language, who=short_name(source, language) if source else work.quoted_after)}"


def _renumbered(one: Statement, numbers: Mapping[int, int]) -> Statement:
    return replace(one, citations=tuple(numbers[n] for n in one.citations), disputed=tuple(numbers[n] for n in one.disputed))


def _tells(one: Said, other: Statement) -> bool:
    return len(other.citations) > 1 and set(other.citations) <= set(one.numbers)


def _marks(statement: Statement) -> str:
    return " ".join(f"[{number}]" for number in statement.citations)
