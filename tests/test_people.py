"""Who gets in where the chat is served to others, seen over HTTP: sessions, roles, forged requests, limits."""

import http.client
import json
import re
import subprocess
import sys
import time
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st
from web_fixtures import copied, serving

from advisor import accounts
from advisor.errors import UsageError
from advisor.settings import Settings
from advisor.surfaces.web.guard import Allowance
from advisor.surfaces.web.people import inside
from advisor.surfaces.web.server import check_door, open_to_all

ANALYST, READER = ("erika", "drei Boote am Kai"), ("rita", "vier Boote am Kai")


class Browser:
    """As much of a browser as is needed: cookies, headers, no following of redirects."""

    def __init__(self, url):
        self.host = urllib.parse.urlsplit(url).netloc
        self.cookies = {}

    def send(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(self.host, timeout=60)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept": "text/html"}
        if isinstance(body, dict):
            body = urllib.parse.urlencode(body)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, {**sent, **{name.replace("_", "-"): value for name, value in headers.items()}})
        reply = connection.getresponse()
        text = reply.read().decode()
        connection.close()
        for name, value in reply.getheaders():
            if name == "set-cookie":
                key, _, content = value.partition(";")[0].partition("=")
                self.cookies[key] = content.strip('"')
        return reply.status, dict(reply.getheaders()), text

    def get(self, path, **headers):
        return self.send("GET", path, **headers)

    def proof(self, path="/sign-in"):
        return re.search(r'name="form" value="([0-9a-f]{64})"', self.get(path)[2]).group(1)

    def sign_in(self, name, password, **others):
        return self.send("POST", "/sign-in", {"name": name, "password": password, "form": self.proof(), **others})


@pytest.fixture(scope="module")
def house(advisor, settings, tmp_path_factory):
    """The chat served to others, with a reader and an analyst."""
    index, corpus = copied(settings, tmp_path_factory.mktemp("house"))
    accounts.add(index, *ANALYST[:1], "analyst", ANALYST[1])
    accounts.add(index, *READER[:1], "reader", READER[1])
    with serving(index, corpus, ADVISOR_HOST="0.0.0.0", ADVISOR_RATE="5", ADVISOR_PROXY="127.0.0.1") as served:
        yield served, index


@pytest.fixture
def browser(house):
    return Browser(house[0].url)


def test_bound_to_others_without_accounts_it_does_not_start(tmp_path):
    command = [
        sys.executable,
        "-m",
        "advisor.surfaces.cli",
        "serve",
        "--host",
        "0.0.0.0",
        "--port",
        "0",
        "--index",
        str(tmp_path / "index"),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 2
    assert "advisor user add NAME --role analyst" in ended.stderr and "Traceback" not in ended.stderr
    assert not (tmp_path / "index").exists()


def test_where_nobody_is_asked_to_sign_in(tmp_path):
    here, said = Settings(index=tmp_path), []
    assert open_to_all(here) and not open_to_all(Settings(host="0.0.0.0")) and not open_to_all(Settings(proxy="10.0.0.1"))
    check_door(here, said.append)
    assert not said
    with pytest.raises(UsageError, match=r"behind the proxy 10\.0\.0\.1"):
        check_door(Settings(index=tmp_path, proxy="10.0.0.1"), said.append)
    accounts.add(tmp_path, *READER[:1], "reader", READER[1])
    check_door(here, said.append)
    assert "nobody is asked" in said[0]
    check_door(Settings(index=tmp_path, host="0.0.0.0"), said.append)


@pytest.mark.parametrize(
    "path", ["/", "/library", "/documents", "/documents/status", "/read/" + "0" * 64, "/gradio_api/info", "/config", "/theme.css",
             "/api/ask",
             "/checklist", "/agreement", "/documents/upload"],
)  # fmt: skip
def test_without_a_session_every_door_is_closed(browser, path):
    status, headers, _ = browser.get(path)
    assert status in (303, 404) and headers.get("location", "/sign-in").startswith("/sign-in")
    assert browser.get(path, Accept="application/json")[0] in (401, 404)
    assert browser.send("POST", path, "{}")[0] in (401, 404)


def test_what_is_open_to_everyone_tells_nothing(browser):
    assert json.loads(browser.get("/health")[2]) == {"status": "ok"}
    assert browser.get("/page/screens.css")[0] == 200 and browser.get("/page/../page/guard.py")[0] != 200
    status, headers, page = browser.get("/sign-in?next=/documents%3Fq%3Dx", Accept_Language="de")
    assert status == 200 and "Anmelden" in page and 'value="/documents?q=x"' in page
    assert "'unsafe-inline'" not in re.search(r"script-src[^;]*", headers["content-security-policy"]).group(0)
    assert headers["cache-control"] == "no-store" and headers["x-content-type-options"] == "nosniff"


def test_signing_in_leads_on_and_signing_out_ends_it(browser):
    status, headers, _ = browser.sign_in(*READER, next="/library?language=de")
    assert (status, headers["location"]) == (303, "/library?language=de")
    flags = headers["set-cookie"].lower()
    assert "httponly" in flags and "samesite=lax" in flags and "secure" not in flags
    assert browser.get("/library")[0] == 200
    page = browser.get("/")[2]
    proof = re.search(r'<meta name="visitor" content="rita" data-role="reader" data-proof="([0-9a-f]{64})"', page).group(1)
    secret = browser.cookies["session"]
    assert browser.send("POST", "/sign-out", {"form": "0" * 64})[0] == 403
    assert browser.get("/library")[0] == 200
    assert browser.send("POST", "/sign-out", {"form": proof})[1]["location"] == "/sign-in"
    browser.cookies["session"] = secret
    assert browser.get("/library")[0] == 303, "the secret opens nothing any more"


def test_over_https_the_cookie_and_the_site_stay_there(browser):
    forwarded = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.7"}
    body = {"name": READER[0], "password": READER[1], "form": browser.proof()}
    status, headers, _ = browser.send("POST", "/sign-in", body, **forwarded)
    assert status == 303 and "; secure" in headers["set-cookie"].lower()
    assert "max-age" in headers["strict-transport-security"]


@pytest.mark.parametrize(
    ("name", "password"), [("rita", "wrong wrong wrong"), ("<script>alert(1)</script>", "x"), ("", ""), ("rita", "x" * 5000)]
)
def test_a_wrong_password_says_so_and_no_more(browser, name, password):
    status, headers, page = browser.sign_in(name, password)
    assert status == 401 and "do not belong together" in page and "set-cookie" not in headers
    assert "<script>alert" not in page


def test_a_form_without_its_proof_does_nothing(browser):
    for proof in ("", "0" * 64, "ä"):
        status, headers, page = browser.send("POST", "/sign-in", {"name": READER[0], "password": READER[1], "form": proof})
        assert status == 403 and "set-cookie" not in headers and "load the page again" in page
    other = Browser(f"http://{browser.host}")
    other.sign_in(*ANALYST)
    browser.sign_in(*READER)
    assert other.proof("/documents") != browser.proof("/library") if "form" in browser.get("/library")[2] else True
    assert browser.send("POST", "/sign-out", {"form": other.proof("/documents")})[0] == 403


FOREIGN = ({"Origin": "http://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"})


@pytest.mark.parametrize("headers", FOREIGN)
def test_what_another_site_sends_is_refused_with_the_session_or_without(browser, headers):
    browser.sign_in(*ANALYST)
    for path in ("/documents/plan", "/gradio_api/queue/join", "/sign-out", "/documents/upload"):
        assert browser.send("POST", path, {"form": browser.proof("/documents")}, **headers)[0] == 403
    assert browser.get("/documents", **headers)[0] == 200, "reading is not a change"


def test_a_reader_cannot_reach_what_analysts_do(browser):
    browser.sign_in(*READER)
    for method, path in (("GET", "/documents"), ("GET", "/documents/status"), ("POST", "/documents/plan"), ("POST", "/documents/upload"),
                         ("POST", "/documents/0000000000000000/remove"), ("GET", "/documents/")):  # fmt: skip
        status, _, page = browser.send(method, path, {"form": "x"} if method == "POST" else None)
        assert status == 403 and "Only analysts may do this" in page
        assert 'href="/documents"' not in page
    browser.cookies.clear()
    browser.sign_in(*ANALYST)
    assert browser.get("/documents")[0] == 200


def test_a_token_opens_for_programs_with_its_role(house, browser):
    secret = accounts.create_token(house[1], "reporting", "reader")
    asked = json.dumps({"data": ["What do we need before launching on social media?", "en"]})
    opened = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json", "Origin": "http://evil.example"}
    status, _, text = browser.send("POST", "/gradio_api/call/ask", asked, **opened)
    assert status == 200 and "event_id" in text
    assert browser.get("/documents", Authorization=f"Bearer {secret}")[0] == 403
    assert browser.get("/library", Authorization="Bearer adv_nothing")[0] == 303
    assert browser.get("/library", Authorization="Basic cml0YTp4")[0] == 303
    accounts.revoke_token(house[1], "reporting")


def test_questions_in_a_minute_are_limited_for_each_who_asks(house, browser):
    secret = accounts.create_token(house[1], "hasty", "reader")
    hasty = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    statuses = [browser.send("POST", "/gradio_api/call/ask", '{"data": ["Why?", "en"]}', **hasty) for _ in range(8)]
    assert [status for status, *_ in statuses].count(429) >= 2
    assert next(headers for status, headers, _ in statuses if status == 429)["retry-after"]
    browser.sign_in(*READER)
    assert browser.get("/library")[0] == 200


def test_the_removed_are_out_within_seconds(house, browser):
    accounts.add(house[1], "guest", "reader", "zwei Boote am Kai")
    browser.sign_in("guest", "zwei Boote am Kai")
    assert browser.get("/library")[0] == 200
    accounts.remove(house[1], "guest")
    end = time.monotonic() + 20
    while browser.get("/library")[0] == 200:
        assert time.monotonic() < end
        time.sleep(0.5)


def test_an_open_chat_is_closed_to_who_comes_through_a_proxy(advisor, settings, tmp_path):
    with serving(*copied(settings, tmp_path)) as served:
        browser = Browser(served.url)
        assert browser.get("/documents")[0] == 200
        assert browser.get("/documents", X_Forwarded_For="198.51.100.7")[0] == 421
        assert browser.get("/sign-in")[1]["location"] == "/"


@given(st.text(st.sampled_from("/\\.:abc?=&#@ \n\t%2F"), max_size=20))
def test_after_signing_in_nobody_is_led_elsewhere(address):
    led = inside(address)
    assert led.startswith("/") and not re.match(r"/[/\\]", led)
    assert urllib.parse.urlsplit(led).netloc == "" and not re.search(r"[\s\\]", led)


def test_unused_questions_are_saved_for_a_minute_and_no_longer(monkeypatch):
    from advisor.surfaces.web import guard

    now = 1000.0
    monkeypatch.setattr(guard.time, "monotonic", lambda: now)
    allowance = Allowance(6)
    assert [allowance.taken("a") for _ in range(8)] == [True] * 6 + [False] * 2
    assert allowance.taken("b")
    now += 10
    assert [allowance.taken("a") for _ in range(2)] == [True, False]
    now += 3600
    assert [allowance.taken("a") for _ in range(7)] == [True] * 6 + [False]
    assert all(Allowance(0).taken("a") for _ in range(1000))


def run(*arguments, given=""):
    command = [sys.executable, "-m", "advisor.surfaces.cli", "user", *arguments]
    ended = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
    assert "Traceback" not in ended.stderr
    return ended.returncode, ended.stdout + ended.stderr


def test_the_commands_of_accounts(tmp_path):
    index = ("--index", str(tmp_path))
    assert run("list", *index) == (0, "There are no accounts. Make one: advisor user add NAME --role analyst\n")
    assert run("add", "Erika", "--role", "analyst", *index, given="drei Boote am Kai\n") == (0, "Added erika (analyst).\n")
    assert run("add", "Rita", *index, given="kurz\n")[0] == 2
    assert run("add", "Rita", *index, given="")[0] == 2
    assert run("password", "erika", *index, given="fünf Boote am Kai\n")[0] == 0
    assert accounts.authenticate(tmp_path, "erika", "fünf Boote am Kai").role == "analyst"
    assert run("role", "erika", "reader", *index) == (0, "erika is a reader now.\n")
    assert json.loads(run("list", "--json", *index)[1]) == [{"name": "erika", "role": "reader"}]
    assert run("remove", "erika", *index)[0] == 0
    code, said = run("remove", "erika", *index)
    assert code == 2 and "There is no account 'erika'" in said
