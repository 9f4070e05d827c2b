"""A library of another encoder or of an earlier schema is carried over from the texts that it holds, without the files."""

import json
import shutil
import sqlite3
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from filelock import FileLock
from test_encoders import static  # noqa: F401

from advisor import Advisor, Settings
from advisor.encoder import BundledEncoder
from advisor.errors import IndexDamaged, IndexForeign, IndexLocked, IndexMissing
from advisor.index.rows import SCHEMA
from advisor.surfaces.cli import main

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

import kills

QUESTION = "How long is the budget secured?"
# The tables of schema 1, as they were.
FIRST = """
    create table manifest(owner text, source text, sha256 text, sidecar text, state text, size integer, modified integer,
        reason text, primary key(owner, source)) without rowid;
    create table documents(sha256 text primary key, source text, media_type text, language text, work text, text text,
        pages text, blocks text, extraction text) without rowid;
    create table passages(row integer primary key autoincrement, document text, start integer, end integer, section text,
        page text, language text);
    create index passages_of on passages(document, start);
    create table enumerations(id integer primary key, document text, start integer, end integer, section text, style text,
        claimed integer, page_reference text);
    create index enumerations_of on enumerations(document, start);
    create table factors(enumeration integer, position integer, start integer, end integer, vector blob,
        primary key(enumeration, position)) without rowid;
    create table questions(row integer primary key autoincrement, document text, passage integer, ask text, start integer,
        end integer, language text);
    create table samples(pool text primary key, vectors blob) without rowid;
    create table topics(examples text primary key, vectors blob) without rowid;
    create table postings(language text, term text, rows blob, counts blob, primary key(language, term)) without rowid;
    create table lengths(language text primary key, rows blob, lengths blob) without rowid;
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A library of a digest with questions, a list, an uploaded file, and one that cannot be read."""
    place = tmp_path_factory.mktemp("migrate")
    (place / "papers").mkdir()
    shutil.copy(Path(__file__).parent.parent / "corpus" / "frank_nd.en.md", place / "papers")
    (place / "papers" / "one.md").write_text("# Budget\n\nThe budget is secured for three years.\n", "utf-8")
    (place / "papers" / "broken.pdf").write_bytes(b"%PDF-1.7 no more than this")
    (place / "index" / "uploads").mkdir(parents=True)
    (place / "index" / "uploads" / "zwei.md").write_text("# Personal\n\nDas Personal reicht für den Dialog aus.\n", "utf-8")
    with Advisor.open(Settings(index=place / "index", corpus=place / "papers", threads=1)) as advisor:
        assert [entry.source for entry in advisor.sync().failed] == ["broken.pdf"]
    return place


@pytest.fixture
def settings(built, tmp_path):
    shutil.copytree(built / "index", tmp_path / "index")
    return Settings(index=tmp_path / "index", corpus=built / "papers", threads=1)


def make_first(index):
    """Turn the generation into one of schema 1: its own tables, another encoder, no sentences, no sums of files."""
    generation = index / "g0001"
    with closing(sqlite3.connect(generation / "first")) as connection, connection:
        connection.executescript(FIRST)
        connection.execute("attach ? as ours", (str(generation / "library.sqlite3"),))
        for table in ("manifest", "documents", "passages", "enumerations", "factors", "questions", "topics", "postings", "lengths"):
            connection.execute(f"insert into {table} select * from ours.{table}")
        connection.commit()
        connection.execute("detach ours")
    (generation / "first").rename(generation / "library.sqlite3")
    stamp = json.loads((generation / "stamp.json").read_text())
    kept = {name: stamp[name] for name in ("made", "counts", "dimension")}
    (generation / "stamp.json").write_text(json.dumps({"schema": 1, "encoder": "bilingual-minilm-1", "fingerprint": "5593" * 16, **kept}))


def test_a_library_of_schema_1_is_carried_over_and_is_as_one_built_anew(settings, built, capsys):
    make_first(settings.index)
    with Advisor.open(replace(settings, corpus=built / "nowhere")) as advisor:
        with pytest.raises(IndexForeign, match=r"schema 1, encoder bilingual-minilm-1.*advisor library migrate.*--rebuild"):
            advisor.search(QUESTION)
        assert advisor.outdated
        heard = []
        done = advisor.migrate(progress=lambda *told: heard.append(told))
        assert (done.generation, done.source, done.schema, done.counts.documents) == ("g0002", "g0001", 1, 3)
        assert heard[0] == (0, 3, "frank_nd.en.md") and heard[-1] == (3, 3, "")
        assert not advisor.outdated and advisor.migrate() is None
        assert "three years" in advisor.ask(QUESTION).text
        assert advisor.faults() == []
        assert [entry.source for entry in advisor.manifest() if entry.state == "failed"] == ["broken.pdf"]
    assert kills.contents(settings.index) == kills.contents(built / "index")


def test_ingest_carries_over_what_an_update_left_behind_and_reads_no_file_again(settings, built, capsys):
    make_first(settings.index)
    with pytest.raises(SystemExit) as ended:
        main(["ingest", str(built / "papers"), "--index", str(settings.index)])
    said = capsys.readouterr()
    assert ended.value.code == 1, "the broken file is still named"
    assert "its documents are carried over first" in said.err and "broken.pdf" in said.err
    assert "3 unchanged, 1 failed. The library (g0002) holds 3 documents" in said.out
    assert sorted(path.name for path in settings.index.glob("g*")) == ["g0001", "g0002"], "as it was, for a rollback"


def test_another_encoder_needs_no_files_and_the_way_back_gives_the_same_library(settings, built, static):  # noqa: F811
    nowhere = replace(settings, corpus=built / "nowhere", encoder=str(static))
    with Advisor.open(nowhere) as advisor:
        with pytest.raises(IndexForeign, match="advisor library migrate"):
            advisor.search(QUESTION)
        with pytest.raises(IndexForeign, match="advisor library migrate"):
            advisor.sync([built / "papers"])
        assert not advisor.outdated, "an encoder may be set by mistake: only who asks for it gets another library"
        done = advisor.migrate()
        assert (done.schema, done.encoder, done.counts.documents) == (SCHEMA, BundledEncoder().name, 3)
        assert advisor.search("the old bridge", 3) and advisor.faults() == []
    with Advisor.open(settings) as advisor:
        assert advisor.migrate().generation == "g0003"
    assert kills.contents(settings.index) == kills.contents(built / "index")


def test_the_earlier_version_of_a_broken_file_is_carried_over(settings, built, tmp_path):
    papers = shutil.copytree(built / "papers", tmp_path / "papers")
    own = replace(settings, index=tmp_path / "own", corpus=papers)
    with Advisor.open(own) as advisor:
        advisor.sync()
        (papers / "one.md").write_bytes(b"PK\x03\x04 broken")
        advisor.sync()
        before = {entry.source: entry.kept for entry in advisor.manifest()}
        assert before["one.md"]
    shutil.rmtree(papers)
    stamp = own.index / "g0002" / "stamp.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "fingerprint": "f" * 64}))
    with Advisor.open(own) as advisor:
        advisor.migrate()
        assert {entry.source: entry.kept for entry in advisor.manifest()} == before
        assert "three years" in advisor.ask(QUESTION).text


def test_a_later_schema_is_left_alone(settings):
    stamp = settings.index / "g0001" / "stamp.json"
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "schema": 99}))
    with Advisor.open(settings) as advisor:
        assert not advisor.outdated
        for attempt in (advisor.migrate, advisor.sync, lambda: advisor.search(QUESTION)):
            with pytest.raises(IndexForeign, match=r"schema 99.*Update the advisor"):
                attempt()
    assert [path.name for path in settings.index.glob("g*")] == ["g0001"]


@pytest.mark.parametrize("damage", ["cut off", "no table", "no work"])
def test_a_damaged_library_is_named_and_stays(settings, damage):
    make_first(settings.index)
    library = settings.index / "g0001" / "library.sqlite3"
    if damage == "cut off":
        library.write_bytes(library.read_bytes()[:5000])
    else:
        with closing(sqlite3.connect(library)) as connection, connection:
            connection.execute("drop table documents" if damage == "no table" else "update documents set work = '[]'")
    with Advisor.open(settings) as advisor, pytest.raises(IndexDamaged, match=str(library)):
        advisor.migrate()
    assert (settings.index / "CURRENT").read_text() == "g0001\n" and not list(settings.index.glob("*.draft"))


def test_no_library_and_another_writer(settings, tmp_path):
    with Advisor.open(index=tmp_path / "none") as advisor, pytest.raises(IndexMissing):
        advisor.migrate()
    make_first(settings.index)
    with Advisor.open(settings) as advisor, FileLock(settings.index / "lock"), pytest.raises(IndexLocked):
        advisor.migrate()


def test_the_command_says_what_it_did(settings, capsys):
    make_first(settings.index)
    for arguments, said in (
        ([], "Made g0002 from g0001 (schema 1, encoder bilingual-minilm-1): 3 documents"),
        ([], "There is nothing to do"),
        (["--json"], '"migrated": false'),
    ):
        with pytest.raises(SystemExit) as ended:
            main(["library", "migrate", "--index", str(settings.index), *arguments])
        assert not ended.value.code and said in capsys.readouterr().out
