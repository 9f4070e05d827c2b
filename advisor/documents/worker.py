"""The process in which files are read: it takes paths on its standard input and gives documents or reasons back on its output.

Started by `advisor.reading`, which watches over it; whatever a file does to this process, it does to no other file.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
from pathlib import Path
from typing import BinaryIO

from advisor.documents import read
from advisor.documents.model import Document
from advisor.documents.options import Options
from advisor.errors import DocumentError
from advisor.text import printable

# What comes back for one file: the document, or the name of the error's class and its message, or None where memory ran out.
Outcome = Document | tuple[str, str] | None


def main() -> None:
    """Read files until the input ends, or until memory runs out once: what is left of a process then is not to be relied on."""
    requests, replies = sys.stdin.buffer, _own_output()
    options, memory, seconds = pickle.load(requests)
    _limit_memory(memory)
    _reply(replies, None)  # ready
    while True:
        try:
            path, source = pickle.load(requests)
        except EOFError:
            return
        _limit_processor(seconds)
        outcome = _outcome(path, source, options)
        _reply(replies, outcome)
        if outcome is None:
            return


def _reply(replies: BinaryIO, outcome: Outcome) -> None:
    replies.write(pickle.dumps(outcome))
    replies.flush()


def _own_output() -> BinaryIO:
    """The standard output for replies alone: a library that prints must not write into them."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _limit_memory(memory: int) -> None:
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows has no such limit, some systems refuse it
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _limit_processor(seconds: int) -> None:
    """Let the process end by itself where it computes on without end after its parent was killed."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + seconds + 10
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))


def _outcome(path: Path, source: str, options: Options) -> Outcome:
    try:
        return read(path, source=source, options=options)
    except DocumentError as error:
        return type(error).__name__, printable(str(error))
    except MemoryError:
        return None
    # A fault in a reader is a fault with one file; the others must not wait for its repair.
    except Exception as error:  # noqa: BLE001
        reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        return "DamagedDocument", printable(f"{source}: the reader failed on it ({reason}); save it anew, or report it with the file")


if __name__ == "__main__":
    main()
