"""A conversation as a reader has it: history, editing, asking again, stopping, sharing, judging, filtering, pages of a PDF."""

import socket
import threading
from contextlib import contextmanager

import pytest
from making import make_pdf
from test_browser import LAUNCH, START, shown_quote
from test_model import Server
from web_fixtures import ask, copied, library_of, serving, until

from advisor import feedback
from advisor.advisor import Advisor
from advisor.settings import Settings

pytestmark = pytest.mark.browser

CULTURE = "Is a culture change needed, and who disagrees?"
AUSTRALIA = "What is the capital of Australia?"


def turns(page):
    return [turn.strip() for turn in page.locator("#log .turn .asked .words").all_inner_texts()]


def shown_again(page, count):
    page.wait_for_function("count => document.querySelectorAll('#past .turn .answer').length === count", arg=count)


def test_a_conversation_is_there_again_after_a_reload_and_goes_on(opened, chat):
    page = opened(chat)
    ask(page, LAUNCH)
    ask(page, AUSTRALIA)
    page.reload()
    shown_again(page, 2)
    assert turns(page) == [LAUNCH, AUSTRALIA]
    assert "6 of 6 items" in page.inner_text("#past .turn >> nth=0")
    page.locator("#past .turn >> nth=0").locator(".citation[data-number='6']").first.click()
    until(lambda: "three years" in shown_quote(page))
    ask(page, LAUNCH)
    turn = ask(page, "And the budget?")
    assert "Read as a follow-up" in turn.inner_text()
    page.reload()
    shown_again(page, 4)
    turn = ask(page, "And why?")
    assert "Read as a follow-up" in turn.inner_text(), "what was said before the reload still counts"


def test_the_history_lists_opens_and_deletes_conversations(opened, chat):
    page = opened(chat)
    ask(page, LAUNCH)
    page.click(".restart")
    assert page.locator("#log .turn").count() == 0 and page.locator(".welcome").is_visible()
    ask(page, AUSTRALIA)
    page.click("button.history")
    titles = page.locator("#conversations .title")
    assert titles.all_inner_texts() == [AUSTRALIA, LAUNCH]
    assert "1 question" in page.inner_text("#conversations li >> nth=0")
    titles.nth(1).click()
    shown_again(page, 1)
    assert turns(page) == [LAUNCH]
    page.click("button.history")
    page.click(f"#conversations .delete[aria-label='Delete: {AUSTRALIA}']")
    assert page.locator("#conversations .title").all_inner_texts() == [LAUNCH]
    page.click("#conversations .delete-all")
    assert page.locator("#conversations li").count() == 1, "it is asked once more"
    page.click("#conversations .delete-all")
    assert turns(page) == []
    page.click("button.history")
    assert "No conversations yet." in page.inner_text("#conversations")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('button.history')"), "the focus goes back to where it was"
    assert page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('advisor-conversation')).length") == 0


def test_a_question_is_edited_and_later_ones_are_dropped(opened, chat):
    page = opened(chat)
    ask(page, LAUNCH)
    ask(page, "And the budget?")
    first = page.locator("#past .turn").first
    first.locator(".edit").focus()
    page.keyboard.press("Enter")
    area = first.locator(".editing textarea")
    assert area.input_value() == LAUNCH
    assert "Questions after this one are dropped" in first.locator(".editing").inner_text()
    page.keyboard.press("Escape")
    assert first.locator(".editing").count() == 0 and page.evaluate("document.activeElement.matches('.edit')")
    page.keyboard.press("Enter")
    area.fill(AUSTRALIA)
    page.keyboard.press("Enter")
    page.wait_for_selector("#current .turn:not([aria-busy]) .not_in_corpus")
    assert turns(page) == [AUSTRALIA]
    page.reload()
    shown_again(page, 1)
    assert turns(page) == [AUSTRALIA]


def test_an_answer_is_asked_for_once_more(opened, chat):
    page = opened(chat)
    ask(page, LAUNCH)
    before = page.locator("#current .turn").get_attribute("data-kept")
    page.click("#current .act.again")
    page.wait_for_function(
        "before => ![null, undefined, '', before].includes(document.querySelector('#current .turn:not([aria-busy])')?.dataset.kept)",
        arg=before,
    )
    assert turns(page) == [LAUNCH]


@contextmanager
def talking(settings, tmp_path, reply):
    """The chat with a language model that speaks slowly."""
    model = Server()
    model.reply, model.mode = reply, "dribbling"
    thread = threading.Thread(target=model.http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    index, corpus = copied(settings, tmp_path)
    variables = {"ADVISOR_MODEL": "openai:slow", "ADVISOR_MODEL_URL": model.url}
    try:
        with serving(index, corpus, **variables) as served:
            yield served
            model.stop.set()
    finally:
        model.stop.set()
        model.http.shutdown()
        model.http.server_close()


def test_an_answer_grows_while_the_model_speaks_and_can_be_stopped(opened, settings, tmp_path, advisor):
    number = next(cited.number for cited in advisor.ask(LAUNCH).citations if "three years" in cited.quote)
    sentence = f"A budget must be secured for at least three years [{number}]. "
    with talking(settings, tmp_path, sentence + "The moon is made of green cheese and shines at night. " * 40) as served:
        page = opened(served)
        page.fill("#question textarea", LAUNCH)
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#current .turn[aria-busy] .searching")
        assert page.locator("#stop").is_visible() and not page.locator("#send").is_visible()
        page.wait_for_selector("#current .turn[aria-busy] .finding")
        assert "at least three years" in page.inner_text("#current .finding")
        page.click("#stop")
        page.wait_for_selector("#current .turn:not([aria-busy]) .halted")
        assert "Stopped before the answer was whole." in page.inner_text("#current")
        assert page.locator("#send").is_visible() and not page.locator("#stop").is_visible()
        assert page.evaluate("document.activeElement.matches('#question textarea')")
        page.wait_for_timeout(1500)
        assert page.locator("#current .turn[aria-busy]").count() == 0, "nothing arrives any more"
        page.click("#current .again")
        page.wait_for_selector("#current .turn[aria-busy]")
        page.click("#stop")
        page.wait_for_selector("#current .halted")
        assert turns(page) == [LAUNCH]


def test_what_a_model_wrote_without_support_is_counted_and_told(opened, settings, tmp_path, advisor):
    number = next(cited.number for cited in advisor.ask(LAUNCH).citations if "three years" in cited.quote)
    with talking(
        settings, tmp_path, f"A budget must be secured for at least three years [{number}]. The moon is cheese [{number}]."
    ) as served:
        page = opened(served)
        turn = ask(page, LAUNCH)
        assert "1 sentence of the language model left out" in turn.inner_text()
        turn.locator(".dropped summary").click()
        assert "The quotations do not bear them out" in turn.inner_text()
        assert "cheese" not in turn.inner_text()


def test_a_link_opens_the_answer_with_its_evidence_in_another_browser(opened, chat, advisor):
    page = opened(chat, permissions=["clipboard-read", "clipboard-write"])
    turn = ask(page, LAUNCH)
    turn.locator(".share").click()
    page.wait_for_selector("#current .thanks a")
    address = page.get_attribute("#current .thanks a", "href")
    assert page.evaluate("navigator.clipboard.readText()") == address
    other = opened(chat, path=address.removeprefix(chat.url), locale="de-DE")
    shown_again(other, 1)
    assert turns(other) == [LAUNCH]
    assert shown_quote(other) == advisor.ask(LAUNCH).citations[0].quote
    follow_up = ask(other, "And the budget?")
    assert "Read as a follow-up" in follow_up.inner_text(), "one can go on from there"
    gone = opened(chat, path="/a/never-shared")
    gone.wait_for_selector("#past .failed")
    assert "There is no answer under this link" in gone.inner_text("#past")


def test_a_thumb_and_its_reason_reach_whoever_keeps_the_library(opened, chat, settings):
    page = opened(chat)
    turn = ask(page, "How do we lead a change so that it lasts?")
    turn.locator(".act.down").click()
    page.wait_for_selector("#current .reasons:not([hidden])")
    turn.locator(".reasons input").nth(2).check()
    turn.locator(".reasons textarea").fill("Kotter is missing")
    turn.locator(".reasons .primary").click()
    until(lambda: "Noted" in turn.locator(".thanks").inner_text())

    def votes():
        return [(entry.vote, entry.reason) for entry in feedback.read(settings.index) if "lead a change" in entry.question]

    until(lambda: votes() == [("down", "Something is missing. Kotter is missing")])  # "Noted" stood there for the thumb alone
    assert turn.locator(".act.down").get_attribute("aria-pressed") == "true"
    turn.locator(".act.up").click()
    until(lambda: turn.locator(".act.up").get_attribute("aria-pressed") == "true")
    assert turn.locator(".act.down").get_attribute("aria-pressed") == "false"
    assert not turn.locator(".reasons .choices").is_visible()
    turn.locator(".act.up").click()
    until(lambda: not [entry for entry in feedback.read(settings.index) if "lead a change" in entry.question])


def test_a_filter_is_chosen_by_keyboard_shown_and_taken_back(opened, chat):
    page = opened(chat)
    page.focus(".act.filter")
    page.keyboard.press("Enter")
    page.wait_for_selector("#filters .boxes.works")
    page.fill("#filters .find", "wilson")
    assert page.locator("#filters .works label:visible").count() == 1
    page.focus("#filters .works label:visible input")
    page.keyboard.press("Space")
    page.fill("#filters [name='first']", "2010")
    page.press("#filters [name='first']", "Enter")
    page.wait_for_selector("#filters:not([open])", state="attached")
    assert [chip.split("×")[0].strip() for chip in page.locator(".chosen button").all_inner_texts()] == [
        "Wilson et al. (2011)",
        "from 2010",
    ]
    turn = ask(page, "Which social media strategies are there?")
    assert "Asked only: Wilson et al. (2011) · from 2010" in turn.inner_text()
    turn.locator(".sources summary").click()
    assert turn.locator(".sources li").count() == 1
    page.click(".chosen button >> nth=0")
    page.click(".chosen button >> nth=0")
    assert page.evaluate("document.activeElement.matches('.act.filter')")
    turn = ask(page, LAUNCH)
    assert "Asked only" not in turn.inner_text()
    assert "6 of 6 items" in turn.inner_text()


PAGES = (
    ["Hives in winter", ""] + [f"Observation {n} says nothing of importance to anybody at all." for n in range(30)]
    + ["A hive that is to last the winter needs honey which is stored at"],
    ["least two months before the frost, and a keeper who does not", "open it.", "", "Another paragraph follows here."],
)  # fmt: skip


def test_a_passage_over_a_page_break_is_marked_on_the_printed_pages(opened, tmp_path):
    index, corpus = library_of(tmp_path)
    make_pdf(corpus / "hives.pdf", PAGES, title="Hives in winter", author="Bo Berg")
    with Advisor.open(Settings(index=index, corpus=corpus)) as writer:
        writer.sync()
    with serving(index, corpus) as served:
        page = opened(served)
        turn = ask(page, "What does a hive that is to last the winter need?")
        turn.locator(".citation[data-page='1–2']").first.click()
        page.wait_for_selector("#evidence .views")
        page.click("#evidence .views [data-view='page']")
        page.wait_for_selector("#evidence .sheet .box")
        page.wait_for_function("[...document.querySelectorAll('#evidence .sheet img')].every(image => image.naturalWidth > 1000)")
        assert page.locator("#evidence .sheet").count() == 2
        figures = page.locator("#evidence .sheet")
        for place in (0, 1):
            boxes = [box.bounding_box() for box in figures.nth(place).locator(".box").all()]
            sheet = figures.nth(place).bounding_box()
            assert boxes
            for box in boxes:
                assert sheet["x"] < box["x"] and box["x"] + box["width"] < sheet["x"] + sheet["width"]
                assert sheet["y"] < box["y"] and box["y"] + box["height"] < sheet["y"] + sheet["height"]
        assert not page.locator("#evidence .document").is_visible()
        page.locator("#evidence .views [data-view='text']").focus()
        page.keyboard.press("Enter")
        assert "A hive that is to last the winter" in shown_quote(page)
        assert page.get_attribute("#evidence .views [data-view='text']", "aria-pressed") == "true"


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def test_when_the_program_is_closed_the_page_says_so_and_goes_on_after_its_restart(opened, settings, tmp_path):
    index, corpus = copied(settings, tmp_path)
    port = free_port()
    with serving(index, corpus, port) as served:
        page = opened(served, locale="de-DE")
        ask(page, START)
    page.fill("#question textarea", "Und das Budget?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector(".offline:not([hidden])")
    assert "python app.py" in page.inner_text(".offline")
    assert "Die Frage kam nicht an." in page.inner_text("#past")
    assert page.input_value("#question textarea") == "Und das Budget?"
    page.locator("#past .citation").nth(3).click()
    until(lambda: "Läuft das Programm noch?" in page.inner_text("#evidence"))
    with serving(index, corpus, port):
        page.wait_for_selector(".offline[hidden]", state="attached", timeout=60_000)
        page.wait_for_function("!document.querySelector('#past .failed') && document.querySelector('#past .answered')", timeout=60_000)
        until(lambda: page.input_value("#question textarea") == "Und das Budget?")
        page.press("#question textarea", "Enter")
        page.wait_for_selector("#current .turn:not([aria-busy]) .answer footer")
        assert "Als Anschlussfrage gelesen" in page.inner_text("#current")


def test_colours_and_screens_are_chosen_in_the_header(opened, chat):
    page = opened(chat)
    assert page.locator(".screens a").all_inner_texts() == ["Ask", "Checklist", "Agreement", "Library"]
    assert page.locator(".screens a[aria-current='page']").inner_text() == "Ask"
    page.click(".themes [data-theme='dark']")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.reload()
    page.wait_for_selector("#question textarea")
    until(lambda: page.get_attribute("html", "data-theme") == "dark")
    page.click(".themes [data-theme='system']")
    assert page.get_attribute("html", "data-theme") == "light"


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_dialogs_and_forms_are_accessible(opened, chat, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(chat, color_scheme=scheme, width=width, reduced_motion="reduce")
    ask(page, CULTURE)
    reports = []
    page.click("#current .act.down")
    page.wait_for_selector("#current .reasons:not([hidden])")
    page.locator("#current .edit").focus()
    page.keyboard.press("Enter")
    reports.append(Axe().run(page))
    page.keyboard.press("Escape")
    page.click("button.history")
    reports.append(Axe().run(page))
    page.keyboard.press("Escape")
    page.click(".act.filter")
    page.wait_for_selector("#filters .boxes")
    page.check("#filters input[name='languages'] >> nth=0")
    reports.append(Axe().run(page))
    page.click("#filters .apply")
    reports.append(Axe().run(page))
    found = {
        f"{rule['id']}: {rule['help']}: {node['target']} {node.get('failureSummary', '')[:300]}"
        for report in reports
        for rule in report.response["violations"]
        for node in rule["nodes"]
    }
    assert not found, "\n".join(sorted(found))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
