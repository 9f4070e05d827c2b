"""The benchmarks of bringing documents in: the PDFs that they make are read as they were set, and small real runs of them."""

import importlib.util
import sys
from pathlib import Path

import pytest

from advisor.documents import read

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path[:0] = [str(BENCHMARKS)]

import press  # noqa: E402
import resync  # noqa: E402

_spec = importlib.util.spec_from_file_location("ingest_benchmark", BENCHMARKS / "ingest.py")  # ingest.py is a program of its own as well
ingest = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(ingest)


@pytest.fixture(scope="module")
def pdfs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("press")
    return folder, press.write_pdfs(folder, 4)


def test_the_made_pdfs_are_read_as_they_were_set(pdfs):
    folder, pages = pdfs
    documents = [read(path) for path in sorted(folder.glob("*.pdf"))]
    assert sum(len(document.pages) for document in documents) == pages
    assert [document.language for document in documents] == ["en", "de", "en", "de"]
    assert sum(document.extraction.hyphens_repaired for document in documents) > 10
    for document in documents:
        assert "Journal of Made Strategy" not in document.text
        assert {block.kind for block in document.blocks} >= {"heading", "paragraph", "item"}
        sentences = [block.span.of(document.text) for block in document.blocks if block.kind == "paragraph"]
        assert sum(text[0].isupper() for text in sentences) > 0.9 * len(sentences)  # columns are not read across


def test_the_same_number_makes_the_same_file(pdfs, tmp_path):
    press.write_pdfs(tmp_path, 2)
    assert all((tmp_path / path.name).read_bytes() == path.read_bytes() for path in sorted(pdfs[0].glob("*.pdf"))[:2])


def test_a_small_run_counts_every_stage(pdfs, tmp_path):
    folder, pages = pdfs
    done = ingest.measured(folder, tmp_path / "index", "made")
    assert done["documents"] == 4 and done["passages"] > pages
    assert {"read", "encode", "split", "find lists", "words", "vectors into Chroma", "lay aside"} <= done["stages"].keys()
    assert 0 < done["reading"] < done["seconds"]
    column = ingest.stages_of({**done, "pages": pages, "megabytes": 1.0})
    assert column["pages a second, all in all"] == pytest.approx(pages / done["seconds"])


def test_a_folder_that_did_not_change_and_one_file_that_did(tmp_path):
    files, index = tmp_path / "files", tmp_path / "index"
    assert resync.write_files(files, 12) == sum(path.stat().st_size for path in files.rglob("note*"))
    texts = [path.read_text("utf-8") for path in files.rglob("note*")]
    assert len(set(texts)) == 12
    resync.timed(files, index)
    assert (index / "CURRENT").read_text() == "g0001\n"
    resync.timed(files, index)
    assert (index / "CURRENT").read_text() == "g0001\n"
    resync.changed(files)
    resync.timed(files, index)
    assert (index / "CURRENT").read_text() == "g0002\n"
