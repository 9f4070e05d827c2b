"""A shelf of documents → the findings of a critical librarian, and the bibliography; as far as a program can tell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from advisor.citations import reference
from advisor.documents import ABOUT_THE_FOLDER, SUFFIXES
from advisor.documents.model import Document, Relation, Work
from advisor.errors import DocumentError, UsageError
from advisor.factors import find
from advisor.reading import ReadAll, read_all
from advisor.text import printable
from advisor.topics import KEYS

MIRROR = {
    "supports": "supported_by", "supported_by": "supports", "qualifies": "qualified_by", "qualified_by": "qualifies",
    "origin_of": "derives_from", "derives_from": "origin_of", "disputes": "disputes",
}  # fmt: skip
NEEDED = ("title", "kind", "seen", "topics", "original_language")
WORDS = (250, 900)  # of a digest's body


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: in which file, what, and what to do."""

    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """The documents of a folder, the register of source pages, and what could not be read."""

    documents: tuple[Document, ...]
    register: Mapping[str, tuple[str, ...]]
    unreadable: tuple[Finding, ...]

    @classmethod
    def from_path(cls, folder: Path, read: ReadAll = read_all) -> Shelf:
        """Read every document of a folder; `sources.yaml` there is the register of pages (key → addresses)."""
        if not folder.is_dir():
            raise UsageError(f"{folder} is no folder. Give the folder that holds the documents.")
        documents, unreadable = [], []
        every = sorted(folder.rglob("*"))
        files = [file for file in every if file.suffix.lower() in SUFFIXES and file.name.lower() not in ABOUT_THE_FOLDER]
        outcomes = read([(file, printable(file.relative_to(folder).as_posix())) for file in files])
        for file, outcome in zip(files, outcomes, strict=True):
            if isinstance(outcome, DocumentError):
                unreadable.append(Finding(file.name, str(outcome)))
            else:
                documents.append(outcome)
        return cls(tuple(documents), _register(folder / "sources.yaml"), tuple(unreadable))


def _register(file: Path) -> dict[str, tuple[str, ...]]:
    import yaml

    if not file.exists():
        return {}
    try:
        data = yaml.safe_load(file.read_text("utf-8")) or {}
        return {str(key): tuple(entry["urls"]) for key, entry in data.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise UsageError(f'{file} is no register of pages: {error}. Expected lines like S01: {{urls: ["https://…"]}}.') from error


def check(shelf: Shelf) -> tuple[Finding, ...]:
    """Everything that is wrong with a shelf: unreadable files, data, languages, lists, figures, relations, sources."""
    works = _by_work(shelf.documents)
    return (
        *shelf.unreadable,
        *(finding for document in shelf.documents for finding in _check_document(document, shelf.register)),
        *(finding for versions in works.values() for finding in _check_versions(versions)),
        *_check_relations(shelf.documents, works),
    )


def _by_work(documents: Iterable[Document]) -> dict[str, list[Document]]:
    works: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        works[document.work.key].append(document)
    return dict(works)


def _check_document(document: Document, register: Mapping[str, tuple[str, ...]]) -> Iterator[Finding]:
    work, source = document.work, document.source
    if not work.digest:
        return
    for name in NEEDED:
        if not getattr(work, name):
            yield Finding(source, f"the front matter gives no {name}; add it")
    for topic in work.topics:
        if topic not in KEYS:
            yield Finding(source, f"topic {topic!r} is not known; expected one of {', '.join(KEYS)}")
    for key, _ in work.sources:
        if key != "article" and key not in register:
            yield Finding(source, f"source {key!r} is not in sources.yaml; add the page or correct the key")
    yield from _check_text(document)


def _check_text(document: Document) -> Iterator[Finding]:
    source = document.source
    leads = [e.lead.of(document.text) for e in find(document)]
    for topic, lead in document.work.lists:
        if topic not in document.work.topics:
            yield Finding(source, f"lists names the topic {topic!r}, which is not among topics; add it there or take it out")
        if lead not in leads:
            yield Finding(source, f"lists names {lead[:60]!r}…, which is the lead-in of no list; copy it letter by letter")
    for question in document.work.questions:
        if question.quote not in document.text:
            place = f"question {question.ask!r} quotes {question.quote[:60]!r}…"
            yield Finding(source, f"{place}, which is not in the text; copy it letter by letter")
    words = len(re.findall(r"\w+", document.text))
    if not WORDS[0] <= words <= WORDS[1] + 60:  # titles, headings and markers are counted here, too
        yield Finding(source, f"the text has {words} words; expected {WORDS[0]} to {WORDS[1]}")
    written, found = written_lists(document), [e.n for e in find(document) if e.style in ("numbered", "bulleted")]
    if written != found:
        yield Finding(source, f"lists written have {written} items, lists found {found}; mend the list's form")


def written_lists(document: Document) -> list[int]:
    """How many items each list block has, as written."""
    counts: list[int] = []
    previous = None
    for block in document.blocks:
        if block.kind == "item" and block.level <= 1:
            if previous is None or previous.kind != "item":
                counts.append(0)
            counts[-1] += 1
        previous = block
    return counts


def _check_versions(versions: Sequence[Document]) -> Iterator[Finding]:
    digests = {document.language: document for document in versions if document.work.digest}
    if not digests:
        return
    missing = {"de", "en"} - digests.keys()
    if missing:
        yield Finding(versions[0].source, f"work {versions[0].work.key} has no digest in {' and '.join(sorted(missing))}; write it")
        return
    german, english = digests["de"], digests["en"]
    if written_lists(german) != written_lists(english):
        yield Finding(german.source, f"lists have {written_lists(german)} items, in English {written_lists(english)}; make them equal")
    ours, theirs = figures(german.text, "de"), figures(english.text, "en")
    if ours != theirs:
        only = f"only in German {sorted(ours - theirs)}, only in English {sorted(theirs - ours)}"
        yield Finding(german.source, f"the figures differ: {only}; make them equal")
    if [topic for topic, _ in german.work.lists] != [topic for topic, _ in english.work.lists]:
        yield Finding(german.source, "lists names other topics than in English; make them equal")
    for name in ("title", "authors", "year", "kind", "topics", "pages", "quoted_after", "data"):
        if getattr(german.work, name) != getattr(english.work, name):
            yield Finding(german.source, f"{name} is {getattr(german.work, name)!r}, in English {getattr(english.work, name)!r}")


def figures(text: str, language: str) -> frozenset[str]:
    """The numbers of a text in one notation: 1.892 and 1,892 are 1892, 7,6 and 7.6 are 7.6."""
    point, comma = (".", ",") if language == "de" else (",", ".")
    thousands = re.compile(rf"\d{{1,3}}(?:{re.escape(point)}\d{{3}})+(?:{re.escape(comma)}\d+)?")
    found = set()
    for match in re.finditer(r"\d+(?:[.,]\d+)*", text):
        number = match.group()
        if thousands.fullmatch(number):
            number = number.replace(point, "")
        found.add(number.replace(",", "."))
    return frozenset(found)


def _check_relations(documents: Sequence[Document], works: Mapping[str, list[Document]]) -> Iterator[Finding]:
    for document in documents:
        own = document.work
        if own.quoted_after and own.quoted_after not in works:
            yield Finding(document.source, f"quoted_after names {own.quoted_after!r}, which is no work here; add it or correct the key")
        for relation in own.relations:
            yield from _check_relation(document, relation, works)


def _check_relation(document: Document, relation: Relation, works: Mapping[str, list[Document]]) -> Iterator[Finding]:
    own, label = document.work, f"relation to {relation.other!r} on {relation.on!r}"
    if relation.kind not in MIRROR:
        yield Finding(document.source, f"{label} has kind {relation.kind!r}; expected one of {', '.join(MIRROR)}")
        return
    if relation.says not in document.text:
        yield Finding(document.source, f"{label} says {relation.says[:60]!r}…, which is not in the text; copy a sentence letter by letter")
    others = [other for other in works.get(relation.other, []) if other.language == document.language]
    if not others:
        yield Finding(document.source, f"{label} names a work that is not here in {document.language}; add it or take the relation out")
        return
    if relation.other == own.key:
        if sum(r.on == relation.on and r.other == own.key for r in own.relations) < 2:
            yield Finding(document.source, f"{label} needs two entries, one for each side")
        return
    mirrored = [(r.other, r.on, r.kind) for other in others for r in other.work.relations]
    if (own.key, relation.on, MIRROR[relation.kind]) not in mirrored:
        yield Finding(
            document.source, f"{label} has no mirror there; add {{with: {own.key}, on: {relation.on}, kind: {MIRROR[relation.kind]}}}"
        )


def bibliography(shelf: Shelf) -> str:
    """The works of a shelf as Markdown, by key: reference, what was seen of each, and on which page which fact was seen."""
    lines = [
        "# Sources",
        "",
        "Made from the front matter by `advisor library sources`. Nothing is ever fetched from the addresses at the end.",
        'What carries no page here is worded as reported in the digests and marked "reported, not checked".',
        "",
    ]
    used: set[str] = set()
    works = _by_work(document for document in shelf.documents if document.work.digest)
    for key in sorted(works):
        document = min(works[key], key=lambda d: d.language != "en")
        lines += _entry(document.work, used)
    lines += ["## Pages", ""]
    lines += [f"- {key}: {' · '.join(shelf.register[key])}" for key in sorted(used & shelf.register.keys(), key=_number)]
    return "\n".join(lines) + "\n"


def _entry(work: Work, used: set[str]) -> list[str]:
    lines = [f"## {work.key}", "", reference(work, "en").replace(" Digest of this library.", ""), ""]
    lines.append(f"- Seen: {work.seen}")
    if work.data:
        lines.append(f"- Data: {work.data}")
    for key, what in work.sources:
        used.add(key)
        lines.append(f"- {key}: {what}")
    return [*lines, ""]


def _number(key: str) -> tuple[int, str]:
    digits = re.sub(r"\D", "", key)
    return (int(digits) if digits else 0, key)
