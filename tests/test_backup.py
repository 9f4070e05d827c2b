"""A library in one file and back: whole or not at all, whatever happens to the file, the disk or the processes beside it."""

import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import threading
import time
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from web_fixtures import serving

from advisor import Advisor, Settings, accounts, backup, feedback
from advisor.backup import archive
from advisor.errors import BackupDamaged, IndexMissing, IndexUnwritable, UsageError
from advisor.surfaces.cli import main

PASSWORD = "correct horse battery staple"
QUESTION = "How long is the budget secured?"


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A library with an account, a vote, a gap and an uploaded file, and its backup."""
    place = tmp_path_factory.mktemp("kept")
    (place / "papers").mkdir()
    (place / "papers" / "one.md").write_text("# Budget\n\nThe budget is secured for three years.\n", "utf-8")
    (place / "papers" / "zwei.md").write_text("# Personal\n\nDas Personal reicht für den Dialog aus.\n", "utf-8")
    (place / "index" / "uploads").mkdir(parents=True)
    (place / "index" / "uploads" / "über uns.md").write_text("# Goals\n\nThe goals are written down: growth, quality and trust.\n", "utf-8")
    with Advisor.open(Settings(index=place / "index", corpus=place / "papers", threads=1)) as advisor:
        advisor.sync()
        accounts.add(place / "index", "erika", "analyst", PASSWORD)
        accounts.begin_session(place / "index", accounts.authenticate(place / "index", "erika", PASSWORD))
        feedback.record(place / "index", QUESTION, "a1", "up")
        advisor.ask("What do cats eat on Mars?")
        made = advisor.backup(place / "library.backup")
        assert made.counts["documents"] == 3 and made.generation == "g0001"
    return place


@pytest.fixture
def saved(built):
    return built / "library.backup"


def holds(index):
    """All that a library says of itself, without the numbers of its rows."""
    with Advisor.open(Settings(index=index, threads=1)) as advisor:
        assert advisor.faults() == []
        documents = advisor.documents()
        passages = [advisor.passages_of(document.sha256) for document in documents]
        answer = advisor.ask(QUESTION, note_gap=False)
        return documents, passages, advisor.manifest(), advisor.gaps(), accounts.listed(index), feedback.read(index), answer.statements


def state_of(index):
    """Every file of a folder with its bytes, but for the lock."""
    return {path.relative_to(index): path.read_bytes() for path in sorted(index.rglob("*")) if path.is_file() and path.name != "lock"}


def meant(index, room):
    """Every file of a folder with its bytes, and of the state what it says: SQLite may write the same rows in another way."""
    copy = shutil.copytree(
        index, room / "meant", ignore=lambda folder, names: {name for name in names if not name.startswith("state.sqlite3")}
    )
    with closing(sqlite3.connect(copy / "state.sqlite3")) as connection:
        rows = list(connection.iterdump())
    shutil.rmtree(copy)
    return {path: data for path, data in state_of(index).items() if not path.name.startswith("state.sqlite3")}, rows


def ends(arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ended.value.code or 0


def test_a_restored_library_is_the_one_that_was_backed_up(built, saved, tmp_path):
    done = backup.restore(Advisor.open(index=tmp_path / "index")._index, saved, force=False, keep=3)
    assert (done.generation, done.put_aside) == ("g0002", None)
    assert holds(tmp_path / "index") == holds(built / "index")
    assert (tmp_path / "index" / "uploads" / "über uns.md").read_bytes() == (built / "index" / "uploads" / "über uns.md").read_bytes()
    assert sorted(path.name for path in (tmp_path / "index").iterdir()) == [
        "CURRENT", "g0002", "gaps.jsonl", "lock", "state.sqlite3", "uploads",
    ]  # fmt: skip
    with Advisor.open(Settings(index=tmp_path / "index", corpus=built / "papers", threads=1)) as advisor:
        assert advisor.sync().unchanged == 3, "nothing has to be read again"


def test_who_was_signed_in_signs_in_again_and_passwords_stay(saved, tmp_path):
    with tarfile.open(saved) as tar:
        tar.extract("state.sqlite3", tmp_path, filter="data")
    connection = sqlite3.connect(tmp_path / "state.sqlite3")
    assert connection.execute("select count(*) from sessions").fetchone() == (0,)
    connection.close()
    assert accounts.authenticate(tmp_path, "erika", PASSWORD).keeps_the_library
    assert saved.stat().st_mode & 0o077 == 0, "others may not read the hashes of passwords"


def test_a_library_is_replaced_only_by_force_and_what_was_there_is_put_aside(built, saved, tmp_path, capsys):
    index = tmp_path / "index"
    shutil.copytree(built / "index", index)
    accounts.add(index, "karl", "reader", PASSWORD)
    (index / "uploads" / "später.md").write_text("# Later\n\nLater files are put aside.\n", "utf-8")
    with Advisor.open(Settings(index=index, corpus=built / "papers", threads=1)) as advisor:
        advisor.remove(["one.md"])
        before = state_of(index)
        assert ends(["library", "restore", str(saved), "--index", str(index)]) == 2
        assert "--force" in capsys.readouterr().err and state_of(index) == before
        assert ends(["library", "restore", str(saved), "--index", str(index), "--force", "--json"]) == 0
        told = json.loads(capsys.readouterr().out)
        assert told["restored_as"] == advisor.generation == "g0003", "who has it open sees the restored one"
        assert holds(index) == holds(built / "index")
        aside = Path(told["put_aside"])
        assert sorted(path.name for path in aside.iterdir()) == ["gaps.jsonl", "state.sqlite3", "uploads"]
        assert [account.name for account in accounts.listed(aside)] == ["erika", "karl"]
        assert (aside / "uploads" / "später.md").exists()
        assert advisor.rollback() == "g0002" and len(advisor.documents()) == 2


def test_what_a_backup_does_not_hold_stays(built, tmp_path):
    with Advisor.open(Settings(index=tmp_path / "plain", corpus=built / "papers", threads=1)) as advisor:
        advisor.sync()
        advisor.backup(tmp_path / "plain.backup")
        assert ends(["library", "restore", str(tmp_path / "plain.backup"), "--index", str(tmp_path / "plain"), "--force"]) == 0
        assert advisor.generation == "g0002" and not list((tmp_path / "plain").glob("before-*"))
    shutil.copytree(built / "index", tmp_path / "index")
    assert ends(["library", "restore", str(tmp_path / "plain.backup"), "--index", str(tmp_path / "index"), "--force"]) == 0
    assert [account.name for account in accounts.listed(tmp_path / "index")] == ["erika"], "a library with accounts does not lose its lock"


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_changed_bit_is_found_or_changes_nothing(saved, tmp_path, place, bit):
    data = bytearray(saved.read_bytes())
    data[int(place * len(data))] ^= 1 << bit
    (tmp_path / "changed").write_bytes(data)
    try:
        held = backup.check(tmp_path / "changed")
    except BackupDamaged as error:
        assert "changed" in str(error)
        with pytest.raises(BackupDamaged), Advisor.open(index=tmp_path / "index") as advisor:
            advisor.restore(tmp_path / "changed")
        assert not (tmp_path / "index").exists()
    else:  # in what fills a part up to a whole block, or in its time
        assert held.counts == backup.check(saved).counts


@examples(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(share=st.floats(0, 0.98))
def test_a_file_that_was_cut_off_is_refused(saved, tmp_path, share):
    (tmp_path / "cut").write_bytes(saved.read_bytes()[: int(share * saved.stat().st_size)])
    with pytest.raises(BackupDamaged, match=r"backup|whole"):
        backup.check(tmp_path / "cut")


def forged(path, saved, change):
    """The backup with other parts, and a manifest that says that all is well."""
    with tarfile.open(saved) as tar:
        parts = [(member, tar.extractfile(member).read()) for member in tar]
    parts = [(member, data) for member, data in change(parts) if member.name != archive.MANIFEST]
    sums = {member.name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()} for member, data in parts}
    manifest = json.dumps(sums).encode()
    last = tarfile.TarInfo(archive.MANIFEST)
    last.size = len(manifest)
    with tarfile.open(path, "w") as tar:
        for member, data in [*parts, (last, manifest)]:
            tar.addfile(member, io.BytesIO(data) if member.isreg() else None)
    return path


def part(name, kind=tarfile.REGTYPE, link="", data=b"evil"):
    member = tarfile.TarInfo(name)
    member.type, member.linkname, member.size = kind, link, len(data) if kind == tarfile.REGTYPE else 0
    return member, data if kind == tarfile.REGTYPE else b""


EVIL = {
    "a name that leads out": [part("uploads/../../evil")],
    "an absolute name": [part("/tmp/evil")],
    "a name of Windows that leads out": [part("uploads/..\\..\\evil")],
    "a place that is not ours": [part("CURRENT", data=b"g9999\n")],
    "a link": [part("uploads/link", tarfile.SYMTYPE, "/etc/passwd")],
    "a hard link": [part("uploads/link", tarfile.LNKTYPE, "state.sqlite3")],
    "a file through a link": [part("uploads/link", tarfile.SYMTYPE, "/tmp"), part("uploads/link/evil")],
    "a device": [part("uploads/null", tarfile.CHRTYPE)],
    "a pipe": [part("uploads/pipe", tarfile.FIFOTYPE)],
    "a folder": [part("uploads/folder", tarfile.DIRTYPE)],
    "one part twice": [part("gaps.jsonl"), part("gaps.jsonl")],
}


@pytest.mark.parametrize("kind", EVIL)
def test_parts_that_lead_elsewhere_are_refused_before_anything_is_touched(saved, tmp_path, kind):
    evil = forged(tmp_path / "evil.backup", saved, lambda parts: [*parts, *EVIL[kind]])
    with pytest.raises(BackupDamaged, match="no part of a backup"), Advisor.open(index=tmp_path / "index") as advisor:
        advisor.restore(evil)
    assert [path.name for path in tmp_path.iterdir()] == ["evil.backup"]


def test_a_backup_without_a_library_and_one_of_another_format_are_named(saved, tmp_path):
    empty = forged(tmp_path / "empty", saved, lambda parts: [one for one in parts if not one[0].name.startswith("generation/")])
    with pytest.raises(BackupDamaged, match="holds no library"):
        backup.check(empty)

    def newer(parts):
        data = parts[0][1].replace(b'"advisor backup": 1', b'"advisor backup": 9')
        return [part(archive.HEAD, data=data), *parts[1:]]

    with pytest.raises(BackupDamaged, match="format 9; this advisor reads 1"):
        backup.check(forged(tmp_path / "newer", saved, newer))


@pytest.mark.parametrize("manifest", [b"[]", b"7", b"{}", b"null", b'{"a": 1}', b"\xff"])
def test_a_manifest_of_another_form_is_damage(saved, tmp_path, manifest):
    with tarfile.open(saved) as tar:
        parts = [(member, tar.extractfile(member).read()) for member in tar if member.name != archive.MANIFEST]
    with tarfile.open(tmp_path / "odd", "w") as tar:
        for member, data in [*parts, part(archive.MANIFEST, data=manifest)]:
            tar.addfile(member, io.BytesIO(data))
    with pytest.raises(BackupDamaged):
        backup.check(tmp_path / "odd")


def test_other_files_are_named_and_never_overwritten(built, tmp_path, capsys):
    (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 100)
    (tmp_path / "empty").write_bytes(b"")
    for name in ("letter.txt", "empty"):
        assert ends(["library", "restore", str(tmp_path / name), "--index", str(tmp_path / "index")]) == 2
        assert str(tmp_path / name) in capsys.readouterr().err
    for name, says in (("none", "No such file"), ("", "folder")):
        assert ends(["library", "restore", str(tmp_path / name), "--index", str(tmp_path / "index")]) == 2
        assert says in capsys.readouterr().err or not name
    index = ["--index", str(built / "index")]
    assert ends(["library", "backup", str(tmp_path / "letter.txt"), *index]) == 2
    assert "is no backup; it stays" in capsys.readouterr().err
    assert ends(["library", "backup", str(tmp_path), *index]) == 2
    assert ends(["library", "backup", str(tmp_path / "no" / "file"), *index]) == 2
    for _ in range(2):
        assert ends(["library", "backup", str(tmp_path / "kept.backup"), *index]) == 0, "an earlier backup is replaced"
    assert ends(["library", "restore", str(tmp_path / "kept.backup"), "--check"]) == 0
    assert "is whole. It holds g0001" in capsys.readouterr().out
    assert not (tmp_path / "index").exists() and not list(tmp_path.glob(".*"))


def test_no_library_and_a_damaged_one_are_not_backed_up(built, tmp_path):
    with Advisor.open(index=tmp_path / "none") as advisor, pytest.raises(IndexMissing, match="advisor ingest"):
        advisor.backup(tmp_path / "a")
    shutil.copytree(built / "index", tmp_path / "index")
    library = tmp_path / "index" / "g0001" / "library.sqlite3"
    data = bytearray(library.read_bytes())
    data[len(data) // 2] ^= 1
    library.write_bytes(data)
    with Advisor.open(index=tmp_path / "index") as advisor, pytest.raises(Exception, match="rollback"):
        advisor.backup(tmp_path / "a")
    assert [path.name for path in tmp_path.iterdir()] == ["index"]


def test_a_backup_while_others_write_is_whole(built, tmp_path):
    index = tmp_path / "index"
    shutil.copytree(built / "index", index)
    papers = tmp_path / "papers"
    shutil.copytree(built / "papers", papers)
    code = (
        "import sys; from pathlib import Path; from advisor import Advisor, Settings, feedback\n"
        "index, papers = map(Path, sys.argv[1:])\n"
        "with Advisor.open(Settings(index=index, corpus=papers, threads=1, keep=0)) as advisor:\n"
        "    for number in range(12):\n"
        "        (papers / 'three.md').write_text(f'# Three\\n\\nThere are {number} goals of the company.\\n', 'utf-8')\n"
        "        feedback.record(index, 'Why?', str(number), 'up')\n"
        "        advisor.sync()\n"
    )
    writer = subprocess.Popen([sys.executable, "-c", code, str(index), str(papers)])
    made = []
    with Advisor.open(Settings(index=index, threads=1)) as advisor:
        while writer.poll() is None:
            made.append(advisor.backup(tmp_path / f"{len(made)}.backup"))
            time.sleep(0.2)
    assert writer.returncode == 0
    generations = {one.generation for one in made}
    assert len(generations) > 2, "it was changed meanwhile"
    for number, one in enumerate(made):
        assert backup.check(one.file).generation == one.generation
        if number in (0, len(made) // 2, len(made) - 1):
            with Advisor.open(index=tmp_path / f"restored{number}") as restored:
                restored.restore(one.file)
                assert restored.faults() == []


def test_a_server_that_runs_meanwhile_notices_the_restored_library(built, saved, tmp_path, encoder):
    shutil.copytree(built / "papers", tmp_path / "papers")
    index = tmp_path / "index"
    with Advisor.open(Settings(index=index, corpus=tmp_path / "papers", threads=1)) as advisor:
        advisor.sync([tmp_path / "papers" / "zwei.md"])
    with serving(index, tmp_path / "papers") as served:
        assert httpx.get(f"{served.url}/api/v1/ready").json()["documents"] == 1
        over, answers = threading.Event(), []

        def ask():
            while not over.is_set():
                answers.append(httpx.post(f"{served.url}/api/v1/search", json={"query": "Budget"}, timeout=60).status_code)

        thread = threading.Thread(target=ask)
        thread.start()
        done = subprocess.run(
            [sys.executable, "-m", "advisor.surfaces.cli", "library", "restore", str(saved), "--index", str(index), "--force"],
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        over.set()
        thread.join()
        assert done.returncode == 0, done.stderr
        ready = httpx.get(f"{served.url}/api/v1/ready").json()
        assert (ready["documents"], ready["generation"]) == (3, "g0002")
    assert answers and set(answers) == {200}


def test_ctrl_c_leaves_the_library_as_it_was(built, saved, tmp_path):
    index = tmp_path / "index"
    shutil.copytree(built / "index", index)
    before = state_of(index)

    def larger(parts):
        return [*parts, part("uploads/large.bin", data=bytes(300 * 2**20))]

    large = forged(tmp_path / "large.backup", saved, larger)
    process = subprocess.Popen(
        [sys.executable, "-m", "advisor.surfaces.cli", "library", "restore", str(large), "--index", str(index), "--force"],
        stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )  # fmt: skip
    while process.poll() is None and not list(index.glob("*.draft")):
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 130 and "interrupted" in said and "Traceback" not in said
    assert state_of(index) == before and not list(index.glob("*.draft"))


def test_what_a_killed_restore_left_is_cleared_and_the_next_one_finishes(built, saved, tmp_path):
    index = tmp_path / "index"
    shutil.copytree(built / "index", index)
    for left in ("g0002.draft/vectors", "g0002-state.draft/uploads", "before-g0002"):
        (index / left).mkdir(parents=True)
    with Advisor.open(index=index) as advisor:
        done = advisor.restore(saved, force=True)
        assert done.put_aside == index / "before-g0002-2" and not list(index.glob("*.draft"))
        assert advisor.faults() == []


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="needs to mount a small disk")
def test_a_full_disk_leaves_all_as_it_was(built, saved, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    for size in range(900, 3200, 200):
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}k", "tmpfs", disk], capture_output=True).returncode:
            pytest.skip("this machine does not let us mount a small disk")
        try:
            with Advisor.open(index=disk / "index") as advisor:
                try:
                    shutil.copytree(built / "index", disk / "index")
                except OSError:
                    with pytest.raises(IndexUnwritable, match="disk"), Advisor.open(index=built / "index") as source:
                        (disk / "filled").write_bytes(bytes(shutil.disk_usage(disk).free))
                        source.backup(disk / "library.backup")
                    assert not (disk / "library.backup").exists() and not list(disk.glob(".*"))
                    continue
                before = meant(disk / "index", tmp_path)
                try:
                    advisor.restore(saved, force=True)
                except IndexUnwritable as error:
                    assert "nothing was changed" in str(error) or "disk" in str(error)
                    assert meant(disk / "index", tmp_path) == before
                    assert not list((disk / "index").glob("*.draft")) and not list((disk / "index").glob("before-*"))
                else:
                    assert advisor.generation == "g0002" and advisor.faults() == []
        finally:
            subprocess.run(["umount", "-l", disk], check=False)


def test_a_backup_can_be_made_of_a_library_that_may_only_be_read(built, tmp_path):
    copy = tmp_path / "index"
    shutil.copytree(built / "index", copy)
    for path in (copy, *copy.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    with Advisor.open(index=copy) as advisor:
        advisor.backup(tmp_path / "a.backup")
    assert backup.check(tmp_path / "a.backup").counts["documents"] == 3


def test_a_file_that_cannot_be_read_is_a_wrong_usage(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="cannot be read"):
        backup.check(tmp_path / "file" / "x.backup")
