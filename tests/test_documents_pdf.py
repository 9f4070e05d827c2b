"""PDF files: pages and labels, running heads, broken words, paragraphs over page ends, headings, scans, locked files."""

import re

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from making import make_pdf
from test_documents import assert_sound, blocks

from advisor.documents import read
from advisor.errors import EmptyDocument, EncryptedDocument

FULL = "Wer eine Werkstatt leitet, der plant die Woche am Montag und prüft sie am Freitag,"  # as long as a full line
LAST = "und dazwischen lässt er die Leute arbeiten."


def texts(document):
    return [text for _, text in blocks(document)]


def test_lines_become_paragraphs_and_each_stands_on_its_page(tmp_path):
    document = read(make_pdf(tmp_path / "a.pdf", [[FULL, LAST, FULL, "und so fort."], [FULL, "sagt der Meister."]], labels=["iv", "1"]))
    assert texts(document) == [f"{FULL} {LAST}", f"{FULL} und so fort.", f"{FULL} sagt der Meister."]
    assert [(page.number, page.label) for page in document.pages] == [(1, "iv"), (2, "1")]
    assert [document.page_label(block.span) for block in document.blocks] == ["iv", "iv", "1"]
    assert_sound(document)


def test_a_paragraph_runs_on_over_a_page_break_and_the_pages_stay_exact(tmp_path):
    document = read(make_pdf(tmp_path / "a.pdf", [[FULL], [LAST, FULL, "und so fort."]], labels=["11", "12"]))
    assert texts(document) == [f"{FULL} {LAST}", f"{FULL} und so fort."]
    first, second = document.pages
    assert document.text[first.start : first.end] == f"{FULL} "
    assert document.text[second.start :].startswith(LAST)
    assert document.page_label(document.blocks[0].span) == "11–12"


def test_a_word_broken_at_a_page_end_is_made_whole(tmp_path):
    document = read(make_pdf(tmp_path / "a.pdf", [[FULL[:-1] + " und das Werk-"], ["zeug liegt bereit."]]))
    assert texts(document) == [FULL[:-1] + " und das Werkzeug liegt bereit."]
    assert document.extraction.hyphens_repaired == 1
    assert document.text[document.pages[1].start :] == "zeug liegt bereit."


def test_a_new_sentence_on_the_next_page_is_a_new_paragraph(tmp_path):
    document = read(make_pdf(tmp_path / "a.pdf", [[FULL, LAST], ["dort beginnt etwas Neues."], ["Und dort auch."]]))
    assert len(document.blocks) == 3


def test_running_heads_and_page_numbers_are_dropped_and_told(tmp_path):
    pages = [[f"{word} {FULL}", f"{word.lower()} {LAST}"] for word in ("Erstens", "Zweitens", "Drittens", "Viertens")]
    document = read(make_pdf(tmp_path / "a.pdf", pages, head="Handbuch der Werkstatt", foot="- {page} -"))
    assert texts(document) == [" ".join(page) for page in pages]
    assert document.extraction.lines_dropped == ("Handbuch der Werkstatt", "- 1 -")


def test_heads_of_left_and_right_pages_and_of_short_chapters_are_dropped(tmp_path):
    def head(number):
        return "Handbuch" if number % 2 else "Meister und Muster"

    pages = [[head(n), f"{word} {FULL}", LAST] for n, word in enumerate("Eins Zwei Drei Vier Fünf Sechs".split())]
    assert all("Muster" not in text and "Handbuch" not in text for text in texts(read(make_pdf(tmp_path / "a.pdf", pages))))
    heads = [f"Kapitel {1 + n // 3}: {'Anfang' if n < 3 else 'Ende'} {n + 1}" for n in range(6)]
    chapters = [[head, f"{letter.upper()} {FULL}", f"und {letter}."] for head, letter in zip(heads, "abcdef", strict=True)]
    document = read(make_pdf(tmp_path / "b.pdf", chapters))
    assert "Kapitel" not in document.text
    assert document.extraction.lines_dropped == ("Kapitel 1: Anfang 1", "Kapitel 2: Ende 4")


def test_sentences_that_differ_in_a_number_are_no_furniture(tmp_path):
    document = read(make_pdf(tmp_path / "a.pdf", [[f"This is page {number} of the story."] for number in (1, 2, 3)]))
    assert len(document.blocks) == 3
    assert document.extraction.lines_dropped == ()


def test_two_pages_are_too_few_to_tell_furniture(tmp_path):
    document = read(make_pdf(tmp_path / "a.pdf", [["Handbuch", FULL, LAST]] * 2))
    assert document.text.count("Handbuch") == 2


@pytest.mark.parametrize(
    ("lines", "whole", "repaired"),
    [
        (["Die strate-", "gische Lage ist gut."], "Die strategische Lage ist gut.", 1),
        (["Es gibt Kosten-", "und Nutzengrößen."], "Es gibt Kosten- und Nutzengrößen.", 0),
        (["Das Porter-", "Modell hilft."], "Das Porter-Modell hilft.", 0),
        (["Die IT-", "gestützte Planung hilft."], "Die IT-gestützte Planung hilft.", 0),
        (["Ein 50-", "jähriges Haus steht."], "Ein 50-jähriges Haus steht.", 0),
        (
            ["Long-term and short-term goals differ in short-", "term plans."],
            "Long-term and short-term goals differ in short-term plans.",
            0,
        ),
        (["Weniger ist mehr -", "und umgekehrt."], "Weniger ist mehr - und umgekehrt.", 0),
    ],
)
def test_hyphens_at_line_ends(tmp_path, lines, whole, repaired):
    document = read(make_pdf(tmp_path / "a.pdf", [lines]))
    assert (document.text, document.extraction.hyphens_repaired) == (whole, repaired)


def test_ligatures_are_resolved(tmp_path):
    assert read(make_pdf(tmp_path / "a.pdf", [["Die ﬁnale Auﬂage."]], font="Vera")).text == "Die finale Auflage."


def test_lists_keep_their_items_whole(tmp_path):
    page = [
        FULL,
        "und er braucht:",
        "• ein Maß",
        "für die Dinge,",
        "• einen Blick für das, was fehlt, was morgen fehlt, was übermorgen fehlen wird",
        "und was dann zu tun ist",
        "• Geduld.",
        "1. Maß nehmen",
        "2. Blick heben",
        "3. Quartal abwarten",
        FULL,
        LAST,
    ]
    document = read(make_pdf(tmp_path / "a.pdf", [page]))
    items = [(block.marker, block.span.of(document.text)) for block in document.blocks if block.kind == "item"]
    assert items[0] == ("•", "ein Maß für die Dinge,")
    assert items[1][1].endswith("fehlen wird und was dann zu tun ist")
    assert [marker for marker, _ in items] == ["•", "•", "•", "1.", "2.", "3."]
    assert document.text.count("\n• ") == 3


def test_headings_come_from_the_outline_with_their_level(tmp_path):
    long, rest = "Der Montag und was an ihm geschieht, wenn die Woche lang und die Zahl der Leute", "klein ist"
    page = ["Über die Zeit", FULL, f"2 {long}", rest, FULL, LAST]
    outline = [(1, "Über die Zeit", 0), (1, f"{long} {rest}", 1)]
    document = read(make_pdf(tmp_path / "a.pdf", [page], outline=outline))
    headings = [(block.level, block.span.of(document.text)) for block in document.blocks if block.kind == "heading"]
    assert headings == [(1, "Über die Zeit"), (2, f"2 {long} {rest}")]


def test_headings_without_an_outline_are_short_lines_before_text(tmp_path):
    page = ["Der Anfang", FULL, LAST, "1.2 Die Mitte", FULL, LAST, "Kein Ende.", FULL, LAST, "Auch dies ist keine Überschrift"]
    document = read(make_pdf(tmp_path / "a.pdf", [page]))
    assert [(b.level, b.span.of(document.text)) for b in document.blocks if b.kind == "heading"] == [
        (2, "Der Anfang"),
        (3, "1.2 Die Mitte"),
    ]


def test_pages_without_text_are_named_and_kept_in_the_count(tmp_path):
    document = read(make_pdf(tmp_path / "a.pdf", [[FULL, LAST], [], [FULL, LAST], []], labels=["i", "ii", "1", "2"]))
    assert document.extraction.pages_without_text == ("ii", "2")
    assert [page.label for page in document.pages] == ["i", "ii", "1", "2"]
    assert_sound(document)


def test_a_scan_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(EmptyDocument, match=r"scan\.pdf: none of its 2 pages has text.*OCR"):
        read(make_pdf(tmp_path / "scan.pdf", [[], []]))


def test_a_pdf_with_a_password_is_refused_and_one_without_is_read(tmp_path):
    with pytest.raises(EncryptedDocument, match=r"zu\.pdf: .*password"):
        read(make_pdf(tmp_path / "zu.pdf", [[FULL]], password="geheim"))
    assert read(make_pdf(tmp_path / "offen.pdf", [[FULL]], owner_password="geheim")).text == FULL


def test_title_and_authors_come_from_the_properties_but_no_work_is_dated_by_its_file(tmp_path):
    document = read(make_pdf(tmp_path / "a.pdf", [[FULL]], title="Die Werkstatt", author="Muster, Erika; Max Beispiel and Jo Doe"))
    assert document.work.title == "Die Werkstatt"
    assert document.work.authors == ("Muster, Erika", "Max Beispiel", "Jo Doe")
    assert (document.work.date, document.work.year) == (None, None)
    assert "the file was created on" in document.extraction.warnings[0]
    assert "year" in document.work.missing


def test_a_journal_s_own_data_in_the_file_are_taken(tmp_path):
    from pypdf import PdfWriter
    from pypdf.generic import NameObject, StreamObject

    writer = PdfWriter(clone_from=str(make_pdf(tmp_path / "a.pdf", [[FULL]])))
    stream = StreamObject()
    stream.set_data(
        b"<x><prism:coverDate>2011-05-01</prism:coverDate><prism:doi>10.1234/x.5</prism:doi>"
        b'<rdf:Description prism:publicationName="Handwerk &amp; Zeit"/></x>'
    )
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    writer.write(str(tmp_path / "b.pdf"))
    work = read(tmp_path / "b.pdf").work
    assert (work.year, work.date, work.doi, work.publication) == (2011, "2011-05-01", "10.1234/x.5", "Handwerk & Zeit")


def test_markers_on_lines_of_their_own_belong_to_the_next(tmp_path):
    document = read(make_pdf(tmp_path / "a.pdf", [["Er braucht:", "•", "ein Maß", "•", "Geduld"]]))
    assert blocks(document) == [("paragraph", "Er braucht:"), ("item", "ein Maß"), ("item", "Geduld")]


@pytest.mark.parametrize("title", ["", "untitled", "Microsoft Word - Entwurf 3.docx", "satz.indd", "Document1"])
def test_titles_that_programs_filled_in_are_not_taken(tmp_path, title):
    work = read(make_pdf(tmp_path / "die-werkstatt.pdf", [[FULL]], title=title, author="Administrator")).work
    assert (work.title, work.authors) == ("die werkstatt", ())
    assert {"title", "authors"} <= set(work.missing)


words = st.text("abcdefghijklmnopqrstuvwxyzäöüßABCDEF", min_size=1, max_size=10)
line = st.lists(words, min_size=1, max_size=12).map(" ".join)
sentence = st.builds(lambda text, end: text + end, line, st.sampled_from(["", ".", ",", ":", "?"]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pages=st.lists(st.lists(sentence, max_size=8), min_size=1, max_size=5).filter(any))
@example(pages=[["A", "A"]])  # PDFium runs single letters below each other together
@example(pages=[["A"] * 40, ["b", "a word"]])
def test_pages_tile_and_no_word_is_lost(tmp_path, pages):
    document = read(make_pdf(tmp_path / "a.pdf", pages))
    assert_sound(document)
    assert len(document.pages) == len(pages)
    kept = re.sub(r"[\s•]+", " ", document.text).split() + " ".join(document.extraction.lines_dropped).split()
    assert set(" ".join(text for page in pages for text in page).split()) <= set(kept)
