"""Who may call: anyone where only this machine can, else programs with a token."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from advisor import accounts
from advisor.accounts import LOCAL, Account
from advisor.surfaces.api.problems import Refused, problem

_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="A token that an analyst made; needed wherever others could call.")
Credentials = Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]


@dataclass(frozen=True, slots=True)
class Access:
    """The rule for one library: `folder` is that of its index; `open_to_all` makes every caller the analyst who sits at the machine."""

    folder: Path
    open_to_all: bool

    def account(self, secret: str | None) -> Account:
        """As whom a caller with this token acts; raises a problem 401 where a token is needed and this is none."""
        if self.open_to_all:
            return LOCAL
        account = accounts.check_token(self.folder, secret) if secret else None
        if account is None:
            what = "This token is not known; it may have been revoked." if secret else "A token is needed here."
            way_out = "Send 'Authorization: Bearer TOKEN' with a token that 'advisor token add' made."
            raise Refused(problem(401, f"{what} {way_out}", "not_signed_in"), {"WWW-Authenticate": "Bearer"})
        return account

    def reader(self, request: Request, credentials: Credentials = None) -> Account:
        """The caller, who may ask; also kept as `request.state.account`."""
        account = self.account(credentials.credentials if credentials else None)
        request.state.account = account
        return account

    def analyst(self, request: Request, credentials: Credentials = None) -> Account:
        """The caller, who may change the library; raises a problem 403 where that is not allowed."""
        account = self.reader(request, credentials)
        if not account.keeps_the_library:
            raise Refused(problem(403, f"The token {account.name!r} is a reader's; changing the library takes an analyst's."))
        return account


def foreign(origin: str | None, host: str | None) -> bool:
    """Whether a browser sends a request for a page of another site, which must not write here on its visitor's behalf."""
    return origin is not None and urlsplit(origin).netloc.lower() != (host or "").lower()
