"""Who stands before the page: the account behind a cookie or a token, and the proof that a form is ours."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import cookie_parser

from advisor import accounts
from advisor.accounts import LOCAL, Account
from advisor.surfaces.web.markup import void

COOKIE = "session"
FIELD = "form"  # name of the hidden field, and of the header without its X-, that carry the proof
REMEMBERED = 5.0  # seconds for which an account that was looked up is believed


class Visitors:
    """Looks visitors up in the accounts of a library; `open_to_all` makes everyone the analyst who sits at the machine."""

    def __init__(self, folder: Path, *, open_to_all: bool) -> None:
        self.folder = folder
        self.open_to_all = open_to_all
        self._secret = secrets.token_bytes(32)
        self._known: dict[str, tuple[float, Account]] = {}

    async def known(self, headers: Mapping[str, str]) -> Account | None:
        """The account behind the headers of a request; None where nobody is signed in."""
        if self.open_to_all:
            return LOCAL
        secret = bearer(headers) or cookie(headers)
        if not secret:
            return None
        now, found = time.monotonic(), self._known.get(secret)
        if found and found[0] > now - REMEMBERED:
            return found[1]
        look = accounts.check_token if bearer(headers) else accounts.in_session
        account = await run_in_threadpool(look, self.folder, secret)
        self._known = {key: pair for key, pair in self._known.items() if pair[0] > now - REMEMBERED}
        if account:
            self._known[secret] = (now, account)
        return account

    def forget(self) -> None:
        """Believe nothing that was looked up before: somebody signed out."""
        self._known = {}

    def proof(self, headers: Mapping[str, str]) -> str:
        """What a form of this visitor must carry; another site cannot read it, and nobody else's will do."""
        return hmac.new(self._secret, f"form {cookie(headers)}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def cookie(headers: Mapping[str, str]) -> str:
    """The secret of the session in the cookies; "" where there is none."""
    return cookie_parser(headers.get("cookie", "")).get(COOKIE, "")


def bearer(headers: Mapping[str, str]) -> str:
    """The token of a program; "" where there is none."""
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def introduced(scope: MutableMapping[str, Any], account: Account | None, proof: str) -> dict[str, Any]:
    """The scope of a request with its visitor in it, for `visitor` and `form_field`."""
    return {**scope, "state": {**scope.get("state", {}), "visitor": account, "proof": proof}}


def visitor(request: Request) -> Account | None:
    """Who sent the request; None on the few pages that are open to everyone."""
    account: Account | None = getattr(request.state, "visitor", None)
    return account


def analyst(request: Request) -> bool:
    """True where the visitor may change the library."""
    account = visitor(request)
    return account is not None and account.keeps_the_library


def form_field(request: Request) -> str:
    """The hidden field that every form of ours has, as HTML."""
    return void("input", type="hidden", name=FIELD, value=getattr(request.state, "proof", ""))


def proven(request: Request, field: object) -> bool:
    """True where a form carries its visitor's proof in its field or in the header X-Form."""
    proof = getattr(request.state, "proof", "")
    given = field if isinstance(field, str) and field else request.headers.get(f"x-{FIELD}", "")
    return bool(proof) and hmac.compare_digest(proof.encode(), given.encode("utf-8", "replace"))
