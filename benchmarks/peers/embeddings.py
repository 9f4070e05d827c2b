"""A server of vectors in a process of its own, for a peer that asks one, and what it takes."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

PYTHON = "PEERS_EMBEDDING_PYTHON"  # names the Python of the server's environment; run.py sets it
SERVER = Path(__file__).parent.resolve() / "embedding_server.py"


class Server:
    """Start at once, load while the caller does other things, and wait where the address is asked for."""

    def __init__(self, minilm: str) -> None:
        command = [os.environ[PYTHON], "-P", "-W", "ignore", str(SERVER), minilm]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._address = ""

    @property
    def address(self) -> str:
        """Where it listens; waits for the model to be loaded."""
        if not self._address:
            assert self._process.stdout is not None
            port = self._process.stdout.readline().strip()
            if not port:
                raise SystemExit(f"The embedding server ended with status {self._process.wait()} before it listened.")
            self._address = f"http://127.0.0.1:{port}"
        return self._address

    def used(self) -> dict[str, Any]:
        """Processor seconds, seconds of encoding by the clock, and peak of memory so far."""
        with urllib.request.urlopen(f"{self.address}/used") as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def end(self) -> None:
        """End it and wait, so that its processor time counts among that of ended children."""
        self._process.kill()
        self._process.wait()
