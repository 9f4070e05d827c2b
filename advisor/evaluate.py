"""Gold questions → figures: retrieval by document, answers by works, facts and refusals."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.answer.schema import Answer
from advisor.errors import UsageError

Ask = Callable[[str], Answer]
Rank = Callable[[str], Sequence[str]]


@dataclass(frozen=True, slots=True)
class Gold:
    """One question with what is right: documents for retrieval, works and facts for answers; each may be missing."""

    id: str
    language: str
    question: str
    documents: tuple[str, ...] = ()
    works: tuple[str, ...] | None = None
    must_contain: tuple[tuple[str, ...], ...] = ()
    answerable: bool = True


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question; `found` are the facts whose spelling occurs in the answer's text."""

    gold: Gold
    answer: Answer
    works_found: int
    facts_found: int

    @property
    def declined(self) -> bool:
        """True where the advisor said that the library does not answer."""
        return self.answer.outcome == "not_in_corpus"


def read_gold(path: Path) -> list[Gold]:
    """Questions from a JSONL file; a bad line is named."""
    questions = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}. Give a file of questions, one JSON object a line.") from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                questions.append(_gold(json.loads(line), str(number)))
            except (ValueError, KeyError, TypeError) as error:
                raise UsageError(
                    f'{path}, line {number}: {error!r}. Expected {{"question": …, "works": […] or "documents": […]}}.'
                ) from error
    return questions


def _gold(data: Mapping[str, Any], number: str) -> Gold:
    works = data.get("works")
    return Gold(
        str(data.get("id", number)), str(data.get("lang", "en")), str(data["question"]), tuple(data.get("documents", ())),
        None if works is None else tuple(works), tuple(tuple(fact) for fact in data.get("must_contain", ())),
        bool(data.get("answerable", True)),
    )  # fmt: skip


def outcomes(questions: Sequence[Gold], ask: Ask) -> list[Outcome]:
    """Ask every question that has gold works and compare."""
    return [_outcome(gold, ask(gold.question)) for gold in questions if gold.works is not None]


def _outcome(gold: Gold, answer: Answer) -> Outcome:
    cited = {citation.work for citation in answer.citations}
    text = answer.text.casefold()
    facts = sum(any(spelling.casefold() in text for spelling in fact) for fact in gold.must_contain)
    return Outcome(gold, answer, len(cited & set(gold.works or ())), facts)


def answer_figures(done: Sequence[Outcome]) -> dict[str, float | int]:
    """Recall of works, share of facts found, unanswerable questions declined, answerable ones wrongly declined."""
    answerable = [o for o in done if o.gold.answerable]
    unanswerable = [o for o in done if not o.gold.answerable]
    return {
        "questions": len(done),
        "works_recall": _share(sum(o.works_found for o in answerable), sum(len(o.gold.works or ()) for o in answerable)),
        "facts_found": _share(sum(o.facts_found for o in answerable), sum(len(o.gold.must_contain) for o in answerable)),
        "declined": _share(sum(o.declined for o in unanswerable), len(unanswerable)),
        "wrongly_declined": _share(sum(o.declined for o in answerable), len(answerable)),
    }


def retrieval_figures(questions: Sequence[Gold], rank: Rank) -> dict[str, float | int]:
    """Recall@1 and @5, MRR@10 and nDCG@10 of the ranked documents; `rank` gives document names, best first, each once."""
    judged = [gold for gold in questions if gold.documents]
    ranks = []
    for gold in judged:
        names = list(rank(gold.question))[:10]
        ranks.append([position for position, name in enumerate(names, 1) if name in gold.documents])
    n = len(judged)
    gains = [sum(1 / math.log2(p + 1) for p in found) / _ideal(len(gold.documents)) for gold, found in zip(judged, ranks, strict=True)]
    return {
        "questions": n,
        "recall@1": _share(sum(1 in found for found in ranks), n),
        "recall@5": _share(sum(any(p <= 5 for p in found) for found in ranks), n),
        "mrr@10": _share(sum(1 / found[0] for found in ranks if found), n),
        "ndcg@10": _share(sum(gains), n),
    }


def _ideal(relevant: int) -> float:
    return sum(1 / math.log2(p + 1) for p in range(1, min(relevant, 10) + 1))


def _share(part: float, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
