"""Web pages: main text, title, author and date; nothing of the frame around them."""

import pytest
from test_documents import assert_sound, blocks

from advisor.documents import read

LONG = "Die Imkerei lebt vom Wetter und von der Ruhe, und wer Bienen hält, der lernt beides zu schätzen, sagt eine alte Regel. " * 3
PAGE = f"""<!DOCTYPE html>
<html lang="de"><head><meta charset="utf-8"><title>Bienen im Jahr | Imkerblatt</title>
<meta name="author" content="Erika Muster"><meta property="article:published_time" content="2018-04-02T10:00:00+02:00">
<link rel="canonical" href="https://example.org/bienen"></head>
<body><a href="#inhalt">Zum Inhalt springen</a><nav><ul><li><a href="/">Start</a></li><li><a href="/k">Kontakt</a></li></ul></nav>
<main><article><h1>Bienen im Jahr</h1><p>Von Erika Muster</p><div>print DRUCKEN teilen</div>
<p>{LONG}<b>Das</b> ist <a href="/x">alles</a>. 2 * 3 &lt; 7.</p>
<h2>Frühling</h2><p>{LONG}</p><p>Zu tun ist:</p>
<ol><li>Rahmen reinigen</li><li>Königin suchen</li></ol>
<ul><li>Honig<ul><li>hell</li></ul></li><li>Wachs</li></ul>
<table><tr><th>Monat</th><th>Arbeit</th></tr><tr><td>Mai</td><td>Schwärme</td></tr></table>
<p>{LONG}</p></article></main>
<aside>Werbung für Honig</aside><footer>Impressum</footer><script>alert("x")</script></body></html>"""


def read_page(tmp_path, page, name="a.html"):
    path = tmp_path / name
    path.write_bytes(page if isinstance(page, bytes) else page.encode())
    document = read(path)
    assert_sound(document)
    return document


def test_the_main_text_is_kept_with_its_structure(tmp_path):
    document = read_page(tmp_path, PAGE)
    assert blocks(document) == [
        ("heading", "Bienen im Jahr"),
        ("paragraph", f"{LONG}Das ist alles. 2 * 3 < 7."),
        ("heading", "Frühling"),
        ("paragraph", LONG.strip()),
        ("paragraph", "Zu tun ist:"),
        ("item", "Rahmen reinigen"),
        ("item", "Königin suchen"),
        ("item", "Honig"),
        ("item", "hell"),
        ("item", "Wachs"),
        ("row", "Monat | Arbeit"),
        ("row", "Mai | Schwärme"),
        ("paragraph", LONG.strip()),
    ]
    work = document.work
    assert (work.title, work.authors, work.date, work.url) == (
        "Bienen im Jahr",
        ("Erika Muster",),
        "2018-04-02",
        "https://example.org/bienen",
    )
    assert "Von Erika Muster" in document.extraction.lines_dropped
    assert (document.media_type, document.language) == ("text/html", "de")


def test_scraps_that_come_with_the_main_text_are_dropped(tmp_path):
    page = PAGE.replace(f"<p>{LONG}</p></article>", f"<p>{LONG}</p><p>Artikel drucken</p></article>")
    document = read_page(tmp_path, page)
    assert document.extraction.lines_dropped == ("Von Erika Muster", "Artikel drucken")
    assert document.text.endswith(LONG.strip())


def test_a_short_page_keeps_its_structure(tmp_path):
    page = """<html><body><nav><a href="/">Start</a></nav><h1>Bienen</h1><p>Ein <b>kurzer</b> Satz.</p>
    <ol><li><p>eins</p></li><li>zwei<ul><li>tief</li></ul></li></ol><table><tr><td>a</td><td>b</td></tr></table></body></html>"""
    document = read_page(tmp_path, page)
    assert blocks(document) == [
        ("heading", "Bienen"),
        ("paragraph", "Ein kurzer Satz."),
        ("item", "eins"),
        ("item", "zwei"),
        ("item", "tief"),
        ("row", "a | b"),
    ]
    assert [(b.level, b.marker) for b in document.blocks if b.kind == "item"] == [(1, "1."), (1, "2."), (2, "-")]


@pytest.mark.parametrize(
    ("declared", "codec", "encoding"),
    [
        ("iso-8859-1", "cp1252", "cp1252"),
        ("windows-1252", "cp1252", "cp1252"),
        ("utf-8", "utf-8", "utf-8"),
        ("utf-8", "cp1252", "cp1252"),
        ("quatsch", "utf-8", "utf-8"),
    ],
)
def test_the_declared_encoding_is_tried_first(tmp_path, declared, codec, encoding):
    page = PAGE.replace('charset="utf-8"', f'charset="{declared}"').replace("alles", "alles für 3 €").encode(codec)
    document = read_page(tmp_path, page)
    assert "alles für 3 €" in document.text
    assert document.extraction.encoding == encoding


def test_a_page_without_a_heading_gets_its_title(tmp_path):
    document = read_page(tmp_path, PAGE.replace("<h1>Bienen im Jahr</h1>", ""))
    assert blocks(document)[0][0] == "heading"
    assert "Bienen im Jahr" in document.work.title
    assert document.text.startswith(document.work.title)


def test_scripts_and_marks_never_reach_the_text(tmp_path):
    page = PAGE.replace("Zu tun ist:", 'Zu tun <script>alert("y")</script><img src=x onerror="alert(1)">ist:')
    text = read_page(tmp_path, page).text
    assert "alert" not in text and "<img" not in text and "<script" not in text


def test_a_page_of_which_little_is_taken_says_so(tmp_path):
    menu = "".join(f"<div><span>Eintrag {number} der Auswahl</span></div>" for number in range(300))
    document = read_page(tmp_path, PAGE.replace("<main>", f"<div>{menu}</div>").replace("</main>", "").replace("article>", "section>"))
    taken_all = "Eintrag 299" in document.text
    assert taken_all or any("were taken" in warning for warning in document.extraction.warnings)
