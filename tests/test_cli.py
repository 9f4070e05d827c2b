"""The commands as a user types them, in a process of their own."""

import json
import subprocess
import sys

import pytest

LAUNCH = "What do we need before launching on social media?"


@pytest.fixture
def run(advisor, settings):
    def call(*arguments, code=0, stdin=None, index=settings.index):
        command = [sys.executable, "-m", "advisor.surfaces.cli", *arguments, *(["--index", str(index)] if index else [])]
        done = subprocess.run(command, capture_output=True, text=True, input=stdin, timeout=120)
        assert done.returncode == code, done.stderr
        return done

    return call


def test_ask_prints_the_answer_and_its_references(run):
    out = run("ask", LAUNCH).stdout
    assert "three years" in out
    assert "frank_nd.en.md" in out


def test_ask_verify_round_trip(run, tmp_path):
    saved = tmp_path / "answer.json"
    saved.write_text(run("ask", LAUNCH, "--json").stdout, "utf-8")
    out = run("verify", str(saved)).stdout
    assert "quotations found" in out
    data = json.loads(saved.read_text("utf-8"))
    data["citations"][0]["quote"] += " und mehr"
    out = run("verify", "-", code=1, stdin=json.dumps(data)).stdout
    assert "changed" in out


def test_search_lists_passages(run):
    found = json.loads(run("search", "Budget für drei Jahre", "-k", "3", "--json").stdout)
    assert len(found) == 3
    assert found[0]["work"] in ("frank_nd", "speck2014")
    assert {"id", "text", "source", "score"} <= found[0].keys()


def test_library_list_and_show(run):
    rows = json.loads(run("library", "list", "--json").stdout)["documents"]
    assert len(rows) == 20
    assert all(row["passages"] for row in rows)
    assert "Elke Frank" in run("library", "show", "frank_nd").stdout
    assert "no work 'nobody'" in run("library", "show", "nobody", code=2).stderr


def test_ingest_plans_works_and_reports_failures(run, tmp_path):
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "gut.md").write_text("# Gut\n\nEin Text über Ziele.\n", "utf-8")
    (papers / "kaputt.pdf").write_bytes(b"%PDF-1.4 nothing")
    index = tmp_path / "index"
    assert "add  gut.md" in run("ingest", str(papers), "--plan", index=index).stdout
    assert not index.exists()
    done = run("ingest", str(papers), "--json", code=1, index=index)
    report = json.loads(done.stdout)
    assert [f["source"] for f in report["failed"]] == ["kaputt.pdf"]
    assert report["counts"]["documents"] == 1


def test_errors_are_one_line_and_code_2(run, tmp_path):
    done = run("ask", LAUNCH, code=2, index=tmp_path / "none")
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "advisor ingest" in done.stderr
    assert "does not exist" in run("ingest", str(tmp_path / "nowhere"), code=2, index=tmp_path / "x").stderr
    run("ask", code=2)


def test_the_two_scripts_stand_for_the_commands(advisor):
    out = subprocess.run([sys.executable, "ingest.py", "--help"], capture_output=True, text=True, timeout=60).stdout
    assert "advisor ingest" in out
    assert subprocess.run([sys.executable, "app.py", "--help"], capture_output=True, text=True, timeout=60).returncode == 0
