"""Questions about a work as a whole: which questions these are, which work is meant, and what the answer then holds."""

import shutil
from pathlib import Path

import pytest

from advisor import Advisor, Settings
from advisor.answer.authors import Authors, asked_whole
from advisor.answer.whole import LISTS
from advisor.answer.words import Words
from advisor.conversation import Conversation
from advisor.documents import read
from advisor.documents.model import Work

CORPUS = Path(__file__).parent.parent / "corpus"
SHELF = (
    "frank_nd", "speck2014", "kaplan_norton1992", "kaplan_haenlein2010", "kotter1995", "porter1996", "mgi2012", "li_bernoff2008",
    "li_solis2013", "altimeter2013", "swot",
)  # fmt: skip
REPORT = """# Wege ins Werk

Annegret Beispielmann, 2021

Dieser Bericht fasst zusammen, was zwölf Betriebe erprobt haben. Er sagt, was ihnen half. Er nennt auch, woran sie scheiterten.

## Vorbereitung

Wer beginnt, klärt zuerst den Zweck.

Dann folgt die Suche nach Leuten.

## Schritte

Der Bericht nennt drei Schritte:

1. Zweck klären
2. Leute finden
3. Erfolg messen
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    shelf = folder / "shelf"
    shelf.mkdir()
    for work in SHELF:
        for language in ("de", "en"):
            shutil.copy(CORPUS / f"{work}.{language}.md", shelf)
    (shelf / "bericht.md").write_text(REPORT, "utf-8")
    with Advisor.open(Settings(index=folder / "index", corpus=shelf, threads=2)) as opened:
        assert not opened.sync().failed
        yield opened


@pytest.fixture(scope="module")
def works():
    return Authors((read(CORPUS / f"{work}.{language}.md").work for work in SHELF for language in ("de", "en")), Words.from_weights())


@pytest.mark.parametrize(
    ("question", "meant"),
    [
        ("What does Frank recommend?", {"frank_nd"}),
        ("Was rät Elke Frank?", {"frank_nd"}),
        ("Kotter?", {"kotter1995"}),
        ("what does kotter say?", {"kotter1995"}),
        ("Worum geht es bei John Kotter?", {"kotter1995"}),
        ("What does Michael E. Porter say?", {"porter1996"}),
        ("Was sagt Frau Dr. Frank?", {"frank_nd"}),
        ("Wer ist Porter?", {"porter1996"}),
        ("Fasse Kaplan und Haenlein (2010) kurz zusammen", {"kaplan_haenlein2010"}),
        ("What is Kaplan and Norton's advice?", {"kaplan_norton1992"}),
        ("Was ist Nortons Kernaussage?", {"kaplan_norton1992"}),
        ("Kaplan 1992", {"kaplan_norton1992"}),
        ("Give me an overview of Li and Bernoff (2008)", {"li_bernoff2008"}),
        ("What do Frank and Kotter say?", {"frank_nd", "kotter1995"}),
        ("Was sagt McKinsey?", {"mgi2012"}),
        ("Fasse „Keine Angst vor Social Media“ zusammen", {"speck2014"}),
        ("Worum geht es in Keine Angst vor Social Media?", {"speck2014"}),
        ("Summarise “What Is Strategy?”", {"porter1996"}),
    ],
)
def test_a_work_that_is_asked_for_as_a_whole_is_known(works, question, meant):
    assert set(asked_whole(question, works).works) == meant


@pytest.mark.parametrize(
    "question",
    [
        "What does Frank say about budgets?",
        "Which factors does Frank list?",
        "Welche Schritte nennt Kotter?",
        "What is SWOT?",
        "What is strategy?",
        "To be frank, what do we need?",
        "Where do Porter and Speck differ?",
        "Widersprechen sich Kotter und Speck?",
        "What does Mintzberg say?",
        "What do we need before launching on social media?",
        "What did Kotter and Michelis say?",
        "Who recommends Porter?",
        "Wer ist gegen Porter?",
        "Is Porter right?",
        "Does Porter recommend it?",
        "What does Kotter not say?",
        "Erfolgsfaktoren Frank",
        "Mitarbeiter Porter",
        "Marketing Porter",
        "be frank",
        "Which works by Porter do you have?",
        "What is What Is Strategy?",
        "",
    ],
)
def test_every_other_question_is_left_alone(works, question):
    assert asked_whole(question, works).works == ()


def test_a_year_that_no_work_of_the_author_has_is_told(works, library):
    asked = asked_whole("What did Porter say in 1980?", works)
    assert (asked.works, asked.other) == (("porter1996",), "1980")
    assert "1980" in library.ask("What did Porter say in 1980?").remarks[0]
    assert library.ask("What did Porter say in 1996?").remarks == ()


@pytest.mark.parametrize(
    ("question", "work", "language"),
    [("Fasse Kaplan und Norton (1992) zusammen", "kaplan_norton1992", "de"), ("What does Frank recommend?", "frank_nd", "en")],
)
def test_the_answer_holds_every_list_whole_and_what_is_missing(library, question, work, language):
    answer = library.ask(question)
    document = read(CORPUS / f"{work}.{language}.md")
    assert (answer.outcome, answer.strength, answer.language) == ("answered", "strong", language)
    assert answer.lists
    assert all(given.items_given == given.items_total for given in answer.lists)
    items = [statement.text for statement in answer.statements if statement.kind == "factor"]
    marked = [block.span.of(document.text) for block in document.blocks if block.kind == "item"]
    assert len(items) == len(marked) > 3
    assert all(whole.startswith(item) for item, whole in zip(items, marked, strict=True))  # a page at the end is told apart
    head = "Was es nicht sagt" if language == "de" else "What it does not say"
    assert f"**{head}**" in answer.text
    findings = [statement.text for statement in answer.statements if statement.kind == "finding"]
    assert not any(text.startswith(("A reading of this digest", "Lesart dieser")) for text in findings)
    assert {verdict for _, verdict in library.verify(answer.citations)} == {"found"}


def test_of_a_long_document_the_beginning_of_every_section_is_quoted_and_every_list(library):
    answer = library.ask("Fasse Wege ins Werk zusammen")
    assert answer.outcome == "answered"
    texts = [statement.text for statement in answer.statements]
    assert "Wer beginnt, klärt zuerst den Zweck." in texts
    assert "Dann folgt die Suche nach Leuten." not in texts
    assert [text for text in texts if text in ("Zweck klären", "Leute finden", "Erfolg messen")] == texts[-3:]
    assert {verdict for _, verdict in library.verify(answer.citations)} == {"found"}


def test_names_as_files_have_them():
    works = [
        Work("a", "One", ("Richard D'Aveni",)), Work("b", "Two", ("Drucker, Peter F.",)), Work("c", "", ("Tom Price",)), Work("d", "四"),
    ]  # fmt: skip
    authors = Authors(works, Words.from_weights())
    assert asked_whole("What does D'Aveni say?", authors).works == ("a",)
    assert asked_whole("Was sagt Peter Drucker?", authors).works == ("b",)
    assert asked_whole("what is the price?", authors).works == ()
    assert asked_whole('What is "????"?', authors).works == ()


def test_a_text_without_headings_is_searched(tmp_path):
    (tmp_path / "plain.md").write_text(
        '---\ntitle: "Preise"\nauthors: [Tom Price]\nyear: 2020\n---\n\nErster Absatz.\n\nZweiter.\n', "utf-8"
    )
    with Advisor.open(Settings(index=tmp_path / "index", corpus=tmp_path, threads=1)) as opened:
        assert not opened.sync().failed
        answer = opened.ask("Was sagt Tom Price?", note_gap=False)
    assert not answer.text.startswith("**Price (2020):**")


def test_a_follow_up_asks_for_its_own_work(library):
    first = library.ask("What does Frank recommend?")
    talk = library.turn(Conversation(), "What does Frank recommend?", first)
    also = library.ask("And Kotter?", conversation=talk)
    assert also.text.startswith("**Kotter (1995):**")
    assert "**Frank, quoted after" not in also.text
    assert not library.ask("Why?", conversation=talk, note_gap=False).text.startswith("**Frank, quoted after Speck (2014):**")


def test_more_lists_than_are_given_are_told(tmp_path):
    sections = "".join(f"## Teil {n}\n\nDazu gehören:\n\n1. eins {n}\n2. zwei {n}\n\n" for n in range(LISTS + 2))
    (tmp_path / "viele.md").write_text(f"# Viele kleine Listen\n\nEin Bericht.\n\n{sections}", "utf-8")
    with Advisor.open(Settings(index=tmp_path / "index", corpus=tmp_path, threads=1)) as opened:
        assert not opened.sync().failed
        answer = opened.ask("Fasse Viele kleine Listen zusammen")
    assert len(answer.lists) == LISTS
    assert "2 weitere Listen" in answer.remarks[-1]
    assert answer.strength == "partial"


def test_several_works_stand_one_after_the_other(library):
    answer = library.ask("What do Frank and Kotter say?")
    assert {citation.work for citation in answer.citations} >= {"frank_nd", "kotter1995"}
    assert answer.text.index("**Frank, quoted after Speck (2014):**") < answer.text.index("**Kotter (1995):**")
