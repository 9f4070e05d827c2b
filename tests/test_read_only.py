"""A library that may only be read answers and says once what it cannot note; a damaged one says so in words, never in a trace."""

import logging
import os
import pty
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from web_fixtures import serving

from advisor import Advisor, Settings, accounts, feedback
from advisor.errors import AdvisorError, IndexDamaged, IndexUnwritable
from advisor.index.copied import CopiedVectors

QUESTION = "How long is the budget secured?"
STRANGE = "What do cats eat on Mars?"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    place = tmp_path_factory.mktemp("read-only")
    (place / "papers").mkdir()
    (place / "papers" / "one.md").write_text("# Budget\n\nThe budget is secured for three years.\n\n- a goal\n- a team\n", "utf-8")
    (place / "papers" / "two.md").write_text("# Personal\n\nDas Personal reicht für den Dialog aus.\n", "utf-8")
    with Advisor.open(Settings(index=place / "index", corpus=place / "papers", threads=1)) as advisor:
        advisor.sync()
        accounts.create_token(place / "index", "reports", "reader")
    return place


@pytest.fixture
def disk(built, tmp_path):
    """The library on a disk that may only be read."""
    place = tmp_path / "disk"
    place.mkdir()
    if os.name != "posix" or os.geteuid() != 0:
        shutil.copytree(built / "index", place / "index")
        for path in (place, *place.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield place
        for path in (place, *place.rglob("*")):
            path.chmod(0o755)
        return
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", place], capture_output=True).returncode:
        pytest.skip("this machine does not let us mount a disk")
    try:
        shutil.copytree(built / "index", place / "index")
        subprocess.run(["mount", "-o", "remount,ro", place], check=True)
        yield place
    finally:
        subprocess.run(["umount", "-l", place], check=False)


def copies():
    return set(Path(tempfile.gettempdir()).glob("advisor-vectors-*"))


def test_it_answers_finds_and_is_checked_and_tells_once_what_it_cannot_note(disk, caplog):
    before = copies()
    with Advisor.open(Settings(index=disk / "index", threads=1)) as advisor, caplog.at_level(logging.WARNING, "advisor"):
        assert "three years" in advisor.ask(QUESTION).text
        assert advisor.search("Personal", 2)
        for _ in range(2):
            assert advisor.ask(STRANGE).outcome == "not_in_corpus"
        (told,) = [record.getMessage() for record in caplog.records if record.name == "advisor"]
        assert told.startswith(f"{disk / 'index' / 'gaps.jsonl'} cannot be written: ") and told.endswith(
            "The answer itself is not affected."
        )
        assert advisor.faults() == [] and advisor.gaps() == ()
    assert copies() == before, "nothing is left in the folder for temporary files"


def test_what_people_added_can_be_read_and_nothing_is_lost_in_silence(disk):
    assert [token.name for token in accounts.tokens(disk / "index")] == ["reports"]
    assert accounts.listed(disk / "index") == () and feedback.read(disk / "index") == ()
    with pytest.raises(IndexUnwritable, match=r"state\.sqlite3 cannot be written"):
        feedback.record(disk / "index", QUESTION, "a1", "up")
    with pytest.raises(IndexUnwritable, match="cannot be written"):
        accounts.add(disk / "index", "erika", "reader", "correct horse battery staple")


def test_the_chat_is_served_from_it(disk, built):
    with serving(disk / "index", built / "papers") as served:
        assert httpx.get(f"{served.url}/api/v1/ready").json()["documents"] == 2
        for question, outcome in ((QUESTION, "answered"), (STRANGE, "not_in_corpus"), (STRANGE, "not_in_corpus")):
            reply = httpx.post(f"{served.url}/api/v1/ask", json={"question": question}, timeout=60)
            assert reply.json()["outcome"] == outcome
        for page in ("/", "/checklist", "/agreement", "/library"):
            assert served.get(page).status == 200
    assert len([line for line in served.log if "gaps.jsonl" in line]) == 1


def test_no_room_for_the_copy_is_said(disk, monkeypatch, tmp_path):
    (tmp_path / "small").mkdir()
    if os.geteuid() != 0:
        pytest.skip("needs to mount a small disk")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", tmp_path / "small"], check=True)
    try:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "small"))
        with Advisor.open(index=disk / "index") as advisor:
            assert advisor.documents(), "what needs no vectors needs no copy"
            with pytest.raises(IndexUnwritable, match=r"may only be read, and its copy .*TMPDIR"):
                advisor.search("budget", 1)
        assert not list((tmp_path / "small").iterdir())
    finally:
        subprocess.run(["umount", "-l", tmp_path / "small"], check=False)


def test_a_copy_that_does_not_open_is_not_left_behind(built, tmp_path):
    before, damaged = copies(), shutil.copytree(built / "index" / "g0001" / "vectors", tmp_path / "vectors")
    (damaged / "chroma.sqlite3").write_bytes(b"no database")
    with pytest.raises(IndexDamaged, match="do not open"):
        CopiedVectors(damaged).vectors("passages-en", [1])
    assert copies() == before


@pytest.fixture
def index(built, tmp_path):
    return shutil.copytree(built / "index", tmp_path / "index")


@pytest.mark.parametrize("table", ["postings", "lengths", "meanings", "tokens", "passages", "documents", "enumerations"])
def test_a_table_that_is_gone_is_a_damaged_index_for_every_question(index, table):
    with closing(sqlite3.connect(index / "g0001" / "library.sqlite3")) as connection, connection:
        connection.execute(f"drop table {table}")
    with Advisor.open(index=index) as advisor, pytest.raises(IndexDamaged, match="advisor library rollback"):
        advisor.ask(QUESTION)


def test_passages_that_are_lost_are_a_damaged_index(index):
    with closing(sqlite3.connect(index / "g0001" / "library.sqlite3")) as connection, connection:
        connection.execute("delete from passages where language = 'en'")
    with Advisor.open(index=index) as advisor, pytest.raises(IndexDamaged, match=r"has lost.*passage.*rollback"):
        advisor.ask(QUESTION)


def test_columns_of_another_length_are_a_damaged_index(index):
    for table, column in (("postings", "rows"), ("lengths", "lengths"), ("meanings", "vectors"), ("tokens", "vectors")):
        own = shutil.copytree(index, index.with_name(table))
        with closing(sqlite3.connect(own / "g0001" / "library.sqlite3")) as connection, connection:
            connection.execute(f"update {table} set {column} = x'010203'")
        with Advisor.open(index=own) as advisor, pytest.raises(IndexDamaged, match="advisor library rollback"):
            advisor.ask(QUESTION)


@pytest.mark.parametrize(
    ("column", "stored"), [("work", '{"key": "one", ?}'), ("work", "[]"), ("work", "{}"), ("pages", "[3]"), ("extraction", '{"colour": 1}')]
)
def test_a_column_that_holds_something_else_is_a_damaged_index(index, column, stored):
    with closing(sqlite3.connect(index / "g0001" / "library.sqlite3")) as connection, connection:
        connection.execute(f"update documents set {column} = ?", (stored,))
    with Advisor.open(index=index) as advisor:
        for look in (lambda: advisor.ask(QUESTION), advisor.documents, advisor.holdings):
            with pytest.raises(IndexDamaged, match=r"is not what was written.*advisor library rollback"):
                look()


def test_a_collection_that_is_gone_is_noticed_and_not_made_anew_by_reading(index):
    import chromadb
    from chromadb.config import Settings as ChromaSettings

    client = chromadb.PersistentClient(str(index / "g0001" / "vectors"), settings=ChromaSettings(anonymized_telemetry=False))
    client.delete_collection("passages-en")
    client.close()
    with Advisor.open(index=index) as advisor:
        for _ in range(2):
            with pytest.raises(IndexDamaged, match="advisor library rollback"):
                advisor.ask(QUESTION)
        assert any("passages-en" in fault or "do not answer" in fault for fault in advisor.faults())


@examples(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0.001, 0.999), data=st.binary(min_size=1, max_size=200))
def test_overwritten_bytes_give_an_answer_or_an_error_in_words(built, tmp_path, place, data):
    index = tmp_path / "index"
    shutil.rmtree(index, ignore_errors=True)
    shutil.copytree(built / "index", index)
    with (index / "g0001" / "library.sqlite3").open("r+b") as file:
        file.seek(int(place * (index / "g0001" / "library.sqlite3").stat().st_size))
        file.write(data)
    with Advisor.open(index=index) as advisor:
        try:
            answer = advisor.ask(QUESTION)
        except AdvisorError as error:
            assert str(index) in str(error) or "rollback" in str(error)
        else:
            assert set(dict.fromkeys(verdict for _, verdict in advisor.verify(answer.citations))) <= {"found"}


def test_encoding_one_large_document_shows_its_rate_and_the_time_left(tmp_path):
    (tmp_path / "papers").mkdir()
    text = "\n\n".join(f"Paragraph {n} says that team {n % 7} needs the budget of year {n}. " * 6 for n in range(300))
    (tmp_path / "papers" / "large.md").write_text(f"# Large\n\n{text}\n", "utf-8")
    leader, follower = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "advisor.surfaces.cli", "ingest", str(tmp_path / "papers"), "--index", str(tmp_path / "index")],
        stderr=follower, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(follower)
    said = b""
    try:
        while piece := os.read(leader, 4096):
            said += piece
    except OSError:  # the other end is closed
        pass
    os.close(leader)
    assert process.wait() == 0
    shown = said.decode().split("\r")
    assert any("1 files read" in line for line in shown)
    counted = [line for line in shown if line.endswith("passages")]
    assert len(counted) > 2 and "/s, 0:" in counted[1] and " left)" in counted[1], shown


def test_every_passage_is_counted_once(tmp_path):
    (tmp_path / "papers").mkdir()
    for number in range(3):
        (tmp_path / "papers" / f"{number}.md").write_text(f"# Text {number}\n\n" + "A goal is set and met. " * 900 * (number + 1), "utf-8")
    heard = []
    with Advisor.open(Settings(index=tmp_path / "index", corpus=tmp_path / "papers", threads=1)) as advisor:
        report = advisor.sync(encoding=lambda done, total, what: heard.append((done, total)))
    assert heard[0][0] == 0 and heard[-1] == (report.counts.passages, report.counts.passages)
    assert heard == sorted(heard) and {total for _, total in heard} == {report.counts.passages}
