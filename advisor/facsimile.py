"""Pages of a PDF as they are printed: pictures, and where on them a quotation stands; from the file that was read, while it is the same."""

from __future__ import annotations

import hashlib
import io
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from advisor.documents.model import Document, Page
from advisor.errors import DamagedDocument
from advisor.index import Entry
from advisor.marking import marked
from advisor.text import Span

MEDIA_TYPE = "application/pdf"
WIDTH = 1400  # pixels of a picture
MOST_PIXELS = 4_000_000
MOST_BYTES = 48_000_000  # of pictures that are kept
FINE = 100_000  # steps across a page in which places on it are told


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a page, as shares of its width and height from the top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page on which a quotation stands, how wide it is for its height, and the lines of the quotation on it; none if not found there."""

    page: Page
    aspect: float
    boxes: tuple[Box, ...]


class Facsimiles:
    """Pictures of pages and places on them; safe for several threads, of which one at a time is served, for so PDFium wants it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pictures: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._hashes: dict[tuple[str, int, int], str] = {}

    def original(self, manifest: Iterable[Entry], sha256: str) -> Path | None:
        """The file that a document was read from, or None where it is not at hand or not the same any more."""
        for entry in manifest:
            if entry.sha256 == sha256 and self._hash(Path(entry.owner) / entry.source) == sha256:
                return Path(entry.owner) / entry.source
        return None

    def _hash(self, path: Path) -> str:
        try:
            facts = path.stat()
            key = (str(path), facts.st_size, facts.st_mtime_ns)
            if key not in self._hashes:
                with path.open("rb") as file:
                    self._hashes[key] = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return ""
        return self._hashes[key]

    def sheets(self, path: Path, document: Document, span: Span) -> list[Sheet]:
        """The pages on which a span of a document stands, in order, with its lines on each. Raises DamagedDocument."""
        pages = [page for page in document.pages if page.start < span.end and span.start < page.end]
        with self._lock, _opened(path) as pdf:
            return [_sheet(pdf, document.text, page, span) for page in pages if page.number <= len(pdf)]

    def picture(self, path: Path, sha256: str, number: int) -> bytes | None:
        """The picture of a page, counted from 1, as PNG; None where there is no such page. Raises DamagedDocument."""
        with self._lock:
            if (sha256, number) in self._pictures:
                self._pictures.move_to_end((sha256, number))
                return self._pictures[sha256, number]
            with _opened(path) as pdf:
                if not 1 <= number <= len(pdf):
                    return None
                picture = _drawn(pdf, number)
            self._pictures[sha256, number] = picture
            while sum(map(len, self._pictures.values())) > MOST_BYTES and len(self._pictures) > 1:
                self._pictures.popitem(last=False)
            return picture


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    import pypdfium2

    try:
        with closing(pypdfium2.PdfDocument(path)) as pdf:
            yield pdf
    except (pypdfium2.PdfiumError, OSError, ValueError) as error:
        raise DamagedDocument(f"{path.name}: its pages cannot be shown ({error}); the text as it was read stays usable") from error


def _drawn(pdf: Any, number: int) -> bytes:
    """A page as PNG, at most so wide and so many pixels."""
    with closing(pdf[number - 1]) as page:
        width, height = page.get_size()
        scale = min(WIDTH / max(width, 1), (MOST_PIXELS / max(width * height, 1)) ** 0.5)
        with closing(page.render(scale=scale)) as bitmap:
            stream = io.BytesIO()
            bitmap.to_pil().convert("RGB").save(stream, "PNG")
    return stream.getvalue()


def _sheet(pdf: Any, text: str, page: Page, span: Span) -> Sheet:
    part = Span(max(span.start, page.start), min(span.end, page.end))
    near = (part.start - page.start) / max(page.end - page.start, 1)
    with closing(pdf[page.number - 1]) as printed:
        width, height = printed.get_size()
        with closing(printed.get_textpage()) as letters:
            found = marked(_characters(letters), part.of(text), near)
            boxes = tuple(box for places in found for box in _boxes(printed, letters, places))
    return Sheet(page, width / max(height, 1), boxes)


def _characters(letters: Any) -> list[str]:
    """The characters of a page, one for each number by which PDFium knows them."""
    from pypdfium2 import raw

    return [chr(raw.FPDFText_GetUnicode(letters, place) or 32) for place in range(letters.count_chars())]


def _boxes(page: Any, letters: Any, places: range) -> Iterator[Box]:
    """The lines that a range of characters takes on a page, as it is shown: turned and cut."""
    from pypdfium2 import PdfPosConv

    shown = PdfPosConv(page, (0, 0, FINE, FINE, 0))
    for number in range(letters.count_rects(places.start, len(places))):
        left, bottom, right, top = letters.get_rect(number)
        (x, y), (far_x, far_y) = shown.to_bitmap(left, top), shown.to_bitmap(right, bottom)
        x, far_x, y, far_y = min(x, far_x), max(x, far_x), min(y, far_y), max(y, far_y)
        yield Box(x / FINE, y / FINE, (far_x - x) / FINE, (far_y - y) / FINE)
