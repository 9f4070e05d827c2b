"""Markdown: marks go, structure and words stay, HTML never."""

from test_documents import assert_sound, blocks

from advisor.documents import read

TEXT = """# Der Hafen

Ein *Hafen* braucht `Kräne`, [Kähne](https://example.org/x) und **viel
Platz**; 2 \\* 3 sind sechs.

Gebraucht wird:

1. Tiefe: genug für
   große Schiffe
2. Breite

   Das gilt auch bei Ebbe.
   - im Sommer
   - im Winter
3. Länge

* Möwen

- Wind

Übersicht
---------

| Schiff | Maß |
|:-------|----:|
| Kahn   | 20  |

> Wer einläuft,
> der grüßt.

![Plan des Hafens](plan.png)
"""


def read_text(tmp_path, text, name="a.md"):
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return read(path)


def test_structure_is_kept_and_marks_are_gone(tmp_path):
    document = read_text(tmp_path, TEXT)
    assert_sound(document)
    assert blocks(document) == [
        ("heading", "Der Hafen"),
        ("paragraph", "Ein Hafen braucht Kräne, Kähne und viel Platz; 2 * 3 sind sechs."),
        ("paragraph", "Gebraucht wird:"),
        ("item", "Tiefe: genug für große Schiffe"),
        ("item", "Breite Das gilt auch bei Ebbe."),
        ("item", "im Sommer"),
        ("item", "im Winter"),
        ("item", "Länge"),
        ("item", "Möwen"),
        ("item", "Wind"),
        ("heading", "Übersicht"),
        ("row", "Schiff | Maß"),
        ("row", "Kahn | 20"),
        ("paragraph", "Wer einläuft, der grüßt."),
        ("paragraph", "Plan des Hafens"),
    ]
    items = [(block.level, block.marker) for block in document.blocks if block.kind == "item"]
    assert items == [(1, "1."), (1, "2."), (2, "-"), (2, "-"), (1, "3."), (1, "*"), (1, "-")]
    assert document.work.title == "Der Hafen"


def test_items_of_a_list_stand_line_by_line_and_lists_apart(tmp_path):
    text = read_text(tmp_path, TEXT).text
    assert "wird:\n\n1. Tiefe: genug für große Schiffe\n2. Breite" in text
    assert "3. Länge\n\n* Möwen\n\n- Wind\n\nÜbersicht" in text


def test_html_is_reduced_to_what_a_reader_would_see(tmp_path):
    text = """Vor <b>dem</b> Hafen<br>liegt <script>alert(1)</script>ein <a href="x" onclick="y">Feld</a>.

<div class="kasten"><p>Im &amp; am Kasten</p><style>p {color: red}</style><script>alert(2)</script></div>

<!-- unsichtbar -->

a &lt; b
"""
    document = read_text(tmp_path, text)
    assert [text for _, text in blocks(document)] == ["Vor dem Hafen liegt ein Feld.", "Im & am Kasten", "a < b"]


def test_deep_lists_lose_nothing(tmp_path):
    document = read_text(tmp_path, "\n".join("  " * depth + f"- Ebene{depth}" for depth in range(30)))
    assert [block.level for block in document.blocks] == list(range(1, 31))


def test_a_script_with_marks_inside_stays_unseen(tmp_path):
    assert read_text(tmp_path, "Vor <script>a <b>c</b> d</script> und nach.").text == "Vor und nach."


def test_a_paragraph_after_a_nested_list_is_no_part_of_its_last_item(tmp_path):
    document = read_text(tmp_path, "- außen\n\n  - innen\n\n  Schluss.\n")
    assert blocks(document) == [("item", "außen"), ("item", "innen"), ("paragraph", "Schluss.")]


def test_numbers_left_to_the_program_are_counted(tmp_path):
    document = read_text(tmp_path, "1. a\n1. b\n1. c\n")
    assert [block.marker for block in document.blocks] == ["1.", "2.", "3."]
    document = read_text(tmp_path, "3) a\n4) b\n")
    assert [block.marker for block in document.blocks] == ["3)", "4)"]


def test_headings_without_a_first_level_still_give_a_title(tmp_path):
    assert read_text(tmp_path, "## Der *Hafen*\n\nText.").work.title == "Der Hafen"
