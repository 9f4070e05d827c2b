"""Questions about the library itself: which these are, and that the answer is whole, in order, and quoted."""

import pytest

from advisor.answer.catalogue import asked_library
from advisor.filters import Filter


@pytest.mark.parametrize(
    ("question", "years", "language", "end"),
    [
        ("Which works are in the library?", set(), "", 0),
        ("Welche Quellen hast du?", set(), "", 0),
        ("list all sources", set(), "", 0),
        ("How many books?", set(), "", 0),
        ("Was enthält die Bibliothek?", set(), "", 0),
        ("What can you do?", set(), "", 0),
        ("Was weißt du?", set(), "", 0),
        ("How many sources do you have?", set(), "", 0),
        ("Which studies are from 2014?", {2014}, "", 0),
        ("Welche Studien gibt es aus dem Jahr 2014?", {2014}, "", 0),
        ("Which sources are in German?", set(), "de", 0),
        ("What is the newest source?", set(), "", 1),
        ("Was ist das älteste Werk der Bibliothek?", set(), "", -1),
    ],
)
def test_questions_for_works_are_known(question, years, language, end):
    asked = asked_library(question)
    assert (asked.kind, asked.years, asked.language, asked.end) == ("works", years, language, end)


@pytest.mark.parametrize(
    "question",
    ["What do the sources disagree on?", "Worin widersprechen sich die Quellen?", "Was ist umstritten?", "Where do authors differ?"],
)
def test_questions_for_every_dispute_are_known(question):
    assert asked_library(question).kind == "disputes"


@pytest.mark.parametrize(
    "question",
    [
        "Which authors talk about crowdsourcing?",
        "Which documents do we need?",
        "Welche Quellen nennen ein Budget?",
        "Which studies from 2014 mention Facebook?",
        "What do Kotter and Speck disagree on?",
        "What do the sources disagree on about budgets?",
        "What do we need before launching on social media?",
        "Why?",
        "",
        "How do you work?",
        "What works here?",
        "What works for you?",
        "Which documents do you need from us?",
        "Should our articles be published?",
        "Welche Beiträge sollen von uns kommen?",
        "Sollen wir Artikel auf Deutsch oder auf Englisch machen?",
        "How can we differ from others?",
        "Conflicts?",
        "How do we get through a conflict?",
        "Wie gehen wir auseinander?",
        "Which works are not from 2014?",
        "Which works were published after 2012?",
        "Welche Werke gibt es seit 2012?",
        "Which works are from 2010 to 2014?",
        "What are the oldest and the newest source?",
    ],
)
def test_every_other_question_is_left_alone(question):
    assert asked_library(question) is None


@pytest.mark.parametrize("question", ["Which works are in the library?", "Welche Werke sind in der Bibliothek?"])
def test_every_work_is_named_once_by_its_title(advisor, question):
    answer = advisor.ask(question)
    works = advisor.works()
    assert answer.outcome == "answered"
    assert sorted(citation.work for citation in answer.citations) == sorted(works)
    assert {statement.text for statement in answer.statements} == {work.title for work in works.values()}
    years = [works[citation.work].year or 0 for citation in answer.citations]
    assert years == sorted(years, reverse=True)
    assert {verdict for _, verdict in advisor.verify(answer.citations)} == {"found"}


def test_a_filter_and_a_year_narrow_the_list(advisor):
    key = next(iter(advisor.works()))
    assert {citation.work for citation in advisor.ask("Which works are in the library?", only=Filter(works=(key,))).citations} == {key}
    year = advisor.works()["speck2014"].year
    of_year = {key for key, work in advisor.works().items() if work.year == year}
    assert {citation.work for citation in advisor.ask(f"Which works are from {year}?").citations} == of_year


def test_a_year_without_works_is_declined_like_any_other_question(advisor):
    assert advisor.ask("Which works are from 1899?", note_gap=False).outcome == "not_in_corpus"


def test_every_point_of_dispute_is_quoted_from_both_sides(advisor):
    answer = advisor.ask("Worin widersprechen sich die Quellen?")
    assert answer.statements
    assert all(statement.kind == "disagreement" and len(statement.citations) == 2 for statement in answer.statements)
    assert len({statement.text for statement in answer.statements}) == len(answer.statements)
    assert {verdict for _, verdict in advisor.verify(answer.citations)} == {"found"}
