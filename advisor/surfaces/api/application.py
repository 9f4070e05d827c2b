"""The interface put together, to be mounted beside the chat or served alone."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import TypeAdapter

from advisor import __version__
from advisor.advisor import Advisor
from advisor.surfaces.api import documents, operations, problems, questions
from advisor.surfaces.api.access import Access
from advisor.surfaces.api.examples import EXAMPLES
from advisor.surfaces.api.gate import LARGEST_BODY, Gate
from advisor.surfaces.api.metrics import Counted, Metrics
from advisor.surfaces.api.problems import Problem
from advisor.surfaces.web.jobs import Jobs

PLACE = "/api/v1"
_ABOUT = (
    "Answers from strategy literature, every statement quoted. Errors are problem+json (RFC 9457). Where only the machine "
    "itself can call everything is open; elsewhere send 'Authorization: Bearer TOKEN'."
)


def create_api(advisor: Advisor, access: Access, library: Jobs) -> FastAPI:
    """The application over one advisor, to be mounted at PLACE; `library` does the changes of the library."""
    metrics = Metrics(advisor)
    app = FastAPI(
        title="Strategy Advisor", version=__version__, description=_ABOUT, docs_url=None, redoc_url=None,
        strict_content_type=True, servers=[{"url": PLACE}], root_path_in_servers=False, separate_input_output_schemas=False,
    )  # fmt: skip
    problems.handle(app)
    app.include_router(operations.public(advisor))
    for router in (questions.routes(advisor, metrics), documents.reading(advisor), operations.private(metrics)):
        app.include_router(router, dependencies=[Depends(access.reader)], responses=problems.documented(401, 403))
    app.include_router(documents.changing(advisor, library, access))
    app.add_middleware(Gate, largest=partial(_largest, documents.MOST_FILES * advisor.settings.upload_limit * 2**20))
    app.add_middleware(Counted, metrics=metrics)
    app.openapi = lambda: _described(app)  # type: ignore[method-assign]
    return app


def _largest(upload: int, method: str, path: str) -> int:
    return upload if (method, path) == ("POST", "/documents") else LARGEST_BODY


def _described(app: FastAPI) -> dict[str, Any]:
    """OpenAPI with the schema of problems, which no route returns as its result, and with examples."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes, servers=app.servers)
        shape = TypeAdapter(Problem).json_schema(ref_template="#/components/schemas/{model}", mode="serialization")
        components = schema["components"]["schemas"]
        components.update(shape.pop("$defs", {}))
        components["Problem"] = shape
        for path, example in EXAMPLES.items():  # put in here, since FastAPI takes every null out of what is given to it
            for operation in schema["paths"][path].values():
                for content in operation["responses"]["200"]["content"].values():
                    content["example"] = example
                    if "itemSchema" in content:  # of a stream, that is its whole description
                        content.pop("schema", None)
        app.openapi_schema = schema
    return app.openapi_schema
