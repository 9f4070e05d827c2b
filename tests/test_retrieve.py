"""Search in a part of the library."""

from advisor.filters import Filter
from advisor.index import Index
from advisor.retrieve import search


def test_a_filter_holds_from_the_first_question_on(advisor, settings, encoder):
    fresh = Index(settings.index, encoder).open()  # nothing of it has been read
    narrow = fresh.narrowed(Filter(languages=("de",)))
    hits = search(narrow, encoder, "How long must the budget be secured?", "en", 20)
    assert len(hits) == 20
    assert {narrow.shelf[hit.passage.document].language for hit in hits} == {"de"}
    assert {hit.passage.language for hit in search(fresh, encoder, "How long must the budget be secured?", "en", 60)} == {"de", "en"}
    fresh.close()
