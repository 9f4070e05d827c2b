"""A library that follows its folders."""

import signal
import subprocess
import sys

import pytest

from advisor import Advisor, Settings
from advisor.errors import IndexLocked, UsageError
from advisor.index import Index
from advisor.surfaces.cli.console import pace
from advisor.watch import Watch, keep_looking

ONE = "# Budget\n\nThe budget is secured for three years.\n"


@pytest.fixture
def library(tmp_path):
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "one.md").write_text(ONE, "utf-8")
    with Advisor.open(Settings(index=tmp_path / "index", corpus=tmp_path / "papers", threads=1)) as advisor:
        yield advisor


def sources(advisor):
    return [document.source for document in advisor.documents()]


def test_what_rests_is_brought_in_and_what_grows_is_left_alone(library):
    folder = library.settings.corpus
    watch = Watch(library, [folder])
    assert watch.look() is None, "one look cannot tell whether a file grows"
    assert watch.look().counts.documents == 1
    assert watch.look() is None
    (folder / "two.md").write_text("# Staff\n\nThe staff", "utf-8")
    (folder / "three.md").write_text("# Goals\n\nGoals are defined.\n", "utf-8")
    assert watch.look() is None
    (folder / "two.md").write_text("# Staff\n\nThe staff suffices.\n", "utf-8")
    watch.look()
    assert sources(library) == ["one.md", "three.md"], "the other is still being written"
    watch.look()
    assert sources(library) == ["one.md", "three.md", "two.md"]
    assert any("suffices" in document.text for document in library.documents())
    (folder / "one.md").unlink()
    (folder / "three.md").rename(folder / "goals.md")
    assert watch.look() is None
    report = watch.look()
    assert [old for plan in report.plans for old, _ in plan.renamed] == ["three.md"]
    assert sources(library) == ["goals.md", "two.md"]
    assert watch.look() is None and watch.look() is None


def test_what_left_before_the_watch_began_leaves_the_library(library):
    (library.settings.corpus / "two.md").write_text("# Staff\n\nThe staff suffices.\n", "utf-8")
    library.sync()
    (library.settings.corpus / "one.md").unlink()
    watch = Watch(library, [library.settings.corpus])
    watch.look()
    watch.look()
    assert sources(library) == ["two.md"]


def test_a_folder_that_is_suddenly_empty_takes_nothing_along(library):
    watch = Watch(library, [library.settings.corpus])
    watch.look()
    watch.look()
    (library.settings.corpus / "one.md").rename(library.settings.index / "elsewhere.md")
    for _ in range(2):
        with pytest.raises(UsageError, match="Mount it again"):
            watch.look()
    assert sources(library) == ["one.md"]
    (library.settings.index / "elsewhere.md").rename(library.settings.corpus / "one.md")
    assert watch.look() is None


def test_errors_are_told_once_and_survived(library):
    told, done = [], []
    watch = Watch(library, [library.settings.corpus])
    other = Index(library.settings.index, library._encoder)
    looks = 0

    class Over(Exception):
        pass

    def wait():
        nonlocal looks
        looks += 1
        if looks == 5:
            held.__exit__(None, None, None)
        if looks == 7:
            raise Over

    held = other.writing()
    held.__enter__()
    with pytest.raises(Over):
        keep_looking(watch, wait, done.append, told.append)
    assert [type(error) for error in told] == [IndexLocked], "told once, though several looks met it"
    assert len(done) == 1 and sources(library) == ["one.md"]


def test_the_command_follows_a_folder_and_ends_cleanly(library):
    folder, index = library.settings.corpus, library.settings.index
    arguments = ["ingest", str(folder), "--watch", "--every", "0.1", "--index", str(index)]
    process = subprocess.Popen(
        [sys.executable, "-m", "advisor.surfaces.cli", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background is started deaf to Ctrl-C
    )  # fmt: skip
    try:
        assert "The library (g0001) holds 1 document" in process.stdout.readline()
        (folder / "two.md").write_text("# Staff\n\nThe staff suffices.\n", "utf-8")
        assert "The library (g0002) holds 2 documents" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0 and not out
    assert "Watching" in err and "Stopped after 2 changes" in err and "Traceback" not in err


def test_rate_and_time_left():
    assert pace(0, 10, 5.0) == ""
    assert pace(10, 100, 5.0) == " (2.0/s, 0:45 left)"
    assert pace(1, 200, 1.0) == " (1.0/s, 3:19 left)"
    assert pace(10, 10, 5.0) == " (2.0/s)"
