"""The agreement map: what is asked for in rows, works in columns, and in each cell how the work stands to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from advisor.answer.demands import Demand, Demands, Voice


@dataclass(frozen=True, slots=True)
class Column:
    """A work of the map; `asks` is how many of the rows it asks for."""

    work: str
    names: Mapping[str, str]
    asks: int


@dataclass(frozen=True, slots=True)
class Row:
    """A demand with one cell for each column: what the work says of it, nothing where it is silent."""

    demand: Demand
    cells: tuple[tuple[Voice, ...], ...]


@dataclass(frozen=True, slots=True)
class Map:
    """Demands × works."""

    topic: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


def chart(found: Demands, *, shared: bool = False) -> Map:
    """The map of a topic; with `shared` only the rows in which several works speak.

    Works that ask for something stand left, in the order of their lists; those that only support, qualify or dispute stand right of them.
    """
    demands = [demand for demand in found.demands if not shared or len({voice.work for voice in demand.voices}) > 1]
    voices = [voice for demand in demands for voice in demand.voices]
    asks = {work: sum(voice.work == work and voice.stance == "asks" for voice in voices) for work in dict.fromkeys(v.work for v in voices)}
    order = {source.work: place for place, source in reversed(list(enumerate(found.sources)))}
    works = sorted(asks, key=lambda work: (not asks[work], order.get(work, len(order))))
    names = {voice.work: voice.names for voice in voices}
    rows = tuple(Row(demand, tuple(tuple(v for v in demand.voices if v.work == work) for work in works)) for demand in demands)
    return Map(found.topic, tuple(Column(work, names[work], asks[work]) for work in works), rows)
