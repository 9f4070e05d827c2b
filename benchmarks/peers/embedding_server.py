"""Vectors of a local sentence-transformers model at /v1/embeddings, as Ollama and others serve them, for a peer that asks a server.

Run by `embeddings.Server`: python embedding_server.py MODEL. Prints its port when it is ready, and ends when its standard input does.
GET /used tells what it has taken so far, since a peer's cost is its own and that of the server that it keeps busy.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import sys
import threading
import time
from contextlib import redirect_stdout
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATH = "/v1/embeddings"


def main() -> None:
    """Serve until standard input ends, which it does when the process that started this one is gone."""
    with redirect_stdout(sys.stderr):
        from sentence_transformers import SentenceTransformer

        Handler.model = SentenceTransformer(sys.argv[1], device="cpu")
        Handler.model.encode(["warm"])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()
    os._exit(0)


class Handler(BaseHTTPRequestHandler):
    """One connection; the model encodes for one at a time."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body in one packet
    model: Any = None
    encoding, taken = threading.Lock(), [0.0]

    def do_GET(self) -> None:
        """What this process has used so far."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        self._answer(200, {"processor": time.process_time(), "encode": self.taken[0], "peak_mb": peak})

    def do_POST(self) -> None:
        """Vectors for one text or several, as numbers or as base64 of 32-bit floats, as the caller asks."""
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != PATH:
            self._answer(404, {"error": {"message": f"There is {PATH} here, no {self.path}."}})
            return
        texts = [asked["input"]] if isinstance(asked["input"], str) else asked["input"]
        with self.encoding:
            begin = time.perf_counter()
            vectors = self.model.encode(texts)
            self.taken[0] += time.perf_counter() - begin
        as_text = asked.get("encoding_format") == "base64"
        rows = (base64.b64encode(vector.astype("<f4").tobytes()).decode() if as_text else vector.tolist() for vector in vectors)
        data = [{"object": "embedding", "index": number, "embedding": row} for number, row in enumerate(rows)]
        self._answer(200, {"object": "list", "data": data, "model": asked["model"], "usage": {"prompt_tokens": 0, "total_tokens": 0}})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing of each request."""


if __name__ == "__main__":
    main()
