"""What the chat's server does for finished turns over HTTP: open again, share, judge; the filter; pages of a PDF."""

import contextlib
import html
import json
import re
import shutil
import urllib.request

import pytest
from making import make_pdf
from test_web import bare
from web_fixtures import library_of, serving

from advisor import feedback, shared
from advisor.advisor import Advisor
from advisor.settings import Settings
from advisor.surfaces.web import answers
from advisor.surfaces.web.page import Asking
from advisor.surfaces.web.seal import Seals

LAUNCH = "What do we need before launching on social media?"


@pytest.fixture(scope="module")
def kept(advisor, settings):
    """An answer as a browser keeps it."""
    return json.loads(Seals(settings.index).kept("answer-1", LAUNCH, advisor.ask(LAUNCH)))


def test_a_kept_turn_is_shown_again_with_its_quotations_checked(chat, kept, advisor):
    reply = chat.post("/turn?language=de", {**kept, "number": 3})
    total = len(advisor.ask(LAUNCH).citations)
    assert reply.status == 200
    assert 'data-turn="3"' in reply.text and "Sie fragten" in reply.text
    assert f"{total} of {total} quotations found word for word" in bare(reply.text)
    assert "recheck" not in reply.text, "nothing is to be said where nothing has changed"
    found = re.search(r'data-kept="([^"]*)"', reply.text)
    assert json.loads(html.unescape(found[1]))["id"] == "answer-1"


@pytest.mark.parametrize("path", ["/turn", "/share"])
def test_what_was_altered_in_the_browser_is_turned_away(chat, kept, path):
    forged = {**kept, "answer": kept["answer"].replace("budget", "bribe")}
    reply = chat.post(path + "?language=de", forged)
    assert reply.status == 400
    assert "stammt nicht von dieser Bibliothek" in reply.text
    assert chat.post(path, {"id": "x"}).status == 422
    assert chat.post(path, {**kept, "asked": "x" * 5000}).status == 422


def test_votes_are_kept_where_the_library_lies(chat, kept, settings):
    assert chat.post("/feedback", {"kept": kept, "vote": "down", "reason": "<b>cut off</b>"}).status == 204
    found = {entry.answer: entry for entry in feedback.read(settings.index)}
    assert (found["answer-1"].vote, found["answer-1"].reason, found["answer-1"].question) == ("down", "<b>cut off</b>", LAUNCH)
    assert chat.post("/feedback", {"kept": kept, "vote": "maybe"}).status == 400
    assert chat.post("/feedback", {"kept": {**kept, "asked": "Else?"}, "vote": "up"}).status == 400
    assert chat.post("/feedback", {"kept": kept, "vote": ""}).status == 204
    assert "answer-1" not in {entry.answer for entry in feedback.read(settings.index)}


def test_a_link_is_made_only_when_asked_for_and_leads_to_the_answer(chat, kept, settings):
    assert chat.get("/shared/answer-1").status == 404
    reply = chat.post("/share", kept)
    assert json.loads(reply.text) == {"address": "a/answer-1"}
    assert shared.read(settings.index, "answer-1").generation == "g0001"
    shown = chat.get("/shared/answer-1?language=en").text
    assert LAUNCH in bare(shown) and "three years" in bare(shown)
    assert "<gradio-app" in chat.get("/a/answer-1").text, "the link leads to the chat"


def test_a_link_to_nothing_says_so(chat):
    reply = chat.get("/shared/nothing?language=de")
    assert reply.status == 404
    assert "Unter diesem Link gibt es keine Antwort" in reply.text
    assert chat.get("/a/%3Cscript%3E").status == 200


def test_when_the_library_has_changed_each_quotation_says_what_became_of_it(tmp_path, shelf):
    index, corpus = library_of(tmp_path)
    for name in ("frank_nd.en.md", "speck2014.en.md", "wilson2011.en.md"):
        shutil.copy(shelf / name, corpus)
    with Advisor.open(Settings(index=index, corpus=corpus)) as advisor:
        advisor.sync()
        answer = advisor.ask(LAUNCH)
        kept = json.loads(Seals(index).kept("a1", LAUNCH, answer))
        text = (corpus / "frank_nd.en.md").read_text("utf-8")
        with serving(index, corpus) as served:
            served.post("/share", kept)
            (corpus / "frank_nd.en.md").write_text(text.replace("secured for at least three years", "secured for at most a week"), "utf-8")
            advisor.sync()
            shown = served.get("/shared/a1?language=en").text
            assert re.search(r"Shared on \d{4}-\d\d-\d\d; the library has changed since\.", bare(shown))
            assert "the document has changed and no longer says this" in shown
            changed = {int(number) for number in re.findall(r'data-number="(\d+)"[^>]*data-verdict="changed"', shown)}
            touched = [one for one in answer.citations if one.document == "frank_nd.en.md" and "at least three years" in one.quote]
            assert changed == {one.number for one in touched} and touched
            assert 'data-verdict="missing"' not in shown
            (corpus / "frank_nd.en.md").unlink()
            advisor.sync()
            again = served.post("/turn?language=en", {**kept, "number": 1}).text
            missing = {int(number) for number in re.findall(r'data-number="(\d+)"[^>]*data-verdict="missing"', again)}
            assert missing == {cited.number for cited in answer.citations if cited.work == "frank_nd"}
            total = len(answer.citations)
            assert f"{total - len(missing)} of {total} quotations still stand word for word" in bare(again)


def test_the_filter_offers_what_the_library_has(chat):
    shown = chat.get("/filters?language=de").text
    said = bare(shown)
    assert "Sprache der Quellen" in said and "Speck (2014)" in said and "Keine Angst vor Social Media" in said
    assert 'name="languages" value="de"' in shown
    assert "Before the launch" in bare(chat.get("/filters?language=en").text)


def test_an_answer_under_a_filter_says_so(advisor):
    from advisor.filters import Filter

    answer = advisor.ask(LAUNCH, only=Filter(works=("frank_nd",), languages=("en",), years=(None, 2020)))
    shown = bare(answers.render(answer, LAUNCH, works={"frank_nd": "Frank"}))
    assert "Asked only: Frank · until 2020 · sources in English" in shown


@pytest.mark.parametrize(
    "request_", ["[]", "{", '{"before": [1]}', '{"before": [{"asked": "x"}]}', '{"only": {"works": "x"}}', '{"number": "x"}']
)
def test_what_our_page_does_not_send_is_refused(request_):
    from advisor.errors import UsageError

    with pytest.raises(UsageError):
        Asking.from_page("Why?", "en", request_)


def test_a_question_brings_at_most_a_few_turns_before_it():
    before = [{"asked": f"q{n}", "standalone": "s" * 50_000, "language": "en"} for n in range(9)]
    asking = Asking.from_page(" Why? ", "xx", json.dumps({"number": 4, "before": before, "only": None}))
    assert (asking.asked, asking.language, asking.number, asking.only) == ("Why?", "en", 4, None)
    assert [turn.asked for turn in asking.before.turns] == ["q5", "q6", "q7", "q8"]
    assert all(len(turn.standalone) <= 8000 for turn in asking.before.turns)


PAGES = (
    ["Hives in winter", ""] + [f"Observation {n} says nothing of importance to anybody at all." for n in range(30)]
    + ["A hive that is to last the winter needs honey which is stored at"],
    ["least two months before the frost, and a keeper who does not", "open it.", "", "Another paragraph follows here."],
)  # fmt: skip


def raw(served, path):
    with urllib.request.urlopen(served.url + path, timeout=60) as reply:
        return reply.headers["content-type"], reply.read()


def test_a_quotation_in_a_pdf_is_marked_on_its_pages_while_the_file_is_the_same(tmp_path):
    index, corpus = library_of(tmp_path)
    path = make_pdf(corpus / "hives.pdf", PAGES, title="Hives in <winter>", author="Bo Berg")
    with Advisor.open(Settings(index=index, corpus=corpus)) as advisor, contextlib.ExitStack() as stack:
        advisor.sync()
        (document,) = advisor.documents()
        start = document.text.index("A hive that is")
        span = f"start={start}&end={document.text.index('open it.') + 8}"
        served = stack.enter_context(serving(index, corpus))
        panel = served.get(f"/read/{document.sha256}?{span}&fragment=1&language=en").text
        assert 'data-view="page"' in panel and "Page 1–2" in bare(panel)
        shown = served.get(f"/sheets/{document.sha256}?{span}&language=de").text
        assert shown.count("<figure>") == 2 and shown.count('class="box"') == 3
        assert "Seite 1 von Hives in &lt;winter&gt;, das Zitat markiert" in shown
        kind, picture = raw(served, f"/sheet/{document.sha256}/2.png")
        assert kind == "image/png" and picture.startswith(b"\x89PNG")
        for nothing in (f"/sheet/{document.sha256}/3.png", f"/sheet/{'0' * 64}/1.png"):
            assert served.get(nothing).status == 404
        assert served.get(f"/sheets/{'0' * 64}?{span}").status == 404
        assert "not at hand" in served.get(f"/sheets/{document.sha256}?start=9&end=3&language=en").text
        make_pdf(path, [["Another text."]])
        assert "nicht zur Hand" in served.get(f"/sheets/{document.sha256}?{span}&language=de").text
        assert served.get(f"/sheet/{document.sha256}/1.png").status == 404


def test_texts_have_no_pages_to_show(chat, advisor):
    cited = advisor.ask(LAUNCH).citations[0]
    panel = chat.get(f"/read/{cited.sha256}?start={cited.start}&end={cited.end}&fragment=1").text
    assert "data-view" not in panel
    assert chat.get(f"/sheet/{cited.sha256}/1.png").status == 404
