"""Which format a file has, by its first bytes and its name, and how its text is encoded."""

from __future__ import annotations

import codecs
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from advisor.errors import DamagedDocument, EncryptedDocument, OversizedDocument, UnsupportedFormat

MARKDOWN = "text/markdown"
PLAIN = "text/plain"
HTML = "text/html"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODT = "application/vnd.oasis.opendocument.text"
EPUB = "application/epub+zip"
CSV = "text/csv"
MAIL = "message/rfc822"

SUFFIXES: Mapping[str, str] = MappingProxyType(
    {
        ".csv": CSV, ".docx": DOCX, ".eml": MAIL, ".epub": EPUB, ".htm": HTML, ".html": HTML, ".markdown": MARKDOWN, ".md": MARKDOWN,
        ".odt": ODT, ".pdf": PDF, ".pptx": PPTX, ".tsv": CSV, ".txt": PLAIN, ".xlsx": XLSX,
    }
)  # fmt: skip

MAXIMUM_BYTES = 200 * 2**20  # of a file, and of an archive once unpacked
MAXIMUM_PARTS = 20_000  # of an archive
MAXIMUM_TEXT_BYTES = 20 * 2**20  # of a file that is text throughout: some forty books

# What libraries raise beside their own errors when a file is damaged.
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)

_NO_MEMORY = 2  # what libxml2 calls it


def pass_on_no_memory(error: BaseException) -> None:
    """Raise MemoryError where an error of lxml says that memory ran out, and not that the file is broken."""
    if getattr(error, "code", None) == _NO_MEMORY:
        raise MemoryError from error


_NAMES = {
    MARKDOWN: "Markdown", PLAIN: "plain text", HTML: "a web page", PDF: "a PDF", DOCX: "a Word document", PPTX: "a presentation",
    XLSX: "an Excel workbook", ODT: "an OpenDocument text", EPUB: "an electronic book", CSV: "a table", MAIL: "an e-mail",
}  # fmt: skip
_SIGNED = frozenset((PDF, DOCX, PPTX, XLSX, ODT, EPUB))  # what begins with bytes of its own
_MAIN_PARTS = {"word/document.xml": DOCX, "ppt/presentation.xml": PPTX, "xl/workbook.xml": XLSX}
_MIME_TYPES = {ODT.encode(): ODT, f"{ODT}-template".encode(): ODT, EPUB.encode(): EPUB}
_HTML_HEAD = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.I | re.S)
_FOREIGN = (
    (b"{\\rtf", "an RTF file", "save it as .docx"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file", "save it as .docx"),
    (b"\x89PNG\r\n", "a PNG image", "run text recognition and add the result"),
    (b"\xff\xd8\xff", "a JPEG image", "run text recognition and add the result"),
    (b"II*\x00", "a TIFF image", "run text recognition and add the result"),
    (b"MM\x00*", "a TIFF image", "run text recognition and add the result"),
    (b"GIF8", "a GIF image", "run text recognition and add the result"),
    (b"\x1f\x8b", "a gzip archive", "unpack it and add the files"),
)
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_IN_WORD = re.compile(r"(?<=[a-zA-Z])[äöüßéèêàâçîôûùñóíáú]|[ÄÖÜäöüéèàó](?=[a-z])")
_BINARY = bytes(code for code in range(32) if code not in b"\t\n\x0b\x0c\r\x1b")


def media_type(data: bytes, suffix: str, name: str) -> tuple[str, tuple[str, ...]]:
    """The media type of a file and warnings where its bytes are not what its suffix says; the bytes win.

    Raises UnsupportedFormat, DamagedDocument, EncryptedDocument or OversizedDocument.
    """
    expected = SUFFIXES.get(suffix.casefold())
    found = _sniffed(data, expected, name)
    if found is None and expected is None:
        raise UnsupportedFormat(f"{name}: no reader for {suffix or 'a file without suffix'!r}; readable are {', '.join(sorted(SUFFIXES))}")
    if found is None and expected in _SIGNED:
        sign = "%PDF-" if expected == PDF else "a ZIP archive's signature"
        raise DamagedDocument(f"{name}: expected {_NAMES[expected]}, but the file does not begin with {sign}; get a fresh copy of it")
    if found is None and expected == HTML and not re.search(rb"<[a-zA-Z!/]", data):
        found = PLAIN
    actual = found or expected or PLAIN
    if actual == expected:
        return actual, ()
    return actual, (f"the file is named {name!r}, but it is {_NAMES[actual]} and was read as such; rename it",)


def _sniffed(data: bytes, expected: str | None, name: str) -> str | None:
    # A text may speak of "%PDF-"; only a file that calls itself a PDF may have other bytes before the signature.
    if data.lstrip()[:5] == b"%PDF-" or (expected == PDF and b"%PDF-" in data[:1024]):
        return PDF
    if data[:4] == b"PK\x03\x04":
        return _archived(data, name)
    if data[:4] == b"\xd0\xcf\x11\xe0" and "EncryptedPackage".encode("utf-16-le") in data:
        raise EncryptedDocument(f"{name}: the Office document needs a password; save it without one and add it again")
    for signature, kind, advice in _FOREIGN:
        if data.startswith(signature):
            raise UnsupportedFormat(f"{name}: this is {kind}, which has no reader; {advice}")
    return HTML if _HTML_HEAD.match(data[:4096]) else None


def _archived(data: bytes, name: str) -> str:
    """The media type of a ZIP archive, by the parts that it holds; nothing is unpacked but the part that names its type."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = {entry.filename: entry for entry in archive.infolist()}
            unpacked = sum(entry.file_size for entry in archive.infolist())
            told = archive.read("mimetype") if "mimetype" in entries and entries["mimetype"].file_size < 200 else b""
    except (zipfile.BadZipFile, NotImplementedError, *BROKEN) as error:
        raise DamagedDocument(f"{name}: the archive cannot be opened ({error}); get a fresh copy of the file") from error
    found = [kind for part, kind in _MAIN_PARTS.items() if part in entries] or [_MIME_TYPES.get(told.strip(), "")]
    if not found[0]:
        raise UnsupportedFormat(
            f"{name}: this is a ZIP archive, and no Word document, presentation, workbook, OpenDocument text or electronic book; unpack it"
        )
    if unpacked > MAXIMUM_BYTES:
        raise OversizedDocument(f"{name}: unpacked it has {unpacked:,} bytes, the limit is {MAXIMUM_BYTES:,}; split the document")
    if len(entries) > MAXIMUM_PARTS:
        raise OversizedDocument(f"{name}: it has {len(entries):,} parts, the limit is {MAXIMUM_PARTS:,}; split the document")
    locked = next((part for part, entry in entries.items() if entry.flag_bits & 1), None)
    if locked:
        raise EncryptedDocument(f"{name}: its part {locked!r} needs a password; save it without one and add it again")
    return found[0]


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file's text, the encoding it was read with, and what was wrong with it."""

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, name: str, declared: str | None = None) -> Decoded:
    """The text of bytes: by byte order mark, else the declared encoding, else UTF-8, else Windows-1252.

    Raises DamagedDocument where the bytes are no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return Decoded(_strict(data[len(mark) :] if encoding == "utf-8" else data, encoding, name), encoding)
    wide = _wide(data)
    if wide:
        return Decoded(_strict(data, wide, name), wide)
    if b"\x00" in data or len(data) - len(data.translate(None, _BINARY)) > len(data) / 20:
        raise DamagedDocument(f"{name}: the file holds binary data, expected text; save it as text in UTF-8")
    for choice in filter(None, (declared, "utf-8")):
        try:
            return Decoded(data.decode(choice), codecs.lookup(choice).name)
        except (UnicodeDecodeError, LookupError):
            continue
    return _broken_utf_8(data) or _macintosh(data) or Decoded(_strict(data, "cp1252", name), "cp1252")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a byte order mark, told by the null bytes that every second byte of European text then is."""
    head = data[: 2**16]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(data) % 2 or max(even, odd) < 0.4 * len(head) / 2 or min(even, odd) > 0.02 * len(head):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _macintosh(data: bytes) -> Decoded | None:
    """The text of an old Macintosh, where its letters outside of ASCII make words as such and none in Windows-1252."""
    text = data.decode("mac_roman")
    windows = data.decode("cp1252", "replace")
    here, there = len(_IN_WORD.findall(text)), len(_IN_WORD.findall(windows))
    return Decoded(text, "mac-roman") if here >= 2 and here > 3 * there else None


def _broken_utf_8(data: bytes) -> Decoded | None:
    # One damaged byte in a UTF-8 file must not turn every umlaut of it into two wrong letters. Windows-1252 text hardly ever holds
    # valid multi-byte sequences, so many good ones against few bad ones decide.
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text) - bad
    cut_off = good and bad == 1 and text.endswith("\ufffd")
    if good < 10 * bad and not cut_off:
        return None
    return Decoded(text, "utf-8", (f"{bad} unreadable places in the UTF-8 text were replaced by \ufffd; get a fresh copy of the file",))


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise DamagedDocument(
            f"{name}: the text is no valid {encoding} ({error.reason} at byte {error.start}); save it as UTF-8"
        ) from error
