"""The advisor inside a Python program: light, typed, with threads and with an event loop."""

import asyncio
import shutil
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib.resources import files

import pytest

import advisor as package
from advisor import Advisor, AdvisorError, Answer
from advisor.errors import UsageError

QUESTIONS = (
    "What do we need before launching on social media?",
    "Wie lange muss das Geld gesichert sein?",
    "What will the weather be in Berlin tomorrow?",
)
HEAVY = (
    "chromadb",
    "fastapi",
    "gradio",
    "langchain",
    "langchain_core",
    "mcp",
    "numpy",
    "onnxruntime",
    "sentence_transformers",
    "torch",
    "typer",
)


def loaded_by(code):
    """The heavy packages that a program has loaded when it is done."""
    program = f"{code}\nimport sys\nprint(*[name for name in {HEAVY} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60).stdout.split()


def test_importing_the_package_loads_nothing_heavy():
    assert loaded_by("import advisor") == []
    assert loaded_by("import advisor; advisor.AdvisorError; advisor.Settings; advisor.Answer") == []
    assert not {"gradio", "torch", "langchain", "fastapi", "typer"} & set(loaded_by("from advisor import Advisor"))


def test_every_public_name_is_there_and_documented():
    for name in package.__all__:
        assert getattr(package, name).__doc__, name
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="no attribute 'Adviser'"):
        package.Adviser  # noqa: B018
    undocumented = [name for name in vars(Advisor) if not name.startswith("_") and not (getattr(Advisor, name).__doc__ or "").strip()]
    assert undocumented == []


def test_the_package_says_that_it_is_typed():
    assert files("advisor").joinpath("py.typed").is_file()


def test_open_takes_an_index_and_is_a_context_manager(settings, advisor):
    with Advisor.open(index=str(settings.index)) as opened:
        assert opened.settings.index == settings.index
        assert opened.ready
        assert isinstance(opened.ask(QUESTIONS[1]), Answer)
    assert opened.search("Budget", 1)  # closing lets go; asking again opens again
    opened.close()
    opened.close()


def test_what_is_wrong_is_one_kind_of_error(tmp_path, advisor):
    with Advisor.open(index=tmp_path / "none") as nothing:
        assert not nothing.ready
        with pytest.raises(AdvisorError, match="advisor ingest"):
            nothing.ask(QUESTIONS[0])
    for question in ("", " \n", "x" * 2001):
        with pytest.raises(UsageError, match="question"):
            advisor.ask(question)


def test_the_async_forms_give_what_the_others_give(advisor):
    async def together():
        answers, hits = await asyncio.gather(
            asyncio.gather(*(advisor.aask(question, note_gap=False) for question in QUESTIONS)), advisor.asearch("Budget", 3)
        )
        streamed = [given async for given in advisor.aask_stream(QUESTIONS[0])]
        return answers, hits, streamed

    answers, hits, streamed = asyncio.run(together())
    expected = [advisor.ask(question, note_gap=False) for question in QUESTIONS]
    assert [replace(given, seconds=0) for given in answers] == [replace(given, seconds=0) for given in expected]
    assert hits == advisor.search("Budget", 3)
    assert replace(streamed[-1], seconds=0) == replace(expected[0], seconds=0)


def test_an_event_loop_stays_free_while_the_advisor_works(advisor):
    async def beside():
        ticks = 0
        asked = asyncio.ensure_future(advisor.aask(QUESTIONS[0]))
        while not asked.done():
            ticks += 1
            await asyncio.sleep(0)
        return ticks

    assert asyncio.run(beside()) > 1


def test_threads_read_while_the_library_changes(settings, advisor, tmp_path):
    shelf = tmp_path / "corpus"
    shutil.copytree(settings.corpus, shelf)
    shutil.copytree(settings.index, tmp_path / "index")
    done = threading.Event()

    def read(question):
        asked = 0
        while not done.is_set() or not asked:
            given = opened.ask(question, note_gap=False)
            assert all(verdict == "found" for _, verdict in opened.verify(given.citations))
            for hit in opened.search(question, 3):
                assert opened.document(hit.passage.document)
            asked += 1
        return asked

    with Advisor.open(replace(settings, index=tmp_path / "index", corpus=shelf)) as opened, ThreadPoolExecutor(4) as threads:
        readers = [threads.submit(read, question) for question in QUESTIONS]
        try:
            for number in range(3):
                (shelf / "extra.md").write_text(f"# Extra {number}\n\nA company needs an extra plan number {number}.\n", "utf-8")
                assert not opened.sync().failed
        finally:
            done.set()
        assert all(reader.result(60) for reader in readers)
        assert "number 2" in opened.ask("Does a company need an extra plan number 2?").text
        assert opened.counts().documents == advisor.counts().documents + 1
