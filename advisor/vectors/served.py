"""The vectors of one generation in a Chroma server, in collections that it shares with the generations before and after it.

A vector is never changed once it is written. Its id names the row and the draft that wrote it, such as "812.9f3ac2d1", and a generation
takes for its own what has a row of its library and the draft that the row came with. So what another generation has added, what a killed
writer left, and what reaches the server late is passed over, whatever the order in which things happen.
"""

from __future__ import annotations

import secrets
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from advisor.errors import IndexDamaged
from advisor.vectors.entries import SAME, Entries
from advisor.vectors.server import ChromaServer, CollectionGone

AT_ONCE = 500  # vectors in one request: a second's work for a server
CHECKED = 200  # vectors that are asked for at once
TWINS = 8  # how many of the nearest are looked at for a vector itself: the same sentence in kept generations may come first
WIDER = 2  # how much longer a list is asked for where too much of it belongs to other generations
DRAFT = "draft"  # in the metadata: which draft wrote a vector


@dataclass(frozen=True, slots=True)
class Held:
    """What a generation's library holds: which of some rows of a pool and language, and how many of it in all."""

    which: Callable[[str, Sequence[int]], Collection[int]]
    number: Callable[[str], int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a generation's vectors live: the name of its collections, whose they are, and which draft wrote which rows.

    `written` has for each pool of row numbers the first row of each draft, in order: a draft's rows end where the next one's begin.
    """

    collections: str
    owner: str
    written: Mapping[str, tuple[tuple[int, str], ...]]

    @classmethod
    def new(cls, owner: str, pools: Iterable[str]) -> Place:
        """Collections that nobody has yet, all of whose rows one draft writes."""
        draft = secrets.token_hex(4)
        return cls(secrets.token_hex(8), owner, {pool: ((0, draft),) for pool in pools})

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Place:
        """The place in its file."""
        written = {pool: tuple((int(first), str(draft)) for first, draft in rows) for pool, rows in stored["written"].items()}
        return cls(str(stored["collections"]), str(stored["owner"]), written)

    def as_json(self) -> dict[str, Any]:
        """The place as plain values."""
        return asdict(self)

    def continued(self, first: Mapping[str, int]) -> Place:
        """The place of the next draft, which writes the rows from these on; drafts that wrote none are forgotten."""
        draft = secrets.token_hex(4)
        filled = {pool: tuple(one for one in rows if one[0] < first[pool]) for pool, rows in self.written.items()}
        return replace(self, written={pool: (*rows, (first[pool], draft)) for pool, rows in filled.items()})

    @property
    def drafts(self) -> frozenset[str]:
        """All drafts that wrote something here."""
        return frozenset(draft for rows in self.written.values() for _, draft in rows)

    @property
    def newest(self) -> str:
        """The draft that wrote last."""
        return next(iter(self.written.values()))[-1][1]

    @property
    def beginning(self) -> str:
        """What the names of its collections begin with."""
        return f"advisor-{self.collections}-"

    def draft_of(self, pool: str, row: int) -> str:
        """The draft that wrote a row; `pool` may name a language, too."""
        rows = self.written[pool.partition("-")[0]]
        return rows[bisect_right(rows, row, key=lambda one: one[0]) - 1][1]

    def drafts_of(self, pool: str, rows: NDArray[np.int64]) -> NDArray[np.str_]:
        """The drafts that wrote rows, in their order."""
        written = self.written[pool.partition("-")[0]]
        firsts, drafts = np.array([first for first, _ in written], np.int64), np.array([draft for _, draft in written], np.str_)
        return drafts[np.searchsorted(firsts, rows, side="right") - 1]

    def id_of(self, pool: str, row: int) -> str:
        """The id of a row's vector."""
        return f"{row}.{self.draft_of(pool, row)}"


class ServedVectors:
    """The vectors of one generation in a server; safe for several threads.

    Raises what the server raises, and IndexDamaged where it does not hold what the generation needs. A collection that is missing is
    made for a writer alone.
    """

    def __init__(self, server: ChromaServer, place: Place, held: Held, *, writing: bool = False) -> None:
        self.server, self.place = server, place
        self._held = held
        self._writing = writing
        self._known: dict[str, str] = {}
        self._added: dict[str, list[int]] = {}

    def add(
        self, pool: str, rows: Sequence[int], vectors: NDArray[np.float32], metadata: Sequence[Mapping[str, Any]], texts: Sequence[str]
    ) -> None:
        """Store unit vectors under row numbers; `metadata` and `texts` are for programs that open the collection without the advisor."""
        self._added.setdefault(pool, []).extend(rows)
        for begin in range(0, len(rows), AT_ONCE):
            part = slice(begin, begin + AT_ONCE)
            marked = [{**one, DRAFT: self.place.newest} for one in metadata[part]]
            entries = Entries(rows[part], vectors[part], marked, texts[part])
            self._asked(pool, partial(self.server.store, ids=self._ids(pool, rows[part]), entries=entries))

    def remove(self, pool: str, rows: Sequence[int]) -> None:
        """Take out rows that this draft itself put in; others belong to earlier generations, and leave with the last of them."""
        own = [row for row in rows if self.place.draft_of(pool, row) == self.place.newest]
        gone = set(own)
        self._added[pool] = [row for row in self._added.get(pool, []) if row not in gone]
        for begin in range(0, len(own), AT_ONCE):
            part = self._ids(pool, own[begin : begin + AT_ONCE])
            self._asked(pool, partial(self.server.delete, ids=part))

    def nearest(self, pool: str, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """The k nearest rows with their cosine similarity, best first."""
        wanted = k if pool in self._known or self._held.number(pool) else 0
        while wanted:
            found = self._asked(pool, partial(self.server.query, vectors=vector[None], k=wanted))[0]
            own = self._own(pool, found)
            if len(own) >= k or len(found) < wanted:
                return own[:k]
            wanted *= WIDER
        return []

    def _own(self, pool: str, found: Sequence[tuple[str, float]]) -> list[tuple[int, float]]:
        """What of a list belongs to this generation, by row; Chroma's cosine distance is 1 - cosine similarity."""
        split = [(int(row), draft, distance) for name, distance in found for row, _, draft in (name.partition("."),)]
        rows = [row for row, draft, _ in split if self.place.draft_of(pool, row) == draft]
        held = set(self._held.which(pool, rows))
        return [(row, 1.0 - distance) for row, draft, distance in split if row in held and self.place.draft_of(pool, row) == draft]

    def vectors(self, pool: str, rows: Sequence[int]) -> dict[int, NDArray[np.float32]]:
        """Stored vectors by row number; rows that are not there are left out."""
        found = self._got(pool, rows, ["embeddings"])
        return {row: np.asarray(one, np.float32) for part in found for row, one in zip(part["rows"], part["embeddings"], strict=True)}

    def entries(self, pool: str, rows: Sequence[int]) -> Entries:
        """All that is stored of rows; rows that are not there are left out."""
        found = self._got(pool, rows, ["embeddings", "metadatas", "documents"])
        rows, vectors, metadata, texts = (
            [one for part in found for one in part[name]] for name in ("rows", "embeddings", "metadatas", "documents")
        )
        return Entries(rows, np.asarray(vectors, np.float32), metadata, texts)

    def _got(self, pool: str, rows: Sequence[int], include: Sequence[str]) -> list[dict[str, Any]]:
        parts = []
        for begin in range(0, len(rows), AT_ONCE):
            ids = self._ids(pool, rows[begin : begin + AT_ONCE])
            found = self._asked(pool, partial(self.server.get, ids=ids, include=include))
            parts.append({**found, "rows": [int(name.partition(".")[0]) for name in found["ids"]]})
        return parts

    def check(self, pools: Mapping[str, int]) -> None:
        """Raise IndexDamaged where a collection is missing or holds fewer vectors than a generation needs."""
        for pool, number in pools.items():
            found = self._asked(pool, self.server.count) if self.server.find(self._name(pool)) else 0
            if found < number:
                raise self._gone(f"{found:,} of {number:,} vectors of {pool}")

    def settle(self) -> None:
        """Have every vector that this draft wrote found by whoever asks for just that.

        The graph of a server loses some of those that are added to it later: 3 of 36 small additions to a library of 60 passages had one
        that no query led to, however long its list. Written again, it was found, in all cases.
        """
        for pool, rows in self._added.items():
            for begin in range(0, len(rows), CHECKED):
                if lost := self._lost(pool, rows[begin : begin + CHECKED]):
                    self.mend(pool, lost)

    def _lost(self, pool: str, rows: Sequence[int]) -> list[int]:
        """Those of some rows to which their own vector does not lead, nor to one just like it that this generation holds, too."""
        stored = self.vectors(pool, rows)
        if len(stored) < len(set(rows)):
            raise self._gone(f"{len(stored):,} of {len(set(rows)):,} vectors of {pool} that it was just given")
        found = self._asked(pool, partial(self.server.query, vectors=np.stack(list(stored.values())), k=TWINS))
        ids = zip(stored, self._ids(pool, list(stored)), found, strict=True)
        return [row for row, name, near in ids if name not in dict(near) and not self._leads(pool, stored[row])]

    def _leads(self, pool: str, vector: NDArray[np.float32]) -> bool:
        """True where a vector leads to one just like it that this generation holds; those of others are passed over, as for a reader."""
        own = self.nearest(pool, vector, 1)
        return bool(own) and own[0][1] >= SAME

    def mend(self, pool: str, rows: Sequence[int]) -> None:
        """Write rows again as they are, so that the graph takes them in anew."""
        entries = self.entries(pool, rows)
        self._asked(pool, partial(self.server.store, ids=self._ids(pool, entries.rows), entries=entries))

    def close(self) -> None:
        """Nothing: the connections are the server's."""

    def _ids(self, pool: str, rows: Sequence[int]) -> list[str]:
        return [self.place.id_of(pool, row) for row in rows]

    def _name(self, pool: str) -> str:
        return f"{self.place.beginning}{pool}"

    def _asked(self, pool: str, call: Callable[[str], Any]) -> Any:
        """The result of a call with the id of a collection, which is another where the server was filled anew from a backup."""
        known = self._known.get(pool)
        if known is not None:
            try:
                return call(known)
            except CollectionGone:
                self._known.pop(pool, None)  # which another thread may have done before
        try:
            known = self._known[pool] = self._collection(pool)
            return call(known)
        except CollectionGone as error:
            raise self._gone(f"nothing of {pool}") from error

    def _collection(self, pool: str) -> str:
        if self._writing:
            return self.server.make(self._name(pool))
        found = self.server.find(self._name(pool))
        if found is None:
            raise CollectionGone(self._name(pool))
        held = self._held.number(pool)
        if (number := self.server.count(found)) < held:
            raise self._gone(f"{number:,} of {held:,} vectors of {pool}")
        return found

    def _gone(self, there: str) -> IndexDamaged:
        return IndexDamaged(
            f"The Chroma server at {self.server.url} holds {there}, in collections {self.place.beginning}*: it was emptied, or it is not "
            "the server that the index was made with. Bring its data back, correct ADVISOR_CHROMA_URL or ADVISOR_CHROMA_DATABASE, or run "
            "'advisor ingest --rebuild'."
        )
