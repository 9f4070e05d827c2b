"""PDFs into haiku.rag: texts by pypdf, page by page, since its own way needs docling's models; the rest as in haiku_rag.py."""

from __future__ import annotations

import importlib.metadata
import json
import os
import resource
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from adapters.haiku_rag import DATABASE, configured, prepared, wait
from embeddings import Server

AT_ONCE = 50  # documents of one import


def main() -> None:
    """Read a task from standard input, do it, print what it took as JSON."""
    task = json.load(sys.stdin)
    server = Server(task["minilm"])
    with redirect_stdout(sys.stderr):
        done = wait(measured(task, server))
    sys.stdout.write(json.dumps(done) + "\n")
    sys.stdout.flush()
    server.end()
    os._exit(0)


async def measured(task: dict[str, Any], server: Server) -> dict[str, Any]:
    """Seconds of each stage for all files of a folder; the model is loaded before, and what the server takes is counted."""
    from haiku.rag.client import HaikuRAG
    from pypdf import PdfReader

    config = configured(server, task["minilm"])
    async with HaikuRAG(Path(task["folder"]) / "warm.lancedb", config=config, create=True) as client:
        await client.import_documents([await prepared(client, "warm", ["warm"])])
    before, begin, busy = server.used(), time.perf_counter(), time.process_time()
    files = sorted(Path(task["files"]).glob("*.pdf"))
    texts = {file.name: [page.extract_text() for page in PdfReader(file).pages] for file in files}
    read = time.perf_counter() - begin
    split, passages = 0.0, 0
    async with HaikuRAG(Path(task["folder"]) / DATABASE, config=config, create=True) as client:
        for at in range(0, len(files), AT_ONCE):
            started = time.perf_counter()
            imports = [await prepared(client, file.name, texts[file.name]) for file in files[at : at + AT_ONCE]]
            split += time.perf_counter() - started
            passages += sum(len(one.chunks) for one in imports)
            await client.import_documents(imports)
    seconds, processor, used = time.perf_counter() - begin, time.process_time() - busy, server.used()
    encode = used["encode"] - before["encode"]
    pages = [page for held in texts.values() for page in held]
    return {
        "seconds": seconds,
        "processor": processor + used["processor"] - before["processor"],
        "read": read,
        "split": split,
        "encode": encode,
        "write": seconds - read - split - encode,
        "pages": len(pages),
        "characters": sum(map(len, pages)),
        "passages": passages,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 + used["peak_mb"],
        "versions": {name: importlib.metadata.version(name) for name in ("haiku.rag-slim", "lancedb", "pypdf", "docling-core")},
    }


if __name__ == "__main__":
    main()
