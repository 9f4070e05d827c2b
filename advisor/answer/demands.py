"""What the works of the library ask for on a topic: an item of several lists is one demand, with who qualifies and who disputes it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from advisor.answer.agreement import SAME, group
from advisor.answer.page import section_of
from advisor.answer.stances import STANCES, Item, Placed, Said, Stance, stances
from advisor.citations import Citation, cite, short_name
from advisor.documents.model import Document, Work
from advisor.encoder import Encoder
from advisor.factors import Enumeration
from advisor.index import Generation
from advisor.text import Span

# Mean similarity in both languages from which items are one demand. Read off the 16 topics of the corpus: at 0.53 and above stand
# "management commitment" and "commitment of the C-suite"; the first pairs that are not the same come at 0.52.
TOGETHER = 0.53
_LABEL = re.compile(r"[^:\n]{2,80}(?=: )")
_BRACKETS = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, eq=False)
class Voice:
    """What one work says of a demand: its stance and its words, by the language of the document that is quoted ("de", "en")."""

    work: str
    stance: Stance
    quotes: Mapping[str, Citation]
    names: Mapping[str, str]  # how the work is named in either language: "Wilson et al. (2011)"

    def quote(self, language: str) -> Citation:
        """The quotation in a language, else in the one there is."""
        return self.quotes.get(language) or next(iter(self.quotes.values()))

    @cached_property
    def key(self) -> str:
        """What names these words in addresses and forms; another as soon as one of them is changed."""
        words = "\n".join(f"{language} {self.quotes[language].quote}" for language in sorted(self.quotes))
        return hashlib.sha256(f"{self.work}\n{words}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Demand:
    """One thing that one or several works ask for; those that ask come first, led by the one that names it best."""

    voices: tuple[Voice, ...]

    @property
    def asking(self) -> tuple[Voice, ...]:
        """The works that list it."""
        return self.by("asks")

    def by(self, stance: Stance) -> tuple[Voice, ...]:
        """The works of one stance."""
        return tuple(voice for voice in self.voices if voice.stance == stance)

    def title(self, language: str) -> str:
        """The key word of the first item, as it stands there."""
        return label(self.asking[0].quote(language).quote)


@dataclass(frozen=True)
class Source:
    """A list that works name for the topic; `figures` where it reports numbers and asks for nothing, `refers_to` where an item stands for
    the list of another work, which is given whole."""

    work: str
    names: Mapping[str, str]
    leads: Mapping[str, Citation]
    items: int
    figures: bool = False
    refers_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Demands:
    """All demands on a topic, those of most works first, and the lists that they come from."""

    topic: str
    demands: tuple[Demand, ...] = ()
    sources: tuple[Source, ...] = ()

    def holding(self, key: str) -> Demand | None:
        """The demand in which words with this key stand."""
        return next((demand for demand in self.demands if any(voice.key == key for voice in demand.asking)), None)


@dataclass(frozen=True, eq=False)
class _List:
    """A list of one work, in each language in which it is there with as many items."""

    work: Work
    versions: Mapping[str, tuple[Document, Enumeration]]

    @property
    def size(self) -> int:
        return min(enumeration.n for _, enumeration in self.versions.values())

    def words(self, position: int) -> list[str]:
        return [e.factors[position].span.of(document.text) for document, e in self.versions.values()]


def label(item: str) -> str:
    """The key word of a list item, verbatim: what stands before its colon; else all of it."""
    found = _LABEL.match(item)
    return found.group() if found else item


def demands(generation: Generation, encoder: Encoder, topic: str) -> Demands:
    """What works list for a topic, in any language; items in which both languages agree that they are the same are one demand.

    A list of figures asks for nothing and is only named. An item that stands for the list of a work known through it is left to that list.
    """
    documents = generation.documents()
    lists = _ordered(generation, topic, _lists(generation, documents, topic))
    asking = [found for found in lists if not _are_figures(found)]
    referring = {found: [_refers_to(found, position, asking) for position in range(found.size)] for found in asking}
    items = [item for found in asking for item in _items(generation, found, referring[found])]
    names = {
        document.work.key: {language: short_name(document.work, language) for language in ("en", "de")} for document in documents
    }  # fmt: skip
    similarity = _similarity(items)
    groups = group(similarity, [item.work.quoted_after or item.work.key for item in items]) if items else []
    others = stances(encoder, documents, items)
    made = [_demand([items[i] for i in _middle_first(members, similarity)], others, names) for members in groups]
    sources = tuple(
        Source(
            found.work.key, names[found.work.key], {language: _cited(document, e.lead, e.section, names) for language, (document, e)
            in found.versions.items()}, found.size, found not in referring, tuple(filter(None, referring.get(found, ()))),
        )
        for found in lists
    )  # fmt: skip
    return Demands(topic, tuple(sorted(made, key=lambda demand: -len(demand.asking))), sources)


def _lists(generation: Generation, documents: Iterable[Document], topic: str) -> Iterator[_List]:
    """The lists that works name for a topic, the versions of one in several languages together."""
    found: dict[str, dict[str, list[tuple[Document, Enumeration]]]] = {}
    for document in documents:
        leads = {lead for named, lead in document.work.lists if named == topic}
        own = found.setdefault(document.work.key, {}) if leads else {}
        if leads and document.language not in own:
            enumerations = generation.enumerations(document.sha256)
            own[document.language] = [(document, e) for e in enumerations if e.lead.of(document.text) in leads]
    for versions in found.values():
        for side_by_side in zip_longest(*versions.values()):
            present = [pair for pair in side_by_side if pair]
            if len({e.n for _, e in present}) == 1:
                yield _List(present[0][0].work, {document.language: (document, e) for document, e in present})
            else:  # one version lacks an item: which it is cannot be told, so each stands for itself
                yield from (_List(document.work, {document.language: (document, e)}) for document, e in present)


def _ordered(generation: Generation, topic: str, lists: Iterable[_List]) -> list[_List]:
    """Lists nearest to the topic first, those of a work together; a work known through another comes right behind it."""
    worth: dict[_List, float] = {}
    for found in lists:
        rows = [
            row
            for document, e in found.versions.values()
            for row, passage in generation.passages_of(document.sha256)
            if passage.start <= e.factors[0].span.start < passage.end
        ]
        worth[found] = float(np.mean(generation.fit(topic, rows))) if rows else 0.0
    keys = {found.work.key for found in worth}
    family = {found: found.work.quoted_after if found.work.quoted_after in keys else found.work.key for found in worth}
    best = {name: max(value for found, value in worth.items() if family[found] == name) for name in set(family.values())}

    def place(found: _List) -> tuple[float, str, bool, str, int]:
        first, own = family[found], found.work.key
        return -best[first], str(first), own != first, own, min(e.lead.start for _, e in found.versions.values())

    return sorted(worth, key=place)


def _are_figures(found: _List) -> bool:
    """Whether most items report a number (page numbers in brackets aside)."""
    texts = [text for position in range(found.size) for text in found.words(position)]
    return sum(any(map(str.isdigit, _BRACKETS.sub("", text))) for text in texts) * 2 > len(texts)


def _refers_to(found: _List, position: int, lists: Iterable[_List]) -> str | None:
    """The work for whose list an item stands by opening with its name: Speck's "Frank's further factors: …" stands for Frank's list."""
    for work in (other.work for other in lists if other.work.quoted_after == found.work.key):
        name = re.escape(short_name(work, "en").split(" (")[0])
        if all(re.match(rf"\W*{name}(?:'s|’s|s)?\b", text) for text in found.words(position)):
            return work.key
    return None


def _items(generation: Generation, found: _List, without: Sequence[str | None]) -> Iterator[Item]:
    """The items of a list with their vectors, without those that stand for the list of another work."""
    vectors = {language: generation.factor_vectors(document.sha256) for language, (document, _) in found.versions.items()}
    for position in range(found.size):
        spans = {language: e.factors[position].span for language, (_, e) in found.versions.items()}
        if not without[position]:
            placed = {
                language: Placed(document, spans[language], e.section, vectors[language].get(spans[language]))
                for language, (document, e) in found.versions.items()
            }
            yield Item(found.work, position, placed)


def _similarity(items: Sequence[Item]) -> NDArray[np.float32]:
    """Similarity of all pairs, the mean over the languages that both have (across languages where they share none), scaled so that
    TOGETHER stands where `group` expects SAME."""
    result = np.zeros((len(items), len(items)), np.float32)
    for i, one in enumerate(items):
        for j, other in enumerate(items[:i]):
            result[i, j] = result[j, i] = one.similarity(other) * (SAME / TOGETHER)
    return result


def _middle_first(members: Sequence[int], similarity: NDArray[np.float32]) -> list[int]:
    """Members in order, but first the one that is nearest to all others: its key word names the demand."""
    middle = max(sorted(members), key=lambda i: round(float(similarity[i, members].sum()), 4))
    return [middle, *(i for i in sorted(members) if i != middle)]


def _demand(members: Sequence[Item], others: Mapping[Item, Sequence[Said]], names: Mapping[str, Mapping[str, str]]) -> Demand:
    """One demand: the works that list it, then the others by stance, each once for each stance."""
    voices = [
        Voice(item.work.key, "asks", {code: _cited(p.document, p.span, p.section, names) for code, p in item.placed.items()},
              names[item.work.key])
        for item in members
    ]  # fmt: skip
    for stance in STANCES[1:]:
        # Who asks for a thing supports it anyway, but may still qualify it.
        silent = {voice.work for voice in voices if voice.stance == "asks"} if stance == "supports" else set[str]()
        for said in (said for item in members for said in others.get(item, ()) if said.stance == stance):
            if said.work not in silent:
                silent.add(said.work)
                quotes = {code: _cited(document, span, section_of(document, span), names) for code, (document, span) in said.places.items()}
                voices.append(Voice(said.work, stance, quotes, names[said.work]))
    return Demand(tuple(voices))


def _cited(document: Document, span: Span, section: str, names: Mapping[str, Mapping[str, str]]) -> Citation:
    return cite(0, document, span, section, {key: name.get(document.language, name["en"]) for key, name in names.items()})
