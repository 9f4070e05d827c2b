"""Files read in processes of their own, with limits on time and memory: paths → documents or reasons, in the same order."""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from advisor import errors
from advisor.documents.model import Document
from advisor.documents.options import DEFAULT, Options
from advisor.errors import DamagedDocument, DocumentError, OversizedDocument
from advisor.settings import Settings

ReadAll = Callable[[Sequence[tuple[Path, str]]], Iterator[Document | DocumentError]]

_AHEAD = 3  # files read ahead for each worker; more would only fill the memory
_FILES_FOR_ONE = 4  # a second process is not worth its start for fewer
_FAREWELL = 5  # seconds for a process to end that has closed its output
_PATIENCE = 120  # seconds for a process to start
_OCR_PATIENCE = 30  # times as long: a page that is a picture takes seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: seconds of time, and MiB of memory in the process that reads it."""

    seconds: int = 120
    memory: int = 2048


def patience(limits: Limits, options: Options) -> int:
    """How many seconds reading one file may take."""
    return limits.seconds * (_OCR_PATIENCE if options.ocr else 1)


def reader(settings: Settings) -> ReadAll:
    """`read_all` with the limits and options that are set."""
    limits, options = Limits(settings.read_seconds, settings.read_memory), Options(settings.ocr, settings.pdf_password)
    return partial(read_all, limits=limits, options=options, workers=settings.threads)


def read_all(
    files: Sequence[tuple[Path, str]], *, limits: Limits | None = None, options: Options = DEFAULT, workers: int = 1
) -> Iterator[Document | DocumentError]:
    """Read files, each given by its path and the name to show, and yield what became of each: a document, or why there is none.

    A file that exceeds a limit, or brings its process down, costs itself only: the process is replaced. Results come in the order of
    the files; reading stops a few files ahead of who takes them.
    """
    if not files:
        return
    count = max(1, min(workers, -(-len(files) // _FILES_FOR_ONE)))
    crew = [Worker(limits or Limits(), options) for _ in range(count)]
    idle: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    for worker in crew:
        idle.put(worker)

    def one(path: Path, source: str) -> Document | DocumentError:
        worker = idle.get()
        try:
            return worker.read(path, source)
        finally:
            idle.put(worker)

    pool = ThreadPoolExecutor(count, thread_name_prefix="reading")
    pending: deque[Future[Document | DocumentError]] = deque()
    try:
        for path, source in files:
            pending.append(pool.submit(one, path, source))
            if len(pending) > _AHEAD * count:
                yield pending.popleft().result()
        while pending:
            yield pending.popleft().result()
    finally:
        for future in pending:
            future.cancel()
        for worker in crew:
            worker.close()
        pool.shutdown()


class Worker:
    """One reading process, started when first needed and again after it ended."""

    def __init__(self, limits: Limits, options: Options) -> None:
        self._limits = limits
        self._options = options
        self._seconds = patience(limits, options)
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False
        self._late = False

    def read(self, path: Path, source: str) -> Document | DocumentError:
        """The document, or the error that tells why there is none."""
        self._late = False
        try:
            process = self._running()
            with self._watched(process, self._seconds):
                outcome = _exchange(process, (path, source))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            return self._ended(source, error)
        if isinstance(outcome, Document):
            return outcome
        if isinstance(outcome, tuple):
            kind: type[DocumentError] = getattr(errors, outcome[0])
            return kind(outcome[1])
        self._stop()
        return OversizedDocument(f"{source}: {_memory(self._limits)}")

    def close(self) -> None:
        """End the process, also in the middle of a file."""
        self._closed = True
        self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._closed:
            raise EOFError
        if self._process is None or self._process.poll() is not None:
            self._process = _started()
            with self._watched(self._process, _PATIENCE):  # a busy machine's slow start is no fault of the file
                _exchange(self._process, (self._options, self._limits.memory * 2**20, self._seconds))
        return self._process

    @contextlib.contextmanager
    def _watched(self, process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
        """Let the process end after so many seconds."""
        timer = threading.Timer(seconds, self._give_up, [process])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _give_up(self, process: subprocess.Popen[bytes]) -> None:
        self._late = True
        _kill(process)

    def _ended(self, source: str, error: Exception) -> DocumentError:
        """Why the process is no more, or never was; the error is how that was noticed."""
        code = 0
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                code = self._process.wait(_FAREWELL)
        self._stop()
        if self._late or code == -getattr(signal, "SIGXCPU", 0) != 0:
            return OversizedDocument(
                f"{source}: reading took longer than {self._seconds:,} seconds and was stopped; split the file, "
                f"or set ADVISOR_READ_SECONDS higher (it is {self._limits.seconds})"
            )
        if code in (-signal.SIGABRT, -getattr(signal, "SIGTRAP", 0), -getattr(signal, "SIGKILL", 0)):
            return OversizedDocument(f"{source}: {_memory(self._limits)}")
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}" if code else f"{type(error).__name__}: {error}"
        return DamagedDocument(f"{source}: the file brought its reader down ({how}); save or print it anew and add that")

    def _stop(self) -> None:
        process, self._process = self._process, None  # another thread may stop it, too
        if process is not None:
            _kill(process)
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    if stream is not None:
                        stream.close()
            process.wait()


def _memory(limits: Limits) -> str:
    return (
        f"reading it takes more memory than the {limits.memory:,} MiB that one file may have; split the file, "
        "or set ADVISOR_READ_MEMORY higher"
    )


def _started() -> subprocess.Popen[bytes]:
    # The child finds modules where this process does, and never in the folder it happens to run in (-P): a folder of documents may hold
    # a file named like a module.
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "advisor.documents.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ, start_new_session=True,
    )  # fmt: skip


def _exchange(process: subprocess.Popen[bytes], message: object) -> object:
    """What the process answers to a message."""
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(pickle.dumps(message))
    process.stdin.flush()
    return pickle.load(process.stdout)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and what it has started."""
    with contextlib.suppress(OSError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
