"""What reading promises for every format: names, hashes, encodings, work data, exact offsets, and errors that say what to do."""

import codecs
import hashlib
import io
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making import make_docx, make_epub, make_odt, make_pdf, make_pptx, make_xlsx

from advisor.documents import SIDECAR, SUFFIXES, Relation, read, sidecar_of
from advisor.errors import DamagedDocument, DocumentError, EmptyDocument, EncryptedDocument, OversizedDocument, UnsupportedFormat
from advisor.text import clean

GERMAN = "Die Größe der Gruppe entscheidet über ihre Kraft. Wer weniger Köpfe hat, braucht längere Fristen."


def assert_sound(document):
    """Spans are inside the text, not empty, in order and apart; pages tile the text."""
    end = 0
    for block in document.blocks:
        assert end <= block.span.start < block.span.end <= len(document.text), block
        piece = block.span.of(document.text)
        assert piece == piece.strip() and "\n" not in piece
        if block.marker:
            assert document.text[: block.span.start].endswith(f"{block.marker} ")
        assert block.level >= 1 if block.kind in ("heading", "item") else block.level == 0
        end = block.span.end
    at = 0
    for number, page in enumerate(document.pages, start=1):
        assert (page.number, page.start) == (number, at)
        assert page.end >= page.start
        at = page.end
    assert at == (len(document.text) if document.pages else 0)
    assert document.extraction.characters == len(document.text)


def blocks(document):
    return [(block.kind, block.span.of(document.text)) for block in document.blocks]


def written(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# Names, hashes, media types


def test_a_document_is_named_by_its_file_or_as_asked_and_hashed_by_its_bytes(tmp_path):
    path = written(tmp_path, "gruppe.txt", GERMAN)
    document = read(path)
    assert (document.source, document.media_type, document.language) == ("gruppe.txt", "text/plain", "de")
    assert document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert read(str(path), source="regal/gruppe.txt").source == "regal/gruppe.txt"


@pytest.mark.parametrize("suffix", sorted(SUFFIXES))
def test_every_suffix_that_is_offered_can_be_read(tmp_path, suffix):
    path = tmp_path / f"probe{suffix}"
    made = {
        ".docx": lambda: make_docx(path, [("Normal", GERMAN)]),
        ".epub": lambda: make_epub(path, {"1.xhtml": f"<p>{GERMAN}</p>"}),
        ".odt": lambda: make_odt(path, f"<text:p>{GERMAN}</text:p>"),
        ".pdf": lambda: make_pdf(path, [[GERMAN]]),
        ".pptx": lambda: make_pptx(path, [{"points": [(0, GERMAN)]}]),
        ".xlsx": lambda: make_xlsx(path, {"Blatt": [[GERMAN]]}),
    }
    if suffix in made:
        made[suffix]()
    else:
        heads = {".eml": "From: a@example.org\n\n", ".html": "<html><body><p>", ".htm": "<html><body><p>"}
        sentence = f'"{GERMAN}"' if suffix in (".csv", ".tsv") else GERMAN
        path.write_text(heads.get(suffix, "") + sentence, "utf-8")
    document = read(path)
    assert document.media_type == SUFFIXES[suffix]
    assert [block for block in blocks(document) if block[0] != "heading"] == [("paragraph", GERMAN)]
    assert document.extraction.warnings in ((), document.extraction.warnings[:1])
    assert_sound(document)


def test_a_suffix_in_capitals_is_the_same_suffix(tmp_path):
    assert read(written(tmp_path, "GRUPPE.TXT", GERMAN)).media_type == "text/plain"


@pytest.mark.parametrize(
    ("make", "name", "media_type"),
    [
        (lambda path: make_pdf(path, [[GERMAN]]), "a.txt", "application/pdf"),
        (lambda path: make_pdf(path, [[GERMAN]]), "a.unknown", "application/pdf"),
        (lambda path: make_docx(path, [("Normal", GERMAN)]), "a.pdf", SUFFIXES[".docx"]),
        (lambda path: path.write_text(f"<!DOCTYPE html>\n<html><body><p>{GERMAN}</p></body></html>", "utf-8"), "a.pdf", "text/html"),
        (lambda path: path.write_text(GERMAN, "utf-8"), "a.html", "text/plain"),
    ],
)
def test_a_file_with_a_wrong_suffix_is_read_as_what_it_is_and_that_is_said(tmp_path, make, name, media_type):
    path = tmp_path / name
    make(path)
    document = read(path)
    assert document.media_type == media_type
    assert GERMAN in document.text
    assert any(name in warning and "rename" in warning for warning in document.extraction.warnings)


def test_a_text_about_pdf_files_stays_text(tmp_path):
    assert read(written(tmp_path, "a.txt", "Every such file begins with %PDF-1.7 and a line of comment.")).media_type == "text/plain"


# What cannot be read


@pytest.mark.parametrize(
    ("name", "content", "error", "says"),
    [
        ("a.txt", b"", EmptyDocument, "holds nothing"),
        ("a.md", b" \n\t\n", EmptyDocument, "holds nothing"),
        ("a.md", b"---\ntitle: Nur der Kopf\n---\n", EmptyDocument, "no text"),
        ("a.md", b"<!-- nur ein Kommentar -->\n", EmptyDocument, "no text"),
        (
            "a.xls",
            b"some text",
            UnsupportedFormat,
            ".csv, .docx, .eml, .epub, .htm, .html, .markdown, .md, .odt, .pdf, .pptx, .tsv, .txt, .xlsx",
        ),
        ("a.xlsx", b"some text", DamagedDocument, "a ZIP archive's signature"),
        ("README", b"some text", UnsupportedFormat, "without suffix"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00", UnsupportedFormat, "PNG image"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, UnsupportedFormat, "save it as .docx"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), EncryptedDocument, "password"),
        ("a.docx", b"just words", DamagedDocument, "ZIP"),
        ("a.docx", b"PK\x03\x04 and then nothing", DamagedDocument, "archive cannot be opened"),
        ("a.pdf", b"just words", DamagedDocument, "%PDF-"),
        ("a.pdf", b"%PDF-1.7 broken", DamagedDocument, "cannot be read"),
        ("a.txt", b"words\x00words", DamagedDocument, "binary"),
        ("a.txt", bytes(range(1, 32)) * 9, DamagedDocument, "binary"),
        ("a.txt", b"gr\xfc\x81n", DamagedDocument, "UTF-8"),
        ("a.txt", codecs.BOM_UTF8 + b"gr\xfcn", DamagedDocument, "UTF-8"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_reason(tmp_path, name, content, error, says):
    with pytest.raises(error, match=f"^{name}: ") as caught:
        read(written(tmp_path, name, content))
    assert says.casefold() in str(caught.value).casefold()


def test_an_archive_that_is_no_word_document_is_unsupported(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
        archive.writestr("anything.xml", "<x/>")
    with pytest.raises(UnsupportedFormat, match="no Word document"):
        read(tmp_path / "a.docx")


def test_a_word_document_that_grows_too_large_when_unpacked_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as entry:
        for _ in range(210):
            entry.write(bytes(2**20))
    with pytest.raises(OversizedDocument, match="limit is 209,715,200"):
        read(tmp_path / "a.docx")


def test_a_text_of_more_than_the_limit_is_refused(tmp_path):
    with pytest.raises(OversizedDocument, match="20,971,521 bytes"):
        read(written(tmp_path, "a.txt", b"x" * (20 * 2**20 + 1)))


@pytest.mark.parametrize("name", ["nowhere.txt", "."])
def test_a_path_that_is_no_file_is_a_document_error(tmp_path, name):
    with pytest.raises(DocumentError, match="cannot be read"):
        read(tmp_path / name)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("kind", ["pdf", "docx"])
def test_a_truncated_file_is_damaged(tmp_path, kind, share):
    whole = (
        make_pdf(tmp_path / "a.pdf", [[GERMAN]]) if kind == "pdf" else make_docx(tmp_path / "a.docx", [("Normal", GERMAN)])
    ).read_bytes()
    with pytest.raises(DamagedDocument, match=r"^cut\."):
        read(written(tmp_path, f"cut.{kind}", whole[: int(share * len(whole))]))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), kind=st.sampled_from(["pdf", "docx", "html", "md"]))
def test_a_file_with_flipped_bytes_is_read_or_refused_but_never_breaks_the_reader(tmp_path, seed, kind):
    path = tmp_path / f"a.{kind}"
    if not path.exists():
        {
            "pdf": lambda: make_pdf(path, [[GERMAN]], outline=[(1, "Kraft", 0)]),
            "docx": lambda: make_docx(path, [("List Number", GERMAN)]),
        }.get(kind, lambda: path.write_text(f"---\ntitle: Kraft\n---\n<html><body><h1>Kraft</h1><p>{GERMAN}</p></body></html>", "utf-8"))()
    data = bytearray(path.read_bytes())
    for step in range(3):
        data[(seed * 7919 + step * 104729) % len(data)] ^= 1 + (seed >> step) % 255
    try:
        document = read(written(tmp_path, f"flipped.{kind}", bytes(data)))
    except DocumentError as error:
        assert f"flipped.{kind}" in str(error)
    else:
        assert_sound(document)


# Encodings


@pytest.mark.parametrize(
    ("encoded", "encoding"),
    [
        (GERMAN.encode(), "utf-8"),
        (codecs.BOM_UTF8 + GERMAN.encode(), "utf-8"),
        (GERMAN.encode("cp1252"), "cp1252"),
        (GERMAN.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + GERMAN.encode("utf-16-be"), "utf-16"),
        (GERMAN.encode("utf-32"), "utf-32"),
    ],
)
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_texts_are_decoded_and_the_encoding_is_told(tmp_path, name, encoded, encoding):
    document = read(written(tmp_path, name, encoded))
    assert document.text == GERMAN
    assert document.extraction.encoding == encoding


def test_one_broken_byte_does_not_turn_every_umlaut_into_two_letters(tmp_path):
    document = read(written(tmp_path, "a.txt", f"{GERMAN} {GERMAN} {GERMAN}".encode() + " Schön".encode()[:-2]))
    assert "Größe" in document.text
    assert document.extraction.encoding == "utf-8"
    assert "1 unreadable" in document.extraction.warnings[0]


# Work data

FRONT = """---
work: muster2020
title: "Kleine Gruppen: ihre Kraft"
authors: [Erika Muster, Max Beispiel]
year: 2020
date: 2020-05-17
kind: book
publication: Musterverlag
pages: 108
doi: 10.1234/abc
url: https://example.org/gruppen
language: de
original_language: en
digest: true
quoted_after: anders2010
seen: full text
data: "2013"
topics: [culture, crowd]
aliases: [Muster, "kleine Gruppen"]
sources:
  S1: "die Zahlen"
relations:
  - {with: anders2010, on: size, kind: disputes, point: "klein oder groß", says: "Wer weniger Köpfe hat, braucht längere Fristen."}
---

"""


def test_front_matter_gives_every_field_of_the_work(tmp_path):
    document = read(written(tmp_path, "a.md", FRONT + GERMAN))
    work = document.work
    assert document.text == GERMAN
    assert (work.key, work.title, work.authors, work.year) == (
        "muster2020",
        "Kleine Gruppen: ihre Kraft",
        ("Erika Muster", "Max Beispiel"),
        2020,
    )
    assert (work.date, work.kind, work.publication, work.pages) == ("2020-05-17", "book", "Musterverlag", "108")
    assert (work.doi, work.url, work.original_language) == ("10.1234/abc", "https://example.org/gruppen", "en")
    assert (work.digest, work.quoted_after, work.seen, work.data) == (True, "anders2010", "full text", "2013")
    assert (work.topics, work.aliases, work.sources) == (("culture", "crowd"), ("Muster", "kleine Gruppen"), (("S1", "die Zahlen"),))
    says = "Wer weniger Köpfe hat, braucht längere Fristen."
    assert work.relations == (Relation("anders2010", "size", "disputes", "klein oder groß", says),)
    assert work.missing == ()
    assert document.extraction.warnings == ()


def test_a_relation_that_quotes_what_the_text_does_not_say_is_reported(tmp_path):
    (warning,) = read(written(tmp_path, "a.md", FRONT + "Ein anderer Text über Gruppen.")).extraction.warnings
    assert "anders2010" in warning and "letter by letter" in warning


@pytest.mark.parametrize(
    ("line", "field", "expected"),
    [
        ('year: "2014"', "'year'", "whole number"),
        ("year: true", "'year'", "whole number"),
        ("title: 3.10", "'title'", "quotation marks"),
        ("title: yes", "'title'", "quotation marks"),
        ("authors: Erika Muster", "'authors'", "list of names"),
        ("authors: [Erika, {a: b}]", "'authors[1]'", "text"),
        ("date: 2014-9-1x", "'date'", "2014-09-24"),
        ("date: 24.09.2014", "'date'", "2014-09-24"),
        ("digest: 1", "'digest'", "true or false"),
        ("work: a b", "'work'", "felix2017"),
        ("language: Deutsch!", "'language'", "de or en"),
        ("topics: culture", "'topics'", "list"),
        ("sources: [S1]", "'sources'", "mapping"),
        ("relations: {with: x}", "'relations'", "list of relations"),
        ("relations: [{with: x, on: y}]", "'relations[0]'", "with, on, kind, point, says"),
        ("relations: [{with: x, on: y, kind: likes, point: p, says: s}]", "'relations[0].kind'", "supports"),
    ],
)
@pytest.mark.parametrize("place", ["front matter", "sidecar"])
def test_wrong_work_data_name_the_file_the_field_the_value_and_what_is_expected(tmp_path, line, field, expected, place):
    path = written(tmp_path, "a.md", GERMAN if place == "sidecar" else f"---\n{line}\n---\n{GERMAN}")
    if place == "sidecar":
        sidecar_of(path).write_text(line, "utf-8")
    with pytest.raises(DamagedDocument) as caught:
        read(path)
    message = str(caught.value)
    assert "a.md" in message and field in message and expected in message


@pytest.mark.parametrize("yaml", ["title: a: b", "title: [a", "date: 2014-13-45", "a: &a [*a]\ntitle: *b"])
def test_front_matter_that_is_no_yaml_is_damaged(tmp_path, yaml):
    with pytest.raises(DamagedDocument, match=r"front matter of a\.md"):
        read(written(tmp_path, "a.md", f"---\n{yaml}\n---\n{GERMAN}"))


def test_yaml_that_multiplies_itself_is_refused_quickly(tmp_path):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(DamagedDocument, match="authors"):
        read(written(tmp_path, "a.md", f"---\n{bomb}authors: *i\n---\n{GERMAN}"))


def test_an_unknown_field_is_reported_and_the_rest_is_used(tmp_path):
    document = read(written(tmp_path, "a.md", f"---\ntitle: Kraft\nauthor: Erika Muster\n---\n{GERMAN}"))
    assert document.work.title == "Kraft"
    assert document.extraction.warnings == ("front matter of a.md: field 'author' is not known and was left out",)


@pytest.mark.parametrize(
    "text",
    [
        "---\n\nEin Text zwischen Linien.\n\n---\n\nEnde hier.",
        "---\n\nkein Feld, nur ein Satz.\n\n---\nEnde hier.",
        "---\ntitle: ohne Ende",
    ],
)
def test_thematic_breaks_are_no_front_matter(tmp_path, text):
    document = read(written(tmp_path, "strich.md", text))
    assert document.work.title == "strich"
    assert "hier" in document.text or "ohne Ende" in document.text


@pytest.mark.parametrize("name", ["a.md", "a.txt", "a.html", "a.docx", "a.pdf"])
def test_a_sidecar_gives_the_work_of_any_format_and_wins(tmp_path, name):
    path = tmp_path / name
    if name == "a.docx":
        make_docx(path, [("Normal", GERMAN)], properties={"title": "Anders", "author": "Wer Anders"})
    elif name == "a.pdf":
        make_pdf(path, [[GERMAN]], title="Anders", author="Wer Anders")
    else:
        path.write_text("---\ntitle: Anders\nkind: book\n---\n" * (name == "a.md") + GERMAN, "utf-8")
    assert sidecar_of(path).name == name + SIDECAR
    sidecar_of(path).write_text("title: Aus dem Beiblatt\nauthors: [Erika Muster]\nyear: null\nlanguage: en\n", "utf-8")
    document = read(path)
    assert (document.work.title, document.work.authors, document.work.year) == ("Aus dem Beiblatt", ("Erika Muster",), None)
    assert document.work.key == "aus-dem-beiblatt"
    assert document.language == "en"
    assert document.work.kind == ("book" if name == "a.md" else None)
    assert "year" in document.work.missing and "work" in document.work.missing


def test_without_any_data_the_file_name_gives_the_title_and_all_else_is_missing(tmp_path):
    work = read(written(tmp_path, "kraft_der-gruppe.txt", GERMAN)).work
    assert (work.title, work.key) == ("kraft der gruppe", "kraft-der-gruppe")
    assert work.missing == ("work", "title", "authors", "year", "kind", "publication")


def test_a_title_without_latin_letters_still_makes_a_key(tmp_path):
    work = read(written(tmp_path, "a.md", "---\ntitle: 战略\n---\nText about strategy.")).work
    assert work.key.startswith("work-") and len(work.key) == 17


def test_a_long_title_makes_a_key_of_whole_words(tmp_path):
    key = read(written(tmp_path, "a.md", f"# {'Strategische Überlegungen ' * 9}\n\nText.")).work.key
    assert len(key) <= 80 and key.endswith(("strategische", "ueberlegungen"))


# Invariants

words = st.from_regex(r"[A-Za-zÄÖÜäöüß]{1,12}[.,;!?]?", fullmatch=True)
lines = st.one_of(
    st.lists(words, min_size=1, max_size=14).map(" ".join),
    st.sampled_from(
        ["", "", "- eins", "  - zwei", "1. eins", "2. zwei", "• drei", "a) vier", "b) fünf", "====", "# Kopf", "| A | B |", "> x"]
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.lists(lines, min_size=1, max_size=25).map("\n".join))
@pytest.mark.parametrize("name", ["a.txt", "a.md"])
def test_spans_are_exact_and_no_word_is_lost(tmp_path, name, text):
    try:
        document = read(written(tmp_path, name, text))
    except EmptyDocument:
        assert not any(character.isalpha() for character in text)
        return
    assert_sound(document)
    kept = " ".join(" ".join(block.span.of(document.text) for block in document.blocks).split())
    rest = " ".join(document.extraction.lines_dropped)
    for word in set(clean(" ".join(text.split())).split()):
        if any(character.isalpha() for character in word) and word not in ("a)", "b)"):
            assert word in kept or word in rest, word


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_any_text_is_read_or_refused(tmp_path, name, text):
    try:
        assert_sound(read(written(tmp_path, name, text.encode("utf-8", "ignore"))))
    except DocumentError as error:
        assert name in str(error)


def test_reading_twice_gives_the_same_document(tmp_path):
    path = written(tmp_path, "a.md", FRONT + GERMAN)
    assert read(path) == read(path)


def test_the_test_helpers_write_files_that_open(tmp_path):
    from pypdf import PdfReader

    data = make_pdf(tmp_path / "a.pdf", [["eins"], []], labels=["i", "ii"]).read_bytes()
    assert PdfReader(io.BytesIO(data)).page_labels == ["i", "ii"]
