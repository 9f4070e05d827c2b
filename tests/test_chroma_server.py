"""Vectors in a Chroma server: what holds of a folder holds of a server, and every fault of a server is named and can be left."""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import httpx
import numpy as np
import pytest
from chroma_fixtures import ChromaRun, Proxy, certificate, free_port
from chroma_fixtures import folder as the_folder
from web_fixtures import serving

from advisor import Advisor, Settings
from advisor.errors import IndexDamaged, IndexForeign, UsageError, VectorServerError
from advisor.vectors import ChromaServer, Held, Place, ServedVectors, VectorStore

folder = the_folder
THREE = "# Crisis\n\nIn a crisis the managing director answers in person.\n"
QUESTIONS = (
    "What do we need before launching on social media?",
    "Was brauchen wir, bevor wir in den sozialen Medien starten?",
    "Which factors does Frank name?",
    "Wie viele Unternehmen nutzen soziale Medien?",
    "Where do the works disagree about the budget?",
    "Wie messen wir den Erfolg?",
    "How do we bake bread?",
    "Was sagen Huston und Sakkab über Innovation von außen?",
)


@pytest.fixture
def library(tmp_path, folder, own_chroma):
    """A library of two documents whose vectors are in a server that the test may end."""
    with Advisor.open(Settings(index=tmp_path / "index", corpus=folder, threads=1, chroma_url=own_chroma.url)) as advisor:
        advisor.sync()
        yield advisor


def reopened(advisor, **changes):
    return Advisor.open(replace(advisor.settings, **changes))


def found(advisor, question="Wie lange ist das Budget gesichert?"):
    """The document that the best passage for a question is of; every question is asked for the first time."""
    found.number += 1
    hit = advisor.search(f"{question} ({found.number})", 1)[0]
    return advisor.document(hit.passage.document).source


found.number = 0


def sees(advisor, query, source):
    """True where a document is among those that the best passages for a query are of."""
    return source in {advisor.document(hit.passage.document).source for hit in advisor.search(query, 5)}


# The same with both stores


@pytest.fixture(params=["folder", "server"])
def store(request, tmp_path):
    if request.param == "folder":
        made = VectorStore(tmp_path / "vectors")
    else:
        held = set()
        of_library = Held(lambda _, rows: held.intersection(rows), lambda _: len(held))
        server = ChromaServer(request.getfixturevalue("chroma").url)
        made = ServedVectors(server, Place.new("1", ("passages",)), of_library, writing=True)
        made.held = held
    yield made
    made.close()


def put(store, rows, vectors, pool="passages-de"):
    store.add(pool, rows, vectors, [{"page": row} for row in rows], [f"text {row}" for row in rows])
    getattr(store, "held", set()).update(rows)


def unit(rows, dimension=16, seed=7):
    vectors = np.random.default_rng(seed).normal(size=(rows, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_a_store_gives_back_what_it_was_given_and_finds_the_nearest(store):
    vectors = unit(600)
    put(store, range(1, 601), vectors)
    for at in (0, 250, 599):
        near = store.nearest("passages-de", vectors[at], 10)
        exact = np.argsort(-(vectors @ vectors[at]))[:10] + 1
        assert [row for row, _ in near] == exact.tolist()
        assert near[0][1] == pytest.approx(1, abs=1e-5)
        assert [cosine for _, cosine in near] == pytest.approx((vectors[exact - 1] @ vectors[at]).tolist(), abs=1e-5)
    back = store.vectors("passages-de", [3, 4, 9999])
    assert sorted(back) == [3, 4] and np.allclose(back[3], vectors[2])
    entries = store.entries("passages-de", [5])
    assert list(entries.rows) == [5] and list(entries.texts) == ["text 5"] and entries.metadata[0]["page"] == 5
    assert np.allclose(entries.vectors[0], vectors[4])


def test_what_is_taken_out_of_a_store_is_not_found_and_what_is_mended_is(store):
    vectors = unit(20)
    put(store, range(1, 21), vectors)
    store.remove("passages-de", [1, 99])
    assert 1 not in dict(store.nearest("passages-de", vectors[0], 20))
    assert store.vectors("passages-de", [1]) == {}
    store.mend("passages-de", [2])
    store.settle()
    assert store.nearest("passages-de", vectors[1], 1)[0][0] == 2


@pytest.fixture(scope="module")
def twin(advisor, chroma, tmp_path_factory):
    """The library of the session once more, with its vectors in a server."""
    place = tmp_path_factory.mktemp("twin")
    with Advisor.open(replace(advisor.settings, index=place / "index", chroma_url=chroma.url)) as opened:
        opened.sync()
        assert not list(opened.settings.index.glob("g*/vectors"))
        yield opened


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_the_same_with_both_field_by_field(advisor, twin, question):
    one, other = (given.ask(question, note_gap=False).as_json() for given in (advisor, twin))
    assert {**one, "seconds": 0} == {**other, "seconds": 0}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_search_is_the_same_with_both(advisor, twin, question):
    one, other = (given.search(question, 20) for given in (advisor, twin))
    assert [(hit.row, hit.passage.id) for hit in one] == [(hit.row, hit.passage.id) for hit in other]


def test_the_doctor_finds_nothing_wrong_with_an_index_in_a_server(twin):
    assert twin.faults() == []


# Generations


def test_an_unchanged_sync_asks_the_server_nothing(library, own_chroma):
    own_chroma.stop()
    assert library.sync().generation == "g0001"


def test_what_another_generation_holds_is_not_seen(library, folder, tmp_path):
    (folder / "drei.md").write_text(THREE, "utf-8")
    (folder / "zwei.md").unlink()
    library.sync()
    server = ChromaServer(library.settings.chroma_url)
    assert sum(server.count(server.find(name)) for name in server.names("advisor-")) == 3  # those of both generations, once
    assert sees(library, "Who answers in a crisis?", "drei.md")
    assert not [hit for hit in library.search("Personal für den Kundendialog", 20) if hit.passage.section == "Personal"]
    library.rollback()
    assert found(library, "Reicht das Personal?") == "zwei.md"
    assert not [hit for hit in library.search("Who answers in a crisis?", 20) if hit.passage.section == "Crisis"]
    (folder / "vier.md").write_text("# Leitung\n\nDie Leitung steht hinter dem Vorhaben.\n", "utf-8")
    library.sync()  # from the first generation again, whose next row has the number of one of the second
    assert found(library, "Wer steht hinter dem Vorhaben?") == "vier.md"
    assert library.faults() == []


def test_a_dropped_generation_leaves_nothing_in_the_server(library, folder, own_chroma):
    with reopened(library, keep=1) as advisor:
        for number in range(4):
            (folder / "wechsel.md").write_text(f"# Wechsel\n\nFassung {number} des Wechsels im Hause.\n", "utf-8")
            advisor.sync()
        assert sum(own_chroma.counts().values()) == 4  # two that stayed, and a version in each of two generations
        advisor.sync(rebuild=True)
        advisor.sync(rebuild=True)
        assert sum(own_chroma.counts().values()) == 6
        assert len({name.split("-")[1] for name in own_chroma.counts()}) == 2
        assert not list(advisor.settings.index.glob("*.dropped"))


def test_a_server_that_is_down_when_a_generation_is_dropped_is_cleared_later(library, folder, own_chroma, tmp_path):
    advisor = library
    first = own_chroma.counts()
    advisor.sync(rebuild=True)
    index = advisor._index
    own_chroma.stop()
    index._drop(advisor.settings.index / "g0001")
    assert list(advisor.settings.index.glob("g0001.*.dropped")) and index.generations() == ["g0002"]
    own_chroma.start()
    (folder / "drei.md").write_text(THREE, "utf-8")
    advisor.sync()
    assert not list(advisor.settings.index.glob("*.dropped"))
    assert not first.keys() & own_chroma.counts().keys()


def test_killed_while_writing_the_current_generation_answers_and_the_next_sync_finishes(library, folder, own_chroma):
    index = library.settings.index
    before = own_chroma.counts()
    for number in range(40):
        (folder / f"neu{number}.md").write_text(f"# Text {number}\n\n" + f"Satz {number} über Budget und Personal. " * 60, "utf-8")
    code = "import sys; from pathlib import Path; from advisor import Advisor; Advisor.open(index=sys.argv[1]).sync([Path(sys.argv[2])])"
    for moment in (b"/collections", b"/upsert", b"/query"):  # at its first request; with vectors in the server; on its check
        with Proxy(own_chroma.port, holding=moment) as proxy:
            environ = {**os.environ, "ADVISOR_CHROMA_URL": f"http://{proxy.address}", "ADVISOR_THREADS": "1"}
            process = subprocess.Popen([sys.executable, "-c", code, str(index), str(folder)], env=environ)
            assert proxy.held.wait(60), (process.poll(), [entry.reason for entry in library.manifest() if entry.reason][:3])
            process.send_signal(signal.SIGKILL)
            process.wait()
        assert list(index.glob("*.draft/vectors.json"))
        assert (own_chroma.counts() != before) == (moment != b"/collections")
        assert found(library) == "eins.md" and len(library.documents()) == 2
    library.sync()
    assert len(library.documents()) == 42 and library.faults() == []
    assert sum(own_chroma.counts().values()) == library.counts().passages
    assert not list(index.glob("*.draft")) and not list(index.glob("*.dropped"))


def test_a_failed_sync_leaves_the_server_as_it_was(library, folder, own_chroma):
    before = own_chroma.counts()
    with Proxy(own_chroma.port) as proxy, reopened(library, chroma_url=f"http://{proxy.address}", chroma_seconds=1) as slow:
        (folder / "drei.md").write_text(THREE, "utf-8")
        proxy.delay = 3
        with pytest.raises(VectorServerError, match="ADVISOR_CHROMA_SECONDS"):
            slow.sync()
    assert found(library) == "eins.md"
    library.sync()
    assert sees(library, "Who answers in a crisis?", "drei.md")
    assert sum(own_chroma.counts().values()) == sum(before.values()) + 1
    assert not list(library.settings.index.glob("*.dropped"))


# From one place to another


def test_a_library_in_a_folder_moves_into_a_server_with_the_next_sync(tmp_path, folder, own_chroma):
    settings = Settings(index=tmp_path / "index", corpus=folder, threads=1)
    with Advisor.open(settings) as before:
        before.sync()
        vectors = {row: before._open().vectors.vectors("passages-de", [row])[row] for row in (1, 2)}
    with Advisor.open(replace(settings, chroma_url=own_chroma.url)) as after:
        assert found(after) == "eins.md"  # still from the folder
        report = after.sync()
        assert report.generation == "g0002" and report.unchanged == 2
        assert not list((tmp_path / "index" / "g0002").glob("vectors/*"))
        assert found(after) == "eins.md" and after.faults() == []
        moved = after._open().vectors.vectors("passages-de", [1, 2])
        assert all(np.allclose(moved[row], vectors[row]) for row in vectors)
        assert after.sync().generation == "g0002"


def test_without_the_address_of_the_server_the_way_out_is_named(library):
    with reopened(library, chroma_url=None) as bare:
        with pytest.raises(IndexForeign, match=r"ADVISOR_CHROMA_URL.*--rebuild"):
            bare.search("Budget")
        bare.sync(rebuild=True)
        assert found(bare) == "eins.md"


def test_a_backup_without_the_vectors_is_refused_and_the_way_out_is_named(library, tmp_path):
    with pytest.raises(UsageError, match=r"Chroma server.*ADVISOR_CHROMA_URL"):
        library.backup(tmp_path / "library.backup")
    assert not (tmp_path / "library.backup").exists()


def test_a_copy_of_an_index_gets_vectors_of_its_own_and_takes_none_away(library, folder, own_chroma, tmp_path):
    shutil.copytree(library.settings.index, tmp_path / "copy")
    with reopened(library, index=tmp_path / "copy", keep=1) as copy:
        assert found(copy) == "eins.md"
        copy.sync()
        assert len({name.split("-")[1] for name in own_chroma.counts()}) == 2
        for number in range(3):
            (folder / "neu.md").write_text(f"# Neu\n\nNeues, die Fassung {number}.\n", "utf-8")
            copy.sync()
        assert copy.faults() == []
    assert found(library) == "eins.md" and library.faults() == []


# Faults of the server


def test_a_server_that_is_down_is_named_and_the_same_advisor_recovers(library, own_chroma):
    own_chroma.stop()
    with pytest.raises(VectorServerError, match=f"{own_chroma.url} does not answer.*Start it, or correct ADVISOR_CHROMA_URL"):
        found(library)
    with pytest.raises(VectorServerError):
        library.check()
    assert len(library.documents()) == 2 and library.counts().passages == 2, "what the library holds can still be read"
    own_chroma.start()
    library.check()
    assert found(library) == "eins.md"


def test_a_server_that_is_down_from_the_start_is_waited_for(library, folder):
    late = ChromaRun(folder.parent / "late", free_port())
    with reopened(library, index=folder.parent / "other", chroma_url=late.url) as advisor:
        with pytest.raises(VectorServerError, match="does not answer"):
            advisor.sync()
        assert not advisor.ready
        late.start()
        try:
            advisor.sync()
            assert found(advisor) == "eins.md"
        finally:
            late.stop()


def test_a_slow_server_is_given_up_and_asked_again(library, own_chroma):
    with Proxy(own_chroma.port) as proxy, reopened(library, chroma_url=f"http://{proxy.address}", chroma_seconds=1) as advisor:
        assert found(advisor) == "eins.md"
        proxy.delay = 3
        with pytest.raises(VectorServerError, match=r"did not answer in time.*ADVISOR_CHROMA_SECONDS, now 1"):
            found(advisor)
        proxy.delay = 0
        assert found(advisor) == "eins.md"


def test_a_wrong_token_is_refused_and_never_shown(library, own_chroma):
    with Proxy(own_chroma.port, token="right-token") as proxy:
        url = f"http://{proxy.address}"
        for token in (None, "wrong-token"):
            with reopened(library, chroma_url=url, chroma_token=token) as advisor, pytest.raises(VectorServerError) as refused:
                found(advisor)
            assert "401" in str(refused.value) and "ADVISOR_CHROMA_TOKEN" in str(refused.value) and "wrong-token" not in str(refused.value)
        with reopened(library, chroma_url=url, chroma_token="right-token") as advisor:
            assert found(advisor) == "eins.md"
            assert "right-token" not in repr(advisor.settings)


def test_a_certificate_is_checked_against_the_authorities_that_are_given(library, own_chroma, tmp_path):
    authority, context = certificate(tmp_path)
    with Proxy(own_chroma.port, tls=context) as proxy:
        url = f"https://{proxy.address}"
        with reopened(library, chroma_url=url) as advisor, pytest.raises(VectorServerError, match=r"certificate.*ADVISOR_CHROMA_CA"):
            found(advisor)
        with reopened(library, chroma_url=url, chroma_ca=authority) as advisor:
            assert found(advisor) == "eins.md"


def test_an_emptied_server_is_noticed_and_a_rebuild_leads_out(library, own_chroma):
    assert found(library) == "eins.md"
    own_chroma.empty()
    with pytest.raises(IndexDamaged, match=r"holds nothing of passages.*emptied.*ADVISOR_CHROMA_URL.*--rebuild"):
        found(library)
    assert library.faults()
    with pytest.raises(IndexDamaged, match="--rebuild"):
        library.remove(["zwei.md"])
    library.sync(rebuild=True)
    assert found(library) == "eins.md" and library.faults() == []


def test_another_server_and_one_that_lost_vectors_are_noticed(library, own_chroma, chroma):
    with reopened(library, chroma_url=chroma.url) as advisor, pytest.raises(IndexDamaged, match="not the server"):
        found(advisor)
    server = ChromaServer(own_chroma.url)
    (name,) = (name for name in server.names("advisor-") if name.endswith("passages-de"))
    generation = library._open()
    server.delete(server.find(name), [generation.vectors.place.id_of("passages-de", 1)])
    with reopened(library) as advisor:
        with pytest.raises(IndexDamaged, match="1 of 2 vectors of passages-de"):
            found(advisor)


def test_what_is_no_chroma_server_is_told_from_one(library):
    with serving(library.settings.index.parent / "empty", library.settings.index.parent / "nowhere") as other:
        with reopened(library, chroma_url=other.url) as advisor, pytest.raises(VectorServerError, match="no Chroma server"):
            found(advisor)


def test_another_tenant_and_database_of_a_server(folder, chroma, tmp_path):
    settings = Settings(index=tmp_path / "index", corpus=folder, threads=1, chroma_url=chroma.url, chroma_database="team/strategy")
    with Advisor.open(settings) as advisor, pytest.raises(VectorServerError, match=r"no tenant team with .* strategy .*CHROMA_DATABASE"):
        advisor.sync()
    for path, name in (("tenants", "team"), ("tenants/team/databases", "strategy")):
        made = httpx.post(f"{chroma.url}/api/v2/{path}", json={"name": name})
        assert made.status_code == 200, made.text
    with Advisor.open(settings) as advisor:
        advisor.sync()
        assert found(advisor, "Reicht das Personal?") == "zwei.md"
        assert advisor.faults() == []
    names = ChromaServer(chroma.url, database="team/strategy").names("advisor-")
    assert names and not set(names) & set(ChromaServer(chroma.url).names("advisor-"))
    with Advisor.open(replace(settings, chroma_database=None)) as advisor, pytest.raises(IndexDamaged, match="it was emptied"):
        found(advisor)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CHROMA_URL", "localhost:8000", "expected http:// or https://"),
        ("CHROMA_URL", "http://me:secret@host:8000", "a token belongs in ADVISOR_CHROMA_TOKEN"),
        ("CHROMA_TOKEN", "two words", "ADVISOR_CHROMA_TOKEN"),
        ("CHROMA_CA", "/no/such/file.pem", "ADVISOR_CHROMA_CA"),
        ("CHROMA_SECONDS", "soon", "ADVISOR_CHROMA_SECONDS"),
        ("CHROMA_DATABASE", "strategy", "expected TENANT/DATABASE"),
        ("CHROMA_DATABASE", "team/../other", "expected TENANT/DATABASE"),
    ],
)
def test_a_wrong_setting_is_named(name, value, said, tmp_path):
    environ = {"ADVISOR_INDEX": str(tmp_path), "ADVISOR_CHROMA_URL": "http://127.0.0.1:8000", f"ADVISOR_{name}": value}
    with pytest.raises(UsageError, match=said) as wrong:
        Advisor.open(Settings.from_environ(environ))
    assert "secret" not in str(wrong.value)


# At the edges


def test_the_command_line_says_it_in_one_line_and_ends_with_2(library, own_chroma):
    own_chroma.stop()
    environ = {**os.environ, "ADVISOR_CHROMA_URL": own_chroma.url}
    command = [sys.executable, "-m", "advisor.surfaces.cli"]
    index = str(library.settings.index)
    for words in (["ask", "Wie lange ist das Budget gesichert?"], ["search", "Budget"], ["library", "doctor"]):
        done = subprocess.run([*command, *words, "--index", index], env=environ, capture_output=True, text=True, timeout=120)
        assert done.returncode == 2 and len(done.stderr.splitlines()) == 1 and "does not answer" in done.stderr, done.stderr
    done = subprocess.run([*command, "library", "list", "--index", index], env=environ, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0 and "eins.md" in done.stdout


def test_two_chats_over_one_index_and_one_server_follow_a_sync_and_survive_the_server(library, folder, own_chroma):
    given = {"ADVISOR_CHROMA_URL": own_chroma.url, "ADVISOR_THREADS": "1"}
    index = library.settings.index
    with serving(index, folder, **given) as one, serving(index, folder, **given) as other:
        for chat in (one, other):
            assert chat.get("/api/v1/ready").status == 200
            assert "drei Jahre" in chat.post("/api/v1/search", {"query": "Budget", "k": 1}).text
        (folder / "drei.md").write_text(THREE, "utf-8")
        library.sync()
        own_chroma.stop()
        for chat in (one, other):
            for reply in (chat.get("/api/v1/ready"), chat.post("/api/v1/ask", {"question": "Who answers in a crisis?"})):
                assert reply.status == 503 and reply.headers["content-type"] == "application/problem+json"
                problem = json.loads(reply.text)
                assert problem["code"] == "vector_server_error" and own_chroma.url in problem["detail"]
            assert chat.get("/api/v1/health").status == 200
            assert "eins.md" in chat.get("/documents?language=de").text
        own_chroma.start()
        for chat in (one, other):
            assert chat.get("/api/v1/ready").status == 200
            assert "managing director" in chat.post("/api/v1/search", {"query": "Who answers in a crisis?", "k": 5}).text


def test_the_chat_starts_without_the_server_and_says_so(library, folder, own_chroma):
    own_chroma.stop()
    with serving(library.settings.index, folder, ADVISOR_CHROMA_URL=own_chroma.url) as chat:
        assert any("does not answer" in line and "Until then no question can be answered." in line for line in chat.log)
        assert chat.get("/api/v1/ready").status == 503
        own_chroma.start()
        assert "drei Jahre" in chat.post("/api/v1/search", {"query": "Wie lange ist das Budget gesichert?", "k": 1}).text
