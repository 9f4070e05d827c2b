"""What a plan says before it runs, and uploads as a folder that moves with the library."""

import shutil
from dataclasses import replace

import pytest

from advisor import Advisor
from advisor.settings import Settings
from advisor.sync import UPLOADED

LIST = "# Before the start\n\nThree things are needed:\n\n- a goal\n- a budget\n- {third}\n"


@pytest.fixture
def settings(tmp_path):
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "start.md").write_text(LIST.format(third="a team"), "utf-8")
    (corpus / "stay.md").write_text("# Staying\n\nNothing here changes at all, whatever the others do.\n", "utf-8")
    return Settings(index=tmp_path / "index", corpus=corpus, threads=1)


@pytest.fixture
def library(settings):
    with Advisor.open(settings) as advisor:
        advisor.sync()
        yield advisor


def by_source(found):
    return {change.source: change for change in found}


def test_the_plan_of_a_first_sync_names_every_factor(settings):
    with Advisor.open(settings) as advisor:
        found = by_source(advisor.changes([settings.corpus]))
    assert found["start.md"].kind == "added"
    assert found["start.md"].gained == ("a goal", "a budget", "a team") and not found["start.md"].lost
    assert found["start.md"].title == "Before the start" and found["start.md"].language == "en"
    assert found["stay.md"].gained == ()


def test_the_plan_names_factors_gained_and_lost_and_is_what_then_happens(library, settings):
    assert library.changes([settings.corpus]) == []
    (settings.corpus / "start.md").write_text(LIST.format(third="three years"), "utf-8")
    (settings.corpus / "new.md").write_text("Needed are:\n\n1. courage\n2. patience\n", "utf-8")
    (settings.corpus / "broken.pdf").write_bytes(b"%PDF-1.7 no more than this")
    (settings.corpus / "stay.md").rename(settings.corpus / "remain.md")
    counted = []
    found = by_source(library.changes([settings.corpus], progress=lambda *said: counted.append(said)))
    assert (found["start.md"].kind, found["start.md"].gained, found["start.md"].lost) == ("changed", ("three years",), ("a team",))
    assert (found["new.md"].kind, found["new.md"].gained) == ("added", ("courage", "patience"))
    assert found["broken.pdf"].kind == "failed" and "broken.pdf" in found["broken.pdf"].reason
    assert (found["remain.md"].kind, found["remain.md"].was) == ("renamed", "stay.md")
    assert counted[0][:2] == (0, 3) and counted[-1] == (3, 3, "")
    report = library.sync()
    assert report.counts.factors == report.factors_before + sum(len(c.gained) - len(c.lost) for c in found.values())
    assert [entry.source for entry in report.failed] == ["broken.pdf"]


def test_a_removed_file_takes_its_factors_along_unless_its_bytes_stay(library, settings):
    shutil.copy(settings.corpus / "start.md", settings.corpus / "twin.md")
    library.sync()
    (settings.corpus / "twin.md").unlink()
    assert by_source(library.changes([settings.corpus]))["twin.md"].lost == ()
    (settings.corpus / "start.md").unlink()
    found = by_source(library.changes([settings.corpus]))
    assert sorted(len(change.lost) for change in found.values()) == [0, 3]


def test_uploads_survive_a_sync_of_the_folder_a_rebuild_and_a_move(library, settings, tmp_path):
    settings.uploads.mkdir()
    (settings.uploads / "report.md").write_text("# Report\n\nA report that was uploaded by an analyst.\n", "utf-8")
    report = library.sync()
    assert {entry.source: entry.owner for entry in library.manifest()}["report.md"] == UPLOADED
    assert report.counts.documents == 3
    assert library.sync().unchanged == 3, "nothing is read again"
    assert library.sync(rebuild=True).counts.documents == 3
    library.close()
    settings.index.rename(tmp_path / "elsewhere")
    with Advisor.open(replace(settings, index=tmp_path / "elsewhere")) as moved:
        assert moved.sync().unchanged == 3
        (tmp_path / "elsewhere" / "uploads" / "report.md").unlink()
        assert moved.sync().counts.documents == 2


def test_one_file_can_be_read_again_without_the_others(library, settings):
    (settings.corpus / "start.md").write_text(LIST.format(third="three years"), "utf-8")
    report = library.sync(again=["stay.md"], only=["stay.md"])
    (plan,) = report.plans
    assert [c.entry.source for c in plan.changed] == ["stay.md"] and report.unchanged == 0
    assert by_source(library.changes([settings.corpus])).keys() == {"start.md"}, "the other still waits"


def test_holdings_say_what_was_found_in_each_file(library, settings):
    (settings.corpus / "broken.pdf").write_bytes(b"%PDF-1.7 no more than this")
    library.sync()
    held = {one.entry.source: one for one in library.holdings()}
    assert held["start.md"].factors == 3 and held["start.md"].passages == len(library.passages_of(held["start.md"].entry.sha256))
    document = library.document(held["start.md"].entry.sha256)
    assert held["start.md"].work == document.work and held["start.md"].extraction == document.extraction
    assert held["start.md"].characters == len(document.text)
    assert held["broken.pdf"].flawed and held["broken.pdf"].work is None and held["broken.pdf"].entry.reason
    assert not held["stay.md"].flawed


def test_where_a_rollback_would_go(library, settings):
    assert library.earlier is None
    (settings.corpus / "start.md").unlink()
    library.sync()
    assert library.earlier == "g0001" == library.rollback()
    assert library.earlier is None
