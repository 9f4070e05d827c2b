"""Reading and encoding on a real Ray cluster of two nodes: the same library as without it, also when a node dies; wrong addresses."""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import warnings
from contextlib import closing
from pathlib import Path

import pytest
from making import make_epub, make_pdf

from advisor import Advisor, Settings
from advisor.errors import ClusterError, UsageError
from advisor.vectors import VectorStore

ROOT = Path(__file__).parent.parent
ROOM = 80 * 2**20  # bytes of a node's object store; Ray takes no less
NODE = {"num_cpus": 1, "object_store_memory": ROOM, "node_ip_address": "127.0.0.1"}

pytestmark = [pytest.mark.skipif(os.name != "posix", reason="the nodes are ended by signals"), pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def nodes():
    """A cluster of two nodes on this machine, in processes of their own."""
    pytest.importorskip("ray", reason="Ray is not installed (pip install 'strategy-advisor[ray]')")
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Ray's own
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        patch.setenv("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        patch.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # which is how Ray is told to keep to 127.0.0.1
        patch.setenv("PYTHONPATH", str(ROOT))
        from ray.cluster_utils import Cluster

        cluster = Cluster(initialize_head=True, head_node_args={**NODE, "include_dashboard": False})
        cluster.add_node(**NODE)
        yield cluster
        cluster.shutdown()


def ingest(folder, index, *options, **environ):
    """The command in a process of its own; Ray's sockets are none of the tests' process."""
    command = [sys.executable, "-m", "advisor.surfaces.cli", "ingest", str(folder), "--index", str(index), "--json", *options]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "ADVISOR_THREADS": "1", **environ}
    return subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process, code):
    out, said = process.communicate(timeout=120)
    assert process.returncode == code, said
    return json.loads(out)


def held(generation):
    """Everything that a generation holds: each table, and each vector of Chroma."""
    with closing(sqlite3.connect(f"file:{generation / 'library.sqlite3'}?mode=ro", uri=True)) as library:
        tables = [name for (name,) in library.execute("select name from sqlite_master where type = 'table' order by 1")]
        found = {name: sorted(map(repr, library.execute(f"select * from {name}"))) for name in tables if name != "looked"}
        rows = [row for (row,) in library.execute("select row from passages")]
    with closing(VectorStore(generation / "vectors")) as store:
        for language in ("de", "en"):
            found[f"vectors-{language}"] = sorted((row, v.tobytes()) for row, v in store.vectors(f"passages-{language}", rows).items())
    return found


@pytest.fixture(scope="module")
def papers(tmp_path_factory, shelf):
    """Digests of the corpus, PDFs, one with a sidecar and a password, and files that cannot be read, each in another way."""
    folder = tmp_path_factory.mktemp("ray") / "papers"
    folder.mkdir()
    for path in sorted(shelf.glob("*.md"))[:2]:
        shutil.copy(path, folder)
    for number in range(12):
        lines = [f"Bericht {number} über das Budget", *[f"Im Jahr {2000 + n} kostete Vorhaben {number} ganze {n} Euro." for n in range(9)]]
        make_pdf(folder / f"bericht{number:02d}.pdf", [lines, lines[::-1]], head="Jahrbuch {page}")
    make_pdf(folder / "zu.pdf", [["Ein verschlossener Satz steht hier."]], password="geheim")
    (folder / "zu.pdf.yaml").write_text("title: Verschlossen\npassword: geheim\n", "utf-8")
    (folder / "leer.txt").write_bytes(b"")
    (folder / "kaputt.pdf").write_bytes(b"%PDF-1.4\nnothing of it")
    make_epub(folder / "gierig.epub", {"1.xhtml": "<p>" + "<b>x</b>" * 3_000_000 + "</p>"})
    return folder


@pytest.fixture(scope="module")
def local(papers, tmp_path_factory):
    """What a library holds that was made without a cluster, and what its making reported."""
    index = tmp_path_factory.mktemp("local") / "index"
    report = ended(ingest(papers, index, ADVISOR_READ_MEMORY="700"), 1)
    return held(index / report["generation"]), report["failed"]


def test_the_library_is_the_same_as_without_a_cluster(nodes, papers, local, tmp_path):
    report = ended(ingest(papers, tmp_path / "index", "--ray", nodes.address, ADVISOR_READ_MEMORY="700"), 1)
    assert report["failed"] == local[1]
    assert {failed["source"] for failed in report["failed"]} == {"leer.txt", "kaputt.pdf", "gierig.epub"}
    made = held(tmp_path / "index" / report["generation"])
    assert made.keys() == local[0].keys()
    for name, rows in made.items():
        assert rows == local[0][name], name


def children(process):
    """The ids of processes that a process has started, with their titles."""
    listed = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(process)], capture_output=True, text=True).stdout
    return [line.split(None, 1) for line in listed.splitlines()]


def test_a_node_that_dies_costs_only_what_it_was_doing(nodes, papers, local, tmp_path):
    victim = nodes.list_all_nodes()[-1]
    raylet = victim.all_processes["raylet"][0].process.pid
    process = ingest(papers, tmp_path / "index", "--ray", nodes.address, ADVISOR_READ_MEMORY="700")
    until = time.monotonic() + 60
    while not any("ray::read" in title for _, title in children(raylet)):
        assert time.monotonic() < until and process.poll() is None, process.communicate()[1]
        time.sleep(0.02)
    nodes.remove_node(victim, allow_graceful=False)
    try:
        report = ended(process, 1)
    finally:
        nodes.add_node(**NODE)
    assert report["failed"] == local[1]
    assert held(tmp_path / "index" / report["generation"]) == local[0]


def test_an_address_where_nothing_answers_is_named_with_the_way_out(tmp_path):
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    (tmp_path / "a.txt").write_text("Ein Satz steht hier.", "utf-8")
    with Advisor.open(Settings(index=tmp_path / "index", ray=f"127.0.0.1:{port}")) as advisor:
        with pytest.raises(ClusterError, match=rf"Nothing answers at 127\.0\.0\.1:{port} .*ray start --head.*leave --ray out"):
            advisor.sync([tmp_path / "a.txt"])
        assert not advisor.ready


def test_a_cluster_is_joined_only_where_there_is_something_to_read(tmp_path):
    papers = tmp_path / "papers"
    papers.mkdir()
    for name, text in (("a.txt", "Ein Satz steht hier."), ("b.txt", "Ein anderer Satz steht dort.")):
        (papers / name).write_text(text, "utf-8")
    with Advisor.open(Settings(index=tmp_path / "index", corpus=papers, threads=1)) as advisor:
        advisor.sync()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
    with Advisor.open(Settings(index=tmp_path / "index", corpus=papers, threads=1, ray=f"127.0.0.1:{port}")) as advisor:
        assert advisor.sync().unchanged == 2
        (papers / "b.txt").rename(papers / "c.txt")
        assert advisor.sync().generation == "g0002", "a new name needs no reading"
        (papers / "c.txt").unlink()
        assert advisor.sync().counts.documents == 1
        (papers / "d.txt").write_text("Ein neuer Satz.", "utf-8")
        with pytest.raises(ClusterError, match="Nothing answers"):
            advisor.sync()
        assert [document.source for document in advisor.documents()] == ["a.txt"]
    with Advisor.open(Settings(index=tmp_path / "index", corpus=papers, threads=1, ray="localhost:port")) as advisor:
        with pytest.raises(UsageError, match="expected HOST:PORT"):
            advisor.sync()


@pytest.mark.parametrize("address", ["", "localhost", "http://localhost:1", "localhost:port", "a b:1/x"])
def test_what_cannot_be_an_address_is_refused(address, tmp_path):
    from advisor.cluster import Cluster

    with pytest.raises(UsageError, match="expected HOST:PORT"):
        Cluster.from_address(address)


def test_a_server_that_is_no_cluster_is_given_up_in_time():
    pytest.importorskip("ray")
    code = (
        "import sys; from advisor.cluster import Cluster; from advisor.errors import ClusterError\n"
        "try: Cluster.from_address(sys.argv[1], patience=2)\n"
        "except ClusterError as error: print(error, flush=True)"
    )
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        done = subprocess.run(
            [sys.executable, "-c", code, address], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60
        )
    assert f"What answers at {address} has not taken this process in within 2 seconds" in done.stdout, done.stderr


def test_ray_is_imported_by_who_asks_for_it_alone(tmp_path):
    (tmp_path / "a.txt").write_text("Ein Satz steht hier.", "utf-8")
    code = (
        "import sys; from pathlib import Path; from advisor import Advisor\n"
        "with Advisor.open(index=sys.argv[2]) as advisor: advisor.sync([Path(sys.argv[1])])\n"
        "print('ray' in sys.modules, 'advisor.cluster' in sys.modules)"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "a.txt"), str(tmp_path / "index")]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "False"], done.stderr
