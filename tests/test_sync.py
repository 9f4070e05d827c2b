"""From folder to index and back: what is added, changed, renamed, removed, broken, killed, locked, foreign."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from chroma_fixtures import ONE
from chroma_fixtures import folder as the_folder
from filelock import FileLock

from advisor import Advisor, Settings
from advisor.errors import IndexDamaged, IndexForeign, IndexLocked, IndexMissing, IndexUnwritable, UsageError

folder = the_folder


@pytest.fixture(params=["folder", "server"], autouse=True)
def store(request, monkeypatch):
    """Where the vectors live: each test runs with both."""
    if request.param == "server":
        monkeypatch.setenv("ADVISOR_CHROMA_URL", request.getfixturevalue("chroma").url)
    return request.param


def settings(index, corpus):
    return replace(Settings.from_environ(), index=index, corpus=corpus)


@pytest.fixture
def library(tmp_path, folder):
    with Advisor.open(settings(tmp_path / "index", folder)) as advisor:
        advisor.sync()
        yield advisor


def sources(advisor):
    return [document.source for document in advisor.documents()]


def test_a_second_sync_of_the_same_folder_does_nothing(library):
    report = library.sync()
    assert report.generation == "g0001"
    assert report.unchanged == 2


def test_added_changed_and_removed_files(library, folder):
    (folder / "drei.md").write_text("# Ziele\n\nZiele sind klar definiert.\n", "utf-8")
    (folder / "eins.md").write_text(ONE.replace("drei", "fünf"), "utf-8")
    (folder / "zwei.md").unlink()
    (plan,) = library.plan([folder])
    assert [c.entry.source for c in plan.added] == ["drei.md"]
    assert [c.entry.source for c in plan.changed] == ["eins.md"]
    assert [e.source for e in plan.removed] == ["zwei.md"]
    library.sync()
    assert sources(library) == ["drei.md", "eins.md"]
    assert "fünf Jahre" in library.search("Wie viele Jahre Budget?", 1)[0].passage.span.of(library.documents()[1].text)
    assert not [
        hit for hit in library.search("Personal für den Kundendialog", 9) if "Personal" in library.document(hit.passage.document).text
    ]


def test_a_renamed_file_is_recognised_and_not_encoded_again(library, folder):
    before = {hit.row for hit in library.search("Budget", 9)}
    (folder / "eins.md").rename(folder / "umbenannt.md")
    (plan,) = library.plan([folder])
    assert [(old, c.entry.source) for old, c in plan.renamed] == [("eins.md", "umbenannt.md")]
    library.sync()
    assert "umbenannt.md" in sources(library)
    assert {hit.row for hit in library.search("Budget", 9)} == before


def test_identical_files_are_indexed_once(library, folder):
    shutil.copy(folder / "eins.md", folder / "kopie.md")
    library.sync()
    assert len(sources(library)) == 2
    assert len(library.manifest()) == 3
    (folder / "eins.md").unlink()
    library.sync()
    assert any("Budget" in document.text for document in library.documents())


def test_a_sync_touches_only_its_own_folder(library, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "gast.md").write_text("# Gast\n\nEin fremder Text über Krisen.\n", "utf-8")
    library.sync([other])
    assert len(sources(library)) == 3
    library.sync()
    assert len(sources(library)) == 3


def test_a_broken_file_is_named_and_stops_nobody_and_is_tried_again(library, folder):
    (folder / "kaputt.pdf").write_bytes(b"%PDF-1.7 broken")
    (folder / "leer.txt").write_bytes(b"")
    (folder / "gut.md").write_text("# Gut\n\nEin guter Text.\n", "utf-8")
    report = library.sync()
    assert sorted(entry.source for entry in report.failed) == ["kaputt.pdf", "leer.txt"]
    assert all(entry.reason and entry.source in entry.reason for entry in report.failed)
    assert "gut.md" in sources(library)
    again = library.sync()
    assert sorted(entry.source for entry in again.failed) == ["kaputt.pdf", "leer.txt"]
    (folder / "leer.txt").write_text("Jetzt steht hier ein Satz.", "utf-8")
    assert [entry.source for entry in library.sync().failed] == ["kaputt.pdf"]
    assert "leer.txt" in sources(library)


def test_links_out_of_the_folder_are_not_followed(library, folder, tmp_path):
    (tmp_path / "geheim.md").write_text("# Geheim\n\nNicht für die Bibliothek.\n", "utf-8")
    (folder / "link.md").symlink_to(tmp_path / "geheim.md")
    library.sync()
    assert "link.md" not in sources(library)


def test_an_original_joins_the_digest_of_the_same_title(library, folder):
    front = "---\nwork: kern2013\ntitle: Der Kern der Sache\nauthors: [Eva Kern]\nyear: 2013\nlanguage: de\ndigest: true\n---\n"
    (folder / "kern2013.de.md").write_text(front + "\n# Der Kern der Sache\n\nKern fordert Geduld.\n", "utf-8")
    (folder / "kopiert.txt").write_text(
        "Der Kern der Sache\n\nverfasst von: Eva Kern\n\nGeduld ist der Kern jeder Sache, sagt man.\n", "utf-8"
    )
    library.sync()
    works = {document.source: document.work for document in library.documents()}
    assert works["kopiert.txt"].key == "kern2013"
    assert not works["kopiert.txt"].digest
    assert library.counts().works == 3


def test_a_reader_follows_the_switch(library, folder, tmp_path):
    with Advisor.open(settings(tmp_path / "index", folder)) as reader:
        assert len(reader.documents()) == 2
        (folder / "drei.md").write_text("# Krise\n\nIn der Krise antwortet der Chef selbst.\n", "utf-8")
        library.sync()
        hit = reader.search("Wer antwortet in der Krise?", 1)[0]
        assert reader.document(hit.passage.document).source == "drei.md"


def test_rollback_goes_back_one_generation(library, folder):
    (folder / "zwei.md").unlink()
    library.sync()
    assert len(sources(library)) == 1
    assert library.rollback() == "g0001"
    assert len(sources(library)) == 2


def test_removing_by_name(library):
    library.remove(["eins.md"])
    assert sources(library) == ["zwei.md"]
    with pytest.raises(UsageError, match=r"nirgends\.md"):
        library.remove(["nirgends.md"])


def test_a_second_writer_is_refused(library, folder, tmp_path):
    (folder / "neu.md").write_text("# Neu\n\nNeues.\n", "utf-8")
    with FileLock(tmp_path / "index" / "lock"), pytest.raises(IndexLocked, match="Another process is writing"):
        library.sync()
    library.sync()
    assert "neu.md" in sources(library)


def test_no_index_says_what_to_do(tmp_path):
    with Advisor.open(index=tmp_path / "none") as advisor, pytest.raises(IndexMissing, match="advisor ingest"):
        advisor.ask("Was nun?")


def test_a_foreign_index_is_refused_with_the_command_that_repairs_it(library, tmp_path):
    stamp = tmp_path / "index" / "g0001" / "stamp.json"
    data = json.loads(stamp.read_text())
    stamp.write_text(json.dumps({**data, "fingerprint": "f" * 64, "encoder": "somebody-else"}))
    with Advisor.open(index=tmp_path / "index") as advisor:
        with pytest.raises(IndexForeign, match=r"somebody-else.*advisor ingest --rebuild"):
            advisor.search("Budget")
        advisor.sync([library.settings.corpus], rebuild=True)
        assert len(advisor.documents()) == 2


@pytest.mark.parametrize(("file", "bytes_"), [("CURRENT", b"nonsense"), ("g0001/library.sqlite3", b"x" * 100), ("g0001/stamp.json", b"{")])
def test_a_damaged_index_is_named(library, tmp_path, file, bytes_):
    library.close()
    (tmp_path / "index" / file).write_bytes(bytes_)
    with Advisor.open(index=tmp_path / "index") as advisor, pytest.raises(IndexDamaged, match=r"rollback|ingest"):
        advisor.search("Budget")


def test_killed_while_writing_the_current_generation_stays_whole(library, folder, tmp_path):
    for number in range(40):
        (folder / f"neu{number}.md").write_text(f"# Text {number}\n\n" + f"Satz {number} über Budget und Personal. " * 60, "utf-8")
    code = "import sys; from pathlib import Path; from advisor import Advisor; Advisor.open(index=sys.argv[1]).sync([Path(sys.argv[2])])"
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "index"), str(folder)])
    deadline = time.time() + 60
    while not list((tmp_path / "index").glob("*.draft")) and time.time() < deadline:
        time.sleep(0.01)
    time.sleep(0.5)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with Advisor.open(settings(tmp_path / "index", folder)) as advisor:
        assert len(advisor.documents()) == 2
        advisor.sync()
        assert len(advisor.documents()) == 42
    assert not list((tmp_path / "index").glob("*.draft"))


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to mount a small disk")
def test_a_full_disk_leaves_the_current_generation(tmp_path, folder):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", disk], capture_output=True).returncode:
        pytest.skip("this machine does not let us mount a small disk")
    try:
        with Advisor.open(settings(disk / "index", folder)) as advisor:
            advisor.sync()
            (folder / "gross.md").write_text("# Groß\n\n" + "\n\n".join(f"Absatz {n} mit Wort{n}." * 20 for n in range(900)), "utf-8")
            with pytest.raises(IndexUnwritable, match="disk"):
                advisor.sync()
            assert len(advisor.documents()) == 2
            assert not list(Path(disk, "index").glob("*.draft"))
    finally:
        subprocess.run(["umount", "-l", disk], check=False)


def test_work_data_beside_a_file_are_read_and_their_change_is_seen(library, folder):
    (folder / "bericht.txt").write_text("Ein Bericht über Ziele.\n\nDie Ziele sind klar.", "utf-8")
    (folder / "bericht.txt.yaml").write_text("title: Der Bericht\nauthors: [Ida Muster]\nyear: 2011\n", "utf-8")
    library.sync()
    assert {d.source: d.work.year for d in library.documents()}["bericht.txt"] == 2011
    assert library.sync().unchanged == 3
    (folder / "bericht.txt.yaml").write_text("title: Der Bericht\nauthors: [Ida Muster]\nyear: 2012\n", "utf-8")
    library.sync()
    assert {d.source: d.work.year for d in library.documents()}["bericht.txt"] == 2012
    assert len(sources(library)) == 3


def test_a_change_that_keeps_size_and_time_is_noticed(library, folder):
    before = (folder / "eins.md").stat()
    (folder / "eins.md").write_text(ONE.replace("drei", "fünf")[:-1], "utf-8")
    os.utime(folder / "eins.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    after = (folder / "eins.md").stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    (plan,) = library.plan([folder])
    assert [c.entry.source for c in plan.changed] == ["eins.md"]
    library.sync()
    assert any("fünf Jahre" in document.text for document in library.documents())
    assert library.sync().generation == "g0002"


def test_documents_that_come_in_one_by_one_are_held_as_if_they_had_come_together(tmp_path, shelf):
    def held(advisor):
        return {(hit.passage.id, round(hit.score, 5)) for hit in advisor.search("Which budget does social media need?", 20)}

    with Advisor.open(Settings(index=tmp_path / "one")) as one, Advisor.open(Settings(index=tmp_path / "many")) as many:
        some = sorted(shelf.glob("*.md"))[:3]
        for path in some:
            many.sync([path])
        (tmp_path / "some").mkdir()
        for path in some:
            shutil.copy(path, tmp_path / "some")
        one.sync([tmp_path / "some"])
        assert held(one) == held(many)
        assert {e.sha256 for e in one.manifest()} == {e.sha256 for e in many.manifest()}
