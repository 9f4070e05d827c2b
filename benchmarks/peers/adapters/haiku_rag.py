"""haiku.rag with its own splitter and LanceDB; vectors from an embedding server, as with its default, Ollama; vectors and words fused.

Texts are documents of one text, which is what `create_document(..., format="plain")` makes of them where docling is installed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any

from embeddings import Server
from measure import HITS, Ask, Beside, Text, main

DATABASE = "texts.lancedb"
LOOP = asyncio.new_event_loop()
SERVERS: list[Server] = []


def load(minilm: str) -> Any:
    """The configuration, once the server it names has loaded the model."""
    server = Server(minilm)
    SERVERS.append(server)
    from haiku.rag.client import HaikuRAG  # noqa: F401 (the server loads its model meanwhile)

    return configured(server, minilm)


def configured(server: Server, minilm: str) -> Any:
    """Defaults, but for the model, and the tokenizer that measures pieces, which would be fetched otherwise."""
    from haiku.rag.config.models import AppConfig, EmbeddingModelConfig, EmbeddingsConfig, ProcessingConfig

    model = EmbeddingModelConfig(
        provider="openai", name="all-MiniLM-L6-v2", vector_dim=384, base_url=f"{server.address}/v1", api_key="none"
    )
    return AppConfig(embeddings=EmbeddingsConfig(model=model), processing=ProcessingConfig(chunking_tokenizer=minilm))


def build(model: Any, texts: Sequence[Text], folder: Path) -> Ask:
    folder.mkdir(parents=True, exist_ok=True)
    wait(_build(model, texts, folder / DATABASE))
    return reopen(model, folder)


async def _build(config: Any, texts: Sequence[Text], database: Path) -> None:
    from haiku.rag.client import HaikuRAG

    async with HaikuRAG(database, config=config, create=True) as client:
        await client.import_documents([await prepared(client, name, [text]) for name, text in texts])


async def prepared(client: Any, name: str, texts: Sequence[str]) -> Any:
    """A document of these texts, split, to be imported; encoding is part of the import."""
    from docling_core.types.doc.document import DoclingDocument
    from docling_core.types.doc.labels import DocItemLabel
    from haiku.rag.client.documents import DocumentImport

    document = DoclingDocument(name=name)
    for text in texts:
        document.add_text(label=DocItemLabel.TEXT, text=text)
    return DocumentImport(document, await client.chunk(document), uri=name)


def reopen(model: Any, folder: Path) -> Ask:
    from haiku.rag.client import HaikuRAG

    client = wait(HaikuRAG(folder / DATABASE, config=model, read_only=True).__aenter__())
    return lambda question: [hit.document_uri for hit in wait(client.search(question, limit=HITS))]


def wait(what: Coroutine[Any, Any, Any]) -> Any:
    """Run it to its end; one loop for all, since clients keep to the loop that they were opened in."""
    return LOOP.run_until_complete(what)


def _used(name: str) -> float:
    return float(sum(server.used()[name] for server in SERVERS))


if __name__ == "__main__":
    beside = Beside(lambda: _used("processor"), lambda: _used("peak_mb"), lambda: [server.end() for server in SERVERS])
    main(load, build, reopen, ["haiku.rag-slim", "docling-core", "lancedb", "transformers"], beside)
