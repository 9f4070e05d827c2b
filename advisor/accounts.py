"""Who may use a library and as what: accounts with passwords, sessions of a browser, tokens of programs.

All of it stands in the state file beside the generations. Nothing that opens a door is stored as it is: passwords as Argon2id hashes,
the secrets of sessions and tokens as SHA-256 (they are random and long, so that nothing slower is needed).
"""

from __future__ import annotations

import hashlib
import re
import secrets
import sqlite3
import threading
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from advisor import state
from advisor.errors import NotSignedIn, TooManyAttempts, UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

Role = Literal["reader", "analyst"]
ROLES: tuple[Role, ...] = ("reader", "analyst")
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1000  # characters
IDLE = 8 * 3600.0  # seconds after which a session ends that nobody uses
LONGEST_SESSION = 7 * 86400.0  # seconds after which every session ends
TOUCHED = 300.0  # seconds; a session's last use is written down no more often than this
WINDOW = 15 * 60.0  # seconds over which failed attempts are counted
ATTEMPTS = {"pair": 5, "address": 30, "name": 50}  # failed attempts in the window: of a name from an address, from an address, of a name

_TABLES = """
    create table if not exists accounts(name text primary key, role text, password text, added real) without rowid;
    create table if not exists sessions(secret text primary key, name text references accounts(name) on delete cascade on update cascade,
        begun real, used real) without rowid;
    create table if not exists tokens(name text primary key, secret text unique, role text, made real, used real) without rowid;
    create table if not exists attempts(kind text, who text, at real);
    create index if not exists attempts_of on attempts(kind, who, at);
"""
_HASHING = threading.BoundedSemaphore(2)  # each check takes 64 MiB for some hundredths of a second; a crowd at the door waits its turn
_NAME = re.compile(r"\w[\w.@+-]{0,63}")


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who may use the library: a reader asks, an analyst also keeps the library."""

    name: str
    role: Role

    @property
    def keeps_the_library(self) -> bool:
        """True for analysts."""
        return self.role == "analyst"


@dataclass(frozen=True, slots=True)
class Token:
    """A named key of a program, without its secret; times are seconds since 1970, `used` is None where it never was."""

    name: str
    role: Role
    made: float
    used: float | None = None


LOCAL = Account("local", "analyst")  # whoever sits at the machine, where no one is asked to sign in


def add(folder: Path, name: str, role: str, password: str) -> Account:
    """Make an account; raises UsageError where the name is taken or something is not as expected."""
    account = Account(_name(name), _role(role))
    hashed = _hashed(_password(password, account.name))
    with _opened(folder) as connection:
        if connection.execute("select 1 from accounts where name = ?", (account.name,)).fetchone():
            raise UsageError(f"There is an account {account.name!r} already. Take another name, or remove that one first.")
        connection.execute("insert into accounts values (?, ?, ?, ?)", (account.name, account.role, hashed, time.time()))
    return account


def remove(folder: Path, name: str) -> None:
    """Take an account away and end its sessions."""
    with _opened(folder) as connection:
        if not connection.execute("delete from accounts where name = ?", (_folded(name),)).rowcount:
            raise _unknown(name)


def change_role(folder: Path, name: str, role: str) -> Account:
    """Make a reader an analyst or an analyst a reader."""
    account = Account(_folded(name), _role(role))
    with _opened(folder) as connection:
        if not connection.execute("update accounts set role = ? where name = ?", (account.role, account.name)).rowcount:
            raise _unknown(name)
    return account


def change_password(folder: Path, name: str, password: str) -> None:
    """Set a new password; every session of the account ends."""
    hashed = _hashed(_password(password, _folded(name)))
    with _opened(folder) as connection:
        if not connection.execute("update accounts set password = ? where name = ?", (hashed, _folded(name))).rowcount:
            raise _unknown(name)
        connection.execute("delete from sessions where name = ?", (_folded(name),))


def listed(folder: Path) -> tuple[Account, ...]:
    """Every account, by name; none where the library has no state file."""
    if not (folder / state.NAME).exists():
        return ()
    with _opened(folder) as connection:
        return tuple(Account(row["name"], row["role"]) for row in connection.execute("select name, role from accounts order by name"))


def authenticate(folder: Path, name: str, password: str, *, address: str = "") -> Account:
    """The account of a name and its password; `address` is where the attempt comes from.

    Raises NotSignedIn where the two do not belong together (after the same work whether or not the name exists), and TooManyAttempts where
    too many attempts failed in the last quarter of an hour.
    """
    name, now = _folded(name)[:64], time.time()
    tried = {"pair": f"{name} {address}", "address": address, "name": name}
    with _opened(folder) as connection:
        connection.execute("delete from attempts where at < ?", (now - WINDOW,))
        for kind, who in tried.items():
            if connection.execute("select count(*) from attempts where kind = ? and who = ?", (kind, who)).fetchone()[0] >= ATTEMPTS[kind]:
                raise TooManyAttempts(f"Too many attempts to sign in failed. Wait {WINDOW / 60:.0f} minutes, then try again.")
        # Noted before the check, so that attempts made at the same time count as well.
        connection.executemany("insert into attempts values (?, ?, ?)", [(kind, who, now) for kind, who in tried.items()])
        row = connection.execute("select name, role, password from accounts where name = ?", (name,)).fetchone()
    hashed = row["password"] if row else _nobodys_hash()
    if not _matches(hashed, password) or row is None:
        raise NotSignedIn("The name and the password do not belong together. Check both; capitals count in the password.")
    with _opened(folder) as connection:
        for kind, who in tried.items():
            connection.execute("delete from attempts where kind = ? and who = ? and at = ?", (kind, who, now))
        connection.execute("delete from attempts where kind = 'pair' and who = ?", (tried["pair"],))
        if _hasher().check_needs_rehash(hashed):
            connection.execute("update accounts set password = ? where name = ?", (_hashed(password), name))
    return Account(row["name"], row["role"])


def begin_session(folder: Path, account: Account) -> str:
    """A new session; the secret that is returned is all that opens it."""
    secret, now = secrets.token_urlsafe(32), time.time()
    with _opened(folder) as connection:
        connection.execute("delete from sessions where used < ? or begun < ?", (now - IDLE, now - LONGEST_SESSION))
        connection.execute("insert into sessions values (?, ?, ?, ?)", (_digest(secret), account.name, now, now))
    return secret


def in_session(folder: Path, secret: str) -> Account | None:
    """Whose session it is; None where it has ended or never was."""
    now = time.time()
    sql = "select accounts.name, role, begun, used from sessions join accounts using (name) where secret = ?"
    with _opened(folder) as connection:
        row = connection.execute(sql, (_digest(secret),)).fetchone()
        if row is None or row["used"] < now - IDLE or row["begun"] < now - LONGEST_SESSION:
            return None
        if row["used"] < now - TOUCHED:
            connection.execute("update sessions set used = ? where secret = ?", (now, _digest(secret)))
    return Account(row["name"], row["role"])


def end_session(folder: Path, secret: str) -> None:
    """End a session; one that has ended already stays so."""
    with _opened(folder) as connection:
        connection.execute("delete from sessions where secret = ?", (_digest(secret),))


def create_token(folder: Path, name: str, role: str) -> str:
    """A key for a program; the secret is returned this once and can be read nowhere later."""
    secret = "adv_" + secrets.token_urlsafe(32)
    with _opened(folder) as connection:
        if connection.execute("select 1 from tokens where name = ?", (_name(name),)).fetchone():
            raise UsageError(f"There is a token {_name(name)!r} already. Take another name, or revoke that one first.")
        connection.execute("insert into tokens values (?, ?, ?, ?, null)", (_name(name), _digest(secret), _role(role), time.time()))
    return secret


def check_token(folder: Path, secret: str) -> Account | None:
    """As whom a program with this key acts; None where there is no such key."""
    now = time.time()
    with _opened(folder) as connection:
        row = connection.execute("select name, role, used from tokens where secret = ?", (_digest(secret),)).fetchone()
        if row is None:
            return None
        if row["used"] is None or row["used"] < now - TOUCHED:
            connection.execute("update tokens set used = ? where secret = ?", (now, _digest(secret)))
    return Account(row["name"], row["role"])


def revoke_token(folder: Path, name: str) -> None:
    """Take a key away; it opens nothing from now on."""
    with _opened(folder) as connection:
        if not connection.execute("delete from tokens where name = ?", (_folded(name),)).rowcount:
            raise UsageError(f"There is no token {name!r}. The list of tokens shows the names.")


def tokens(folder: Path) -> tuple[Token, ...]:
    """Every token without its secret, by name."""
    if not (folder / state.NAME).exists():
        return ()
    with _opened(folder) as connection:
        return tuple(Token(*row) for row in connection.execute("select name, role, made, used from tokens order by name"))


def end_sessions(folder: Path) -> None:
    """End every session: whoever is signed in has to sign in again."""
    with _opened(folder) as connection:
        connection.execute("delete from sessions")


@contextmanager
def _opened(folder: Path) -> Iterator[sqlite3.Connection]:
    with state.opened(folder, _TABLES) as connection:
        yield connection


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _name(name: str) -> str:
    folded = _folded(name)
    if not _NAME.fullmatch(folded):
        raise UsageError(
            f"The name is {name[:80]!r}; expected 1 to 64 letters, digits, or . @ + - _, such as erika.muster. Give another one."
        )
    return folded


def _role(role: str) -> Role:
    if role not in ROLES:
        raise UsageError(f"The role is {role!r}; expected 'reader' (asks) or 'analyst' (also keeps the library).")
    return role


def _password(password: str, name: str) -> str:
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise UsageError(
            f"The password has {len(password)} characters; expected {SHORTEST_PASSWORD} to {LONGEST_PASSWORD}. "
            "Take a few words that do not belong together."
        )
    if len(set(password)) < 5 or name in password.casefold():
        raise UsageError("The password is too easy to guess; expected at least five different characters and not the name. Take another.")
    return password


def _unknown(name: str) -> UsageError:
    return UsageError(f"There is no account {name!r}. See 'advisor user list' for the names.")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # Argon2id with the library's own defaults, the low-memory choice of RFC 9106


@cache
def _nobodys_hash() -> str:
    """The hash that is checked for names that do not exist, so that they take as long."""
    return _hashed(secrets.token_urlsafe(32))


def _hashed(password: str) -> str:
    with _HASHING:
        return _hasher().hash(_composed(password))


def _composed(password: str) -> str:
    """One spelling for letters that keyboards compose in different ways."""
    return unicodedata.normalize("NFC", password[: LONGEST_PASSWORD + 1])


def _matches(hashed: str, password: str) -> bool:
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        with _HASHING:
            return _hasher().verify(hashed, _composed(password))
    except (VerificationError, InvalidHashError):
        return False
