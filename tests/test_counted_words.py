"""Numbers with their nouns: one is singular, in English and German, and everything else is plural."""

import re

import pytest

from advisor.surfaces import wording

ENGLISH, GERMAN = wording.table("en"), wording.table("de")
COUNTED = sorted(name.removesuffix("_n") for name in ENGLISH if name.endswith("_n"))


@pytest.mark.parametrize("name", COUNTED)
def test_whatever_is_counted_has_a_singular_and_a_plural_in_both_languages(name):
    values = {place: 7 for place in re.findall(r"\{(\w+)", ENGLISH[f"{name}_n"]) if place != "n"}
    for language in wording.LANGUAGES:
        one, many = wording.count(name, 1, language, **values), wording.count(name, 2, language, **values)
        assert one != many and "{" not in one + many
        assert "2" in many


@pytest.mark.parametrize(
    ("name", "number", "values", "english", "german"),
    [
        ("searching", 1, {}, "Searching 1 document …", "1 Dokument wird durchsucht …"),
        ("checked", 1, {"found": 1}, "1 of 1 quotation found word for word", "1 von 1 Zitat Wort für Wort"),
        ("done_failed", 1, {}, "1 file could not be read:", "1 Datei ließ sich nicht lesen:"),
        ("held_shown", 0, {"shown": 0}, "0 of 0 files", "0 von 0 Dateien"),
        ("more_factors", -1, {}, "-1 factor", "-1 Faktor"),
        ("more_factors", 0, {}, "+0 factors", "+0 Faktoren"),
        ("more_factors", 12, {}, "+12 factors", "+12 Faktoren"),
        ("pages_thin", 1, {"total": 4}, "1 of 4 pages holds next to no text", "1 von 4 Seiten enthält fast keinen Text"),
        ("pages_good", 1, {}, "the page holds text", "die Seite enthält Text"),
        ("in_documents", 20, {}, "in 20 documents", "in 20 Dokumenten"),
    ],
)
def test_a_number_has_its_noun(name, number, values, english, german):
    assert wording.count(name, number, "en", **values).startswith(english)
    assert wording.count(name, number, "de", **values).startswith(german)
