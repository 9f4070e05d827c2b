"""The Dockerfile and the compose files agree with the project; the steps themselves are gone through by tests/container.py."""

import os
import re
import subprocess
import tomllib

import pytest
import yaml
from container import ROOT, chroma_check, environment, ignored, steps

from advisor.settings import Settings
from advisor.surfaces.cli import command

STEPS = steps()
LAST = {step.word: step for step in STEPS}


def test_what_is_copied_is_there_and_reaches_the_engine():
    copied = [source for step in STEPS if step.word == "COPY" and "from" not in step.flags for source in step.words[:-1]]
    assert {"advisor", "corpus", "constraints.txt", "pyproject.toml"} <= set(copied)
    for source in copied:
        place = ROOT / source
        assert place.exists() and not ignored(place), source
        assert place.is_file() or any(not ignored(file) for file in place.rglob("*") if file.is_file()), source
    for name in (".git", ".venv", "index", "tests", "docs", "advisor/__pycache__"):
        assert ignored(ROOT / name), name


def test_all_that_the_package_is_built_from_is_copied_before():
    copied = {source for step in STEPS if step.word == "COPY" for source in step.words[:-1]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert {project["project"]["readme"], *project["project"]["license-files"]} <= copied
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= copied
    least = tuple(map(int, re.findall(r"\d+", project["project"]["requires-python"])))
    for step in STEPS:
        if step.word == "FROM":
            assert tuple(map(int, re.search(r"python:(\d+)\.(\d+)", step.rest).groups())) >= least


def test_it_does_not_run_as_root_and_keeps_the_index_on_a_volume():
    user = LAST["USER"].rest.split(":")
    assert all(number.isdigit() and int(number) > 0 for number in user)
    after = [step.word for step in STEPS[STEPS.index(LAST["USER"]) :]]
    assert not {"RUN", "COPY", "USER"} & set(after[1:])
    assert environment(STEPS)["ADVISOR_INDEX"] == LAST["VOLUME"].rest
    owned = next(step.rest for step in STEPS if step.word == "RUN" and "chown" in step.rest)
    assert f"chown {LAST['USER'].rest} index" in owned


def test_its_settings_are_settings_and_its_command_is_a_command():
    given = {name: value for name, value in environment(STEPS).items() if name.startswith("ADVISOR_")}
    assert {name.removeprefix("ADVISOR_").lower() for name in given} <= set(Settings.__dataclass_fields__)
    settings = Settings.from_environ(given)
    assert str(settings.port) == LAST["EXPOSE"].rest
    assert settings.host == "0.0.0.0"
    program, *words = LAST["CMD"].words
    assert program == "advisor" and words[0] in command().commands


def test_the_compose_file_is_about_this_image():
    service = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]["advisor"]
    assert service["ports"] == [f"127.0.0.1:{LAST['EXPOSE'].rest}:{LAST['EXPOSE'].rest}"]
    assert f"index:{LAST['VOLUME'].rest}" in service["volumes"]
    assert service["read_only"] and service["cap_drop"] == ["ALL"]
    arguments = {step.rest.partition("=")[0] for step in STEPS if step.word == "ARG"}
    assert set(service["build"]["args"]) <= arguments


@pytest.mark.parametrize("running", [True, False], ids=["running", "not running"])
def test_the_health_check_tells_a_running_server_from_none(running, request):
    port = request.getfixturevalue("chat").url.rpartition(":")[2] if running else "9"  # "discard": nobody listens there
    done = subprocess.run(LAST["HEALTHCHECK"].words, env={**os.environ, "ADVISOR_PORT": port}, capture_output=True, timeout=60)
    assert (done.returncode == 0) == running, done.stderr.decode()


def test_the_second_compose_file_puts_a_chroma_server_of_the_pinned_version_where_only_the_chat_reaches_it():
    made = yaml.safe_load((ROOT / "compose.chroma.yaml").read_text("utf-8"))
    server, chat = made["services"]["chroma"], made["services"]["advisor"]
    (pinned,) = re.findall(r"^chromadb==(\S+)$", (ROOT / "constraints.txt").read_text("utf-8"), re.M)
    assert server["image"] == f"chromadb/chroma:{pinned}"
    assert "ports" not in server and all(made["networks"][name]["internal"] for name in server["networks"])
    assert set(server["networks"]) < set(chat["networks"])
    assert chat["depends_on"]["chroma"]["condition"] == "service_healthy" and server["healthcheck"]["test"]
    (mounted,) = server["volumes"]
    assert mounted.partition(":")[0] in made["volumes"]
    given = {name: str(value) for name, value in chat["environment"].items()}
    assert {name.removeprefix("ADVISOR_").lower() for name in given} <= set(Settings.__dataclass_fields__)
    assert given["ADVISOR_CHROMA_URL"] == "http://chroma:8000"


@pytest.mark.parametrize("running", [True, False], ids=["running", "not running"])
def test_the_health_check_of_the_chroma_server_tells_a_running_one_from_none(running, request):
    port = request.getfixturevalue("chroma").port if running else 9
    done = subprocess.run(chroma_check(port), capture_output=True, timeout=60)
    assert (done.returncode == 0) == running, done.stderr.decode()
