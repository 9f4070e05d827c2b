"""PDFs through LangChain's loader stack: PyPDFLoader, RecursiveCharacterTextSplitter 1000/200, HuggingFaceEmbeddings, Chroma."""

from __future__ import annotations

import importlib.metadata
import json
import resource
import sys
import time
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

AT_ONCE = 1000  # pieces; Chroma takes no more than some five thousand


def main() -> None:
    """Read a task from standard input, do it, print what it took as JSON."""
    task = json.load(sys.stdin)
    with redirect_stdout(sys.stderr):
        done = measured(task)
    sys.stdout.write(json.dumps(done) + "\n")


def measured(task: dict[str, Any]) -> dict[str, Any]:
    """Seconds of each stage for all files of a folder; the model is loaded before."""
    from langchain_chroma import Chroma
    from langchain_community.document_loaders import PyPDFLoader
    from langchain_huggingface import HuggingFaceEmbeddings
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    model = HuggingFaceEmbeddings(model_name=task["minilm"])
    model.embed_query("warm")
    encoding = [0.0]
    embed = model.embed_documents

    def timed(texts: list[str]) -> list[list[float]]:
        begin = time.perf_counter()
        found = embed(texts)
        encoding[0] += time.perf_counter() - begin
        return found

    object.__setattr__(model, "embed_documents", timed)
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    begin, busy = time.perf_counter(), time.process_time()
    pages = [page for file in sorted(Path(task["files"]).glob("*.pdf")) for page in PyPDFLoader(str(file)).load()]
    read = time.perf_counter() - begin
    pieces = splitter.split_documents(pages)
    split = time.perf_counter() - begin - read
    store = Chroma("texts", model, persist_directory=task["folder"])
    for at in range(0, len(pieces), AT_ONCE):
        store.add_documents(pieces[at : at + AT_ONCE])
    seconds = time.perf_counter() - begin
    return {
        "seconds": seconds,
        "processor": time.process_time() - busy,
        "read": read,
        "split": split,
        "encode": encoding[0],
        "write": seconds - read - split - encoding[0],
        "pages": len(pages),
        "characters": sum(len(page.page_content) for page in pages),
        "passages": len(pieces),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "versions": {name: importlib.metadata.version(name) for name in ("langchain-community", "pypdf", "sentence-transformers", "torch")},
    }


if __name__ == "__main__":
    main()
