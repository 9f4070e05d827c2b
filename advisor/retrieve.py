"""Question → ranked hits: meaning, tokens and words fused, one version of each work, best first."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from advisor.encoder import Encoder, Vectors, Weighted
from advisor.errors import IndexDamaged
from advisor.index import PASSAGES, QUESTIONS, Asked, Generation
from advisor.passages import Passage

# Weights of the vectors, the words and the tokens, and those where the encoder gives no tokens; all are plateaus on held-out paragraphs.
MEANING, WORDS, TOKENS = 0.4, 0.2, 0.4
MEANING_ALONE, WORDS_ALONE = 0.7, 0.3
CANDIDATES = 100  # from each side, per language
COMPANY = 0.3  # share of the mean of a document's four best scores that each of its passages gains: a good hit is seldom alone
TOPIC, STANDS_OUT = 0.6, 1.5  # what a topic gains for each unit that its z-score exceeds STANDS_OUT
# Questions that the library says it answers: how many are compared, from which z-score on one counts as near, what each unit above that
# is worth, and by how much a question in the other language must be nearer.
COMPARED, NEAR, MATCH, OTHER_LANGUAGE = 40, 1.0, 0.5, 1.0
# Spread below which a few passages or a question without words would make z-scores meaningless.
LEAST_SPREAD = (0.03, 0.5, 0.02)
OWN_LANGUAGE = 0.5  # added where passage and question share the language, in units of the fused score


def _renew() -> None:
    """Threads are not passed on to a forked process: it gets its own."""
    global _ASIDE
    _ASIDE = ThreadPoolExecutor(8, thread_name_prefix="nearest")


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)


@dataclass(frozen=True, slots=True)
class Match:
    """A question that the library says it answers, how near it is to the one that was asked (a cosine), and how far that stands out."""

    asked: Asked
    similarity: float
    excess: float


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found: `score` is the fused z-score (0 = as near as any passage), `similarity` the cosine, `words` the BM25 score,
    `closeness` the nearness of tokens (MaxSim), 0 where the encoder gives none.

    `match` is the nearest question that this passage is said to answer, where one is near.
    """

    row: int
    passage: Passage
    score: float
    similarity: float
    words: float
    closeness: float = 0.0
    match: Match | None = None


# The graphs of both languages and the vectors' server work outside Python, or on another machine, while words are looked up here.
_ASIDE: Executor = ThreadPoolExecutor(8, thread_name_prefix="nearest")
Keep = Callable[[Passage], bool]
Scores = NDArray[np.float64]
Candidates = NDArray[np.void]  # of CANDIDATE
CANDIDATE = np.dtype(
    [("row", np.int64), ("score", np.float64), ("similarity", np.float64), ("closeness", np.float64), ("words", np.float64)]
)


def search(generation: Generation, encoder: Encoder, question: str, language: str, k: int, keep: Keep | None = None) -> tuple[Hit, ...]:
    """The k best passages of all languages for a question in `language` ("de" or "en"); `keep` filters passages."""
    vector = encoder.encode_question(question, language)
    nearest = {pool: _ASIDE.submit(_nearest, generation, vector, pool) for pool in generation.lexicon.languages}
    words = {pool: generation.lexicon.scores(question, language, pool) for pool in nearest}
    matches = matched(generation, vector, language)
    tokens = encoder.question_tokens(question, language)
    pools = [_pool(generation, vector, tokens, words[pool], language, pool, matches, near) for pool, near in nearest.items()]
    if not pools:
        return ()
    # Hits are made of what is given back alone: most candidates are never looked at again.
    found = np.concatenate(pools)
    holders = generation.holders_of(found["row"])
    found["score"] += _company(holders, found["score"])
    found["score"] += _topic(generation, vector, holders)
    found = found[np.lexsort((found["row"], -found["score"]))]
    if keep is None:
        found = found[:k]
    passages = generation.passages(found["row"].tolist())
    if len(passages) < len(found):
        raise IndexDamaged(
            f"{generation.path} has lost {len(found) - len(passages)} passages that it finds. Run 'advisor library rollback'."
        )
    hits = (
        Hit(row, passages[row], score, similarity, words, closeness, matches.get(row))
        for row, score, similarity, closeness, words in found.tolist()
        if keep is None or keep(passages[row])
    )
    return tuple(islice(hits, k))


def _company(holders: NDArray[np.int32], scores: Scores) -> Scores:
    """What every candidate gains by how well its document does as a whole; `holders` are the numbers of the documents."""
    best = np.lexsort((-scores, holders))
    of, begins = np.unique(holders[best], return_index=True)
    among_four = np.arange(len(best)) - begins[np.searchsorted(of, holders[best])] < 4
    total = np.bincount(holders[best][among_four], np.maximum(scores[best][among_four], 0.0))
    gain: Scores = (COMPANY / 4 * total[holders]).astype(np.float64)
    return gain


def _topic(generation: Generation, vector: Vectors, holders: NDArray[np.int32]) -> Scores:
    """What every candidate gains whose work carries a topic that stands out for the question, by how far it does."""
    carriers = generation.once(_carriers)
    gain: Scores = np.zeros(len(holders))
    for topic, value in generation.topics(vector).items():
        if value > STANDS_OUT and topic in carriers:
            np.maximum(gain, TOPIC * min(value - STANDS_OUT, 1.5) * carriers[topic][holders], out=gain)
    return gain


def _carriers(generation: Generation) -> dict[str, NDArray[np.bool_]]:
    """For each topic, which documents carry it, by their numbers."""
    shelf, documents = generation.shelf, generation.holders
    carried = [shelf[document].work.topics if document in shelf else () for document in documents]
    return {topic: np.array([topic in topics for topics in carried]) for topic in {topic for topics in carried for topic in topics}}


def matched(generation: Generation, vector: Vectors, language: str, least: float = 0.0) -> dict[int, Match]:
    """For passages that answer a question near the one asked, the nearest such question, by row of the passage; `least` is the excess
    from which one counts as near."""
    best: dict[int, Match] = {}
    pools = generation.question_languages
    nearest = [_ASIDE.submit(generation.nearest, QUESTIONS, pool, vector, COMPARED) for pool in pools]
    for pool, found in zip(pools, nearest, strict=True):
        mean, spread = generation.usual(QUESTIONS, pool, vector)
        spread = max(spread, LEAST_SPREAD[0])
        near = found.result()
        held = generation.asked([row for row, _ in near])
        for row, similarity in near:
            if row not in held:
                raise IndexDamaged(f"A question that the vectors find is not in {generation.path}. Run 'advisor library rollback'.")
            asked = held[row]
            excess = (similarity - mean) / spread - NEAR - (0.0 if pool == language else OTHER_LANGUAGE)
            if excess > least and (asked.passage not in best or excess > best[asked.passage].excess):
                best[asked.passage] = Match(asked, similarity, excess)
    return best


def _among(generation: Generation, pool: str) -> NDArray[np.int32]:
    """The rows of a language from which candidates come: under a filter those that pass it."""
    shown = generation.shown(PASSAGES, pool)
    return generation.lexicon.rows(pool) if shown is None else shown


def _nearest(generation: Generation, vector: Vectors, pool: str) -> list[int]:
    """Candidates of one language by meaning."""
    count = min(CANDIDATES, len(_among(generation, pool)))
    return [row for row, _ in generation.nearest(PASSAGES, pool, vector, count)] if count else []


def _pool(
    generation: Generation, vector: Vectors, tokens: Weighted, words: Vectors, language: str, pool: str, matches: Mapping[int, Match],
    nearest: Future[list[int]],
) -> Candidates:  # fmt: skip
    """Candidates of one language with their fused scores."""
    held = words[generation.lexicon.rows(pool)]  # also under a filter: mean and spread are those of the whole pool
    among = _among(generation, pool)
    by_words = among[highest(words[among], CANDIDATES)]
    # By the language of the passage, which need not be that of its document, in which the question stands.
    asked = {row: matches[row] for row in _of(matches, among)}
    near = generation.meanings.sheaf(PASSAGES, list({*nearest.result(), *by_words.tolist(), *asked}), len(vector))
    found = np.zeros(len(near.rows), CANDIDATE)
    found["row"], found["similarity"], found["words"] = near.rows, near.similarities(vector), words[list(near.rows)]
    sides = [
        (found["similarity"], generation.usual(PASSAGES, pool, vector), LEAST_SPREAD[0]),
        (found["words"], (float(held.mean()), float(held.std())), LEAST_SPREAD[1]),
    ]
    if len(tokens.weights):
        usual = generation.usual_closeness(pool, tokens)
        found["closeness"] = generation.interactions.bundle(near.rows, tokens.tokens.shape[1]).closeness(tokens, usual[0])
        sides.append((found["closeness"], usual, LEAST_SPREAD[2]))
    fused = fuse([standard(*side) for side in sides])
    bonus = OWN_LANGUAGE if pool == language else 0.0
    found["score"] = fused + bonus + [MATCH * asked[row].excess if row in asked else 0.0 for row in near.rows]
    return found


def _of(few: Iterable[int], among: NDArray[np.int32]) -> list[int]:
    """Those of a few row numbers that stand among many, which ascend: looked up, since to sort the many takes 8 ms for 50,000."""
    rows = np.fromiter(few, np.int64)
    if not len(among):
        return []
    found: list[int] = rows[among[np.minimum(np.searchsorted(among, rows), len(among) - 1)] == rows].tolist()
    return found


def highest(scores: Vectors, count: int) -> NDArray[np.intp]:
    """Positions of the `count` highest scores above 0, best first, of equal ones the first; sorts only what can be among them."""
    held = np.flatnonzero(scores > 0)
    if len(held) > count:
        found = scores[held]
        held = held[found >= np.partition(found, -count)[-count]]
    return held[np.argsort(-scores[held], kind="stable")[:count]]


def standard(scores: Scores, usual: tuple[float, float], least: float) -> Scores:
    """Z-scores against the mean and spread of a whole pool (or of a sample of it), where a spread below `least` counts as that."""
    mean, spread = usual
    found: Scores = (scores - mean) / max(spread, least)
    return found


def fuse(sides: Sequence[Scores]) -> Scores:
    """Weighted sum of z-scores: of the vectors, the words and, where there are any, the tokens.

    Z-scores keep how far ahead the first hit is, which rank fusion throws away: 1–3 points of recall@1 on held-out paragraphs.
    """
    weights = (MEANING, WORDS, TOKENS) if len(sides) == 3 else (MEANING_ALONE, WORDS_ALONE)
    return sum((weight * scores for weight, scores in zip(weights, sides, strict=True)), np.zeros(len(sides[0])))
