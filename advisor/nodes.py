"""What a node of a cluster does: read a file that was sent to it, encode texts. Knows nothing of the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from advisor.documents import SIDECAR, Document
from advisor.documents.options import Options
from advisor.encoder import Encoded, Encoder, open_encoder
from advisor.errors import DocumentError, EncoderError
from advisor.reading import Limits, Worker


class Parcel(NamedTuple):
    """A file as it is sent: its own name, the name to show, its bytes, and those of the sidecar."""

    name: str
    source: str
    data: bytes
    beside: bytes | None

    @property
    def size(self) -> int:
        """Bytes of both."""
        return len(self.data) + len(self.beside or b"")


def version() -> str:
    """The version of the advisor that is installed."""
    from importlib.metadata import version as installed

    return installed("strategy-advisor")


def read(parcel: Parcel, limits: Limits, options: Options) -> Document | DocumentError:
    """What becomes of a file, read with limits in a process of its own, which stays for the next file."""
    with TemporaryDirectory(prefix="advisor-") as folder:
        path = Path(folder) / parcel.name
        path.write_bytes(parcel.data)
        if parcel.beside is not None:
            path.with_name(path.name + SIDECAR).write_bytes(parcel.beside)
        return _worker(limits, options).read(path, parcel.source)


def encode(name: str, fingerprint: str, texts: Sequence[Sequence[str]], languages: Sequence[str]) -> list[Encoded]:
    """Vectors of texts in parts, by the encoder of that name. Raises EncoderError where it is another one here."""
    encoder = _encoder(name)
    if encoder.fingerprint != fingerprint:
        raise EncoderError(f"the encoder {name!r} is another one there ({encoder.fingerprint[:12]}, not {fingerprint[:12]})")
    return list(encoder.encode_parted(texts, languages))


@lru_cache(maxsize=1)
def _worker(limits: Limits, options: Options) -> Worker:
    return Worker(limits, options)


@lru_cache(maxsize=1)
def _encoder(name: str) -> Encoder:
    return open_encoder(name, None, None, threads=1)
