"""Plain text: what people type, wrap, and paste from web pages."""

import textwrap

import pytest
from test_documents import assert_sound, blocks

from advisor.documents import read

PARAGRAPHS = (
    "Viele Gärtnereien reden über Wasser, doch nur jede dritte misst, was sie davon verbraucht. Dabei liegt hier der größte Hebel.",
    'Eine Umfrage unter 40 Betrieben ergab:Wer misst, gießt ein Fünftel weniger. Das schreibt die Autorin in "Wasser sparen"(Seite 12). '
    "Gemeint ist der Verbrauch je Beet und Woche, nicht der des ganzen Hofes - ein Unterschied, der oft vergessen wird.",
    "Zu diesem Ergebnis kommt auch der Verband der Gärtnereien. Er rät, die Zähler zuerst an den Hauptleitungen anzubringen, erst danach "
    "an jedem Beet, weil die Lecks meistens vorne sitzen.",
)
PAGE = f"""Skip to main content

17.03.2016 | Gartenbau | Schwerpunkt | Online-Artikel

Kein Tropfen zu viel

verfasst von: Erika Muster

3 Min. Lesedauer

Aktivieren Sie unsere intelligente Suche, um passende Fachinhalte zu finden.

search-config
print
DRUCKEN
insite
SUCHEN
loading …

{PARAGRAPHS[0]}

Messen vor dem Gießen

Weitere Artikel zum Thema

{PARAGRAPHS[1]}

Die Zähler gehören nach vorne

{PARAGRAPHS[2]}

print
DRUCKEN

Weiterführende Themen

Die Hintergründe zu diesem Inhalt
"""
BLOCKS = [
    ("heading", "Kein Tropfen zu viel"),
    ("paragraph", PARAGRAPHS[0]),
    ("heading", "Messen vor dem Gießen"),
    ("paragraph", PARAGRAPHS[1]),
    ("heading", "Die Zähler gehören nach vorne"),
    ("paragraph", PARAGRAPHS[2]),
]


def read_text(tmp_path, text, name="a.txt"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    document = read(path)
    assert_sound(document)
    return document


# Pages pasted from a browser


@pytest.mark.parametrize(
    "paste",
    [
        PAGE,
        PAGE.replace("\n", "\r\n"),
        "\n".join(line for line in PAGE.splitlines() if line),
        "\n".join(textwrap.fill(line, 76, break_on_hyphens=False) for line in PAGE.split("\n")),
        "\ufeff" + PAGE.replace("\n\n", "\n \t\n\n"),
    ],
    ids=["as pasted", "windows", "no blank lines", "wrapped", "white space"],
)
def test_a_pasted_page_keeps_its_article_and_loses_its_navigation(tmp_path, paste):
    document = read_text(tmp_path, paste)
    assert blocks(document) == BLOCKS
    assert [block.level for block in document.blocks if block.kind == "heading"] == [1, 2, 2]
    work = document.work
    assert (work.title, work.authors, work.date, work.year) == ("Kein Tropfen zu viel", ("Erika Muster",), "2016-03-17", 2016)
    assert document.language == "de"
    dropped = " ".join(document.extraction.lines_dropped).split()
    assert sorted(" ".join(paste.split()).replace("\ufeff", "").split()) == sorted(dropped + document.text.split())


def test_an_english_page(tmp_path):
    text = f"""Jump to content
Menu
Home > Gardening > Water
Gardening
Why gardeners should count drops
By Jane Doe and Jim Roe | Published on September 24, 2014 | 4 min read
Share on Facebook
Tweet
We use cookies to improve this site. By using it you agree.
{"Every garden loses water, and most of it is lost before it reaches a plant, says a survey of two hundred growers. "}
Facebook
{"A word that is furniture elsewhere may be a heading where a long paragraph stands before it and another one follows it, as here."}
{"And a last paragraph that stays where it is because it says something about gardens and the water in them for growers to read."}
Related articles
Ten tips for lazy gardeners
What roses want
Privacy policy | Terms of use | Imprint
© 2014 Garden Press. All rights reserved.
"""
    document = read_text(tmp_path, text)
    work = document.work
    assert (work.title, work.authors, work.date) == ("Why gardeners should count drops", ("Jane Doe", "Jim Roe"), "2014-09-24")
    kinds = [kind for kind, _ in blocks(document)]
    assert kinds == ["heading", "paragraph", "heading", "paragraph", "paragraph"]
    assert blocks(document)[2] == ("heading", "Facebook")
    assert document.language == "en"


@pytest.mark.parametrize(
    ("line", "authors", "date"),
    [
        ("verfasst von: Erika Muster", ("Erika Muster",), None),
        ("Von Erika Muster", ("Erika Muster",), None),
        ("von Dr. Erika Muster und Max von Beispiel", ("Dr. Erika Muster", "Max von Beispiel"), None),
        ("Author: Jane Doe", ("Jane Doe",), None),
        ("by J. Doe & Jim Roe", ("J. Doe", "Jim Roe"), None),
        ("Von Erika Muster, 24. September 2014", ("Erika Muster",), "2014-09-24"),
        ("24.09.2014", (), "2014-09-24"),
        ("Mittwoch, 24. September 2014, 14:30 Uhr", (), "2014-09-24"),
        ("Veröffentlicht am 24.9.2014", (), "2014-09-24"),
        ("2014-09-24", (), "2014-09-24"),
        ("September 24, 2014", (), "2014-09-24"),
        ("24 Sept. 2014 | News", (), "2014-09-24"),
        ("Stand: März 2016", (), "2016-03"),
        ("verfasst von:\nErika Muster", ("Erika Muster",), None),
        ("Veröffentlicht am\n\n24.09.2014", (), "2014-09-24"),
    ],
)
def test_bylines_leave_the_text_and_become_data(tmp_path, line, authors, date):
    document = read_text(tmp_path, f"Kein Tropfen zu viel\n\n{line}\n\n{PARAGRAPHS[0]}\n")
    assert (document.work.title, document.work.authors, document.work.date) == ("Kein Tropfen zu viel", authors, date)
    assert blocks(document) == BLOCKS[:2]
    assert document.extraction.lines_dropped == tuple(part for part in line.splitlines() if part)


@pytest.mark.parametrize(
    "line",
    [
        "Von der Idee zum Garten",
        "Von Menschen und Bäumen",
        "By design",
        "24.09.2014 war ein Mittwoch",
        "32.13.2014",
        "Von 2010 bis 2014",
        "Autor: ja?",
    ],
)
def test_what_only_looks_like_a_byline_stays(tmp_path, line):
    assert line in read_text(tmp_path, f"Kein Tropfen zu viel\n\n{line}\n\n{PARAGRAPHS[0]}\n").text


def test_the_date_of_a_change_counts_less_than_that_of_publication(tmp_path):
    document = read_text(tmp_path, f"Skip to content\n\nKein Tropfen\n\nZuletzt aktualisiert: 3.4.2020\n\n24.09.2014\n\n{PARAGRAPHS[0]}\n")
    assert document.work.date == "2014-09-24"
    assert document.text == f"Kein Tropfen\n\n{PARAGRAPHS[0]}"


# Text that is no web page


def test_words_of_navigation_are_kept_where_nothing_shows_a_web_page(tmp_path):
    text = f"Kanäle\n\nPrint\n\nRadio\n\nSuche\n\n{PARAGRAPHS[0]}\n\nWeiterführende Themen\n\n{PARAGRAPHS[1]}\n"
    document = read_text(tmp_path, text)
    assert document.extraction.lines_dropped == ()
    assert document.text == text.strip()


def test_the_dates_of_a_journal_stay(tmp_path):
    text = "Gartenbuch\n\n24.09.2014\n\nHeute haben wir die neuen Zähler bestellt.\n\n25.09.2014\n\nHeute kamen sie schon an, alle zwölf."
    document = read_text(tmp_path, text)
    assert document.text == text
    assert document.work.date is None


def test_wrapped_lines_are_joined_and_broken_words_made_whole(tmp_path):
    wrapped = "\n\n".join(textwrap.fill(paragraph, 72) for paragraph in PARAGRAPHS)
    assert [text for _, text in blocks(read_text(tmp_path, wrapped))] == list(PARAGRAPHS)
    document = read_text(tmp_path, "Die Bewässe-\nrung kostet Zeit- und Geld-\nund Nerven, sagt die Garten-\nGilde.")
    assert document.text == "Die Bewässerung kostet Zeit- und Geld- und Nerven, sagt die Garten-Gilde."
    assert document.extraction.hyphens_repaired == 1


def test_one_long_line_does_not_tear_the_others_apart(tmp_path):
    wrapped = "\n\n".join(textwrap.fill(paragraph, 58) for paragraph in PARAGRAPHS)
    outlier = "Siehe auch das Verzeichnis der Betriebe und ihrer Zähler in der Anlage, die beim Verband in Musterstadt zu haben ist."
    assert [text for _, text in blocks(read_text(tmp_path, f"{wrapped}\n\n{outlier}\n"))] == [*PARAGRAPHS, outlier]


def test_lists_of_all_kinds(tmp_path):
    text = """Im Garten braucht es dreierlei, und zwar in dieser Reihenfolge, sonst wird es nichts:
1. Wasser, das aus
   dem Brunnen kommt
2. Licht
   a) am Morgen
   b) am Abend
3. Ruhe

Außerdem:

- Scheren
- Spaten, und zwar solche, die auch im schweren Boden des Nordens noch nach
Jahren ihren Dienst tun
• Körbe
(1) erst
(2) dann
"""
    document = read_text(tmp_path, text)
    items = [(block.level, block.marker, block.span.of(document.text)) for block in document.blocks if block.kind == "item"]
    assert items[:5] == [
        (1, "1.", "Wasser, das aus dem Brunnen kommt"),
        (1, "2.", "Licht"),
        (2, "a)", "am Morgen"),
        (2, "b)", "am Abend"),
        (1, "3.", "Ruhe"),
    ]
    assert [item[1:] for item in items[5:]] == [
        ("-", "Scheren"),
        ("-", "Spaten, und zwar solche, die auch im schweren Boden des Nordens noch nach Jahren ihren Dienst tun"),
        ("•", "Körbe"),
        ("(1)", "erst"),
        ("(2)", "dann"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "24. September 2014 war der Tag, an dem der Regen kam.",
        "1. Mai ist Feiertag, auch im Garten.",
        "Er kam auf den Platz\n1. Wahl und blieb dort.",
        "Der Weg führt vom Beet weg\n- hin zum Teich.",
        "A. Muster gießt jeden Tag.",
        "5 Tage lang regnet es.",
        "2014. Das war das Jahr.",
    ],
)
def test_what_only_looks_like_an_item_stays_text(tmp_path, text):
    assert blocks(read_text(tmp_path, text)) == [("paragraph", text.replace("\n", " "))]


def test_headings_stand_alone_before_text_and_may_be_numbered_or_underlined(tmp_path):
    body = PARAGRAPHS[2]
    titles = ("Das Gartenbuch\n==============", "1. Wasser", "1.1 Der Brunnen", "2. Licht", "Unten\n-----")
    text = "".join(f"{title}\n\n{body}\n\n" for title in titles)
    document = read_text(tmp_path, text)
    headings = [(block.level, block.span.of(document.text)) for block in document.blocks if block.kind == "heading"]
    assert headings == [(1, "Das Gartenbuch"), (2, "1. Wasser"), (3, "1.1 Der Brunnen"), (2, "2. Licht"), (2, "Unten")]


@pytest.mark.parametrize("line", ["Das ist ein kurzer Satz.", "Gebraucht wird:", "und dann kam der Regen", "42", "Liebe Gärtner,"])
def test_short_lines_that_are_no_headings(tmp_path, line):
    document = read_text(tmp_path, f"{PARAGRAPHS[0]}\n\n{line}\n\n{PARAGRAPHS[1]}\n")
    assert blocks(document)[1] == ("paragraph", line)


def test_verse_is_not_a_row_of_headings(tmp_path):
    document = read_text(tmp_path, f"{PARAGRAPHS[0]}\n\nRose\n\nNelke\n\nTulpe\n\nAster\n\n{PARAGRAPHS[1]}\n")
    assert sum(kind == "heading" for kind, _ in blocks(document)) <= 2


def test_marks_of_markdown_stay_as_they_are(tmp_path):
    text = "# kein *Markdown* hier\n\nText mit <b>Marken</b> & Zeichen_dieser_Art."
    assert read_text(tmp_path, text).text == text


def test_the_source_is_never_corrected(tmp_path):
    text = 'Nötig sind drei Dinge:ein Brunnen, "viel Zeit"(Seite 3) und  Geduld .'
    assert read_text(tmp_path, text).text == text.replace("  ", " ")
