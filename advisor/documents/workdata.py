"""Writing a work's data down: the sidecar beside a document, changed field by field."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from advisor.documents.frontmatter import sidecar_of, split
from advisor.errors import DamagedDocument, DocumentError

# What an analyst can change of a work beside its document; the rest (relations, questions, lists) is written by hand.
FIELDS = ("title", "authors", "year", "date", "kind", "publication", "pages", "doi", "url", "language", "work", "digest")


def writable(path: Path) -> bool:
    """True where the work's data can be written beside a document that is there."""
    sidecar = sidecar_of(path)
    return path.is_file() and os.access(path.parent, os.W_OK) and (not sidecar.exists() or os.access(sidecar, os.W_OK))


def write(path: Path, values: Mapping[str, object]) -> None:
    """Put values into the sidecar of a document, beside what stands in it; checked as a reader checks them.

    Raises DamagedDocument where a value is not what is expected or the sidecar is no YAML, DocumentError where it cannot be written.
    """
    import yaml

    sidecar = sidecar_of(path)
    try:
        held = yaml.safe_load(sidecar.read_text("utf-8")) if sidecar.exists() else None
    except (yaml.YAMLError, ValueError) as error:
        raise DamagedDocument(f"{sidecar.name}: this is no valid YAML ({' '.join(str(error).split())}); mend it by hand first") from error
    if held is not None and not isinstance(held, dict):
        raise DamagedDocument(f"{sidecar.name}: expected fields such as `title: …`, one per line; mend it by hand first")
    text = yaml.safe_dump({**(held or {}), **values}, allow_unicode=True, sort_keys=False, width=120)
    split(f"---\n{text}---\n", sidecar.name)
    new = sidecar.with_name(f".{sidecar.name}.new")
    try:
        new.write_text(text, "utf-8")
        os.replace(new, sidecar)
    except OSError as error:
        new.unlink(missing_ok=True)
        raise DocumentError(f"{sidecar}: the work data cannot be written ({error.strerror}); give the folder write access") from error
