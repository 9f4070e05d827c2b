"""Fixtures that are dear to make, once for all tests: the encoder, a library of a few works of the corpus, the chat, Chromium, Chroma."""

import shutil
from pathlib import Path

import pytest
from chroma_fixtures import chroma, own_chroma  # noqa: F401
from hypothesis import settings as property_settings
from web_fixtures import chat, chromium, opened  # noqa: F401

from advisor.encoder import BundledEncoder
from advisor.settings import Settings

# The same examples in every run, so that what is red was made so by a change; `--hypothesis-profile=explore` looks for others.
property_settings.register_profile("steady", derandomize=True)
property_settings.register_profile("explore", print_blob=True)
property_settings.load_profile("steady")

CORPUS = Path(__file__).parent.parent / "corpus"
SHELF = (
    "speck2014", "frank_nd", "hermes_nd", "rolandberger2014", "altimeter2013", "bitkom2013", "tns2014", "huston_sakkab2006", "wilson2011",
    "li_solis2013",
)  # fmt: skip


@pytest.fixture(scope="session")
def encoder():
    return BundledEncoder(threads=2)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    """A folder with ten works of the corpus in both languages."""
    folder = tmp_path_factory.mktemp("shelf") / "corpus"
    folder.mkdir()
    for work in SHELF:
        for language in ("de", "en"):
            shutil.copy(CORPUS / f"{work}.{language}.md", folder)
    return folder


@pytest.fixture(scope="session")
def settings(tmp_path_factory, shelf):
    return Settings(index=tmp_path_factory.mktemp("library") / "index", corpus=shelf, threads=2)


@pytest.fixture(scope="session")
def advisor(settings):
    """An advisor over the shelf. Tests that change a library make their own."""
    from advisor import Advisor

    with Advisor.open(settings) as built:
        report = built.sync()
        assert not report.failed
        yield built


def _over_a_server(item):
    return hasattr(item, "callspec") and item.callspec.params.get("store") == "server"


SERVERS = {"chroma", "own_chroma", "cluster"}
WAITING = {"test_ray.py", "test_kills.py", "test_backup.py", "test_migrate.py", "test_sync.py", "test_reading.py", "test_watch.py"}


DOORS = {
    "test_api.py", "test_cli.py", "test_cli_manners.py", "test_container.py", "test_contract.py", "test_docs.py", "test_door_programs.py",
    "test_library_screen.py", "test_mcp.py", "test_people.py", "test_start.py", "test_turns.py", "test_web.py",
}  # fmt: skip


def pytest_collection_modifyitems(items):
    """Tests with a browser are marked, and come last: Playwright keeps an event loop running, in which no test can start one of its own.

    Tests that wait for servers and for processes that are killed are marked, too, and those that start the program as others use it, so
    that they can be run beside the others.
    """
    for item in items:
        if "chromium" in item.fixturenames:
            item.add_marker("browser")
        elif SERVERS & set(item.fixturenames) or item.path.name in WAITING or _over_a_server(item):
            item.add_marker("servers")
        elif item.path.name in DOORS:
            item.add_marker("doors")
    items.sort(key=lambda item: "chromium" in item.fixturenames)
