"""Reading and encoding on a Ray cluster; the one module that knows Ray.

Files travel to the nodes as bytes and come back as documents, texts come back as vectors: a node needs the advisor of the same version and
nothing of the library. The index is written here, by the one writer.
"""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TextIO, cast
from urllib.parse import urlsplit

from advisor import nodes
from advisor.documents import SIDECAR, Document
from advisor.documents.formats import MAXIMUM_BYTES
from advisor.documents.options import Options
from advisor.encoder import Encoder
from advisor.errors import ClusterError, DocumentError, UsageError
from advisor.reading import Limits, ReadAll, patience, read_all
from advisor.settings import Settings

if TYPE_CHECKING:
    from types import ModuleType

    from advisor.encoder import Encoded, Vectors, Weighted

_REACHED, _CONNECTED = 5.0, 30.0  # seconds for a socket to open, and for the cluster to take this process in
_IDLE = 300.0  # seconds beyond those of a single file in which nothing at all may come back
_AHEAD = 2  # files under way for each processor of the cluster
_BYTES_AHEAD = 64 * 2**20  # of files under way: what the nodes must have room for
_FEWEST, _TEXTS = 4, 32  # encoded by one task
_TRIES = 3  # further ones where a node or its process is lost


@contextmanager
def connected(settings: Settings, encoder: Encoder) -> Iterator[tuple[ReadAll, Encoder]]:
    """How files are read and texts encoded on the cluster that the settings name, which is joined when the first of them is.

    Raises UsageError for what can be no address; reading and encoding raise UsageError and ClusterError.
    """
    address = settings.ray or ""
    _host_and_port(address)
    limits, options = Limits(settings.read_seconds, settings.read_memory), Options(settings.ocr, settings.pdf_password)
    joining = threading.Lock()
    with ExitStack() as left, redirect_stdout(cast("TextIO", _Output(sys.stdout))):

        @cache
        def joined() -> tuple[ReadAll, Encoder]:
            cluster = left.enter_context(closing(Cluster.from_address(address)))
            return cluster.reader(limits, options), cluster.encoder(encoder, settings.encoder)

        def crew() -> tuple[ReadAll, Encoder]:
            with joining:
                return joined()

        def read(files: Sequence[tuple[Path, str]]) -> Iterator[Document | DocumentError]:
            if files:
                yield from crew()[0](files)

        def encode(texts: Sequence[Sequence[str]], languages: Sequence[str]) -> list[Encoded]:
            return crew()[1].encode_parted(texts, languages)

        # An embedding server encodes for everybody already.
        yield read, encoder if settings.encoder_url else _ClusterEncoder(encoder, encode)


class _Remarks:
    """What Ray prints of lost nodes, its first line alone, goes to standard error; the rest is the end of a log."""

    def write(self, text: str) -> int:
        first, _, rest = text.partition("\n")
        sys.stderr.write(first if rest else text)
        return len(text)

    def flush(self) -> None:
        sys.stderr.flush()


class _Output:
    """Standard output without what Ray's threads print: a program may read the results."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._remarks = _Remarks()

    def write(self, text: str) -> int:
        return (self._remarks if threading.current_thread().name.startswith("ray_") else self._stream).write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Cluster:
    """A Ray cluster that this process has joined."""

    def __init__(self, ray: ModuleType, address: str) -> None:
        self._ray = ray
        self._address = address

    @classmethod
    def from_address(cls, address: str, patience: float = _CONNECTED) -> Cluster:
        """The cluster at HOST:PORT, as `ray start --head` prints it, or at ray://HOST:PORT; patience is in seconds.

        Raises UsageError, ClusterError.
        """
        host, port = _host_and_port(address)
        try:
            socket.create_connection((host, port), _REACHED).close()
        except OSError as error:
            raise ClusterError(f"Nothing answers at {address} ({error.strerror or error}); expected a Ray cluster. {_WAY_OUT}") from error
        ray = _imported()
        outcome: list[BaseException | None] = []
        thread = threading.Thread(target=_join, args=(ray, address, outcome), daemon=True)
        thread.start()
        thread.join(patience)
        if not outcome:
            raise ClusterError(f"What answers at {address} has not taken this process in within {patience:.0f} seconds. {_WAY_OUT}")
        if outcome[0] is not None:
            raise ClusterError(f"The Ray cluster at {address} refuses: {_first_line(outcome[0])}. {_WAY_OUT}") from outcome[0]
        cluster = cls(ray, address)
        try:
            cluster._check_version()
        except BaseException:
            cluster.close()
            raise
        return cluster

    def close(self) -> None:
        """Leave the cluster; it goes on."""
        with redirect_stdout(cast("TextIO", _Remarks())):  # Ray prints what it has kept back of lost nodes
            self._ray.shutdown()

    def reader(self, limits: Limits, options: Options) -> ReadAll:
        """Reads files on the nodes, each with the limits of a local process; results come in the order of the files."""
        task = self._ray.remote(num_cpus=1, max_retries=_TRIES)(nodes.read)
        most = _AHEAD * max(1, int(self._ray.cluster_resources().get("CPU", 1)))

        def read(files: Sequence[tuple[Path, str]]) -> Iterator[Document | DocumentError]:
            here = _here(limits, options)
            pending: deque[_Sent] = deque()
            for path, source in files:
                parcel = _parcel(path, source)
                sent = _Sent(path, source, task.remote(parcel, limits, options) if parcel else None, parcel.size if parcel else 0)
                pending.append(sent)
                while len(pending) >= most or sum(one.size for one in pending) > _BYTES_AHEAD:
                    yield self._document(pending.popleft(), pending, here, patience(limits, options))
            while pending:
                yield self._document(pending.popleft(), pending, here, patience(limits, options))

        return read

    def _document(self, sent: _Sent, others: Sequence[_Sent], here: ReadAll, seconds: float) -> Document | DocumentError:
        """What became of a file; one that took the node's process down with it every time is read here, as is one that cannot be sent."""
        if sent.task is not None:
            try:
                outcome: Document | DocumentError = self._result(sent.task, [one.task for one in others if one.task is not None], seconds)
                return outcome
            except _Lost:
                pass
        return next(here([(sent.path, sent.source)]))

    def encoder(self, local: Encoder, name: str) -> Encoder:
        """Encodes passages on the nodes, with the encoder of that name; everything else is left to the local one."""
        task = self._ray.remote(num_cpus=1, max_retries=_TRIES)(nodes.encode)

        def encode(texts: Sequence[Sequence[str]], languages: Sequence[str]) -> list[Encoded]:
            try:
                processors = max(1, int(self._ray.cluster_resources().get("CPU", 1)))
                # Twice as many tasks as processors, where there is enough for each: none waits long for the slowest.
                size = max(_FEWEST, min(_TEXTS, -(-len(texts) // (2 * processors))))
                starts = range(0, len(texts), size)
                sent = [task.remote(name, local.fingerprint, list(texts[at : at + size]), list(languages[at : at + size])) for at in starts]
                return [each for at, one in enumerate(sent) for each in self._result(one, sent[at + 1 :], 0)]
            except _Lost as error:
                raise ClusterError(
                    f"The Ray cluster at {self._address} lost the process that encodes, {_TRIES + 1} times: {error}. The library is as it "
                    "was. See 'ray status' and 'ray memory' there, then try again."
                ) from error

        return _ClusterEncoder(local, encode)

    def _check_version(self) -> None:
        task = self._ray.remote(num_cpus=1, max_retries=_TRIES)(nodes.version)
        try:
            found = self._result(task.remote(), [], 0)
        except _Lost as error:
            raise ClusterError(f"The nodes of the Ray cluster at {self._address} do not run a first task: {error}. {_WAY_OUT}") from error
        if found != nodes.version():
            raise ClusterError(
                f"The nodes of the Ray cluster at {self._address} have advisor {found}; this is {nodes.version()}. Install the same on all."
            )

    def _await(self, task: Any, others: Sequence[Any], seconds: float) -> None:
        """Wait for a task for as long as this or another comes to an end in the time; raises ClusterError where none does."""
        waiting = [task, *others]
        while not self._ray.wait([task], timeout=seconds + _IDLE)[0]:
            finished, _ = self._ray.wait(waiting, num_returns=len(waiting), timeout=0)
            if not finished:
                raise ClusterError(
                    f"The Ray cluster at {self._address} has given nothing back for {seconds + _IDLE:.0f} seconds. See 'ray status' there, "
                    "whether it has free processors; then try again, or leave --ray out."
                )
            waiting = [one for one in waiting if one not in finished]

    def _result(self, task: Any, others: Sequence[Any], seconds: float) -> Any:
        """The result of a task; raises _Lost where its process died again and again, ClusterError where the cluster is at fault."""
        ray = self._ray
        try:
            self._await(task, others, seconds)
            return ray.get(task)
        except (ray.exceptions.WorkerCrashedError, ray.exceptions.OutOfMemoryError, ray.exceptions.ObjectLostError) as error:
            raise _Lost(_first_line(error)) from error
        except ray.exceptions.RayTaskError as error:
            reason = (
                _first_line(error.cause) if isinstance(getattr(error, "cause", None), Exception) else str(error).strip().splitlines()[-1]
            )
            raise ClusterError(f"A node of the Ray cluster at {self._address} cannot do its work: {reason}. {_SAME}") from error
        except (ray.exceptions.RayError, ConnectionError) as error:
            raise ClusterError(f"The Ray cluster at {self._address} failed: {_first_line(error)}. {_WAY_OUT}") from error


_WAY_OUT = "Start one by 'ray start --head --port 6379', correct the address, or leave --ray out to read and encode on this machine."
_SAME = "The nodes need the same advisor, Python and Ray as this machine."


class _Lost(Exception):
    """A task whose process died, also when it was tried again."""


class _Sent(NamedTuple):
    """A file under way; without a task it is to be read here."""

    path: Path
    source: str
    task: Any
    size: int


def _parcel(path: Path, source: str) -> nodes.Parcel | None:
    """A file as it is sent; None where it cannot be, which the local reader then gives the reason for."""
    sidecar = path.with_name(path.name + SIDECAR)
    try:
        if not path.is_file() or path.stat().st_size > MAXIMUM_BYTES:
            return None
        return nodes.Parcel(path.name, source, path.read_bytes(), sidecar.read_bytes() if sidecar.is_file() else None)
    except (OSError, ValueError):
        return None


def _here(limits: Limits, options: Options) -> ReadAll:
    return lambda files: read_all(files, limits=limits, options=options)


@dataclass(frozen=True, slots=True)
class _ClusterEncoder:
    """An encoder whose passages are encoded elsewhere."""

    local: Encoder
    encode_parted: Callable[[Sequence[Sequence[str]], Sequence[str]], list[Encoded]]

    @property
    def name(self) -> str:
        return self.local.name

    @property
    def fingerprint(self) -> str:
        return self.local.fingerprint

    @property
    def dimension(self) -> int:
        return self.local.dimension

    def encode_passages(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        return self.local.encode_passages(texts, languages)

    def encode_question(self, text: str, language: str) -> Vectors:
        return self.local.encode_question(text, language)

    def question_tokens(self, text: str, language: str) -> Weighted:
        return self.local.question_tokens(text, language)


def _host_and_port(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(address if "://" in address else f"//{address}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port or parts.scheme not in ("", "ray") or parts.path:
        raise UsageError(
            f"The address of the Ray cluster is {address!r}; expected HOST:PORT, as 'ray start --head' prints it, or ray://HOST:PORT."
        )
    return host, port


def _imported() -> ModuleType:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # Ray counts its users by default
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")  # and else warns of how it will treat graphics cards one day
    try:
        import ray
    except ImportError as error:
        raise UsageError("Ray is not installed here. Install it by: pip install 'strategy-advisor[ray]'.") from error
    logging.getLogger("ray").setLevel(logging.ERROR)  # what matters comes back as an error
    return ray


def _join(ray: ModuleType, address: str, outcome: list[BaseException | None]) -> None:
    try:
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", configure_logging=False)
        outcome.append(None)
    except BaseException as error:  # noqa: BLE001 - handed to the thread that waits
        outcome.append(error)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")
