"""The agreement map: who asks for what, and its screen, its picture and its words."""

import html
import re
from xml.etree import ElementTree

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_fixtures import library_of

from advisor import Advisor
from advisor.agreement import chart
from advisor.settings import Settings
from advisor.surfaces.web import routes as pages
from advisor.surfaces.web.agreement import routes

HOSTILE = """---
work: {work}
title: "<script>alert(1)</script> {work}"
authors: ["<b>Eve</b> & Sons"]
year: 2020
language: en
topics: [launch]
lists:
  launch: ["The work {work} asks for these things:"]
relations:
  - {{with: {other}, on: money, kind: disputes, point: "<u>no</u>", says: "The work {work} says & <em>insists</em> on {says}."}}
---

# {work}

The work {work} says &amp; &lt;em&gt;insists&lt;/em&gt; on {says}.

The work {work} asks for these things:

1. &lt;img src=x onerror=alert(1)&gt;: {says} is &lt;b&gt;needed&lt;/b&gt; &amp; "wanted".
2. Patience "and" 'quotes': wait for {work}.
"""


@pytest.fixture(scope="module")
def client(advisor):
    app = FastAPI()
    app.include_router(routes(advisor))
    app.include_router(pages.routes(advisor))
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        yield opened


def test_every_voice_has_its_cell_and_every_cell_its_work(advisor):
    found = advisor.demands("launch")
    drawn = chart(found)
    assert sum(len(cell) for row in drawn.rows for cell in row.cells) == sum(len(demand.voices) for demand in found.demands)
    for row in drawn.rows:
        assert len(row.cells) == len(drawn.columns)
        for column, cell in zip(drawn.columns, row.cells, strict=True):
            assert all(voice.work == column.work for voice in cell)
    asks = [column.asks for column in drawn.columns]
    assert sum(asks) == sum(len(demand.asking) for demand in found.demands)
    silent = [not number for number in asks]
    assert silent == sorted(silent), "works that ask for nothing stand on the right"


def test_only_shared_rows_are_those_in_which_several_works_speak(advisor):
    drawn = chart(advisor.demands("launch"), shared=True)
    assert drawn.rows
    assert all(len({voice.work for voice in row.demand.voices}) > 1 for row in drawn.rows)
    assert {"Budget", "Staff", "Goals"} <= {row.demand.title("en") for row in drawn.rows}
    assert "Enthusiasm and staying power" not in {row.demand.title("en") for row in drawn.rows}


def test_every_sign_leads_to_the_words_it_stands_for(client):
    page = client.get("/agreement?topic=launch").text
    signs = re.findall(r'<a href="([^"]+)" class="cell" aria-label="([^"]+)"[^>]*data-quote="([^"]+)"', page)
    assert len(signs) > 15
    budget = [(address, label) for address, label, _ in signs if "Budget" in label]
    assert any("Wilson et al. (2011) dispute it: Budget" in label for _, label in budget)
    for address, _, quote in signs[:6] + signs[-3:]:
        said = re.search(rf'id="{quote}".*?<blockquote[^>]*><p>(.*?)</p>', page, re.DOTALL).group(1)
        there = client.get(html.unescape(address).split("#")[0])
        marked = "".join(re.findall(r"<mark[^>]*>(.*?)</mark>", there.text, re.DOTALL))
        assert marked == said
    assert len({quote for *_, quote in signs}) == len(signs)
    assert page.count(' id="said-') == len(signs)


def test_the_picture_is_a_file_that_stands_alone(client):
    for rows, language in (("", "en"), ("&rows=shared", "de")):
        reply = client.get(f"/agreement/map.svg?topic=launch&language={language}{rows}")
        assert reply.headers["content-type"] == "image/svg+xml"
        assert "attachment" in reply.headers["content-disposition"]
        root = ElementTree.fromstring(reply.text)
        words = "".join(root.itertext())
        assert ("Budget" in words) and ("Wilson" in words)
        assert "http" not in reply.text.replace("http://www.w3.org/2000/svg", "")


def test_text_of_documents_is_never_markup(tmp_path, encoder):
    index, corpus = library_of(
        tmp_path,
        one__md=HOSTILE.format(work="one2020", other="two2020", says="money"),
        two__md=HOSTILE.format(work="two2020", other="one2020", says="thrift"),
    )
    app = FastAPI()
    from advisor.surfaces.web import checklist, exports

    with Advisor.open(Settings(index=index, corpus=corpus, threads=2)) as hostile:
        assert not hostile.sync().failed
        for part in (routes, checklist.routes, exports.routes):
            app.include_router(part(hostile))
        with TestClient(app, base_url="http://127.0.0.1") as opened:
            replies = [
                opened.get(path).text for path in ("/agreement?topic=launch", "/checklist?topic=launch", "/agreement/map.svg?topic=launch")
            ]
    for reply in replies:
        assert "img src=x" in html.unescape(reply)
        assert not re.search(r"<(?:script>|b>|i>|u>|em>|img)", reply)
    ElementTree.fromstring(replies[2])


def test_addresses_that_name_no_topic_are_answered(client):
    assert client.get("/agreement?topic=%3Cscript%3E").status_code == 404
    assert "<script>" not in client.get("/agreement?topic=%3Cscript%3E").text
    assert client.get("/agreement").status_code == 200
