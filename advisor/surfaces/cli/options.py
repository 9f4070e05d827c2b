"""What several commands share: options, examples in help texts, and the advisor they open."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from advisor.settings import Settings
from advisor.surfaces.cli.console import detail

if TYPE_CHECKING:
    from advisor.advisor import Advisor

FAILED, WRONG = 1, 2

IndexFolder = Annotated[Path | None, typer.Option("--index", metavar="DIR", help="Folder of the index (default: index/).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Language = Annotated[Literal["de", "en"] | None, typer.Option("--language", help="Language of the answer (default: the question's).")]


def examples(*lines: str) -> str:
    """The end of a help text: one example a line, each ready to be run."""
    return "\b\nExamples:\n" + "\n".join(f"  $ {line}" for line in lines)


def settings_for(index: Path | None) -> Settings:
    """The settings of the environment, with another index where one is given."""
    settings = Settings.from_environ()
    return settings if index is None else replace(settings, index=index)


@contextmanager
def opened(index: Path | None, ray: str | None = None) -> Iterator[Advisor]:
    """The advisor over the index that a command was given, with a cluster to work on where one is given."""
    from advisor.advisor import Advisor

    settings = settings_for(index)
    settings = settings if ray is None else replace(settings, ray=ray)
    detail(f"index {settings.index.resolve()}, encoder {settings.encoder}, model {settings.model or 'none'}, {settings.threads} threads")
    with Advisor.open(settings) as advisor:
        yield advisor
