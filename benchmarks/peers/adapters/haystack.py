"""Haystack's hybrid retrieval tutorial: splitter 512/32 words, BM25 and embeddings in memory, joined.

The tutorial ends with a cross-encoder that ranks the joined hits; here there is none, so the joiner fuses by reciprocal rank.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measure import HITS, Ask, Text, main

STORE = "store.json"


def load(minilm: str) -> Any:
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )

    of_texts = SentenceTransformersDocumentEmbedder(model=minilm, progress_bar=False)
    of_questions = SentenceTransformersTextEmbedder(model=minilm, progress_bar=False)
    of_texts.warm_up()
    of_questions.warm_up()
    of_questions.run("warm")
    return of_texts, of_questions


def build(model: Any, texts: Sequence[Text], folder: Path) -> Ask:
    from haystack import Document
    from haystack.components.preprocessors import DocumentSplitter
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    store = InMemoryDocumentStore()
    documents = [Document(content=text, meta={"name": name}) for name, text in texts]
    split = DocumentSplitter(split_by="word", split_length=512, split_overlap=32).run(documents)["documents"]
    store.write_documents(model[0].run(split)["documents"])
    folder.mkdir(parents=True, exist_ok=True)
    store.save_to_disk(str(folder / STORE))
    return _ask(model[1], store)


def reopen(model: Any, folder: Path) -> Ask:
    from haystack.document_stores.in_memory import InMemoryDocumentStore

    return _ask(model[1], InMemoryDocumentStore.load_from_disk(str(folder / STORE)))


def _ask(embedder: Any, store: Any) -> Ask:
    from haystack.components.joiners import DocumentJoiner
    from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever

    by_words, by_meaning = InMemoryBM25Retriever(store, top_k=HITS), InMemoryEmbeddingRetriever(store, top_k=HITS)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")

    def ask(question: str) -> list[str]:
        near = by_meaning.run(query_embedding=embedder.run(question)["embedding"])["documents"]
        worded = by_words.run(query=question)["documents"]
        return [document.meta["name"] for document in joiner.run([worded, near])["documents"]]

    return ask


if __name__ == "__main__":
    main(load, build, reopen, ["haystack-ai", "sentence-transformers", "torch"])
