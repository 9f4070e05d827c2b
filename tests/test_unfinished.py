"""A sync that is stopped half way: the next one goes on with what was encoded, and makes the library that an undisturbed one makes."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace

import pytest

from advisor import Advisor, Settings
from advisor.errors import IndexUnwritable
from advisor.index import draft, unfinished

FILES = 12


class Watched:
    """The encoder, with a count of the passages that it encoded; the one after `last` is not encoded, but something happens."""

    def __init__(self, encoder, last=10**9, happens=KeyboardInterrupt, fingerprint=None):
        self._encoder, self._last, self._happens, self.texts = encoder, last, happens, 0
        self.fingerprint = fingerprint or encoder.fingerprint

    def __getattr__(self, name):
        return getattr(self._encoder, name)

    def encode_parted(self, texts, languages):
        if self.texts >= self._last:
            raise self._happens
        self.texts += len(texts)
        return self._encoder.encode_parted(texts, languages)


@pytest.fixture(autouse=True)
def in_small_pieces(monkeypatch):
    monkeypatch.setattr(draft, "CHUNK", 8)
    monkeypatch.setattr(unfinished, "LEAST", 8)


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "papers"
    path.mkdir()
    for file in range(FILES):
        sections = (f"## Teil {n}\n\n" + f"Absatz {n} der Datei {file} handelt von Budget, Personal und Zielen. " * 8 for n in range(4))
        (path / f"{file:02}.md").write_text(
            f"# Datei {file}\n\n" + "\n\n".join(sections) + "\n\n1. Ziele\n2. Budget\n3. Personal\n", "utf-8"
        )
    return path


def synced(index, folder, encoder):
    with Advisor(replace(Settings.from_environ(), index=index, corpus=folder), encoder) as advisor:
        return advisor.sync()


def stopped(index, folder, encoder, last=30, happens=KeyboardInterrupt):
    with pytest.raises(happens):
        synced(index, folder, Watched(encoder, last, happens))


def contents(index):
    """Passages with their vectors as stored, and the graph's answer to each."""
    name = (index / "CURRENT").read_text().strip()
    sql = """select p.document, p.start, p.end, p.section, p.language, m.vectors, t.vectors from passages p
        join meanings m on m.row = p.row and m.pool = 'passages' left join tokens t on t.row = p.row order by 1, 2"""
    with closing(sqlite3.connect(index / name / "library.sqlite3")) as connection:
        return connection.execute(sql).fetchall()


@pytest.fixture
def undisturbed(tmp_path, folder, encoder):
    watched = Watched(encoder)
    synced(tmp_path / "undisturbed", folder, watched)
    return contents(tmp_path / "undisturbed"), watched.texts


@pytest.mark.parametrize("happens", [KeyboardInterrupt, ConnectionAbortedError, RuntimeError])
def test_what_was_encoded_is_taken_over(tmp_path, folder, encoder, undisturbed, happens):
    whole, texts = undisturbed
    index = tmp_path / "index"
    kept = happens is not ConnectionAbortedError  # an error of the system: maybe the disk is full, and must not stay so
    try:
        stopped(index, folder, encoder, happens=happens)
    except IndexUnwritable:
        assert not kept
    assert (index / "unfinished").exists() == kept and not list(index.glob("*.draft"))
    again = Watched(encoder)
    report = synced(index, folder, again)
    assert report.counts.documents == FILES and contents(index) == whole
    assert again.texts <= texts - 16 if kept else again.texts == texts
    assert not (index / "unfinished").exists()
    with Advisor.open(index=index) as advisor:
        advisor.check()
        assert advisor.search("Absatz 3 der Datei 7")


def test_stopped_again_and_again_it_gets_further_each_time(tmp_path, folder, encoder, undisturbed):
    whole, texts = undisturbed
    index, held = tmp_path / "index", []
    for _ in range(3):
        stopped(index, folder, encoder)
        with closing(sqlite3.connect(index / "unfinished" / "library.sqlite3")) as connection:
            held += connection.execute("select count(*) from meanings where pool = 'passages'").fetchone()
    assert held == sorted(set(held))
    # A later run that is stopped at once is not what the next one begins with.
    stopped(index, folder, encoder, last=0)
    again = Watched(encoder)
    synced(index, folder, again)
    assert contents(index) == whole and again.texts <= texts - 24


def test_killed_it_goes_on(tmp_path, folder, encoder, undisturbed):
    whole, texts = undisturbed
    index = tmp_path / "index"
    code = """
import sys, time
from dataclasses import replace
from pathlib import Path
from advisor import Advisor, Settings
from advisor.encoder import BundledEncoder
from advisor.index import draft
class Slow(BundledEncoder):
    def encode_parted(self, texts, languages):
        time.sleep(.2)
        return super().encode_parted(texts, languages)
draft.CHUNK = 8
with Advisor(replace(Settings.from_environ(), index=Path(sys.argv[1]), corpus=Path(sys.argv[2])), Slow(threads=1)) as advisor:
    advisor.sync()
"""
    process = subprocess.Popen([sys.executable, "-c", code, str(index), str(folder)])
    try:
        deadline = time.time() + 60
        while time.time() < deadline and process.poll() is None and committed(index) < 16:
            time.sleep(0.02)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert not (index / "CURRENT").exists()
    again = Watched(encoder)
    synced(index, folder, again)
    assert contents(index) == whole and again.texts <= texts - 8
    assert not (index / "unfinished").exists() and not list(index.glob("*.draft"))


def committed(index):
    """How many passages of a draft another process sees."""
    for file in index.glob("*.draft/library.sqlite3"):
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=0)) as connection:
                return connection.execute("select count(*) from passages").fetchone()[0]
        except sqlite3.Error:
            return 0
    return 0


def test_what_was_added_to_a_library_is_taken_over(tmp_path, folder, encoder, undisturbed):
    whole, texts = undisturbed
    index, later = tmp_path / "index", sorted(folder.iterdir())[4:]
    aside = [(file, file.read_bytes()) for file in later]
    for file in later:
        file.unlink()
    synced(index, folder, encoder)
    for file, held in aside:
        file.write_bytes(held)
    stopped(index, folder, encoder, last=24)
    again = Watched(encoder)
    synced(index, folder, again)
    assert contents(index) == whole and again.texts <= texts * 2 / 3 - 16


@pytest.mark.parametrize("change", ["encoder", "title", "text"])
def test_what_is_not_the_same_is_encoded_anew(tmp_path, folder, encoder, change):
    index = tmp_path / "index"
    stopped(index, folder, encoder, last=30)
    if change != "encoder":
        for file in folder.iterdir():
            text = file.read_text("utf-8")
            file.write_text(text.replace("# Datei", "# Akte", 1) if change == "title" else text.replace("Budget", "Etat"), "utf-8")
    again = Watched(encoder, fingerprint="f" * 64 if change == "encoder" else None)
    fresh = Watched(encoder, fingerprint="f" * 64 if change == "encoder" else None)
    synced(index, folder, again)
    synced(tmp_path / "fresh", folder, fresh)
    assert again.texts == fresh.texts and contents(index) == contents(tmp_path / "fresh")


@pytest.mark.parametrize("damage", ["cut", "zeros", "begun", "gone"])
def test_what_is_damaged_is_encoded_anew(tmp_path, folder, encoder, undisturbed, damage):
    whole, _ = undisturbed
    index = tmp_path / "index"
    stopped(index, folder, encoder)
    file = index / "unfinished" / "library.sqlite3"
    held = file.read_bytes()
    match damage:
        case "cut":
            file.write_bytes(held[: len(held) // 2])
        case "zeros":
            file.write_bytes(held[: len(held) // 3] + bytes(len(held) // 3) + held[2 * (len(held) // 3) :])
        case "begun":
            (index / "unfinished" / "begun.json").write_text("{")
        case "gone":
            file.unlink()
    assert synced(index, folder, encoder).counts.documents == FILES
    assert contents(index) == whole


def test_what_is_damaged_or_of_another_encoder_makes_room(tmp_path, folder, encoder, undisturbed):
    whole, texts = undisturbed
    index = tmp_path / "index"
    for spoil in (lambda file: file.write_bytes(b"x" * 100_000), lambda file: None):
        stopped(index, folder, encoder, last=60)
        spoil(index / "unfinished" / "library.sqlite3")
    with pytest.raises(KeyboardInterrupt):
        synced(index, folder, Watched(encoder, 40, fingerprint="f" * 64))
    stopped(index, folder, encoder)
    again = Watched(encoder)
    synced(index, folder, again)
    assert contents(index) == whole and again.texts <= texts - 16


def test_what_nobody_goes_on_with_is_removed_after_a_week(tmp_path, folder, encoder):
    index = tmp_path / "index"
    stopped(index, folder, encoder)
    kept = index / "unfinished"
    for file in folder.iterdir():
        file.unlink()
    (folder / "neu.md").write_text("# Neu\n\nEtwas anderes.", "utf-8")
    synced(index, folder, encoder)
    assert kept.exists()  # another sync may still go on with it
    week = time.time() - 8 * 24 * 3600
    os.utime(kept / "begun.json", (week, week))
    (folder / "neuer.md").write_text("# Neuer\n\nNoch etwas anderes.", "utf-8")
    synced(index, folder, encoder)
    assert not kept.exists()


def test_little_is_not_put_aside(tmp_path, folder, encoder, monkeypatch):
    monkeypatch.setattr(unfinished, "LEAST", 1000)
    stopped(tmp_path / "index", folder, encoder)
    assert not (tmp_path / "index" / "unfinished").exists() and not list((tmp_path / "index").glob("*.draft"))
