"""Folders that cannot be looked into: what the library holds of them stays, and they are named.

Rights do not bind whoever may do everything, so that the system's answer to a look at a folder is what is changed here.
"""

import errno
import json
import os

import pytest

from advisor import Advisor, Settings
from advisor.errors import UsageError
from advisor.surfaces.cli import main
from advisor.watch import Watch, keep_looking

FAULTS = [errno.EACCES, errno.EIO, errno.ESTALE]


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "papers"
    (made / "sub" / "deep").mkdir(parents=True)
    (made / "sub.md").write_text("# Subsidies\n\nSubsidies are paid twice a year.\n", "utf-8")
    (made / "one.md").write_text("# Budget\n\nThe budget is secured for three years.\n", "utf-8")
    (made / "sub" / "two.md").write_text("# Staff\n\nThe staff suffices.\n", "utf-8")
    (made / "sub" / "deep" / "three.md").write_text("# Goals\n\nThe goals are defined.\n", "utf-8")
    return made


ALL = ["one.md", "sub.md", "sub/deep/three.md", "sub/two.md"]


@pytest.fixture
def library(tmp_path, folder):
    with Advisor.open(Settings(index=tmp_path / "index", corpus=folder, threads=1)) as advisor:
        advisor.sync()
        yield advisor


@pytest.fixture
def close(monkeypatch):
    """Make the system answer a look into a folder with an error; None opens it again."""
    closed = {}
    scandir = os.scandir

    def asked(path="."):
        if os.fspath(path) in closed:
            number = closed[os.fspath(path)]
            raise OSError(number, os.strerror(number), path)
        return scandir(path)

    def closes(path, number):
        closed.pop(str(path), None)
        if number:
            closed[str(path)] = number

    monkeypatch.setattr(os, "scandir", asked)
    return closes


def sources(advisor):
    return sorted(document.source for document in advisor.documents())


@pytest.mark.parametrize("fault", FAULTS)
def test_what_is_below_a_closed_folder_stays_and_the_folder_is_named(library, folder, close, fault):
    close(folder / "sub", fault)
    (folder / "one.md").unlink()
    (plan,) = library.plan([folder])
    assert [entry.source for entry in plan.removed] == ["one.md"] and [entry.source for entry in plan.failed] == ["sub"]
    for _ in range(2):
        (failed,) = library.sync().failed
        assert failed.source == "sub" and os.strerror(fault) in failed.reason and "stays" in failed.reason
        assert sources(library) == ALL[1:]
    close(folder / "sub", None)
    (folder / "sub" / "two.md").unlink()
    assert library.sync().failed == () and sources(library) == ["sub.md", "sub/deep/three.md"]
    assert sorted(entry.source for entry in library.manifest()) == sources(library), "the folder itself is a fault no more"


@pytest.mark.parametrize("fault", [*FAULTS, errno.ENOENT])
def test_a_root_that_is_closed_changes_nothing(library, folder, close, capsys, fault):
    close(folder, fault)
    for does in (library.sync, library.plan):
        with pytest.raises(UsageError, match=r"papers cannot be read: .*; nothing was changed\. Check its rights"):
            does([folder])
    with pytest.raises(SystemExit) as ended:
        main(["ingest", str(folder), "--index", str(library.settings.index)])
    assert ended.value.code == 2 and "nothing was changed" in capsys.readouterr().err
    assert sources(library) == ALL and library.generation == "g0001"


def test_a_folder_that_went_between_two_looks_is_gone(library, folder, close):
    close(folder / "sub" / "deep", errno.ENOENT)
    assert library.sync().failed == ()
    assert sources(library) == ["one.md", "sub.md", "sub/two.md"]


def test_links_in_a_circle_are_named_or_left_out(library, folder):
    (folder / "circle.md").symlink_to(folder / "circle.md")
    (folder / "round").symlink_to(folder / "round")
    (failed,) = library.sync().failed
    assert failed.source == "circle.md" and sources(library) == ALL


def test_a_watch_outlives_closed_folders(library, folder, close):
    watch = Watch(library, [folder])
    told, done = [], []
    steps = iter([
        lambda: None, lambda: close(folder / "sub", errno.EACCES), lambda: None, lambda: close(folder, errno.EIO), lambda: None,
        lambda: close(folder, None), lambda: close(folder / "sub", None), lambda: None, lambda: None,
    ])  # fmt: skip

    class Over(Exception):
        pass

    def wait():
        step = next(steps, None)
        if step is None:
            raise Over
        step()
        assert sources(library) == ALL

    with pytest.raises(Over):
        keep_looking(watch, wait, done.append, told.append)
    assert ["cannot be read" in str(error) for error in told] == [True], "told once, though two looks met it"
    assert [[entry.source for entry in report.failed] for report in done] == [["sub"], []]
    assert all(entry.state == "indexed" for entry in library.manifest())


def test_a_plan_names_what_cannot_be_read_and_links_that_lead_out(library, folder, close, tmp_path, capsys):
    (tmp_path / "secret.md").write_text("# Secret\n\nNot for the library.\n", "utf-8")
    (folder / "out.md").symlink_to(tmp_path / "secret.md")
    close(folder / "sub", errno.EACCES)
    arguments = ["ingest", str(folder), "--plan", "--index", str(library.settings.index)]

    def said(*more):
        with pytest.raises(SystemExit) as ended:
            main([*arguments, *more])
        assert not ended.value.code
        return capsys.readouterr().out

    text = said()
    assert (
        "fail    out.md: the link leads out of its folder" in text and "fail    sub: it cannot be looked into (Permission denied)" in text
    )
    ((plan),) = json.loads(said("--json"))
    reasons = {entry["source"]: entry["reason"] for entry in plan["failed"]}
    assert sorted(reasons) == ["out.md", "sub"] and "leads out" in reasons["out.md"]
