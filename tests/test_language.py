"""The language of a question: found by its own words, by the dictionaries where there are few, and never needed to get an answer."""

import pytest

from advisor.conversation import Conversation, Turn, question_language
from advisor.language import evidence

GERMAN = (
    "kulturwandel",
    "Kundenbindung",
    "Erfolgsmessung",
    "Mitarbeiter",
    "Kommunikation",
    "Datenschutz messen",
    "Schwarmintelligenz",
)
ENGLISH = ("employees", "culture change", "training", "core competence", "measurement", "customer loyalty", "trade unions")


@pytest.mark.parametrize("question", GERMAN)
def test_a_german_keyword_is_german(question):
    assert question_language(question, Conversation(), "en") == "de"


@pytest.mark.parametrize("question", ENGLISH)
def test_an_english_keyword_is_english(question):
    assert question_language(question, Conversation(), "de") == "en"


@pytest.mark.parametrize("question", ["Budget", "BCG", "42", "", "Plan", "Social Media"])
def test_what_tells_nothing_is_left_to_the_default(question):
    assert evidence(question) == 0
    assert [question_language(question, Conversation(), default) for default in ("en", "de")] == ["en", "de"]


@pytest.mark.parametrize("question", ["Frank?", "Marketing?", "Kommunikation?"])
def test_in_a_conversation_a_word_does_not_change_the_language(question):
    talk = Conversation((Turn("Was fordert Frank?", "Was fordert Frank?", "de"),))
    assert question_language(question, talk, "en") == "de"
    assert question_language("And what does Frank say?", talk, "de") == "en"


def test_a_name_of_the_library_is_no_word(advisor):
    assert evidence("Speck") > 0, "the dictionary knows it as bacon"
    assert advisor.ask("Speck", note_gap=False).language == "en"
    assert advisor.ask("Speck", default="de", note_gap=False).language == "de"


def test_a_word_that_only_the_other_language_knows_is_answered_in_that(advisor, monkeypatch):
    monkeypatch.setattr("advisor.conversation.evidence", lambda *_: 0.0)
    monkeypatch.setattr("advisor.advisor.evidence", lambda *_: 0.0)
    answer = advisor.ask("Kulturwandel", note_gap=False)
    assert (answer.outcome, answer.language) == ("answered", "de")
    assert advisor.ask("Zwiebelkuchen", note_gap=False).language == "en"
