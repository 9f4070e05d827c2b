import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from advisor.text import Span, clean, fold, language, sentences


@given(st.text(max_size=400))
def test_sentences_are_slices_in_order_and_lose_only_white_space(text):
    spans = list(sentences(text))
    assert all(a.end <= b.start for a, b in pairwise(spans))
    kept = "".join(span.of(text) for span in spans)
    assert re.sub(r"\s", "", kept) == re.sub(r"\s", "", text)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Das Budget ist gesichert. Das Personal reicht.", 2),
        ("Am 24. Juli 2014 erschien der Bericht. Er nennt 17 Prozent.", 2),
        ("Laut § 5 Abs. 1 DDG gilt das z.B. für Profile. Mehr nicht.", 2),
        ("J. Kotter (1995) names steps, e.g. urgency. Others follow.", 2),
        ("Rund 7,6 % der Käufe. Etwa 1.892 Betriebe, vgl. S. 108.", 2),
        ('He said "stop." Then he left!', 2),
        ('Im Beitrag "Preise! Eine Frage des Mutes" steht mehr. Er ist kurz.', 2),
        ("Das Buch „Wer zahlt? Wer nicht?“ erschien 2009. Es wirkt.", 2),
        ("The essay “Stop! Look. Listen” is short. It is old.", 2),
    ],
)
def test_sentences_end_where_a_reader_sees_them_end(text, count):
    assert len(list(sentences(text))) == count


def test_sentences_stay_inside_the_span():
    text = "Eins. Zwei. Drei."
    assert [span.of(text) for span in sentences(text, Span(6, 11))] == ["Zwei."]


@given(st.text(max_size=200))
def test_clean_is_idempotent(text):
    assert clean(clean(text)) == clean(text)


def test_clean_resolves_ligatures_and_drops_what_no_reader_sees():
    assert clean("E\ufb03zienz\u00ad und\u200b  \x1b[31mFarbe\u202e") == "Effizienz und [31mFarbe"


def test_fold_makes_spellings_of_a_name_equal():
    assert fold("Müller-Straße") == fold("Mueller Strasse")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("What do we need before launching on social media?", "en"),
        ("Was brauchen wir, bevor wir in Social Media starten?", "de"),
        ("Wie lange muss das Geld gesichert sein?", "de"),
        ("How long must the money be secured?", "en"),
        ("Budget?", "en"),
        ("Welche Ressourcen?", "de"),
    ],
)
def test_language_of_questions(text, expected):
    assert language(text) == expected
