"""Follow-ups without a model, and questions that the library could not answer."""

import shutil

import pytest

from advisor import Advisor, Settings
from advisor.conversation import Conversation, Turn, question_language, standalone

FIRST = Turn("What does Frank demand for success?", "What does Frank demand for success?", "en", ("frank_nd",))


@pytest.mark.parametrize(
    "question",
    [
        "And for how long?",
        "Und wer sagt das?",
        "what about staff?",
        "Why?",
        "Is that true?",
        "Wer sagt das?",
        "For how long?",
        "Und das Budget?",
    ],
)
def test_follow_ups_take_the_question_before_along(question):
    assert standalone(question, Conversation((FIRST,))) == f"{FIRST.standalone} {question}"


@pytest.mark.parametrize(
    "question",
    [
        "Which legal duties apply to our page in Germany?",
        "Is it worth building a brand community around our product?",
        "Was kostet uns die Krise, wenn sie im Netz beginnt und wir nicht antworten?",
        "How do crowds beat experts?",
    ],
)
def test_a_change_of_topic_is_noticed(question):
    assert standalone(question, Conversation((FIRST,))) == question


def test_without_a_turn_a_question_stands_alone():
    assert standalone("And for how long?", Conversation()) == "And for how long?"


def test_an_undecided_question_keeps_the_language_of_the_conversation():
    german = Conversation((Turn("Was?", "Was?", "de"),))
    assert question_language("Budget?", german, "en") == "de"
    assert question_language("What budget?", german, "en") == "en"
    assert question_language("Budget?", Conversation(), "en") == "en"


def test_a_turn_knows_what_it_cited(advisor):
    question = "What does Frank demand for success?"
    conversation = advisor.turn(Conversation(), question, advisor.ask(question))
    assert "frank_nd" in conversation.turns[0].works
    answer = advisor.ask("And for how long?", conversation=conversation)
    assert "three years" in answer.text


def test_refused_questions_are_kept_for_the_analyst(settings, advisor, tmp_path):
    index = tmp_path / "index"
    shutil.copytree(settings.index, index, ignore=shutil.ignore_patterns("gaps.jsonl"))
    with Advisor.open(Settings(index=index)) as own:
        for question in ("What is the capital of Australia?", "what is the capital of australia", "Wie wird das Wetter?"):
            assert own.ask(question).outcome == "not_in_corpus"
        own.ask("What is the capital of France?", note_gap=False)
        found = own.gaps()
    assert [(gap.question, gap.times) for gap in found] == [("what is the capital of australia", 2), ("Wie wird das Wetter?", 1)]
    (index / "gaps.jsonl").write_bytes((index / "gaps.jsonl").read_bytes() + b'{"question": "halb')
    with Advisor.open(Settings(index=index)) as own:
        assert len(own.gaps()) == 2
