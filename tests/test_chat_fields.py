"""What an answer holds besides its statements, as the chat draws it and as it is exported."""

import json
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import pytest
from docx import Document
from markdown_it import MarkdownIt
from test_web import HOSTILE, answer_of, bare, citation, elements
from web_fixtures import ask

from advisor.answer.schema import Comparison, GivenList, Side, Statement
from advisor.export import export
from advisor.surfaces.web import answers
from advisor.surfaces.web.exports import file_name

LAUNCH = "What do we need before launching on social media?"
FRANK_AND_WILSON = "Compare Frank and Wilson on goals and budget"


class Cells(HTMLParser):
    """The rows of a table with what stands in their cells, for eyes on a wide page."""

    def __init__(self, markup):
        super().__init__()
        self.rows, self.hidden = [], False
        self.feed(markup)

    def handle_starttag(self, name, attributes):
        if name == "tr":
            self.rows.append([])
        if name in ("td", "th"):
            self.rows[-1].append("")
        self.hidden = dict(attributes).get("class") in ("of-side", "out-of-sight")

    def handle_endtag(self, name):
        self.hidden = False

    def handle_data(self, data):
        if self.rows and self.rows[-1] and not self.hidden:
            self.rows[-1][-1] += data.replace("\u00a0", " ")


def table_of(shown):
    found = re.findall(r"<table.*?</table>", shown, re.S)
    assert len(found) == 1
    return Cells(found[0]).rows


def compared(rows, statements, *, empty=False, **others):
    cited = [citation(n, one.text) for n, one in enumerate(statements, 1)]
    sides = (Side("Ann", ("a",)), Side("Bo", ("b",), empty))
    return answer_of(statements, cited, comparison=Comparison(sides, rows), **others)


@pytest.mark.parametrize(("language", "heading"), [("en", "Not answered by the library:"), ("de", "Von der Bibliothek nicht beantwortet:")])
def test_what_a_reader_must_know_stands_above_the_answer(language, heading):
    given = answer_of(
        [Statement("Point", "finding", (1,))],
        [citation(1, "Point")],
        language=language,
        remarks=("Without budget.",),
        uncovered=("x?", "y?"),
    )
    shown = answers.render(given, "Why?")
    assert re.search(r'<div class="remarks" role="note" aria-label="[^"]+"><p>Without budget.</p></div>', shown)
    assert f"<h3>{heading}</h3><ul><li>x?</li><li>y?</li></ul>" in shown
    assert shown.index("Without budget.") < shown.index("<li>x?") < shown.index("Point")


def test_a_refusal_says_its_remarks_once():
    given = answer_of([], [], outcome="not_in_corpus", text="No.\nNothing on Bo.", remarks=("Nothing on Bo.",))
    assert bare(answers.render(given, "Why?")).count("Nothing on Bo.") == 1


def test_two_sides_are_a_table_and_their_statements_are_not_said_again():
    said = [Statement(f"Point {n}", "finding", (n + 1,), side=n % 2) for n in range(3)] + [Statement("Besides", "finding", (4,))]
    shown = answers.render(compared(((0, 1), (2, None)), said), "Why?")
    assert table_of(shown) == [["Ann", "Bo"], ["Point 0 1", "Point 1 2"], ["Point 2 3", "–"]]
    assert 'scope="col"' in shown and "<caption" in shown
    for n in range(3):
        assert bare(shown.split("<footer")[0]).count(f"Point {n}") == 1
    assert shown.index("</table>") < shown.index("Besides")
    assert f'href="read/{"b" * 64}?start=20&amp;end=25#quote"' in shown


def test_a_side_without_anything_says_so_over_all_rows():
    said = [Statement("One", "finding", (1,), side=0), Statement("Two", "finding", (2,), side=0)]
    shown = answers.render(compared(((0, None), (1, None)), said, empty=True), "Why?")
    assert table_of(shown) == [["Ann", "Bo"], ["One 1", "The library holds nothing on this side."], ["Two 2"]]
    assert 'rowspan="2"' in shown
    german = answers.render(compared((), [], empty=True, language="de"), "Warum?")
    assert "Auf dieser Seite hat die Bibliothek nichts." in german


def test_lists_beside_each_other_begin_with_what_they_are_of():
    said = [
        Statement("Ann lists:", "lead", (1,), 0, side=0), Statement("Bo lists:", "lead", (2,), 1, side=1),
        Statement("Goals", "factor", (3,), 0, side=0), Statement("Aims", "factor", (4,), 1, side=1),
        Statement("Staff", "factor", (5,), 0, side=0),
    ]  # fmt: skip
    given = replace(compared(((2, 3), (4, None)), said), lists=(GivenList("Ann lists:", "a", 2, 2), GivenList("Bo lists:", "b", 1, 1)))
    shown = answers.render(given, "Why?")
    assert table_of(shown)[1:] == [["Ann lists: 1 2 of 2 items", "Bo lists: 2 1 of 1 items"], ["Goals 3", "Aims 4"], ["Staff 5", "–"]]
    assert "<ol" not in shown
    for stage in answers.stages(given, "Why?"):
        table_of(stage)


def test_the_basis_of_a_figure_is_no_caveat():
    given = answer_of([Statement("500 firms were asked.", "basis", (1,), note="figures of 2012")], [citation(1, "500 firms were asked.")])
    shown = answers.render(given, "How many?")
    assert "What the figure rests on" in shown and "figures of 2012" in shown
    assert 'class="caveat"' not in shown
    assert "Worauf die Zahl beruht" in answers.render(replace(given, language="de"), "Wie viele?")


def test_who_disputes_does_not_count_as_agreeing():
    cited = [citation(1, "Goals"), citation(2, "Goals"), citation(3, "Goals get in the way.", authors=("Bo Berg",))]
    shown = answers.render(answer_of([Statement("Goals", "agreement", (1, 2, 3), note="2 works", disputed=(3,))], cited), "Why?")
    agreeing, disputing = re.search(r'<p class="reference">(.*?)</p><p class="against">(.*?)</p>', shown).groups()
    assert "Berg" not in bare(agreeing) and agreeing.count("<a ") == 2
    assert bare(disputing).replace("\u00a0", " ") == "disputed by Berg (2011): Goals get in the way. 3"


def test_what_only_one_list_has_and_what_was_left_out_is_marked():
    cited = [citation(1, "Needs:"), citation(2, "Staff")]
    said = [Statement("Needs:", "lead", (1,), 0), Statement("Staff", "factor", (2,), 0, sole=True)]
    shown = answers.render(answer_of(said, cited, [GivenList("Needs:", "w", 2, 1, left_out=("Budget",))]), "Why?")
    assert re.search(r'class="badge sole"[^>]*>only in this list<', shown)
    assert "Left out, as asked, from the list of Author (2011): Budget." in shown
    assert 'data-whole="true"' in shown, "nothing is missing that was asked for"


def test_new_fields_in_hostile_words_are_only_text():
    cited = [citation(1, HOSTILE, authors=(HOSTILE,))]
    said = [
        Statement(HOSTILE, "agreement", (1,), disputed=(1,)),
        Statement(HOSTILE, "basis", (1,)),
        Statement(HOSTILE, "finding", (1,), side=0),
    ]
    sides = Comparison((Side(HOSTILE, ("a",)), Side(HOSTILE, (), True)), ((2, None),))
    given = answer_of(
        said, cited, [GivenList(HOSTILE, "w", 2, 1, left_out=(HOSTILE,))], remarks=(HOSTILE,), uncovered=(HOSTILE,), comparison=sides
    )
    names, attributes = elements(answers.render(given, HOSTILE))
    assert not names & {"script", "img"}
    assert "onerror" not in attributes and "src" not in attributes


@pytest.fixture(scope="module")
def side_by_side(advisor):
    given = advisor.ask(FRANK_AND_WILSON)
    assert given.comparison and not any(side.empty for side in given.comparison.sides)
    return given


def test_a_comparison_of_the_library_is_drawn_whole(side_by_side):
    shown = answers.render(side_by_side, FRANK_AND_WILSON)
    assert table_of(shown)[0] == [side.name for side in side_by_side.comparison.sides]
    said = " ".join(bare(shown).split())
    for row in side_by_side.comparison.rows:
        for place in row:
            assert place is None or " ".join(side_by_side.statements[place].text.split()) in said


TABLE = """*Without budget.*

*The library does not answer this part: the moon*

| Ann | Bo |
|---|---|
| One \\| more [1] | Two [2] |
| Three [1] | – |"""


def test_markdown_and_word_carry_remarks_and_comparison():
    given = answer_of([], [citation(1, "One | more"), citation(2, "Two", work="b", reference="Bo Berg (2010): Other.")], text=TABLE)
    shown = MarkdownIt().enable("table").render(export([given], "md", "en").decode())
    assert "<em>Without budget.</em>" in shown and "does not answer this part: the moon" in shown
    rows = [[cell.strip() for cell in row] for row in Cells(shown).rows]
    assert [len(row) for row in rows] == [2, 2, 2] and rows[0] == ["Ann", "Bo"] and rows[1][0].startswith("One | more")
    document = Document(BytesIO(export([given], "docx", "en")))
    (table,) = document.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["Ann", "Bo"], ["One | more", "Two"], ["Three", "–"]]
    assert {"Without budget.", "The library does not answer this part: the moon"} <= {one.text for one in document.paragraphs}
    assert {one["title"] for one in json.loads(export([given], "csl", "en"))} == {"Title"}


def test_a_comparison_of_the_library_is_exported_with_all_its_notes(side_by_side):
    written = export([side_by_side], "md", "en").decode()
    noted = set(re.findall(r"^\[\^(\d+)\]:", written, re.M))
    assert noted and noted == set(re.findall(r"\[\^(\d+)\](?!:)", written))
    with zipfile.ZipFile(BytesIO(export([side_by_side], "docx", "en"))) as archive:
        assert archive.read("word/document.xml").count(b"footnoteReference w:id") >= len(noted)


@pytest.mark.parametrize(
    ("questions", "name"),
    [
        (["Was nützt Größe?"], "was-nuetzt-groesse"),
        (["What?", "Why?"], "conversation-what"),
        (["日本?"], "answer"),
        (["word " * 40], "-".join(["word"] * 12)),
        (['"; x=../../etc'], "x-etc"),
    ],
)
def test_a_file_is_named_after_its_question(questions, name):
    assert file_name([answer_of([], [], question=question) for question in questions]) == name


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    return [f"{rule['id']}: {node['target']}" for rule in Axe().run(page).response["violations"] for node in rule["nodes"]]


@pytest.mark.browser
def test_an_answer_and_a_conversation_are_exported_by_keyboard(opened, chat):
    page = opened(chat)
    ask(page, LAUNCH)
    turn = ask(page, "What is the capital of Australia?")
    turn.locator(".act.export").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#exports[open]")
    assert page.locator("#exports input[value=answer]").is_checked()
    assert not violations(page)
    page.locator("#exports input[value=answer]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.format") == "docx"
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename.startswith("conversation-what-do-we-need-before-launching")
    titles = [one.text for one in Document(download.value.path()).paragraphs if one.style.name == "Heading 1"]
    assert titles[:2] == [LAUNCH, "What is the capital of Australia?"]
    page.locator(".said-of-export", has_text="Saved as conversation-what").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.act.export')")
    page.locator("#past .act.export").first.click()
    for form, ending in (("md", "md"), ("bib", "bib"), ("csl", "json")):
        with page.expect_download() as download:
            page.click(f"#exports [data-format={form}]")
        assert download.value.suggested_filename == f"what-do-we-need-before-launching-on-social-media.{ending}"
    assert len(json.loads(download.value.path().read_text())) > 1


@pytest.mark.browser
@pytest.mark.parametrize(("scheme", "width"), [("light", 1440), ("dark", 390)])
def test_a_comparison_is_read_by_everyone_at_every_width(opened, chat, side_by_side, scheme, width):
    page = opened(chat, width=width, color_scheme=scheme)
    turn = ask(page, FRANK_AND_WILSON)
    names = [side.name for side in side_by_side.comparison.sides]
    assert page.get_by_role("columnheader").all_inner_texts() == names
    cells = turn.locator("table.compared td").filter(visible=True)
    first, second = cells.nth(0).bounding_box(), cells.nth(1).bounding_box()
    if width < 500:
        assert cells.locator(".of-side").filter(visible=True).first.inner_text() == names[0]
        assert second["y"] >= first["y"] + first["height"] - 1
    else:
        assert second["x"] > first["x"] and abs(second["y"] - first["y"]) < 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.wait_for_timeout(400)
    assert not violations(page)
