"""Answers that travel: kept for a link, and sealed for the browser."""

import json
from dataclasses import replace

import pytest

from advisor import shared
from advisor.answer.schema import Answer
from advisor.errors import UsageError
from advisor.surfaces.web.seal import Seals, seals_of

LAUNCH = "What do we need before launching on social media?"


def test_a_shared_answer_comes_back_whole_with_the_generation_that_gave_it(advisor, tmp_path):
    folder = tmp_path / "index"
    answer = advisor.ask(LAUNCH)
    assert shared.read(folder, "x") is None
    kept = shared.save(folder, "x", LAUNCH, answer, "g0007")
    assert shared.read(folder, "x") == kept == shared.Shared("x", kept.when, "g0007", LAUNCH, answer)
    assert shared.read(folder, "y") is None


def test_a_link_keeps_saying_what_it_said_first(advisor, tmp_path):
    answer = advisor.ask(LAUNCH)
    first = shared.save(tmp_path, "x", LAUNCH, answer, "g0001")
    assert shared.save(tmp_path, "x", "Another?", replace(answer, strength="weak"), "g0002") == first


def opened(seals, kept, **changed):
    data = {**json.loads(kept), **changed}
    return seals.opened(data["id"], data["asked"], data["answer"], data["seal"])


def test_an_answer_comes_back_as_it_was_sealed_also_after_a_restart(advisor, tmp_path):
    answer = advisor.ask(LAUNCH)
    kept = Seals(tmp_path).kept("x", LAUNCH, answer)
    assert opened(Seals(tmp_path), kept) == answer == Answer.from_json(json.loads(json.loads(kept)["answer"]))


@pytest.mark.parametrize("name", ["id", "asked", "answer", "seal"])
def test_what_was_altered_is_not_ours(advisor, tmp_path, name):
    seals = Seals(tmp_path)
    kept = seals.kept("x", LAUNCH, advisor.ask(LAUNCH))
    before = json.loads(kept)[name]
    with pytest.raises(UsageError, match="not given by this library"):
        opened(seals, kept, **{name: before.replace("a", "b") if name in ("answer", "asked") else before[:-1]})
    with pytest.raises(UsageError, match="not given by this library"):
        opened(Seals(tmp_path / "another"), kept)


def test_where_nothing_can_be_kept_seals_last_as_long_as_the_chat(tmp_path, advisor):
    blocked = tmp_path / "file"
    blocked.write_text("", "utf-8")
    seals = Seals(blocked)
    answer = advisor.ask("What is the capital of Australia?")
    assert opened(seals, seals.kept("x", "Why?", answer)) == answer
    assert seals_of(tmp_path) is seals_of(tmp_path)
