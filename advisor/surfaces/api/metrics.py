"""What happened, counted for Prometheus; every application counts for itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from advisor.advisor import Advisor
from advisor.answer.schema import Answer
from advisor.errors import AdvisorError

MEDIA_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Counters of one application over one advisor; how much the index holds is read when it is asked for."""

    def __init__(self, advisor: Advisor) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("advisor_http_requests", "Requests.", ["method", "route", "status"], registry=self._registry)
        self._seconds = Histogram(
            "advisor_http_request_seconds", "Seconds until a response was whole.", ["route"], registry=self._registry, buckets=_SECONDS
        )
        self._answers = Counter("advisor_answers", "Answers; not_in_corpus are refusals.", ["outcome", "strength"], registry=self._registry)
        self._thinking = Histogram("advisor_answer_seconds", "Seconds until an answer.", registry=self._registry, buckets=_SECONDS)
        self._registry.register(_Library(advisor))

    def answered(self, answer: Answer) -> None:
        """Count an answer."""
        self._answers.labels(answer.outcome, answer.strength).inc()
        self._thinking.observe(answer.seconds)

    def served(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request; methods that nobody has heard of are one."""
        self._requests.labels(method if method in _METHODS else "other", route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)


class Counted:
    """An application whose every request is counted under the template of its route."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin, status = time.perf_counter(), 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.served(scope["method"], route, status, time.perf_counter() - begin)


class _Library(Collector):
    """How much the index holds, and which generation it is; without an index only that it is not ready."""

    def __init__(self, advisor: Advisor) -> None:
        self._advisor = advisor

    def collect(self) -> Iterator[GaugeMetricFamily]:
        values: dict[str, float] = {"ready": 0.0}
        with suppress(AdvisorError):
            if self._advisor.ready:
                counts, generation = self._advisor.counts(), self._advisor.generation
                values = {
                    "ready": 1.0, "generation": float(generation[1:]), "documents": counts.documents, "works": counts.works,
                    "passages": counts.passages, "factors": counts.factors,
                }  # fmt: skip
        for name, value in values.items():
            yield GaugeMetricFamily(f"advisor_index_{name}", f"The library: {name}.", value=value)
