"""The chat as a reader meets it: real Chromium before the real server, and what it must look like and do."""

import pytest
from web_fixtures import ask, copied, library_of, serving, until

pytestmark = pytest.mark.browser

LAUNCH = "What do we need before launching on social media?"
START = "Was brauchen wir, bevor wir in Social Media starten?"
FRANK = ("Budget:", "Staff:", "Management commitment:", "Enthusiasm and staying power:", "Goals:", "Processes:")


def list_of(turn, reference):
    return turn.locator("section.list", has_text=reference).first


def shown_quote(page):
    """The marked text in the panel, once it is there and in view."""
    page.wait_for_function(
        """() => {
            const mark = document.querySelector("#evidence .panel-body:not([aria-busy]) mark");
            if (!mark) return false;
            const frame = document.querySelector("#evidence .panel-body").getBoundingClientRect();
            const head = document.querySelector("#evidence .source").getBoundingClientRect();
            const box = mark.getBoundingClientRect();
            return box.top >= head.bottom - 1 && box.top < frame.bottom;
        }"""
    )
    return "".join(page.locator("#evidence mark").all_text_contents())


def test_the_launch_question_gives_every_item_with_its_citation(opened, chat, advisor):
    page = opened(chat)
    turn = ask(page, LAUNCH)
    frank = list_of(turn, "Elke Frank")
    assert "6 of 6 items" in frank.locator("h3").inner_text()
    items = frank.locator("ol > li")
    assert items.count() == len(FRANK)
    for place, head in enumerate(FRANK):
        assert items.nth(place).inner_text().startswith(head)
        assert items.nth(place).locator("a.citation").count() == 1
    assert "culture" in turn.inner_text() and "aligned" in turn.inner_text()
    given = advisor.ask(LAUNCH)
    assert f"{len(given.citations)} of {len(given.citations)} quotations found word for word" in turn.inner_text()
    assert "Gradio" not in page.inner_text("body")
    frank.locator("a.citation").nth(1).click()
    page.locator("#evidence mark", has_text="three years").first.wait_for()  # the first citation stood there before
    assert "three years" in shown_quote(page)


def test_a_citation_shows_its_quotation_marked_in_its_context(opened, chat, advisor):
    page = opened(chat)
    turn = ask(page, LAUNCH)
    by_number = {str(cited.number): cited for cited in advisor.ask(LAUNCH).citations}
    for number in ("2", "5", str(len(by_number))):
        turn.locator(f".citation[data-number='{number}']").first.click()
        page.wait_for_selector(f"#evidence .position:text('{number} of {len(by_number)}')")
        page.wait_for_function(
            "title => document.querySelector('#evidence .source .work')?.textContent === title", arg=by_number[number].title
        )
        assert shown_quote(page) == by_number[number].quote
        panel = page.locator("#evidence").inner_text()
        assert by_number[number].reference in panel
        assert "Digest of this library" in panel
    assert turn.locator(".citation[aria-current]").first.inner_text() == number
    before = shown_quote(page)
    page.click("#evidence .previous")
    page.wait_for_function("before => document.querySelector('#evidence mark')?.textContent !== before", arg=before)
    assert shown_quote(page) == by_number[str(len(by_number) - 1)].quote
    assert page.locator("#evidence .document li").count() or page.locator("#evidence .document p").count()


def test_the_first_citation_is_open_beside_a_new_answer(opened, chat, advisor):
    page = opened(chat)
    ask(page, LAUNCH)
    assert shown_quote(page) == advisor.ask(LAUNCH).citations[0].quote


def test_everything_works_by_keyboard(opened, chat, advisor):
    page = opened(chat)
    page.keyboard.type(LAUNCH)  # the question has the focus from the start
    page.keyboard.press("Enter")
    page.wait_for_selector("#log .turn:not([aria-busy]) .answer")
    link = page.locator(".factors .citation").first
    link.focus()
    page.keyboard.press("Enter")
    number = link.inner_text()
    page.wait_for_selector(f"#evidence .position:text('{number} of')")
    assert page.evaluate("document.activeElement.closest('#evidence') !== null")
    expected = {str(cited.number): cited.quote for cited in advisor.ask(LAUNCH).citations}
    until(lambda: shown_quote(page) == expected[number])
    while page.evaluate("document.activeElement.className") != "next":
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(lambda: shown_quote(page) == expected[str(int(number) + 1)])
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('.turn a.citation')")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_citation_is_a_link_to_the_whole_document_without_any_script(opened, chat, advisor, chromium):
    cited = advisor.ask(LAUNCH).citations[2]
    page = opened(chat)
    href = ask(page, LAUNCH).locator(".citation[data-number='3']").first.get_attribute("href")
    bare = chromium.new_context(java_script_enabled=False, viewport={"width": 1000, "height": 500}, locale="de-DE").new_page()
    for address in (href, href.removesuffix("#quote")):
        bare.goto(f"{chat.url}/{address}")
        assert "".join(bare.locator("mark").all_text_contents()) == cited.quote
        bare.wait_for_timeout(200)
        assert 0 <= bare.locator("mark").first.bounding_box()["y"] < 500
    assert "Zurück zum Chat" in bare.inner_text("nav")
    bare.context.close()


def test_the_page_speaks_german_to_german_browsers_and_can_be_switched(opened, chat):
    page = opened(chat, locale="de-DE")
    assert page.get_attribute("html", "lang") == "de"
    assert page.locator("#question textarea").get_attribute("placeholder") == "Fragen Sie auf Deutsch oder Englisch"
    assert page.locator("#send").inner_text() == "Fragen"
    page.wait_for_selector("#evidence:has-text('Werke in')")
    page.click(f".example:text('{START}')")
    page.wait_for_selector("#log .turn:not([aria-busy]) .answer[lang='de']")
    answer = page.locator("#log .turn").inner_text()
    for said in ("6 von 6 Punkten", "drei Jahre", "Kulturwandel", "Wort für Wort"):
        assert said in answer
    page.wait_for_selector("#evidence:has-text('Zusammenfassung dieser Bibliothek')")
    page.click(".languages [data-language='en']")
    assert page.locator("#send").inner_text() == "Ask"
    page.wait_for_selector("#evidence:has-text('Open the whole document')")
    assert page.locator("#log .turn").inner_text() == answer, "answers stay in the language of their question"
    page.reload()
    page.wait_for_selector("#question textarea")
    assert page.locator("#send").inner_text() == "Ask", "the choice is kept"


def test_an_english_question_on_the_german_page_is_answered_in_english(opened, chat):
    turn = ask(opened(chat, locale="de-DE"), LAUNCH, enter=False)
    assert turn.locator(".answer").get_attribute("lang") == "en"


def luminance(page, selector, value):
    red, green, blue = page.evaluate(
        "([selector, value]) => getComputedStyle(document.querySelector(selector))[value].match(/[0-9.]+/g).slice(0, 3).map(Number)",
        [selector, value],
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("scheme", "path", "dark"),
    [("light", "/", False), ("dark", "/", True), ("light", "/?__theme=dark", True), ("dark", "/?__theme=light", False)],
)
def test_the_theme_follows_the_system_and_the_address(opened, chat, scheme, path, dark):
    page = opened(chat, path=path, color_scheme=scheme, locale="de-DE")
    ask(page, START)
    for selector in ("body", "#right", "#question textarea"):
        assert (luminance(page, selector, "backgroundColor") < 80) == dark, selector
    assert (luminance(page, ".asked", "color") > 150) == dark


def test_what_the_library_does_not_answer_is_said_calmly(opened, chat):
    page = opened(chat)
    turn = ask(page, "What is the capital of Australia?")
    said = turn.inner_text()
    assert "The library does not answer this question." in said
    assert "20 documents of 10 works" in said
    assert "Canberra" not in said
    near = turn.locator("a.citation.near")
    assert near.count() >= 1
    near.first.click()
    assert len(shown_quote(page)) > 20


def test_a_follow_up_is_read_with_the_question_before_it(opened, chat):
    page = opened(chat)
    ask(page, LAUNCH)
    turn = ask(page, "And the budget?")
    assert "Read as a follow-up" in turn.inner_text()
    assert "three years" in turn.inner_text()
    assert page.locator("#log .turn").count() == 2
    page.click(".restart")
    page.wait_for_selector(".welcome")
    assert page.locator("#log .turn").count() == 0


def test_an_answer_is_copied_with_its_sources(opened, chat, advisor):
    page = opened(chat, permissions=["clipboard-read", "clipboard-write"])
    ask(page, LAUNCH).locator(".copy").click()
    until(lambda: page.locator(".copy").inner_text() == "Copied")
    copied_text = page.evaluate("navigator.clipboard.readText()")
    given = advisor.ask(LAUNCH)
    assert given.text in copied_text
    assert f"[{given.citations[-1].number}] {given.citations[-1].reference}" in copied_text


def test_two_readers_have_conversations_of_their_own(opened, chat):
    one, other = opened(chat), opened(chat)
    ask(one, LAUNCH)
    turn = ask(other, "And the budget?")
    assert "Read as a follow-up" not in turn.inner_text()
    assert other.locator("#log .turn").count() == 1


def test_a_question_that_is_too_long_comes_back_to_be_shortened(opened, chat):
    page = opened(chat, locale="de-DE")
    long = "Was ist eine Strategie? " * 100
    turn = ask(page, long)
    assert "höchstens 2000" in turn.inner_text()
    until(lambda: page.input_value("#question textarea") == long.strip())
    turn = ask(page, START)
    assert "Wort für Wort" in turn.inner_text()


def test_an_empty_library_says_what_to_do_and_goes_on_once_it_is_filled(opened, tmp_path):
    index, corpus = library_of(tmp_path)
    with serving(index, corpus) as served:
        page = opened(served)
        assert "python ingest.py" in page.inner_text("#evidence")
        assert str(corpus) in page.inner_text("#evidence")
        turn = ask(page, "What do bees make?")
        assert "The library is empty" in turn.inner_text()
        (corpus / "bees.md").write_text("# Bees\n\nBees make honey from the nectar of flowers.\n\nA hive is led by a queen.\n", "utf-8")
        from advisor import Advisor
        from advisor.settings import Settings

        with Advisor.open(Settings(index=index, corpus=corpus)) as writer:
            writer.sync()
        turn = ask(page, "What do bees make?")
        assert "honey" in turn.inner_text()
        until(lambda: "python ingest.py" not in page.inner_text("#evidence"))


def test_a_damaged_library_is_reported_and_the_page_stays_usable(opened, settings, tmp_path, advisor):
    index, corpus = copied(settings, tmp_path)
    with serving(index, corpus) as served:
        page = opened(served)
        current = (index / "CURRENT").read_text("utf-8")
        (index / "CURRENT").write_text(current.replace("g0", "g9"), "utf-8")
        turn = ask(page, LAUNCH)
        assert "That did not work" in turn.inner_text()
        assert page.locator("#question textarea").is_editable()
        assert page.input_value("#question textarea") == LAUNCH
        (index / "CURRENT").write_text(current, "utf-8")
        turn = ask(page, LAUNCH)
        assert "quotations found" in turn.inner_text()


HOSTILE = """\
<script>window.hacked = 1</script><img src="http://evil.example/x.png" onerror="window.hacked = 2">

The zebra protocol needs three things: <b onmouseover="window.hacked=3">stripes</b>, ![a picture](http://evil.example/p.png) and
[a link](javascript:window.hacked=4), as the steering committee wrote down.

The zebra protocol says ${window.hacked = 5} and {{constructor.constructor('window.hacked = 6')()}} and `${window.hacked = 7}` to everyone.

The zebra protocol knows </mark></p></article><script>window.hacked = 8</script> and $$\\frac{1}{2}$$ and <iframe src="http://evil.example/">.

The zebra protocol has a motto: LONG.

The zebra protocol asks for these things:

1. Patience: <svg onload="window.hacked = 9"></svg> and time.
2. Grass: enough &lt;b&gt; for all.
""".replace("LONG", "zebra" * 1000)


def test_a_hostile_document_does_nothing(opened, tmp_path):
    index, corpus = library_of(
        tmp_path,
        zebra__txt=HOSTILE,
        zebra__txt__yaml="title: '<img src=//evil.example/t onerror=window.hacked=10>'\nauthors: ['<script>window.hacked=11</script>']\n",
        other__md=HOSTILE.replace("zebra protocol", "gnu protocol"),
        plain__md="# Grass\n\nGrass grows in the savanna, and the herds follow the rain.\n",
    )
    with serving(index, corpus) as served:
        page = opened(served)
        for question in (
            "What does the zebra protocol need?",
            "What does the zebra protocol say to everyone?",
            "What does the gnu protocol ask for?",
        ):
            turn = ask(page, question)
            links = turn.locator(".citation")
            for place in range(min(links.count(), 8)):
                links.nth(place).click()
                shown_quote(page)
        assert "</script>" in page.inner_text("#log") or "onerror" in page.inner_text("#log") or "${window" in page.inner_text("#log")
        page.mouse.move(400, 400)
        assert page.evaluate("window.hacked") is None
        assert page.locator("#log :is(img, script, iframe, svg), #evidence :is(img, script, iframe, svg)").count() == 0
        for frame in ("#conversation", "#evidence .panel-body", "html"):
            assert page.evaluate(
                "frame => { const e = document.querySelector(frame); return e.scrollWidth <= e.clientWidth + 1 }", frame
            ), frame
        href = turn.locator(".citation").first.get_attribute("href")
        page.goto(f"{served.url}/{href}")
        assert page.evaluate("window.hacked") is None
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_phone_the_evidence_lies_over_the_conversation(opened, chat, advisor):
    page = opened(chat, width=390, height=844, has_touch=True, is_mobile=True)
    turn = ask(page, LAUNCH)
    assert not page.locator("#right").is_visible()
    turn.locator(".citation[data-number='2']").first.tap()
    assert shown_quote(page) == advisor.ask(LAUNCH).citations[1].quote
    assert page.locator("#right").is_visible()
    page.locator("#evidence .close").tap()
    assert not page.locator("#right").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    turn.locator(".citation[data-number='2']").first.tap()
    shown_quote(page)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_the_page_is_accessible(opened, chat, scheme, width):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(chat, color_scheme=scheme, width=width, reduced_motion="reduce")
    reports = [Axe().run(page)]
    turn = ask(page, "Is a culture change needed, and who disagrees?")
    turn.locator(".strength summary").click()
    turn.locator(".sources summary").click()
    turn.locator(".citation").first.click()
    shown_quote(page)
    reports.append(Axe().run(page))
    for question in ("What is the capital of Australia?", "Who is Egbert Wege?"):
        ask(page, question)
        reports.append(Axe().run(page))
    found = {
        f"{rule['id']}: {rule['help']}: {node['target']} {node.get('failureSummary', '')[:300]}"
        for report in reports
        for rule in report.response["violations"]
        for node in rule["nodes"]
    }
    assert not found, "\n".join(sorted(found))
    landmarks = page.locator("main, header, nav, [role=log], section[aria-label]").count()
    assert landmarks >= 5
    # What happened is said in one sentence; the log itself, which grows by stages, is not read over and over.
    assert page.get_attribute("#log", "aria-live") == "off"
    assert "does not answer" in page.inner_text("#announced[role='status']")
