"""The chat's web server: our own pages and headers around Gradio, and the start from the command line."""

from __future__ import annotations

import errno
import logging
import socket
from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING

from advisor import accounts
from advisor.advisor import Advisor
from advisor.errors import UsageError, VectorServerError
from advisor.settings import Settings
from advisor.surfaces.web.layout import shell
from advisor.surfaces.web.loading import import_gradio
from advisor.surfaces.web.markup import tag, text
from advisor.surfaces.web.page import build
from advisor.surfaces.wording import word
from advisor.sync import Progress

if TYPE_CHECKING:
    from fastapi import FastAPI

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def create_app(advisor: Advisor) -> FastAPI:
    """The application over one advisor, ready for any ASGI server; all visitors share the advisor, each has a conversation of its own."""
    gr = import_gradio()
    from fastapi import FastAPI

    from advisor.surfaces import mcp
    from advisor.surfaces.api.access import Access
    from advisor.surfaces.api.application import PLACE, create_api
    from advisor.surfaces.web import agreement, checklist, exports, library, people, uploads
    from advisor.surfaces.web.guard import Guard
    from advisor.surfaces.web.jobs import Jobs
    from advisor.surfaces.web.routes import head, routes
    from advisor.surfaces.web.visitors import Visitors

    settings = advisor.settings
    visitors = Visitors(settings.index, open_to_all=open_to_all(settings))
    app = FastAPI(title="Strategy Advisor", docs_url=None, redoc_url=None, openapi_url=None)
    access = Access(settings.index, visitors.open_to_all)
    app.include_router(routes(advisor))
    app.include_router(checklist.routes(advisor))
    app.include_router(agreement.routes(advisor))
    app.include_router(exports.routes(advisor))
    app.include_router(people.routes(visitors))
    app.state.jobs = Jobs(settings)
    uploads.clear_leftovers(settings)
    app.include_router(library.routes(advisor, app.state.jobs))
    app.include_router(mcp.routes(advisor, access))
    app.mount(PLACE, create_api(advisor, access, app.state.jobs))
    theme = gr.themes.Base(font=["system-ui"], font_mono=["ui-monospace"])
    icon = str(files("advisor.surfaces.web").joinpath("assets", "icon.svg"))
    gr.mount_gradio_app(
        app, build(advisor), path="/", footer_links=[], ssr_mode=False, show_error=False, allowed_paths=[], max_file_size=1, theme=theme,
        favicon_path=icon, enable_monitoring=False,
    )  # fmt: skip
    no_script = tag("noscript", tag("p", text(word("no_script", "en"))) + tag("p", text(word("no_script", "de")), lang="de"))
    hosts = LOOPBACK if visitors.open_to_all else None
    app.add_middleware(Guard, visitors=visitors, head=head(), body=no_script + shell(), hosts=hosts, per_minute=settings.rate)
    return app


def open_to_all(settings: Settings) -> bool:
    """True where nobody is asked to sign in: the chat can be reached from this machine alone."""
    return settings.host in LOOPBACK and settings.proxy is None


def check_door(settings: Settings, note: Callable[[str], None]) -> None:
    """Raise UsageError where others could come in and there are no accounts to keep them apart."""
    known = accounts.listed(settings.index)
    if not open_to_all(settings) and not known:
        where = f"on {settings.host}" if settings.host not in LOOPBACK else f"behind the proxy {settings.proxy}"
        raise UsageError(
            f"There are no accounts, and {where} others could read and change the library. Make one first: "
            f"advisor user add NAME --role analyst --index {settings.index} – or leave --host out, to serve this machine alone."
        )
    if open_to_all(settings) and known:
        note(f"On {settings.host} nobody is asked to sign in; accounts count with --host, or behind a proxy with ADVISOR_PROXY.")


def run(settings: Settings, *, note: Callable[[str], None], progress: Progress, encoding: Progress = lambda *_: None) -> None:
    """Serve the chat until Ctrl-C; builds the index from the corpus where there is none. `note` says one line, `progress` counts files,
    `encoding` what of them has its vectors.

    Raises UsageError where the address cannot be had or others could come in without accounts, and what the index raises.
    """
    check_door(settings, note)
    listener = _listener(settings.host, settings.port)
    with listener, Advisor.open(settings) as advisor:
        if not advisor.ready:
            _first_index(advisor, note, progress, encoding)
        if advisor.ready and advisor.counts().documents:
            note("Loading the encoder …")
            try:
                advisor.search("strategy", 1)
            except VectorServerError as error:  # it may come back, and the library can be read meanwhile
                note(f"{error} Until then no question can be answered.")
        app = create_app(advisor)
        try:
            _serve(app, listener, settings, note)
        finally:
            app.state.jobs.close()


def _first_index(advisor: Advisor, note: Callable[[str], None], progress: Progress, encoding: Progress) -> None:
    corpus = advisor.settings.corpus
    if not corpus.is_dir():
        note(f"There is no folder {corpus} to build the library from; the chat says how to fill it.")
        return
    note(f"First start: building the index in {advisor.settings.index} from {corpus} …")
    report = advisor.sync(progress=progress, encoding=encoding)
    for entry in report.failed:  # the reason begins with the name
        note(f"failed: {entry.reason}")
    note(f"The library holds {report.counts.documents} documents of {report.counts.works} works.")


def _listener(host: str, port: int) -> socket.socket:
    """A socket that listens at the address, taken before anything else is done; port 0 means any free one."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UsageError(f"The host is {host!r}; expected a name or address of this machine such as 127.0.0.1 ({error}).") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise UsageError(_refused(host, port, error)) from error
    return listener


def _refused(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        free = port + 1 if port < 65535 else 7860
        return f"Port {port} on {host} is in use by another program. Stop that program, or take another port: python app.py --port {free}"
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this user; ports below 1024 often may not. Take another: python app.py --port 7860"
    return f"The chat cannot listen on {host}, port {port}: {error}. Take an address of this machine: python app.py --host 127.0.0.1"


def _serve(app: FastAPI, listener: socket.socket, settings: Settings, note: Callable[[str], None]) -> None:
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                note(f"The chat is open on {_shown(settings.host, listener.getsockname()[1])}")

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            # Every tab that is still open holds an event stream; each would be reported as an error when it ends here.
            logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
            await super().shutdown(sockets)

    logging.getLogger("advisor.web").addHandler(logging.StreamHandler())
    config = uvicorn.Config(
        app, log_level="error", access_log=False, timeout_graceful_shutdown=1, server_header=False,
        proxy_headers=settings.proxy is not None, forwarded_allow_ips=settings.proxy,
    )  # fmt: skip
    try:
        Server(config).run(sockets=[listener])
    except KeyboardInterrupt:
        pass
    note("The chat is closed.")


def _shown(host: str, port: int) -> str:
    if host in ("0.0.0.0", "::", ""):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
