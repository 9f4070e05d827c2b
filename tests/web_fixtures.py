"""The chat as it really runs: the serve command in a process of its own, and Chromium in front of it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict
    text: str


@dataclass(frozen=True)
class Served:
    """A running chat."""

    url: str
    log: list

    def get(self, path, **headers):
        return self._open(urllib.request.Request(self.url + path, headers=headers))

    def post(self, path, data):
        body = json.dumps(data).encode()
        return self._open(urllib.request.Request(self.url + path, body, {"Content-Type": "application/json"}))

    def call(self, *data):
        """What the endpoint /ask sends back, by Gradio's plain HTTP interface: the name of the event, and its data."""
        event = json.loads(self.post("/gradio_api/call/ask", {"data": data}).text)["event_id"]
        stream = self.get(f"/gradio_api/call/ask/{event}").text
        found = re.findall(r"event: (\w+)\ndata: (.*)", stream)
        return found[-1][0], json.loads(found[-1][1])

    def _open(self, request):
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return Reply(reply.status, dict(reply.headers.items()), reply.read().decode())
        except urllib.error.HTTPError as error:
            return Reply(error.code, dict(error.headers.items()), error.read().decode())


@contextmanager
def serving(index, corpus, port=0, **variables):
    """The serve command over an index, with further environment variables; ends it as Ctrl-C does, and holds it to ending in peace."""
    command = [sys.executable, "-m", "advisor.surfaces.cli", "serve", "--port", str(port), "--index", str(index)]
    environ = {**os.environ, "ADVISOR_CORPUS": str(corpus), "PYTHONUNBUFFERED": "1", **variables}
    process = subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    log = []
    try:
        for line in process.stdout:
            log.append(line.rstrip())
            found = re.search(r"The chat is open on (http://\S+)", line)
            if found:
                break
        else:
            raise AssertionError("\n".join(log))
        yield Served(found.group(1), log)
        process.send_signal(signal.SIGINT)
        rest = process.communicate(timeout=20)[0]
        log.extend(rest.splitlines())
        assert process.returncode == 0, "\n".join(log)
        assert "Traceback" not in rest, rest
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stdout.close()


@pytest.fixture(scope="session")
def chat(advisor, settings):
    """The chat over the shelf of the session."""
    with serving(settings.index, settings.corpus) as served:
        yield served


@pytest.fixture(scope="session")
def chromium():
    """Chromium; where there is none the tests are skipped, unless ADVISOR_BROWSER_REQUIRED says that there must be one."""
    if not CHROMIUM.exists():
        if os.environ.get("ADVISOR_BROWSER_REQUIRED"):
            pytest.fail(f"ADVISOR_BROWSER_REQUIRED is set, but there is no {CHROMIUM}")
        pytest.skip(f"there is no {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS) as browser:
        yield browser


@pytest.fixture
def opened(chromium, request):
    """Opens a chat in a fresh browser profile; at the end of the test checks what happened meanwhile.

    Where ADVISOR_SCREENSHOTS names a folder, what is to be seen then is kept there.
    """
    pages = []

    def open_page(served, *, path="/", width=1440, height=900, **context):
        profile = chromium.new_context(viewport={"width": width, "height": height}, **{"locale": "en-US", **context})
        page = profile.new_page()
        page.set_default_timeout(20_000)
        requests, errors = [], []
        page.on("request", lambda sent: requests.append(sent.url))
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(served.url + path)
        if path.startswith("/read/") is False:
            page.wait_for_selector("#question textarea")
            page.wait_for_selector("#evidence[data-showing] .panel-body > *", state="attached")
        pages.append((page, served, requests, errors))
        return page

    yield open_page
    folder = os.environ.get("ADVISOR_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
    for number, (page, served, requests, errors) in enumerate(pages):
        name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")
        if folder:
            page.screenshot(path=Path(folder) / f"{name}{number or ''}.png")
        foreign = [url for url in requests if not url.startswith((served.url, "data:", "blob:"))]
        page.context.close()
        assert not foreign
        assert not errors


def ask(page, question, *, enter=True):
    """Types a question, sends it and waits for the whole answer."""
    number = page.evaluate("1 + Math.max(0, ...[...document.querySelectorAll('#log .turn')].map(turn => Number(turn.dataset.turn)))")
    page.fill("#question textarea", question)
    if enter:
        page.press("#question textarea", "Enter")
    else:
        page.click("#send")
    page.wait_for_selector(f"#current .turn[data-turn='{number}']:not([aria-busy]) .answer")
    return page.locator(f".turn[data-turn='{number}']")


def library_of(folder, **files):
    """A folder with files of these names (two underscores for the dot) and texts, and an empty place for its index."""
    corpus = folder / "corpus"
    corpus.mkdir(parents=True)
    for name, content in files.items():
        (corpus / name.replace("__", ".")).write_text(content, "utf-8")
    return folder / "index", corpus


def copied(settings, folder):
    """A copy of the session's library that a test may damage."""
    shutil.copytree(settings.index, folder / "index")
    return folder / "index", settings.corpus


def until(condition, seconds=20):
    """Waits for a condition to become true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
