"""The stack of LangChain's retrieval tutorial: RecursiveCharacterTextSplitter 1000/200, HuggingFaceEmbeddings, Chroma."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measure import HITS, Ask, Text, main


def load(minilm: str) -> Any:
    from langchain_huggingface import HuggingFaceEmbeddings

    model = HuggingFaceEmbeddings(model_name=minilm)
    model.embed_query("warm")
    return model


def build(model: Any, texts: Sequence[Text], folder: Path) -> Ask:
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
    pieces = splitter.split_documents([Document(text, metadata={"source": name}) for name, text in texts])
    store = _open(model, folder)
    store.add_documents(pieces)
    return _ask(store)


def reopen(model: Any, folder: Path) -> Ask:
    return _ask(_open(model, folder))


def _open(model: Any, folder: Path) -> Any:
    from langchain_chroma import Chroma

    return Chroma("texts", model, persist_directory=str(folder))


def _ask(store: Any) -> Ask:
    return lambda question: [hit.metadata["source"] for hit in store.similarity_search(question, k=HITS)]


if __name__ == "__main__":
    packages = ["langchain-core", "langchain-text-splitters", "langchain-huggingface", "langchain-chroma", "chromadb"]
    main(load, build, reopen, [*packages, "sentence-transformers", "torch"])
