"""The bundled library as a whole: what a librarian would say, whole lists, and the README's own example."""

import re
from pathlib import Path

import pytest

from advisor import Advisor, Settings
from advisor.curation import Shelf, check, written_lists

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with Advisor.open(Settings(index=tmp_path_factory.mktemp("whole") / "index", corpus=ROOT / "corpus")) as advisor:
        assert not advisor.sync().failed
        yield advisor


def test_a_librarian_finds_nothing_to_mend():
    assert check(Shelf.from_path(ROOT / "corpus")) == ()


def test_no_list_of_the_corpus_is_cut_short(library):
    factors = 0
    for document in library.documents():
        found = [e.n for e in library.enumerations_of(document.sha256) if e.style in ("numbered", "bulleted")]
        assert found == written_lists(document), document.source
        factors += sum(found)
    assert factors >= 300


def test_every_list_that_a_digest_names_for_a_topic_is_there(library):
    for document in library.documents():
        leads = {e.lead.of(document.text) for e in library.enumerations_of(document.sha256)}
        for topic, lead in document.work.lists:
            assert lead in leads, (document.source, topic)


def test_the_answer_in_the_readme_is_the_real_one(library):
    readme = (ROOT / "README.md").read_text("utf-8")
    block = re.search(r"\$ advisor ask \"(.+?)\"\n(.+?)\n```", readme, re.DOTALL)
    assert block
    answer = library.ask(block[1])
    shown = [line for line in block[2].split("\n") if line and line != "…"]
    real = set(answer.text.split("\n"))
    references = {c.reference for c in answer.citations}
    for line in shown:
        if line.startswith("["):
            assert re.sub(r"^(\[[\d–]+\] )+| \([\w.]+\)$", "", line) in references, line
        else:
            assert line in real, line


@pytest.mark.parametrize("language", ["en", "de"])
def test_questions_that_works_answer_find_their_work(library, language):
    """Every tenth question that a digest says it answers must cite that work."""
    asked = [(q.ask, d.work.key) for d in library.documents() if d.language == language for q in d.work.questions][::10]
    missed = [(ask, key) for ask, key in asked if key not in {c.work for c in library.ask(ask).citations}]
    assert len(missed) <= len(asked) * 0.03, missed
