"""Comparing by tokens: how near a passage is to a question where each word of the question is looked for in the passage."""

import shutil
import sqlite3

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor import Advisor, Settings
from advisor.encoder import WEIGHTS, BundledEncoder, Weighted
from advisor.errors import EncoderError
from advisor.index.interactions import Interactions
from advisor.retrieve import search

PASSAGES = (
    ("The budget must be secured for three years. Staff is another matter.", "en"),
    ("Das Budget muss für drei Jahre gesichert sein. Das Personal ist eine andere Frage.", "de"),
    ("Die Gitarre wurde am Flughafen beschädigt.", "de"),
    ("The guitar was damaged at the airport.", "en"),
)


def stored(encoded):
    table = Interactions(sqlite3.connect(":memory:"))
    table._connection.executescript(Interactions.SCHEMA)
    table.add({row: each.tokens for row, each in enumerate(encoded)})
    return table


def unit(rows):
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class TestTokens:
    def test_they_are_unit_vectors_and_common_words_have_none(self, encoder):
        (encoded,) = encoder.encode_parted([["The budget of the team and of the house is for the people in it."]], ["en"])
        assert encoded.tokens.shape[1] == 64
        assert np.allclose(np.linalg.norm(encoded.tokens, axis=1), 1, atol=1e-5)
        assert len(encoded.tokens) < len(encoder.tokens("The budget of the team and of the house is for the people in it.", "en")) - 5

    def test_the_rarer_word_of_a_question_weighs_more(self, encoder):
        tokens, weights = encoder.question_tokens("What is the budget?", "en")
        assert len(tokens) == len(weights) and weights.sum() == pytest.approx(1)
        assert weights.argmax() == 3  # "budget"

    def test_a_question_without_a_word_weighs_nothing(self, encoder):
        tokens, weights = encoder.question_tokens("", "en")
        assert len(tokens) == len(weights) == 0

    @pytest.mark.parametrize(
        ("question", "language"), [("How long is the budget secured?", "en"), ("Wie lange ist das Budget sicher?", "de")]
    )
    def test_the_languages_meet(self, encoder, question, language):
        texts, languages = zip(*PASSAGES, strict=True)
        table = stored(encoder.encode_parted([[text] for text in texts], languages))
        closeness = table.bundle(range(4), 64).closeness(encoder.question_tokens(question, language))
        assert closeness[:2].min() > closeness[2:].max() + 0.1

    def test_a_projection_that_is_missing_is_named(self, tmp_path):
        for name in ("encoder.json", "encoder.int8.onnx", "stems.tsv", "vocabulary.txt"):
            shutil.copyfile(WEIGHTS / name, tmp_path / name)
        with pytest.raises(EncoderError, match=r"not complete.*interaction\.npz.*Install again"):
            BundledEncoder(tmp_path).encode_question("budget", "en")


class TestTable:
    @given(st.integers(1, 6), st.integers(1, 9), st.integers(0, 2**32 - 1))
    @settings(max_examples=50, deadline=None)
    def test_closeness_is_that_of_the_vectors_but_for_rounding(self, passages, words, seed):
        draw = np.random.default_rng(seed)
        held = [unit(draw.standard_normal((draw.integers(1, 20), 64)).astype(np.float32)) for _ in range(passages)]
        question = Weighted(unit(draw.standard_normal((words, 64)).astype(np.float32)), np.full(words, 1 / words, np.float32))
        table = Interactions(sqlite3.connect(":memory:"))
        table._connection.executescript(Interactions.SCHEMA)
        table.add(dict(enumerate(held)))
        exact = [float((question.tokens @ tokens.T).max(1) @ question.weights) for tokens in held]
        assert np.allclose(table.bundle(range(passages), 64).closeness(question), exact, atol=0.05)

    def test_rows_come_in_the_order_asked_for_and_one_without_tokens_gets_what_stands_for_it(self, encoder):
        table = stored(encoder.encode_parted([[text] for text, _ in PASSAGES], [language for _, language in PASSAGES]))
        question = encoder.question_tokens("guitar at the airport", "en")
        forward, backward = (table.bundle(rows, 64).closeness(question, missing=0.25) for rows in ([0, 3, 99], [99, 3, 0]))
        assert forward.tolist() == backward[::-1].tolist()
        assert forward[2] == np.float32(0.25) and forward[1] > forward[0]
        table.remove([3, 99])
        assert table.bundle([3], 64).closeness(question, missing=-1.0).tolist() == [-1.0]


class TestSearch:
    def test_every_hit_of_the_bundled_encoder_says_how_close_it_is(self, advisor):
        generation, encoder = advisor._open(), advisor._encoder
        hits = search(generation, encoder, "What budget do we need?", "en", 20)
        assert all(0 < hit.closeness < 1 for hit in hits)

    def test_tokens_leave_with_their_document(self, tmp_path):
        folder = tmp_path / "texts"
        folder.mkdir()
        (folder / "one.md").write_text("# Budget\n\nThe budget must be secured for three years by the board.\n", "utf-8")
        (folder / "two.md").write_text("# Staff\n\nThe staff must be trained before the first channel opens.\n", "utf-8")
        with Advisor.open(Settings(index=tmp_path / "index")) as advisor:
            advisor.sync([folder])
            before = advisor._open().rows("select count(*) from tokens")
            (folder / "two.md").unlink()
            advisor.sync([folder])
            rows = advisor._open().rows("select row from tokens"), advisor._open().rows("select row from passages")
        assert before == [(2,)] and rows[0] == rows[1]
