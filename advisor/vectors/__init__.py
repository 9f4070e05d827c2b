"""Nearest by meaning: vectors in Chroma, in a folder of the index or in a server."""

from advisor.vectors.entries import SAME, Entries
from advisor.vectors.folder import VectorStore
from advisor.vectors.served import AT_ONCE, DRAFT, Held, Place, ServedVectors
from advisor.vectors.server import ChromaServer, CollectionGone, open_server

__all__ = [
    "AT_ONCE",
    "DRAFT",
    "SAME",
    "ChromaServer",
    "CollectionGone",
    "Entries",
    "Held",
    "Place",
    "ServedVectors",
    "VectorStore",
    "open_server",
]
