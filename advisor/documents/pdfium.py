"""Words of PDF pages with their places, by PDFium; the one module that knows its interface for text."""

from __future__ import annotations

import ctypes
import math
import re
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from advisor.documents.layout import Word

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

# PDFium may be used by one thread at a time.
LOCK = threading.RLock()
_MOST = 0.6
_LOWER = 0.5  # of the size of a letter: what ends so far below where it begins is on another line
_BROKEN_WORD = "\x02\ufffe"  # how PDFium writes a hyphen at the end of a line, with no line break after it
_WORD = re.compile(rf"[^\s\x00{_BROKEN_WORD}]+[{_BROKEN_WORD}]?|[{_BROKEN_WORD}]")
_BOLD = re.compile(rb"bold|black|heavy|demi|fett", re.IGNORECASE)
_HYPHEN = str.maketrans(dict.fromkeys(_BROKEN_WORD, "-"))


def opened(data: bytes, password: str | None) -> PdfDocument:
    """The document, to be closed after use. Raises pypdfium2.PdfiumError, a RuntimeError."""
    from pypdfium2 import PdfDocument

    return PdfDocument(data, password=password)


def words(page: PdfPage) -> list[Word]:
    """The words of a page in the order of the file, turned so that most of them stand upright; those that do not are left as they are."""
    textpage = page.get_textpage()
    try:
        found = list(_words(textpage))
    finally:
        textpage.close()
    return _upright(found)


def is_picture(page: PdfPage) -> bool:
    """Whether one picture covers most of a page, as on a scan."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    for picture in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = picture.get_bounds()
        if (right - left) * (top - bottom) > _MOST * width * height:
            return True
    return False


def _words(textpage: PdfTextPage) -> Iterator[tuple[Word, int]]:
    """The words with the angle, in quarter turns, at which each is set."""
    import pypdfium2.raw as pdfium

    place = _Place(pdfium, textpage.raw)
    text = _text(textpage, pdfium)
    for match in _WORD.finditer(text):
        yield from _placed(text, *match.span(), place)


def _placed(text: str, first: int, last: int, place: _Place) -> Iterator[tuple[Word, int]]:
    """The word from one character to another; several, where PDFium runs together single letters that stand below each other."""
    end: int | None = first
    while end is not None:
        first, (x, y) = end, place.origin(end)
        left, bottom, right, top = place.box(last - 1)
        size, turn, bold = place.style(first)
        end = None
        if turn == 0 and top < y - _LOWER * size:
            end = next((at for at in range(first + 1, last) if place.origin(at)[1] < y - _LOWER * size), None)
        if end is not None:
            left, bottom, right, top = place.box(end - 1)
        word = text[first : end or last]
        if word[-1] in _BROKEN_WORD:
            word = word.translate(_HYPHEN)
        yield Word(word, x, y, right if turn == 0 else _far(turn, left, bottom, right, top), size, bold), turn


def _far(turn: int, left: float, bottom: float, right: float, top: float) -> float:
    """Where a word ends in its direction of writing."""
    return (right, top, left, bottom)[turn]


class _Place:
    """Origin, box and style of one character of a page.

    There are thousands of calls, and they are what reading a PDF waits for: the C variables are made once, and what all letters of one
    piece of text have in common is asked for once.
    """

    def __init__(self, pdfium: Any, textpage: object) -> None:
        self._textpage = textpage
        self._pdfium = pdfium
        self._values = [ctypes.c_double() for _ in range(4)]
        self._pointers = [ctypes.byref(value) for value in self._values]
        self._matrix = pdfium.FS_MATRIX()
        self._to_matrix = ctypes.byref(self._matrix)
        self._name = ctypes.create_string_buffer(128)
        self._flags = ctypes.c_int()
        self._styles: dict[int, tuple[float, int, bool]] = {}

    def origin(self, index: int) -> tuple[float, float]:
        x, y = self._pointers[:2]
        self._pdfium.FPDFText_GetCharOrigin(self._textpage, index, x, y)
        return self._values[0].value, self._values[1].value

    def box(self, index: int) -> tuple[float, float, float, float]:
        self._pdfium.FPDFText_GetCharBox(self._textpage, index, *self._pointers)
        left, right, bottom, top = self._values
        return left.value, bottom.value, right.value, top.value

    def style(self, index: int) -> tuple[float, int, bool]:
        """Size and turn, as `_size` gives them, and whether the letters are bold."""
        piece = ctypes.c_void_p.from_buffer(self._pdfium.FPDFText_GetTextObject(self._textpage, index)).value or -1 - index
        found = self._styles.get(piece)
        if found is None:
            found = self._styles[piece] = (*self._size(index), self._bold(index))
        return found

    def _bold(self, index: int) -> bool:
        """Whether the name of its font says so; what else a file says of its fonts is seldom true."""
        length = self._pdfium.FPDFText_GetFontInfo(self._textpage, index, self._name, len(self._name), self._flags)
        return 0 < length <= len(self._name) and bool(_BOLD.search(self._name.value))

    def _size(self, index: int) -> tuple[float, int]:
        """The size of the letters in points and the quarter turn, counter-clockwise, at which they are set."""
        size = self._pdfium.FPDFText_GetFontSize(self._textpage, index)
        if not self._pdfium.FPDFText_GetMatrix(self._textpage, index, self._to_matrix):
            return size or 1.0, 0
        matrix = self._matrix
        turn = round(math.degrees(math.atan2(matrix.b, matrix.a)) / 90) % 4
        return size * math.hypot(matrix.c, matrix.d) or 1.0, turn


def _text(textpage: PdfTextPage, pdfium: Any) -> str:
    """The text, character n of it being PDFium's character n."""
    count = textpage.count_chars()
    if count <= 0:
        return ""
    text: str = textpage.get_text_range()
    probes = {count * part // 7 for part in range(7)} | {count - 1}
    if len(text) == count and all(_same(text[at], pdfium.FPDFText_GetUnicode(textpage.raw, at)) for at in probes):
        return text
    codes = (pdfium.FPDFText_GetUnicode(textpage.raw, at) for at in range(count))
    return "".join(chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd" for code in codes)


def _same(character: str, code: int) -> bool:
    return ord(character) == code or (character in _BROKEN_WORD and chr(code) in "-\u00ad\u2010" + _BROKEN_WORD)


def _upright(found: list[tuple[Word, int]]) -> list[Word]:
    turns = [turn for _, turn in found]
    main = max(range(4), key=turns.count)
    turned: Callable[[Word], Word] = _TURNED[main]
    # What stands at another angle, a stamp at the margin, keeps its words in one line at the end of the page.
    upright = [turned(word) for word, turn in found if turn == main]
    aside = [word for word, turn in found if turn != main]
    if aside:
        lowest = min((word.y for word in upright), default=0.0)
        text = " ".join(word.text for word in aside)
        upright.append(Word(text, 0.0, lowest - 100.0, 0.5 * len(text), aside[0].size))
    return upright


_TURNED: tuple[Callable[[Word], Word], ...] = (
    lambda word: word,
    lambda word: Word(word.text, word.y, -word.x, word.end, word.size, word.bold),
    lambda word: Word(word.text, -word.x, -word.y, -word.end, word.size, word.bold),
    lambda word: Word(word.text, -word.y, word.x, -word.end, word.size, word.bold),
)
