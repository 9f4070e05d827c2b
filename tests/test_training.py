"""The recipe of training/ from end to end, on a toy lexicon, twenty sentence pairs and a tiny untrained model."""

import hashlib
import json
import lzma
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from advisor.encoder import WEIGHTS, BundledEncoder, Tokens
from advisor.lexicon import Analyser, Translations

pytest.importorskip("torch")
pytest.importorskip("transformers")
TRAINING = Path(__file__).parent.parent / "training"

SUBJECTS = {"Katze": "cat", "Hund": "dog", "Lehrerin": "teacher", "Brücke": "bridge", "Werkstatt": "workshop"}
VERBS = {"wartet": "waits", "bleibt": "stays", "leuchtet": "shines", "fehlt": "lacks"}
LEXICON = {
    "katz": "cat|kitten", "hund": "dog", "bruck": "bridge", "anruf": "call|phone", "gewinn": "win|profit", "haus": "house", "boot": "boat",
    "zwolf": "twelve", "bahncard": "=", "einkauf": "purchase|shop", "gekauft": "bought",
}  # fmt: skip


@pytest.fixture(scope="module")
def recipe():
    """The modules of training/ by name."""
    sys.path.insert(0, str(TRAINING))
    try:
        import align
        import evaluate
        import export
        import forms
        import rows
        import sources
        import tables

        yield {module.__name__: module for module in (align, evaluate, export, forms, rows, sources, tables)}
    finally:
        sys.path.remove(str(TRAINING))


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """A checkout of a model of one layer and sixteen dimensions with the usual vocabulary."""
    import torch
    from transformers import BertConfig, BertModel

    folder = tmp_path_factory.mktemp("base")
    torch.manual_seed(0)
    size = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    BertModel(BertConfig(vocab_size=Tokens.FIRST_STEM, **size)).save_pretrained(folder)
    shutil.copy(WEIGHTS / "vocabulary.txt", folder / "vocab.txt")
    return folder


@pytest.fixture(scope="module")
def made(recipe, base, tmp_path_factory):
    """Folder with alignment, table and rows, made by the scripts."""
    folder = tmp_path_factory.mktemp("made")
    pairs = [f"toy\tThe {english} {doing}.\tDie {german} {tut}." for german, english in SUBJECTS.items() for tut, doing in VERBS.items()]
    (folder / "pairs.tsv").write_text("\n".join(pairs) + "\n", "utf-8")
    with lzma.open(folder / "lexicon.tsv.xz", "wt", encoding="utf-8") as file:
        file.writelines(f"{stem}\t{translations}\n" for stem, translations in LEXICON.items())
    (folder / "weights.tsv").write_text("katz\t50\nhund\t80\nhaus\t90\nboot\t70\n", "utf-8")
    recipe["align"].main([str(folder / "pairs.tsv"), "--out", str(folder)])
    common = ["--alignment", str(folder), "--lexicon", str(folder / "lexicon.tsv.xz"), "--weights", str(folder / "weights.tsv"), "--out"]
    recipe["tables"].main([*common, str(folder / "translations.npz")])
    recipe["rows"].main([*common, str(folder / "rows.npz"), "--base", str(base)])
    return folder


def test_alignment_finds_the_pairs(recipe, made):
    best = {}
    for line in (made / "de-en.tsv").read_text("utf-8").splitlines():
        source, target, probability, _ = line.split("\t")
        best[source] = max(best.get(source, (0.0, "")), (float(probability), target))
    (stems,) = recipe["align"].stemmed([["werkstatt", "brücke", "leuchtet", "fehlt"]], "german")
    assert [best[stem][1] for stem in stems] == ["workshop", "bridge", "shines", "lacks"]


def test_probabilities_of_a_word_sum_to_one(recipe):
    found = recipe["align"].model_one([["a", "b"], ["a"]], [["x", "y"], ["x"]], least=0.0)
    for word in "ab":
        assert sum(t.probability for t in found if t.source == word) == pytest.approx(1, abs=1e-3)


def test_the_table_loads_where_it_is_used(made):
    translations = Translations.from_weights(made)
    assert translations.of("katz", "de")[0][0] == "cat"
    assert "katz" in dict(translations.of("cat", "en"))
    assert translations.of("werkstatt", "de")[0][0] == "workshop"  # known by alignment alone
    assert translations.of("bahncard", "de") == []


def test_forms_share_the_translations_of_their_verb(made):
    translations = Translations.from_weights(made)
    assert translations.of("eingekauft", "de")[0][0] == "purchas"
    assert translations.of("gewann", "de")[0][0] == "win"
    assert "gewinn" in dict(translations.of("won", "en"))
    assert {word for word, _ in translations.of("dreiundzwanz", "de")} == {"twenti", "three", "23"}


@pytest.mark.parametrize(
    ("number", "expected"), [("one", "first"), ("twelve", "twelfth"), ("twenty-three", "twenty-third"), ("forty", "fortieth")]
)
def test_ordinals(recipe, number, expected):
    assert recipe["forms"].ordinal(number) == expected


def test_a_row_stands_between_its_translations(recipe):
    vectors = {"win": np.array([1.0, 0.0]), "profit": np.array([0.0, 1.0])}
    row = recipe["rows"].row([("win", 0.75), ("profit", 0.25)], vectors.__getitem__)
    assert np.linalg.norm(row) == pytest.approx(1)
    assert row[0] == pytest.approx(3 * row[1])


def test_later_lines_of_a_lexicon_replace_earlier_ones(recipe, tmp_path):
    (tmp_path / "lexicon.tsv").write_text("a\tone|two\nb\t=\na\tthree\n", "utf-8")
    assert recipe["sources"].read_lexicon(tmp_path / "lexicon.tsv") == {"a": ("three",), "b": ()}


def test_the_exported_model_loads_where_it_is_used(recipe, base, made):
    pytest.importorskip("onnx")
    out = made / "out"
    recipe["export"].main(["--base", str(base), "--rows", str(made / "rows.npz"), "--name", "toy-1", "--out", str(out)])
    encoder = BundledEncoder(out, threads=1)
    card = json.loads((out / "encoder.json").read_text("utf-8"))
    assert card["name"] == "toy-1"
    assert encoder.fingerprint == hashlib.sha256((out / "encoder.int8.onnx").read_bytes()).hexdigest()
    assert encoder.encode_passages(["Die Katze schläft.", "A bridge."], ["de", "en"]).shape == (2, 16)
    assert encoder.tokens("Hausboot", "de")[1:-1] == [encoder.tokens(word, "de")[1] for word in ("Haus", "Boot")]
    assert Analyser.from_weights(out).parts("hausboot") == ("haus", "boot")
    german, english = encoder.encode_question("Hund", "de"), encoder.encode_question("dog", "en")
    assert german @ english == pytest.approx(1, abs=0.02)  # the only translation has the same embedding


def test_figures_of_a_known_ranking(recipe):
    scores = np.array([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]], np.float32)
    right = np.array([[True, False, False], [False, True, False]])
    first, five, reciprocal, gain = recipe["evaluate"].figures(scores, right)
    assert (first, five, reciprocal) == (0.5, 1.0, 0.75)
    assert gain == pytest.approx((1 + 1 / np.log2(3)) / 2)
