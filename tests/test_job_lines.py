"""A worker beside the chat that says odd things, or dies amid a word: its job ends, and the next one runs."""

import sys
import time

import pytest

from advisor.errors import DamagedDocument
from advisor.settings import Settings
from advisor.surfaces.web import jobs as place
from advisor.surfaces.web.jobs import Jobs


@pytest.fixture
def worker(tmp_path, monkeypatch):
    """Jobs whose worker is a real process that writes what it is given, and ends."""

    def says(text):
        (tmp_path / "worker.py").write_text(f"import sys\nsys.stdin.readline()\nsys.stdout.write({text!r})\n", "utf-8")
        monkeypatch.setattr(place, "WORKER", (sys.executable, str(tmp_path / "worker.py")))

    return says


def ended(jobs):
    end = time.monotonic() + 60
    while jobs.running:
        assert time.monotonic() < end, "the job seems to run for ever"
        time.sleep(0.05)
    return jobs.last


RESULT = '{"result": {"generation": "g0007"}}\n'
ODD = ['{"result": {"gener', "{no json}\n", "{}\n", '{"done": 1}\n', "[1, 2]\n", "7\n", "{'a library': 'prints'}\n"]


@pytest.mark.parametrize("line", ODD)
def test_odd_lines_end_no_job_and_keep_none_from_running(tmp_path, worker, line):
    jobs = Jobs(Settings(index=tmp_path / "index", corpus=tmp_path, threads=1))
    worker(line)
    jobs.start("rollback", "Erika")
    assert ended(jobs).state == "failed"
    worker((line if line.endswith("\n") else "") + RESULT)
    jobs.start("rollback", "Rita")
    assert (ended(jobs).state, jobs.last.result) == ("done", {"generation": "g0007"})


def test_a_check_that_dies_amid_a_word_refuses_the_file(tmp_path, worker):
    worker('{"result": {"tit')
    with pytest.raises(DamagedDocument, match="could not be read within the bounds"):
        Jobs(Settings(index=tmp_path / "index", corpus=tmp_path, threads=1)).check("a.md", "a.md")
