"""The chat at its edges: HTML from documents and answers, and what the server sends over HTTP."""

import html
import json
import re
import socket
import threading
import urllib.parse
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from web_fixtures import library_of, serving

from advisor.answer.schema import Answer, GivenList, Statement
from advisor.citations import Citation
from advisor.documents.build import TextBuilder
from advisor.documents.model import Document, Work
from advisor.errors import UsageError
from advisor.settings import Settings
from advisor.surfaces import wording
from advisor.surfaces.web import answers, evidence
from advisor.surfaces.web.guard import branded
from advisor.text import Span

LAUNCH = "What do we need before launching on social media?"
HOSTILE = "<script>alert('x')</script> & \"quoted\" <img src=http://evil.example/p onerror=alert(1)> $x^2$ {{value}} ${value} `"


def bare(markup):
    """The text of HTML: tags off, references resolved."""
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def elements(markup):
    """The names of all elements and of all attributes in HTML, as a parser sees them."""
    names, attributes = set(), set()

    class Reader(HTMLParser):
        def handle_starttag(self, name, found):
            names.add(name)
            attributes.update(attribute for attribute, _ in found)

    Reader().feed(markup)
    return names, attributes


def document_of(pieces, work=None, pages=()):
    builder = TextBuilder()
    for place, (kind, content, level) in enumerate(pieces):
        if place in pages:
            builder.start_page(str(place + 1))
        if kind == "heading":
            builder.add_heading(content, level)
        elif kind == "item":
            builder.add_item(content, "1." if level % 2 else "-", level, starts_list=level == 1)
        elif kind == "row":
            builder.add_row([content, "b"])
        else:
            builder.add_paragraph(content)
    built = builder.build()
    return Document(
        "notes.md", "a" * 64, "text/markdown", "en", work or Work("notes", "Notes"), built.text, built.pages, built.blocks
    )  # fmt: skip


pieces = st.lists(
    st.tuples(
        st.sampled_from(["heading", "paragraph", "item", "row"]),
        st.text(st.sampled_from("ab <>&\"'`${}/äß–\n"), min_size=1, max_size=30),
        st.integers(1, 4),
    ),
    min_size=1,
    max_size=12,
)


@budget(max_examples=150, deadline=None)
@given(pieces, st.sets(st.integers(0, 11), max_size=3), st.data())
def test_a_rendered_document_is_its_text_and_the_mark_is_the_quotation(parts, pages, data):
    document = document_of(parts, pages={0, *pages} if pages else ())
    length = len(document.text)
    start = data.draw(st.integers(0, max(length - 1, 0)))
    span = Span(start, data.draw(st.integers(start, length)))
    rendered = evidence.article(document, document.blocks, span, level=2)
    shown = [line for line in bare(rendered).split("\n") if line]
    assert shown == [block.span.of(document.text) for block in document.blocks]
    marked = [bare(mark) for mark in re.findall(r"<mark[^>]*>(.*?)</mark>", rendered, re.S)]
    touched = [Span(max(b.span.start, span.start), min(b.span.end, span.end)) for b in document.blocks]
    assert marked == [part.of(document.text) for part in touched if part.start < part.end]
    assert rendered.count('id="quote"') == bool(marked)
    assert "<script" not in rendered
    assert rendered.count("<ul") == rendered.count("</ul>")
    assert rendered.count("<li") == rendered.count("</li>")


def test_the_panel_shows_whole_blocks_around_a_quotation_and_links_to_the_rest():
    document = document_of([("heading", "All", 1), *(("paragraph", f"Paragraph {n}. " + "word " * 60, 0) for n in range(80))])
    block = document.blocks[40]
    shown = evidence.passage(document, block.span, "en")
    assert f'<mark id="quote" class="quote">{block.span.of(document.text)}</mark>' in shown
    assert "Paragraph 39" in shown and "Paragraph 41" in shown
    assert "Paragraph 1." not in shown and "Paragraph 79" not in shown
    assert "cut-before cut-after" in shown
    assert f'href="read/{"a" * 64}?start={block.span.start}&amp;end={block.span.end}#quote"' in shown


def test_what_a_document_says_of_itself_is_escaped():
    work = Work(key="x", title=HOSTILE, authors=(HOSTILE,), publication=HOSTILE, digest=True)
    document = replace(document_of([("heading", HOSTILE, 1), ("paragraph", HOSTILE, 0)], work), source=HOSTILE)
    for shown in (
        evidence.page(document, Span(0, 8), "de", style=""),
        evidence.passage(document, Span(0, 8), "en"),
        evidence.library([document]),
    ):
        assert "<script" not in shown
        assert "<img" not in shown
        assert "alert(&#x27;x&#x27;)" in shown


def test_digest_original_page_and_section_are_named():
    parts = [("heading", "Title", 1), ("heading", "Goals", 2), ("paragraph", "A goal (reported, not checked).", 0)]
    document = document_of(parts, Work("x", "Title", pages="108", digest=True))
    span = document.blocks[2].span
    shown = bare(evidence.source(document, span, "en", level=3))
    for said in ("Digest of this library", "reported, not checked", "108", "Goals", "English", "notes.md"):
        assert said in shown
    german = bare(evidence.source(replace(document, work=Work("x", "Title")), span, "de", level=3))
    assert "Originaltext" in german and "Abschnitt" in german


def citation(number, quote, **others):
    values = {
        "number": number, "quote": quote, "document": "d.md", "sha256": "b" * 64, "work": "w", "title": "Title", "authors": ("Ann Author",),
        "year": 2011, "page": "12", "section": "Part", "language": "en", "start": number * 10, "end": number * 10 + 5,
        "reference": "Ann Author (2011): Title.", "digest": True, "reported": False,
    }  # fmt: skip
    return Citation(**{**values, **others})


def answer_of(statements, citations, lists=(), **others):
    values = {
        "question": "Why?", "language": "en", "outcome": "answered", "strength": "partial", "text": "…", "nearest": (),
        "engine": "extractive", "seconds": 0.2,
    }  # fmt: skip
    return Answer(statements=tuple(statements), citations=tuple(citations), lists=tuple(lists), **{**values, **others})


def test_a_list_is_numbered_and_says_how_many_items_it_gives():
    cited = [citation(1, "Needs:"), citation(2, "Budget: enough money"), citation(3, "Staff")]
    said = [
        Statement("Needs:", "lead", (1,), 0),
        Statement("Budget: enough money", "factor", (2,), 0),
        Statement("Staff", "factor", (3,), 0),
    ]
    shown = answers.render(answer_of(said, cited, [GivenList("Needs:", "w", 3, 2)]), "Why?")
    assert "2 of 3 items" in shown and 'data-whole="false"' in shown
    assert "Listed by Author (2011)" in bare(shown)
    assert shown.index("<ol") < shown.index("<b>Budget:</b> enough money") < shown.index("Staff") < shown.index("</ol>")
    assert f'href="read/{"b" * 64}?start=20&amp;end=25#quote"' in shown
    assert 'aria-label="Citation 2: Author (2011), p. 12"' in shown
    assert "Partial evidence" in shown and "Sources: 1 · quotations: 3" in shown


def test_both_sides_of_a_disagreement_stand_next_to_each_other():
    cited = [citation(1, "Small budgets do."), citation(2, "Budgets must be large.", authors=("Bo Berg",), year=None)]
    shown = answers.render(answer_of([Statement("…", "disagreement", (1, 2), note="money")], cited), "Why?")
    assert shown.count('class="side"') == 2
    assert "Small budgets do." in shown and "Budgets must be large." in shown
    assert "Author (2011)" in shown and "Berg" in shown


def test_other_languages_and_unchecked_reports_are_marked():
    cited = [citation(1, "Ein Satz.", language="de"), citation(2, "A claim (reported, not checked)", reported=True)]
    said = [Statement(c.quote, "finding", (c.number,)) for c in cited]
    shown = answers.render(answer_of(said, cited), "Why?")
    assert '<span lang="de" class="said">Ein Satz.</span>' in shown
    assert re.search(r'class="badge language"[^>]*>German<', shown)
    assert re.search(r'class="badge reported"[^>]*>\(reported, not checked\)<', shown)
    own = answers.render(answer_of([Statement("In other words.", "finding", (2,))], cited, engine="some-model"), "Why?")
    assert re.search(r'class="badge reported"[^>]*>reported, not checked<', own)
    assert "Language model: some-model" in own


def test_an_answer_in_hostile_words_is_only_text():
    cited = [citation(1, HOSTILE, title=HOSTILE, authors=(HOSTILE,), section=HOSTILE, reference=HOSTILE, page=HOSTILE)]
    kinds = ("lead", "factor", "finding", "caveat", "disagreement")
    said = [Statement(HOSTILE, kind, (1,), 0 if kind in ("lead", "factor") else None, HOSTILE) for kind in kinds]
    given_answer = answer_of(said, cited, [GivenList(HOSTILE, "w", 1, 1)], question=f"{HOSTILE} {HOSTILE}", engine=HOSTILE)
    refusal = answer_of([], [], outcome="not_in_corpus", text=f"{HOSTILE}\n- {HOSTILE}", nearest=tuple(cited))
    for shown in (answers.render(given_answer, HOSTILE), answers.render(refusal, HOSTILE), answers.turn(HOSTILE, "", "de")):
        names, attributes = elements(shown)
        assert not names & {"script", "img"}
        assert attributes <= {
            "class", "lang", "data-strength", "data-whole", "href", "data-number", "data-page", "aria-label", "title", "type", "data-copy",
            "role", "data-turn", "aria-pressed", "aria-haspopup", "hidden", "maxlength", "name", "rows", "value",
        }  # fmt: skip


def test_every_stage_of_an_answer_goes_on_from_the_one_before():
    cited = [citation(n, f"Point {n}") for n in range(1, 5)]
    said = [Statement(f"Point {n}", "factor", (n,), 0) for n in range(1, 5)]
    stages = [bare(stage) for stage in answers.stages(answer_of(said, cited, [GivenList("", "w", 4, 4)]), "Why?")]
    assert len(stages) == 3
    for shorter, longer in pairwise(stages):
        assert longer.startswith(shorter)


def test_every_string_has_the_same_places_in_both_languages():
    english, german = wording.table("en"), wording.table("de")
    assert english.keys() == german.keys()
    for name, sentence in english.items():
        assert sorted(re.findall(r"\{\w+\}", sentence)) == sorted(re.findall(r"\{\w+\}", german[name])), name
        assert german[name].strip()


@pytest.mark.parametrize(
    ("header", "language"), [("de-CH,de;q=0.9,en;q=0.5", "de"), ("fr-FR, en-GB;q=0.8", "en"), ("fr", "en"), ("", "en"), (None, "en")]
)  # fmt: skip
def test_the_language_of_the_page_follows_the_browser(header, language):
    assert wording.preferred(header) == language


def test_the_page_says_nothing_of_others():
    page = (
        '<head><meta charset="utf-8" /><meta property="og:title" content="Gradio" /><meta name="twitter:creator"\n content="@x" /></head>'
    )
    shown = branded(page + "<body><gradio-app></gradio-app></body>", "<link>", "<noscript>")
    assert shown == '<head><link><meta charset="utf-8" /></head><body><noscript><gradio-app></gradio-app></body>'


def test_health(chat):
    assert json.loads(chat.get("/health").text) == {"status": "ok"}


def test_the_page_is_guarded_and_loads_our_files(chat):
    page = chat.get("/")
    assert page.status == 200
    headers = {name.lower(): value for name, value in page.headers.items()}
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
    assert "og:title" not in page.text
    for path in re.findall(r'(?:href|src)="(page/[^"]+)"', page.text):
        assert chat.get("/" + path).status == 200
    assert chat.get("/page/chat.css").headers["content-type"].startswith("text/css")


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/file=/etc/passwd", "/gradio_api/proxy=http://127.0.0.1/", "/monitoring", "/gradio_api/vibe-code/", "/page/server.py",
     "/page/..%2fserver.py", "/login", "/docs", "/openapi.json"],
)  # fmt: skip
def test_what_is_not_needed_is_shut(chat, path):
    assert chat.get(path).status == 404


def test_uploads_are_shut(chat):
    assert chat.post("/gradio_api/upload", {}).status == 404


def test_a_foreign_name_for_this_machine_is_turned_away(chat):
    assert chat.get("/", Host="rebound.example").status == 421
    assert chat.get("/health", Host="localhost:7860").status == 200


def test_only_the_endpoint_ask_is_public(chat):
    info = json.loads(chat.get("/gradio_api/info").text)
    assert list(info["named_endpoints"]) == ["/ask"]
    assert info["unnamed_endpoints"] == {}


def test_programs_get_the_answer_in_the_schema(chat, advisor):
    event, data = chat.call(LAUNCH, "")
    assert event == "complete"
    assert replace(Answer.from_json(data[0]), seconds=0) == replace(advisor.ask(LAUNCH), seconds=0)


def test_programs_are_told_what_was_wrong(chat):
    event, data = chat.call("   ", "")
    assert event == "error"
    assert "question is empty" in json.dumps(data)


def test_many_at_once_get_each_their_own(chat):
    questions = [LAUNCH, "Was brauchen wir, bevor wir in Social Media starten?", "What is the capital of Australia?"] * 3
    given_answers = {}

    def one(place):
        given_answers[place] = chat.call(questions[place], "")[1][0]["question"]

    threads = [threading.Thread(target=one, args=(place,)) for place in range(len(questions))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [given_answers[place] for place in range(len(questions))] == questions


def address(cited):
    return "/" + evidence.link(cited.sha256, Span(cited.start, cited.end)).partition("#")[0]


def test_every_citation_is_a_page_with_its_quotation_marked(chat, advisor):
    for cited in advisor.ask(LAUNCH).citations:
        page = chat.get(address(cited))
        assert page.status == 200
        assert [bare(mark) for mark in re.findall(r"<mark[^>]*>(.*?)</mark>", page.text, re.S)] == [cited.quote]
        assert html.escape(cited.title) in page.text
        assert "<script" not in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script" not in policy


def test_the_panels_part_of_a_page_is_a_fragment_in_the_asked_language(chat, advisor):
    cited = advisor.ask(LAUNCH).citations[0]
    german = chat.get(address(cited) + "&fragment=1&language=de").text
    assert "<html" not in german and "Ganzes Dokument öffnen" in german
    assert "Open the whole document" in chat.get(address(cited) + "&fragment=1", **{"Accept-Language": "en"}).text
    assert '<html lang="de">' in chat.get(address(cited), **{"Accept-Language": "de-DE"}).text
    assert 'data-theme="dark"' in chat.get(address(cited) + "&__theme=dark").text


@pytest.mark.parametrize("places", ["start=5", "start=9&end=5", "start=-1&end=5", "start=0&end=999999999", "start=a&end=b", "start=&end="])
def test_a_link_to_no_place_marks_nothing_and_says_so(chat, advisor, places):
    page = chat.get(f"/read/{advisor.documents()[0].sha256}?{places}&language=en")
    assert page.status == 200
    assert "<mark" not in page.text
    assert "nothing is marked" in page.text


@pytest.mark.parametrize("name", ["0" * 64, "x", urllib.parse.quote("<img src=x onerror=alert(1)>", safe="")])
def test_a_link_to_no_document_says_so(chat, name):
    page = chat.get(f"/read/{name}?language=de")
    assert page.status == 404
    assert "<img" not in page.text
    assert "nicht in der Bibliothek" in page.text


def test_the_library_lists_its_works(chat):
    shown = chat.get("/library?language=en").text
    assert "10 works in 20 documents" in shown
    assert "Keine Angst vor Social Media" in shown


def test_the_first_start_builds_the_index_and_names_what_it_could_not_read(tmp_path):
    index, corpus = library_of(tmp_path, bees__md="# Bees\n\nBees make honey from nectar.\n", broken__pdf="%PDF-1.4 nothing")
    with serving(index, corpus) as served:
        assert any("building the index" in line for line in served.log)
        assert any(line.startswith("failed: ") and "broken.pdf" in line for line in served.log)
        assert "1 work in 1 document" in served.get("/library?language=en").text
    assert served.log[-1] == "The chat is closed."


def test_without_a_corpus_the_chat_opens_and_says_how_to_fill_it(tmp_path):
    with serving(tmp_path / "index", tmp_path / "nowhere") as served:
        shown = served.get("/library?language=en").text
        assert "python ingest.py" in shown and str(tmp_path / "nowhere") in shown
        assert served.get(f"/read/{'0' * 64}").status == 404
        event, data = served.call("Anything?", "")
        assert event == "error" and "advisor ingest" in json.dumps(data)


def test_a_port_in_use_is_named_with_the_way_out(tmp_path):
    from advisor.surfaces.web.server import run

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"Port {port} .* in use .*--port"):
            run(Settings(index=tmp_path, corpus=tmp_path, port=port), note=print, progress=lambda *_: None)


def test_a_host_that_is_not_here_is_named(tmp_path):
    from advisor.surfaces.web.server import run

    with pytest.raises(UsageError, match=r"192\.0\.2\.1"):
        run(Settings(index=tmp_path, corpus=tmp_path, host="192.0.2.1"), note=print, progress=lambda *_: None)
