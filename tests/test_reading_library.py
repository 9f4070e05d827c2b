"""A folder with every kind of poison: the rest is read, each fault is named, and all is tried again the next time."""

import os
import sys

import pytest
from making import make_epub, make_pdf
from test_reading import ENDLESS, GOOD, bare_pdf

from advisor import Advisor, Settings


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "papers"
    made.mkdir()
    (made / "gut.txt").write_text(GOOD, "utf-8")
    return made


def opened(tmp_path, folder, **settings):
    return Advisor.open(Settings(index=tmp_path / "index", corpus=folder, threads=2, **settings))


def test_poisonous_files_cost_themselves_only_and_are_tried_again(tmp_path, folder):
    bare_pdf(folder / "endlos.pdf", ENDLESS)
    make_epub(folder / "gierig.epub", {"1.xhtml": "<p>" + "<b>x</b>" * 4_000_000 + "</p>"})
    make_pdf(folder / "zu.pdf", [[GOOD]], password="geheim")
    (folder / "leer.txt").write_bytes(b"")
    with (folder / "riesig.txt").open("wb") as file:
        file.truncate(2**30)
    (folder / "zuletzt.md").write_text("# Zuletzt\n\nAuch dieser Satz kommt an.\n", "utf-8")
    with opened(tmp_path, folder, read_seconds=6, read_memory=500) as advisor:
        report = advisor.sync()
        reasons = {entry.source: entry.reason for entry in report.failed}
        assert sorted(reasons) == ["endlos.pdf", "gierig.epub", "leer.txt", "riesig.txt", "zu.pdf"]
        # Which limit is met first depends on the machine; each has a test of its own.
        assert all("ADVISOR_READ_" in reasons[name] for name in ("endlos.pdf", "gierig.epub"))
        assert "ADVISOR_PDF_PASSWORD" in reasons["zu.pdf"]
        assert sorted(document.source for document in advisor.documents()) == ["gut.txt", "zuletzt.md"]
    for name in ("endlos.pdf", "gierig.epub", "riesig.txt"):
        (folder / name).unlink()
    (folder / "leer.txt").write_text("Jetzt steht auch hier ein Satz.", "utf-8")
    with opened(tmp_path, folder, pdf_password="geheim") as advisor:
        assert advisor.sync().failed == ()
        assert sorted(document.source for document in advisor.documents()) == ["gut.txt", "leer.txt", "zu.pdf", "zuletzt.md"]


@pytest.mark.skipif(sys.platform != "linux", reason="names are bytes on Linux only")
def test_links_that_lead_away_are_named_and_odd_names_are_no_hindrance(tmp_path, folder):
    (tmp_path / "geheim.md").write_text("# Geheim\n\nNicht für die Bibliothek.\n", "utf-8")
    (folder / "hinaus.md").symlink_to(tmp_path / "geheim.md")
    (folder / "nirgends.md").symlink_to(folder / "gibtesnicht.md")
    (folder / "kreis.md").symlink_to(folder / "kreis.md")
    (folder / "drinnen.md").symlink_to(folder / "gut.txt")
    (folder / "ordner").symlink_to(tmp_path)
    with open(os.path.join(os.fsencode(folder), b"gr\xfc\xdfe \x1b[31m\n.txt"), "wb") as file:
        file.write("Ein Gruß aus alter Zeit steht hier.".encode())
    with opened(tmp_path, folder) as advisor:
        report = advisor.sync()
        assert sorted(entry.source for entry in report.failed) == ["hinaus.md", "kreis.md", "nirgends.md"]
        assert all(f"{entry.source}: the link leads out of its folder, or nowhere" in entry.reason for entry in report.failed)
        assert {document.source for document in advisor.documents()} <= {"gut.txt", "drinnen.md", "gr\\udcfc\\udcdfe \\x1b[31m\\x0a.txt"}
        assert len(advisor.documents()) == 2
        assert not any("Geheim" in document.text for document in advisor.documents())
        assert [entry.source for entry in advisor.sync().failed] == [entry.source for entry in report.failed]
        (plan,) = advisor.plan([folder])
        assert (plan.removed, plan.changed, len(plan.failed)) == ((), (), 3)
