"""txtai's embeddings database with content, vectors and words together (hybrid=True), stored in a folder; texts are not split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measure import HITS, Ask, Text, main


def load(minilm: str) -> Any:
    from txtai import Embeddings

    model = Embeddings(path=minilm, hybrid=True, content=True)
    model.transform("warm")
    return model


def build(model: Any, texts: Sequence[Text], folder: Path) -> Ask:
    model.index([(name, text, None) for name, text in texts])
    model.save(str(folder))
    return _ask(model)


def reopen(model: Any, folder: Path) -> Ask:
    model.load(str(folder))
    return _ask(model)


def _ask(model: Any) -> Ask:
    return lambda question: [hit["id"] for hit in model.search(question, HITS)]


if __name__ == "__main__":
    main(load, build, reopen, ["txtai", "faiss-cpu", "transformers", "torch"])
