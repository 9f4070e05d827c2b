"""What the command line writes: results on standard output, everything else on standard error, neither with commands for the terminal."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TextIO

import typer

from advisor.errors import UsageError

Dress = Callable[[str], str]
# Documents are data: an escape sequence in one must not move the cursor, rename the window or turn the reading direction of a line.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")


@dataclass
class Manners:
    """How much is said besides results: nothing with `quiet`, what was used and why it failed with `verbose`."""

    quiet: bool = False
    verbose: bool = False


MANNERS = Manners()


def safe(text: str) -> str:
    """The text with every control character but tab and line feed replaced by a visible sign."""
    return _CONTROL.sub(lambda found: _visible(found[0]), _LINE_ENDS.sub("\n", text))


def _visible(character: str) -> str:
    code = ord(character)
    return chr(0x2400 + code) if code < 0x20 else "␡" if code == 0x7F else "\N{REPLACEMENT CHARACTER}"


def say(text: str, dress: Dress | None = None) -> None:
    """Write a result; `dress` colours it where a terminal reads it."""
    _write(text, dress, sys.stdout)


def note(text: str, dress: Dress | None = None) -> None:
    """Write a remark to standard error, unless --quiet."""
    if not MANNERS.quiet:
        _write(text, dress, sys.stderr)


def detail(text: str) -> None:
    """Write a remark to standard error where --verbose asks for it."""
    if MANNERS.verbose:
        _write(text, dim, sys.stderr)


def failure(text: str) -> None:
    """Write an error; --quiet does not silence it."""
    _write(text, red, sys.stderr)


def dump(data: Any) -> None:
    """Write a result as JSON; characters that a terminal would act on are written as their numbers, which leaves the data as it is."""
    text = json.dumps(data, ensure_ascii=False, indent=2)
    raw = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    _write_line(raw, sys.stdout, colour=False)


class Meter:
    """Counts files, then passages, on one line of a terminal that somebody looks at, with their rate and the time left."""

    def __init__(self, what: str = "files") -> None:
        self._what = what
        self._begun = time.monotonic()

    def __call__(self, done: int, total: int, source: str) -> None:
        """So many are read, and this one is at hand; "" at the end."""
        self._show(done, total, source)
        if not source and total and self._wanted():
            said = pace(done, total, time.monotonic() - self._begun)
            sys.stderr.write(f"{total} {self._what} read{said}; making the index …\n")
            sys.stderr.flush()

    def encoding(self, done: int, total: int, what: str) -> None:
        """So many passages have their vectors."""
        self._show(done, total, what if done < total else "")

    def _show(self, done: int, total: int, what: str) -> None:
        if done == 0:
            self._begun = time.monotonic()
        if self._wanted():
            said = pace(done, total, time.monotonic() - self._begun)
            sys.stderr.write(f"\r\033[K{done}/{total}{said} {safe(what)}" if what else "\r\033[K")
            sys.stderr.flush()

    @staticmethod
    def _wanted() -> bool:
        return not MANNERS.quiet and sys.stderr.isatty()


def pace(done: int, total: int, seconds: float) -> str:
    """Files a second and the time left, such as " (2.5/s, 1:20 left)"; nothing before there is anything to go by."""
    if not done or seconds <= 0:
        return ""
    left = round((total - done) * seconds / done)
    return f" ({done / seconds:.1f}/s, {left // 60}:{left % 60:02} left)" if left else f" ({done / seconds:.1f}/s)"


def _write(text: str, dress: Dress | None, stream: TextIO) -> None:
    colour = dress is not None and colourful(stream)
    text = safe(text)
    _write_line(dress(text) if dress is not None and colour else text, stream, colour=colour)


def _write_line(text: str, stream: TextIO, *, colour: bool) -> None:
    try:
        typer.echo(text, file=stream, color=colour)
    except BrokenPipeError:  # `| head` has read enough: done, and nothing to complain of
        abandon_output()
        raise typer.Exit(0) from None
    except OSError as error:
        abandon_output()
        raise UsageError(f"Standard output cannot be written: {error}. Free some disk, or write to another place.") from error


def abandon_output() -> None:
    """Let what is still buffered go nowhere, so that Python does not try to write it once more when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def colourful(stream: TextIO) -> bool:
    """True where colours are wanted: a terminal that knows them, and no NO_COLOR (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def bold(text: str) -> str:
    """Strong type."""
    return f"\033[1m{text}\033[0m"


def dim(text: str) -> str:
    """Faint type."""
    return f"\033[2m{text}\033[0m"


def red(text: str) -> str:
    """The colour of what failed."""
    return f"\033[31m{text}\033[0m"


def cyan(text: str) -> str:
    """The colour of references."""
    return f"\033[36m{text}\033[0m"


def answer_dress(text: str) -> str:
    """Markdown of an answer for a terminal: strong type for **headings**, a colour for [1]."""
    text = re.sub(r"\[\d+(?:[–, ]+\d+)*\]", lambda found: cyan(found[0]), text)
    return re.sub(r"\*\*([^*\n]+)\*\*", lambda found: bold(found[1]), text)


def many(number: int, noun: str) -> str:
    """A number with its noun: "1 file", "3 files"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
