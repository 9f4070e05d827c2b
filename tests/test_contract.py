"""One schema through every door: the same questions asked in every way there is, the answers compared field by field."""

import asyncio
import json
import re
import subprocess
import sys

import mcp
import pytest
from web_fixtures import ask as type_question

from advisor import Answer
from advisor.surfaces import langchain as doors

QUESTIONS = {
    "a list": "What do we need before launching on social media?",
    "German": "Wie lange muss das Geld gesichert sein?",
    "refused": "What will the weather be in Berlin tomorrow?",
}
PROGRAM = [sys.executable, "-m", "advisor.surfaces.cli"]


def python(question, advisor, chat):
    return advisor.ask(question).as_json()


def python_stream(question, advisor, chat):
    return list(advisor.ask_stream(question))[-1].as_json()


def python_async(question, advisor, chat):
    return asyncio.run(advisor.aask(question)).as_json()


def command_line(question, advisor, chat):
    command = [*PROGRAM, "ask", question, "--json", "--index", str(advisor.settings.index)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout)


def rest(question, advisor, chat):
    return json.loads(chat.post("/api/v1/ask", {"question": question}).text)


def rest_stream(question, advisor, chat):
    text = chat.post("/api/v1/ask/stream", {"question": question}).text
    return json.loads(re.findall(r"event: answer\r?\ndata: (.*)", text)[-1])


def mcp_over_http(question, advisor, chat):
    return asyncio.run(_called(f"{chat.url}/mcp", question))


def mcp_over_standard_input(question, advisor, chat):
    arguments = [*PROGRAM[1:], "mcp", "--index", str(advisor.settings.index)]
    return asyncio.run(_called(mcp.StdioServerParameters(command=PROGRAM[0], args=arguments), question))


async def _called(server, question):
    async with mcp.Client(server, read_timeout_seconds=60) as client:
        return (await client.call_tool("ask", {"question": question})).structured_content


def langchain(question, advisor, chat):
    tool = next(tool for tool in doors.advisor_tools(advisor) if tool.name == "ask_library")
    message = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": {"question": question}})
    return message.artifact.as_json()


def gradio(question, advisor, chat):
    return chat.call(question, "")[1][0]


DOORS = (
    python, python_stream, python_async, command_line, rest, rest_stream, mcp_over_http, mcp_over_standard_input, langchain, gradio,
)  # fmt: skip


@pytest.fixture(scope="module")
def expected(advisor):
    return {name: json.loads(json.dumps(advisor.ask(question).as_json())) for name, question in QUESTIONS.items()}


def test_the_questions_are_of_the_kinds_that_they_stand_for(expected):
    assert expected["a list"]["lists"] and expected["a list"]["outcome"] == "answered"
    assert expected["German"]["language"] == "de" and expected["German"]["citations"]
    assert expected["refused"]["outcome"] == "not_in_corpus" and expected["refused"]["nearest"]


@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_every_door_gives_the_same_answer(door, name, expected, advisor, chat):
    given = json.loads(json.dumps(door(QUESTIONS[name], advisor, chat)))
    assert list(given) == list(expected[name])
    assert isinstance(given.pop("seconds"), int | float)
    for field, value in given.items():
        assert value == expected[name][field], field
    assert Answer.from_json({**given, "seconds": 0}).as_json()["text"] == expected[name]["text"]


def found_by_python(query, advisor, chat):
    return [hit.passage.id for hit in advisor.search(query, 5)]


def found_by_command_line(query, advisor, chat):
    command = [*PROGRAM, "search", query, "-k", "5", "--json", "--index", str(advisor.settings.index)]
    return [one["id"] for one in json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout)]


def found_by_rest(query, advisor, chat):
    return [one["id"] for one in json.loads(chat.post("/api/v1/search", {"query": query, "k": 5}).text)["passages"]]


def found_by_mcp(query, advisor, chat):
    async def called():
        async with mcp.Client(f"{chat.url}/mcp", read_timeout_seconds=60) as client:
            return (await client.call_tool("search", {"query": query, "k": 5})).structured_content

    return [one["id"] for one in asyncio.run(called())["passages"]]


def found_by_langchain(query, advisor, chat):
    return [document.id for document in doors.AdvisorRetriever(advisor=advisor, k=5).invoke(query)]


@pytest.mark.parametrize("query", ["Budget für drei Jahre", "open innovation with outside partners"])
def test_every_door_finds_the_same_passages(query, advisor, chat):
    wanted = found_by_python(query, advisor, chat)
    assert len(wanted) == 5
    for door in (found_by_command_line, found_by_rest, found_by_mcp, found_by_langchain):
        assert door(query, advisor, chat) == wanted, door.__name__


def squeezed(text):
    return re.sub(r"\s+", "", text)


@pytest.mark.browser
@pytest.mark.parametrize("name", QUESTIONS)
def test_the_page_shows_what_the_other_doors_give(name, expected, chat, opened):
    page = opened(chat, locale="de-DE" if name == "German" else "en-US")
    turn = type_question(page, QUESTIONS[name])
    wanted, shown = expected[name], squeezed(turn.inner_text())
    for statement in wanted["statements"]:
        said = statement["text"] if statement["kind"] not in ("disagreement", "origin") else ""  # both sides are shown as their quotations
        for part in [said] if said else [wanted["citations"][number - 1]["quote"] for number in statement["citations"]]:
            assert squeezed(part) in shown, part
    assert turn.locator(".answer").get_attribute("lang") == wanted["language"]
    assert (turn.locator(".answer.not_in_corpus").count() == 1) == (wanted["outcome"] == "not_in_corpus")
    numbers = {int(link.get_attribute("data-number")) for link in turn.locator("a.citation").all()}
    assert numbers == {citation["number"] for citation in [*wanted["citations"], *wanted["nearest"]]}
