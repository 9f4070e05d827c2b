"""Files read in processes of their own: what one file does to its process costs no other file."""

import os
import shutil
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from making import columns, make_docx, make_epub, make_pdf, make_set_pdf, make_zip

from advisor.documents import Document, Options, read, sidecar_of
from advisor.errors import DamagedDocument, EmptyDocument, EncryptedDocument, OversizedDocument
from advisor.reading import Limits, read_all

GOOD = "Ein guter Satz steht hier, und er bleibt stehen."


def outcomes(*paths, **how):
    return list(read_all([(path, path.name) for path in paths], **how))


def good(folder, number):
    path = folder / f"gut{number}.txt"
    path.write_text(f"{GOOD} Nummer {number}.", "utf-8")
    return path


def bare_pdf(path, content, pages=1):
    """A PDF written by hand: so many times the same page, with this content stream."""
    packed = zlib.compress(content, 9)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[%s]/Count %d>>" % (b"3 0 R " * pages, pages),
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(packed), packed),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]  # fmt: skip
    data, offsets = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    data += b"xref\n0 6\n0000000000 65535 f \n%strailer\n<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (table, len(data))
    path.write_bytes(data)
    return path


ENDLESS = b"BT /F 9 Tf " + b"1 0 0 1 9 9 Tm (x) Tj " * 3_000_000 + b"ET"


def test_results_are_those_of_reading_here_and_come_in_order(tmp_path):
    paths = [good(tmp_path, number) for number in range(20)]
    paths[7] = tmp_path / "leer.txt"
    paths[7].write_bytes(b"")
    made = outcomes(*paths, workers=2)
    assert [one.source for one in made if isinstance(one, Document)] == [path.name for path in paths if path.name != "leer.txt"]
    assert isinstance(made[7], EmptyDocument)
    assert made[3] == read(paths[3])
    assert outcomes() == []


def test_a_file_that_never_ends_is_stopped_and_the_next_one_is_read(tmp_path):
    endless = bare_pdf(tmp_path / "endlos.pdf", ENDLESS)
    before, after = good(tmp_path, 1), good(tmp_path, 2)
    first, stopped, last = outcomes(before, endless, after, limits=Limits(seconds=4))
    assert isinstance(first, Document) and isinstance(last, Document)
    assert isinstance(stopped, OversizedDocument)
    assert "endlos.pdf: reading took longer than 4 seconds" in str(stopped) and "ADVISOR_READ_SECONDS" in str(stopped)


def test_a_file_that_takes_all_memory_costs_itself_only(tmp_path):
    greedy = tmp_path / "gierig.epub"
    make_epub(greedy, {"1.xhtml": "<p>" + "<b>x</b>" * 6_000_000 + "</p>"})
    stopped, last = outcomes(greedy, good(tmp_path, 1), limits=Limits(memory=600))
    assert isinstance(stopped, OversizedDocument)
    assert "gierig.epub" in str(stopped) and "600 MiB" in str(stopped) and "ADVISOR_READ_MEMORY" in str(stopped)
    assert isinstance(last, Document)


@pytest.mark.skipif(os.name != "posix", reason="needs signals")
def test_a_process_that_dies_amid_a_file_is_replaced(tmp_path):
    endless = bare_pdf(tmp_path / "endlos.pdf", ENDLESS)
    results = read_all([(good(tmp_path, 1), "a"), (endless, "endlos.pdf"), (good(tmp_path, 2), "b")])
    assert isinstance(next(results), Document)
    children = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(os.getpid())], capture_output=True, text=True).stdout.splitlines()
    (worker,) = [line.split()[0] for line in children if "advisor.documents.worker" in line]
    os.kill(int(worker), 11)
    crashed, last = list(results)
    assert isinstance(crashed, DamagedDocument) and "endlos.pdf: the file brought its reader down (SIGSEGV)" in str(crashed)
    assert isinstance(last, Document)


def test_who_stops_taking_results_leaves_no_process_behind(tmp_path):
    results = read_all([(good(tmp_path, number), str(number)) for number in range(30)], workers=2)
    next(results)
    results.close()
    children = subprocess.run(["ps", "-o", "args=", "--ppid", str(os.getpid())], capture_output=True, text=True).stdout
    assert "advisor.documents.worker" not in children


def test_no_module_is_taken_from_the_folder_in_which_the_program_runs(tmp_path):
    for name in ("pickle.py", "lxml.py", "pypdf.py"):
        (tmp_path / name).write_text("open('owned', 'w'); raise SystemExit(9)", "utf-8")
    make_pdf(tmp_path / "a.pdf", [[GOOD]])
    code = (
        "import sys; from pathlib import Path; sys.path.append({root!r}); sys.path.pop(0); from advisor.reading import read_all;"
        "print(list(read_all([(Path('a.pdf'), 'a')])))"
    )
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code.format(root=str(root))], cwd=tmp_path, capture_output=True, text=True)
    assert GOOD in done.stdout, done.stderr
    assert not (tmp_path / "owned").exists()


# Faults of files


def test_a_zip_bomb_is_refused_by_what_it_would_unpack_to(tmp_path):
    with zipfile.ZipFile(tmp_path / "bombe.epub", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        for number in range(5):
            with archive.open(f"{number}.xhtml", "w") as part:
                for _ in range(60):
                    part.write(bytes(2**20))
    with pytest.raises(OversizedDocument, match=r"bombe\.epub: unpacked it has 314,572,820 bytes, the limit is 209,715,200"):
        read(tmp_path / "bombe.epub")


def test_a_part_that_lies_about_its_size_is_not_unpacked_further(tmp_path):
    data = make_epub(tmp_path / "a.epub", {"1.xhtml": "<p>" + "Ein Satz. " * 300_000 + "</p>"}).read_bytes()
    with zipfile.ZipFile(tmp_path / "a.epub") as archive:
        size = archive.getinfo("OPS/1.xhtml").file_size
    lying = data.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    (tmp_path / "b.epub").write_bytes(lying)
    with pytest.raises(DamagedDocument, match=r"b\.epub"):
        read(tmp_path / "b.epub")


def test_an_archive_of_very_many_parts_is_refused(tmp_path):
    parts = {"mimetype": "application/epub+zip", **{f"{number}": "" for number in range(20_001)}}
    with pytest.raises(OversizedDocument, match="20,002 parts"):
        read(make_zip(tmp_path / "a.epub", parts))


def test_a_pdf_of_ten_thousand_pages_is_read_and_one_of_more_than_the_limit_refused(tmp_path):
    words = b"BT /F 11 Tf 60 700 Td (A good sentence stands here.) Tj ET"
    document = read(bare_pdf(tmp_path / "viele.pdf", words, pages=10_000))
    assert (len(document.pages), document.pages[-1].label) == (10_000, "10000")
    with pytest.raises(OversizedDocument, match="20,001 pages, the limit is 20,000"):
        read(bare_pdf(tmp_path / "mehr.pdf", words, pages=20_001))


def test_a_locked_pdf_opens_with_the_password_of_its_sidecar_or_of_the_settings(tmp_path):
    path = make_pdf(tmp_path / "zu.pdf", [[GOOD]], password="geheim")
    with pytest.raises(EncryptedDocument, match=r"sidecar.*ADVISOR_PDF_PASSWORD"):
        read(path)
    with pytest.raises(EncryptedDocument, match="none of the passwords given"):
        read(path, options=Options(password="falsch"))
    assert read(path, options=Options(password="geheim")).text == GOOD
    sidecar_of(path).write_text("title: Verschlossen\npassword: geheim\n", "utf-8")
    document = read(path, options=Options(password="falsch"))
    assert (document.text, document.work.title) == (GOOD, "Verschlossen")
    assert "geheim" not in repr(document) and "geheim" not in repr(Options(password="geheim"))


def test_a_pdf_whose_pages_hold_themselves_is_refused(tmp_path):
    data = make_pdf(tmp_path / "a.pdf", [[GOOD]]).read_bytes()
    path = tmp_path / "kreis.pdf"
    pages = data[data.index(b"/Kids [ ") + 8 :].split(b" ")[0]
    number = next(line for line in data.split(b"\n") if b"/Pages " in line).split(b"/Pages ")[1].split()[0]
    path.write_bytes(data.replace(b"/Kids [ " + pages + b" 0 R ]", b"/Kids [ " + number + b" 0 R ]"))
    (outcome, last) = outcomes(path, good(tmp_path, 1))
    assert isinstance(outcome, DamagedDocument) and "kreis.pdf" in str(outcome)
    assert isinstance(last, Document)


def test_a_text_of_two_gigabytes_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "riesig.txt"
    with path.open("wb") as file:
        file.truncate(2 * 2**30)
    with pytest.raises(OversizedDocument, match=r"riesig\.txt: the file has 2,147,483,648 bytes, the limit is 209,715,200"):
        read(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "rohr.txt")
    with pytest.raises(Exception, match="a pipe or a device"):
        read(tmp_path / "rohr.txt")


@pytest.mark.parametrize(
    "name", ["mit leer zeichen & (klammer).txt", "ümläut-漢字-🦊.txt", "a\nb.txt", "-rf.txt", "rot\x1b[31m.txt", "'; drop.txt"]
)
def test_odd_names_are_read_and_shown_without_control_characters(tmp_path, name):
    path = tmp_path / name
    path.write_text(GOOD, "utf-8")
    document = read(path)
    assert document.text == GOOD
    assert not any(ord(character) < 32 for character in document.source + document.work.title)


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_a_name_that_is_no_utf_8_is_read_and_can_be_stored(tmp_path):
    path = os.path.join(os.fsencode(tmp_path), b"gr\xfc\xdfe.txt")
    with open(path, "wb") as file:
        file.write(GOOD.encode())
    document = read(os.fsdecode(path))
    assert document.source == "gr\\udcfc\\udcdfe.txt"
    (document.work.title + document.work.key).encode("utf-8")


# Text recognition

NO_TESSERACT = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")


def scan(path, texts):
    """A PDF whose pages are pictures of these texts."""
    import reportlab
    from PIL import Image, ImageDraw, ImageFont
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    font = ImageFont.truetype(str(Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"), 44)
    canvas = Canvas(str(path), pagesize=(595, 842))
    for text in texts:
        picture = Image.new("L", (1654, 2339), 255)
        ImageDraw.Draw(picture).multiline_text((150, 200), text, font=font, fill=0, spacing=20)
        canvas.drawImage(ImageReader(picture), 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return path


@NO_TESSERACT
def test_scans_are_read_where_it_is_asked_for_and_said_to_be(tmp_path):
    german = "Die Größe der Gruppe entscheidet\nüber ihre Kraft und Ausdauer."
    path = scan(tmp_path / "scan.pdf", [german, "The group decides about its own\nsize, strength and patience."])
    document = read(path, options=Options(ocr=True))
    assert "Die Größe der Gruppe entscheidet über ihre Kraft und Ausdauer." in document.text
    assert "The group decides about its own size" in document.text
    assert any("page 1, 2 was recognised in a picture (OCR)" in warning for warning in document.extraction.warnings)
    with pytest.raises(EmptyDocument, match=r"none of its 2 pages has text.*ADVISOR_OCR=1"):
        read(path)


@NO_TESSERACT
def test_an_empty_scan_stays_empty(tmp_path):
    with pytest.raises(EmptyDocument, match="found none either"):
        read(scan(tmp_path / "leer.pdf", ["", ""]), options=Options(ocr=True))


def test_a_scan_without_tesseract_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EmptyDocument, match="tesseract is not installed"):
        read(scan(tmp_path / "scan.pdf", ["Text"]), options=Options(ocr=True))


def test_a_scanned_page_with_a_stamp_of_text_is_named(tmp_path):
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=scan(tmp_path / "scan.pdf", ["Text"]))
    stamp = PdfWriter(clone_from=make_pdf(tmp_path / "stempel.pdf", [["Archiv 12"]]))
    writer.pages[0].merge_page(stamp.pages[0])
    writer.append(make_set_pdf(tmp_path / "text.pdf", [columns([GOOD] * 4, top=700)]))
    writer.write(str(tmp_path / "beides.pdf"))
    document = read(tmp_path / "beides.pdf")
    assert document.extraction.pages_without_text == ("1",)
    assert "Archiv 12" in document.text


# Malice

BOMB = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True)
) + "]>"  # fmt: skip
OUTSIDE = '<!DOCTYPE x [<!ENTITY j SYSTEM "file:///etc/hostname"><!ENTITY % k SYSTEM "http://127.0.0.1:9/k">]>'


def tampered(tmp_path, suffix, prefix):
    """A file of this format whose main part has a document type with entities, and uses one."""
    from making import make_odt, make_pptx, make_xlsx

    path = tmp_path / f"sauber{suffix}"
    main = {".docx": "word/document.xml", ".pptx": "ppt/slides/slide1.xml", ".xlsx": "xl/worksheets/sheet1.xml", ".odt": "content.xml",
            ".epub": "OPS/book.opf"}[suffix]  # fmt: skip
    match suffix:
        case ".docx":
            make_docx(path, [("Normal", "MARKE")])
        case ".pptx":
            make_pptx(path, [{"title": "MARKE"}])
        case ".xlsx":
            make_xlsx(path, {"a": [["MARKE", "b"], [1, 2]]})
        case ".odt":
            make_odt(path, "<text:p>MARKE</text:p>")
        case _:
            make_epub(path, {"1.xhtml": "<p>x</p>"}, title="MARKE")
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name, content in parts.items():
        if name == main or b"MARKE" in content:
            body = content[content.index(b"?>") + 2 :] if content.startswith(b"<?xml") else content
            parts[name] = prefix.encode() + body.replace(b"MARKE", b"MARKE &j;")
    return make_zip(tmp_path / f"bombe{suffix}", parts)


@pytest.mark.parametrize("prefix", [BOMB, OUTSIDE], ids=["bomb", "outside"])
@pytest.mark.parametrize("suffix", [".docx", ".pptx", ".xlsx", ".odt", ".epub"])
def test_entities_of_xml_neither_multiply_nor_reach_outside(tmp_path, suffix, prefix):
    path = tampered(tmp_path, suffix, prefix)
    (outcome,) = outcomes(path, limits=Limits(memory=700))
    if isinstance(outcome, Document):
        assert "haha" not in outcome.text + outcome.work.title
        host = Path("/etc/hostname")
        assert not host.exists() or host.read_text().strip() not in outcome.text + outcome.work.title
    else:
        assert isinstance(outcome, DamagedDocument) and path.name in str(outcome)


def test_names_inside_archives_lead_nowhere(tmp_path):
    inside = tmp_path / "drin"
    inside.mkdir()
    (tmp_path / "geheim.xhtml").write_text("<p>Geheim</p>", "utf-8")
    path = make_epub(inside / "a.epub", {"1.xhtml": "<p>Ein Satz.</p>", "../../geheim.xhtml": ""})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../../entkommen.txt", "x")
    document = read(path)
    assert document.text == "Ein Satz."
    assert any("geheim.xhtml" in warning and "missing" in warning for warning in document.extraction.warnings)
    assert sorted(file.name for file in tmp_path.rglob("*")) == ["a.epub", "drin", "geheim.xhtml"]


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".csv", ".eml", ".docx", ".pdf"])
def test_what_steers_a_terminal_or_a_browser_is_not_in_the_text(tmp_path, suffix):
    evil = "Rot \x1b[31m und \x9b2J weiter\u202e \x07 Ende. <script>alert(1)</script>"
    path = tmp_path / f"a{suffix}"
    if suffix == ".docx":
        make_docx(path, [("Normal", evil.replace("\x1b", "").replace("\x07", ""))])
    elif suffix == ".pdf":
        make_pdf(path, [[evil]])
    else:
        head = {
            ".eml": "From: a@b\nSubject: \x1b[31mRot\nContent-Type: text/plain; charset=utf-8\n\n",
            ".html": "<!doctype html><p>",
            ".csv": "a;b\n",
        }
        path.write_text(head.get(suffix, "") + evil + (";c" if suffix == ".csv" else ""), "utf-8")
    document = read(path)
    shown = document.text + document.source + document.work.title + "".join(document.extraction.lines_dropped)
    assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) <= 0x9F or c == "\u202e" for c in shown)
    if suffix in (".html", ".md"):
        assert "alert" not in document.text


def test_lines_that_were_left_out_steer_no_terminal_either(tmp_path):
    path = tmp_path / "a.eml"
    path.write_text(f"From: a@b\nContent-Type: text/plain; charset=utf-8\n\n{GOOD}\n> Rot \x1b[31m hier\n", "utf-8")
    assert read(path).extraction.lines_dropped == ("> Rot [31m hier",)


def test_the_limits_and_the_choices_of_reading_come_from_the_environment():
    from advisor.errors import UsageError
    from advisor.settings import Settings

    given = {"ADVISOR_READ_SECONDS": "9", "ADVISOR_READ_MEMORY": "900", "ADVISOR_OCR": "1", "ADVISOR_PDF_PASSWORD": "geheim"}
    settings = Settings.from_environ(given)
    assert (settings.read_seconds, settings.read_memory, settings.ocr, settings.pdf_password) == (9, 900, True, "geheim")
    assert "geheim" not in repr(settings)
    assert not Settings.from_environ({}).ocr
    with pytest.raises(UsageError, match="ADVISOR_OCR is 'ja'; expected a whole number from 0 to 1"):
        Settings.from_environ({"ADVISOR_OCR": "ja"})
