"""Names, works and times of documents when files of several folders come and go."""

import os

import pytest

from advisor import Advisor, Settings


def test_renaming_a_file_leaves_one_of_the_same_name_in_another_folder_alone(tmp_path):
    for folder, word in (("a", "goal"), ("b", "budget")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "intro.md").write_text(f"# Intro\n\nThe {word} is named first in every plan that was made.\n", "utf-8")
    with Advisor.open(Settings(index=tmp_path / "index")) as advisor:
        advisor.sync([tmp_path / "a", tmp_path / "b"])
        (tmp_path / "a" / "intro.md").rename(tmp_path / "a" / "start.md")
        advisor.sync([tmp_path / "a", tmp_path / "b"])
        assert {document.source: "goal" in document.text for document in advisor.documents()} == {"start.md": True, "intro.md": False}


def test_a_document_bears_the_name_of_a_file_that_is_there(tmp_path):
    (tmp_path / "papers").mkdir()
    for name in ("a.md", "b.md"):
        (tmp_path / "papers" / name).write_text("# Goals\n\nThe goal is named first in every plan that was made.\n", "utf-8")
    with Advisor.open(Settings(index=tmp_path / "index")) as advisor:
        advisor.sync([tmp_path / "papers"])
        (held,) = (document.source for document in advisor.documents())
        (tmp_path / "papers" / held).unlink()
        advisor.sync([tmp_path / "papers"])
        left = {"a.md", "b.md"} - {held}
        assert {document.source for document in advisor.documents()} == left


@pytest.mark.parametrize("order", [("papers", "digests"), ("digests", "papers")])
def test_an_original_joins_its_digest_whatever_folder_comes_first(tmp_path, order):
    for folder, data in (
        ("papers", "title: On goals\n"),
        ("digests", "title: On goals\nwork: meier2012\nauthors: [Anna Meier]\nyear: 2012\n"),
    ):
        (tmp_path / folder).mkdir()
        text = f"---\n{data}---\n\nThe goal is named first in every plan of the {folder}.\n"
        (tmp_path / folder / "goals.md").write_text(text, "utf-8")
    with Advisor.open(Settings(index=tmp_path / "index")) as advisor:
        advisor.sync([tmp_path / name for name in order])
        assert [document.work.key for document in advisor.documents()] == ["meier2012", "meier2012"]


def test_a_touched_file_is_looked_into_once(tmp_path):
    (tmp_path / "papers").mkdir()
    for name in ("a", "b"):
        (tmp_path / "papers" / f"{name}.md").write_text(f"# {name}\n\nThe goal {name} is named first in every plan.\n", "utf-8")
    with Advisor.open(Settings(index=tmp_path / "index")) as advisor:
        advisor.sync([tmp_path / "papers"])
        os.utime(tmp_path / "papers" / "a.md", (1_000_000_000, 1_000_000_000))
        (tmp_path / "papers" / "b.md").write_text("# b\n\nThe goal b is named last in every plan.\n", "utf-8")
        advisor.sync([tmp_path / "papers"])
        assert {entry.source: entry.modified for entry in advisor._open().manifest()}["a.md"] == 1_000_000_000 * 10**9
