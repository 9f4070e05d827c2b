"""What a manager gets: whole lists, quotations that are slices, disagreements, refusals."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from advisor import Answer
from advisor.citations import verify
from advisor.errors import UsageError

LAUNCH = {
    "en": "What do we need before launching on social media?",
    "de": "Was brauchen wir, bevor wir in Social Media starten?",
}
FRANK = {
    "en": (("three years", "budget"), ("staff", "people"), ("management",), ("enthusiasm",), ("goals",), ("processes",)),
    "de": (("drei Jahre", "Budget"), ("Personal",), ("Management",), ("Enthusiasmus",), ("Ziele",), ("Prozesse",)),
}


def lists_of(answer, work):
    return [
        [s.text for s in answer.statements if s.kind == "factor" and s.list == number]
        for number, given_list in enumerate(answer.lists)
        if given_list.work == work
    ]


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_launch_question_gets_every_factor(advisor, language):
    answer = advisor.ask(LAUNCH[language])
    assert (answer.outcome, answer.language) == ("answered", language)
    assert {"frank_nd", "speck2014"} <= {c.work for c in answer.citations}
    whole = max(lists_of(answer, "frank_nd"), key=len)
    assert len(whole) == 6
    for item, words in zip(whole, FRANK[language], strict=True):
        assert any(word.casefold() in item.casefold() for word in words), item
    text = answer.text.casefold()
    assert ("overall strategy" if language == "en" else "gesamtstrategie") in text
    assert ("culture change" if language == "en" else "kulturwandel") in text
    assert all(c.language == language for c in answer.citations)


@pytest.mark.parametrize("question", ["Which resources should be in place, and for how long?", "Wie lange muss das Geld gesichert sein?"])
def test_paraphrases_find_the_three_years(advisor, question):
    answer = advisor.ask(question)
    assert answer.outcome == "answered"
    assert "frank_nd" in {c.work for c in answer.citations}
    assert "three years" in answer.text or "drei Jahre" in answer.text


@pytest.mark.parametrize("question", ["What is the capital of Australia?", "Which scheduling tool is cheaper, Hootsuite or Buffer?"])
def test_what_the_library_does_not_hold_is_declined(advisor, question):
    answer = advisor.ask(question)
    assert answer.outcome == "not_in_corpus"
    assert not answer.statements
    assert answer.nearest
    assert "Searched" in answer.text


def test_both_sides_of_a_disagreement_are_quoted(advisor):
    answer = advisor.ask("Is it true that 50 percent of Procter & Gamble's innovations come from outside?")
    clashes = [s for s in answer.statements if s.kind == "disagreement"]
    assert clashes
    cited = {answer.citations[n - 1].work for s in clashes for n in s.citations}
    assert "huston_sakkab2006" in cited


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.text(min_size=1, max_size=120).filter(str.strip))
def test_whatever_is_asked_every_quotation_is_a_slice_of_its_document(advisor, question):
    answer = advisor.ask(question)
    documents = {d.sha256: d for d in advisor.documents()}
    for citation in [*answer.citations, *answer.nearest]:
        assert documents[citation.sha256].text[citation.start : citation.end] == citation.quote
        assert citation.quote
    for statement in answer.statements:
        assert statement.citations
        assert all(1 <= n <= len(answer.citations) for n in statement.citations)
    for statement in answer.statements:
        if statement.kind in ("factor", "finding", "lead"):
            assert statement.text == answer.citations[statement.citations[0] - 1].quote
    for given_list in answer.lists:
        assert given_list.items_given == given_list.items_total


def test_an_answer_survives_json(advisor):
    answer = advisor.ask(LAUNCH["en"])
    assert Answer.from_json(json.loads(json.dumps(answer.as_json()))) == answer


def test_a_broken_saved_answer_is_named():
    with pytest.raises(UsageError, match="no saved answer"):
        Answer.from_json({"question": "?"})


def test_verify_tells_found_moved_changed_missing(advisor):
    from dataclasses import replace

    answer = advisor.ask(LAUNCH["de"])
    documents = {d.sha256: d for d in advisor.documents()}
    citation = answer.citations[0]
    assert verify(citation, documents) == "found"
    assert verify(replace(citation, start=citation.start + 1, end=citation.end + 1), documents) == "moved"
    assert verify(replace(citation, quote="Das steht nirgends."), documents) == "changed"
    assert verify(replace(citation, sha256="0" * 64), documents) == "moved"
    assert verify(replace(citation, sha256="0" * 64, document="weg.md"), documents) == "missing"


def test_questions_are_checked(advisor):
    with pytest.raises(UsageError, match="empty"):
        advisor.ask("  ")
    with pytest.raises(UsageError, match="2000"):
        advisor.ask("a" * 2001)
    with pytest.raises(UsageError, match="'fr'"):
        advisor.ask("Pourquoi?", language="fr")


def test_a_follow_up_keeps_its_subject(advisor):
    from advisor.conversation import Conversation

    first = advisor.ask("What does Frank demand for success?")
    conversation = advisor.turn(Conversation(), "What does Frank demand for success?", first)
    second = advisor.ask("And for how long?", conversation=conversation)
    assert second.outcome == "answered"
    assert "frank_nd" in {c.work for c in second.citations}
