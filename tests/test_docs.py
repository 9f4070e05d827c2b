"""The documentation is a test: what it says is run, its links hold, and the site is built from this folder alone."""

import contextlib
import io
import json
import logging
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from making import make_pdf
from web_fixtures import serving

from advisor.surfaces.cli import command, main

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
BLOCK = re.compile(r"(?:<!-- not run: (?P<reason>[^>]+) -->\n)?^```(?P<kind>[\w-]*)[^\n]*\n(?P<text>.*?)^```$", re.M | re.S)
# Commands of README.md that change the machine or run until they are ended, and what stands in for them.
SERVER = "http://127.0.0.1:7860"
BY_DOORS = {"rest.md", "mcp.md", "langchain.md"}  # their programs are run by tests/test_door_programs.py
ELSEWHERE = ("make ", "python3 -m venv ", ".venv/bin/")


@dataclass(frozen=True)
class Block:
    page: Path
    kind: str
    text: str
    reason: str | None

    @property
    def commands(self):
        """The commands of a console block, each with the lines that it is said to print."""
        found = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append((line[2:].partition("   #")[0].strip(), []))
            else:
                found[-1][1].append(line)
        return found


def blocks(page):
    return [Block(page, one["kind"], one["text"], one["reason"]) for one in BLOCK.finditer(page.read_text("utf-8"))]


def runnable(kind):
    found = [block for page in PAGES for block in blocks(page) if block.kind == kind and not block.reason]
    found = [block for block in found if kind != "python" or block.page.name not in BY_DOORS]
    return [block for block in found if any(not line.startswith(ELSEWHERE) for line, _ in block.commands)] if kind == "console" else found


def named(block):
    return f"{block.page.name}:{block.text.splitlines()[0][:50]}"


@pytest.fixture
def place(advisor, settings, tmp_path, monkeypatch):
    """A folder as a reader has it: corpus/ and its index, a paper of one's own, a file of questions."""
    (tmp_path / "corpus").mkdir()
    for name in ("speck2014.de.md", "speck2014.en.md"):  # the index holds more; a page that builds it anew has little to encode
        shutil.copy(settings.corpus / name, tmp_path / "corpus")
    shutil.copytree(settings.index, tmp_path / "index")
    for papers in (tmp_path / "papers", tmp_path / "originals"):
        papers.mkdir()
        (papers / "launch.md").write_text("# Before the launch\n\nA launch needs three things: a goal, a budget and a team.\n", "utf-8")
    make_pdf(tmp_path / "report.pdf", [["Report on budgets", "A launch needs a budget of 4,321 euros.", "It needs a team as well."]])
    gold = next(block for page in PAGES for block in blocks(page) if block.kind == "json" and '"must_contain"' in block.text)
    (tmp_path / "questions.jsonl").write_text(gold.text, "utf-8")
    shims = tmp_path / "bin"
    shims.mkdir()
    for name, what in (("advisor", "-m advisor.surfaces.cli"), ("python", "")):
        (shims / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {what} "$@"\n')
        (shims / name).chmod(0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", f"{shims}:{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path


def run(line):
    """What a command prints and the code it ends with: advisor commands in this process, everything else in bash."""
    words = shlex.split(line)
    if words[0] == "advisor" and not re.search(r"[|>]", line):
        out, code = io.StringIO(), 0
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as err:
            try:
                main([os.path.expanduser(word) for word in words[1:]])
            except SystemExit as ended:
                code = ended.code or 0
            finally:
                logging.getLogger().handlers.clear()
        return out.getvalue(), err.getvalue(), code
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True, timeout=120)
    return done.stdout, done.stderr, done.returncode


def matches(said, shown):
    """True where the shown lines occur in what was said, in this order; … stands for anything.

    A number in brackets stands for any, a reference for more than shown: they differ with what else a library holds.
    """
    pattern = re.escape("\n".join(shown)).replace("…", ".*")
    pattern = re.sub(r"^\\\[[\d–]+\\\]", r"\\[[\\d–]+\\][^\\n]*", pattern, flags=re.M)
    pattern = re.sub(r"\\\[\d+\\\]", r"\\[\\d+\\]", pattern)
    return re.search(pattern, said, re.S)


def parse(words):
    """Raises where the commands do not know these words; does nothing."""
    one = command()
    while hasattr(one, "commands"):
        one = one.commands[words.pop(0)]
    one.make_context(one.name, words)


def parsed_only(line):
    """True for a command that runs until it is ended: its words are checked, it is not started."""
    words = shlex.split(line)
    if words[:2] not in (["advisor", "serve"], ["advisor", "mcp"]):
        return False
    parse(words[1:])
    return True


@pytest.mark.parametrize("page", [page for page in PAGES if any(b.page == page for b in runnable("console"))], ids=lambda page: page.name)
def test_every_command_does_what_the_page_says(page, place):
    found = [one for block in runnable("console") if block.page == page for one in block.commands]
    with contextlib.ExitStack() as stack:
        address = SERVER
        if any(SERVER in line for line, _ in found):
            address = stack.enter_context(serving(place / "index", place / "corpus")).url
        for line, shown in found:
            if line.startswith(ELSEWHERE) or parsed_only(line):
                continue
            out, err, code = run(line.replace(SERVER, address))
            assert code == 0 or (code == 1 and "library check" in line), f"{line}\n{err}"
            assert matches(out, shown), f"{line}\n{out}"
            assert not out.startswith('{"type":"about:blank"'), out  # a problem of the interface


@pytest.mark.parametrize("block", runnable("python"), ids=named)
def test_every_program_runs(block, place, capsys):
    exec(compile(block.text, str(block.page), "exec"), {"__name__": "__main__"})
    if "print(" in block.text:
        assert capsys.readouterr().out.strip()


def examples():
    """The examples of every help text."""
    waiting = [command()]
    while waiting:
        one = waiting.pop()
        waiting.extend(getattr(one, "commands", {}).values())
        yield from re.findall(r"^ +\$ (.+)$", one.epilog or "", re.M)


def test_every_example_of_the_help_texts_is_understood(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = list(dict.fromkeys(examples()))
    assert len(found) > 20
    for line in found:
        for part in re.split(r" [<>] | \| ", line):
            if part.startswith("advisor ") and "--help" not in part:
                parse(shlex.split(part)[1:])


def test_every_block_is_run_or_says_why_not():
    for page in PAGES:
        for block in blocks(page):
            assert block.reason or block.kind in ("console", "python", "json", "yaml", "markdown", ""), named(block)
            if block.kind == "json" and not block.reason:
                json.loads(block.text)
            if block.kind == "yaml":
                assert list(yaml.safe_load_all(block.text))
            if block.kind == "console":
                assert block.text.startswith("$ "), named(block)


def test_make_knows_the_targets_that_the_pages_name():
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    for page in PAGES:
        assert set(re.findall(r"(?:^\$ |`)make ([\w-]+)", page.read_text("utf-8"), re.M)) <= targets


def test_the_settings_of_the_page_are_the_settings():
    from advisor.settings import Settings

    page = (ROOT / "docs" / "operators.md").read_text("utf-8")
    rows = [re.split(r"(?<!\\)\|", line)[1:-1] for line in page.splitlines() if line.startswith("| `ADVISOR_")]
    told = {name: meaning.strip() for names, _, meaning in rows for name in re.findall(r"`ADVISOR_(\w+)`", names)}
    assert set(told) == {name.upper() for name in Settings.__dataclass_fields__}
    assert all(meaning.lstrip("[")[0].isupper() and meaning.endswith(".") for meaning in told.values()), told
    assert "advisor/settings.py" not in page


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The built site; a warning of the builder is an error."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def test_every_page_stands_in_the_navigation(site):
    nav = (ROOT / "mkdocs.yml").read_text("utf-8").partition("\nnav:")[2]
    assert {page.name for page in (ROOT / "docs").glob("*.md")} == set(re.findall(r"[\w-]+\.md", nav))
    assert all((site / name.replace(".md", ".html")).exists() for name in re.findall(r"[\w-]+\.md", nav))


def test_the_site_fetches_nothing_from_elsewhere(site):
    loads = re.compile(r"<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=\"?((?:https?:)?//[^\s\">]+)")
    for page in site.rglob("*.html"):
        found = [url for url in loads.findall(page.read_text("utf-8"))]
        assert not found, f"{page.name}: {found}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import\s+)[\"']?(?:https?:)?//", sheet.read_text("utf-8")), sheet
