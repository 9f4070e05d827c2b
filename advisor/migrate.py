"""A library of another encoder or an earlier schema → the same library of ours, from the texts that it holds: no file is read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from advisor.documents.model import Document
from advisor.encoder import Encoder
from advisor.errors import IndexForeign, IndexMissing
from advisor.factors import Enumeration, find
from advisor.index import Counts, Draft, Index, Stored, soundness, stored
from advisor.passages import Passage, split


@dataclass(frozen=True, slots=True)
class Migration:
    """What a migration did: the generation it made and how much that holds, and the one it was made from, with that one's stamp."""

    generation: str
    counts: Counts
    source: str
    schema: int
    encoder: str


def migrate(
    index: Index, encoder: Encoder, *, keep: int, progress: Callable[[int, int, str], None], encoding: Callable[[int, int, str], None]
) -> Migration | None:
    """Build the next generation from the documents of the current one, which stays for a rollback; None where there is nothing to do.

    Passages, lists, words and vectors are made anew, and the manifest goes along, so that a sync finds every file unchanged. Raises
    IndexMissing, IndexDamaged, or IndexForeign where a later version of the advisor made the library.
    """
    if is_ours(index):
        return None
    with index.writing():
        if is_ours(index):  # another writer was done in between
            return None
        path = index.folder / str(index.current())
        stamp = index.stamp(path)
        soundness.check_sizes(path, stamp, soundness.LIBRARY)
        with stored(path) as held, index.draft(fresh=True, keep=keep) as draft:
            draft.encoding, draft.expected = encoding, held.characters()
            _carry(held, draft, encoder, progress)
            counts, made = draft.counts(), draft.name.removesuffix(".draft")
    return Migration(made, counts, path.name, stamp["schema"], str(stamp.get("encoder")))


def is_ours(index: Index) -> bool:
    """True where the current generation is of our schema and encoder; raises where it is of another and cannot be carried over."""
    name = index.current()
    if name is None:
        raise IndexMissing(f"There is no index in {index.folder}. Run 'advisor ingest' to build one from corpus/.")
    try:
        index.check_stamp(index.folder / name)
    except IndexForeign:
        if not index.carried(index.stamp(index.folder / name)):
            raise
        return False
    return True


def _carry(held: Stored, draft: Draft, encoder: Encoder, progress: Callable[[int, int, str], None]) -> None:
    for entry in held.manifest:
        draft.record(entry)
    for owner, when in held.looked().items():
        draft.write("insert or replace into looked values (?, ?)", owner, when)

    def documents() -> Iterator[tuple[Document, Sequence[Passage], Sequence[Enumeration]]]:
        for number, sha256 in enumerate(held.documents):
            document = held.document(sha256)
            progress(number, len(held.documents), document.source)
            yield document, split(document), find(document)
        progress(len(held.documents), len(held.documents), "")

    draft.replace((), documents(), encoder)
