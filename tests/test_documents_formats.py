"""Presentations, workbooks, tables, OpenDocument, electronic books, e-mail: what a reader of each sees, in order, in both languages."""

import datetime
import zipfile

import pytest
from making import make_epub, make_odt, make_pptx, make_xlsx, make_zip
from test_documents import assert_sound, blocks, written

from advisor.documents import read
from advisor.errors import DamagedDocument, EmptyDocument, EncryptedDocument, OversizedDocument, UnsupportedFormat


def shown(document):
    """The blocks as (kind and level, marker, text)."""
    assert_sound(document)
    kinds = {"heading": "h", "paragraph": "p", "item": "i", "row": "r"}
    return [(f"{kinds[b.kind]}{b.level or ''}", b.marker, b.span.of(document.text)) for b in document.blocks]


# Presentations

SLIDES = {
    "de": [
        {
            "title": "Strategie für soziale Medien",
            "points": [(0, "Ziele klären"), (1, "mit der Gesamtstrategie"), (0, "Budget sichern")],
            "notes": "Hier nach Fragen sehen.",
            "box": "Quelle: eigene Erhebung",
        },
        {"title": "Zahlen", "points": [(0, "Ein einzelner Satz steht hier.")], "table": [["Jahr", "Umsatz"], ["2014", "7,0"]]},
    ],
    "en": [
        {
            "title": "Strategy for social media",
            "points": [(0, "Settle the goals"), (1, "with the overall strategy"), (0, "Secure the budget")],
            "notes": "Look for questions here.",
            "box": "Source: our own survey",
        },
        {"title": "Figures", "points": [(0, "A single sentence stands here.")], "table": [["Year", "Sales"], ["2014", "7.0"]]},
    ],
}


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_presentation_is_read_slide_by_slide(tmp_path, language):
    first, second = SLIDES[language]
    document = read(make_pptx(tmp_path / "a.pptx", SLIDES[language], title=first["title"], author="Eva Kern"))
    assert shown(document) == [
        ("h1", "", first["title"]),
        *[(f"i{level + 1}", "•", text) for level, text in first["points"]],
        ("p", "", first["box"]),
        ("p", "", first["notes"]),
        ("h2", "", second["title"]),
        ("p", "", second["points"][0][1]),
        *[("r", "", " | ".join(row)) for row in second["table"]],
    ]
    assert (document.language, document.work.title, document.work.authors) == (language, first["title"], ("Eva Kern",))
    assert [page.label for page in document.pages] == ["1", "2"]
    assert document.page_label(document.blocks[-1].span) == "2"


def test_slides_without_text_are_named_and_charts_counted(tmp_path):
    from pptx import Presentation
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE
    from pptx.util import Cm

    show = Presentation()
    show.slides.add_slide(show.slide_layouts[6])
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "Umsatz"
    data = CategoryChartData()
    data.categories = ["2013", "2014"]
    data.add_series("Umsatz", (5, 7))
    slide.shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, Cm(1), Cm(5), Cm(10), Cm(5), data)
    show.save(str(tmp_path / "a.pptx"))
    document = read(tmp_path / "a.pptx")
    assert document.extraction.pages_without_text == ("1",)
    assert "1 charts or diagrams of the presentation were not read" in document.extraction.warnings


# Tables


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [["Umsätze des Hauses"], [], ["Region", "Umsatz", "Quote"], ["Nord", 5, 0.25], ["Süd", 7.5, None]],
            [
                ("p", "", "Umsätze des Hauses"),
                ("r", "4:", "Region: Nord | Umsatz: 5 | Quote: 0.25"),
                ("r", "5:", "Region: Süd | Umsatz: 7.5"),
            ],
        ),
        (
            [["Factor", "Since"], ["Budget", datetime.date(2014, 9, 24)], ["Staff", True]],
            [("r", "2:", "Factor: Budget | Since: 2014-09-24"), ("r", "3:", "Factor: Staff | Since: TRUE")],
        ),
        ([[1, 2], [3, 4]], [("r", "1:", "1 | 2"), ("r", "2:", "3 | 4")]),
        (
            [["A", "B"], ["x", "y"], [], ["C", "D"], ["u", "v"]],
            [("r", "2:", "A: x | B: y"), ("r", "5:", "C: u | D: v")],
        ),
    ],
)
def test_a_row_of_a_workbook_says_what_its_values_are(tmp_path, rows, expected):
    document = read(make_xlsx(tmp_path / "a.xlsx", {"Zahlen": rows}))
    assert shown(document) == [("h1", "", "Zahlen"), *expected]


def test_sheets_are_sections_and_empty_or_hidden_ones_are_told(tmp_path):
    from openpyxl import load_workbook

    path = make_xlsx(
        tmp_path / "a.xlsx", {"Eins": [["a", "b"], [1, 2]], "Leer": [], "Verborgen": [["c", "d"], [0.5, 4]]}, author="Eva Kern"
    )
    book = load_workbook(path)
    book["Verborgen"].sheet_state = "hidden"
    book["Verborgen"]["A2"].number_format = "0%"
    book.save(path)
    document = read(path)
    assert blocks(document) == [("heading", "Eins"), ("row", "a: 1 | b: 2"), ("heading", "Verborgen"), ("row", "c: 50% | d: 4")]
    assert any("'Leer' holds no values" in warning for warning in document.extraction.warnings)
    assert any("'Verborgen' is hidden" in warning for warning in document.extraction.warnings)
    assert document.work.authors == ("Eva Kern",)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            'Region;Umsatz;Urteil\nNord;5,0;gut, sehr gut\nSüd;7;"mit\nUmbruch"\n'.encode("cp1252"),
            ["Region: Nord | Umsatz: 5,0 | Urteil: gut, sehr gut", "Region: Süd | Umsatz: 7 | Urteil: mit Umbruch"],
        ),
        (b"region,sales\nNorth,5.0\nSouth,7\n", ["region: North | sales: 5.0", "region: South | sales: 7"]),
        ("\ufeffregion\tsales\nNorth\t5\n".encode("utf-16"), ["region: North | sales: 5"]),
        ("sep=|\nfactor|why\nBudget|für drei Jahre, sicher\n".encode(), ["factor: Budget | why: für drei Jahre, sicher"]),
    ],
)  # fmt: skip
def test_tables_as_text_are_read_whatever_parts_their_values(tmp_path, content, expected):
    document = read(written(tmp_path, "a.csv", content))
    assert [text for _, text in blocks(document)] == expected
    assert_sound(document)


def test_formulas_stay_text_and_nothing_writes_them_anywhere(tmp_path):
    document = read(written(tmp_path, "a.csv", 'Name,Link\nEva,"=HYPERLINK(""http://x"",""y"")"\nMax,@SUM(1+1)\n'))
    assert "=HYPERLINK" in document.text and "@SUM(1+1)" in document.text


def test_a_table_of_too_many_rows_is_refused(tmp_path):
    with pytest.raises(OversizedDocument, match="more than 50,000 rows"):
        read(written(tmp_path, "a.csv", "a,b\n" + "1,2\n" * 50_001))


def test_a_workbook_that_lies_about_its_size_is_read_by_what_it_holds(tmp_path):
    path = make_xlsx(tmp_path / "a.xlsx", {"Zahlen": [["a", "b"], [1, 2]]})
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"]
    assert b'ref="A1:B2"' in sheet
    parts["xl/worksheets/sheet1.xml"] = sheet.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')
    assert blocks(read(make_zip(tmp_path / "b.xlsx", parts)))[1:] == [("row", "a: 1 | b: 2")]


# OpenDocument

STYLES = (
    '<style:style style:name="P1" style:parent-style-name="Title"/><text:list-style style:name="L1">'
    '<text:list-level-style-number text:level="1"/><text:list-level-style-bullet text:level="2"/></text:list-style>'
)


@pytest.mark.parametrize(
    ("language", "title", "heading", "sentence", "items", "table"),
    [
        (
            "de",
            "Der Plan",
            "Erstens",
            "Wir wollen und müssen mehr Größe zeigen.",
            ("eins", "tief", "zwei"),
            (("Jahr", "Zahl"), ("2014", "7")),
        ),
        (
            "en",
            "The plan",
            "First",
            "We want and we must show more of our size.",
            ("one", "deep", "two"),
            (("Year", "Number"), ("2014", "7")),
        ),
    ],
)
def test_an_opendocument_text(tmp_path, language, title, heading, sentence, items, table):
    first, _, rest = sentence.partition(" ")
    rows = ["".join(f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>" for cell in row) for row in table]
    body = (
        f'<text:p text:style-name="P1">{title}</text:p>'
        "<text:table-of-content><text:index-body><text:p>Erstens 1</text:p></text:index-body></text:table-of-content>"
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>gestrichen</text:p></text:deletion></text:changed-region>"
        "</text:tracked-changes>"
        f'<text:h text:outline-level="2">{heading}</text:h>'
        f"<text:p>{first}<text:s/><text:span>{rest}</text:span>"
        "<text:note><text:note-body><text:p>Fußnote</text:p></text:note-body></text:note></text:p>"
        f'<text:list text:style-name="L1"><text:list-item><text:p>{items[0]}</text:p><text:list><text:list-item><text:p>{items[1]}</text:p>'
        f"</text:list-item></text:list></text:list-item><text:list-item><text:p>{items[2]}</text:p></text:list-item></text:list>"
        f"<table:table><table:table-header-rows><table:table-row>{rows[0]}</table:table-row></table:table-header-rows>"
        f'<table:table-row>{rows[1]}<table:table-cell table:number-columns-repeated="999999999"/></table:table-row></table:table>'
    )
    document = read(make_odt(tmp_path / "a.odt", body, styles=STYLES, title=title, author="Eva Kern"))
    assert shown(document) == [
        ("h1", "", title),
        ("h2", "", heading),
        ("p", "", sentence),
        ("i1", "1.", items[0]),
        ("i2", "•", items[1]),
        ("i1", "2.", items[2]),
        *[("r", "", " | ".join(row)) for row in table],
    ]
    assert (document.language, document.work.title, document.work.authors) == (language, title, ("Eva Kern",))
    assert document.extraction.lines_dropped == ("Erstens 1",)
    assert "the footnotes of the document were not read" in document.extraction.warnings


def test_a_locked_opendocument_text_needs_a_password(tmp_path):
    path = make_odt(tmp_path / "a.odt", "<text:p>x</text:p>")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("META-INF/manifest.xml", "<manifest><file-entry><encryption-data/></file-entry></manifest>")
    with pytest.raises(EncryptedDocument, match=r"a\.odt: the document needs a password"):
        read(path)


def test_styles_that_follow_each_other_in_a_circle_end(tmp_path):
    styles = '<style:style style:name="A" style:parent-style-name="B"/><style:style style:name="B" style:parent-style-name="A"/>'
    assert blocks(read(make_odt(tmp_path / "a.odt", '<text:p text:style-name="A">Ein Satz.</text:p>', styles=styles))) == [
        ("paragraph", "Ein Satz.")
    ]


# Electronic books


@pytest.mark.parametrize(
    ("language", "chapters"),
    [
        ("de", ("Über die Größe", "Die Gruppe ist klein und wird nicht größer.", "Schluss", "Das war es auch schon.")),
        ("en", ("On size", "The group is small and will not grow.", "The end", "That was all there is.")),
    ],
)
def test_a_book_is_read_in_the_order_of_its_spine(tmp_path, language, chapters):
    one, text, two, more = chapters
    pages = {
        "text/zwei.xhtml": f"<h1>{one}</h1><p>{text}</p><ul><li>a</li><li>b</li></ul>",
        "text/eins.xhtml": f"<section><h2>{two}</h2><p>{more}</p><script>alert(1)</script></section>",
    }
    document = read(make_epub(tmp_path / "a.epub", pages, title="Buch", author="Eva Kern", date="2011-02-03T00:00:00Z"))
    assert shown(document) == [("h1", "", one), ("p", "", text), ("i1", "-", "a"), ("i1", "-", "b"), ("h2", "", two), ("p", "", more)]
    work = document.work
    assert (document.language, work.title, work.authors, work.date, work.year) == (language, "Buch", ("Eva Kern",), "2011-02-03", 2011)


def test_a_chapter_that_is_missing_is_named_and_a_locked_book_refused(tmp_path):
    document = read(make_epub(tmp_path / "a.epub", {"1.xhtml": "<p>Ein Satz.</p>", "2.xhtml": ""}))
    assert document.text == "Ein Satz."
    assert any("'OPS/2.xhtml' is missing" in warning for warning in document.extraction.warnings)
    path = make_epub(tmp_path / "b.epub", {"1.xhtml": ""})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("OPS/1.xhtml", bytes(range(256)) * 40)
        archive.writestr("META-INF/encryption.xml", "<encryption/>")
    with pytest.raises(EncryptedDocument, match="locked"):
        read(path)


# E-mail

MAIL = {
    "de": ("=?utf-8?q?Gr=C3=B6=C3=9Fe_der_Gruppe?=", "Größe der Gruppe", "iso-8859-1", "wir brauchen für die Größe drei Dinge:", "Mut"),
    "en": ("Size of the group", "Size of the group", "us-ascii", "for the size of it we need these things:", "Courage"),
}


@pytest.mark.parametrize("language", ["de", "en"])
def test_a_message_gives_the_words_of_its_sender(tmp_path, language):
    encoded, subject, charset, lead, item = MAIL[language]
    text = (
        f"From: =?utf-8?q?J=C3=BCrgen_M=C3=BCller?= <j@example.org>\nTo: x@example.org\nSubject: {encoded}\n"
        "Date: Tue, 3 Feb 2015 10:00:00 +0100\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n"
        f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n"
        f"{lead}\n- {item}\n- Zeit\n\n> Was braucht ihr?\n\n-- \nJ. M.\n"
        '--B\nContent-Type: application/pdf\nContent-Disposition: attachment; filename="../../plan.pdf"\n\n%PDF\n--B--\n'
    )
    document = read(written(tmp_path, "a.eml", text.encode(charset)))
    assert shown(document) == [("h1", "", subject), ("p", "", lead), ("i1", "-", item), ("i1", "-", "Zeit")]
    assert (document.work.title, document.work.authors, document.work.date) == (subject, ("Jürgen Müller",), "2015-02-03")
    assert document.language == language
    assert document.extraction.lines_dropped == ("> Was braucht ihr?", "--", "J. M.")
    assert any("plan.pdf" in warning and "was not read" in warning for warning in document.extraction.warnings)
    assert not list(tmp_path.parent.rglob("plan.pdf"))


def test_a_message_in_html_only(tmp_path):
    head = "From: a@example.org\nSubject: Plan\nContent-Type: text/html; charset=utf-8\n\n"
    text = head + "<p>Ein <b>Satz</b>.</p><ul><li>eins</li></ul><script>x()</script>"
    document = read(written(tmp_path, "a.eml", text))
    assert shown(document) == [("h1", "", "Plan"), ("p", "", "Ein Satz."), ("i1", "-", "eins")]
    assert document.work.authors == ("a@example.org",)


def test_what_is_no_message_and_what_says_nothing(tmp_path):
    with pytest.raises(DamagedDocument, match="no e-mail message"):
        read(written(tmp_path, "a.eml", "Nur ein Satz ohne Kopf.\n"))
    with pytest.raises(EmptyDocument):
        read(written(tmp_path, "b.eml", "From: a@example.org\n\n> nur zitiert\n"))


# Encodings


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-16-le", "utf-16-le"), ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"), ("cp1252", "cp1252"), ("iso-8859-1", "cp1252"), ("mac_roman", "mac-roman"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "text", ["Die Größe der Gruppe überrascht, für Österreich und für später.", "Café owners’ naïve résumé: a cliché, élan and déjà vu."]
)
def test_text_in_any_common_encoding(tmp_path, encoding, named, text):
    if encoding == "iso-8859-1":
        text = text.replace("’", "'")
    document = read(written(tmp_path, "a.txt", text.encode(encoding)))
    assert (document.text, document.extraction.encoding) == (text, named)


# What is none of these


def test_other_archives_are_unsupported_and_broken_ones_damaged(tmp_path):
    with pytest.raises(UnsupportedFormat, match="ZIP archive"):
        read(make_zip(tmp_path / "a.epub", {"x.txt": "x"}))
    with pytest.raises(UnsupportedFormat, match="ZIP archive"):
        read(make_zip(tmp_path / "b.odt", {"mimetype": "application/vnd.oasis.opendocument.graphics"}))


@pytest.mark.parametrize("suffix", [".pptx", ".xlsx", ".odt", ".epub"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
def test_a_truncated_archive_is_damaged(tmp_path, suffix, share):
    path = tmp_path / f"a{suffix}"
    make = {
        ".pptx": lambda: make_pptx(path, SLIDES["de"]),
        ".xlsx": lambda: make_xlsx(path, {"a": [[1, 2]]}),
        ".odt": lambda: make_odt(path, "<text:p>x</text:p>"),
        ".epub": lambda: make_epub(path, {"1.xhtml": "<p>x</p>"}),
    }[suffix]
    data = make().read_bytes()
    with pytest.raises(DamagedDocument, match=r"^cut\."):
        read(written(tmp_path, f"cut{suffix}", data[: int(share * len(data))]))


@pytest.mark.parametrize(
    ("suffix", "part"),
    [(".pptx", "ppt/presentation.xml"), (".xlsx", "xl/workbook.xml"), (".odt", "content.xml"), (".epub", "META-INF/container.xml")],
)
def test_an_archive_whose_main_part_is_broken_is_damaged(tmp_path, suffix, part):
    kinds = {".odt": "application/vnd.oasis.opendocument.text", ".epub": "application/epub+zip"}
    with pytest.raises(DamagedDocument, match=r"^a\."):
        read(make_zip(tmp_path / f"a{suffix}", {"mimetype": kinds.get(suffix, ""), part: "<broken"}))
