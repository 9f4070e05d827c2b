"""A work's data as its reader wrote it down: YAML at the head of a Markdown file, or in a sidecar file beside any document."""

from __future__ import annotations

import datetime
import re
import reprlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

from advisor.documents import dates
from advisor.documents.formats import decode
from advisor.documents.model import Question, Relation
from advisor.errors import DamagedDocument, DocumentError, OversizedDocument
from advisor.text import clean, printable

RELATION_KINDS = ("supports", "qualifies", "disputes", "origin_of", "supported_by", "qualified_by", "derives_from")

SIDECAR = ".yaml"  # what follows a document's whole file name in the name of its sidecar

_MAXIMUM_SIDECAR = 2**20  # bytes
_FENCE = re.compile(r"---[ \t]*\n(?P<yaml>.*?)(?:^|\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_FIELD = re.compile(r"(?:[ \t]*(?:#.*)?\n)*[\w-]+[ \t]*:(?:\s|$)")


def sidecar_of(path: Path) -> Path:
    """Where the work data of a document may stand beside it: `report.pdf` has `report.pdf.yaml`."""
    return path.with_name(path.name + SIDECAR)


def split(text: str, name: str) -> tuple[Mapping[str, object], str]:
    """The checked front matter of a Markdown text and the body after it; a text without front matter comes back whole.

    Raises DamagedDocument that names the file, the field, its value and what is expected.
    """
    text = text.replace("\r\n", "\n")
    match = _FENCE.match(text)
    # Two thematic breaks are no front matter: its first line is a field, or there is none at all.
    if not match or (match["yaml"].strip() and not _FIELD.match(match["yaml"])):
        return {}, text
    return _load(match["yaml"], f"front matter of {name}"), text[match.end() :]


def read_sidecar(path: Path) -> Mapping[str, object]:
    """The checked work data beside a document; nothing where there is no sidecar.

    Raises DamagedDocument as `split` does, DocumentError where the sidecar cannot be read.
    """
    sidecar = sidecar_of(path)
    name = printable(sidecar.name)
    try:
        size = sidecar.stat().st_size
        if size > _MAXIMUM_SIDECAR:
            raise OversizedDocument(f"{name}: the work data have {size:,} bytes, the limit is {_MAXIMUM_SIDECAR:,}; shorten them")
        data = sidecar.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise DocumentError(f"{name}: the work data cannot be read ({error.strerror}); make it a readable file") from error
    return _load(decode(data, name).text, name)


def _load(text: str, where: str) -> Mapping[str, object]:
    import yaml

    try:
        given = yaml.safe_load(text)
    # Impossible dates raise ValueError, deep nesting RecursionError.
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        reason = " ".join(str(error).split())
        raise DamagedDocument(
            f"{where}: this is no valid YAML ({reason}); put values with a colon or a quotation mark in quotes"
        ) from error
    if given is None:
        return {}
    if not isinstance(given, dict):
        raise DamagedDocument(f"{where}: found {reprlib.repr(given)}, expected fields such as `title: …`, one per line")
    return _checked(given, where)


def _checked(given: Mapping[object, object], where: str) -> Mapping[str, object]:
    checked: dict[str, object] = {}
    unknown = [str(name) for name in given if name not in _FIELDS]
    for name, value in given.items():
        if name not in _FIELDS or not isinstance(name, str):
            continue
        expected, check = _FIELDS[name]
        try:
            checked[name] = None if value is None else check(value)
        except _Wrong as wrong:
            inner = f"{name}{wrong.place}"
            raise DamagedDocument(
                f"{where}: field {inner!r} is {reprlib.repr(wrong.value)}, expected {wrong.expected or expected}; correct it"
            ) from None
    if unknown:
        checked["unknown"] = tuple(f"{where}: field {name!r} is not known and was left out" for name in unknown)
    return checked


class _Wrong(Exception):
    def __init__(self, value: object, expected: str = "", place: str = "") -> None:
        super().__init__(expected)
        self.value, self.expected, self.place = value, expected, place


def _text(value: object) -> str:
    # A bare number is what a page or a title such as 1984 looks like in YAML; a decimal number or a yes has already lost its spelling.
    if isinstance(value, bool) or not isinstance(value, str | int) or not clean(str(value)):
        raise _Wrong(value)
    return clean(" ".join(str(value).split()))


def _key(value: object) -> str:
    text = _text(value)
    if not re.fullmatch(r"\w[\w.-]*", text):
        raise _Wrong(value)
    return text


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Wrong(value)
    return tuple(_nested(_text, entry, f"[{index}]", "text") for index, entry in enumerate(value))


def _nested(check: Callable[[object], str], value: object, place: str, expected: str) -> str:
    try:
        return check(value)
    except _Wrong as wrong:
        raise _Wrong(value, expected, place) from wrong


def _year(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -4000 <= value <= 2100:
        raise _Wrong(value)
    return value


def _date(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    text = _text(value)
    if not dates.valid(text):
        raise _Wrong(value)
    return text


def _language(value: object) -> str:
    text = _text(value).replace("_", "-").casefold()
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]+)*", text):
        raise _Wrong(value)
    return text.split("-")[0]


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Wrong(value)
    return value


def _sources(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise _Wrong(value)
    return tuple((_nested(_text, key, "", "text"), _nested(_text, what, f"[{key!r}]", "text")) for key, what in value.items())


def _lists(value: object) -> tuple[tuple[str, str], ...]:
    if not isinstance(value, dict):
        raise _Wrong(value)
    return tuple((str(topic), lead) for topic, leads in value.items() for lead in _texts(leads))


def _relations(value: object) -> tuple[Relation, ...]:
    if not isinstance(value, list):
        raise _Wrong(value)
    return tuple(_relation(entry, f"[{index}]") for index, entry in enumerate(value))


def _relation(entry: object, place: str) -> Relation:
    names = ("with", "on", "kind", "point", "says")
    # YAML 1.1 reads a bare `on` as a yes.
    fields = {("on" if name is True else name): value for name, value in entry.items()} if isinstance(entry, dict) else None
    if fields is None or set(fields) != set(names):
        raise _Wrong(entry, f"the fields {', '.join(names)}", place)
    values = [_nested(_text, fields[name], f"{place}.{name}", "text; put it in quotation marks") for name in names]
    if values[2] not in RELATION_KINDS:
        raise _Wrong(values[2], f"one of {', '.join(RELATION_KINDS)}", f"{place}.kind")
    return Relation(*values)


def _questions(value: object) -> tuple[Question, ...]:
    if not isinstance(value, list):
        raise _Wrong(value)
    return tuple(_question(entry, f"[{index}]") for index, entry in enumerate(value))


def _question(entry: object, place: str) -> Question:
    if not isinstance(entry, dict) or set(entry) != {"ask", "quote"}:
        raise _Wrong(entry, "the fields ask, quote", place)
    return Question(*(_nested(_text, entry[name], f"{place}.{name}", "text; put it in quotation marks") for name in ("ask", "quote")))


_TEXT = ("text; put it in quotation marks", _text)
_NAMES = ("a list of texts such as [one, two]", _texts)
_KEY = ("a key of letters, digits, underscores, hyphens and full stops, such as felix2017", _key)
_FIELDS: Mapping[object, tuple[str, Callable[[object], object]]] = {
    "work": _KEY,
    "title": _TEXT,
    "authors": ("a list of names such as [Erika Muster, Max Beispiel]", _texts),
    "year": ("a whole number such as 2014, or null", _year),
    "date": ("a date such as 2014-09-24 or 2014-09, or null", _date),
    "kind": _TEXT,
    "publication": _TEXT,
    "pages": _TEXT,
    "password": _TEXT,
    "doi": _TEXT,
    "url": _TEXT,
    "language": ("a language code such as de or en", _language),
    "original_language": ("a language code such as de or en", _language),
    "digest": ("true or false", _flag),
    "quoted_after": _KEY,
    "seen": _TEXT,
    "data": _TEXT,
    "topics": _NAMES,
    "lists": ('a mapping such as {launch: ["lead-in of a list:"]}', _lists),
    "aliases": _NAMES,
    "sources": ("a mapping such as {S1: what was seen there}", _sources),
    "relations": ("a list of relations", _relations),
    "questions": ("a list of questions", _questions),
}


def unknown_fields(given: Mapping[str, object]) -> tuple[str, ...]:
    """Warnings for the fields of checked work data that have no meaning here."""
    return cast("tuple[str, ...]", given.get("unknown", ()))
