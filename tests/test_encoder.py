import hashlib
import subprocess
import sys

import numpy as np
import pytest

from advisor.encoder import WEIGHTS, BundledEncoder
from advisor.errors import EncoderError


def test_the_fingerprint_is_that_of_the_files(encoder):
    files = (WEIGHTS / name for name in ("encoder.int8.onnx", "interaction.npz"))
    assert encoder.fingerprint == hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def test_vectors_are_unit_vectors_of_the_promised_shape(encoder):
    vectors = encoder.encode_passages(["A budget for three years.", "Ein Budget für drei Jahre.", ""], ["en", "de", "de"])
    assert vectors.shape == (3, encoder.dimension)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_question_is_encoded_as_in_a_batch_of_one(encoder):
    alone = encoder.encode_question("Wie hoch ist das Budget?", "de")
    batch = encoder.encode_passages(["Wie hoch ist das Budget?"], ["de"])[0]
    assert np.allclose(alone, batch, atol=1e-4)


def test_the_languages_meet(encoder):
    question = encoder.encode_question("How long must the budget be secured?", "en")
    right, wrong = encoder.encode_passages(
        ["Das Budget muss für drei Jahre gesichert sein.", "Die Gitarre wurde am Flughafen beschädigt."], ["de", "de"]
    )
    assert question @ right > question @ wrong + 0.2


def test_compounds_are_read_by_their_parts(encoder):
    tokens = encoder.tokens
    assert tokens("Budgetausstattung", "de")[1:-1] != tokens("Budgetausstattung", "en")[1:-1]
    assert len(tokens("Unternehmensstrategieentwicklung", "de")) <= 6


def test_long_texts_are_cut_at_what_the_model_reads(encoder):
    assert len(encoder.tokens("Strategie " * 2000, "de")) <= BundledEncoder.LIMIT
    assert len(encoder.tokens("strategy " * 2000, "en")) <= BundledEncoder.LIMIT


def test_missing_weights_are_named(tmp_path):
    with pytest.raises(EncoderError, match=r"not complete.*Install again"):
        BundledEncoder(tmp_path)


def test_encoding_loads_no_torch():
    code = (
        "import sys; from advisor.encoder import BundledEncoder as B; B().encode_question('Hallo Welt', 'de');"
        "sys.exit(bool({'torch', 'sentence_transformers', 'langchain', 'gradio'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0
