"""The settings of one advisor: frozen, read once, handed on as plain arguments."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from advisor.errors import UsageError


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; every field has a default that works offline.

    `index` is the folder of generations, `corpus` the folder that is read by default, `threads` the number of threads for encoding
    passages, `keep` how many earlier generations stay for a rollback, `host` and `port` where the chat is served. `encoder` is "bundled" or
    the name or folder of a sentence-transformers model; with `encoder_url` an embedding server encodes, `encoder_key` opens it.
    With `chroma_url` the vectors live in a Chroma server: `chroma_token` opens it, `chroma_ca` is a file of authorities that its
    certificate is checked against in place of the system's, `chroma_seconds` is how long a reply of it may take, `chroma_database` is
    another TENANT/DATABASE on it than Chroma's own.
    `model` is a language model as PROVIDER:NAME, or None for none; `model_url` is the server it runs on, `model_key` opens it, and
    `model_timeout` is how many seconds a whole reply of it may take. `read_seconds` and `read_memory` (MiB) limit what reading one file may
    cost; with `ocr` tesseract recognises the text of scanned pages; `pdf_password` is tried on locked PDFs. `upload_limit` is the size of
    an uploaded file in MiB, `upload_pages` its number of pages; `rate` is how many questions and uploads a minute someone may send who had
    to sign in, 0 for any number. `proxy` is the address of a reverse proxy that is believed when it says from where and over what a request
    came. `ray` is the address of a Ray cluster on which files are read and passages encoded.
    """

    index: Path = Path("index")
    corpus: Path = Path("corpus")
    threads: int = 2
    keep: int = 3
    host: str = "127.0.0.1"
    port: int = 7860
    encoder: str = "bundled"
    encoder_url: str | None = None
    encoder_key: str | None = field(default=None, repr=False)
    chroma_url: str | None = None
    chroma_token: str | None = field(default=None, repr=False)
    chroma_ca: Path | None = None
    chroma_seconds: int = 15
    chroma_database: str | None = None
    model: str | None = None
    model_url: str | None = None
    model_key: str | None = field(default=None, repr=False)
    model_timeout: int = 60
    read_seconds: int = 120
    read_memory: int = 2048
    ocr: bool = False
    pdf_password: str | None = field(default=None, repr=False)
    upload_limit: int = 50
    upload_pages: int = 2000
    rate: int = 60
    proxy: str | None = None
    ray: str | None = None

    @property
    def uploads(self) -> Path:
        """Where uploaded files are kept: beside the generations, so that they move with the library."""
        return self.index / "uploads"

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
            encoder=given["encoder"] or default.encoder,
            encoder_url=given["encoder_url"],
            encoder_key=given["encoder_key"],
            chroma_url=given["chroma_url"],
            chroma_token=given["chroma_token"],
            chroma_ca=Path(given["chroma_ca"]).expanduser() if given["chroma_ca"] else None,
            chroma_seconds=_whole("ADVISOR_CHROMA_SECONDS", given["chroma_seconds"], default.chroma_seconds, 1, 600),
            chroma_database=given["chroma_database"],
            model=given["model"],
            model_url=given["model_url"],
            model_key=given["model_key"],
            model_timeout=_whole("ADVISOR_MODEL_TIMEOUT", given["model_timeout"], default.model_timeout, 1, 3600),
            read_seconds=_whole("ADVISOR_READ_SECONDS", given["read_seconds"], default.read_seconds, 1, 86400),
            read_memory=_whole("ADVISOR_READ_MEMORY", given["read_memory"], default.read_memory, 512, 1_000_000),
            ocr=bool(_whole("ADVISOR_OCR", given["ocr"], default.ocr, 0, 1)),
            pdf_password=given["pdf_password"],
            upload_limit=_whole("ADVISOR_UPLOAD_LIMIT", given["upload_limit"], default.upload_limit, 1, 200),
            upload_pages=_whole("ADVISOR_UPLOAD_PAGES", given["upload_pages"], default.upload_pages, 1, 100_000),
            rate=_whole("ADVISOR_RATE", given["rate"], default.rate, 0, 100_000),
            proxy=given["proxy"],
            ray=given["ray"],
        )


def _whole(name: str, value: str | None, default: int, low: int, high: int) -> int:
    if value is None:
        return default
    if not value.strip().isdigit() or not low <= int(value) <= high:
        raise UsageError(f"{name} is {value!r}; expected a whole number from {low} to {high}. Correct the variable or unset it.")
    return int(value)
