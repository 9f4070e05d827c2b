"""Word documents: headings, numbering, tables, form fields, properties."""

import datetime

import pytest
from docx.oxml import parse_xml
from making import make_docx
from test_documents import assert_sound, blocks

from advisor.documents import read

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def test_structure_comes_from_styles_and_numbering(tmp_path):
    content = [
        ("Title", "Die Bäckerei"),
        ("Heading 1", "Am Morgen"),
        ("Normal", "Der Ofen wird um vier Uhr\nangeheizt."),
        ("List Number", "Teig kneten"),
        ("List Number", "Teig ruhen lassen"),
        ("Heading 2", "Am Mittag"),
        ("List Bullet", "Brot"),
        ("List Bullet 2", "Roggen"),
        [["Sorte", "Preis"], ["Laib", "4 Euro"], ["", ""]],
        ("Normal", ""),
        ("Normal", "Abends ist Schluss."),
    ]
    document = read(make_docx(tmp_path / "a.docx", content))
    assert_sound(document)
    assert blocks(document) == [
        ("heading", "Die Bäckerei"),
        ("heading", "Am Morgen"),
        ("paragraph", "Der Ofen wird um vier Uhr angeheizt."),
        ("item", "Teig kneten"),
        ("item", "Teig ruhen lassen"),
        ("heading", "Am Mittag"),
        ("item", "Brot"),
        ("item", "Roggen"),
        ("row", "Sorte | Preis"),
        ("row", "Laib | 4 Euro"),
        ("paragraph", "Abends ist Schluss."),
    ]
    assert [(b.level, b.marker) for b in document.blocks if b.kind in ("heading", "item")] == [
        (1, ""),
        (1, ""),
        (1, "1."),
        (1, "2."),
        (2, ""),
        (1, "•"),
        (2, "•"),
    ]
    assert document.pages == ()
    assert document.page_label(document.blocks[0].span) is None
    assert "1. Teig kneten\n2. Teig ruhen lassen\n\nAm Mittag" in document.text


def test_two_lists_in_a_row_stay_two(tmp_path):
    document = read(make_docx(tmp_path / "a.docx", [("List Number", "eins"), ("List Bullet", "Mehl"), ("List Bullet 2", "fein")]))
    assert document.text == "1. eins\n\n• Mehl\n• fein"


def test_markers_typed_by_hand_make_items(tmp_path):
    content = [("Normal", "Gebraucht wird:"), ("Normal", "1) Mehl"), ("Normal", "2) Wasser"), ("Normal", "3. Januar 2020 war ein Freitag.")]
    assert [kind for kind, _ in blocks(read(make_docx(tmp_path / "a.docx", content)))] == ["paragraph", "item", "item", "paragraph"]


def altered(tmp_path, change):
    import docx

    path = make_docx(tmp_path / "a.docx", [("Normal", "Der Ofen ist warm.")])
    document = docx.Document(str(path))
    change(document)
    document.save(str(path))
    return read(path)


def test_form_fields_and_tracked_changes_are_read_as_accepted(tmp_path):
    def change(document):
        body = document.element.body
        body.insert(0, parse_xml(f"<w:sdt {W}><w:sdtContent><w:p><w:r><w:t>Im Feld.</w:t></w:r></w:p></w:sdtContent></w:sdt>"))
        added = f"<w:ins {W} w:id='1' w:author='x'><w:r><w:t xml:space='preserve'> Sehr warm.</w:t></w:r></w:ins>"
        removed = f"<w:del {W} w:id='2' w:author='x'><w:r><w:delText>Kalt.</w:delText></w:r></w:del>"
        for change in (added, removed):
            document.paragraphs[0]._p.append(parse_xml(change))

    assert blocks(altered(tmp_path, change)) == [("paragraph", "Im Feld."), ("paragraph", "Der Ofen ist warm. Sehr warm.")]


def test_a_table_of_contents_is_left_out_and_told(tmp_path):
    def change(document):
        style = document.styles.add_style("toc 1", 1)
        document.add_paragraph("Am Morgen\t3", style=style)

    document = altered(tmp_path, change)
    assert document.text == "Der Ofen ist warm."
    assert document.extraction.lines_dropped == ("Am Morgen 3",)


def test_merged_cells_come_once(tmp_path):
    def change(document):
        table = document.add_table(rows=1, cols=3)
        table.cell(0, 0).merge(table.cell(0, 1)).text = "Beides"
        table.cell(0, 2).text = "Eins"

    assert ("row", "Beides | Eins") in blocks(altered(tmp_path, change))


def test_a_style_with_an_outline_level_is_a_heading(tmp_path):
    def change(document):
        style = document.styles.add_style("Hauptteil", 1)
        style.element.get_or_add_pPr().append(parse_xml(f"<w:outlineLvl {W} w:val='2'/>"))
        document.add_paragraph("Der Ofen", style=style)

    document = altered(tmp_path, change)
    assert [(b.kind, b.level) for b in document.blocks] == [("paragraph", 0), ("heading", 3)]


@pytest.mark.parametrize(
    ("form", "pattern", "markers"),
    [
        ("lowerLetter", "%1)", ["a)", "b)"]),
        ("upperRoman", "%1.", ["I.", "II."]),
        ("decimal", "§ %1", ["§ 1", "§ 2"]),
        ("bullet", "o", ["•", "•"]),
    ],
)
def test_numbers_are_written_as_word_draws_them(tmp_path, form, pattern, markers):
    def change(document):
        root = document.part.numbering_part.element
        level = f"<w:lvl w:ilvl='0'><w:start w:val='1'/><w:numFmt w:val='{form}'/><w:lvlText w:val='{pattern}'/></w:lvl>"
        root.insert(0, parse_xml(f"<w:abstractNum {W} w:abstractNumId='99'>{level}</w:abstractNum>"))
        root.append(parse_xml(f"<w:num {W} w:numId='99'><w:abstractNumId w:val='99'/></w:num>"))
        for text in ("Mehl", "Wasser"):
            properties = document.add_paragraph(text)._p.get_or_add_pPr()
            properties.append(parse_xml(f"<w:numPr {W}><w:ilvl w:val='0'/><w:numId w:val='99'/></w:numPr>"))

    document = altered(tmp_path, change)
    assert [block.marker for block in document.blocks if block.kind == "item"] == markers
    assert_sound(document)


def test_properties_give_the_work_but_no_work_is_dated_by_its_file(tmp_path):
    properties = {"title": "Die Bäckerei", "author": "Erika Muster und Max Beispiel", "created": datetime.datetime(2019, 5, 2)}
    document = read(make_docx(tmp_path / "a.docx", [("Normal", "Der Ofen ist warm.")], properties=properties))
    assert (document.work.title, document.work.authors, document.work.year) == ("Die Bäckerei", ("Erika Muster", "Max Beispiel"), None)
    assert "created on 2019-05-02" in document.extraction.warnings[0]


def test_what_the_program_filled_in_is_not_taken(tmp_path):
    work = read(make_docx(tmp_path / "der-ofen.docx", [("Normal", "Der Ofen ist warm.")])).work
    assert (work.title, work.authors, work.year) == ("der ofen", (), None)


def test_the_title_may_stand_in_the_text_alone(tmp_path):
    assert read(make_docx(tmp_path / "a.docx", [("Title", "Die Bäckerei"), ("Normal", "Der Ofen ist warm.")])).work.title == "Die Bäckerei"
