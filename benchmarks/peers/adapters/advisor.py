"""The advisor's own retriever: a folder of .txt files, `Advisor.sync`, `Advisor.search`; the language is found by the advisor."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measure import HITS, Ask, Text, main


def load(minilm: str) -> Any:
    from advisor import Settings
    from advisor.encoder import BundledEncoder

    encoder = BundledEncoder(threads=Settings.from_environ().threads)  # the bundled weights; the copy of all-MiniLM-L6-v2 is not used
    encoder.encode_passages(["warm"], ["en"])
    return encoder


def build(model: Any, texts: Sequence[Text], folder: Path) -> Ask:
    corpus = folder / "texts"
    corpus.mkdir(parents=True, exist_ok=True)
    for name, text in texts:
        (corpus / name).write_text(text, "utf-8")
    advisor = _open(model, folder)
    report = advisor.sync([corpus])
    if report.failed:
        raise SystemExit(f"{len(report.failed)} texts were not read, the first: {report.failed[0]}")
    return _ask(advisor)


def reopen(model: Any, folder: Path) -> Ask:
    return _ask(_open(model, folder))


def _open(model: Any, folder: Path) -> Any:
    from advisor import Advisor, Settings

    return Advisor(Settings(index=folder / "index"), model)


def _ask(advisor: Any) -> Ask:
    sources: dict[str, str] = {}

    def ask(question: str) -> list[str]:
        hits = advisor.search(question, k=HITS)
        if not sources:
            sources.update((document.sha256, document.source) for document in advisor.documents())
        return [sources[hit.passage.document] for hit in hits]

    return ask


if __name__ == "__main__":
    main(load, build, reopen, ["strategy-advisor", "chromadb", "onnxruntime"])
