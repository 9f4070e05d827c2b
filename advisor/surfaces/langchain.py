"""The advisor inside LangChain: a retriever, tools for agents, and the embeddings that open the index with langchain_chroma."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool, StructuredTool, ToolException
from pydantic import BaseModel, ConfigDict, Field

from advisor.advisor import Advisor
from advisor.answer.schema import Answer
from advisor.encoder import Encoder, open_encoder
from advisor.errors import AdvisorError
from advisor.filters import Filter
from advisor.settings import Settings
from advisor.surfaces import contract
from advisor.surfaces.bodies import AskRequest, SearchRequest, wrong
from advisor.surfaces.contract import Found
from advisor.text import language

_Result = TypeVar("_Result")


class AdvisorRetriever(BaseRetriever):
    """Passages of the library as LangChain documents, best first: the text is the passage, the metadata its whole citation.

    `k` is how many, `language` that of the questions where it is known, and the filters leave out parts of the library: `works`,
    `languages`, `years` (first and last, either None), `topics`. All of them can also be given to `invoke`. Raises AdvisorError.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    advisor: Advisor
    k: int = Field(default=6, ge=1, le=contract.LONGEST_LIST)
    language: str | None = None
    works: Sequence[str] = ()
    languages: Sequence[str] = ()
    years: tuple[int | None, int | None] = (None, None)
    topics: Sequence[str] = ()

    @classmethod
    def open(cls, index: Path | str | None = None, **fields: Any) -> AdvisorRetriever:
        """A retriever over the index in a folder (default: what the settings name); `fields` are those of the class."""
        return cls(advisor=Advisor.open(index=index), **fields)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun, **given: Any) -> list[Document]:
        return self._search(query, **given)

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun, **given: Any
    ) -> list[Document]:
        return await asyncio.to_thread(self._search, query, **given)

    def _search(self, query: str, **given: Any) -> list[Document]:
        fields = {name: given.pop(name, getattr(self, name)) for name in ("k", "language", "works", "languages", "years", "topics")}
        if given:
            raise TypeError(f"AdvisorRetriever takes no {', '.join(given)}; expected k, language, works, languages, years or topics.")
        only = Filter(*(tuple(fields[name]) for name in ("works", "languages", "years", "topics")))
        found = contract.search(self.advisor, query, fields["k"], language=fields["language"], only=only)
        return [as_document(one) for one in found.passages]


def as_document(found: Found) -> Document:
    """A passage as a LangChain document; its metadata are those of `Citation` without the quotation, and `passage` and `score`."""
    citation = asdict(found.citation)
    quote = citation.pop("quote")
    citation["authors"] = list(citation["authors"])
    return Document(page_content=quote, id=found.id, metadata={**citation, "passage": found.id, "score": found.score})


def advisor_tools(advisor: Advisor) -> list[BaseTool]:
    """Two tools for agents, `ask_library` and `search_library`: text for the model, the answer or the passages as the artifact."""

    def ask_library(**given: Any) -> tuple[str, Answer]:
        asked = AskRequest(**given)
        answer = _told(lambda: advisor.ask(asked.question, language=asked.language, conversation=asked.conversation, only=asked.filter))
        return contract.readable(answer), answer

    def search_library(**given: Any) -> tuple[str, list[Document]]:
        asked = SearchRequest(**given)
        found = _told(lambda: contract.search(advisor, asked.query, asked.k, language=asked.language, only=asked.filter))
        return contract.readable_passages(found), [as_document(one) for one in found.passages]

    return [
        _tool(
            ask_library, AskRequest, "Answer a question from a library of strategy literature (English, German), every statement quoted."
        ),
        _tool(search_library, SearchRequest, "Find the passages of a library of strategy literature nearest to a question or a few words."),
    ]


def _tool(function: Callable[..., Any], takes: type[BaseModel], description: str) -> BaseTool:
    return StructuredTool.from_function(
        function, name=function.__name__, description=description, args_schema=takes, response_format="content_and_artifact",
        handle_tool_error=True, handle_validation_error=wrong,
    )  # fmt: skip


def _told(work: Callable[[], _Result]) -> _Result:
    """The result of work, or its error as one that an agent is told."""
    try:
        return work()
    except AdvisorError as error:
        raise ToolException(str(error)) from error


class AdvisorEmbeddings(Embeddings):
    """The vectors of the index, for programs that open its Chroma collections with langchain_chroma; the language is found in each text."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder

    @classmethod
    def from_environ(cls) -> AdvisorEmbeddings:
        """The embeddings of the encoder that the settings name."""
        settings = Settings.from_environ()
        return cls(open_encoder(settings.encoder, settings.encoder_url, settings.encoder_key, settings.threads))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Unit vectors of passages."""
        vectors: list[list[float]] = self._encoder.encode_passages(texts, [language(text) for text in texts]).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The unit vector of a question."""
        vector: list[float] = self._encoder.encode_question(text, language(text)).tolist()
        return vector
