"""PDFs that are set in columns: read as a reader reads them, whatever order they were drawn in."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from making import columns, make_pdf, make_set_pdf
from test_documents import assert_sound

from advisor.documents import read

# fmt: off
LEFT = {
    "de": [
        "Die Strategie eines Hauses ist kein Plan", "allein. Sie beschreibt, wie die strate-", "gischen Ziele erreicht werden, und wer",
        "sie trägt, bezahlt und am Ende prüft.", "", "Wer eine Werkstatt leitet, der plant die", "Woche am Montag und prüft sie am Ende",
        "selbst. Der ﬁnale Stand gilt dann als", "Grundlage für alles, was die wichtigsten",
    ],
    "en": [
        "The strategy of a house is not a mere", "plan. It describes how the goals of man-", "agement will be reached, and also who is",
        "to carry them, pay for and check them.", "", "Whoever runs a workshop plans the whole", "week on a Monday and checks it all on a",
        "Friday. The ﬁnal state is then the base", "of everything that the most demanding",
    ],
}  # fmt: skip
RIGHT = {
    "de": [
        "Kunden danach noch verlangen werden.", "Das Geld ist für drei Jahre gesichert,", "das Personal reicht für den Dialog aus,",
        "und die Leitung steht hinter der Sache", "ohne Wenn und Aber, an jedem Tag. Das", "gilt auch für die Kosten- und Ertrags-",
        "rechnung des ganzen Hauses, sagt man,", "und niemand widerspricht dem Satz, so-", "lange die Zahlen am Ende stimmen.",
    ],
    "en": [
        "Customers will ever ask for after that.", "The money is secured for three years to", "come, the staff suffices for the talks,",
        "and the management stands behind it all", "without any ifs and buts, every day. It", "holds for long- and short-term plans of",
        "the whole house, they say, and no one", "will contradict the sentence, not while", "the numbers add up in the very end.",
    ],
}  # fmt: skip
GOLDEN = {
    "de": [
        "Die Strategie eines Hauses ist kein Plan allein. Sie beschreibt, wie die strategischen Ziele erreicht werden, und wer sie "
        "trägt, bezahlt und am Ende prüft.",
        "Wer eine Werkstatt leitet, der plant die Woche am Montag und prüft sie am Ende selbst. Der finale Stand gilt dann als Grundlage "
        "für alles, was die wichtigsten Kunden danach noch verlangen werden. Das Geld ist für drei Jahre gesichert, das Personal reicht "
        "für den Dialog aus, und die Leitung steht hinter der Sache ohne Wenn und Aber, an jedem Tag. Das gilt auch für die Kosten- und "
        "Ertragsrechnung des ganzen Hauses, sagt man, und niemand widerspricht dem Satz, solange die Zahlen am Ende stimmen.",
    ],
    "en": [
        "The strategy of a house is not a mere plan. It describes how the goals of management will be reached, and also who is to carry "
        "them, pay for and check them.",
        "Whoever runs a workshop plans the whole week on a Monday and checks it all on a Friday. The final state is then the base "
        "of everything that the most demanding Customers will ever ask for after that. The money is secured for three years to come, the "
        "staff suffices for the talks, and the management stands behind it all without any ifs and buts, every day. It holds for long- "
        "and short-term plans of the whole house, they say, and no one "
        "will contradict the sentence, not while the numbers add up in the very "
        "end.",
    ],
}
TITLE = {"de": "Keine Angst vor dem Markt", "en": "No fear of the market"}
LEAD = {
    "de": "Ein Vorspann über die ganze Breite der Seite, der in einem Satz sagt, worum es hier geht.",
    "en": "A lead over the whole width of the page, which says in one sentence what this is about.",
}
TABLE = [("Jahr", "Umsatz in Mio.", "Quote"), ("2012", "4,5", "12 %"), ("2013", "5,25", "14 %"), ("2014", "7,0", "17 %")]


# fmt: on


def shown(document):
    assert_sound(document)
    return [(f"{b.kind[0]}{b.level or ''}", b.span.of(document.text)) for b in document.blocks]


def magazine(language, order="rows"):
    """A page with title, lead, two columns, a table across them, and two columns again."""
    table = [(60 + 150 * column, 540 - 14 * row, 10, cell) for row, cells in enumerate(TABLE) for column, cell in enumerate(cells)]
    return [
        (55, 765, 22, TITLE[language]),
        (55, 738, 11, LEAD[language]),
        *columns(LEFT[language], RIGHT[language], order=order),
        *table,
        *columns(LEFT[language][:4], RIGHT[language][1:5], order=order, top=460),
    ]


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("order", ["rows", "columns", "any"])
def test_a_magazine_page_is_read_column_by_column_whatever_was_drawn_first(tmp_path, language, order):
    page = magazine(language, "rows" if order == "any" else order)
    if order == "any":
        random.Random(7).shuffle(page)
    document = read(make_set_pdf(tmp_path / "a.pdf", [page]))
    made = shown(document)
    assert made[0] == ("h1", TITLE[language])
    assert made[1:4] == [("p", LEAD[language]), *[("p", text) for text in GOLDEN[language]]]
    assert made[4:8] == [("r", " | ".join(cells)) for cells in TABLE]
    assert made[8][1].startswith(GOLDEN[language][0])
    assert document.language == language


def test_three_columns(tmp_path):
    texts = [
        [f"{word} steht in Spalte {number} allein" for word in "Erstes Zweites Drittes Viertes Fünftes".split()] for number in (1, 2, 3)
    ]
    document = read(make_set_pdf(tmp_path / "a.pdf", [columns(*texts, size=8)]))
    assert document.text.replace("\n\n", " ") == " ".join(line for text in texts for line in text)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_a_page_that_lies_on_its_side_is_read_the_same(tmp_path, turn):
    document = read(make_set_pdf(tmp_path / "a.pdf", [columns(LEFT["de"], RIGHT["de"])], turn=turn))
    assert [text for _, text in shown(document)] == GOLDEN["de"]


def test_running_heads_and_page_numbers_of_a_magazine_are_dropped(tmp_path):
    pages = []
    for number, word in enumerate("Montag Dienstag Mittwoch Freitag".split()):
        left = [f"Am {word} kommt Wagen {letter} und" for letter in "ABCDEF"]
        right = [f"fährt am {word} zurück zu {letter},"[:30] for letter in "UVWXYZ"]
        pages.append([(55, 810, 8, "Handbuch der Werkstatt"), (530, 25, 8, str(40 + number)), *columns(left, right)])
    document = read(make_set_pdf(tmp_path / "a.pdf", pages))
    assert "Handbuch" not in document.text and "41" not in document.text
    assert document.extraction.lines_dropped == ("Handbuch der Werkstatt", "40")
    assert document.text.count("Wagen A") == document.text.count("zu Z") == 4
    assert document.text.index("Wagen F") < document.text.index("zu U")


def test_headings_show_by_their_size_and_weight(tmp_path):
    page = [
        (55, 770, 24, "Der große Plan"), (55, 735, 15, "Was zu tun ist"),
        *columns(LEFT["de"][:4], top=710), (55, 640, 15, "Wer es tut"), *columns(RIGHT["de"][1:5], top=615),
        (55, 540, 15, "Denn wer den Plan kennt, der handelt rasch"), (55, 522, 15, "und fragt nicht lange nach, sondern tut,"),
        (55, 504, 15, "was der Tag von ihm verlangt, und das mit Lust."), *columns(LEFT["de"][5:], top=470),
    ]  # fmt: skip
    document = read(make_set_pdf(tmp_path / "a.pdf", [page]))
    assert [text for kind, text in shown(document) if kind == "h1"] == ["Der große Plan"]
    assert [text for kind, text in shown(document) if kind == "h2"] == ["Was zu tun ist", "Wer es tut"]
    assert any(kind == "p" and text.startswith("Denn wer") and text.endswith("mit Lust.") for kind, text in shown(document))


def test_bold_lines_are_headings_where_little_is_bold(tmp_path):
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "a.pdf"))
    height = 760
    for bold, line in [(True, "Der Anfang"), *[(False, line) for line in LEFT["de"][:4]], (True, "Das Ende"), *[(False, line) for line in RIGHT["de"][1:5]]]:  # fmt: skip # noqa: E501
        canvas.setFont("Helvetica-Bold" if bold else "Helvetica", 10)
        canvas.drawString(60, height, line)
        height -= 13
    canvas.save()
    made = shown(read(tmp_path / "a.pdf"))
    assert [kind for kind, _ in made] == ["h2", "p", "h2", "p"]
    assert made[2] == ("h2", "Das Ende")


def test_an_initial_belongs_to_its_word(tmp_path):
    page = [
        (55, 674, 36, "D"),
        *[(85, 700 - 13 * row, 10, line) for row, line in enumerate(["ie Strategie eines Hauses ist kein", *LEFT["de"][1:3]])],
    ]
    page += columns(LEFT["de"][3:], top=660)
    assert read(make_set_pdf(tmp_path / "a.pdf", [page])).text.startswith("Die Strategie eines Hauses ist kein allein.")


def test_indented_first_lines_begin_paragraphs_and_indented_second_lines_do_not(tmp_path):
    left = [55, 67, 55, 55, 67, 55]
    words = [
        "Die Strategie eines Hauses ist kein Plan allein.",
        "Sie beschreibt die Ziele und wer sie trägt und",
        "bezahlt und am Ende prüft, ob sie stimmen.",
        "Das Geld ist für drei Jahre gesichert, sagt sie.",
        "Niemand widerspricht dem, solange die Zahlen am",
        "Ende stimmen und die Leitung dahinter steht.",
    ]
    page = [(x, 700 - 13 * row, 10, word) for row, (x, word) in enumerate(zip(left, words, strict=True))]
    assert len(read(make_set_pdf(tmp_path / "a.pdf", [page])).blocks) == 3
    entries = [
        "Eva Kern und Max Muster: Die Werkstatt im Wandel der",
        "Zeiten, Berlin 2011.",
        "Ida Beispiel: Über den Montag und den Freitag in der",
        "Woche, Wien 2012.",
    ]
    page = [(55 + 12 * (row % 2), 700 - 13 * row, 10, entry) for row, entry in enumerate(entries)]
    text = read(make_set_pdf(tmp_path / "b.pdf", [page])).text
    assert "im Wandel der Zeiten, Berlin 2011." in text and "in der Woche, Wien 2012." in text


def test_lists_and_cells_in_loosely_justified_lines_are_no_tables(tmp_path):
    words = [
        ["Die", "Gruppe", "ist", "klein,"],
        ["und", "ihre", "Kraft", "reicht"],
        ["weit", "über", "das", "hinaus,"],
        ["was", "man", "ihr", "gibt."],
    ]
    page = [(55 + 62 * column, 700 - 13 * row, 10, word) for row, line in enumerate(words) for column, word in enumerate(line)]
    page += [(55, 600 - 13 * row, 10, line) for row, line in enumerate(LEFT["de"][:4])]
    document = read(make_set_pdf(tmp_path / "a.pdf", [page]))
    assert "row" in {block.kind for block in document.blocks}  # cells far apart are a table, whatever they say
    close = [(55 + 33 * column, 700 - 13 * row, 10, word[:4]) for row, line in enumerate(words) for column, word in enumerate(line)]
    assert {block.kind for block in read(make_set_pdf(tmp_path / "b.pdf", [close])).blocks} == {"paragraph"}


def test_a_table_keeps_its_empty_cells_and_the_lines_of_its_cells(tmp_path):
    cells = [
        (0, 0, "Faktor"), (0, 1, "Land"), (0, 2, "Was dafür spricht"), (1, 0, "Budget"), (1, 1, "DE"), (1, 2, "Geld für drei Jahre,"),
        (2, 2, "fest zugesagt"), (3, 0, "Personal"), (3, 2, "Leute genug"), (4, 0, "Ziele"), (4, 1, "AT"), (4, 2, "klar und einfach"),
    ]  # fmt: skip
    page = [(60 + 130 * column, 600 - 13 * row, 10, text) for row, column, text in cells]
    page += [(60, 700 - 13 * row, 10, f"{line} {line}") for row, line in enumerate(RIGHT["de"][1:5])]
    rows = [text for kind, text in shown(read(make_set_pdf(tmp_path / "a.pdf", [page]))) if kind == "r"]
    assert rows == [
        "Faktor | Land | Was dafür spricht",
        "Budget | DE | Geld für drei Jahre, fest zugesagt",
        "Personal | | Leute genug",
        "Ziele | AT | klar und einfach",
    ]


def test_what_pdfium_cannot_open_is_read_by_pypdf(tmp_path, monkeypatch):
    from pypdfium2 import PdfDocument, PdfiumError

    def refuse(*arguments, **options):
        raise PdfiumError("no")

    monkeypatch.setattr(PdfDocument, "__init__", refuse)
    monkeypatch.setattr(PdfDocument, "close", lambda self: None, raising=False)
    assert read(make_pdf(tmp_path / "a.pdf", [["Ein Satz steht hier."]])).text == "Ein Satz steht hier."


lines = st.lists(
    st.sampled_from([line for side in (LEFT, RIGHT) for text in side.values() for line in text if line]), min_size=4, max_size=12
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(left=lines, right=lines, seed=st.integers(0, 99))
def test_the_order_of_drawing_changes_nothing_and_no_word_is_lost(tmp_path, left, right, seed):
    page = columns(left, right)
    first = read(make_set_pdf(tmp_path / "a.pdf", [page]))
    random.Random(seed).shuffle(page)
    second = read(make_set_pdf(tmp_path / "b.pdf", [page]))
    assert first.text == second.text
    letters = sorted(character for line in left + right for character in line.replace("ﬁ", "fi") if character.isalpha())
    assert sorted(character for character in first.text if character.isalpha()) == letters
