"""What may go wrong between the advisor and a Chroma server: strange replies, lost collections, damaged files."""

import json
import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from chroma_fixtures import ONE, TWO

from advisor import Advisor, Settings
from advisor.errors import IndexDamaged, IndexForeign, VectorServerError
from advisor.index.whereabouts import Whereabouts
from advisor.vectors import ChromaServer, Held, Place, ServedVectors

POOLS = ("passages", "questions")
POOL = "passages-de"
UNKNOWN = (404, {"error": "NotFoundError", "message": "Tenant [default_tenant] not found"})


@pytest.fixture
def replying():
    """A server whose replies the test gives, by the end of the path or for all; `asked` has the paths and bodies it was sent."""

    class Handler(BaseHTTPRequestHandler):
        def _reply(self):
            body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or "null")
            end = self.path.partition("?")[0].rpartition("/")[2]
            self.server.asked.append((end, body))
            reply = self.server.replies.get(end, self.server.replies.get("", {}))
            reply = reply(body) if callable(reply) else reply
            status, value = reply if isinstance(reply, tuple) else (200, reply)
            said = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        do_GET = do_POST = do_DELETE = _reply

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.replies, server.asked = {}, []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def requests(server):
    """One call of each kind."""
    vectors = np.ones((1, 4), np.float32)
    return {
        "check": server.check,
        "find": lambda: server.find("one"),
        "make": lambda: server.make("one"),
        "names": lambda: server.names("advisor-"),
        "count": lambda: server.count("one"),
        "query": lambda: server.query("one", vectors, 2),
        "get": lambda: server.get("one", ["1"], ["embeddings"]),
    }


@pytest.mark.parametrize("reply", [{}, {"status": "ok"}, None, "ok", True, {"ids": [["1"]], "distances": [[None, 1]]}, {"ids": ["1"]}])
@pytest.mark.parametrize("call", requests(ChromaServer("")))
def test_json_of_another_form_is_from_no_chroma_server(replying, call, reply):
    replying.replies[""] = reply
    with pytest.raises(VectorServerError, match=r"no Chroma server.*ADVISOR_CHROMA_URL"):
        requests(ChromaServer(replying.url))[call]()


@pytest.mark.parametrize("call", ["check", "make", "names"])
def test_a_missing_tenant_or_database_is_named(replying, call):
    replying.replies[""] = UNKNOWN
    with pytest.raises(VectorServerError, match=r"default_tenant.*default_database"):
        requests(ChromaServer(replying.url))[call]()


def test_what_a_server_without_the_tenant_holds_is_cleared_later(replying, tmp_path):
    replying.replies[""] = UNKNOWN
    where, dropped = Whereabouts(tmp_path, ChromaServer(replying.url)), made(tmp_path, "g0001.0.dropped")
    assert not where.cleared(dropped, [])
    replying.replies[""] = []
    assert where.cleared(dropped, [])


def made(folder, name, place=None):
    """A folder of a generation with its place, in the collections of this index."""
    (folder / "owner").touch()
    path = folder / name
    path.mkdir()
    place = place or Place.new(str((folder / "owner").stat().st_ino), POOLS)
    (path / "vectors.json").write_text(json.dumps(place.as_json()), "utf-8")
    return path


# Two threads, twins and lost rows


def test_two_threads_may_lose_a_collection_at_once(chroma):
    server, rows = ChromaServer(chroma.url), list(range(1, 9))
    place = Place.new("1", POOLS)
    vectors = np.eye(8, dtype=np.float32)
    held = Held(lambda _, some: set(some), lambda _: 8)
    for _ in range(3):
        writer = ServedVectors(server, place, held, writing=True)
        writer.add(POOL, rows, vectors, [{"page": 1}] * 8, ["text"] * 8)
        reader = ServedVectors(server, place, held)
        assert reader.nearest(POOL, vectors[0], 1)[0][0] == 1
        server.drop(f"{place.beginning}{POOL}")
        with ThreadPoolExecutor(8) as threads:
            asked = [threads.submit(reader.nearest, POOL, vectors[0], 1) for _ in rows]
        assert [type(one.exception()) for one in asked] == [IndexDamaged] * 8


def two_drafts(server):
    """A draft with rows 1 to 4, and one after it whose rows 5 to 8 have the same vectors; the store of the second, not settled."""
    first = Place.new("1", POOLS)
    second = first.continued(dict.fromkeys(POOLS, 5))
    vectors = np.eye(4, dtype=np.float32)
    for place, rows in ((first, (1, 2, 3, 4)), (second, (5, 6, 7, 8))):
        held = Held(lambda _, some, rows=rows: set(some) & set(rows), lambda _: 4)
        store = ServedVectors(server, place, held, writing=True)
        store.add(POOL, rows, vectors, [{"page": 1}] * 4, ["text"] * 4)
    return store


def test_rows_that_a_server_has_lost_are_noticed_before_anybody_reads(chroma):
    server = ChromaServer(chroma.url)
    store = two_drafts(server)
    store.settle()
    store.remove(POOL, [5])
    store.settle()  # what the draft itself took out is not missed
    server.delete(server.find(f"{store.place.beginning}{POOL}"), [store.place.id_of(POOL, 6)])
    with pytest.raises(IndexDamaged, match=r"2 of 3 vectors of passages-de that it was just given"):
        store.settle()


def test_the_twin_of_another_generation_does_not_stand_for_a_row_that_is_not_found(replying):
    first = Place.new("1", POOLS)
    second = first.continued(dict.fromkeys(POOLS, 5))
    twin, other = first.id_of(POOL, 1), second.id_of(POOL, 6)

    def got(body):
        number = len(body["ids"])
        return {
            "ids": body["ids"],
            "embeddings": [[1, 0]] * number,
            "metadatas": [{"page": 1}] * number,
            "documents": ["text"] * number,
        }

    lists = {"ids": [[twin, other]], "distances": [[0, 0.5]]}  # never row 5, though it is stored
    replying.replies = {"get": got, "query": lists, "collections": {"id": "1"}, "pre-flight-checks": {}}
    held = Held(lambda _, some: set(some) & {5, 6}, lambda _: 2)
    store = ServedVectors(ChromaServer(replying.url), second, held, writing=True)
    store.add(POOL, [5], np.array([[1, 0]], np.float32), [{"page": 1}], ["text"])
    replying.asked.clear()
    store.settle()
    assert [body["ids"] for end, body in replying.asked if end == "upsert"] == [[second.id_of(POOL, 5)]]
    lists["distances"] = [[0, 0]]  # now one of its own is the same
    replying.asked.clear()
    store.settle()
    assert not [end for end, _ in replying.asked if end == "upsert"]


# Places


def test_drafts_that_wrote_nothing_are_forgotten_and_rows_keep_their_drafts():
    place = Place.new("1", POOLS)
    for first in (5, 5, 5, 9, 9):
        place = place.continued({"passages": first, "questions": 1})
    assert [first for first, _ in place.written["passages"]] == [0, 5, 9]
    assert [first for first, _ in place.written["questions"]] == [0, 1]
    after = place.continued({"passages": 20, "questions": 1})
    assert [after.draft_of(POOL, row) for row in range(1, 20)] == [place.draft_of(POOL, row) for row in range(1, 20)]
    assert after.draft_of(POOL, 20) == after.newest != place.newest


@pytest.fixture
def served(chroma, tmp_path):
    """A library of one document, twice published, whose vectors are in a server."""
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "eins.md").write_text(ONE, "utf-8")
    with Advisor.open(Settings(index=tmp_path / "index", corpus=papers, threads=1, chroma_url=chroma.url)) as advisor:
        advisor.sync()
        (papers / "zwei.md").write_text(TWO, "utf-8")
        advisor.sync()
        yield advisor


def left(chroma, index):
    collections = json.loads((index / "g0002" / "vectors.json").read_text("utf-8"))["collections"]
    return sum(chroma.counts(f"advisor-{collections}-").values())


def dropped(served, name="g0001"):
    index = served.settings.index
    assert not (index / name / "vectors.json.new").exists()
    return (index / name).rename(index / f"{name}.0.dropped")


def test_a_place_that_cannot_be_read_does_not_stay_for_ever(served):
    path = dropped(served)
    (path / "vectors.json").write_text('{"collections": ', "utf-8")
    assert served._index._whereabouts.cleared(path, [served.settings.index / "g0002"])


@pytest.mark.parametrize("file", ["vectors.json", "library.sqlite3"])
def test_a_damaged_kept_generation_blocks_no_clearing_and_takes_nothing_from_others(served, chroma, file):
    index = served.settings.index
    shutil.copytree(index / "g0002", index / "g0003")
    (index / "g0003" / file).write_bytes(b"no file of that kind" * 1000)
    assert served._index._whereabouts.cleared(dropped(served), [index / "g0002", index / "g0003"])
    assert left(chroma, index) == 2
    generation = served._open()
    assert sorted(generation.vectors.vectors(POOL, [1, 2])) == [1, 2]


def test_a_dropped_generation_whose_library_is_damaged_is_cleared_of_what_it_wrote_itself(served, chroma):
    index = served.settings.index
    path = dropped(served, "g0002")
    (path / "library.sqlite3").write_bytes(b"no library" * 1000)
    assert served._index._whereabouts.cleared(path, [index / "g0001"])
    collections = json.loads((index / "g0001" / "vectors.json").read_text("utf-8"))["collections"]
    assert sum(chroma.counts(f"advisor-{collections}-").values()) == 1


def test_a_library_file_that_breaks_is_damaged_for_whoever_finds_by_meaning(served, tmp_path):
    where, path = served._index._whereabouts, served.settings.index / "g0002"
    with sqlite3.connect(":memory:") as empty:  # a library without its tables
        store = where.open(path, empty)
        with pytest.raises(IndexDamaged, match=r"g0002.*library.sqlite3 does not answer"):
            store.nearest(POOL, np.ones(4, np.float32), 1)
        with pytest.raises(IndexDamaged, match=r"library.sqlite3 does not answer"):
            where.begin(tmp_path, path, empty)
    empty.close()


def test_an_opening_that_fails_lets_go_of_the_library(served):
    with Advisor.open(replace(served.settings, chroma_url=None)) as bare:
        with pytest.raises(IndexForeign, match="ADVISOR_CHROMA_URL") as failed:
            bare.search("Budget")
        connections = [one.frame.f_locals["connection"] for one in failed.traceback if "connection" in one.frame.f_locals]
        assert connections
        for connection in connections:
            with pytest.raises(sqlite3.ProgrammingError, match="closed"):
                connection.execute("select 1")
