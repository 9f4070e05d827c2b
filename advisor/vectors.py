"""Nearest by meaning: vectors in Chroma, one collection per language, cosine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advisor.encoder import Vectors
from advisor.errors import IndexDamaged

# Chroma's defaults (16/100/100) were measured at recall .927 on 100,000 vectors, these at .996. `sync_threshold` counts vectors between
# writes of the graph; a generation is built aside and only used when whole, so nothing is gained by writing it often.
_GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 200, "sync_threshold": 10_000}


class VectorStore:
    """The vectors of one generation. Not for two processes that write; `close` before the folder is moved or copied."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._collections: dict[str, Any] = {}

    @classmethod
    def from_path(cls, path: Path) -> VectorStore:
        """The store in a folder, which is made where it is missing."""
        import chromadb
        from chromadb.config import Settings

        try:
            return cls(chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False)))
        except Exception as error:
            raise IndexDamaged(f"The vectors in {path} do not open: {error}. Run 'advisor library rollback' or ingest again.") from error

    def _collection(self, language: str) -> Any:
        if language not in self._collections:
            # embedding_function=None: Chroma's own default would download a model.
            self._collections[language] = self._client.get_or_create_collection(
                f"passages-{language}", embedding_function=None, configuration={"hnsw": _GRAPH}
            )
        return self._collections[language]

    def add(self, language: str, rows: Sequence[int], vectors: Vectors, metadata: Sequence[Mapping[str, Any]]) -> None:
        """Store unit vectors under row numbers; `metadata` is for programs that open the collection without the advisor."""
        collection = self._collection(language)
        step = self._client.get_max_batch_size()
        for begin in range(0, len(rows), step):
            part = slice(begin, begin + step)
            collection.upsert(ids=[str(row) for row in rows[part]], embeddings=vectors[part], metadatas=[dict(m) for m in metadata[part]])

    def remove(self, language: str, rows: Sequence[int]) -> None:
        """Take rows out; rows that are not there are no error."""
        step = self._client.get_max_batch_size()
        for begin in range(0, len(rows), step):
            self._collection(language).delete(ids=[str(row) for row in rows[begin : begin + step]])

    def nearest(self, language: str, vector: Vectors, k: int) -> list[tuple[int, float]]:
        """The k nearest rows with their cosine similarity, best first."""
        found = self._ask(lambda: self._collection(language).query(query_embeddings=[vector], n_results=k, include=["distances"]))
        # Chroma's cosine distance is 1 - cosine similarity: the only place where one becomes the other.
        return [(int(row), 1.0 - float(d)) for row, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def vectors(self, language: str, rows: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Stored vectors by row number; rows that are not there are left out."""
        if not rows:
            return {}
        found = self._ask(lambda: self._collection(language).get(ids=[str(row) for row in rows], include=["embeddings"]))
        return {int(row): np.asarray(v, np.float32) for row, v in zip(found["ids"], found["embeddings"], strict=True)}

    def _ask(self, call: Any) -> Any:
        try:
            return call()
        except Exception as error:
            raise IndexDamaged(f"The vectors do not answer: {error}. Run 'advisor library rollback' or ingest again.") from error

    def close(self) -> None:
        """Write everything out and let go of the folder."""
        self._collections.clear()
        self._client.close()
