"""The readiness checklist: what is on it, what becomes of what people decide, and its forms over HTTP."""

import re
import threading
from dataclasses import replace

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from web_fixtures import copied

from advisor import Advisor, checklist
from advisor.answer.demands import Demand, Demands, Voice
from advisor.checklist import STATUSES, Entry, Gone, Member, Overtaken
from advisor.citations import Citation
from advisor.errors import UsageError
from advisor.surfaces.web.checklist import routes

LAUNCH = "launch"


@pytest.fixture(scope="module")
def found(advisor):
    return advisor.demands(LAUNCH)


@pytest.fixture
def own(settings, tmp_path):
    """An advisor over a copy of the library that a test may change."""
    index, corpus = copied(settings, tmp_path)
    with Advisor.open(replace(settings, index=index, corpus=corpus)) as opened:
        yield opened


@pytest.fixture
def client(own):
    app = FastAPI()
    app.include_router(routes(own))
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        yield opened


def titled(found, title, language="en"):
    return next(demand for demand in found.demands if demand.title(language) == title)


def line_of(now, title):
    return next(line for line in now.lines if line.demand.title("en") == title)


def fields(page, title):
    """The hidden fields of a line's form."""
    part = re.search(rf'<li class="line"(?:(?!<li class="line").)*?<h3[^>]*>{title}</h3>.*?</form>', page, re.DOTALL).group()
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', part))


# What is on it


def test_every_item_of_the_lists_is_on_the_checklist_once(advisor, found):
    listed = [voice.quote("en").quote for demand in found.demands for voice in demand.asking]
    assert len(listed) == len(set(listed))
    items = sum(source.items - len(source.refers_to) for source in found.sources if not source.figures)
    assert len(listed) == items
    for title in ("Alignment", "Culture change", "Budget", "Staff", "Management commitment", "Enthusiasm and staying power", "Processes"):
        assert titled(found, title)


def test_the_same_factor_of_several_works_is_one_line_in_both_languages(found):
    staff = titled(found, "Staff")
    assert {voice.work for voice in staff.asking} == {"frank_nd", "li_solis2013"}
    assert staff.title("de") == "Personal"
    assert len(titled(found, "Ziele", "de").asking) == 2
    assert [len(demand.asking) for demand in found.demands] == sorted((len(demand.asking) for demand in found.demands), reverse=True)


def test_an_item_that_stands_for_another_works_list_is_left_to_that_list(found):
    assert not any("further factors" in voice.quote("en").quote for demand in found.demands for voice in demand.voices)
    assert next(source for source in found.sources if source.work == "speck2014").refers_to == ("frank_nd",)


def test_the_article_and_the_chapter_known_through_it_come_first_and_are_one_voice(found):
    assert [source.work for source in found.sources[:2]] == ["speck2014", "frank_nd"]
    for demand in found.demands:
        assert not {"speck2014", "frank_nd"} <= {voice.work for voice in demand.asking}


def test_a_list_of_figures_asks_for_nothing(advisor):
    found = advisor.demands("budget-staffing")
    figures = [source.work for source in found.sources if source.figures]
    assert "altimeter2013" in figures
    assert not any(voice.work in figures for demand in found.demands for voice in demand.asking)


def test_every_quotation_stands_where_it_says(advisor):
    documents = {document.sha256: document for document in advisor.documents()}
    for topic in ("launch", "budget-staffing", "culture", "crowd", "strategy-basics"):
        for demand in advisor.demands(topic).demands:
            for voice in demand.voices:
                for language, cited in voice.quotes.items():
                    assert documents[cited.sha256].text[cited.start : cited.end] == cited.quote
                    assert documents[cited.sha256].language == language
                    assert cited.work == voice.work


def test_who_disputes_a_factor_is_said_in_both_languages(found):
    (wilson,) = titled(found, "Budget").by("disputes")
    assert wilson.work == "wilson2011"
    assert "small budget" in wilson.quote("en").quote
    assert "kleinen Budget" in wilson.quote("de").quote


def test_an_unknown_topic_is_said_to_be_one(advisor):
    with pytest.raises(UsageError, match="'weather'"):
        advisor.demands("weather")


# What people decide


def test_a_decision_is_kept_beside_the_library_and_counted(own, found, tmp_path):
    key = titled(found, "Budget").asking[0].key
    checklist.save(own.settings.index, found, key, 0, status="done", owner=" Anna  Meier ", note="approved\r\nby the board ")
    with Advisor.open(own.settings) as again:
        line = line_of(checklist.opened(own.settings.index, again.demands(LAUNCH)), "Budget")
    assert (line.status, line.owner, line.note, line.version) == ("done", "Anna Meier", "approved\nby the board", 1)
    assert checklist.opened(own.settings.index, found).progress["done"] == 1
    assert checklist.opened(own.settings.index, own.demands("culture")).progress["done"] == 0


def test_what_changes_nothing_is_not_counted_as_a_change(own, found):
    key = found.demands[0].asking[0].key
    checklist.save(own.settings.index, found, key, 0, status="open")
    assert checklist.opened(own.settings.index, found).lines[0].entry is None


def test_two_people_do_not_overwrite_each_other(own, found):
    key = found.demands[0].asking[0].key
    checklist.save(own.settings.index, found, key, 0, status="done", owner="Anna")
    with pytest.raises(Overtaken) as clash:
        checklist.save(own.settings.index, found, key, 0, status="not_for_us", owner="Ben")
    assert clash.value.line.owner == "Anna"
    assert checklist.opened(own.settings.index, found).lines[0].owner == "Anna"
    checklist.save(own.settings.index, found, key, clash.value.line.version, status="not_for_us", owner="Ben")
    assert checklist.opened(own.settings.index, found).lines[0].owner == "Ben"


def test_of_many_who_save_at_once_exactly_one_is_first(own, found):
    key, outcomes, start = found.demands[0].asking[0].key, [], threading.Barrier(6)

    def save(name):
        start.wait()
        try:
            checklist.save(own.settings.index, found, key, 0, status="done", owner=name)
            outcomes.append(name)
        except Overtaken:
            outcomes.append(None)

    people = [threading.Thread(target=save, args=(f"person {number}",)) for number in range(6)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    winners = [name for name in outcomes if name]
    assert len(outcomes) == 6 and len(winners) == 1
    assert checklist.opened(own.settings.index, found).lines[0].owner == winners[0]


@pytest.mark.parametrize("wrong", [{"status": "perhaps"}, {"status": "done", "owner": "x" * 201}, {"status": "done", "note": "x" * 4001}])
def test_what_cannot_be_kept_is_refused(own, found, wrong):
    with pytest.raises(UsageError):
        checklist.save(own.settings.index, found, found.demands[0].asking[0].key, 0, **wrong)
    assert not checklist.opened(own.settings.index, found).lines[0].entry


def test_a_line_that_is_gone_takes_no_decision(own, found):
    with pytest.raises(Gone):
        checklist.save(own.settings.index, found, "0" * 16, 0, status="done")


def test_an_edit_of_the_library_does_not_lose_what_was_decided(own, found, tmp_path, shelf):
    corpus = tmp_path / "edited"
    corpus.mkdir()
    for file in shelf.iterdir():
        (corpus / file.name).write_text(file.read_text("utf-8"), "utf-8")
    with Advisor.open(replace(own.settings, index=tmp_path / "edited-index", corpus=corpus)) as changing:
        changing.sync()
        found = changing.demands(LAUNCH)
        index = changing.settings.index
        for title, owner in (("Budget", "Anna"), ("Staff", "Ben"), ("Culture change", "Carla")):
            checklist.save(index, found, titled(found, title).asking[0].key, 0, status="done", owner=owner)
        frank, speck = corpus / "frank_nd.en.md", corpus / "speck2014.en.md"
        text = frank.read_text("utf-8").replace(
            "Budget: enough money, secured for at least three years.", "Budget: money, secured for three years."
        )
        frank.write_text(text.replace("2. Staff: enough", "2. Headcount: enough"), "utf-8")
        speck.write_text(re.sub(r"^  launch: .*\n", "", speck.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
        german = corpus / "speck2014.de.md"
        german.write_text(re.sub(r"^  launch: .*\n", "", german.read_text("utf-8"), flags=re.MULTILINE), "utf-8")
        changing.sync()
        now = checklist.opened(index, changing.demands(LAUNCH))
        assert line_of(now, "Budget").owner == "Anna"  # the same key word
        assert line_of(now, "Headcount").owner == "Ben"  # the German words, and those of the other work
        (orphan,) = now.orphans
        assert (orphan.owner, orphan.title("en"), orphan.title("de")) == ("Carla", "Culture change", "Kulturwandel")
        checklist.drop(index, LAUNCH, orphan.id, orphan.version + 1)
        assert checklist.opened(index, changing.demands(LAUNCH)).orphans
        checklist.drop(index, LAUNCH, orphan.id, orphan.version)
        assert not checklist.opened(index, changing.demands(LAUNCH)).orphans


def made(work, words):
    cited = Citation(0, words, "a.md", "0" * 64, work, work, (), None, None, "", "en", 0, len(words), work, False, False)
    return Voice(work, "asks", {"en": cited}, {"en": work, "de": work})


ITEMS = st.tuples(st.sampled_from("abc"), st.text("xyz :", min_size=1, max_size=12))


@given(st.lists(st.lists(ITEMS, min_size=1, max_size=3), max_size=5), st.lists(st.lists(ITEMS, min_size=1, max_size=3), max_size=5))
def test_every_entry_is_on_one_line_or_kept_apart(lines, entries):
    found = Demands("launch", tuple(Demand(tuple(made(*item) for item in items)) for items in lines))
    kept = [
        Entry(number, "launch", tuple(Member(work, {"en": words}) for work, words in items), "done", "", "", 1, "2026")
        for number, items in enumerate(entries)
    ]
    now = checklist.match(found, kept)
    shown = [line.entry.id for line in now.lines if line.entry] + [entry.id for entry in now.orphans]
    assert sorted(shown) == list(range(len(kept)))
    assert len(now.lines) == len(lines)
    assert sum(now.progress.values()) == len(lines)
    same = [Entry(0, "launch", tuple(Member(*m) for m in [(w, {"en": t}) for w, t in lines[0]]), "done", "", "", 1, "")] if lines else []
    assert not checklist.match(found, same).orphans


# Over HTTP


def test_the_screen_works_without_a_script(client):
    page = client.get("/checklist?topic=launch").text
    sent = {**fields(page, "Budget"), "status": "done", "owner": "Anna", "note": "=1+1 <b>"}
    reply = client.post("/checklist", data=sent)
    assert reply.status_code == 200 and reply.history[0].status_code == 303
    assert 'data-status="done"' in reply.text and "Saved: Budget" in reply.text
    assert "=1+1 &lt;b&gt;" in reply.text and "<b>" not in reply.text
    assert re.search(r"1 of \d+ done", reply.text)
    only = client.get("/checklist?topic=launch&show=done").text
    assert only.count('class="line"') == 1


def test_a_clash_shows_both_sides_and_lets_choose(client):
    page = client.get("/checklist?topic=launch").text
    sent = fields(page, "Budget")
    client.post("/checklist", data={**sent, "status": "done", "owner": "Anna", "note": ""})
    clash = client.post("/checklist", data={**sent, "status": "not_for_us", "owner": "Ben", "note": "too dear"})
    assert clash.status_code == 409
    assert "Anna" in clash.text and "Ben" in clash.text and "too dear" in clash.text
    again = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', clash.text))
    assert client.post("/checklist", data=again).status_code == 200
    assert 'value="Ben"' in client.get("/checklist?topic=launch").text


def test_a_script_is_answered_in_figures(client):
    sent = fields(client.get("/checklist?topic=launch").text, "Budget")
    reply = client.post("/checklist", data={**sent, "status": "done"}, headers={"Accept": "application/json"})
    assert reply.json()["version"] == 1 and reply.json()["progress"]["done"] == 1
    clash = client.post("/checklist", data={**sent, "status": "open", "owner": "x"}, headers={"Accept": "application/json"})
    assert clash.status_code == 409


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example"}])
def test_a_form_from_another_site_changes_nothing(client, headers):
    sent = fields(client.get("/checklist?topic=launch").text, "Budget")
    assert client.post("/checklist", data={**sent, "status": "done"}, headers=headers).status_code == 403
    assert 'data-status="done"' not in client.get("/checklist?topic=launch").text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 400),
        ({"topic": "launch", "key": "0" * 16, "version": "0", "status": "done", "note": "keep <me>"}, 409),
        ({"topic": "nonsense", "key": "", "status": "done"}, 400),
        ({"topic": "launch", "note": "x" * 70_000}, 400),
    ],
)
def test_forms_that_make_no_sense_are_answered(client, sent, status):
    reply = client.post("/checklist", data=sent)
    assert reply.status_code == status
    assert "<me>" not in reply.text


def test_both_languages_share_what_was_decided(client):
    sent = fields(client.get("/checklist?topic=launch").text, "Budget")
    client.post("/checklist", data={**sent, "status": "done", "owner": "Anna"})
    german = client.get("/checklist?topic=launch&language=de").text
    assert '<html lang="de"' in german and 'value="Anna"' in german and "Erledigt" in german
    assert re.search(r"1 von \d+ erledigt", german)


def test_addresses_that_name_no_topic_are_answered(client):
    assert client.get("/checklist?topic=weather").status_code == 404
    assert "topic" in client.get("/checklist?topic=weather").text
    assert client.get("/checklist?topic=law").status_code == 200  # nothing of the shelf is about law
    assert set(STATUSES) == {"open", "done", "not_for_us"}


def test_without_a_library_the_screen_says_what_to_do(settings, tmp_path):
    app = FastAPI()
    with Advisor.open(replace(settings, index=tmp_path / "none")) as empty:
        app.include_router(routes(empty))
        with TestClient(app, base_url="http://127.0.0.1") as opened:
            assert "python ingest.py" in opened.get("/checklist").text
    assert not (tmp_path / "none").exists()
