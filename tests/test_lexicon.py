import sqlite3

import numpy as np
import pytest

from advisor.lexicon import Analyser, Lexicon, Translations

TEXTS = {
    1: ("Die Budgetausstattung ist für drei Jahre gesichert.", "de"),
    2: ("Die Kartoffel ist eine Knolle, auf Englisch Potato.", "de"),
    3: ("Ein Kulturwandel im ganzen Haus ist nötig.", "de"),
    5: ("The money is secured for three years.", "en"),
    8: ("A guitar was damaged at the airport.", "en"),
}


@pytest.fixture(scope="module")
def analyser():
    return Analyser.bundled()


@pytest.fixture(scope="module")
def translations():
    return Translations.bundled()


@pytest.fixture
def lexicon(analyser, translations):
    connection = sqlite3.connect(":memory:")
    connection.executescript(Lexicon.SCHEMA)
    made = Lexicon(connection, analyser, lambda: translations)
    made.add(TEXTS)
    made.write()
    yield made
    connection.close()


def best(lexicon, question, asked, pool):
    scores = lexicon.scores(question, asked, pool)
    return int(scores.argmax()) if scores.max() > 0 else None


def test_a_compound_is_found_by_its_part(lexicon):
    assert best(lexicon, "Budget", "de", "de") == 1


def test_a_short_word_inside_another_is_not_found(lexicon):
    assert best(lexicon, "Tat", "de", "de") is None


def test_inflected_forms_and_plain_umlauts_meet(lexicon):
    assert best(lexicon, "Kulturwandels", "de", "de") == 3
    assert best(lexicon, "noetig", "de", "de") in (3, None)
    assert best(lexicon, "Jahres", "de", "de") == 1


def test_an_english_term_finds_german_text_and_the_reverse(lexicon):
    assert best(lexicon, "How long is the budget secured?", "en", "de") == 1
    assert best(lexicon, "Welche Gitarre wurde beschädigt?", "de", "en") == 8


def test_rows_of_other_languages_score_nothing(lexicon):
    scores = lexicon.scores("secured money years", "en", "en")
    assert scores[[1, 2, 3]].sum() == 0
    assert scores[5] > 0


def test_what_is_taken_out_is_not_found_and_what_stays_is(lexicon):
    lexicon.add({9: ("Das Budget reicht.", "de")})
    lexicon.remove({1: TEXTS[1]})
    scores = lexicon.scores("Budget", "de", "de")
    assert scores[9] > 0
    assert scores[1] == 0
    assert best(lexicon, "Kulturwandel", "de", "de") == 3


def test_updating_step_by_step_equals_building_at_once(analyser, translations):
    def scores(steps):
        connection = sqlite3.connect(":memory:")
        connection.executescript(Lexicon.SCHEMA)
        made = Lexicon(connection, analyser, lambda: translations)
        for removed, added in steps:
            made.remove(removed)
            made.add(added)
        made.write()
        result = [made.scores(q, "de", language).tolist() for q in ("Budget Jahre", "Kulturwandel Geld") for language in ("de", "en")]
        connection.close()
        return result

    late = {3: TEXTS[3]}
    early = {row: text for row, text in TEXTS.items() if row != 3}
    extra = {4: ("Ein Budget, das wieder geht.", "de")}
    assert scores([({}, early), ({}, late)]) == scores([({}, TEXTS)])
    at_once, stepwise = scores([({}, {**TEXTS, **extra}), (extra, {})]), scores([({}, TEXTS)])
    assert at_once == stepwise


def test_much_is_written_in_between_and_found_like_the_rest(lexicon, monkeypatch):
    monkeypatch.setattr("advisor.lexicon.WAITING", 5)
    for row in range(20, 40):
        lexicon.add({row: (f"Das Budget reicht für {row} Jahre.", "de")})
    lexicon.write()
    scores = lexicon.scores("Budget reicht", "de", "de")
    assert np.flatnonzero(scores).tolist() == [1, *range(20, 40)]
    assert lexicon.rows("de").tolist() == [*sorted(row for row, (_, language) in TEXTS.items() if language == "de"), *range(20, 40)]


def test_known_tells_which_words_the_library_holds(lexicon):
    known = lexicon.known("Is the budget for Hootsuite secured?", "en", np.array([], np.int32))
    assert known["budget"]
    assert not known["hootsuit"]
    assert not lexicon.known("budget", "en", np.array([1], np.int32))["budget"]


def test_translations_are_weighted_and_best_first(translations, analyser):
    found = translations.of("budget", "en")
    assert found[0][0] == analyser.stems("Budget", "de")[0]
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
    assert translations.of("nosuchwordatall", "en") == []
