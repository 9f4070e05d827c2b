"""Votes on answers: kept, replaced, withdrawn, read."""

import threading

import pytest

from advisor import feedback
from advisor.errors import UsageError


def test_a_vote_is_kept_and_a_later_one_takes_its_place(tmp_path):
    folder = tmp_path / "index"
    assert feedback.read(folder) == ()
    feedback.record(folder, " What is a strategy? ", "a1", "up")
    kept = feedback.record(folder, "What is a strategy?", "a1", "down", " The list is cut off. ")
    feedback.record(folder, "Who pays?", "a2", "up")
    found = {entry.answer: entry for entry in feedback.read(folder)}
    assert found["a1"] == kept
    assert (kept.question, kept.vote, kept.reason) == ("What is a strategy?", "down", "The list is cut off.")
    assert kept.when[:2] == "20"
    feedback.withdraw(folder, "a1")
    assert [entry.answer for entry in feedback.read(folder)] == ["a2"]


def test_another_vote_is_refused_and_a_long_reason_is_cut(tmp_path):
    with pytest.raises(UsageError, match="'sideways'.*'up' or 'down'"):
        feedback.record(tmp_path, "Why?", "a", "sideways")
    assert feedback.read(tmp_path) == ()
    assert len(feedback.record(tmp_path, "Why?", "a", "down", "x" * 5000).reason) == feedback.LONGEST_REASON


def test_several_readers_vote_at_once(tmp_path):
    threads = [threading.Thread(target=feedback.record, args=(tmp_path, "Why?", f"a{n}", "up")) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(feedback.read(tmp_path)) == 12
