"""The screens of the analysts and the door, as people meet them: real Chromium before the real server."""

import os
import re
from pathlib import Path

import pytest
from making import make_pdf
from web_fixtures import copied, library_of, serving, until

from advisor import accounts, feedback

pytestmark = pytest.mark.browser
LIST = "# Before the start\n\nThree things are needed:\n\n- a goal\n- a budget\n- {third}\n"
HOSTILE = (
    "# <script>window.hacked=1</script>\n\nNeeded are:\n\n- <img src=http://evil.example/x onerror=window.hacked=1>\n- "
    + "W" * 4000 + "\n- \"><svg onload=window.hacked=1> {{7*7}} $\\href{javascript:window.hacked=1}{x}$\n"
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A small library of its own, open to this machine."""
    folder = tmp_path_factory.mktemp("analysts")
    index, corpus = library_of(folder, start__md=LIST.format(third="a team"), hostile__md=HOSTILE)
    (corpus / "broken.pdf").write_bytes(b"%PDF-1.7 no more than this")
    lines = ["This page speaks of goals and of what they cost, line for line, as a report would do."] * 20
    make_pdf(corpus / "scan.pdf", [lines, [], lines, []], title="A report with two scanned pages", author="Erika Muster")
    feedback.record(index, "Is this helpful?", "answer-1", "down", "Too short")
    with serving(index, corpus) as served:
        served.call("What is the capital of Australia?", "en")
        yield served, index


@pytest.fixture(scope="module")
def guarded(advisor, settings, tmp_path_factory):
    """The chat served to others, with a reader and an analyst."""
    index, corpus = copied(settings, tmp_path_factory.mktemp("guarded"))
    accounts.add(index, "erika", "analyst", "drei Boote am Kai")
    accounts.add(index, "rita", "reader", "vier Boote am Kai")
    with serving(index, corpus, ADVISOR_HOST="0.0.0.0") as served:
        yield served


@pytest.fixture
def looking(chromium, request, tmp_path):
    """Opens a page in a fresh profile; at the end saves what is to be seen and checks that nothing foreign was asked for or run."""
    pages = []

    def look(served, path, width=1280, **context):
        profile = chromium.new_context(viewport={"width": width, "height": 900}, **{"locale": "en-US", **context})
        page = profile.new_page()
        page.set_default_timeout(60_000)
        requests, errors = [], []
        page.on("request", lambda sent: requests.append(sent.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        settled(served)
        page.goto(served.url + path)
        pages.append((page, served, requests, errors))
        return page

    yield look
    folder = Path(os.environ.get("ADVISOR_SCREENSHOTS") or tmp_path)
    for number, (page, served, requests, errors) in enumerate(pages):
        name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")
        page.screenshot(path=folder / f"{name}{number or ''}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        hacked = page.evaluate("window.hacked")
        page.context.close()
        assert not [url for url in requests if not url.startswith((served.url, "data:", "blob:"))]
        assert not errors and not wide and hacked is None


def settled(served):
    """Wait until no job of another test runs; where somebody must sign in none does."""
    until(lambda: '"running":true' not in served.get("/documents/status").text, seconds=120)


def faults(page):
    from axe_playwright_python.sync_playwright import Axe

    return {
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')[:200]}"
        for rule in Axe().run(page).response["violations"]
        for node in rule["nodes"]
    }


def first_record(page, name):
    page.locator(".holdings tr", has_text=name).locator("th a").click()
    page.wait_for_selector("#report-title")


def test_files_are_chosen_sent_planned_and_applied_while_the_page_stays(looking, house, tmp_path):
    served, _ = house
    for name in ("one.md", "two.md"):
        (tmp_path / name).write_text(LIST.replace("Before the start", f"Uploaded {name}").format(third=f"patience for {name}"), "utf-8")
    (tmp_path / "worse.pdf").write_bytes(b"%PDF-1.7 no more than this")
    page = looking(served, "/documents")
    page.set_input_files("#file", [tmp_path / "one.md", tmp_path / "two.md", tmp_path / "worse.pdf"])
    page.wait_for_selector(".sent .bad:has-text('worse.pdf'):has-text('cannot be read')")
    assert page.locator(".sent .good").count() == 2
    page.wait_for_selector(".plan:has-text('2 added')")
    assert page.locator("#waiting li").count() == 2
    page.locator(".changes li", has_text="one.md").locator("summary").click()
    assert "patience for one.md" in page.inner_text(".changes")
    page.click(".plan button:text('Apply the changes')")
    page.wait_for_selector("#status:has-text('Someone at this machine')")
    page.reload()
    page.wait_for_selector("#status .good:has-text('Done: 2 added')")
    assert page.locator(".holdings tr", has_text="Uploaded one.md").count() == 1
    assert not page.locator("#waiting li").count()
    page.click("button:text('Undo the last change')")
    page.wait_for_selector("#status .good:has-text('is g0001 again')")
    assert not page.locator(".holdings tr", has_text="Uploaded one.md").count()


def test_files_can_be_dropped(looking, house):
    page = looking(house[0], "/documents")
    page.evaluate(
        """() => {
            const files = new DataTransfer();
            files.items.add(new File(["# Dropped\\n\\nA text that was dropped on the page by a hand.\\n"], "dropped.md"));
            document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: files, bubbles: true, cancelable: true }));
        }"""
    )
    page.wait_for_selector(".sent .good:has-text('Dropped')")
    page.locator("#waiting li", has_text="dropped.md").locator("button").click()
    page.wait_for_selector("#waiting:not(:has-text('dropped.md'))", state="attached")


def test_without_any_script_the_forms_still_work(looking, house, tmp_path):
    (tmp_path / "plain.md").write_text("# Plain\n\nSent by the plain form, without any script at all.\n", "utf-8")
    page = looking(house[0], "/documents", java_script_enabled=False)
    page.set_input_files("#file", tmp_path / "plain.md")
    page.click("#upload .send")
    page.wait_for_selector("#waiting li:has-text('plain.md')")
    page.locator("#waiting li", has_text="plain.md").locator("button").click()
    page.wait_for_selector("h1")


def test_a_document_shows_its_report_and_its_data_can_be_edited(looking, house):
    page = looking(house[0], "/documents")
    first_record(page, "scan.pdf")
    assert "2 of 4 pages hold next to no text" in page.inner_text("main")
    assert page.locator(".page-texts .thin").count() == 2
    page.fill("#year", "2019")
    page.fill("#authors", "Erika Muster\nMax Beispiel")
    page.click("button:text('Save')")
    page.wait_for_selector("#status .good:has-text('1 changed')")
    row = page.locator(".holdings tr", has_text="scan.pdf")
    assert "Erika Muster, Max Beispiel" in row.inner_text() and "2019" in row.inner_text()
    assert "pages without text: 2" in row.inner_text()


def test_the_list_is_searched_and_narrowed(looking, house):
    page = looking(house[0], "/documents")
    page.fill("#q", "before start")
    page.keyboard.press("Enter")
    page.wait_for_selector("caption:has-text('1 of')")
    page.fill("#q", "")
    page.select_option("#only", "failed")
    page.click(".search button")
    page.wait_for_selector(".holdings .reason")
    assert "broken.pdf" in page.inner_text(".holdings") and "start.md" not in page.inner_text(".holdings")


def test_everything_is_reached_by_keyboard(looking, house):
    page = looking(house[0], "/documents")
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        name, outline = page.evaluate(
            """() => {
                const at = document.activeElement;
                const shown = at.id === "file" ? document.querySelector(".pick") : at;
                const drawn = at === document.body || getComputedStyle(shown).outlineStyle !== "none";
                return [at.id || at.textContent.trim().slice(0, 30), drawn];
            }"""
        )
        seen.add(name)
        assert outline, name
    assert {"file", "q", "only", "See what would change"} <= seen


@pytest.mark.parametrize(("width", "locale", "scheme"), [(1280, "en-US", "light"), (390, "de-DE", "dark")])
def test_the_screens_are_accessible_and_fit(looking, house, width, locale, scheme):
    page = looking(house[0], "/documents", width=width, locale=locale, color_scheme=scheme)
    assert page.get_attribute("html", "lang") == locale[:2]
    found = faults(page)
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    for name in ("hostile.md", "scan.pdf", "broken.pdf"):
        first_record(page, name)
        found |= faults(page)
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), name
        assert page.evaluate("window.hacked") is None
        page.go_back()
    assert not found, "\n".join(sorted(found))


def sign_in(page, name, password):
    page.fill("#name", name)
    page.fill("#password", password)
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("width", "locale", "scheme"), [(1280, "en-US", "light"), (390, "de-DE", "dark")])
def test_a_reader_signs_in_asks_and_signs_out(looking, guarded, width, locale, scheme):
    page = looking(guarded, "/", width=width, locale=locale, color_scheme=scheme)
    assert page.url.endswith("/sign-in")
    found = faults(page)
    sign_in(page, "rita", "not the password")
    page.wait_for_selector("[role=alert]")
    found |= faults(page)
    sign_in(page, "rita", "vier Boote am Kai")
    page.wait_for_selector("#question textarea")
    page.wait_for_selector("header.top .account:has-text('rita')")
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    page.fill("#question textarea", "What do we need before launching on social media?")
    page.press("#question textarea", "Enter")
    page.wait_for_selector("#current .turn:not([aria-busy]) .answer")
    assert page.locator("#current .citation").count() > 5
    page.goto(guarded.url + "/documents")
    assert ("Only analysts" if locale == "en-US" else "nur Analysten") in page.inner_text("h1")
    found |= faults(page)
    page.click(".account button")
    page.wait_for_selector("#password")
    page.goto(guarded.url + "/library")
    assert "/sign-in" in page.url
    assert not found, "\n".join(sorted(found))
