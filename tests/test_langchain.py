"""The advisor inside LangChain: the standard tests of retrievers, filters, tools, and the index opened with langchain_chroma."""

import json
import shutil

import pytest
from langchain_chroma import Chroma
from langchain_core.messages import AIMessage, ToolMessage
from langchain_tests.integration_tests import RetrieversIntegrationTests

from advisor.answer.schema import citation_from_json
from advisor.errors import IndexMissing, UsageError
from advisor.surfaces.langchain import AdvisorEmbeddings, AdvisorRetriever, advisor_tools

LAUNCH = "What do we need before launching on social media?"
BUDGET = "Budget für drei Jahre"


class TestStandard(RetrieversIntegrationTests):
    """LangChain's own tests for retrievers."""

    @pytest.fixture(autouse=True)
    def over(self, advisor):
        type(self).advisor = advisor

    @property
    def retriever_constructor(self):
        return AdvisorRetriever

    @property
    def retriever_constructor_params(self):
        return {"advisor": self.advisor}

    @property
    def retriever_query_example(self):
        return LAUNCH


def test_a_document_carries_its_whole_citation(advisor):
    documents = AdvisorRetriever(advisor=advisor, k=4).invoke(BUDGET)
    assert [document.id for document in documents] == [hit.passage.id for hit in advisor.search(BUDGET, 4)]
    for place, document in enumerate(documents, 1):
        data = json.loads(json.dumps(document.metadata))
        assert data.pop("passage") == document.id and isinstance(data.pop("score"), float)
        citation = citation_from_json({**data, "quote": document.page_content})
        assert citation.number == place
        assert advisor.verify([citation]) == [(citation, "found")]


async def test_alone_together_and_at_once_it_finds_the_same(advisor):
    retriever = AdvisorRetriever(advisor=advisor, k=3)
    queries = [LAUNCH, BUDGET, "Kulturwandel", "crowd"] * 3
    alone = [retriever.invoke(query) for query in queries]
    assert retriever.batch(queries) == alone
    assert await retriever.abatch(queries) == alone
    assert await retriever.ainvoke(BUDGET) == alone[1]


def test_filters_of_the_retriever_and_of_one_call(advisor):
    retriever = AdvisorRetriever(advisor=advisor, k=5, languages=["de"])
    assert {document.metadata["language"] for document in retriever.invoke(LAUNCH)} == {"de"}
    assert {document.metadata["language"] for document in retriever.invoke(LAUNCH, languages=["en"])} == {"en"}
    assert {document.metadata["work"] for document in retriever.invoke(LAUNCH, works=["speck2014"])} == {"speck2014"}
    assert all(document.metadata["year"] >= 2013 for document in retriever.invoke(LAUNCH, years=(2013, None), k=20))
    with pytest.raises(UsageError, match="topic"):
        retriever.invoke(LAUNCH, topics=["astrology"])
    with pytest.raises(TypeError, match="filter"):
        retriever.invoke(LAUNCH, filter={"work": "x"})


def test_it_opens_an_index_by_its_folder_and_says_where_there_is_none(settings, advisor, tmp_path, monkeypatch):
    monkeypatch.setenv("ADVISOR_INDEX", str(settings.index))
    assert AdvisorRetriever.open(k=2).invoke(BUDGET) == AdvisorRetriever.open(settings.index, k=2).invoke(BUDGET)
    with pytest.raises(IndexMissing, match="advisor ingest"):
        AdvisorRetriever.open(tmp_path / "none").invoke(BUDGET)


def called(tool, **arguments):
    message = tool.invoke({"type": "tool_call", "id": "1", "name": tool.name, "args": arguments})
    assert isinstance(message, ToolMessage)
    return message


def test_tools_give_text_to_the_model_and_the_whole_answer_to_the_program(advisor):
    ask, search = advisor_tools(advisor)
    message = called(ask, question=LAUNCH)
    assert message.artifact.statements == advisor.ask(LAUNCH).statements
    assert message.content.startswith(message.artifact.text) and message.artifact.citations[0].reference in message.content
    message = called(search, query=BUDGET, k=2, only={"languages": ["de"]})
    assert len(message.artifact) == 2 and all(document.page_content in message.content for document in message.artifact)
    assert called(ask, question="Und wie lange?", previous="Brauchen wir ein Budget?").artifact.language == "de"


def test_a_wrong_call_is_told_to_the_agent(advisor):
    ask, search = advisor_tools(advisor)
    for message, told in (
        (called(search, query=BUDGET, k=0), "k: Input should be greater than or equal to 1"),
        (called(ask, question="x", only={"topics": ["astrology"]}), "expected one of launch"),
        (called(ask), "question: Field required"),
    ):
        assert message.status == "error" and told in message.content


async def test_an_agent_answers_with_the_tools(advisor):
    from langchain.agents import create_agent
    from langchain_core.language_models import GenericFakeChatModel

    class Scripted(GenericFakeChatModel):
        def bind_tools(self, tools, **kwargs):
            assert [tool.name for tool in tools] == ["ask_library", "search_library"]
            return self

    call = {"name": "ask_library", "args": {"question": LAUNCH}, "id": "1", "type": "tool_call"}
    model = Scripted(messages=iter([AIMessage("Let me ask.", tool_calls=[call]), AIMessage("Goals, culture, and Frank's six factors.")]))
    agent = create_agent(model, advisor_tools(advisor))
    messages = (await agent.ainvoke({"messages": [("user", LAUNCH)]}))["messages"]
    (told,) = [message for message in messages if isinstance(message, ToolMessage)]
    assert "secured for at least three years" in told.content and told.artifact.outcome == "answered"
    assert messages[-1].content.startswith("Goals")


@pytest.fixture
def stored(settings, advisor, tmp_path):
    """A copy of the vectors of the current generation: whoever else opens an index should never do so in place."""
    return shutil.copytree(settings.index / advisor.generation / "vectors", tmp_path / "vectors")


def test_langchain_chroma_opens_the_collections_as_they_are(stored, advisor, encoder):
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(str(stored), settings=Settings(anonymized_telemetry=False))
    try:
        store = Chroma(
            client=client,
            collection_name="passages-de",
            embedding_function=AdvisorEmbeddings(encoder),
            create_collection_if_not_exists=False,
        )
        held = store.get(where={"work": "frank_nd"})
        passages = {entry["passage"] for entry in held["metadatas"]}
        documents = [one for one in advisor.documents() if one.work.key == "frank_nd" and one.language == "de"]
        assert passages == {passage.id for one in documents for passage in advisor.passages_of(one.sha256)}
        # The vectors are those of these embeddings: a question finds its passage, and a passage its own vector.
        embeddings = AdvisorEmbeddings(encoder)
        collection = client.get_collection("passages-de", embedding_function=None)
        near = collection.query(query_embeddings=[embeddings.embed_query(BUDGET)], n_results=3)
        assert {entry["work"] for entry in near["metadatas"][0]} <= {"frank_nd", "speck2014", "wilson2011"}
        passage = advisor.passages_of(documents[0].sha256)[0]
        text = "\n".join((documents[0].work.title, passage.section, passage.span.of(documents[0].text)))
        near = collection.query(query_embeddings=embeddings.embed_documents([text]), n_results=1)
        assert near["metadatas"][0][0]["passage"] == passage.id
        texts = {span.of(one.text) for one in documents for span in (passage.span for passage in advisor.passages_of(one.sha256))}
        found = store.similarity_search(BUDGET, k=2, filter={"work": "frank_nd"})
        assert len(found) == 2
        assert {one.page_content for one in found} <= texts
        assert {one.metadata["source"] for one in found} == {"frank_nd.de.md"}
    finally:
        client.close()


def test_embeddings_are_those_of_the_index(encoder):
    embeddings = AdvisorEmbeddings(encoder)
    texts = ["Das Budget ist für drei Jahre gesichert.", "The budget is secured for three years."]
    assert embeddings.embed_documents(texts) == encoder.encode_passages(texts, ["de", "en"]).tolist()
    assert embeddings.embed_query(texts[0]) == encoder.encode_question(texts[0], "de").tolist()
