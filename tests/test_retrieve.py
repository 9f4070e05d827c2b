"""Search in a part of the library, and of the questions that it says it answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.filters import Filter
from advisor.index import QUESTIONS, Index, generation, meanings
from advisor.retrieve import matched, search


def test_a_filter_holds_from_the_first_question_on(advisor, settings, encoder):
    fresh = Index(settings.index, encoder).open()  # nothing of it has been read
    narrow = fresh.narrowed(Filter(languages=("de",)))
    hits = search(narrow, encoder, "How long must the budget be secured?", "en", 20)
    assert len(hits) == 20
    assert {narrow.shelf[hit.passage.document].language for hit in hits} == {"de"}
    assert {hit.passage.language for hit in search(fresh, encoder, "How long must the budget be secured?", "en", 60)} == {"de", "en"}
    fresh.close()


@pytest.mark.parametrize("language", ["en", "de"])
def test_few_questions_are_found_as_the_graph_finds_them(language, advisor, settings, encoder, monkeypatch):
    """One by one, which misses none, or by the graph where they are too many: the same, but for the rounding of what SQLite holds."""
    vector = encoder.encode_question("Who has to answer criticism on our page?", "en")
    near, matches = [], []
    for most in (generation.AT_HAND, 0):
        monkeypatch.setattr(generation, "AT_HAND", most)
        held = Index(settings.index, encoder).open()
        near.append(dict(held.nearest(QUESTIONS, language, vector, 20)))
        matches.append(matched(held, vector, "en"))
        held.close()
    assert len(near[0]) == 20 and near[0] == pytest.approx(near[1], abs=0.005)
    assert matches[0] and matches[0].keys() == matches[1].keys()


@given(st.integers(0, 40), st.integers(1, 50), st.randoms(use_true_random=False))
def test_the_nearest_of_few_are_those_of_a_whole_sort(count, k, draw):
    vectors = np.array([[draw.uniform(-1, 1) for _ in range(4)] for _ in range(count)], np.float32).reshape(count, 4)
    sheaf = meanings.Sheaf(range(count), [meanings._packed(vector[None]) for vector in vectors], 4)
    found = meanings.nearest_of(sheaf, np.ones(4, np.float32), k)
    assert found == sorted(zip(sheaf.rows, sheaf.cosines(np.ones(4, np.float32)).tolist(), strict=True), key=lambda one: -one[1])[:k]
