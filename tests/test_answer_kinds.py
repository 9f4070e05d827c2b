"""Comparisons, scope, negation, parts that nothing answers, what only one list has, what no passage has, definitions and figures."""

import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor import Advisor, Answer, Settings
from advisor.answer.comparison import wanted
from advisor.answer.coverage import covered
from advisor.answer.question import manner, subject, wants_avoidance, wants_definition
from advisor.answer.scope import scope_of
from advisor.conversation import Conversation, Turn, standalone

CORPUS = Path(__file__).parent.parent / "corpus"
MORE = (
    "kotter1995", "speck2014", "frank_nd", "li_solis2013", "rumelt2011", "crisis_cases", "coombs2007", "wilson2011", "altimeter2013",
    "kim_mauborgne2004", "hanna2011",
)  # fmt: skip
NAMES = {
    "Kotter": frozenset({"k"}),
    "Speck": frozenset({"s"}),
    "Li": frozenset({"l"}),
    "Solis": frozenset({"l"}),
    "Frank": frozenset({"f"}),
}


@pytest.fixture(scope="module")
def wide(tmp_path_factory):
    """An advisor over works that disagree with each other."""
    folder = tmp_path_factory.mktemp("wide")
    shelf = folder / "shelf"
    shelf.mkdir()
    for work in MORE:
        for language in ("de", "en"):
            shutil.copy(CORPUS / f"{work}.{language}.md", shelf)
    with Advisor.open(Settings(index=folder / "index", corpus=shelf, threads=2)) as opened:
        assert not opened.sync().failed
        yield opened


@pytest.mark.parametrize(
    ("question", "sides"),
    [
        ("Compare Kotter and Speck on culture change", ("Kotter", "Speck")),
        ("Compare Li and Solis with Frank", ("Li and Solis", "Frank")),
        ("difference between Li and Solis and Frank?", ("Li and Solis", "Frank")),
        ("Kotter oder Speck?", ("Kotter", "Speck")),
        ("Wer hat bei der Kultur recht, Kotter oder Speck?", ("Kotter", "Speck")),
        ("Worin unterscheiden sich Kotter und Speck?", ("Kotter", "Speck")),
        ("Vergleiche bitte Frank mit Li/Solis", ("Frank", "Li/Solis")),
        ("Was ist der Unterschied zwischen guter und schlechter Strategie?", ("guter Strategie", "schlechter Strategie")),
    ],
)
def test_what_is_to_be_compared(question, sides):
    assert wanted(question, NAMES).texts == sides


@pytest.mark.parametrize(
    "question",
    [
        "What does Frank demand?", "Should we start with goals or with tools?", "What do Kotter and Frank say about time?",
        "How can we compare networks by what they let people do?",
        "Wie stark wirkt das, verglichen mit den Plakaten in allen großen Städten?",
    ],
)  # fmt: skip
def test_other_questions_want_no_comparison(question):
    assert wanted(question, NAMES) is None


def test_the_point_of_a_comparison_is_known():
    assert wanted("Compare Kotter and Speck on culture change", NAMES).point == "culture change"


@pytest.mark.parametrize("question", ["Compare Kotter and Speck on culture change", "Vergleiche Kotter und Speck beim Kulturwandel"])
def test_a_comparison_puts_both_sides_beside_each_other(wide, question):
    answer = wide.ask(question, note_gap=False)
    sides = answer.comparison.sides
    assert [side.works for side in sides] == [("kotter1995",), ("speck2014",)]
    assert not any(side.empty for side in sides)
    said = {side: [s for s in answer.statements if s.side == side] for side in (0, 1)}
    for number, side in enumerate(sides):
        assert said[number]
        assert {answer.citations[n - 1].work for s in said[number] for n in s.citations} == set(side.works)
    findings = [sum(s.kind == "finding" for s in own) for own in said.values()]
    assert findings[0] == findings[1]
    for row in answer.comparison.rows:
        assert [answer.statements[place].side for place in row if place is not None] == [
            n for n, place in enumerate(row) if place is not None
        ]
    assert "| Kotter (1995) | Speck (2014) |" in answer.text
    assert Answer.from_json(json.loads(json.dumps(answer.as_json()))) == answer
    assert {verdict for _, verdict in wide.verify(answer.citations)} == {"found"}


def test_lists_side_by_side_hold_every_item_of_both(wide):
    answer = wide.ask("Compare Frank's list of factors with the seven factors by Li and Solis", note_gap=False)
    assert [entry.items_total for entry in answer.lists] == [6, 7]
    for number, entry in enumerate(answer.lists):
        assert sum(s.kind == "factor" and s.list == number for s in answer.statements) == entry.items_total
    rows = [row for row in answer.comparison.rows if all(p is None or answer.statements[p].kind == "factor" for p in row)]
    goals = [answer.statements[row[1]].text for row in rows if row[0] is not None and answer.statements[row[0]].text.startswith("Goals")]
    assert goals and goals[0].startswith("Business goals")


def test_a_side_that_the_library_does_not_know_says_so(wide):
    answer = wide.ask("Compare Kotter and Sinek on change", note_gap=False)
    assert [side.empty for side in answer.comparison.sides] == [False, True]
    assert len(answer.uncovered) == 1 and "Sinek" in answer.uncovered[0]
    assert "nothing on this side" in answer.text


def test_terms_are_compared_by_the_lists_named_for_them(wide):
    answer = wide.ask("What is the difference between good and bad strategy?", note_gap=False)
    assert {entry.work for entry in answer.lists} == {"rumelt2011"} and len(answer.lists) == 2


@pytest.mark.parametrize(
    ("question", "language", "only", "without"),
    [
        ("What do we need, only the budget, not the staff?", "en", ("budget",), ("staff",)),
        ("What do we need before launching, except the staff and the budget?", "en", (), ("staff", "budget")),
        ("List the factors without the legal ones", "en", (), ("legal ones",)),
        ("Was brauchen wir vor dem Start - nur die Ziele?", "de", ("Ziele",), ()),
        ("Welche Faktoren nennt Frank, außer dem Personal?", "de", (), ("Personal",)),
        ("Zeig mir nur die Ziele", "de", ("Ziele",), ()),
        ("Was brauchen wir zum Start, aber nicht das Recht?", "de", (), ("Recht",)),
        ("Does it hold only for the budget, not for the staff?", "en", (), ()),
        ("Gilt das nur für das Budget und nicht für das Personal?", "de", (), ()),
        ("Wir wollen Fans zusammenbringen, ohne sie zu gängeln. Wie?", "de", (), ()),
        ("Is it enough to tell people the facts, without saying sorry?", "en", (), ()),
        ("Everyone quotes that just 17% of firms act strategically.", "en", (), ()),
    ],
)
def test_the_scope_of_a_question(question, language, only, without):
    scope = scope_of(question, language)
    assert (scope.only, scope.without) == (only, without)


@given(st.text(max_size=200), st.sampled_from(["en", "de"]))
def test_any_text_has_a_scope(text, language):
    scope = scope_of(text, language)
    assert scope.narrow or scope.question.split() == text.split() or scope.question


@pytest.mark.parametrize(
    ("question", "out", "word"),
    [
        ("Which factors does Frank name, except the staff?", "Staff", "Left out"),
        ("Welche Faktoren nennt Frank, außer dem Personal?", "Personal", "ausgelassen"),
    ],
)
def test_what_a_question_leaves_out_is_named_and_not_given(advisor, question, out, word):
    answer = advisor.ask(question, note_gap=False)
    frank = next(entry for entry in answer.lists if entry.work == "frank_nd")
    assert frank.left_out == (out,) and (frank.items_given, frank.items_total) == (5, 6)
    assert not any(s.kind == "factor" and s.text.startswith(f"{out}:") for s in answer.statements)
    assert word in answer.text and out in answer.text


def test_a_question_keeps_to_what_it_names(advisor):
    answer = advisor.ask("Was nennt Frank, nur die Ziele?", note_gap=False)
    frank = next(entry for entry in answer.lists if entry.work == "frank_nd")
    assert frank.items_given == 1 and len(frank.left_out) == 5
    assert answer.remarks


def test_what_to_avoid_is_not_answered_by_what_to_do(wide):
    answer = wide.ask("What should we NOT do in a shitstorm?", note_gap=False)
    assert any("Sarcasm" in s.text for s in answer.statements if s.kind == "factor")
    assert not any("Apology" in s.text for s in answer.statements if s.kind == "factor")


@pytest.mark.parametrize(
    "question",
    ["What should we avoid?", "Which mistakes do firms make?", "Was sollten wir lieber nicht tun?", "Was darf man auf keinen Fall machen?"],
)
def test_questions_for_what_to_avoid(question):
    assert wants_avoidance(question)


@pytest.mark.parametrize(
    "question",
    [
        "Is it a mistake to start small?", "Sollen wir den Chef twittern lassen?", "Why do we need a plan?",
        "Warum klappt es nicht bei uns, und was müssen wir tun?",
    ],
)  # fmt: skip
def test_other_questions_do_not_ask_what_to_avoid(question):
    assert not wants_avoidance(question)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("What do we need before launching on social media, and what does TikTok advertising cost in 2026?", "TikTok"),
        ("Was brauchen wir vor dem Start in Social Media? Und was verdient ein Social Media Manager?", "verdient"),
    ],
)
def test_the_part_that_nothing_answers_is_named(settings, advisor, tmp_path, question, part):
    index = tmp_path / "index"
    shutil.copytree(settings.index, index, ignore=shutil.ignore_patterns("gaps.jsonl"))
    with Advisor.open(Settings(index=index)) as own:
        answer = own.ask(question)
        assert answer.outcome == "answered" and "frank_nd" in {c.work for c in answer.citations}
        assert len(answer.uncovered) == 1 and part in answer.uncovered[0]
        assert answer.uncovered[0] in answer.text
        assert [gap.question for gap in own.gaps()] == list(answer.uncovered)


def test_a_question_stays_whole_where_its_rest_is_not_answered():
    whole = "What is the capital of Mongolia and how many people live there?"
    assert covered(whole, lambda _: True, lambda _: "weak").question == whole
    assert covered(whole, lambda _: True, lambda _: None).uncovered == ()


def test_what_only_one_list_has_is_marked(wide):
    answer = wide.ask("What do we need before launching on social media?", note_gap=False)
    sole = [s for s in answer.statements if s.sole]
    assert sole and all(s.kind == "factor" for s in sole)
    shared = {n for s in answer.statements if s.kind == "agreement" for n in s.citations}
    assert not shared & {n for s in sole for n in s.citations}
    assert any(s.text.startswith("Enthusiasm") for s in sole)


def test_who_disputes_a_factor_is_quoted_with_those_who_ask_for_it(wide):
    answer = wide.ask("What do we need before launching on social media?", note_gap=False)
    disputed = [s for s in answer.statements if s.kind == "agreement" and s.disputed]
    assert disputed
    for statement in disputed:
        against = {answer.citations[n - 1].work for n in statement.disputed}
        asking = {answer.citations[n - 1].work for n in statement.citations if n not in statement.disputed}
        assert against and len(asking) >= 2 and not against & asking
        assert all(" ".join(answer.citations[n - 1].quote.split()) in answer.text for n in statement.disputed)


@pytest.mark.parametrize(
    "question",
    [
        "What does a Hootsuite licence cost per month?", "How much does a community manager earn in London?",
        "What is the average click-through rate of Facebook ads in retail?", "Wie viel Umsatzsteuer fällt auf Geschenke für Influencer an?",
        "Was schreibt Simon Sinek über das Warum?", "What does the FTC demand from influencers?",
    ],
)  # fmt: skip
def test_what_no_passage_has_is_declined(wide, question):
    answer = wide.ask(question, note_gap=False)
    assert answer.outcome == "not_in_corpus"


def test_a_refusal_says_what_is_missing(wide):
    assert "Sinek" in wide.ask("Was schreibt Simon Sinek über das Warum?", note_gap=False).text
    assert "rates of advertising" in wide.ask("What is the average click-through rate of Facebook ads in retail?", note_gap=False).text


@pytest.mark.parametrize("question", ["was ist ein blauer ozean", "What is a blue ocean?"])
def test_a_definition_comes_first(wide, question):
    assert wants_definition(question)
    first = wide.ask(question, note_gap=False).statements[0]
    assert first.kind == "finding"
    assert "blue ocean" in first.text.lower() and ("Markt" in first.text or "market" in first.text)


def test_a_figure_says_what_it_rests_on(wide):
    answer = wide.ask("How many companies had a dedicated social media team in 2013?", note_gap=False)
    bases = [s for s in answer.statements if s.kind == "basis"]
    assert bases and all(answer.citations[n - 1].quote == s.text for s in bases for n in s.citations)


def test_a_claim_is_followed_to_the_work_that_passes_it_on(advisor):
    answer = advisor.ask("Stimmt es, dass die Hälfte der Innovationen bei Procter & Gamble von außen kommt?", note_gap=False)
    assert answer.statements[0].kind in ("origin", "disagreement")
    assert {"speck2014", "hermes_nd", "huston_sakkab2006"} <= {c.work for c in answer.citations}


def test_no_common_word_is_taken_for_a_misspelt_name(advisor):
    given = advisor.ask("Unser Controller meint, für soziale Kanäle braucht man kaum Geld. Stimmt das?", note_gap=False)
    assert "hanna2011" in {c.work for c in given.citations} or "frank_nd" in {c.work for c in given.citations}


def test_framing_words_are_no_subject():
    assert subject("Few platforms or many - what do the researchers say?") == "Few platforms or many?"
    assert subject("Können Sie mir sagen, was ein Ziel messbar macht?") == "was ein Ziel messbar macht?"
    assert subject("What does Frank say?") == "What does Frank say?"
    assert manner("What does Frank demand? and for how long?") == "and for how long?"


def test_follow_ups_of_follow_ups_do_not_pile_up():
    first = Turn("What does Frank demand?", "What does Frank demand?", "en")
    second = Turn("And the staff?", "What does Frank demand? And the staff?", "en")
    assert standalone("And the budget?", Conversation((first, second))) == "What does Frank demand? And the budget?"
