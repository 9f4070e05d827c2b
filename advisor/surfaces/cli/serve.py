"""Open the chat."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from advisor.surfaces.cli.console import Meter, note
from advisor.surfaces.cli.options import IndexFolder, examples, settings_for

app = typer.Typer()


@app.command(epilog=examples("advisor serve", "advisor serve --port 8000", "advisor serve --host 0.0.0.0 --index /srv/library"))
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (default: 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port (default: 7860).")] = None,
    index: IndexFolder = None,
) -> None:
    """Open the chat for the browser.

    The first start builds the index from corpus/. Ctrl-C ends it.
    """
    from advisor.surfaces.web.server import run

    settings = settings_for(index)
    settings = replace(settings, host=host or settings.host, port=settings.port if port is None else port)
    meter = Meter()
    run(settings, note=note, progress=meter, encoding=meter.encoding)


@app.command("mcp", epilog=examples("advisor mcp", "advisor mcp --index /srv/library"))
def serve_agents(index: IndexFolder = None) -> None:
    """Serve agents by the Model Context Protocol on standard input and output."""
    from advisor.surfaces.mcp import run

    run(settings_for(index))
