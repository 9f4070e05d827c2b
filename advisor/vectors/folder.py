"""Vectors in a folder of their own: Chroma within the process, one collection per pool, cosine."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advisor.errors import IndexDamaged, IndexFailure, IndexUnwritable
from advisor.vectors.entries import GRAPH, Entries

# Vectors between writes of the graph; a generation is built aside and only used when whole, so nothing is gained by writing it often.
_SELDOM = 10_000
_BUILT = {**GRAPH, "sync_threshold": _SELDOM}
_AT_ONCE = 100  # vectors between writes of the graph when all are to be written
# Chroma shares one system between all clients of a folder and starts it without a lock: of two threads that open a folder at once, or open
# it while another closes it, one is given a system that is not started yet or no more.
_OPENING = threading.Lock()


class VectorStore:
    """The vectors of one generation. Not for two processes that write; `close` before the folder is moved or copied."""

    def __init__(self, path: Path) -> None:
        """The store in a folder, opened when it is first asked, and made when it is first written to."""
        self._path = path
        self._collections: dict[str, Any] = {}
        self._held: Any = None
        self._holding = threading.Lock()

    @property
    def _client(self) -> Any:
        with self._holding:
            if self._held is None:
                if not self._path.is_dir():  # Chroma would make it, empty
                    raise IndexDamaged(f"{self._path} is missing. Run 'advisor library rollback' or ingest again.")
                try:
                    self._held = _opened(self._place())
                except BaseException:
                    self._leave()
                    raise
            return self._held

    def _place(self) -> Path:
        """The folder that Chroma opens."""
        return self._path

    def _leave(self) -> None:
        """What is to be done when Chroma has let go of that folder, or could not open it."""

    def _collection(self, pool: str) -> Any:
        """The collection of a pool, for reading: where it is missing the index is damaged."""
        if pool not in self._collections:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)  # as in `_reopen`
                self._collections[pool] = self._client.get_collection(pool, embedding_function=None)
        return self._collections[pool]

    def _made(self, pool: str) -> Any:
        """The collection of a pool, for writing."""
        _written(partial(self._path.mkdir, exist_ok=True))
        # embedding_function=None: Chroma's own default would download a model.
        return self._client.get_or_create_collection(pool, embedding_function=None, configuration={"hnsw": _BUILT})

    def add(
        self, pool: str, rows: Sequence[int], vectors: NDArray[np.float32], metadata: Sequence[Mapping[str, Any]], texts: Sequence[str]
    ) -> None:
        """Store unit vectors under row numbers; `metadata` and `texts` are for programs that open the collection without the advisor."""
        collection = self._made(pool)
        step = self._client.get_max_batch_size()
        for begin in range(0, len(rows), step):
            part = slice(begin, begin + step)
            ids, data = [str(row) for row in rows[part]], [dict(entry) for entry in metadata[part]]
            _written(partial(collection.upsert, ids=ids, embeddings=vectors[part], metadatas=data, documents=list(texts[part])))

    def remove(self, pool: str, rows: Sequence[int]) -> None:
        """Take rows out; rows that are not there are no error."""
        collection = self._made(pool)
        step = self._client.get_max_batch_size()
        for begin in range(0, len(rows), step):
            _written(partial(collection.delete, ids=[str(row) for row in rows[begin : begin + step]]))

    def nearest(self, pool: str, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """The k nearest rows with their cosine similarity, best first."""
        found = self._ask(lambda: self._collection(pool).query(query_embeddings=[vector], n_results=k, include=["distances"]))
        # Chroma's cosine distance is 1 - cosine similarity: the only place where one becomes the other.
        return [(int(row), 1.0 - float(d)) for row, d in zip(found["ids"][0], found["distances"][0], strict=True)]

    def vectors(self, pool: str, rows: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Stored vectors by row number; rows that are not there are left out."""
        if not rows:
            return {}
        found = self._ask(lambda: self._collection(pool).get(ids=[str(row) for row in rows], include=["embeddings"]))
        return {int(row): np.asarray(v, np.float32) for row, v in zip(found["ids"], found["embeddings"], strict=True)}

    def entries(self, pool: str, rows: Sequence[int]) -> Entries:
        """All that is stored of rows; rows that are not there are left out."""
        parts = ["embeddings", "metadatas", "documents"]
        found = self._ask(lambda: self._collection(pool).get(ids=[str(row) for row in rows], include=parts))
        vectors = np.asarray(found["embeddings"], np.float32)
        return Entries([int(row) for row in found["ids"]], vectors, found["metadatas"], found["documents"])

    def mend(self, pool: str, rows: Sequence[int]) -> None:
        """Write rows again as they are, so that the graph takes them in anew."""
        self.add(pool, *self.entries(pool, rows))

    def _ask(self, call: Any) -> Any:
        try:
            return call()
        except IndexFailure:
            raise
        except Exception as error:
            raise IndexDamaged(f"The vectors do not answer: {error}. Run 'advisor library rollback' or ingest again.") from error

    def settle(self) -> None:
        """Have every vector in the graph on disk.

        Chroma writes the graph only every `sync_threshold` vectors, and puts what came since into it again in every process that opens the
        folder: 0.6 s of processor for 3,000 vectors, a minute for 100,000. A low threshold counts from the next opening on.
        """
        pools = self._client.list_collections() if self._path.is_dir() else ()
        if not any(self._collection(pool.name).count() >= _AT_ONCE for pool in pools):
            return  # Chroma would write none of their graphs
        self._reopen(_AT_ONCE)
        for collection in self._client.list_collections():
            found = self._ask(partial(self._collection(collection.name).get, limit=1, include=["embeddings"]))["embeddings"]
            if len(found):
                self.nearest(collection.name, np.asarray(found[0], np.float32), 1)
        self._reopen(_SELDOM)

    def _reopen(self, threshold: int) -> None:
        """Close the folder and open it again with another number of vectors between writes of the graph."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Chroma's, at its own form of a collection without an embedding function
            for collection in self._client.list_collections():
                pool = self._client.get_collection(collection.name, embedding_function=None)
                _written(partial(pool.modify, configuration={"hnsw": {"sync_threshold": threshold}}))
        self.close()

    def close(self) -> None:
        """Write everything out and let go of the folder; asked again, it is opened again."""
        self._collections.clear()
        with self._holding:
            held, self._held = self._held, None
            if held is not None:
                with _OPENING:
                    held.close()
            self._leave()


def _opened(path: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    try:
        with _OPENING:
            return chromadb.PersistentClient(str(path), settings=Settings(anonymized_telemetry=False))
    except Exception as error:
        raise IndexDamaged(f"The vectors in {path} do not open: {error}. Run 'advisor library rollback' or ingest again.") from error


def _written(call: Callable[[], Any]) -> None:
    try:
        call()
    except Exception as error:
        raise IndexUnwritable(f"The vectors cannot be written: {error}. Free some disk and try again; nothing was changed.") from error
