"""What several works ask for is said once, with all of them; where a figure comes from is said when a claim is checked."""

import html

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.answer.agreement import SAME, group


@given(st.integers(1, 12), st.integers(0, 2**31), st.integers(1, 4))
def test_groups_hold_every_item_once_and_no_owner_twice(n, seed, owners):
    vectors = np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    similarity = vectors @ vectors.T
    names = [str(i % owners) for i in range(n)]
    groups = group(similarity, names)
    assert sorted(i for members in groups for i in members) == list(range(n))
    for members in groups:
        assert len({names[i] for i in members}) == len(members)
        assert len(members) == 1 or float(similarity[np.ix_(members, members)].mean()) >= SAME - 0.3


@pytest.mark.parametrize(("question", "word"), [
    ("What do we need before launching on social media?", "goals"),
    ("Was brauchen wir, bevor wir in Social Media starten?", "personal"),
])  # fmt: skip
def test_a_factor_of_several_works_cites_all_of_them(advisor, question, word):
    answer = advisor.ask(question)
    shared = [s for s in answer.statements if s.kind == "agreement"]
    said = next(s for s in shared if word in s.text.casefold())
    works = [answer.citations[n - 1].work for n in said.citations]
    assert len(works) == len(set(works)) >= 2
    assert {"frank_nd", "li_solis2013"} <= set(works)


def test_a_claim_is_answered_with_its_origin(advisor):
    answer = advisor.ask("Is it true that only 17 percent of companies act strategically?")
    origins = [s for s in answer.statements if s.kind == "origin"]
    assert origins
    assert "altimeter2013" in {answer.citations[n - 1].work for n in origins[0].citations}


@pytest.mark.parametrize("question", ["What does Frank demand?", "Was verlangt Frank?"])
def test_a_named_author_is_asked_alone(advisor, question):
    answer = advisor.ask(question)
    quoted = {answer.citations[n - 1].work for s in answer.statements if s.kind in ("lead", "factor", "finding") for n in s.citations}
    assert quoted == {"frank_nd"}


def test_a_misspelt_name_is_understood(advisor):
    answer = advisor.ask("What did Altimetr find out about teams?")
    assert "altimeter2013" in {c.work for c in answer.citations[:3]}


def test_a_refusal_offers_questions_that_the_library_answers(advisor):
    answer = advisor.ask("What is the capital of Australia?")
    assert len(answer.related) == 3
    asks = {q.ask for d in advisor.documents() for q in d.work.questions}
    assert set(answer.related) <= asks
    assert all(advisor.ask(ask).outcome == "answered" for ask in answer.related)


def test_the_page_offers_the_questions_as_buttons(advisor):
    from advisor.surfaces.web import answers

    answer = advisor.ask("What is the capital of Australia?")
    page = answers.render(answer, answer.question)
    assert all(f'class="example">{html.escape(ask, quote=True)}</button>' in page for ask in answer.related)
