"""Pages of a PDF as they are printed: words found among the characters of a page, and the file that must be the same."""

import io

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from making import make_pdf

from advisor.documents import read
from advisor.errors import DamagedDocument
from advisor.facsimile import MOST_BYTES, WIDTH, Facsimiles
from advisor.index import Entry
from advisor.marking import marked
from advisor.text import Span


def shown(page, wanted, near=0.0):
    return ["".join(page[places.start : places.stop]) for places in marked(page, wanted, near)]


def test_hyphens_ligatures_accents_and_line_ends_do_not_count():
    page = "The ﬁrst strate-\r\ngy is to aﬄict no-\none; gro\u0308ße za\u0308hlt ‚hier‘."
    assert shown(page, "first strategy") == ["ﬁrst strate-\r\ngy"]
    assert shown(page, "afflict no-one") == ["aﬄict no-\none"]
    assert shown(page, "größe zählt") == ["gro\u0308ße za\u0308hlt"]
    assert shown(page, "nothing of this") == []
    assert shown(page, "…") == []


def test_of_several_places_the_nearest_to_where_it_is_read_is_taken():
    page = "budget first. " + "word " * 40 + "budget last."
    assert marked(page, "budget", 0.0)[0].start == 0
    assert marked(page, "budget", 0.95)[0].start == page.rindex("budget")


def test_words_with_others_in_between_are_marked_in_pieces():
    page = "Goals must be aligned with 17 the overall strategy of the Chapter Two Running Head Of This Book company as a whole."
    found = shown(page, "Goals must be aligned with the overall strategy of the company as a whole.")
    assert found == ["Goals must be aligned with 17 the overall strategy of the", "company as a whole."]


@budget(max_examples=150, deadline=None)
@given(st.text("abäß -\n.ﬁ1", min_size=1, max_size=60), st.data())
def test_a_piece_of_a_page_is_found_on_it(page, data):
    start = data.draw(st.integers(0, len(page) - 1))
    piece = page[start : data.draw(st.integers(start + 1, len(page)))]
    found = marked(page, piece, start / len(page))
    assert bool(found) == any(letter.isalnum() for letter in piece)
    for places in found:
        assert 0 <= places.start < places.stop <= len(page)


LINES = (
    [f"Line {n} says nothing of importance to anybody in the room." for n in range(20)]
    + ["A strategy that is to last needs a budget which is secured for at", "least three years, and it needs people who are allo-"],
    ["wed to make mistakes while they learn how the new chan-", "nels work.", "", "Another paragraph follows."],
)


@pytest.fixture
def pdf(tmp_path):
    path = make_pdf(tmp_path / "book.pdf", LINES, title="The Book", foot="page {page}")
    return path, read(path)


def entry(path, sha256):
    return Entry(str(path.parent), path.name, sha256, "", "indexed", 1, 1)


def test_a_quotation_over_a_page_break_is_marked_on_both_pages(pdf):
    path, document = pdf
    start = document.text.index("A strategy that")
    span = Span(start, document.text.index("nels work.") + 10) if "nels work." in document.text else None
    span = span or Span(start, document.text.index("channels work.") + len("channels work."))
    first, second = Facsimiles().sheets(path, document, span)
    assert (first.page.number, second.page.number) == (1, 2)
    assert len(first.boxes) == 2 and len(second.boxes) == 2
    assert first.aspect == pytest.approx(595 / 842, abs=0.001)
    # The 21st line was drawn 770 - 14 * 20 points above the bottom of a page of 842 points, from 60 points on.
    top = first.boxes[0]
    assert top.left == pytest.approx(60 / 595, abs=0.005)
    assert top.top < 1 - (770 - 14 * 20) / 842 < top.top + top.height + 0.005
    assert top.top < first.boxes[1].top
    assert second.boxes[0].top < 0.15


def test_a_picture_is_a_png_of_bounded_size_and_is_kept(pdf):
    from PIL import Image

    path, document = pdf
    facsimiles = Facsimiles()
    picture = facsimiles.picture(path, document.sha256, 1)
    image = Image.open(io.BytesIO(picture))
    assert image.format == "PNG" and abs(image.width - WIDTH) <= 2
    assert image.convert("L").getextrema() == (0, 255), "there is black on white"
    assert facsimiles.picture(path, document.sha256, 1) is picture
    assert facsimiles.picture(path, document.sha256, 3) is None
    assert facsimiles.picture(path, document.sha256, 0) is None


def test_what_is_kept_is_bounded(pdf, monkeypatch):
    from advisor import facsimile

    path, document = pdf
    facsimiles = Facsimiles()
    first = facsimiles.picture(path, document.sha256, 1)
    monkeypatch.setattr(facsimile, "MOST_BYTES", len(first) + 10)
    facsimiles.picture(path, document.sha256, 2)
    again = facsimiles.picture(path, document.sha256, 1)
    assert again == first and again is not first
    assert MOST_BYTES > 10_000_000


def test_the_original_counts_only_while_it_is_the_same_file(pdf):
    path, document = pdf
    facsimiles = Facsimiles()
    manifest = [entry(path.parent / "other.pdf", document.sha256), entry(path, document.sha256)]
    assert facsimiles.original(manifest, document.sha256) == path
    assert facsimiles.original(manifest, "0" * 64) is None
    make_pdf(path, [["Something else."]])
    assert facsimiles.original(manifest, document.sha256) is None
    path.unlink()
    assert facsimiles.original(manifest, document.sha256) is None


def test_a_broken_file_is_named(tmp_path):
    path = tmp_path / "broken.pdf"
    path.write_bytes(b"%PDF-1.4 nothing")
    with pytest.raises(DamagedDocument, match=r"broken\.pdf"):
        Facsimiles().picture(path, "0" * 64, 1)
