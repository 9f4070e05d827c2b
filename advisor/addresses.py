"""Addresses of servers, and what opens these, as they are given in variables of the environment."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from advisor.errors import UsageError


def checked_address(variable: str, url: str, expected: str, belongs: str) -> str:
    """The address without a slash at its end; raises UsageError, which names the variable, what was expected and where a secret belongs."""
    try:
        parts = urlsplit(url)
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    # What stands before an @ or behind a ? may be a secret, and the address is shown and stored.
    if not whole or "@" in url or "?" in url or "#" in url or not url.isprintable() or " " in url:
        raise UsageError(
            f"{variable} is {re.sub('^.*@|[?#].*', '…', url)!r}; expected http:// or https:// with {expected}. "
            f"Correct the variable or unset it; {belongs}."
        )
    return url.rstrip("/")


def checked_secret(variable: str, secret: str | None, what: str) -> str | None:
    """What opens a server, `what` being a key or a token; raises UsageError for one that no header could carry."""
    if secret is not None and not re.fullmatch(r"[!-~]+", secret):
        raise UsageError(f"{variable} holds a space or a letter that no {what} can have. Correct the variable or unset it.")
    return secret
