"""What a library keeps: earlier versions of files that break, generations for a rollback, files that nobody reads any more."""

import os
import shutil
import threading
from dataclasses import replace

import pytest

from advisor import Advisor, Settings
from advisor.curation import Shelf
from advisor.reading import reader
from advisor.surfaces.cli import main

ONE = "# Budget\n\nThe budget is secured for three years.\n"
TWO = "# Staff\n\nThe staff suffices for a dialogue with customers.\n"
BROKEN = b"%PDF-1.7 no more than this"


@pytest.fixture
def settings(tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "one.md").write_text(ONE, "utf-8")
    (tmp_path / "papers" / "two.md").write_text(TWO, "utf-8")
    return Settings(index=tmp_path / "index", corpus=tmp_path / "papers", threads=1)


@pytest.fixture
def library(settings):
    with Advisor.open(settings) as advisor:
        advisor.sync()
        yield advisor


def generations(settings):
    return sorted(path.name for path in settings.index.glob("g*"))


def entries(advisor):
    return {entry.source: entry for entry in advisor.manifest()}


def break_file(path):
    path.write_bytes(b"PK\x03\x04 broken")


def test_a_sync_that_only_fails_again_makes_no_generation(library, settings):
    (settings.corpus / "broken.pdf").write_bytes(BROKEN)
    assert [entry.source for entry in library.sync().failed] == ["broken.pdf"]
    for _ in range(5):
        report = library.sync()
        assert [entry.source for entry in report.failed] == ["broken.pdf"], "it is tried again and named each time"
        assert report.generation == "g0002"
    assert library.rollback() == "g0001", "the rollback still leads to before the broken file"


def test_another_broken_version_of_a_broken_file_is_news(library, settings):
    (settings.corpus / "broken.pdf").write_bytes(BROKEN)
    library.sync()
    (settings.corpus / "broken.pdf").write_bytes(BROKEN + b" at all")
    assert library.sync().generation == "g0003"
    assert library.sync().generation == "g0003"


def test_the_earlier_version_of_a_file_that_breaks_stays_until_it_is_mended(library, settings):
    before = entries(library)["one.md"].sha256
    break_file(settings.corpus / "one.md")
    change = next(one for one in library.changes([settings.corpus]) if one.source == "one.md")
    assert change.kind == "failed" and not change.lost and change.reason.endswith("the earlier version stays")
    report = library.sync()
    (failed,) = report.failed
    assert failed.source == "one.md" and failed.reason.endswith("the earlier version stays")
    assert report.counts.documents == 2
    entry = entries(library)["one.md"]
    assert (entry.state, entry.held) == ("failed", before) and entry.sha256 != before
    assert "three years" in library.document(library.search("How long is the budget secured?", 1)[0].passage.document).text
    held = {one.entry.source: one for one in library.holdings()}["one.md"]
    assert held.flawed and held.passages == 1 and held.work is not None
    assert library.sync().generation == report.generation, "nothing changed since"
    (settings.corpus / "one.md").write_text(ONE.replace("three", "nine"), "utf-8")
    assert not library.sync().failed
    assert sorted(document.text.count("nine years") for document in library.documents()) == [0, 1]
    assert entries(library)["one.md"].kept == ""


def test_an_earlier_version_outlives_other_changes_and_leaves_with_its_file(library, settings):
    break_file(settings.corpus / "one.md")
    library.sync()
    (settings.corpus / "three.md").write_text("# Goals\n\nGoals are defined.\n", "utf-8")
    break_file(settings.corpus / "two.md")
    assert library.sync().counts.documents == 3
    (settings.corpus / "one.md").unlink()
    (removed,) = [one for one in library.changes([settings.corpus]) if one.kind == "removed"]
    assert removed.title == "Budget"
    assert library.sync().counts.documents == 2
    assert [hit.passage.document for hit in library.search("budget", 9)].count(entries(library)["two.md"].kept) == 1
    library.remove(["two.md"])
    assert [document.source for document in library.documents()] == ["three.md"]


def test_a_file_put_back_as_it_was_is_indexed_again(library, settings):
    before = entries(library)["one.md"]
    break_file(settings.corpus / "one.md")
    library.sync()
    (settings.corpus / "one.md").write_text(ONE, "utf-8")
    report = library.sync()
    assert not report.failed and report.counts.documents == 2 and report.counts.passages == 2
    assert entries(library)["one.md"].held == before.held


def test_a_link_in_place_of_a_file_keeps_the_earlier_version(library, settings, tmp_path):
    (tmp_path / "secret.md").write_text("# Secret\n\nNot for the library.\n", "utf-8")
    (settings.corpus / "one.md").unlink()
    (settings.corpus / "one.md").symlink_to(tmp_path / "secret.md")
    (failed,) = library.sync().failed
    assert "was not followed" in failed.reason and failed.reason.endswith("the earlier version stays")
    assert any("three years" in document.text for document in library.documents())
    assert not any("Secret" in document.text for document in library.documents())


def test_a_generation_from_before_there_were_kept_versions_is_read_and_goes_on(library, settings):
    import sqlite3

    library.close()
    with sqlite3.connect(settings.index / "g0001" / "library.sqlite3") as connection:
        connection.execute("drop table kept")
    connection.close()
    assert len(library.manifest()) == 2
    break_file(settings.corpus / "one.md")
    assert library.sync().counts.documents == 2


def test_files_of_other_kinds_are_named_and_are_no_failures(library, settings, capsys):
    for name in ("letter.doc", "old.rtf", "sheet.xls", "one.md.yaml", "sources.yaml", ".hidden.doc", "README.md"):
        (settings.corpus / name).write_text("title: One\n", "utf-8")
    (plan,) = library.plan([settings.corpus])
    assert plan.skipped == ("letter.doc", "old.rtf", "sheet.xls")
    report = library.sync()
    assert report.skipped == plan.skipped and not report.failed
    main_with(["ingest", str(settings.corpus), "--index", str(settings.index)])
    assert "3 files skipped, of a kind that is not read: letter.doc, old.rtf, sheet.xls" in capsys.readouterr().err
    main_with(["ingest", str(settings.corpus), "--index", str(settings.index), "--plan"])
    assert "skip    old.rtf" in capsys.readouterr().out


def main_with(arguments):
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert not ended.value.code


def test_the_generation_before_stays_whatever_is_set(settings):
    with Advisor.open(replace(settings, keep=0)) as advisor:
        for number in range(3):
            (settings.corpus / "one.md").write_text(f"{ONE} And {number} more.\n", "utf-8")
            advisor.sync()
    assert generations(settings) == ["g0002", "g0003"]


def test_plans_and_checks_read_within_the_limits_that_are_set(settings):
    (settings.corpus / "long.md").write_text("# Long\n\n" + "".join(f"Sentence {n} about budgets.\n\n" for n in range(400_000)), "utf-8")
    tight = replace(settings, read_seconds=3)  # to begin takes one, where much else is running
    with Advisor.open(tight) as advisor:
        found = {change.source: change for change in advisor.changes([settings.corpus])}
    assert found["long.md"].kind == "failed" and "longer than 3 seconds" in found["long.md"].reason
    assert found["one.md"].kind == "added"
    shelf = Shelf.from_path(settings.corpus, reader(tight))
    assert [finding.source for finding in shelf.unreadable] == ["long.md"] and len(shelf.documents) == 2


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs /proc")
def test_old_generations_are_closed_when_the_last_reader_lets_go(library, settings):
    library.search("budget", 1)
    hold = library._open()
    for number in range(4):
        (settings.corpus / "one.md").write_text(f"{ONE} And {number} more.\n", "utf-8")
        library.sync()
        library.search("budget", 1)
    assert opened_generations(settings) == {"g0001", "g0005"}, "one is still read, one is current"
    assert hold.counts().documents == 2
    del hold
    (settings.corpus / "two.md").unlink()
    library.sync()
    library.search("budget", 1)
    assert opened_generations(settings) == {"g0006"}


def opened_generations(settings):
    targets = [os.readlink(entry.path) for entry in os.scandir("/proc/self/fd") if os.path.islink(entry.path)]
    return {target.removeprefix(f"{settings.index}/").split("/")[0] for target in targets if target.startswith(str(settings.index))} - {
        "lock"
    }


def test_readers_are_answered_while_generations_come_and_go(library, settings):
    """With the fewest generations kept, nobody who asks meets a closed or removed one."""
    writer = Advisor.open(replace(settings, keep=1))
    errors, answers, over = [], [], threading.Event()

    def ask():
        while not over.is_set():
            try:
                answers.append(library.search("How long is the budget secured?", 2)[0].passage.document)
            except Exception as error:  # noqa: BLE001
                errors.append(error)
                return

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(6):
        (settings.corpus / "two.md").write_text(f"{TWO} And {number} more.\n", "utf-8")
        writer.sync()
    over.set()
    for thread in threads:
        thread.join()
    writer.close()
    assert not errors and len(set(answers)) == 1
    shutil.rmtree(settings.index)
