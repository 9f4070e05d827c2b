"""Real files for tests: PDFs and Word documents, made on the spot."""

from collections.abc import Mapping, Sequence
from pathlib import Path


def make_pdf(
    path: Path,
    pages: Sequence[Sequence[str]],
    *,
    title: str | None = None,
    author: str | None = None,
    labels: Sequence[str] = (),
    head: str = "",
    foot: str = "",
    outline: Sequence[tuple[int, str, int]] = (),
    password: str | None = None,
    owner_password: str | None = None,
    font: str = "Helvetica",
) -> Path:
    """Write a PDF with one drawn line for each text, from the top of the page down; a page without lines gets a picture.

    `head` and `foot` stand on every page, "{page}" in them is its number, from 1. `labels` are printed page numbers, one for each page.
    `outline` holds (page number from 1, title, depth from 0). With `password` the file cannot be opened without it, with
    `owner_password` it is encrypted but opens.
    """
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(path), pagesize=(595, 842))
    if font == "Vera":
        registerFont(TTFont("Vera", "Vera.ttf"))
    canvas.setTitle(title or "")
    canvas.setAuthor(author or "")
    for number, label in enumerate(labels):
        canvas.addPageLabel(number, prefix=label)
    for number, lines in enumerate(pages, start=1):
        canvas.setFont(font, 11)
        if not lines:
            canvas.drawImage(ImageReader(_picture()), 60, 300, 200, 200)
        drawn = {800: head.format(page=number), **{770 - 14 * row: line for row, line in enumerate(lines)}, 30: foot.format(page=number)}
        for height, line in drawn.items():
            canvas.drawString(60, height, line)
        for entry, (_, text, depth) in [(at, one) for at, one in enumerate(outline) if one[0] == number]:
            canvas.bookmarkPage(f"entry{entry}")
            canvas.addOutlineEntry(text, f"entry{entry}", depth)
        canvas.showPage()
    canvas.save()
    if password or owner_password:
        _encrypt(path, password or "", owner_password or "owner")
    return path


def _picture() -> object:
    from PIL import Image

    return Image.new("RGB", (20, 20), "grey")


def _encrypt(path: Path, password: str, owner_password: str) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=str(path))
    writer.encrypt(password, owner_password, algorithm="RC4-128")
    writer.write(str(path))


def make_docx(
    path: Path,
    content: Sequence[tuple[str, str] | Sequence[Sequence[str]]],
    *,
    properties: Mapping[str, object] | None = None,
) -> Path:
    """Write a Word document of paragraphs, each (style name, text), and tables, each a list of rows of cells.

    `properties` are core properties such as title, author and created.
    """
    import docx

    document = docx.Document()
    for entry in content:
        if isinstance(entry, tuple):
            document.add_paragraph(entry[1], style=entry[0])
        else:
            table = document.add_table(rows=0, cols=max(len(row) for row in entry))
            for row in entry:
                for cell, text in zip(table.add_row().cells, row, strict=False):
                    cell.text = text
    for name, value in (properties or {}).items():
        setattr(document.core_properties, name, value)
    document.save(str(path))
    return path


def make_set_pdf(path: Path, pages: Sequence[Sequence[tuple[float, float, float, str]]], *, font: str = "Vera", turn: int = 0) -> Path:
    """Write a PDF page by page from (x, y, size, text), drawn in that very order; `turn` is the rotation of the page in degrees."""
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    if font == "Vera":
        registerFont(TTFont("Vera", "Vera.ttf"))
    canvas = Canvas(str(path), pagesize=(595, 842))
    for page in pages:
        for x, y, size, text in page:
            canvas.setFont(font, size)
            canvas.drawString(x, y, text)
        canvas.setPageRotation(turn)
        canvas.showPage()
    canvas.save()
    return path


def columns(*texts: Sequence[str], top: float = 700, size: float = 10, order: str = "rows") -> list[tuple[float, float, float, str]]:
    """Columns side by side as (x, y, size, text), drawn line by line across the page ("rows") or one after the other ("columns")."""
    width = 480 / len(texts)
    places = [
        (row, column, (55 + column * width, top - 13 * row, size, line))
        for column, lines in enumerate(texts)
        for row, line in enumerate(lines)
        if line
    ]
    key = (lambda one: (one[0], one[1])) if order == "rows" else (lambda one: (one[1], one[0]))
    return [drawn for *_, drawn in sorted(places, key=key)]


def make_pptx(path: Path, slides: Sequence[Mapping[str, object]], *, title: str = "", author: str = "") -> Path:
    """Write a presentation; a slide has "title", "points" as (level from 0, text), "table" as rows, "notes" and "box"."""
    from pptx import Presentation
    from pptx.util import Cm

    show = Presentation()
    for slide in slides:
        made = show.slides.add_slide(show.slide_layouts[1])
        if slide.get("box"):
            made.shapes.add_textbox(Cm(1), Cm(17), Cm(10), Cm(1)).text_frame.text = str(slide["box"])
        made.shapes.title.text = str(slide.get("title", ""))
        frame = made.placeholders[1].text_frame
        for at, (level, text) in enumerate(slide.get("points", ())):
            paragraph = frame.paragraphs[0] if at == 0 else frame.add_paragraph()
            paragraph.text, paragraph.level = text, level
        if rows := slide.get("table"):
            grid = made.shapes.add_table(len(rows), len(rows[0]), Cm(1), Cm(10), Cm(20), Cm(3)).table
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    grid.cell(y, x).text = cell
        if slide.get("notes"):
            made.notes_slide.notes_text_frame.text = str(slide["notes"])
    show.core_properties.title, show.core_properties.author = title, author
    show.save(str(path))
    return path


def make_xlsx(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]], *, title: str = "", author: str = "") -> Path:
    """Write a workbook of sheets, each a list of rows."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.properties.title, book.properties.creator = title or None, author or None
    book.save(str(path))
    return path


def make_zip(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """Write a ZIP archive; a part named mimetype comes first and is not packed."""
    import zipfile

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(parts.items(), key=lambda part: part[0] != "mimetype"):
            archive.writestr(name, content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return path


_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{what}:1.0"'
    for name, what in {"office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing", "meta": "meta"}.items()
) + ' xmlns:dc="http://purl.org/dc/elements/1.1/"'  # fmt: skip


def make_odt(path: Path, body: str, *, styles: str = "", title: str = "", author: str = "") -> Path:
    """Write an OpenDocument text from the XML of its body and of its automatic styles."""
    content = f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
    meta = f"<office:meta><dc:title>{title}</dc:title><meta:initial-creator>{author}</meta:initial-creator></office:meta>"
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": f"<office:document-content {_ODF}>{content}</office:document-content>",
        "meta.xml": f"<office:document-meta {_ODF}>{meta}</office:document-meta>",
    }
    return make_zip(path, parts)


def make_epub(path: Path, chapters: Mapping[str, str], *, title: str = "", author: str = "", date: str = "", more: str = "") -> Path:
    """Write an electronic book from the bodies of its chapters, in order; `more` is XML for the list of what is read."""
    items = "".join(f'<item id="c{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(chapters))
    spine = "".join(f'<itemref idref="c{n}"/>' for n, _ in enumerate(chapters))
    about = f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:date>{date}</dc:date>"
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"{about}</metadata><manifest>{items}</manifest><spine>{spine}{more}</spine></package>"
    )
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OPS/book.opf"/></rootfiles>'
    )
    page = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>x</title></head><body>{}</body></html>'
    parts = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": f"{container}</container>",
        "OPS/book.opf": package,
        **{f"OPS/{name}": page.format(body) for name, body in chapters.items() if body},
    }
    return make_zip(path, parts)
