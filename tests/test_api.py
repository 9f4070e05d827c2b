"""The interface for programs over HTTP: what it answers, what it refuses, and that its description tells the truth."""

import json
import shutil
import time

import jsonschema
import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given
from hypothesis import settings as budget
from hypothesis.errors import Unsatisfiable
from prometheus_client.parser import text_string_to_metric_families
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

from advisor import Advisor, accounts
from advisor.settings import Settings
from advisor.surfaces import contract, mcp
from advisor.surfaces.api.access import Access
from advisor.surfaces.api.application import PLACE, create_api
from advisor.surfaces.api.gate import LARGEST_BODY
from advisor.surfaces.web.guard import Guard
from advisor.surfaces.web.jobs import Jobs
from advisor.surfaces.web.visitors import Visitors

LAUNCH = "What do we need before launching on social media?"
UNKNOWN = "How do I bake sourdough bread at home?"
NOTE = "# Budget for podcasts\n\nA podcast needs a budget of 4,321 euros a year, says this note.\n"


def client_of(advisor, *, open_to_all=True, token=None):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    api = create_api(advisor, Access(advisor.settings.index, open_to_all), Jobs(advisor.settings))
    return TestClient(api, raise_server_exceptions=False, headers=headers)


@pytest.fixture(scope="module")
def api(advisor):
    with client_of(advisor) as client:
        yield client


@pytest.fixture
def own(tmp_path, shelf, encoder):
    """A library of two documents that a test may change."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    for name in ("frank_nd.en.md", "speck2014.en.md"):
        shutil.copy(shelf / name, corpus)
    with Advisor(Settings(index=tmp_path / "index", corpus=corpus, threads=1), encoder) as opened:
        opened.sync()
        yield opened


def is_problem(reply, status, code=None):
    told = reply.json()
    assert reply.status_code == status, reply.text
    assert reply.headers["content-type"] == "application/problem+json"
    assert told["status"] == status and told["title"] and told["detail"] and told["type"] == "about:blank"
    assert code is None or told["code"] == code
    return told


def timeless(answer):
    return {**answer, "seconds": 0}


def plain(answer):
    return timeless(json.loads(json.dumps(answer.as_json())))


# Questions


@pytest.mark.parametrize("question", [LAUNCH, "Wie lange muss das Geld gesichert sein?", UNKNOWN])
def test_an_answer_is_that_of_the_library_field_by_field(api, advisor, question):
    reply = api.post("/ask", json={"question": question})
    assert reply.status_code == 200
    assert timeless(reply.json()) == plain(advisor.ask(question, note_gap=False))


def test_a_follow_up_and_a_part_of_the_library(api):
    first = api.post("/ask", json={"question": "Brauchen wir ein Budget?"}).json()
    then = api.post("/ask", json={"question": "Und wie lange?", "previous": first["question"]}).json()
    assert then["question"] == "Brauchen wir ein Budget? Und wie lange?" and then["language"] == "de"
    only = {"works": ["speck2014"], "languages": ["en"]}
    narrowed = api.post("/ask", json={"question": LAUNCH, "only": only}).json()
    assert {citation["document"] for citation in narrowed["citations"]} == {"speck2014.en.md"}
    assert narrowed["only"]["works"] == ["speck2014"]


def events(text):
    parts = [part.split("\n", 1) for part in text.strip().split("\n\n")]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in parts]


def test_the_stream_ends_with_the_whole_answer(api, advisor):
    reply = api.post("/ask/stream", json={"question": LAUNCH})
    assert reply.headers["content-type"].startswith("text/event-stream")
    *answers, end = events(reply.text)
    assert end == ("end", {}) and {name for name, _ in answers} == {"answer"}
    assert timeless(answers[-1][1]) == plain(advisor.ask(LAUNCH))
    is_problem(api.post("/ask/stream", json={"question": "?", "only": {"topics": ["astrology"]}}), 422, "usage_error")


def test_a_passage_found_can_be_read_again_and_verified(api, advisor):
    found = api.post("/search", json={"query": "Budget für drei Jahre", "k": 3}).json()["passages"]
    hits = advisor.search("Budget für drei Jahre", 3)
    assert [one["id"] for one in found] == [hit.passage.id for hit in hits]
    assert [one["citation"]["number"] for one in found] == [1, 2, 3]
    again = api.get(f"/passages/{found[1]['id']}").json()
    assert again == {"id": found[1]["id"], "score": None, "citation": {**found[1]["citation"], "number": 1}}
    text = api.get(f"/documents/{again['citation']['sha256']}").json()["text"]
    assert text[again["citation"]["start"] : again["citation"]["end"]] == again["citation"]["quote"]
    citations = [one["citation"] for one in found]
    assert api.post("/verify", json={"citations": citations}).json()["all_found"]
    citations[2]["quote"] += " and more"
    verdicts = api.post("/verify", json={"citations": citations}).json()
    assert not verdicts["all_found"] and [one["verdict"] for one in verdicts["verdicts"]] == ["found", "found", "changed"]


def test_a_whole_answer_can_be_verified(api):
    answer = api.post("/ask", json={"question": LAUNCH}).json()
    verdicts = api.post("/verify", json=answer).json()
    assert verdicts["all_found"] and len(verdicts["verdicts"]) == len(answer["citations"]) + len(answer["nearest"])


def test_documents_come_in_pages(api, advisor):
    first = api.get("/documents", params={"limit": 7}).json()
    rest = api.get("/documents", params={"offset": 7, "limit": 1000}).json()
    listed = [*first["documents"], *rest["documents"]]
    assert first["total"] == rest["total"] == len(listed) == advisor.counts().documents
    assert [one["source"] for one in listed] == sorted(document.source for document in advisor.documents())
    assert all(one["passages"] for one in listed) and first["failed"] == []


# Refusals


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "code"),
    [
        ("POST", "/ask", {"json": {}}, 422, "invalid_request"),
        ("POST", "/ask", {"json": {"question": " \n "}}, 422, "invalid_request"),
        ("POST", "/ask", {"json": {"question": "x" * 2001}}, 422, "invalid_request"),
        ("POST", "/ask", {"json": {"question": "x", "language": "fr"}}, 422, "invalid_request"),
        ("POST", "/ask", {"json": {"question": "x", "model": "y"}}, 422, "invalid_request"),
        ("POST", "/ask", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "invalid_request"),
        ("POST", "/ask", {"content": b"\xff", "headers": {"Content-Type": "application/json"}}, 400, "bad_request"),
        ("POST", "/ask", {"json": {"question": "x", "only": {"years": [2012, 2010]}}}, 422, "usage_error"),
        ("POST", "/search", {"json": {"query": "x", "k": 0}}, 422, "invalid_request"),
        ("POST", "/search", {"json": {"query": "x", "k": 101}}, 422, "invalid_request"),
        ("POST", "/verify", {"json": {"citations": [{}]}}, 422, "invalid_request"),
        ("GET", "/passages/nothing-1-2", {}, 404, "not_found"),
        ("GET", "/passages/--", {}, 404, "not_found"),
        ("GET", f"/documents/{'0' * 64}", {}, 404, "not_found"),
        ("GET", "/documents?limit=1001", {}, 422, "invalid_request"),
        ("DELETE", f"/documents/{'0' * 64}", {}, 404, "not_found"),
        ("GET", "/jobs/none", {}, 404, "not_found"),
        ("GET", "/nowhere", {}, 404, "not_found"),
        ("PUT", "/ask", {}, 405, "method_not_allowed"),
        ("POST", "/documents", {}, 422, "invalid_request"),
        ("POST", "/documents", {"files": {"files": ("x.exe", b"x")}}, 422, "documents_refused"),
        ("POST", "/documents", {"files": {"files": ("x.pdf", b"%PDF-1.4 no")}}, 422, "documents_refused"),
        ("POST", "/documents", {"files": [("files", (f"{n}.md", b"x")) for n in range(21)]}, 422, "invalid_request"),
    ],
)
def test_every_refusal_is_a_problem(api, method, path, options, status, code):
    is_problem(api.request(method, path, **options), status, code)


def test_bodies_have_a_limit_announced_or_not(api):
    big = b'{"question": "' + b"x" * LARGEST_BODY + b'"}'
    headers = {"Content-Type": "application/json"}
    is_problem(api.post("/ask", content=big, headers=headers), 413)
    is_problem(api.post("/ask", content=iter([big[:1000], big[1000:]]), headers=headers), 413)


def test_pages_of_other_sites_are_turned_away(api):
    body = {"question": LAUNCH}
    is_problem(api.post("/ask", json=body, headers={"Origin": "https://evil.example"}), 403, "foreign_origin")
    is_problem(api.post("/ask", json=body, headers={"Origin": "null"}), 403, "foreign_origin")
    assert api.post("/ask", json=body, headers={"Origin": "http://testserver"}).status_code == 200


def test_without_an_index_health_is_well_and_the_rest_says_what_to_do(tmp_path, encoder):
    with Advisor(Settings(index=tmp_path / "none"), encoder) as empty, client_of(empty) as client:
        assert client.get("/health").json()["status"] == "ok"
        for reply in (client.get("/ready"), client.post("/ask", json={"question": LAUNCH}), client.get("/documents")):
            assert "advisor ingest" in is_problem(reply, 503, "index_missing")["detail"]
        assert "advisor_index_ready 0.0" in client.get("/metrics").text


def test_a_damaged_library_is_a_problem_not_a_trace(own):
    with client_of(own) as client:
        assert client.get("/ready").status_code == 200
        for file in own.settings.index.glob("g*/library.sqlite3"):
            file.write_bytes(b"nothing" * 1000)
        own.close()
        told = is_problem(client.get("/documents"), 503)
        assert "Traceback" not in told["detail"]


# Who may


def test_where_others_could_call_a_token_decides(own):
    folder = own.settings.index
    reader, analyst = (accounts.create_token(folder, role, role) for role in ("reader", "analyst"))
    sha256 = own.documents()[0].sha256
    with client_of(own, open_to_all=False) as nobody:
        for path in ("/health", "/ready", "/openapi.json"):
            assert nobody.get(path).status_code == 200
        for reply in (
            nobody.get("/documents"), nobody.post("/ask", json={"question": LAUNCH}), nobody.get("/metrics"), nobody.get("/passages/x"),
            nobody.delete(f"/documents/{sha256}"), nobody.get("/jobs/x"), nobody.get("/documents", headers={"Authorization": "Bearer x"}),
            nobody.get("/documents", headers={"Authorization": "Basic eDp5"}),
        ):  # fmt: skip
            is_problem(reply, 401, "not_signed_in")
            assert reply.headers["www-authenticate"] == "Bearer"
    with client_of(own, open_to_all=False, token=reader) as client:
        assert client.post("/ask", json={"question": LAUNCH}).status_code == 200
        for reply in (
            client.delete(f"/documents/{sha256}"), client.get("/jobs/x"), client.post("/documents", files={"files": ("x.md", b"# X")})
        ):  # fmt: skip
            is_problem(reply, 403, "forbidden")
    with client_of(own, open_to_all=False, token=analyst) as client:
        is_problem(client.get("/jobs/x"), 404)
        accounts.revoke_token(folder, "analyst")
        is_problem(client.get("/jobs/x"), 401)
    assert not own.settings.uploads.exists(), "what was refused was not kept either"


def test_behind_the_guard_of_the_page_programs_are_known_by_their_tokens(own):
    folder = own.settings.index
    token, access = accounts.create_token(folder, "reports", "reader"), Access(folder, False)
    app = FastAPI(openapi_url=None)
    app.include_router(mcp.routes(own, access))
    app.mount(PLACE, create_api(own, access, Jobs(own.settings)))
    app.add_middleware(Guard, visitors=Visitors(folder, open_to_all=False), per_minute=4)
    with TestClient(app, raise_server_exceptions=False) as client:
        assert client.get(f"{PLACE}/ready").status_code == 200
        is_problem(client.post(f"{PLACE}/ask", json={"question": LAUNCH}), 401, "not_signed_in")
        is_problem(client.post("/mcp", json={}), 401, "not_signed_in")
        known = {"Authorization": f"Bearer {token}"}
        assert client.post(f"{PLACE}/ask", json={"question": LAUNCH}, headers=known).status_code == 200
        is_problem(client.post(f"{PLACE}/ask", json={"question": LAUNCH}, headers={"Origin": "https://evil.example"}), 403)
        replies = [client.post(f"{PLACE}/search", json={"query": "x"}, headers=known) for _ in range(5)]
        told = is_problem(replies[-1], 429)
        assert "minute" in told["detail"] and replies[-1].headers["retry-after"]


# Changing the library


def finished(client, reply):
    assert reply.status_code == 202, reply.text
    end = time.monotonic() + 60
    while (job := client.get("/" + reply.headers["location"]).json())["state"] in ("waiting", "running"):
        assert time.monotonic() < end, job
        time.sleep(0.05)
    return job


def test_documents_are_added_found_and_removed(own):
    with client_of(own) as client:
        reply = client.post("/documents", files=[("files", ("podcasts.md", NOTE.encode())), ("files", ("torn.pdf", b"%PDF-1.4 no"))])
        job = finished(client, reply)
        assert job["state"] == "done" and job["documents"] == ["podcasts.md"] and job["outcome"]["added"] == 1, job
        assert [one["source"] for one in job["refused"]] == ["torn.pdf"] and job["refused"][0]["reason"]
        answer = client.post("/ask", json={"question": "What budget does a podcast need?"}).json()
        assert "4,321" in answer["text"] and "podcasts.md" in {c["document"] for c in answer["citations"]}

        told = is_problem(client.post("/documents", files={"files": ("again.md", NOTE.encode())}), 422, "documents_refused")
        assert "already" in told["errors"][0]["what"]
        job = finished(client, client.post("/documents", files={"files": ("podcasts.md", NOTE.replace("4,321", "5,000").encode())}))
        assert job["outcome"]["changed"] == 1
        assert "5,000" in client.post("/ask", json={"question": "What budget does a podcast need?"}).json()["text"]

        (mine,) = [one for one in client.get("/documents").json()["documents"] if one["source"] == "podcasts.md"]
        job = finished(client, client.delete(f"/documents/{mine['sha256']}"))
        assert job["outcome"]["removed"] == 1
        is_problem(client.get(f"/documents/{mine['sha256']}"), 404)
        assert sorted(one["source"] for one in client.get("/documents").json()["documents"]) == ["frank_nd.en.md", "speck2014.en.md"]
        assert not [file for file in own.settings.uploads.iterdir() if file.is_file()], "what was brought here goes with the document"


def test_a_file_of_the_corpus_stays_where_it_is(own):
    with client_of(own) as client:
        document = next(one for one in own.documents() if one.source == "frank_nd.en.md")
        assert finished(client, client.delete(f"/documents/{document.sha256}"))["state"] == "done"
    assert (own.settings.corpus / "frank_nd.en.md").exists()
    assert own.counts().documents == 1


def test_jobs_wait_for_each_other(own):
    with client_of(own) as client:
        replies = [
            client.post("/documents", files={"files": (f"{n}.md", f"# Note {n}\n\nA note of {n} words.\n".encode())}) for n in (1, 2)
        ]
        assert [finished(client, reply)["state"] for reply in replies] == ["done", "done"]
        assert own.counts().documents == 4


def test_a_job_that_fails_tells_why(own):
    with client_of(own) as client:
        name = own.documents()[0].sha256
        shutil.rmtree(own.settings.index / own.generation / "vectors")
        job = finished(client, client.delete(f"/documents/{name}"))
        assert job["state"] == "failed" and job["problem"]["status"] == 503 and job["outcome"] is None
        assert job["problem"]["detail"]


# Figures


def test_the_figures_count_requests_refusals_and_the_library(own):
    with client_of(own) as client:
        client.post("/ask", json={"question": LAUNCH})
        client.post("/ask", json={"question": UNKNOWN})
        client.post("/ask/stream", json={"question": UNKNOWN})
        client.post("/ask", json={})
        client.get("/passages/a")
        client.get("/passages/b")
        client.get("/nowhere/at/all")
        text = client.get("/metrics").text
    figures = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }
    assert figures["advisor_http_requests_total", "/ask", "200", "POST"] == 2
    assert figures["advisor_http_requests_total", "/ask", "422", "POST"] == 1
    assert figures["advisor_http_requests_total", "/passages/{id}", "404", "GET"] == 2, "one label for all passages"
    assert figures["advisor_http_requests_total", "404", "GET", "other"] == 1
    assert sum(value for key, value in figures.items() if key[0] == "advisor_answers_total" and "not_in_corpus" in key) == 2
    assert figures["advisor_answer_seconds_count",] == 3
    counts = own.counts()
    assert figures["advisor_index_documents",] == counts.documents and figures["advisor_index_passages",] == counts.passages
    assert figures["advisor_index_generation",] == 1


# The description


def test_examples_of_the_description_are_true(api):
    described = api.get("/openapi.json").json()
    components = described["components"]
    checked = 0
    for path, operations in described["paths"].items():
        for operation in operations.values():
            for status, response in operation["responses"].items():
                for kind, content in response.get("content", {}).items():
                    assert kind == "application/problem+json" or status < "400", (path, status, kind)
                    if "example" in content and kind == "application/json":
                        jsonschema.validate(content["example"], {**content["schema"], "components": components})
                        checked += 1
    assert checked >= 3
    for name, path in (("AskRequest", "/ask"), ("AskRequest", "/ask/stream"), ("SearchRequest", "/search")):
        for example in components["schemas"][name]["examples"]:
            assert api.post(path, json=example).status_code == 200


def test_the_example_citation_is_one_of_the_corpus():
    from conftest import CORPUS

    from advisor.documents import read
    from advisor.surfaces.api.examples import ANSWER, CITATION

    document = read(CORPUS / CITATION["document"])
    assert document.text[CITATION["start"] : CITATION["end"]] == CITATION["quote"]
    assert document.sha256 == CITATION["sha256"]
    jsonschema.validate(ANSWER, contract.answer_schema())


@pytest.fixture(scope="module")
def described(tmp_path_factory, shelf, encoder):
    """The interface as it is mounted, over a library of its own, closed to all but one analyst's token."""
    folder = tmp_path_factory.mktemp("described")
    (folder / "corpus").mkdir()
    shutil.copy(shelf / "frank_nd.en.md", folder / "corpus")
    with Advisor(Settings(index=folder / "index", corpus=folder / "corpus", threads=1), encoder) as opened:
        opened.sync()
        app = FastAPI(openapi_url=None)
        app.mount(PLACE, create_api(opened, Access(opened.settings.index, False), Jobs(opened.settings)))
        schema = schemathesis.openapi.from_asgi(f"{PLACE}/openapi.json", app)
        schema.token = accounts.create_token(opened.settings.index, "tests", "analyst")
        yield schema


OPERATIONS = (
    "GET /health", "GET /ready", "GET /metrics", "POST /ask", "POST /ask/stream", "POST /search", "GET /passages/{id}", "POST /verify",
    "GET /documents", "POST /documents", "GET /documents/{sha256}", "DELETE /documents/{sha256}", "GET /jobs/{id}",
)  # fmt: skip


def test_the_description_names_these_operations(described):
    assert {operation.ok().label for operation in described.get_all_operations()} == set(OPERATIONS)


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_operation_keeps_to_its_description(described, label, mode):
    operation = described.find_operation_by_label(label)
    # JSON Schema cannot say which names of files are read, nor that the second year is not before the first.
    loose = [positive_data_acceptance] if label in ("POST /documents", "POST /ask", "POST /ask/stream", "POST /search") else []

    @budget(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def check(case):
        case.call_and_validate(headers={"Authorization": f"Bearer {described.token}"}, excluded_checks=loose)

    try:
        check()
    except Unsatisfiable:
        assert mode is GenerationMode.NEGATIVE, "nothing can be wrong with a request that takes nothing"
