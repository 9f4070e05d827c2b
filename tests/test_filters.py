"""Asking a part of the library: what a filter lets through, and that nothing else is found or cited."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st

from advisor.answer.schema import Answer
from advisor.documents.model import Document, Work
from advisor.errors import UsageError
from advisor.filters import Filter
from advisor.index import Index
from advisor.topics import KEYS

LAUNCH = "What do we need before launching on social media?"


def document(**work):
    language = work.pop("language", "en")
    return Document("d.md", "a" * 64, "text/markdown", language, Work("w", "Title", **work), "Text.", (), ())


def test_a_document_must_pass_every_field_that_is_set():
    one = document(year=2011, topics=("goals", "launch"))
    assert Filter().matches(one) and not Filter()
    for passing in (
        Filter(works=("x", "w")), Filter(languages=("en",)), Filter(years=(2011, 2011)), Filter(years=(None, 2012)),
        Filter(topics=("launch",)),
    ):  # fmt: skip
        assert passing and passing.matches(one)
    for failing in (
        Filter(works=("x",)), Filter(languages=("de",)), Filter(years=(2012, None)), Filter(years=(None, 2010)), Filter(topics=("crisis",)),
        Filter(works=("w",), languages=("de",)),
    ):  # fmt: skip
        assert not failing.matches(one)
    assert not Filter(years=(None, 2020)).matches(document(year=None)), "a work without a year passes no limit of years"


@budget(max_examples=100, deadline=None)
@given(
    st.lists(st.text(max_size=8), max_size=3), st.sets(st.sampled_from(["de", "en"])), st.none() | st.integers(1, 2000),
    st.none() | st.integers(2000, 9999), st.sets(st.sampled_from(KEYS), max_size=3),
)  # fmt: skip
def test_a_filter_survives_json(works, languages, first, last, topics):
    import json
    from dataclasses import asdict

    made = Filter(tuple(dict.fromkeys(works)), tuple(languages), (first, last), tuple(topics))
    assert Filter.from_json(json.loads(json.dumps(asdict(made)))) == made


@pytest.mark.parametrize(
    "data",
    [[], "x", {"authors": []}, {"works": "frank"}, {"works": [1]}, {"languages": ["fr"]}, {"years": [2010]}, {"years": ["2010", None]},
     {"years": [2012, 2010]}, {"years": [0, None]}, {"topics": ["astrology"]}, {"works": [str(n) for n in range(2000)]}],
)  # fmt: skip
def test_what_is_no_filter_is_refused(data):
    with pytest.raises(UsageError, match="filter"):
        Filter.from_json(data)


def works_of(given_answer):
    return {cited.work for cited in (*given_answer.citations, *given_answer.nearest)}


def test_only_the_chosen_works_answer(advisor):
    only = Filter(works=("frank_nd", "wilson2011"))
    answer = advisor.ask(LAUNCH, only=only)
    assert answer.outcome == "answered"
    assert works_of(answer) <= {"frank_nd", "wilson2011"} and "frank_nd" in works_of(answer)
    assert answer.only == only
    assert [(entry.items_given, entry.items_total) for entry in answer.lists if entry.work == "frank_nd"] == [(6, 6)]
    assert replace(Answer.from_json(answer.as_json()), seconds=0) == replace(answer, seconds=0)
    assert advisor.ask(LAUNCH).only is None
    assert len(works_of(advisor.ask(LAUNCH))) > 2


def test_sources_in_one_language_answer_questions_in_the_other(advisor):
    answer = advisor.ask(LAUNCH, only=Filter(languages=("de",)))
    assert answer.outcome == "answered" and answer.language == "en"
    assert {cited.language for cited in answer.citations} == {"de"}


def test_years_and_topics_limit_what_is_found(advisor):
    years = {document.sha256: document.work.year for document in advisor.documents()}
    topics = {document.sha256: document.work.topics for document in advisor.documents()}
    assert all(years[hit.passage.document] == 2014 for hit in advisor.search("social media", 20, only=Filter(years=(2014, 2014))))
    topic = next(topic for found in topics.values() for topic in found)
    found = advisor.search("social media", 20, only=Filter(topics=(topic,)))
    assert found and all(topic in topics[hit.passage.document] for hit in found)


def test_a_filter_that_lets_nothing_through_declines_and_leaves_no_gap(advisor):
    before = advisor.gaps()
    answer = advisor.ask(LAUNCH, only=Filter(years=(1800, 1801)))
    assert answer.outcome == "not_in_corpus"
    assert "0 documents" in answer.text
    assert not works_of(answer)
    assert advisor.gaps() == before


def test_suggested_questions_come_from_what_passes_the_filter(advisor):
    asks = {question.ask for document in advisor.documents() if document.work.key == "wilson2011" for question in document.work.questions}
    related = advisor.ask("Which social media strategies are there?", only=Filter(works=("wilson2011",))).related
    assert related and set(related) <= asks


def test_a_work_that_the_filter_hides_still_has_its_name_where_another_is_quoted_after_it(advisor):
    answer = advisor.ask("What does Frank say about social media?", only=Filter(works=("frank_nd",)))
    assert {citation.work for citation in answer.citations} == {"frank_nd"}
    assert all("Speck (2014)" in citation.reference and "speck2014" not in citation.reference for citation in answer.citations)


def test_a_filter_is_read_once_and_one_filter_lets_through_what_another_does_not(advisor, settings, encoder):
    generation = Index(settings.index, encoder).open()
    german, english = Filter(languages=("de",)), Filter(languages=("en",))
    narrow = generation.narrowed(german)
    assert generation.narrowed(Filter(languages=["de"])) is narrow is not generation.narrowed(english)
    assert not set(narrow.shelf) & set(generation.narrowed(english).shelf)
    assert not narrow.narrowed(english).shelf and narrow.narrowed(german).shelf == narrow.shelf
    generation.close()
