"""Files that come in by the page: a safe name, bounds, and a look inside before they are kept."""

from __future__ import annotations

import os
import re
import secrets
import unicodedata
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

from advisor.documents import ABOUT_THE_FOLDER, SUFFIXES
from advisor.errors import IndexUnwritable, OversizedDocument, UnsupportedFormat, UsageError
from advisor.settings import Settings
from advisor.surfaces.web.jobs import Jobs

MOST_FILES = 500  # in one request
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)  # names that Windows keeps for devices
_LONGEST = 120  # bytes of a name without its suffix


class Incoming(Protocol):
    """A file that is being sent."""

    async def read(self, size: int = -1) -> bytes:
        """The next bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that was let in: its name in the library, whether it took the place of an earlier one, and what was seen in it."""

    name: str
    replaced: bool
    title: str
    language: str
    pages: int
    characters: int


def safe_name(given: str) -> str:
    """A file name that is one on every system and says the same to a reader; raises UnsupportedFormat where no reader takes its kind.

    Folders before it are dropped, and so are control characters and marks that turn the reading direction.
    """
    name = unicodedata.normalize("NFC", re.split(r"[/\\]", given)[-1])
    name = "".join(
        c if c.isalnum() or c in " ._-()+&,'’–=@#" else "" if unicodedata.category(c).startswith(("C", "M")) else "_" for c in name
    )
    stem, _, kind = re.sub(r"\s+", " ", name).strip().rpartition(".")
    stem, suffix = stem.strip(" ."), f".{kind.lower()}" if "." in name else ""
    if suffix not in SUFFIXES:
        raise UnsupportedFormat(
            f"{given[:120]!r} has no reader; readable are {', '.join(sorted(SUFFIXES))}. Save it in one of these formats and add it again."
        )
    while len(stem.encode()) > _LONGEST:
        stem = stem[:-1]
    stem = stem.strip(" .") or "document"
    if _RESERVED.fullmatch(stem.split(".")[0]) or (stem + suffix).lower() in ABOUT_THE_FOLDER:
        stem = f"{stem}_"
    return stem + suffix


def free_name(name: str, taken: Collection[str]) -> str:
    """The name, or with a number after it the first that no other file of the library has."""
    stem, suffix = os.path.splitext(name)
    folded = {other.casefold() for other in taken}
    candidates = (name if number == 1 else f"{stem}-{number}{suffix}" for number in range(1, len(folded) + 2))
    return next(candidate for candidate in candidates if candidate.casefold() not in folded)


async def received(incoming: Incoming, settings: Settings, given: str) -> Path:
    """Write an incoming file to a hidden place among the uploads, within the limit; raises OversizedDocument or IndexUnwritable."""
    most = settings.upload_limit * 2**20
    place = settings.uploads / f".{secrets.token_hex(8)}.part"
    size = 0
    try:
        settings.uploads.mkdir(parents=True, exist_ok=True)
        with place.open("wb") as file:
            while piece := await incoming.read(2**20):
                size += len(piece)
                if size > most:
                    raise OversizedDocument(
                        f"{given[:120]}: the file is larger than {settings.upload_limit} MiB, the limit for uploads. Split it, or ask "
                        "whoever runs this advisor to raise ADVISOR_UPLOAD_LIMIT."
                    )
                file.write(piece)
    except OSError as error:
        discard(place)
        raise IndexUnwritable(f"{settings.uploads} cannot be written: {error.strerror}. Free some disk or give it write access.") from error
    except BaseException:
        discard(place)
        raise
    return place


def discard(place: Path) -> None:
    """Remove what was received; gone is gone."""
    with suppress(OSError):
        place.unlink(missing_ok=True)


def keep(place: Path, given: str, settings: Settings, jobs: Jobs, others: Collection[str], known: Collection[tuple[str, str]]) -> Kept:
    """Check a received file with the readers and give it its name among the uploads.

    `others` are names of files that did not come in by the page, `known` pairs sha256 and name of what the library holds. An upload of the
    same name is replaced. Raises DocumentError with the reader's reason, UsageError where the same file is there already.
    """
    try:
        name = free_name(safe_name(given), others)
        data = place.read_bytes()
        digest = sha256(data).hexdigest()
        same = next((other for sha, other in known if sha == digest), None) or _same_upload(settings.uploads, data)
        if same is not None:
            raise UsageError(f"{name}: the library holds this very file already, as {same}. There is nothing to add.")
        # The readers go by the suffix as well, so the file is looked at under a name that ends as it will.
        looked_at = place.with_name(f"{place.name}{Path(name).suffix}")
        os.replace(place, looked_at)
        place = looked_at
        seen: dict[str, Any] = jobs.check(str(place), name)
        target = settings.uploads / name
        replaced = target.exists()
        os.replace(place, target)
        jobs.forget_plan()
        return Kept(name, replaced, seen["title"], seen["language"], seen["pages"], seen["characters"])
    finally:
        discard(place)


def _same_upload(folder: Path, data: bytes) -> str | None:
    files = (file for file in waiting(folder) if file.stat().st_size == len(data))
    return next((file.name for file in files if file.read_bytes() == data), None)


def waiting(folder: Path) -> list[Path]:
    """The uploaded files, whether or not the library has read them."""
    if not folder.is_dir():
        return []
    return sorted(file for file in folder.iterdir() if file.suffix in SUFFIXES and not file.name.startswith("."))


def clear_leftovers(settings: Settings) -> None:
    """Remove what an interrupted upload left behind."""
    if settings.uploads.is_dir():
        for file in settings.uploads.glob(".*.part*"):
            discard(file)
