"""A document's work, from what was written down about it, else from what the file itself says."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from advisor.documents.build import Found
from advisor.documents.model import Work
from advisor.text import clean, fold

_WANTED = ("work", "title", "authors", "year", "kind", "publication")
_FIELDS = frozenset(field.name for field in fields(Work)) - {"key", "missing"}
_NO_TITLE = re.compile(
    r"untitled|\(untitled\)|unbenannt.*|ohne titel|document\d*|dokument\d*|(microsoft )?(word|powerpoint) ?(-.*|document|presentation)?|"
    r"präsentation\d*|presentation\d*|slide \d+|titel|title|(\S+\.(docx?|pdf|indd|qxp|qxd|tex|dvi|rtf|odt|pptx?|xlsx?|html?|txt))",
    re.IGNORECASE,
)
_NO_AUTHOR = re.compile(
    r"\W*(anonymous|anonym|unknown|unbekannt|user|benutzer|admin|administrator|root|owner|author|autor|unspecified|python-docx|"
    r"microsoft( office)?( user)?|windows( user)?)\W*",
    re.IGNORECASE,
)


def usable_title(text: str | None) -> str | None:
    """A title out of a file's properties, or None where programs filled it in."""
    title = clean(" ".join((text or "").split()))
    return title if any(c.isalnum() for c in title) and not _NO_TITLE.fullmatch(title) else None


def usable_authors(text: str | None) -> tuple[str, ...]:
    """The names in an author property: parted by semicolons, "and", "und" or "&", by commas only between full names."""
    parts = [clean(part) for part in re.split(r"\s*;\s*|\s+(?:and|und|&)\s+", " ".join((text or "").split()))]
    names: list[str] = []
    for part in parts:
        pieces = [piece.strip() for piece in part.split(",")]
        # "Muster, Erika" is one name, "Erika Muster, Max Beispiel" are two.
        names.extend(pieces if all(" " in piece for piece in pieces) else [part])
    return tuple(name for name in names if any(c.isalpha() for c in name) and not _NO_AUTHOR.fullmatch(name))


def creation_warning(date: str) -> str:
    """What is said of a file's own date: it is when a copy was made, and a work is not cited by it."""
    return f"the file was created on {date}, which is not taken for the date of the work; give the year in its front matter or sidecar"


def title_of_file(stem: str) -> str:
    """A readable title out of a file's name without its suffix."""
    return clean(re.sub(r"[_\-\s]+", " ", stem)) or stem


def slug(title: str) -> str:
    """A key out of a title: lower-case words and hyphens, at most 80 characters; "" where no Latin letter or digit stands in it."""
    key = fold(title).replace(" ", "-")
    return key if len(key) <= 80 else key[:81].rpartition("-")[0] or key[:80]


def make_work(given: Mapping[str, object], found: Found, stem: str, sha256: str) -> Work:
    """The work of a document: `given` (checked front matter) wins, also where it says null; then `found`; then the file's name.

    `missing` of the result names what neither told: "work" (its key was made from the title), title, authors, year, kind, publication.
    """
    values: dict[str, Any] = {name: value for name, value in given.items() if name in _FIELDS}
    for name in ("title", "authors", "date", "url", "doi", "publication"):
        values.setdefault(name, getattr(found, name))
    date = values["date"]
    if "date" not in given and date and given.get("year", int(date[:4])) != int(date[:4]):
        values["date"] = None  # the stated year says that the file's date is another's: of a copy, or of a later change
    elif "year" not in given and date:
        values["year"] = int(date[:4])
    untitled = not values["title"]
    values["title"] = values["title"] or title_of_file(stem)
    # A null stands for "not established"; lists and flags have their own empty value.
    values = {name: value for name, value in values.items() if value is not None}
    key = str(given.get("work") or slug(values["title"]) or f"work-{sha256[:12]}")
    work = replace(Work(key, values.pop("title")), **values)
    absent = {"work": not given.get("work"), "title": untitled}
    missing = tuple(name for name in _WANTED if absent.get(name, getattr(work, name, None) in (None, ())))
    return replace(work, missing=missing)
