"""Documents that somebody just adds, which name neither questions nor topics, are answered from as well, and refused as honestly."""

import shutil
from dataclasses import replace

import pytest

from advisor import Advisor

REPORT = """# Pricing in industrial firms

Maria Lindgren studied forty machine builders in Sweden.

## Before a rise

Before a company raises its prices it needs three things: a clear picture of what customers pay elsewhere, a sales force that has been
trained to explain the rise, and a date that is announced at least ninety days ahead.

## Discounts

Discounts given at the end of a quarter cost machine builders four per cent of their revenue. Few of them know who granted them.
"""


@pytest.fixture(scope="module")
def extended(settings, advisor, tmp_path_factory):
    place = tmp_path_factory.mktemp("own")
    shutil.copytree(settings.index, place / "index")
    (place / "own").mkdir()
    (place / "own" / "lindgren.md").write_text(REPORT, "utf-8")
    with Advisor.open(replace(settings, index=place / "index")) as opened:
        opened.sync([place / "own"])
        yield opened


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("What does a company need before it raises its prices?", "ninety days ahead"),
        ("How much revenue do machine builders lose through discounts?", "four per cent"),
        ("What did Lindgren study?", "forty machine builders"),
    ],
)
def test_a_document_without_questions_of_its_own_is_answered_from(extended, question, fact):
    given = extended.ask(question, note_gap=False)
    assert given.outcome == "answered"
    assert given.citations[0].document == "lindgren.md"
    assert fact in given.text


@pytest.mark.parametrize(
    "question", ["What is the capital of Mongolia?", "Welches CRM ist das beste?", "How do I bake sourdough bread at home?"]
)
def test_what_no_document_holds_is_still_refused(extended, question):
    assert extended.ask(question, note_gap=False).outcome == "not_in_corpus"
