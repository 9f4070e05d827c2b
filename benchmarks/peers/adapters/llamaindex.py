"""LlamaIndex as its starter tutorial has it: VectorStoreIndex.from_documents with HuggingFaceEmbedding, stored in a folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from measure import HITS, Ask, Text, main


def load(minilm: str) -> Any:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding

    model = HuggingFaceEmbedding(model_name=minilm)
    model.get_query_embedding("warm")
    return model


def build(model: Any, texts: Sequence[Text], folder: Path) -> Ask:
    from llama_index.core import Document, VectorStoreIndex

    documents = [Document(text=text, doc_id=name) for name, text in texts]
    index = VectorStoreIndex.from_documents(documents, embed_model=model)
    index.storage_context.persist(str(folder))
    return _ask(index)


def reopen(model: Any, folder: Path) -> Ask:
    from llama_index.core import StorageContext, load_index_from_storage

    return _ask(load_index_from_storage(StorageContext.from_defaults(persist_dir=str(folder)), embed_model=model))


def _ask(index: Any) -> Ask:
    retriever = index.as_retriever(similarity_top_k=HITS)
    return lambda question: [hit.node.ref_doc_id for hit in retriever.retrieve(question)]


if __name__ == "__main__":
    main(load, build, reopen, ["llama-index-core", "llama-index-embeddings-huggingface", "sentence-transformers", "torch"])
