from hypothesis import given
from hypothesis import strategies as st

from advisor.documents.model import Block, Document, Page, Work
from advisor.passages import LIMIT, split
from advisor.text import Span

pieces = st.lists(
    st.tuples(st.sampled_from(["heading", "paragraph", "item", "row"]), st.text("abc äöü.,; 123\n", min_size=1).filter(str.strip)),
    max_size=12,
)


def document(spec):
    """A document of (kind, text) pairs, as a reader would make it."""
    text, blocks = "", []
    for kind, piece in spec:
        text += "\n\n" if text else ""
        marker = "- " if kind == "item" else ""
        text += marker
        piece = " ".join(piece.split()) or "x"
        blocks.append(Block(kind, Span(len(text), len(text) + len(piece)), 2 if kind == "heading" else int(kind == "item"), marker.strip()))
        text += piece
    return Document("test.md", "0" * 64, "text/markdown", "de", Work("test", "Test"), text, (Page(1, "1", 0, len(text)),), tuple(blocks))


@given(pieces)
def test_splitting_loses_no_text(spec):
    made = document(spec)
    passages = split(made)
    covered = [False] * len(made.text)
    for passage in passages:
        assert 0 < passage.end - passage.start <= LIMIT
        for at in range(passage.start, passage.end):
            assert not covered[at]
            covered[at] = True
    for block in made.blocks:
        if block.kind != "heading":
            assert all(covered[at] or made.text[at].isspace() for at in range(*block.span))


def test_a_giant_paragraph_is_cut_between_words_and_nothing_is_lost():
    made = document([("paragraph", "Wort " * 2000)])
    passages = split(made)
    assert len(passages) > 5
    assert " ".join(p.span.of(made.text) for p in passages).split() == made.text.split()


def test_a_list_stays_with_its_lead_in_and_its_heading():
    made = document(
        [
            ("heading", "Faktoren"),
            ("paragraph", "Frank nennt:"),
            ("item", "Geld"),
            ("item", "Leute"),
            ("heading", "Mehr"),
            ("paragraph", "Ende."),
        ]
    )
    first, second = split(made)
    assert first.span.of(made.text).startswith("Frank nennt:")
    assert first.span.of(made.text).endswith("Leute")
    assert (first.section, second.section) == ("Faktoren", "Mehr")


def test_ids_tell_document_and_place():
    (passage,) = split(document([("paragraph", "Nur ein Satz.")]))
    assert passage.id == f"{'0' * 16}-0-13"
