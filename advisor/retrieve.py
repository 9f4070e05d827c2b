"""Question → ranked hits: meaning and words fused, one version of each work, best first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from advisor.encoder import Encoder, Vectors
from advisor.index import PASSAGES, QUESTIONS, Asked, Generation
from advisor.passages import Passage

MEANING = 0.7  # weight of the vectors against the words; .6 to .75 is a plateau on held-out paragraphs
CANDIDATES = 100  # from each side, per language
COMPANY = 0.3  # share of the mean of a document's four best scores that each of its passages gains: a good hit is seldom alone
TOPIC, STANDS_OUT = 0.6, 1.5  # what a topic gains for each unit that its z-score exceeds STANDS_OUT
# Questions that the library says it answers: how many are compared, from which z-score on one counts as near, what each unit above that
# is worth, and by how much a question in the other language must be nearer.
COMPARED, NEAR, MATCH, OTHER_LANGUAGE = 40, 1.0, 0.5, 1.0
# Spread below which a few passages or a question without words would make z-scores meaningless.
LEAST_SPREAD = (0.03, 0.5)
OWN_LANGUAGE = 0.5  # added where passage and question share the language, in units of the fused score


@dataclass(frozen=True, slots=True)
class Match:
    """A question that the library says it answers, how near it is to the one that was asked (a cosine), and how far that stands out."""

    asked: Asked
    similarity: float
    excess: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: `score` is the fused z-score (0 = as near as any passage), `similarity` the cosine, `words` the BM25 score.

    `match` is the nearest question that this passage is said to answer, where one is near.
    """

    row: int
    passage: Passage
    score: float
    similarity: float
    words: float
    match: Match | None = None


Keep = Callable[[Passage], bool]


def search(generation: Generation, encoder: Encoder, question: str, language: str, k: int, keep: Keep | None = None) -> tuple[Hit, ...]:
    """The k best passages of all languages for a question in `language` ("de" or "en"); `keep` filters passages."""
    vector = encoder.encode_question(question, language)
    matches = matched(generation, vector, language)
    hits = [hit for pool in generation.lexicon.languages for hit in _pool(generation, vector, question, language, pool, matches)]
    hits = _on_topic(generation, vector, _in_company(hits))
    hits.sort(key=lambda hit: (-hit.score, hit.row))
    if keep is not None:
        hits = [hit for hit in hits if keep(hit.passage)]
    return tuple(hits[:k])


def _in_company(hits: Sequence[Hit]) -> list[Hit]:
    """Every hit raised by how well its document does as a whole."""
    scores: dict[str, list[float]] = defaultdict(list)
    for hit in hits:
        scores[hit.passage.document].append(max(hit.score, 0.0))
    gain = {document: COMPANY * sum(sorted(found, reverse=True)[:4]) / 4 for document, found in scores.items()}
    return [replace(hit, score=hit.score + gain[hit.passage.document]) for hit in hits]


def _on_topic(generation: Generation, vector: Vectors, hits: Sequence[Hit]) -> list[Hit]:
    """Hits of works that carry a topic which stands out for the question, raised by how far it does."""
    gains = {topic: TOPIC * min(max(value - STANDS_OUT, 0.0), 1.5) for topic, value in generation.topics(vector).items()}
    raised = []
    for hit in hits:
        topics = generation.shelf[hit.passage.document].work.topics
        raised.append(replace(hit, score=hit.score + max((gains.get(topic, 0.0) for topic in topics), default=0.0)))
    return raised


def matched(generation: Generation, vector: Vectors, language: str, least: float = 0.0) -> dict[int, Match]:
    """For passages that answer a question near the one asked, the nearest such question, by row of the passage; `least` is the excess
    from which one counts as near."""
    best: dict[int, Match] = {}
    within = generation.within
    for pool in generation.question_languages():
        usual = generation.usual(QUESTIONS, pool, vector)
        mean, spread = float(usual.mean()), max(float(usual.std()), LEAST_SPREAD[0])
        # Questions are stored without their documents, so under a filter more are looked through.
        near = generation.vectors.nearest(f"{QUESTIONS}-{pool}", vector, COMPARED if within is None else COMPARED * 10)
        held = generation.asked([row for row, _ in near])
        for row, similarity in near:
            asked = held[row]
            if within is not None and asked.document not in within:
                continue
            excess = (similarity - mean) / spread - NEAR - (0.0 if pool == language else OTHER_LANGUAGE)
            if excess > least and (asked.passage not in best or excess > best[asked.passage].excess):
                best[asked.passage] = Match(asked, similarity, excess)
    return best


def _pool(generation: Generation, vector: Vectors, question: str, language: str, pool: str, matches: Mapping[int, Match]) -> list[Hit]:
    """Candidates of one language with their fused scores."""
    words = generation.lexicon.scores(question, language, pool)
    rows = generation.lexicon.rows(pool)
    # Under a filter candidates come from what passes it; mean and spread are still those of the whole pool.
    within = generation.within
    open_rows = rows if within is None else rows[np.isin(rows, generation.rows_of(within))]
    if not len(open_rows):
        return []
    by_words = open_rows[highest(words[open_rows], CANDIDATES)]
    by_meaning = [row for row, _ in generation.vectors.nearest(f"{PASSAGES}-{pool}", vector, min(CANDIDATES, len(open_rows)), within)]
    asked = {row: match for row, match in matches.items() if match.asked.language == pool}
    near = generation.meanings.similarities(PASSAGES, list({*by_meaning, *by_words.tolist(), *asked}), vector)
    usual = generation.usual(PASSAGES, pool, vector)
    fused = fuse(near, {row: float(words[row]) for row in near}, usual, words[rows])
    passages = generation.passages(list(near))
    bonus = OWN_LANGUAGE if pool == language else 0.0
    gain = {row: MATCH * match.excess for row, match in asked.items()}
    return [
        Hit(row, passages[row], fused[row] + bonus + gain.get(row, 0.0), near[row], float(words[row]), asked.get(row))
        for row in near
        if row in passages
    ]


def highest(scores: Vectors, count: int) -> NDArray[np.intp]:
    """Positions of the `count` highest scores above 0, best first, of equal ones the first; sorts only what can be among them."""
    least = np.partition(scores, -count)[-count] if len(scores) > count else 0.0
    held = np.flatnonzero((scores >= least) & (scores > 0))
    return held[np.argsort(-scores[held], kind="stable")[:count]]


def fuse(
    similarity: Mapping[int, float], words: Mapping[int, float], usual_similarity: Sequence[float] | Vectors, usual_words: Vectors
) -> dict[int, float]:
    """Weighted sum of per-question z-scores of both sides; mean and spread are those of the whole pool (or a sample of it).

    Z-scores keep how far ahead the first hit is, which rank fusion throws away: 1–3 points of recall@1 on held-out paragraphs.
    """
    (mean_s, spread_s), (mean_w, spread_w) = (
        (float(np.mean(values)), max(float(np.std(values)), least))
        for values, least in zip((usual_similarity, usual_words), LEAST_SPREAD, strict=True)
    )
    return {row: MEANING * (similarity[row] - mean_s) / spread_s + (1 - MEANING) * (words[row] - mean_w) / spread_w for row in similarity}
