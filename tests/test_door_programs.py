"""The documents of the doors: each program in them runs as it stands, and the published schema is that of real answers."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

from advisor.filters import Filter
from advisor.surfaces import contract

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


def programs(name):
    """The Python programs in a document, in order."""
    return re.findall(r"^```python\n(.*?)^```$", (DOCS / name).read_text("utf-8"), re.S | re.M)


def output_of(program, folder, **environ):
    """What a program prints that runs in a folder of its own, where `advisor` is the command of this tree."""
    command = folder / "bin" / "advisor"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" ADVISOR_THREADS=1 exec "{sys.executable}" -m advisor.surfaces.cli "$@"\n')
    command.chmod(0o755)
    path = f"{command.parent}:{os.environ['PATH']}"
    known = {**os.environ, "PATH": path, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONWARNINGS": "error", **environ}
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, env=known, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", ["rest.md", "mcp.md", "langchain.md"])
def test_the_first_program_of_a_door_is_short(name):
    assert len([line for line in programs(name)[0].splitlines() if line.strip()]) <= 15


def test_the_program_of_the_rest_door_runs(chat, tmp_path):
    program = programs("rest.md")[0]
    assert "http://127.0.0.1:7860" in program
    out = output_of(program.replace("http://127.0.0.1:7860", chat.url), tmp_path)
    assert "secured for at least three years" in out and "Every quotation found: True" in out


def test_the_program_of_the_mcp_door_runs(settings, advisor, tmp_path):
    (tmp_path / "index").symlink_to(settings.index)
    out = output_of(programs("mcp.md")[0], tmp_path)
    assert "['ask', 'search', 'read_passage', 'list_works']" in out and "secured for at least three years" in out


def test_the_program_of_the_langchain_door_runs(settings, advisor, tmp_path):
    out = output_of(programs("langchain.md")[0], tmp_path, ADVISOR_INDEX=str(settings.index), ADVISOR_THREADS="1")
    assert "a budget for three years" in out and "frank_nd.de.md" in out and ".en.md" not in out


def test_the_other_programs_of_the_langchain_door_run(settings, advisor, tmp_path):
    import shutil

    _, agent, store = programs("langchain.md")
    vectors = shutil.copytree(settings.index / advisor.generation / "vectors", tmp_path / "vectors")
    assert "copy-of/index/g0001/vectors" in store and '"openai:NAME"' in agent
    out = output_of(store.replace("copy-of/index/g0001/vectors", str(vectors)), tmp_path, ADVISOR_THREADS="1")
    assert "frank_nd.de.md" in out and "drei Jahre" in out
    made = agent + "\nprint([tool for tool in agent.get_graph().nodes])\n"
    (tmp_path / "bin" / "advisor").unlink()
    (tmp_path / "bin").rmdir()
    assert "tools" in output_of(made, tmp_path, ADVISOR_INDEX=str(settings.index), ADVISOR_THREADS="1", OPENAI_API_KEY="none")


def test_the_published_schema_is_current():
    published = json.loads((DOCS / "answer.schema.json").read_text("utf-8"))
    assert published == contract.answer_schema(), "run: python -m advisor.surfaces.contract > docs/answer.schema.json"


@pytest.mark.parametrize(
    ("question", "only"),
    [
        ("What do we need before launching on social media?", None),
        ("Was brauchen wir, bevor wir in Social Media starten?", Filter(languages=("de",), years=(2010, None))),
        ("Brauchen wir viel Geld für Social Media?", None),
        ("How do I bake sourdough bread at home?", None),
    ],
)
def test_real_answers_are_as_the_schema_says(advisor, question, only):
    schema = json.loads((DOCS / "answer.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    given = json.loads(json.dumps(advisor.ask(question, only=only, note_gap=False).as_json()))
    jsonschema.validate(given, schema)
    assert set(given) == set(schema["properties"])
    assert all(set(one) == set(schema["$defs"]["Citation"]["properties"]) for one in [*given["citations"], *given["nearest"]])
    for name in ("text", "citations", "outcome"):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({key: value for key, value in given.items() if key != name}, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**given, "outcome": "perhaps"}, schema)


def test_a_token_is_made_shown_once_listed_and_revoked(tmp_path):
    from advisor import accounts

    def run(*arguments, code=0):
        command = [sys.executable, "-m", "advisor.surfaces.cli", "token", *arguments, "--index", str(tmp_path)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == code, done.stderr
        return done

    secret = run("add", "Reports", "--role", "analyst").stdout.strip()
    assert accounts.check_token(tmp_path, secret).role == "analyst"
    assert "already" in run("add", "reports", code=2).stderr
    listed = run("list")
    assert "reports" in listed.stdout and "last used" in listed.stdout and secret not in listed.stdout
    run("revoke", "reports")
    assert accounts.check_token(tmp_path, secret) is None
    assert json.loads(run("list", "--json").stdout) == []
