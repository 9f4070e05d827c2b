"""The settings of one advisor: frozen, read once, handed on as plain arguments."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from advisor.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; every field has a default that works offline.

    `index` is the folder of generations, `corpus` the folder that is read by default, `threads` the number of threads for encoding
    passages, `keep` how many earlier generations stay for a rollback, `host` and `port` where the chat is served.
    """

    index: Path = Path("index")
    corpus: Path = Path("corpus")
    threads: int = 2
    keep: int = 3
    host: str = "127.0.0.1"
    port: int = 7860

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from variables ADVISOR_INDEX, ADVISOR_CORPUS and so on; an empty variable counts as not set."""
        environ = os.environ if environ is None else environ
        given = {name: environ.get(f"ADVISOR_{name.upper()}") or None for name in cls.__dataclass_fields__}
        default = cls()
        return cls(
            index=Path(given["index"] or default.index).expanduser(),
            corpus=Path(given["corpus"] or default.corpus).expanduser(),
            threads=_whole("ADVISOR_THREADS", given["threads"], os.cpu_count() or 1, 1, 256),
            keep=_whole("ADVISOR_KEEP", given["keep"], default.keep, 0, 1000),
            host=given["host"] or default.host,
            port=_whole("ADVISOR_PORT", given["port"], default.port, 0, 65535),
        )


def _whole(name: str, value: str | None, default: int, low: int, high: int) -> int:
    if value is None:
        return default
    if not value.strip().isdigit() or not low <= int(value) <= high:
        raise UsageError(f"{name} is {value!r}; expected a whole number from {low} to {high}. Correct the variable or unset it.")
    return int(value)
