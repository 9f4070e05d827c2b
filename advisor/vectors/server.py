"""A Chroma server, asked over its HTTP interface (version 2).

Chroma's own client waits without end for a server that is silent, and shares its state between all clients of a process; what is needed of
the interface is little.
"""

from __future__ import annotations

import base64
import re
import ssl
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from advisor.addresses import checked_address, checked_secret
from advisor.errors import UsageError, VectorServerError
from advisor.text import clean
from advisor.vectors.entries import GRAPH, Entries

if TYPE_CHECKING:
    import httpx

DATABASE = "default_tenant/default_database"
TRIES, PAUSE = 3, 0.25  # of a request that fails at once; the seconds before the second
SILENCES = 2  # tries of a request that is not answered in time: the first may have gone down a dead connection
CONNECT = 5.0  # seconds
PAGE = 500  # collections in one list
PASSING = (429, 502, 503, 504)
T = TypeVar("T")


class CollectionGone(Exception):
    """The server does not know a collection; whoever asked knows what that means."""


class ChromaServer:
    """One database of a server, TENANT/DATABASE, safe for several threads. `seconds` bounds the wait for each reply.

    Every request may be sent twice without harm, and is sent again where the connection fails. Raises VectorServerError where the server
    cannot be reached, is too slow, refuses the token or is none, and CollectionGone for a collection that it does not know.
    """

    def __init__(self, url: str, token: str | None = None, ca: Path | None = None, seconds: float = 15, database: str = DATABASE) -> None:
        self.url = url
        self._tenant, _, self._name = database.partition("/")
        self._collections = f"/tenants/{quote(self._tenant)}/databases/{quote(self._name)}/collections"
        self._token = token
        self._ca = ca
        self._seconds = seconds
        self._lock = threading.Lock()

    def check(self) -> None:
        """Raise VectorServerError unless the server answers at once, and opens to the token."""
        with self._database():
            reply = self._send("GET", f"{self._collections}_count", tries=1, seconds=min(CONNECT, self._seconds))
        self._understood(reply, _whole_number)

    def find(self, name: str) -> str | None:
        """The id of the collection of that name; None where there is none."""
        try:
            return self._understood(self._send("GET", f"{self._collections}/{quote(name)}"), lambda reply: str(reply["id"]))
        except CollectionGone:
            return None

    def make(self, name: str) -> str:
        """The id of the collection of that name, which is made where there is none."""
        with self._database():
            made = self._send("POST", self._collections, {"name": name, "get_or_create": True, "configuration": {"hnsw": GRAPH}})
        return self._understood(made, lambda reply: str(reply["id"]))

    def names(self, beginning: str) -> list[str]:
        """The names of all collections that begin so."""
        found: list[str] = []
        while True:
            with self._database():
                reply = self._send("GET", f"{self._collections}?limit={PAGE}&offset={len(found)}")
            listed = self._understood(reply, _names)
            found += listed
            if len(listed) < PAGE:
                return [name for name in found if name.startswith(beginning)]

    def drop(self, name: str) -> None:
        """Delete a collection; one that is not there is no error."""
        try:
            self._send("DELETE", f"{self._collections}/{quote(name)}")
        except CollectionGone:
            pass

    def count(self, collection: str) -> int:
        """How many vectors a collection holds."""
        return self._understood(self._send("GET", f"{self._collections}/{collection}/count"), _whole_number)

    def store(self, collection: str, ids: Sequence[str], entries: Entries) -> None:
        """Put vectors under ids, in place of earlier ones."""
        body = {"ids": list(ids), "metadatas": [dict(one) for one in entries.metadata], "documents": list(entries.texts)}
        self._send("POST", f"{self._collections}/{collection}/upsert", {**body, "embeddings": self._written(entries.vectors)})

    def delete(self, collection: str, ids: Sequence[str]) -> None:
        """Take vectors out; ids that are not there are no error."""
        self._send("POST", f"{self._collections}/{collection}/delete", {"ids": list(ids)})

    def delete_where(self, collection: str, key: str, values: Sequence[str]) -> None:
        """Take out every vector whose metadata have one of these values."""
        self._send("POST", f"{self._collections}/{collection}/delete", {"where": {key: {"$in": list(values)}}})

    def query(self, collection: str, vectors: NDArray[np.float32], k: int) -> list[list[tuple[str, float]]]:
        """For each vector the ids of the k that are nearest to it, with their distances, nearest first."""
        body = {"query_embeddings": vectors.tolist(), "n_results": k, "include": ["distances"]}
        found = self._send("POST", f"{self._collections}/{collection}/query", body)
        return self._understood(found, lambda reply: _lists(reply, len(vectors)))

    def get(self, collection: str, ids: Sequence[str], include: Sequence[str]) -> dict[str, Any]:
        """What is stored under ids, in parallel lists; ids that are not there are left out."""
        found = self._send("POST", f"{self._collections}/{collection}/get", {"ids": list(ids), "include": list(include)})
        return self._understood(found, lambda reply: _parallel(reply, ("ids", *include)))

    @cached_property
    def _packs(self) -> bool:
        return self._understood(self._send("GET", "/pre-flight-checks"), lambda reply: bool(reply.get("supports_base64_encoding")))

    def _written(self, vectors: NDArray[np.float32]) -> list[Any]:
        if not self._packs:
            return list(vectors.tolist())
        return [base64.b64encode(row.astype("<f4").tobytes()).decode() for row in vectors]

    def _send(self, method: str, path: str, body: dict[str, Any] | None = None, *, tries: int = TRIES, seconds: float | None = None) -> Any:
        """The JSON of the reply to a request, tried again after a failure that may pass."""
        import httpx

        silences = 0
        for left in reversed(range(tries)):
            try:
                response = self._client.request(method, f"{self.url}/api/v2{path}", json=body, timeout=self._timeout(seconds))
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                silences += isinstance(error, httpx.ReadTimeout | httpx.WriteTimeout)
                passing = isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError | httpx.TimeoutException)
                if not left or not passing or silences >= SILENCES or _certificate(error):
                    raise self._silent(error) from error
            else:
                if not left or response.status_code not in PASSING:
                    return self._read(response)
            time.sleep(PAUSE * 2 ** (tries - 1 - left))
        raise AssertionError("the last try returns or raises")

    @property
    def _client(self) -> httpx.Client:
        with self._lock:
            return self._opened

    @cached_property
    def _opened(self) -> httpx.Client:
        import httpx

        headers = {"Authorization": f"Bearer {self._token}", "X-Chroma-Token": self._token} if self._token else {}
        client = httpx.Client(headers=headers, verify=self._authorities())
        weakref.finalize(self, client.close)
        return client

    def _timeout(self, seconds: float | None) -> httpx.Timeout:
        import httpx

        seconds = seconds or self._seconds
        return httpx.Timeout(seconds, connect=min(CONNECT, seconds))

    def _authorities(self) -> ssl.SSLContext:
        """The authorities that certificates are checked against: those of the system, or those of the given file."""
        try:
            return ssl.create_default_context(cafile=str(self._ca) if self._ca else None)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(f"ADVISOR_CHROMA_CA is {str(self._ca)!r}: {error}. Expected a file with certificates in PEM form.") from error

    def _silent(self, error: Exception) -> VectorServerError:
        who = f"The Chroma server at {self.url}"
        if certificate := _certificate(error):
            return VectorServerError(
                f"{who} shows a certificate that cannot be trusted: {certificate}. "
                "Give the file of the authority that made it in ADVISOR_CHROMA_CA, or correct ADVISOR_CHROMA_URL."
            )
        if "ReadTimeout" in type(error).__name__ or "WriteTimeout" in type(error).__name__:
            return VectorServerError(
                f"{who} did not answer in time. Try again when it has less to do, or give it longer in "
                f"ADVISOR_CHROMA_SECONDS, now {self._seconds:g}."
            )
        reason = "no connection in time" if "Timeout" in type(error).__name__ else self._shown(str(error)) or type(error).__name__
        return VectorServerError(f"{who} does not answer: {reason}. Start it, or correct ADVISOR_CHROMA_URL; then try again.")

    def _read(self, response: httpx.Response) -> Any:
        status = response.status_code
        if status == 404 and "NotFoundError" in response.text:
            raise CollectionGone(response.text)
        if status == 400 and re.search(r"\b(Tenant|Database) \[[^]]*\] (does not exist|not found)", response.text):
            raise self._no_database(response.text)
        if status == 200 or status == 201:
            try:
                return response.json()
            except ValueError as error:
                raise self._no_chroma(self._said(response)) from error
        if status in (401, 403):
            given = "the token in ADVISOR_CHROMA_TOKEN" if self._token else "to be asked without a token"
            raise VectorServerError(
                f"The Chroma server at {self.url} refuses {given} ({self._said(response)}). Give the right one in ADVISOR_CHROMA_TOKEN."
            )
        if "error" not in response.text and status < 500:
            raise self._no_chroma(self._said(response))
        raise VectorServerError(f"The Chroma server at {self.url} answered {self._said(response)}. Look at its log, then try again.")

    def _no_chroma(self, said: str) -> VectorServerError:
        return VectorServerError(
            f"What answers at {self.url} is no Chroma server of version 1 or later ({said}). Correct ADVISOR_CHROMA_URL."
        )

    def _understood(self, reply: Any, read: Callable[[Any], T]) -> T:
        """What is read from a reply; one of another form comes from something that is no Chroma server."""
        try:
            return read(reply)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise self._no_chroma(self._shown(str(reply))) from error

    @contextmanager
    def _database(self) -> Iterator[None]:
        """Requests that need no collection: where something is not known even so, it is the tenant or the database."""
        try:
            yield
        except CollectionGone as error:
            raise self._no_database(str(error)) from error

    def _no_database(self, said: str) -> VectorServerError:
        return VectorServerError(
            f"The Chroma server at {self.url} has no tenant {self._tenant} with a database {self._name} ({self._shown(said)}). Make them "
            "there, or correct ADVISOR_CHROMA_URL or ADVISOR_CHROMA_DATABASE."
        )

    def _said(self, response: httpx.Response) -> str:
        return " ".join(filter(None, (str(response.status_code), response.reason_phrase, self._shown(response.text))))

    def _shown(self, text: str) -> str:
        """The beginning of what a server or a library said, on one line, without the token."""
        text = text.replace(self._token, "***") if self._token else text
        return " ".join(clean(text[:400]).split())[:200]


def open_server(
    url: str | None, token: str | None = None, ca: Path | None = None, seconds: float = 15, database: str | None = None
) -> ChromaServer | None:
    """The server that settings name, or None where they name none; nothing is asked of it yet. Raises UsageError for a wrong setting."""
    if not url:
        return None
    token = checked_secret("ADVISOR_CHROMA_TOKEN", token, "token")
    if ca is not None and not ca.is_file():
        raise UsageError(f"ADVISOR_CHROMA_CA is {str(ca)!r}, which is no file; expected one with certificates in PEM form.")
    if database is not None and not re.fullmatch(r"[\w.-]*[\w-][\w.-]*/[\w.-]*[\w-][\w.-]*", database, re.ASCII):
        raise UsageError(
            f"ADVISOR_CHROMA_DATABASE is {database!r}; expected TENANT/DATABASE, such as {DATABASE}. Correct the variable or unset it."
        )
    expected, belongs = "a host and a port, such as http://127.0.0.1:8000", "a token belongs in ADVISOR_CHROMA_TOKEN"
    return ChromaServer(checked_address("ADVISOR_CHROMA_URL", url, expected, belongs), token, ca, seconds, database or DATABASE)


def _whole_number(reply: Any) -> int:
    if type(reply) is not int:
        raise TypeError(f"{reply!r} is no whole number")
    return reply


def _names(reply: Any) -> list[str]:
    if not isinstance(reply, list):
        raise TypeError(f"{reply!r} is no list")
    return [str(one["name"]) for one in reply]


def _lists(reply: Any, number: int) -> list[list[tuple[str, float]]]:
    """The lists of a reply to a query, which must be as many as were asked for."""
    if len(reply["ids"]) != number:
        raise ValueError(f"{len(reply['ids'])} lists for {number} vectors")
    # The server writes numbers of 32 bits in as few digits as tell them apart; read as such they are those that it has.
    distances = (np.array(one, np.float32).tolist() for one in reply["distances"])
    return [list(zip(map(str, ids), far, strict=True)) for ids, far in zip(reply["ids"], distances, strict=True)]


def _parallel(reply: Any, names: Sequence[str]) -> dict[str, Any]:
    """The named lists of a reply, which must be equally long."""
    found = {name: list(reply[name]) for name in names}
    if len({len(one) for one in found.values()}) > 1:
        raise ValueError("lists of different lengths")
    return found


def _certificate(error: BaseException) -> str:
    """What is wrong with the server's certificate, "" where the failure is another."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return cause.verify_message or str(cause)
        cause = cause.__cause__ or cause.__context__
    found = re.search(r"certificate verify failed: ([^(]+)", str(error))
    return found[1].strip() if found else ""
