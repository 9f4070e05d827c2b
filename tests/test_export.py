"""Export: Word with real footnotes, Markdown, BibTeX and CSL-JSON, over HTTP and as a command."""

import json
import re
import zipfile
from dataclasses import replace
from io import BytesIO
from xml.etree import ElementTree

import pytest
from docx import Document
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from advisor import checklist
from advisor.answer.schema import Answer
from advisor.errors import UsageError
from advisor.export import FORMATS, bibtex, csl, export, format_of, of_answers, of_checklist, word
from advisor.export.markdown import escaped, markdown
from advisor.export.word import writable
from advisor.surfaces import cli
from advisor.surfaces.web.exports import routes

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def given_answer(advisor):
    return advisor.ask("What do we need before launching on social media?")


@pytest.fixture(scope="module")
def works(advisor):
    return {document.work.key: document.work for document in advisor.documents()}


@pytest.fixture(scope="module")
def lines(advisor):
    return checklist.match(advisor.demands("launch"), ())


@pytest.fixture
def client(advisor):
    app = FastAPI()
    app.include_router(routes(advisor))
    with TestClient(app, base_url="http://127.0.0.1") as opened:
        yield opened


def parts(content):
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist() if name.endswith((".xml", ".rels"))}


def notes_of(content):
    """Number → text of the footnotes, and the numbers in the order in which the text refers to them."""
    found = parts(content)
    root = found["word/footnotes.xml"]
    texts = {int(note.get(f"{W}id")): "".join(note.itertext()) for note in root if note.get(f"{W}type") is None}
    return texts, [int(mark.get(f"{W}id")) for mark in found["word/document.xml"].iter(f"{W}footnoteReference")]


# Word


def test_a_word_document_has_a_real_footnote_for_every_citation(given_answer):
    content = export([given_answer], "docx", "en")
    texts, referred = notes_of(content)
    assert sorted(referred) == sorted(texts), "every note is referred to once, and every reference has its note"
    assert referred == sorted(referred), "in the order of the text"
    assert len(texts) >= len(given_answer.citations)
    for citation in given_answer.citations:
        place = f"[{citation.document}, characters {citation.start}–{citation.end}]"
        assert any(place in text and citation.title in text for text in texts.values())
    frank = next(text for text in texts.values() if "frank_nd" in text)
    assert "p. 108" in frank and "Quoted after Speck (2014)" in frank and "Digest of this library" in frank


def test_the_parts_of_a_word_document_know_each_other(given_answer):
    found = parts(export([given_answer], "docx", "en"))
    kinds = {node.get("PartName"): node.get("ContentType") for node in found["[Content_Types].xml"]}
    assert kinds["/word/footnotes.xml"].endswith("footnotes+xml")
    relations = found["word/_rels/document.xml.rels"]
    assert [node.get("Target") for node in relations if node.get("Type").endswith("/footnotes")] == ["footnotes.xml"]
    separators = [note.get(f"{W}type") for note in found["word/footnotes.xml"] if note.get(f"{W}type")]
    assert separators == ["separator", "continuationSeparator"]
    names = [child.tag.removeprefix(W) for child in found["word/settings.xml"]]
    assert names.index("footnotePr") < names.index("compat")
    used = {
        node.get(f"{W}val")
        for part in ("word/document.xml", "word/footnotes.xml")
        for node in found[part].iter()
        if node.tag in (f"{W}pStyle", f"{W}rStyle")
    }
    defined = {style.get(f"{W}styleId") for style in found["word/styles.xml"].iter(f"{W}style")}
    assert used <= defined


def test_a_word_document_opens_again_with_every_item_in_its_list(given_answer):
    opened = Document(BytesIO(export([given_answer], "docx", "en")))
    assert opened.core_properties.title == given_answer.question
    assert opened.core_properties.language == "en-GB"
    texts = [paragraph.text for paragraph in opened.paragraphs]
    for name in ("Budget", "Staff", "Management commitment", "Enthusiasm and staying power", "Goals", "Processes"):
        assert any(text.startswith(f"{name}:") for text in texts)
    numbered = [p for p in opened.paragraphs if p.style.name == "List Number"]
    lists = [p._p.pPr.numPr.numId.val for p in numbered]
    assert len(set(lists)) == sum(
        block.kind == "number" and block.number == 1 for block in of_answers([given_answer]).blocks if hasattr(block, "kind")
    )


def test_a_checklist_is_a_table_with_head_owner_and_note(lines, advisor):
    line = replace(
        lines.lines[0], entry=checklist.Entry(1, "launch", (checklist.Member("a", {"en": "a"}),), "done", "Anna", "soon\nor later", 1, "")
    )
    now = replace(lines, lines=(line, *lines.lines[1:]))
    content = export(now, "docx", "de")
    (table,) = Document(BytesIO(content)).tables
    assert [cell.text for cell in table.rows[0].cells] == ["Stand", "Faktor", "Zuständig", "Notiz"]
    assert [cell.text for cell in table.rows[1].cells][2:] == ["Anna", "soon\nor later"]
    assert len(table.rows) == len(now.lines) + 1
    texts, referred = notes_of(content)
    assert sorted(texts) == sorted(referred)
    assert "Vor dem Start" in Document(BytesIO(content)).paragraphs[0].text


@given(st.text())
def test_any_text_can_be_written_into_word(text):
    ElementTree.fromstring(f"<a>{writable(text).replace('&', '').replace('<', '')}</a>")


def test_hostile_text_stays_text(given_answer):
    nasty = "\x00\x07 {=} <w:p/> & \ud800 %s \\input{x} [^1] | `x` $1$ <script>"
    hostile = replace(
        given_answer,
        question=nasty,
        text=f"{nasty} [1]\n- {nasty} [999]\n",
        citations=(
            replace(given_answer.citations[0], title=nasty, authors=(nasty,), quote=nasty, section=nasty, document=nasty, reference=nasty),
        ),
    )
    texts, referred = notes_of(export([hostile], "docx", "en"))
    assert sorted(texts) == referred == [2]
    assert "<w:p/>" in texts[2]
    shown = MarkdownIt().render(export([hostile], "md", "en").decode("utf-8", "replace"))
    assert "<script>" not in shown and "&lt;script&gt;" in shown
    assert "[999]" in export([hostile], "md", "en").decode("utf-8", "replace").replace("\\", "")
    assert "\\input{x}" not in export([hostile], "bib", "en").decode("utf-8", "replace")


# Markdown


def test_markdown_has_a_note_for_every_mark(given_answer, lines):
    for text in (
        markdown(of_answers([given_answer])),
        markdown(of_answers([given_answer, given_answer])),
        markdown(of_checklist(lines, "de")),
    ):
        defined = re.findall(r"^\[\^(\d+)\]: ", text, re.MULTILINE)
        marks = re.findall(r"\[\^(\d+)\](?!:)", text)
        assert set(marks) == set(defined)
        assert defined == [str(number) for number in range(1, len(defined) + 1)]


def test_markdown_tells_of_a_checklist_what_was_decided(lines):
    line = replace(
        lines.lines[0], entry=checklist.Entry(1, "launch", (checklist.Member("a", {"en": "a"}),), "done", "Anna", "a | b", 1, "")
    )
    text = markdown(of_checklist(replace(lines, lines=(line,)), "en"))
    assert re.search(r"^- \[x\] \*\*\w", text, re.MULTILINE)
    assert "Owner: Anna — Note: a \\| b" in text
    assert "1 of 1 done" in text


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1))
def test_what_is_escaped_is_shown_as_it_is(text):
    shown = MarkdownIt().parseInline(escaped("a" + text))[0]
    assert {child.type for child in shown.children} <= {"text", "text_special"}
    assert "".join(child.content for child in shown.children) == " ".join(("a" + text).split())
    blocks = MarkdownIt().parse(escaped(text))
    assert [block.type for block in blocks] in (["paragraph_open", "inline", "paragraph_close"], [])


# References


def test_every_cited_work_is_one_reference(given_answer, works):
    cited = dict.fromkeys(citation.work for citation in given_answer.citations)
    entries = re.findall(r"^@(\w+)\{([^,]+),$", bibtex(given_answer.citations, works), re.MULTILINE)
    assert [key for _, key in entries] == list(cited)
    items = json.loads(csl(given_answer.citations, works))
    assert [item["id"] for item in items] == list(cited)
    speck = items[0]
    assert speck["author"] == [{"family": "Speck", "given": "Annette"}]
    assert speck["issued"] == {"date-parts": [[2014, 9, 24]]}
    frank = next(item for item in items if item["id"] == "frank_nd")
    assert frank["page"] == "108" and "Quoted after Speck (2014)" in frank["note"] and "issued" not in frank


def test_a_journal_is_taken_apart(advisor, works):
    citation = next(c for c in advisor.ask("Who are the sources of open innovation at P&G?").citations if c.work == "huston_sakkab2006")
    (item,) = json.loads(csl([citation], works))
    assert (item["container-title"], item["volume"], item["issue"]) == ("Harvard Business Review", "84", "3")
    entry = bibtex([citation], works)
    assert "journal = {Harvard Business Review}" in entry and "volume = {84}" in entry and "author = {L. Huston and N. Sakkab}" in entry


def test_a_body_is_no_person(given_answer, works):
    citation = replace(given_answer.citations[0], work="x", authors=("Altimeter Group", "Ludwig van Beethoven"))
    assert "author = {{Altimeter Group} and Ludwig van Beethoven}" in bibtex([citation], {})
    assert json.loads(csl([citation], {}))[0]["author"] == [{"literal": "Altimeter Group"}, {"family": "van Beethoven", "given": "Ludwig"}]


@given(st.text(), st.text(), st.text())
def test_bibtex_keeps_its_braces(key, title, author):
    from advisor.citations import Citation

    citation = Citation(1, "q", "d", "0" * 64, key, title, (author,), 2000, None, "", "en", 0, 1, "ref", False, False)
    twins = [citation, replace(citation, work=key + "\u00e9")]
    depth = 0
    for found in re.finditer(r"\\.|[{}]", bibtex(twins, {}), re.DOTALL):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        assert depth >= 0
    assert depth == 0
    keys = re.findall(r"^@\w+\{([^,\s]+),$", bibtex(twins, {}), re.MULTILINE)
    assert len(set(keys)) == 2


# Over HTTP and as a command


@pytest.mark.parametrize("form", FORMATS)
def test_what_the_chat_sends_comes_back_as_a_file(client, given_answer, form):
    data = json.loads(json.dumps(given_answer.as_json()))
    one = client.post("/export", json={"answer": data, "format": form})
    assert one.status_code == 200 and "attachment" in one.headers["content-disposition"]
    several = client.post("/export", data={"answers": json.dumps([data, data]), "format": form})
    assert several.status_code == 200
    kept = client.get(f"/checklist/export?topic=launch&format={form}&language=de")
    assert kept.status_code == 200 and f"checklist-launch-de.{'json' if form == 'csl' else form}" in kept.headers["content-disposition"]
    if form == "docx":
        assert Document(BytesIO(one.content)).paragraphs and Document(BytesIO(kept.content)).tables


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"answers": []}', b'{"answers": [1]}', b'{"answers": [{}]}', b'{"answers": 3}', b"\xff\xfe", b"[" * 100_000],
)
def test_what_is_no_answer_is_refused_with_a_reason(client, body):
    reply = client.post("/export", content=body)
    assert reply.status_code == 400
    assert len(reply.json()["error"]) > 20


@pytest.mark.parametrize(
    "change",
    [{"text": 5}, {"language": "fr"}, {"citations": [{"number": "x"}]}, {"engine": None}, {"statements": 1}, {"strength": ["strong"]}],
)
def test_an_answer_of_other_types_is_refused(client, given_answer, change):
    assert client.post("/export", json={"answer": {**given_answer.as_json(), **change}, "format": "docx"}).status_code == 400


def test_too_much_is_refused(client, given_answer):
    reply = client.post("/export", json={"answer": {**given_answer.as_json(), "text": "x" * 5_000_000}})
    assert reply.status_code == 400 and "4 MB" in reply.json()["error"]


def test_formats_have_names():
    assert [format_of(name) for name in ("docx", "Markdown", "bibtex", "csl-json")] == ["docx", "md", "bib", "csl"]
    with pytest.raises(UsageError, match="'pdf'"):
        format_of("pdf")


def test_the_command_writes_a_file(given_answer, settings, tmp_path, capfd):
    saved, written = tmp_path / "answer.json", tmp_path / "answer.docx"
    saved.write_text(json.dumps(given_answer.as_json()), "utf-8")
    run("export", str(saved), "-o", str(written), "--index", str(settings.index))
    assert Document(str(written)).core_properties.title == given_answer.question
    run("export", str(saved), "--format", "bibtex", "--index", str(settings.index))
    assert "@incollection{frank_nd," in capfd.readouterr().out
    run("export", str(saved), str(saved), "--index", str(tmp_path / "none"))
    assert capfd.readouterr().out.startswith("# Conversation")
    for wrong in (["nowhere.json"], [str(written)], [str(saved), "--format", "pdf"]):
        assert run("export", *wrong) == 2
        assert capfd.readouterr().err.startswith("advisor: ")
    assert run("export", str(saved), "--language", "fr") == 2
    assert "'fr' is not one of 'de', 'en'" in capfd.readouterr().err


def run(*arguments):
    try:
        cli.main(list(arguments))
    except SystemExit as ended:
        return ended.code
    return None


def test_an_answer_survives_the_way_through_json(given_answer):
    again = Answer.from_json(json.loads(json.dumps(given_answer.as_json())))
    assert markdown(of_answers([again])) == markdown(of_answers([given_answer]))
    assert word(of_answers([again]))
