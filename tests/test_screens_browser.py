"""The checklist and the agreement map as a manager meets them: real Chromium before the real server."""

import os
import re
from pathlib import Path

import pytest
from web_fixtures import copied, library_of, serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(advisor, settings, tmp_path_factory):
    """The program over a copy of the shelf, in which the tests of this module decide things."""
    index, corpus = copied(settings, tmp_path_factory.mktemp("screens"))
    with serving(index, corpus) as running:
        yield running


@pytest.fixture
def visit(chromium, request, tmp_path):
    """Opens a screen in a fresh profile; at the end checks that nothing was asked of other hosts and no script failed."""
    pages = []

    def open_page(running, path, *, width=1280, height=900, **context):
        profile = chromium.new_context(viewport={"width": width, "height": height}, **{"locale": "en-US", **context})
        page = profile.new_page()
        page.set_default_timeout(20_000)
        requests, errors = [], []
        page.on("request", lambda sent: requests.append(sent.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.goto(running.url + path)
        pages.append((page, running, requests, errors))
        return page

    yield open_page
    folder = Path(os.environ.get("ADVISOR_SCREENSHOTS") or tmp_path)
    folder.mkdir(parents=True, exist_ok=True)
    for number, (page, running, requests, errors) in enumerate(pages):
        name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")
        page.screenshot(path=folder / f"{name}{number or ''}.png")
        page.context.close()
        assert not [url for url in requests if not url.startswith((running.url, "data:", "blob:"))]
        assert not errors


def line(page, title):
    return page.locator("li.line", has=page.locator(f"h3:text-is('{title}')"))


def choose(page, title, status):
    line(page, title).locator(f"label.{status}").click()
    line(page, title).locator(".state:text-is('Saved')").wait_for()


def violations(page):
    from axe_playwright_python.sync_playwright import Axe

    return [
        f"{rule['id']}: {rule['help']}: {node['target']} {node.get('failureSummary', '')[:300]}"
        for rule in Axe().run(page).response["violations"]
        for node in rule["nodes"]
    ]


def test_a_line_is_saved_as_it_is_changed_and_still_there_after_a_restart(visit, advisor, settings, tmp_path):
    index, corpus = copied(settings, tmp_path)
    with serving(index, corpus) as running:
        page = visit(running, "/checklist?topic=launch")
        choose(page, "Budget", "done")
        page.locator("#sentence", has_text="1 of ").wait_for()
        assert page.locator("[data-number='done']").inner_text() == "1"
        assert float(page.locator("[data-bar='done']").get_attribute("width")) > 0
        budget = line(page, "Budget")
        budget.locator("[name=owner]").fill("Anna Meier")
        budget.locator("[name=note]").fill("Board, 3 March")
        budget.locator("[name=note]").blur()
        budget.locator(".state:text-is('Saved')").wait_for()
        choose(page, "Staff", "not_for_us")
    with serving(index, corpus) as running:
        page = visit(running, "/checklist?topic=launch&language=de")
        budget = page.locator("li.line[data-status='done']")
        assert budget.locator("[name=owner]").input_value() == "Anna Meier"
        assert budget.locator("[name=note]").input_value() == "Board, 3 March"
        assert budget.locator(":checked").get_attribute("value") == "done"
        assert page.locator("li.line[data-status='not_for_us'] h3").inner_text() == "Personal"


def test_two_people_at_one_line_are_shown_both_sides(visit, served):
    first, second = (visit(served, "/checklist?topic=launch") for _ in range(2))
    title = "Governance"
    choose(first, title, "done")
    line(second, title).locator("[name=note]").fill("mine")
    line(second, title).locator("[name=note]").blur()
    second.wait_for_selector("h1:text('Somebody else saved this line first')")
    assert [side.inner_text() for side in second.locator(".side .chosen").all()] == ["Done", "Open"]
    assert violations(second) == []
    second.get_by_role("button", name="Save mine over it").click()
    second.wait_for_selector("li.line")
    assert line(second, title).locator("[name=note]").input_value() == "mine"


def test_what_could_not_be_saved_is_said_and_stays(visit, advisor, settings, tmp_path):
    index, corpus = copied(settings, tmp_path)
    with serving(index, corpus) as running:
        page = visit(running, "/checklist?topic=launch")
    line(page, "Budget").locator("[name=owner]").fill("Anna")
    line(page, "Budget").locator("[name=owner]").blur()
    line(page, "Budget").locator(".state.failed", has_text="Not saved").wait_for()
    assert line(page, "Budget").locator("[name=owner]").input_value() == "Anna"


def test_the_checklist_works_with_the_keyboard_and_without_a_script(visit, served):
    page = visit(served, "/checklist?topic=launch", java_script_enabled=False)
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Skip to the content"
    page.keyboard.press("Enter")
    field = line(page, "Vision").locator("[value=open]")
    field.focus()
    page.keyboard.press("ArrowLeft")
    assert line(page, "Vision").locator("[value=done]").is_checked()
    page.keyboard.press("Tab")
    page.keyboard.type("Carla")
    page.keyboard.press("Enter")
    page.wait_for_selector(".told:text('Saved: Vision')")
    assert line(page, "Vision").locator("[name=owner]").input_value() == "Carla"
    line(page, "Vision").locator("summary").click()
    line(page, "Vision").locator(".quotation a.read").first.click()
    page.wait_for_selector("mark")
    assert page.locator("mark").inner_text().startswith("Vision:")


def test_the_quotations_of_a_line_lead_to_their_place(visit, served):
    page = visit(served, "/checklist?topic=launch&language=de&__theme=dark")
    page.locator("li.line", has=page.locator("h3:text-is('Budget')")).locator("summary").click()
    link = page.locator(".quotation:visible", has_text="Wilson").locator("a.read").first
    said = page.locator(".quotation:visible", has_text="Wilson").locator("blockquote").first.inner_text()
    link.click()
    page.wait_for_selector("mark")
    assert "".join(page.locator("mark").all_inner_texts()) == said
    assert page.locator("html").get_attribute("lang") == "de"
    assert page.locator("html").get_attribute("data-theme") == "dark"


def test_a_sign_of_the_map_opens_its_quotation(visit, served, advisor):
    page = visit(served, "/agreement?topic=launch")
    sign = page.get_by_role("link", name="Wilson et al. (2011) dispute it: Budget")
    sign.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    assert "small budget" in dialog.locator("blockquote").inner_text()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert sign.evaluate("element => element === document.activeElement")
    sign.click()
    dialog.get_by_role("link", name="Read it in the document").click()
    page.wait_for_selector("mark")
    assert "small budget" in page.locator("mark").inner_text()


def test_the_map_without_a_script_leads_to_the_document(visit, served):
    page = visit(served, "/agreement?topic=launch", java_script_enabled=False)
    page.get_by_role("link", name="Frank asks for it: Budget").click()
    page.wait_for_selector("mark")
    assert page.locator("mark").inner_text().startswith("Budget:")


def test_the_map_is_a_table_for_who_cannot_see_it(visit, served):
    page = visit(served, "/agreement?topic=launch")
    rows = page.get_by_role("table", name="Agreement map").get_by_role("row")
    budget = rows.filter(has=page.get_by_role("rowheader", name="Budget"))
    assert budget.get_by_role("link", name="dispute it").count() == 1
    words = page.get_by_role("table", name="The same in words")
    assert "small budget" in words.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Budget")).inner_text()


def test_language_and_theme_stay_chosen(visit, served):
    page = visit(served, "/checklist")
    page.get_by_role("group", name="Language").get_by_role("link", name="Deutsch").click()
    page.get_by_role("group", name="Farbschema").get_by_role("link", name="Dunkel").click()
    page.get_by_role("link", name="Übereinstimmung", exact=True).click()
    page.wait_for_selector("h1:text('Übereinstimmung')")
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(21, 23, 26)"
    page.get_by_label("Thema").select_option("culture") if page.get_by_label("Thema").locator("[value=culture]").count() else None
    page.get_by_role("button", name="Anzeigen").click()
    assert page.locator("html").get_attribute("lang") == "de"


@pytest.mark.parametrize(("width", "scheme"), [(1280, "dark"), (390, "light"), (320, "dark")])
def test_the_screens_are_accessible_and_fit(visit, served, scheme, width):
    found = []
    for path in (
        "/checklist?topic=launch&language=de",
        "/checklist?topic=launch&show=done",
        "/agreement?topic=launch&language=de",
        "/agreement?topic=launch&rows=shared",
        "/agreement?topic=weather",
        "/checklist?topic=law",
    ):
        page = visit(served, path, color_scheme=scheme, width=width, reduced_motion="reduce")
        if "/checklist?topic=launch" in path and page.locator("summary").count():
            page.locator("summary").first.click()
        found += [f"{path} {entry}" for entry in violations(page)]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert not found, "\n".join(found)


def test_an_empty_library_says_what_to_do(visit, tmp_path):
    index, corpus = library_of(tmp_path)
    with serving(index, corpus) as running:
        for path in ("/checklist", "/agreement"):
            page = visit(running, path)
            assert "python ingest.py" in page.locator("main").inner_text()
            assert violations(page) == []


def test_printed_pages_hold_what_counts_and_nothing_else(visit, served):
    page = visit(served, "/checklist?topic=launch")
    page.emulate_media(media="print")
    assert not page.locator(".top").is_visible() and not page.locator(".picker").is_visible()
    first = page.locator("li.line").first
    assert first.locator(".status label:visible").count() == 1
    page = visit(served, "/agreement?topic=launch")
    page.emulate_media(media="print")
    box = page.locator("table.map").bounding_box()
    assert box["width"] <= 1280 and page.locator("table.map .cell").first.is_visible()


def test_the_checklist_is_saved_as_a_word_document(visit, served, tmp_path):
    from docx import Document

    page = visit(served, "/checklist?topic=launch")
    with page.expect_download() as saving:
        page.get_by_role("link", name="Word (DOCX)").click()
    saving.value.save_as(tmp_path / "checklist.docx")
    assert saving.value.suggested_filename == "checklist-launch-en.docx"
    assert Document(str(tmp_path / "checklist.docx")).tables[0].rows[0].cells[0].text == "Status"
