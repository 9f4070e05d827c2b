"""An embedding server: an OpenAI-compatible endpoint, or Text Embeddings Inference."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
import weakref
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from advisor.addresses import checked_address, checked_secret
from advisor.encoder.interaction import NO_TOKENS, UNWEIGHTED, Encoded, Weighted
from advisor.encoder.prefixes import prefixes
from advisor.encoder.unit import unit
from advisor.errors import EncoderError
from advisor.text import clean

if TYPE_CHECKING:
    import httpx

    from advisor.encoder import Vectors

PROBES = ("The harbour was deep enough for the largest ships.", "Der Bäcker öffnet sein Geschäft früh am Morgen.")
NOT_HERE = (404, 405, 422)  # no such endpoint, or one that expects another form
LONGEST_PAUSE = 20.0  # seconds, even where the server asks for more


class Endpoint(NamedTuple):
    """An address, and whether it speaks the form of OpenAI or that of Text Embeddings Inference."""

    address: str
    openai: bool

    def body(self, texts: Sequence[str], model: str | None) -> dict[str, Any]:
        """What is sent; a server of one model need not be told which."""
        if self.openai:
            return {"input": list(texts)} | ({"model": model} if model else {})
        return {"inputs": list(texts), "truncate": True}

    def rows(self, answer: Any) -> list[Any]:
        """The vectors in the order of the texts; raises an ordinary error where the answer has another form."""
        if not self.openai:
            return list(answer)
        entries = answer["data"]
        placed = {int(entry.get("index", at)): entry["embedding"] for at, entry in enumerate(entries)}
        if sorted(placed) != list(range(len(entries))):
            raise ValueError("the indexes are not those of the texts")
        return [placed[at] for at in range(len(entries))]


def endpoints(base: str) -> tuple[Endpoint, ...]:
    """Where to ask, in this order, for a server's address with or without /v1, or for the whole address of an endpoint."""
    if base.endswith("/embed"):
        return (Endpoint(base, False),)
    if base.endswith("/embeddings"):
        return (Endpoint(base, True),)
    versioned = () if re.search(r"/v\d+$", base) else (Endpoint(f"{base}/v1/embeddings", True),)
    return (Endpoint(f"{base}/embeddings", True), *versioned, Endpoint(f"{base}/embed", False))


class ServerEncoder:
    """A model behind an address, safe for several threads; which form the server speaks is found by asking.

    `model` is what an OpenAI-compatible server is asked for; prefixes are those that `prefixes` knows of this name. Timeouts and the
    first pause before another try are in seconds. Raises UsageError for an address or a key that cannot be one.
    """

    BATCH = 64
    TRIES = 3

    def __init__(
        self, url: str, model: str | None = None, key: str | None = None, *, connect: float = 5, read: float = 60, pause: float = 0.5
    ) -> None:
        expected, belongs = "a host and without a user, query or fragment", "a key belongs in ADVISOR_ENCODER_KEY"
        self._base = checked_address("ADVISOR_ENCODER_URL", url, expected, belongs)
        self._model = model
        self._key = checked_secret("ADVISOR_ENCODER_KEY", key, "key")
        self._timeouts = connect, read
        self._pause = pause
        self._prefixes = prefixes(model or "")
        self._endpoint: Endpoint | None = None
        self._batch = self.BATCH
        self._lock = threading.RLock()

    @property
    def name(self) -> str:
        """The model, where one is named, and the address."""
        return f"{self._model} at {self._base}" if self._model else self._base

    @property
    def fingerprint(self) -> str:
        """Sha256 of address, model, prefixes and dimension, and of what the server makes of two fixed sentences.

        The vectors enter as the strongest component of their difference, its number and its sign: another model has another one, but the
        noise of a busy server does not move it, as it does move the last digit of a few among hundreds of rounded numbers.
        """
        dimension, component, positive = self._probed
        known = [self._base, self._model, *self._prefixes, dimension, component, positive]
        return hashlib.sha256(json.dumps(known).encode()).hexdigest()

    @property
    def dimension(self) -> int:
        """The number of components that the server gives."""
        return self._probed[0]

    @cached_property
    def _probe(self) -> tuple[int, int, bool]:
        one, other = unit(self._ask([self._prefixes.passage + text for text in PROBES]), len(PROBES), self._whose)
        difference = one - other
        component = int(np.abs(difference).argmax())
        return len(difference), component, bool(difference[component] > 0)

    @property
    def _probed(self) -> tuple[int, int, bool]:
        with self._lock:
            return self._probe

    @property
    def _whose(self) -> str:
        return f"The embedding server at {self._base}"

    def encode_passages(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Unit vectors of shape (n, dimension), asked for in batches. The languages make no difference."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        begin = 0
        while begin < len(texts):
            size = min(self._batch, len(texts) - begin)
            try:
                vectors[begin : begin + size] = self._encode([self._prefixes.passage + text for text in texts[begin : begin + size]])
            except _TooLarge:
                if size == 1:
                    raise
                self._batch = size // 2
                continue
            begin += size
        return vectors

    def encode_parted(self, texts: Sequence[Sequence[str]], languages: Sequence[str]) -> list[Encoded]:
        """Unit vectors of shape (1, d): of the whole texts alone, since not every model's tokens have vectors that mean something."""
        return [Encoded(row[None], NO_TOKENS) for row in self.encode_passages(["\n".join(parts) for parts in texts], languages)]

    def encode_question(self, text: str, language: str) -> Vectors:
        """One unit vector of shape (dimension,)."""
        row: Vectors = self._encode([self._prefixes.question + text])[0]
        return row

    def question_tokens(self, text: str, language: str) -> Weighted:
        """None: what a model's tokens mean by themselves is not known."""
        return UNWEIGHTED

    def _encode(self, texts: list[str]) -> Vectors:
        expected = self.dimension
        vectors = unit(self._ask(texts), len(texts), self._whose)
        if vectors.shape[1] != expected:
            raise EncoderError(
                f"{self._whose} gave vectors of dimension {vectors.shape[1]} after {expected}: its model has changed. "
                "Start again, then run 'advisor ingest --rebuild'."
            )
        return vectors

    def _ask(self, texts: list[str]) -> list[Any]:
        """Rows for texts from the endpoint that is known to answer, or from the first that does."""
        texts = [text or " " for text in texts]  # servers refuse a text without a character
        refused: list[str] = []
        for endpoint in [self._endpoint] if self._endpoint else endpoints(self._base):
            response = self._post(endpoint, texts)
            if response.status_code in NOT_HERE and not self._endpoint:
                refused.append(f"{endpoint.address}: {self._said(response)}")
                continue
            self._check(response)
            try:
                rows = endpoint.rows(response.json())
            except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
                raise EncoderError(
                    f"{self._whose} answered with something else than embeddings ({type(error).__name__}: {self._shown(str(error))}). "
                    "Expected those of OpenAI or of Text Embeddings Inference; correct ADVISOR_ENCODER_URL."
                ) from error
            self._endpoint = endpoint
            return rows
        raise EncoderError(
            f"There is no embedding endpoint at {self._base} ({'; '.join(refused)}). Correct ADVISOR_ENCODER_URL, "
            "or give the model's name in ADVISOR_ENCODER."
        )

    def _post(self, endpoint: Endpoint, texts: Sequence[str]) -> httpx.Response:
        """The answer to a request, tried again after a failure that may pass; a silence of the whole read timeout is not tried again."""
        import httpx

        for left in reversed(range(self.TRIES)):
            try:
                response = self._client.post(endpoint.address, json=endpoint.body(texts, self._model))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                passing = isinstance(error, httpx.NetworkError | httpx.ConnectTimeout | httpx.RemoteProtocolError)
                if not left or not passing:
                    raise self._silent(endpoint, error) from error
                pause = 0.0
            else:
                if not left or not (response.status_code == 429 or response.status_code >= 500):
                    return response
                pause = _seconds(response.headers.get("Retry-After", ""))
            time.sleep(min(max(pause, self._pause * 2 ** (self.TRIES - 1 - left)), LONGEST_PAUSE))
        raise AssertionError("the last try returns or raises")

    @cached_property
    def _client(self) -> httpx.Client:
        import httpx

        connect, read = self._timeouts
        headers = {"Authorization": f"Bearer {self._key}"} if self._key else {}
        client = httpx.Client(headers=headers, timeout=httpx.Timeout(read, connect=connect))
        weakref.finalize(self, client.close)
        return client

    def _silent(self, endpoint: Endpoint, error: Exception) -> EncoderError:
        reason = "no answer in time" if "Timeout" in type(error).__name__ else self._shown(str(error)) or type(error).__name__
        return EncoderError(
            f"The embedding server at {endpoint.address} does not answer: {reason}. Start it, or correct ADVISOR_ENCODER_URL."
        )

    def _check(self, response: httpx.Response) -> None:
        if response.status_code == 200:
            return
        kind = _TooLarge if response.status_code == 413 else EncoderError
        raise kind(f"{self._whose} answered {self._said(response)}; expected 200. {_remedy(response.status_code)}")

    def _said(self, response: httpx.Response) -> str:
        return " ".join(filter(None, (str(response.status_code), response.reason_phrase, self._shown(response.text))))

    def _shown(self, text: str) -> str:
        """The beginning of what a server or a library said, on one line, without the key."""
        text = text.replace(self._key, "***") if self._key else text
        return " ".join(clean(text[:400]).split())[:200]


class _TooLarge(EncoderError):
    """The batch is larger than the server takes."""


def _remedy(status: int) -> str:
    if status in (401, 403):
        return "Give the server's key in ADVISOR_ENCODER_KEY."
    if status == 429 or status >= 500:
        return "Try again later, or look at the server's log."
    if status == 400:
        return "Give the name of a model that it serves in ADVISOR_ENCODER."
    return "Correct ADVISOR_ENCODER_URL, or ask who runs the server."


def _seconds(text: str) -> float:
    return float(text) if re.fullmatch(r"\d{1,4}", text) else 0.0
