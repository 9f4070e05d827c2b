"""Go through the steps of the Dockerfile without a container engine: python tests/container.py [FOLDER].

The steps run in a fresh folder that stands for the image's root, with an environment of their own and, where this user may change users,
as the image's user. It ends when the health check of the running server succeeds and the server has ended in peace. Takes minutes.
"""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
MINUTES = 25
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
        code = "import ensurepip, sys; sys.exit(sys.version_info < (3, 11))"
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


def check(found: list[Step], folder: Path, environ: dict[str, str], log: Path) -> None:
    """Serve as the image would, until the health check succeeds, a question is answered and the server has ended in peace."""
    by_word = {step.word: step for step in found}
    environ = {**environ, "ADVISOR_PORT": "7869", "ADVISOR_HOST": "127.0.0.1"}
    user = as_user(found)
    with log.open("w") as written:
        server = subprocess.Popen([*user, *by_word["CMD"].words], cwd=folder, env=environ, stdout=written, stderr=written)
    try:
        end = time.monotonic() + MINUTES * 60
        while subprocess.run([*user, *by_word["HEALTHCHECK"].words], cwd=folder, env=environ, capture_output=True).returncode:
            assert server.poll() is None and time.monotonic() < end, "the server does not answer"
            time.sleep(1)
        asked = [*user, "advisor", "ask", "How long must the money be secured?"]
        assert "three years" in subprocess.run(asked, cwd=folder, env=environ, capture_output=True, text=True, check=True).stdout
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) in (0, -signal.SIGTERM), server.returncode
    finally:
        if server.poll() is None:
            server.kill()
            server.wait()
        print(log.read_text("utf-8"), flush=True)  # noqa: T201


def main(place: str | None = None) -> None:
    """Build and check in a fresh folder, which is removed afterwards."""
    with tempfile.TemporaryDirectory(dir=place, ignore_cleanup_errors=True) as made:
        root = Path(made)
        root.chmod(0o755)
        check(*build(root), root / "log")
        size = int(subprocess.run(["du", "-sm", root], capture_output=True, text=True, check=True).stdout.split()[0])
        print(f"The image's own folders hold {size} MB. All steps done.", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
