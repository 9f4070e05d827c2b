"""Text of pages that are pictures, recognised by tesseract where it is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

_DOTS = 300  # per inch: what tesseract was trained on
_MOST_DOTS = 40_000_000  # of a page, however large its paper
_SECONDS = 120  # for one page
_WANTED = ("deu", "eng")


def available() -> bool:
    """Whether tesseract is installed."""
    return shutil.which("tesseract") is not None


def lines(page: PdfPage) -> list[str]:
    """The lines of a page in reading order, "" between paragraphs; [] where tesseract sees none."""
    command = ["tesseract", "stdin", "stdout", "--psm", "3"]
    if _languages():
        command += ["-l", "+".join(_languages())]
    # One thread for a page: several pages are read at once where there are processors to do so.
    environ = {**os.environ, "OMP_THREAD_LIMIT": "1"}
    try:
        done = subprocess.run(command, input=_picture(page), capture_output=True, timeout=_SECONDS, env=environ, check=False)
    except subprocess.TimeoutExpired as error:
        raise RuntimeError(f"tesseract took longer than {_SECONDS} seconds for the page") from error
    if done.returncode:
        raise RuntimeError(f"tesseract failed: {done.stderr.decode('utf-8', 'replace').strip()[:200]}")
    return [line.strip() for line in done.stdout.decode("utf-8", "replace").replace("\f", "").splitlines()]


def _picture(page: PdfPage) -> bytes:
    """A page in greys, in the portable form that needs no library to write."""
    width, height = page.get_size()
    scale = min(_DOTS / 72, (_MOST_DOTS / max(width * height, 1)) ** 0.5)
    bitmap = page.render(scale=scale, grayscale=True)
    try:
        data = bytes(bitmap.buffer)
        rows = (data[at * bitmap.stride : at * bitmap.stride + bitmap.width] for at in range(bitmap.height))
        return b"P5 %d %d 255\n" % (bitmap.width, bitmap.height) + b"".join(rows)
    finally:
        bitmap.close()


@cache
def _languages() -> tuple[str, ...]:
    """Those of the languages of the library that tesseract has."""
    done = subprocess.run(["tesseract", "--list-langs"], capture_output=True, timeout=30, check=False)
    there = done.stdout.decode("utf-8", "replace").split()
    return tuple(language for language in _WANTED if language in there)
