"""The command line as a terminal, a script and a shell meet it: help, exit codes, colours, completion, hostile text."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import advisor as package
from advisor import accounts
from advisor.surfaces.cli import command
from advisor.surfaces.cli.console import answer_dress, safe

CORPUS = Path(__file__).parent.parent / "corpus"
BASE = [sys.executable, "-m", "advisor.surfaces.cli"]
QUESTION = "How long must the money be secured?"
ESCAPE = "\x1b]0;owned\x07\x1b[2J\x9b31m\u202e"
WITHOUT_RESULT = {"serve", "mcp", "export"}  # they run until they are ended, or write a document in a format that is asked for


def run(*arguments, code=0, stdin=None, **environ):
    done = subprocess.run(
        [*BASE, *arguments], capture_output=True, text=True, input=stdin, timeout=120, env={**os.environ, "COLUMNS": "100", **environ}
    )
    assert done.returncode == code, done.stderr
    return done


def leaves(one=None, path=()):
    """Every command that does something, with the words that call it."""
    one = one or command()
    commands = getattr(one, "commands", None)
    if commands is None:
        yield path, one
    for name, inner in (commands or {}).items():
        yield from leaves(inner, (*path, name))


COMMANDS = dict(leaves())


@pytest.fixture
def at(advisor, settings):
    """The commands over the shelf of the session."""
    return {"ADVISOR_INDEX": str(settings.index), "ADVISOR_CORPUS": str(settings.corpus)}


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_says_what_it_does_with_examples(path):
    one = COMMANDS[path]
    options = {name for parameter in one.params for name in parameter.opts}
    assert {"--quiet", "--verbose"} <= options
    assert "--json" in options or path[0] in WITHOUT_RESULT
    assert one.help and one.help.partition("\n")[0].endswith(".")
    examples = re.findall(r"^ +\$ (.+)$", one.epilog or "", re.M)
    assert examples
    assert any(line.startswith(" ".join(("advisor", *path))) for line in examples)
    for parameter in one.params:
        assert getattr(parameter, "help", "described by its name"), parameter.name


def test_help_and_version_go_to_standard_output():
    shown = run("--help").stdout
    assert all(name in shown for name in ("ask", "ingest", "library", "Exit codes"))
    assert "Examples:\n    $ advisor ask" in run("ask", "-h").stdout
    assert run("--version").stdout == f"advisor {package.__version__}\n"


def test_wrong_usage_is_code_2_and_says_where_help_is():
    done = run("asc", code=2)
    assert "Did you mean 'ask'" in done.stderr
    assert done.stdout == ""
    assert "'fr' is not one of" in run("ask", "x", "--language", "fr", code=2).stderr
    assert "'advisor search --help' for help" in run("search", code=2).stderr


def test_quiet_says_nothing_but_the_result_and_verbose_says_what_is_used(at):
    plain, quiet, verbose = run("ask", QUESTION, **at), run("ask", QUESTION, "--quiet", **at), run("--verbose", "ask", QUESTION, **at)
    assert plain.stdout == quiet.stdout == verbose.stdout
    assert "answered" in plain.stderr
    assert quiet.stderr == ""
    assert at["ADVISOR_INDEX"] in verbose.stderr


def test_quiet_does_not_silence_errors_and_verbose_gives_the_reason(at, tmp_path):
    shutil.copytree(at["ADVISOR_INDEX"], tmp_path / "index")
    current = (tmp_path / "index" / "CURRENT").read_text().strip()
    (tmp_path / "index" / current / "stamp.json").write_text("{")
    damaged = {**at, "ADVISOR_INDEX": str(tmp_path / "index")}
    assert "cannot be read" in run("-q", "ask", QUESTION, code=2, **damaged).stderr
    assert "because of json.decoder.JSONDecodeError" in run("ask", QUESTION, "-v", code=2, **damaged).stderr


def test_every_result_is_json_where_it_is_asked_for(at, tmp_path):
    shelf = tmp_path / "papers"
    shelf.mkdir()
    text = "# Ziele\n\nDas Unternehmen braucht ein Ziel.\n"
    (shelf / "eins.md").write_text(text, "utf-8")
    (shelf / "zwei.md").write_text(text.replace("Ziel", "Budget"), "utf-8")
    own = {"ADVISOR_INDEX": str(tmp_path / "index"), "ADVISOR_CORPUS": str(shelf)}
    assert json.loads(run("ingest", "--plan", "--json", **own).stdout)[0]["added"] == ["eins.md", "zwei.md"]
    assert json.loads(run("ingest", "--json", **own).stdout)["counts"]["documents"] == 2
    assert json.loads(run("library", "remove", "zwei.md", "--json", **own).stdout)["counts"]["documents"] == 1
    assert json.loads(run("library", "rollback", "--json", **own).stdout) == {"generation": "g0001"}
    assert json.loads(run("library", "show", "frank_nd", "--json", **at).stdout)[0]["work"]["title"]
    assert json.loads(run("library", "gaps", "--json", **own).stdout) == []
    assert json.loads(run("library", "check", str(shelf), "--json").stdout) == {"documents": 2, "findings": []}
    shutil.copy(CORPUS / "speck2014.de.md", shelf)  # a digest that lacks its other language
    assert json.loads(run("library", "check", str(shelf), "--json", code=1).stdout)["findings"][0]["source"].startswith("speck2014")
    assert json.loads(run("library", "sources", str(shelf), "--json").stdout) == {"written": str(shelf / "SOURCES.md")}


def test_accounts_and_tokens_are_json_where_it_is_asked_for(tmp_path):
    def told(*arguments, stdin=None):
        return json.loads(run(*arguments, "--json", stdin=stdin, ADVISOR_INDEX=str(tmp_path)).stdout)

    one = {"name": "erika.muster", "role": "reader"}
    assert told("user", "add", "Erika.Muster", stdin="a long pass phrase\n") == one
    assert told("user", "role", "erika.muster", "analyst") == {**one, "role": "analyst"}
    assert told("user", "list") == [{**one, "role": "analyst"}]
    assert told("user", "password", "erika.muster", stdin="another long phrase\n") == {"changed": "erika.muster"}
    assert told("user", "remove", "erika.muster") == {"removed": "erika.muster"}
    assert told("user", "list") == []
    secret = told("token", "add", "reports")["token"]
    assert accounts.check_token(tmp_path, secret).role == "reader"
    assert [token["name"] for token in told("token", "list")] == ["reports"]
    assert told("token", "revoke", "reports") == {"revoked": "reports"}
    assert accounts.check_token(tmp_path, secret) is None


def on_a_terminal(*arguments, **environ):
    """What a terminal is sent, results and remarks together."""
    ours, theirs = pty.openpty()
    environ = {**{name: value for name, value in os.environ.items() if name != "NO_COLOR"}, "TERM": "xterm", **environ}
    process = subprocess.Popen([*BASE, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environ)
    os.close(theirs)
    shown = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:  # the other side is closed
            break
        if not part:
            break
        shown += part
    os.close(ours)
    process.wait(60)
    return shown.decode()


def test_colours_only_on_a_terminal_that_wants_them(at):
    coloured = on_a_terminal("ask", QUESTION, **at)
    assert "\x1b[36m[1]\x1b[0m" in coloured
    assert "\x1b" not in on_a_terminal("ask", QUESTION, **at, NO_COLOR="1")
    assert "\x1b" not in on_a_terminal("ask", QUESTION, **at, TERM="dumb")
    assert "\x1b" not in run("ask", QUESTION, **at).stdout


def test_text_of_others_sends_no_command_to_the_terminal(tmp_path, at):
    shelf = tmp_path / "papers"
    shelf.mkdir()
    (shelf / "böse\x1b[31m.md").write_text(f"# Ziele{ESCAPE}\n\nDas Unternehmen {ESCAPE} braucht ein Ziel.\n", "utf-8")
    (shelf / "kaputt\x1b[2J.pdf").write_bytes(b"%PDF-1.4 nothing")
    own = {"ADVISOR_INDEX": str(tmp_path / "index"), "ADVISOR_CORPUS": str(shelf)}
    shown = [run("ingest", code=1, **own)]
    shown += [run("search", "Welches Ziel braucht das Unternehmen?", *json_or_not, **own) for json_or_not in ((), ("--json",))]
    run("ask", f"Wie wird {ESCAPE} morgen das Wetter in Berlin?", **own)  # as a visitor of the chat may ask
    shown += [run("library", *words, **own) for words in (("list",), ("list", "--json"), ("gaps",), ("gaps", "--json"))]
    for done in shown:
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", done.stdout + done.stderr), done.args
    assert json.loads(shown[-1].stdout)[0]["question"] == f"Wie wird {ESCAPE} morgen das Wetter in Berlin?"
    assert r"böse\x1b[31m.md" in shown[3].stdout


@given(st.text())
def test_safe_text_has_no_control_characters(text):
    shown = safe(text)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    assert safe(shown) == shown
    shown.encode("utf-8")


@given(st.text(st.characters(blacklist_categories=("Cc", "Cs"))))
def test_colour_adds_and_takes_no_words(text):
    plain = re.sub(r"\x1b\[\d+m", "", answer_dress(text))
    assert plain.replace("*", "") == text.replace("*", "")


def test_a_broken_question_is_answered_or_declined(at):
    question = os.fsdecode(b"Budget \xff\xfe drei Jahre")
    assert "�" not in json.loads(run("ask", question, "--json", **at).stdout)["text"]


def test_a_reader_that_has_read_enough_is_no_error(at):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*BASE, "library", "list"], stdout=writer, stderr=subprocess.PIPE, text=True, env={**os.environ, **at}, timeout=60
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_is_said_in_one_line(at):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*BASE, "library", "list"], stdout=full, stderr=subprocess.PIPE, text=True, env={**os.environ, **at}, timeout=60
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "cannot be written" in done.stderr


def test_an_output_without_unicode_loses_characters_but_not_the_answer(at):
    assert "three years" in run("ask", QUESTION, PYTHONIOENCODING="ascii", **at).stdout


def test_ctrl_c_ends_with_one_line_and_code_130(at):
    process = subprocess.Popen(
        [*BASE, "verify", "-"], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **at},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a job in the background is started deaf to Ctrl-C
    )  # fmt: skip
    process.stdin.write(b" " * 1_000_000)  # more than a pipe holds: it is being read
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[1].decode()
    assert process.returncode == 130
    assert said.strip().startswith("advisor: interrupted")
    assert "Traceback" not in said


def complete(shell, words):
    """What the shell is offered after these words, by the protocol of its completion script."""
    protocol = {
        "bash": {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": words},
        "fish": {"_TYPER_COMPLETE_ARGS": words, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    return run(_ADVISOR_COMPLETE=f"complete_{shell}", **protocol).stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_options_and_choices(shell):
    assert "search" in complete(shell, "advisor se")
    assert "ask" not in complete(shell, "advisor se")
    assert "rollback" in complete(shell, "advisor library ro")
    assert "--language" in complete(shell, "advisor ask --la")
    assert "en" in complete(shell, "advisor ask --language ")
    script = run("--show-completion", shell, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").stdout
    assert "_ADVISOR_COMPLETE=complete_" in script


def test_bash_itself_completes(tmp_path):
    script = run("--show-completion", "bash", _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1").stdout
    launcher = tmp_path / "advisor"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m advisor.surfaces.cli "$@"\n')
    launcher.chmod(0o755)
    test = f"{script}\nCOMP_WORDS=(advisor library sh); COMP_CWORD=2; _advisor_completion advisor; echo ${{COMPREPLY[@]}}"
    environ = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(["bash", "--norc", "-c", test], capture_output=True, text=True, env=environ, timeout=60)
    assert done.stdout.strip() == "show", done.stderr
