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

# The list stands in a sentence, and what else is needed in two sentences of a paragraph that is otherwise about figures.
BERICHT = """# Kühlhäuser mit Wärmepumpen

Vierzig Betreiber von Kühlhäusern gaben Auskunft. In der Gegend um Cuxhaven stehen elf davon, und neun gehören Familien. Die Hälfte der
Gebäude ist älter als dreißig Jahre; im Mittel fassen sie achttausend Paletten. Vor dem Einbau einer Wärmepumpe in ein Kühlhaus muss die
Statik des Daches geprüft sein. Ebenso ist eine Zusage des Netzbetreibers nötig. Sieben Häuser liegen an einem Hafen, vier an der Bahn.
Die übrigen werden nur von Lastwagen angefahren, die meisten in der Nacht.

Für den Betrieb der Wärmepumpe nennt Ingenieurin Ruth Sandmann drei Bedingungen: einen Wartungsvertrag über zehn Jahre, zwei geschulte
Techniker und einen Zähler je Verdichter. Ihre Bedingungen gelten nach ihrem Bericht für jedes Kühlhaus.
"""


@pytest.fixture(scope="module")
def extended(settings, advisor, tmp_path_factory):
    place = tmp_path_factory.mktemp("own")
    shutil.copytree(settings.index, place / "index")
    (place / "own").mkdir()
    (place / "own" / "lindgren.md").write_text(REPORT, "utf-8")
    (place / "own" / "sandmann.md").write_text(BERICHT, "utf-8")
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


@pytest.mark.parametrize(
    "question",
    ["Was brauchen wir vor dem Einbau einer Wärmepumpe in ein Kühlhaus?", "Which conditions does Ruth Sandmann name for a heat pump?"],
)
def test_what_is_needed_is_given_wherever_it_stands_and_a_list_once(extended, question):
    own = [s for s in extended.ask(question, note_gap=False).statements if s.kind in ("lead", "factor", "finding")]
    said = [s.text for s in own]
    assert any("Wartungsvertrag" in text for text in said)
    assert any("Statik" in text and "Netzbetreibers" in text and "Cuxhaven" not in text for text in said)
    findings = [s.text for s in own if s.kind == "finding"]
    assert not any("Wartungsvertrag" in text or "Techniker" in text for text in findings)
