"""Go through the steps of the Dockerfile without a container engine: python tests/container.py [FOLDER].

The steps run in a fresh folder that stands for the image's root, with an environment of their own and, where this user may change users,
as the image's user. Then the image's command runs as compose runs it, twice: alone, and with a Chroma server beside it. Each time it must
refuse to start without an account, start with one, pass the image's own health check, let in who signs in and nobody else, answer, end in
peace, and start again over the same volume without building anything. Takes minutes.
"""

from __future__ import annotations

import fnmatch
import http.cookiejar
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).parent.parent
MINUTES = 25
ANALYST = ("erika.muster", "a long password of hers")
QUESTION = "How long must the money be secured?"
PLACES = re.compile(r"(?<![\w.])/(?=(?:opt|srv)/)")  # the image's own folders; everything else is the machine's


@dataclass(frozen=True)
class Step:
    """One instruction of a Dockerfile: its word, and the rest of it."""

    word: str
    rest: str

    @property
    def flags(self) -> dict[str, str]:
        """The --name=value pairs that stand before the rest."""
        return dict(re.findall(r"--([\w-]+)=(\S+)", self.rest.partition("[")[0]))

    @property
    def words(self) -> list[str]:
        """What follows the flags: a JSON list, or words."""
        plain = re.sub(r"^(--[\w-]+=\S+\s+)+", "", self.rest).removeprefix("CMD ")
        return json.loads(plain) if plain.startswith("[") else shlex.split(plain)


def steps(path: Path = ROOT / "Dockerfile") -> list[Step]:
    """The instructions of a Dockerfile in order."""
    text = re.sub(r"^#.*\n", "", path.read_text("utf-8"), flags=re.M)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [Step(*line.strip().split(maxsplit=1)) for line in lines if line.strip()]


def ignored(path: Path) -> bool:
    """True where .dockerignore keeps a file of the project from the engine; the last pattern that fits decides."""
    name, out = path.relative_to(ROOT).as_posix(), False
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.strip().lstrip("!")
        if not pattern or pattern.startswith("#"):
            continue
        parents = [name, *(parent.as_posix() for parent in Path(name).parents)]
        if any(fnmatch.fnmatch(one, pattern) or fnmatch.fnmatch("x/" + one, pattern) for one in parents):
            out = not line.startswith("!")
    return out


def environment(found: list[Step]) -> dict[str, str]:
    """The variables that the last stage sets."""
    last = max(number for number, step in enumerate(found) if step.word == "FROM")
    return dict(pair.split("=", 1) for step in found[last:] if step.word == "ENV" for pair in shlex.split(step.rest))


def as_user(found: list[Step]) -> list[str]:
    """The words before a command that make it run as the image's user; none where this user may not change users."""
    user, group = next(step for step in found if step.word == "USER").words[0].split(":")
    return ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"] if os.geteuid() == 0 else []


def interpreter(found: list[Step]) -> str:
    """A Python that the image's user can start: the one that runs this, or the system's."""
    for candidate in (os.path.realpath(sys.executable), "/usr/local/bin/python3", "/usr/bin/python3"):
        # setpriv itself may still enter folders that the user may not; only what is started from there tells.
        code = "import ensurepip, subprocess, sys; sys.exit(sys.version_info < (3, 11) or subprocess.call([sys.executable, '-c', '']))"
        if os.path.exists(candidate) and not subprocess.run([*as_user(found), candidate, "-c", code], capture_output=True).returncode:
            return candidate
    raise SystemExit("No Python 3.11 with ensurepip that the image's user may start; install python3 and python3-venv.")


def build(root: Path) -> tuple[list[Step], Path, dict[str, str]]:
    """Carry out every step below `root`; gives the steps, the last folder and the environment."""
    found, folder = steps(), root
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("ADVISOR_", "PYTHON", "VIRTUAL_ENV"))}
    for step in found:
        print(f"{step.word} {step.rest}", flush=True)  # noqa: T201
        if step.word == "FROM":
            (root / "bin").mkdir(exist_ok=True)
            if not (root / "bin" / "python").exists():
                (root / "bin" / "python").symlink_to(interpreter(found))
            environ["PATH"] = f"{root / 'bin'}:{os.environ['PATH']}"
        elif step.word == "ARG":
            name, _, value = step.rest.partition("=")
            environ[name] = os.environ.get(name, value.strip('"'))
        elif step.word == "ENV":
            for name, value in environment(found).items():
                environ[name] = below(root, value).replace("$PATH", environ["PATH"])
        elif step.word == "WORKDIR":
            folder = Path(below(root, step.rest))
            folder.mkdir(parents=True, exist_ok=True)
        elif step.word == "COPY":
            copy(step, folder, root)
        elif step.word == "RUN":
            subprocess.run(["sh", "-ec", below(root, step.rest)], cwd=folder, env=environ, check=True, timeout=MINUTES * 60)
    return found, folder, environ


def below(root: Path, text: str) -> str:
    """The text with the image's folders below the root that stands for the image's."""
    return PLACES.sub(f"{root}/", text)


def copy(step: Step, folder: Path, root: Path) -> None:
    *sources, target = step.words
    for source in sources:
        if "from" in step.flags:  # the stages share one root here
            assert Path(below(root, source)).exists() and source == target, step
        elif (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, folder / target, ignore=lambda at, names: {n for n in names if ignored(Path(at) / n)})
        else:
            assert not ignored(ROOT / source), source
            shutil.copy(ROOT / source, folder / target)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass(frozen=True)
class Image:
    """What was built: how its commands are run, as its user, in its folder, with its variables."""

    found: list[Step]
    folder: Path
    environ: dict[str, str]

    def last(self, word: str) -> list[str]:
        """The words of the last instruction of a kind."""
        return next(step for step in reversed(self.found) if step.word == word).words

    def run(self, *words: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """A command to its end, as `docker compose run` or `exec` would run it."""
        command = [*as_user(self.found), *words]
        return subprocess.run(command, cwd=self.folder, env=self.environ, input=given, capture_output=True, text=True, timeout=600)

    def healthy(self) -> bool:
        """What the health check of the Dockerfile says, word for word."""
        return self.run(*self.last("HEALTHCHECK")).returncode == 0

    @contextmanager
    def served(self, log: Path) -> Iterator[str]:
        """The image's command until its health check succeeds; its address. It must end in peace when it is told to."""
        with log.open("w") as written:
            command = [*as_user(self.found), *self.last("CMD")]
            server = subprocess.Popen(command, cwd=self.folder, env=self.environ, stdout=written, stderr=written)
        try:
            end = time.monotonic() + MINUTES * 60
            while not self.healthy():
                assert server.poll() is None and time.monotonic() < end, f"the server does not answer: {log.read_text('utf-8')}"
                time.sleep(1)
            # Not the address at which the health check asks: it must listen on all of them, or compose could publish nothing.
            yield f"http://127.0.0.2:{self.environ['ADVISOR_PORT']}"
            server.send_signal(signal.SIGTERM)
            assert server.wait(30) in (0, -signal.SIGTERM), server.returncode
            assert not self.healthy(), "the health check succeeds without a server"
        finally:
            if server.poll() is None:
                server.kill()
                server.wait()
            print(log.read_text("utf-8"), end="", flush=True)  # noqa: T201


def tell(said: str) -> None:
    print(f"== {said}", flush=True)  # noqa: T201


def sign_in(url: str, name: str, password: str) -> str:
    """The page that a browser is shown after signing in."""
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    browser.addheaders = [("Accept", "text/html"), ("Origin", url)]
    with browser.open(f"{url}/", timeout=60) as reply:
        page = reply.read().decode()
        assert "/sign-in" in reply.url, reply.url
    (proof,) = set(re.findall(r'name="form"[^>]* value="([^"]+)"', page))
    sent = urllib.parse.urlencode({"name": name, "password": password, "form": proof, "next": "/documents"}).encode()
    try:
        with browser.open(f"{url}/sign-in", sent, timeout=60) as reply:
            return str(reply.url) + "\n" + str(reply.read().decode())
    except urllib.error.HTTPError as error:
        return f"{error.code}"


def answer(url: str, token: str) -> str:
    """What the interface for programs answers to a question; a status where it does not."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    request = urllib.request.Request(f"{url}/api/v1/ask", json.dumps({"question": QUESTION}).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return str(reply.read().decode())
    except urllib.error.HTTPError as error:
        return str(error.code)


def check(image: Image, log: Path) -> None:
    """Go the way of docs/container.md over an empty volume, and once more over what it left."""
    refused = image.run(*image.last("CMD"))
    assert refused.returncode == 2 and "advisor user add" in refused.stderr, refused
    added = image.run("advisor", "user", "add", ANALYST[0], "--role", "analyst", given=ANALYST[1] + "\n")
    assert added.returncode == 0, added.stderr
    tell(f"Without an account it does not start. {added.stdout.strip()}")
    with image.served(log) as url:
        assert "First start" in log.read_text("utf-8")
        token = image.run("advisor", "token", "add", "reports", "--role", "reader").stdout.split()[0]
        entered = used(image, url, token)
    with image.served(log) as url:
        assert "First start" not in log.read_text("utf-8"), "the volume did not keep the index"
        assert used(image, url, token) == entered == "g0001"
    tell("Started again over the same volume: the account, the token and the index are there.")


def used(image: Image, url: str, token: str) -> str:
    """Sign in, ask as a program and on the command line, and be refused where one should be; the name of the generation."""
    assert "documents" in sign_in(url, *ANALYST).partition("\n")[0]
    assert "/documents" not in sign_in(url, ANALYST[0], "a wrong password").partition("\n")[0]
    assert "three years" in answer(url, token) and answer(url, "adv_wrong") == "401"
    asked = image.run("advisor", "ask", QUESTION)
    assert "three years" in asked.stdout, asked
    tell("Signed in, asked over the interface with a token, asked on the command line; wrong password and wrong token refused.")
    return (Path(image.environ["ADVISOR_INDEX"]) / "CURRENT").read_text().strip()


@contextmanager
def chroma(image: Image, folder: Path) -> Iterator[str]:
    """The Chroma server of the image's environment, once the health check of the compose file says that it answers; its address."""
    port = free_port()
    command = [*as_user(image.found), "chroma", "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen(command, cwd=folder, env=image.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while subprocess.run(chroma_check(port), capture_output=True).returncode:
            assert server.poll() is None and time.monotonic() < end, "chroma run does not answer"
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(30)


def chroma_check(port: int) -> list[str]:
    """The health check of the Chroma service, for another port than the image's."""
    service = yaml.safe_load((ROOT / "compose.chroma.yaml").read_text("utf-8"))["services"]["chroma"]
    words = [word.replace("$$", "$").replace("/8000", f"/{port}") for word in service["healthcheck"]["test"]]
    assert words[0] == "CMD"
    return words[1:]


def volume(image: Image, folder: Path) -> Path:
    """An empty folder of the image's user."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    if os.geteuid() == 0:
        os.chown(folder, *(int(number) for number in next(step for step in image.found if step.word == "USER").rest.split(":")))
    return folder


def main(place: str | None = None) -> None:
    """Build and check in a fresh folder, which is removed afterwards."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as made:
        root = Path(made)
        root.chmod(0o755)
        found, folder, environ = build(root)
        size = int(subprocess.run(["du", "-sm", root], capture_output=True, text=True, check=True).stdout.split()[0])
        image = Image(found, folder, {**environ, "ADVISOR_PORT": str(free_port())})
        assert image.environ["ADVISOR_HOST"] == "0.0.0.0"
        tell(f"Built in {time.monotonic() - begun:.0f} s; the image's own folders hold {size} MB. Alone:")
        check(image, root / "log")
        assert list(Path(image.environ["ADVISOR_INDEX"]).glob("g0001/vectors/*")), "the vectors are not in the index"
        volume(image, Path(image.environ["ADVISOR_INDEX"]))
        with chroma(image, volume(image, root / "vectors")) as url:
            tell("With a Chroma server beside it:")
            check(Image(found, folder, {**image.environ, "ADVISOR_CHROMA_URL": url}), root / "log")
        assert not list(Path(image.environ["ADVISOR_INDEX"]).glob("g0001/vectors/*")), "the vectors are not in the server"
        who = image.run("id", "-u").stdout.strip()
        tell(f"All steps done as user {who} in {time.monotonic() - begun:.0f} s.")


if __name__ == "__main__":
    main(*sys.argv[1:])
