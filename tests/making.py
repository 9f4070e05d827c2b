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
