"""The part of the interface for whoever runs it: health, readiness, figures."""

from __future__ import annotations

from fastapi import APIRouter, Response

from advisor import __version__
from advisor.advisor import Advisor
from advisor.errors import IndexMissing
from advisor.surfaces.api import problems
from advisor.surfaces.api.bodies import Health, Ready
from advisor.surfaces.api.metrics import MEDIA_TYPE, Metrics


def public(advisor: Advisor) -> APIRouter:
    """The routes that anyone may call, a container's health check for one."""
    router = APIRouter(tags=["operations"])

    @router.get("/health", summary="Whether the server answers", responses=problems.documented(413))
    def health() -> Health:
        return Health("ok", __version__)

    @router.get("/ready", summary="Whether the library can be asked", responses=problems.documented(413, 503))
    def ready() -> Ready:
        if not advisor.ready:
            raise IndexMissing(f"There is no index in {advisor.settings.index}. Run 'advisor ingest', or start with 'advisor serve'.")
        advisor.check()
        counts = advisor.counts()
        return Ready("ready", advisor.generation, counts.documents, counts.works, counts.passages, counts.factors)

    return router


def private(metrics: Metrics) -> APIRouter:
    """The routes for readers."""
    router = APIRouter(tags=["operations"])

    @router.get(
        "/metrics", summary="Figures for Prometheus", response_class=Response,
        responses={200: {"description": "Prometheus' text format", "content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
    )  # fmt: skip
    def figures() -> Response:
        return Response(metrics.text(), media_type=MEDIA_TYPE)

    return router
