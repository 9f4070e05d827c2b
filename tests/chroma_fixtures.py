"""A Chroma server as it is: `chroma run` in a process of its own, and a small proxy that is slow, asks for a token, or speaks TLS."""

import datetime
import ipaddress
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from advisor.vectors import ChromaServer

COMMAND = shutil.which("chroma", path=str(Path(sys.executable).parent)) or shutil.which("chroma")

ONE = "# Budget\n\nDas Budget ist für drei Jahre gesichert.\n"
TWO = "# Personal\n\nDas Personal reicht für den Kundendialog aus.\n"


@pytest.fixture
def folder(tmp_path):
    """Two short documents, one file each."""
    made = tmp_path / "papers"
    made.mkdir()
    (made / "eins.md").write_text(ONE, "utf-8")
    (made / "zwei.md").write_text(TWO, "utf-8")
    return made


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@dataclass
class ChromaRun:
    """A server over a folder, always at the same address; may be started and ended again and again."""

    folder: Path
    port: int = field(default_factory=free_port)
    process: subprocess.Popen | None = None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def start(self):
        command = [COMMAND, "run", "--path", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder.parent)
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            with suppress(OSError, urllib.error.URLError):
                urllib.request.urlopen(f"{self.url}/api/v2/heartbeat", timeout=5).close()
                return self
            time.sleep(0.05)
        raise AssertionError("chroma run does not answer")

    def stop(self, how=signal.SIGKILL):
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process = None

    def empty(self):
        """The same address, and nothing there: what is left when somebody takes away the server's volume."""
        self.stop()
        shutil.rmtree(self.folder)
        return self.start()

    def counts(self, beginning="advisor-"):
        """How many vectors each collection holds, by its name."""
        server = ChromaServer(self.url)
        return {name: server.count(server.find(name)) for name in server.names(beginning)}


@contextmanager
def chroma_run(folder):
    if COMMAND is None:
        pytest.skip("there is no command chroma in this environment")
    server = ChromaRun(folder).start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def chroma(tmp_path_factory):
    """A server for all tests that leave it running."""
    with chroma_run(tmp_path_factory.mktemp("chroma") / "data") as server:
        yield server


@pytest.fixture
def own_chroma(tmp_path):
    """A server that the test may end and start again."""
    with chroma_run(tmp_path / "chroma") as server:
        yield server


@dataclass
class Proxy:
    """Passes bytes on to a server, and replies back: after `delay` seconds, with `token` only to whom sends it, with `tls` over TLS.

    From the first request on whose bytes hold `holding`, no reply comes back, and `held` is set once the server has replied.
    """

    port: int
    delay: float = 0
    token: str | None = None
    tls: ssl.SSLContext | None = None
    holding: bytes | None = None
    held: threading.Event = field(default_factory=threading.Event)
    _holds: bool = False

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(near,), daemon=True).start()

    def _serve(self, near):
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self.port)) as far:
            near = self.tls.wrap_socket(near, server_side=True) if self.tls else near
            with near:
                threading.Thread(target=self._back, args=(far, near), daemon=True).start()
                first = True
                while data := near.recv(65536):
                    if first and self.token and f"authorization: bearer {self.token}\r\n".encode() not in data.lower():
                        near.sendall(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 9\r\nConnection: close\r\n\r\nno access")
                        return
                    first = False
                    self._holds = self._holds or (self.holding is not None and self.holding in data)
                    far.sendall(data)

    def _back(self, far, near):
        with suppress(OSError):
            while data := far.recv(65536):
                time.sleep(self.delay)
                if self._holds:
                    self.held.set()
                    return
                near.sendall(data)


def certificate(folder):
    """A certificate for 127.0.0.1 that it signs itself, and the context of a server that shows it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Chroma of the tests")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "ca.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "ca.pem", folder / "key.pem")
    return folder / "ca.pem", context
