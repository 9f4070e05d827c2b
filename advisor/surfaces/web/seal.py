"""A seal on answers that travel through browsers, by which the chat knows its own again: history needs no store on the server."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from functools import cache, cached_property
from pathlib import Path

from advisor.answer.schema import Answer
from advisor.errors import IndexUnwritable, UsageError
from advisor.state import opened
from advisor.surfaces.wording import word

TABLES = "create table if not exists secrets(name text primary key, value blob) without rowid;"


class Seals:
    """Seals and opens answers with a key that is kept beside the library; where nothing can be kept it lasts until the chat ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _key(self) -> bytes:
        fresh = secrets.token_bytes(32)
        try:
            with opened(self._folder, TABLES) as connection:
                connection.execute("insert or ignore into secrets values ('answers', ?)", (fresh,))
                return bytes(connection.execute("select value from secrets where name = 'answers'").fetchone()["value"])
        except IndexUnwritable:
            return fresh

    def _of(self, id: str, asked: str, answer: str) -> str:
        return hmac.new(self._key, json.dumps([id, asked, answer]).encode(), hashlib.sha256).hexdigest()

    def kept(self, id: str, asked: str, answer: Answer) -> str:
        """An answer with its question, its id and the seal, as JSON for the browser to keep."""
        plain = json.dumps(answer.as_json(), ensure_ascii=False)
        return json.dumps({"id": id, "asked": asked, "answer": plain, "seal": self._of(id, asked, plain)}, ensure_ascii=False)

    def opened(self, id: str, asked: str, answer: str, seal: str, language: str = "en") -> Answer:
        """The answer that a browser sends back; raises UsageError where it is not as it was given out."""
        if not hmac.compare_digest(self._of(id, asked, answer).encode(), seal.encode()):
            raise UsageError(word("not_ours", language))
        return Answer.from_json(json.loads(answer))


@cache
def seals_of(folder: Path) -> Seals:
    """The seals of the library in a folder, the same for every part of the chat."""
    return Seals(folder)
