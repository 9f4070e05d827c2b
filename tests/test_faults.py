"""Faults that no other tests speak of; and the table of all in docs/faults.md: its tests exist, and its messages are the program's."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from advisor import Advisor, Settings

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "faults.md"
COMMAND = [sys.executable, "-m", "advisor.surfaces.cli"]


@pytest.fixture
def papers(tmp_path):
    (tmp_path / "papers").mkdir()
    for number in range(24):
        (tmp_path / "papers" / f"{number:02d}.md").write_text(f"# Text {number}\n\nThe budget of year {number} is secured.\n", "utf-8")
    return tmp_path / "papers"


def test_of_two_programs_that_write_at_once_one_is_told_to_wait_and_nothing_is_lost(tmp_path, papers):
    command = [*COMMAND, "ingest", str(papers), "--index", str(tmp_path / "index")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120) for process in both]
    assert sorted(process.returncode for process in both) in ([0, 0], [0, 2]), said
    for process, (_, error) in zip(both, said, strict=True):
        assert (process.returncode == 0) == ("Another process is writing to" not in error)
    with Advisor.open(Settings(index=tmp_path / "index", corpus=papers, threads=1)) as advisor:
        assert len(advisor.documents()) == 24 and advisor.faults() == []


def test_a_file_that_goes_away_before_it_is_read_is_named_and_leaves_with_the_next_sync(tmp_path, papers):
    with Advisor.open(Settings(index=tmp_path / "index", corpus=papers, threads=1)) as advisor:
        report = advisor.sync(progress=lambda done, total, source: (papers / "23.md").unlink(missing_ok=True))
        assert [entry.source for entry in report.failed] == ["23.md"] and report.counts.documents == 23
        assert advisor.sync().failed == () and len(advisor.manifest()) == 23


def test_a_file_that_changes_before_it_is_read_is_held_as_it_was_read(tmp_path, papers):
    def change(done, total, source):
        if done == 0:
            (papers / "23.md").write_text("# Text 23\n\nThe budget was doubled at the last moment.\n", "utf-8")

    with Advisor.open(Settings(index=tmp_path / "index", corpus=papers, threads=1)) as advisor:
        advisor.sync(progress=change)
        assert advisor.faults() == [], "the manifest names the version that was read"
        assert any("last moment" in document.text for document in advisor.documents())
        assert advisor.sync().unchanged == 24 and advisor.faults() == []


@pytest.mark.skipif(os.name != "posix", reason="needs rights of files")
def test_a_file_that_may_not_be_read_is_named_and_stops_nobody(tmp_path, papers):
    (papers / "07.md").chmod(0)
    code = (
        "import os, sys\n"
        "from pathlib import Path\n"
        "from advisor.sync import plan\n"
        "if os.geteuid() == 0:\n"
        "    os.setegid(65534); os.seteuid(65534)\n"
        "found = plan(Path(sys.argv[1]), [])\n"
        "print(len(found.added), found.failed[0].reason)\n"
    )
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(folder.stat().st_mode | 0o055)
    done = subprocess.run([sys.executable, "-c", code, str(papers)], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "23 07.md cannot be read: Permission denied. Check its rights.", done.stderr


def test_names_that_look_like_options_and_very_long_ones_are_names(tmp_path, papers):
    names = ["-rf.md", "--rebuild.md", "é" * 120 + ".md", "CON.md", "a b\tc.md", "🙂.md", "%2e%2e.md", "'; drop table passages; --.md"]
    for at, name in enumerate(names):
        (papers / name).write_text(f"# Odd {at}\n\nThe name of file {at} is odd.\n", "utf-8")
    with Advisor.open(Settings(index=tmp_path / "index", corpus=papers, threads=1)) as advisor:
        assert advisor.sync().failed == ()
        assert len(advisor.documents()) == 24 + len(names) and advisor.faults() == []


@pytest.mark.parametrize("keep", [1, 3])
def test_a_generation_that_was_left_behind_is_not_what_a_rollback_leads_to(tmp_path, papers, keep):
    """Left behind by a rollback, or by a writer that was killed just before it became current."""
    index = tmp_path / "index"
    with Advisor.open(Settings(index=index, corpus=papers, threads=1, keep=keep)) as advisor:
        advisor.sync()
        (papers / "wrong.md").write_text("# Wrong\n\nThis was a mistake.\n", "utf-8")
        advisor.sync()
        assert advisor.rollback() == "g0001"
        (papers / "wrong.md").unlink()
        (papers / "right.md").write_text("# Right\n\nThis is as it should be.\n", "utf-8")
        assert advisor.sync().generation == "g0003"
        assert sorted(path.name for path in index.glob("g*")) == (["g0001", "g0003"] if keep == 1 else ["g0001", "g0002", "g0003"])
        assert advisor.earlier == "g0001" and advisor.rollback() == "g0001"
        assert len(advisor.documents()) == 24 and advisor.faults() == []


def rows():
    """The rows of the tables of the page: fault, message, lost, test."""
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| [^-]", line)]
    return [[cell.strip() for cell in row] for row in cells if len(row) == 4 and row[0].strip() != "fault"]


def known_tests():
    found = set()
    for file in Path(__file__).parent.glob("test_*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        found |= {f"{file.name}::{node.name}" for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return found


def sentences():
    """Every string of the program, whole or as far as it is fixed."""
    for file in (ROOT / "advisor").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def test_every_fault_names_a_test_that_exists():
    assert len(rows()) > 40
    there = known_tests()
    for row in rows():
        named = re.findall(r"`(test_\w+\.py::test_\w+)`", row[3])
        assert named and set(named) <= there, row


def test_every_message_of_the_table_is_one_of_the_program():
    said = "\n".join(sentences())
    for fault, message, lost, _ in rows():
        quoted = re.findall(r"“([^”]+)”", message)
        assert quoted or message.startswith("nothing"), fault
        for part in (part.strip(" .,:;") for one in quoted for part in one.replace(r"\|", "|").split("…")):
            assert len(part) < 4 or part in said, (fault, part)
        assert lost.startswith("nothing"), fault
