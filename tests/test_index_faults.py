"""Faults of the index: each is noticed when it is opened or by the doctor, is named, and can be left by a rollback."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import replace

import pytest

from advisor import Advisor, Settings
from advisor.errors import IndexDamaged, IndexUnwritable
from advisor.surfaces.cli import main


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    place = tmp_path_factory.mktemp("faults")
    (place / "papers").mkdir()
    # So many that Chroma writes their graph.
    years = "".join(f"# Budget of {year}\n\nThe budget of {year} is secured for three years.\n\n" for year in range(1900, 2010))
    (place / "papers" / "one.md").write_text(years, "utf-8")
    with Advisor.open(Settings(index=place / "index", corpus=place / "papers", threads=1)) as advisor:
        advisor.sync()
        (place / "papers" / "two.md").write_text("# Personal\n\nDas Personal reicht für den Dialog aus.\n", "utf-8")
        advisor.sync()
    return place


@pytest.fixture
def index(built, tmp_path):
    return shutil.copytree(built / "index", tmp_path / "index")


def shorten(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def restamp(index, **changes):
    stamp = index / "g0002" / "stamp.json"
    stamp.write_text(json.dumps(json.loads(stamp.read_text()) | changes))


def segment(index):
    return next((index / "g0002" / "vectors").glob("*/index_metadata.pickle")).with_name("data_level0.bin")


FAULTS = {
    "CURRENT empty": lambda index: (index / "CURRENT").write_bytes(b""),
    "CURRENT zeroed": lambda index: (index / "CURRENT").write_bytes(b"\0" * 6),
    "stamp half written": lambda index: shorten(index / "g0002" / "stamp.json"),
    "stamp of another form": lambda index: (index / "g0002" / "stamp.json").write_text("[]"),
    "stamp whose sizes are a list": lambda index: restamp(index, sizes=[1, 2]),
    "stamp whose sizes are a number": lambda index: restamp(index, sizes=7),
    "stamp whose sizes are none": lambda index: restamp(index, sizes=None),
    "stamp with a size that is no number": lambda index: restamp(index, sizes={"library.sqlite3": "much"}),
    "library cut off": lambda index: shorten(index / "g0002" / "library.sqlite3"),
    "library empty": lambda index: (index / "g0002" / "library.sqlite3").write_bytes(b""),
    "library missing": lambda index: (index / "g0002" / "library.sqlite3").unlink(),
    "vectors cut off": lambda index: shorten(index / "g0002" / "vectors" / "chroma.sqlite3"),
    "segment missing": lambda index: segment(index).unlink(),
    "segment cut off": lambda index: shorten(segment(index)),
    "segments gone": lambda index: shutil.rmtree(segment(index).parent),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_a_power_cut_leaves_is_noticed_at_opening_and_a_rollback_leads_out(index, fault):
    FAULTS[fault](index)
    with Advisor.open(index=index) as advisor:
        with pytest.raises(IndexDamaged, match="rollback") as noticed:
            advisor.documents()
        assert str(index) in str(noticed.value), "the message names the file"
        if fault.startswith("CURRENT"):
            assert advisor.rollback() == "g0002"
            assert len(advisor.documents()) == 2
        else:
            assert advisor.rollback() == "g0001"
            assert [document.source for document in advisor.documents()] == ["one.md"]
        assert not advisor.faults()


@pytest.mark.parametrize("counts", [[3], 7, None, {"passages": 1, "pages": 2}])
def test_counts_of_another_form_are_told_by_the_doctor(index, counts):
    restamp(index, counts=counts)
    with Advisor.open(index=index) as advisor:
        assert [fault for fault in advisor.faults() if "stamp" in fault]


def test_a_graph_that_chroma_makes_anew_at_every_opening_is_not_missed(tmp_path):
    """Whoever opens a small library empties these files for a moment; another who looks at them then must not be told of damage."""
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "one.md").write_text("# Budget\n\nThe budget is secured for three years.\n", "utf-8")
    settings = Settings(index=tmp_path / "index", corpus=tmp_path / "papers", threads=1)
    with Advisor.open(settings) as advisor:
        advisor.sync()
    graphs = [*(tmp_path / "index" / "g0001" / "vectors").glob("*/*.bin")]
    assert graphs
    for file in graphs:
        file.write_bytes(b"")
    with Advisor.open(settings) as advisor:
        assert advisor.search("How long is the budget secured?", 1)
        assert not advisor.faults()
        assert advisor.sync().unchanged == 1
    for file in graphs:
        file.unlink()
    with Advisor.open(settings) as advisor:
        assert advisor.search("How long is the budget secured?", 1)
        assert advisor.backup(tmp_path / "library.backup")
    with Advisor.open(replace(settings, index=tmp_path / "restored")) as advisor:
        advisor.restore(tmp_path / "library.backup")
        assert advisor.search("How long is the budget secured?", 1)


def test_a_rollback_passes_over_a_generation_that_is_damaged_too(index, built):
    with Advisor.open(Settings(index=index, corpus=built / "papers", threads=1)) as advisor:
        advisor.remove(["two.md"])
        shorten(index / "g0002" / "library.sqlite3")
        (index / "CURRENT").write_bytes(b"")
        shorten(index / "g0003" / "library.sqlite3")
        assert advisor.rollback() == "g0001"


def test_nothing_is_built_on_a_damaged_generation(index, built):
    shorten(index / "g0002" / "vectors" / "chroma.sqlite3")
    with Advisor.open(index=index) as advisor, pytest.raises(IndexDamaged, match="rollback"):
        advisor.remove(["two.md"])
    assert sorted(path.name for path in index.glob("g*")) == ["g0001", "g0002"]


@pytest.mark.parametrize("place", [0.5, 0.9])
def test_overwritten_bytes_are_found_by_the_doctor(index, place, capsys):
    file = index / "g0002" / "library.sqlite3"
    data = bytearray(file.read_bytes())
    at = int(len(data) * place)
    data[at : at + 64] = b"\xa5" * 64
    file.write_bytes(data)
    with pytest.raises(SystemExit) as ended:
        main(["library", "doctor", "--index", str(index)])
    out = capsys.readouterr().out
    assert ended.value.code == 1 and str(file) in out and "sha256" in out and "rollback" in out


@pytest.mark.parametrize("word", [b"passages(", b"key"])
def test_a_damaged_schema_is_named_also_where_sqlite_quotes_bytes_that_are_no_text(index, word, capsys):
    library = index / "g0002" / "library.sqlite3"
    data = library.read_bytes()
    head = re.sub(re.escape(word), b"\x80" * len(word), data[:16384], flags=re.IGNORECASE)
    assert head != data[:16384]
    library.write_bytes(head + data[16384:])
    with Advisor.open(index=index) as advisor, pytest.raises(IndexDamaged, match="advisor library rollback"):
        advisor.ask("How long is the budget secured?")
    with pytest.raises(SystemExit) as ended:
        main(["library", "doctor", "--index", str(index)])
    assert ended.value.code == 1 and "library.sqlite3" in capsys.readouterr().out


def test_the_doctor_finds_lost_and_doubled_passages(index):
    import json
    import sqlite3

    stamp = json.loads((index / "g0002" / "stamp.json").read_text())
    del stamp["sha256"]
    (index / "g0002" / "stamp.json").write_text(json.dumps(stamp))
    connection = sqlite3.connect(index / "g0002" / "library.sqlite3")
    with connection:
        columns = "document, start, end, section, page, language"
        connection.execute(f"insert into passages({columns}) select {columns} from passages limit 1")
        connection.execute("delete from meanings where pool = 'passages' and row = (select min(row) from passages)")
    connection.close()
    with Advisor.open(index=index) as advisor:
        found = " ".join(advisor.faults())
    assert "1 passages stand in the library twice" in found and "2 passages have no vector" in found
    assert "holds 112 passages; the stamp says 111" in found and "are missing" in found


def test_the_doctor_finds_nothing_wrong_with_a_whole_index(index, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["library", "doctor", "--index", str(index)])
    assert not ended.value.code and "The index is whole." in capsys.readouterr().out


def test_a_place_that_cannot_be_written_is_named(index, built, tmp_path):
    (tmp_path / "file").write_text("no folder")
    with Advisor.open(Settings(index=tmp_path / "file" / "index", corpus=built / "papers", threads=1)) as advisor:
        with pytest.raises(IndexUnwritable, match=r"cannot be written.*--index"):
            advisor.sync()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to mount a disk")
def test_a_library_on_a_disk_that_may_only_be_read_says_so(built, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("this machine does not let us mount a disk")
    try:
        shutil.copytree(built / "index", disk / "index")
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with Advisor.open(Settings(index=disk / "index", corpus=built / "papers", threads=1)) as advisor:
            with pytest.raises(IndexUnwritable, match=r"cannot be written"):
                advisor.sync(rebuild=True)
            with pytest.raises(IndexUnwritable, match=r"cannot be written"):
                advisor.rollback()
        assert (disk / "index" / "CURRENT").read_text() == "g0002\n"
    finally:
        subprocess.run(["umount", "-l", disk], check=False)
