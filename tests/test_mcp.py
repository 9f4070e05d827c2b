"""The server for agents, asked by the official client: in one process, over standard input and output, and over HTTP."""

import json
import os
import subprocess
import sys
from contextlib import asynccontextmanager

import httpx
import httpx2
import jsonschema
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from advisor import Advisor
from advisor.settings import Settings
from advisor.surfaces import contract, mcp

LAUNCH = "What do we need before launching on social media?"
COMMAND = ["-m", "advisor.surfaces.cli", "mcp"]


def timeless(answer):
    return {**answer, "seconds": 0}


@asynccontextmanager
async def stdio(settings):
    parameters = StdioServerParameters(
        command=sys.executable, args=[*COMMAND, "--index", str(settings.index)], env={**os.environ, "ADVISOR_THREADS": "1"}
    )
    async with Client(parameters, read_timeout_seconds=60) as client:
        yield client


async def tour(client, advisor):
    """What every transport must do alike."""
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert set(tools) == {"ask", "search", "read_passage", "list_works"}
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools.values())
    assert tools["ask"].output_schema == contract.schema_of(contract.Answer)

    asked = await client.call_tool("ask", {"question": LAUNCH})
    expected = advisor.ask(LAUNCH)
    assert not asked.is_error
    assert timeless(asked.structured_content) == timeless(json.loads(json.dumps(expected.as_json())))
    jsonschema.validate(asked.structured_content, contract.answer_schema())
    assert asked.content[0].text.startswith(expected.text)
    assert all(f"[{citation.number}] {citation.reference}" in asked.content[0].text for citation in expected.citations)

    found = (await client.call_tool("search", {"query": "Budget für drei Jahre", "k": 2})).structured_content["passages"]
    assert [one["id"] for one in found] == [hit.passage.id for hit in advisor.search("Budget für drei Jahre", 2)]
    again = (await client.call_tool("read_passage", {"id": found[0]["id"]})).structured_content
    assert again["citation"] == found[0]["citation"]

    works = (await client.call_tool("list_works", {})).structured_content
    assert works["total"] == len(works["works"]) == advisor.counts().works

    resources = (await client.list_resources()).resources
    assert {resource.name for resource in resources} == {document.source for document in advisor.documents()}
    uri = f"advisor://documents/{found[0]['citation']['sha256']}"
    assert uri in {resource.uri for resource in resources}
    (content,) = (await client.read_resource(uri)).contents
    assert content.text[found[0]["citation"]["start"] : found[0]["citation"]["end"]] == found[0]["citation"]["quote"]
    (template,) = (await client.list_resource_templates()).resource_templates
    assert template.uri_template == "advisor://documents/{sha256}"


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_tour_in_one_process(advisor, mode):
    async with Client(mcp.create_server(advisor), mode=mode) as client:
        await tour(client, advisor)


async def test_a_tour_over_standard_input_and_output(advisor, settings):
    async with stdio(settings) as client:
        await tour(client, advisor)


async def test_a_tour_over_http_beside_the_chat(chat, advisor):
    async with Client(f"{chat.url}/mcp") as client:
        await tour(client, advisor)


async def test_a_part_of_the_library_also_from_clients_that_send_objects_as_strings(advisor):
    async with Client(mcp.create_server(advisor)) as client:
        for only in ({"works": ["speck2014"]}, json.dumps({"works": ["speck2014"]})):
            answer = (await client.call_tool("ask", {"question": LAUNCH, "only": only})).structured_content
            assert {citation["work"] for citation in answer["citations"]} == {"speck2014"}


@pytest.mark.parametrize(
    ("tool", "arguments", "told"),
    [
        ("ask", {}, "question: Field required"),
        ("ask", {"question": "x" * 2001}, "at most 2000"),
        ("ask", {"question": "x", "tone": "warm"}, "tone: Extra inputs"),
        ("ask", {"question": "x", "only": {"topics": ["astrology"]}}, "expected one of launch"),
        ("ask", {"question": "x", "only": "not json"}, "only"),
        ("search", {"query": "x", "k": 0}, "k:"),
        ("read_passage", {"id": "nothing"}, "Search again"),
        ("list_works", {"limit": 0}, "limit:"),
    ],
)
async def test_an_agent_is_told_how_to_mend_its_call(advisor, tool, arguments, told):
    async with Client(mcp.create_server(advisor)) as client:
        result = await client.call_tool(tool, arguments)
        assert result.is_error and told in result.content[0].text


async def test_what_is_not_there_is_an_error_of_the_protocol(advisor):
    async with Client(mcp.create_server(advisor)) as client:
        with pytest.raises(MCPError, match="ask, search"):
            await client.call_tool("delete_everything", {})
        for uri in ("advisor://documents/none", "file:///etc/passwd", "advisor://documents/../../etc/passwd"):
            with pytest.raises(MCPError, match="no document"):
                await client.read_resource(uri)
        with pytest.raises(MCPError, match="cursor"):
            await client.list_resources(cursor="x")


async def test_documents_are_listed_page_by_page(advisor, monkeypatch):
    monkeypatch.setattr(mcp, "PAGE", 7)
    async with Client(mcp.create_server(advisor)) as client:
        names, cursor = [], None
        while True:
            page = await client.list_resources(cursor=cursor)
            names += [resource.name for resource in page.resources]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert names == sorted(document.source for document in advisor.documents())


async def test_without_an_index_the_agent_is_told_what_to_do(tmp_path, encoder):
    with Advisor(Settings(index=tmp_path / "none"), encoder) as empty:
        async with Client(mcp.create_server(empty)) as client:
            result = await client.call_tool("ask", {"question": LAUNCH})
            assert result.is_error and "advisor ingest" in result.content[0].text
            with pytest.raises(MCPError, match="advisor ingest"):
                await client.list_resources()


def test_nothing_but_the_protocol_is_written_to_standard_output(advisor, settings):
    start = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": start},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "ask", "arguments": {"question": LAUNCH}}},
    ]
    command = [sys.executable, *COMMAND, "--index", str(settings.index)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        process.stdin.write("".join(json.dumps(message) + "\n" for message in messages))
        process.stdin.flush()
        replies = [json.loads(process.stdout.readline()) for _ in range(2)]
        assert [reply["id"] for reply in replies] == [1, 2] and "result" in replies[1]
        rest, complaints = process.communicate(timeout=30)  # closes standard input: the server ends
    finally:
        process.kill()
    assert process.returncode == 0 and rest == "" and complaints == ""


def test_over_http_a_page_of_another_site_and_a_foreign_name_are_turned_away(chat):
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    headers = {"Accept": "application/json, text/event-stream"}
    with httpx.Client(headers=headers) as client:
        for extra, status in (({"Origin": "https://evil.example"}, 403), ({"Host": "evil.example"}, 421)):
            reply = client.post(f"{chat.url}/mcp", json=body, headers=extra)
            assert reply.status_code == status
        assert client.post(f"{chat.url}/mcp", content=b"x" * 2**21, headers={"Content-Type": "application/json"}).status_code == 413


async def test_where_others_could_call_a_token_is_needed(advisor, tmp_path):
    from fastapi import FastAPI

    from advisor import accounts
    from advisor.surfaces.api.access import Access

    token = accounts.create_token(tmp_path, "agent", "reader")
    app = FastAPI()
    app.include_router(mcp.routes(advisor, Access(tmp_path, False)))
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            refused = await client.post("/mcp", json=body)
            assert refused.status_code == 401 and refused.headers["www-authenticate"] == "Bearer"
            assert refused.headers["content-type"] == "application/problem+json"
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://127.0.0.1", headers=headers) as known:
            async with Client(streamable_http_client("http://127.0.0.1/mcp", http_client=known)) as agent:
                assert (await agent.call_tool("ask", {"question": LAUNCH})).structured_content["outcome"] == "answered"
