"""Damaged files of every format, made from sound ones: whatever a reader makes of them must be a Document or a DocumentError.

    python benchmarks/fuzz.py --minutes 10 [--seed 1] [--only .pdf] [--keep FOLDER]

Bytes are flipped, cut out, doubled, spliced with other seeds and replaced by numbers that programs stumble over; of archives, mostly
parts inside are changed and packed again, of PDFs streams are unpacked first, so that the damage reaches beyond the first check. Each
batch runs in a process of its own with a limit on memory and on the time of one file; a crash, a time-out, a foreign exception or an
unsound document is a finding, and its file is kept. Prints one line of JSON.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import multiprocessing
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

BATCH = 100
SECONDS = 20  # of the processor for one file, and twenty times as long by the clock
MEMORY = 3 * 2**30
INTERESTING = (
    b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"-1", b"0", b"99999999999", b"1e400", b"NaN", b"../../etc/passwd", b"&x;",
    b"<", b">", b"]]>", b"%s%n", b"\x1b[2J", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"<!DOCTYPE a [<!ENTITY x 'y'>]>", b"\r\n\r\n", b"\xc2\xad",
    b"()", b"<<>>", b"[[", b"null",
)  # fmt: skip


PROSE = [
    "Die Größe der Gruppe entscheidet über ihre Kraft, und wer weniger",
    "Köpfe hat, braucht längere Fristen. Der finale Stand gilt.",
]
FRONT = 'work: plan\ntitle: "Der Plan"\nauthors: [Eva Kern]\nyear: 2014\nrelations: []\n'
MAIL = (
    "From: Eva <e@x.org>\nSubject: =?utf-8?q?Gr=C3=B6=C3=9Fe?=\nDate: Tue, 3 Feb 2015 10:00:00 +0100\n"
    "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain; charset=utf-8\n\n{prose}\n> ja\n-- \nE\n"
    "--B\nContent-Type: text/html\nContent-Disposition: attachment; filename=a.html\n\n<p>x</p>\n--B--\n"
)
PAGE = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>Plan</title></head><body><nav>Start</nav><main><h1>Plan</h1><p>{prose}</p>"
    "<ul><li>eins<ul><li>zwei</li></ul></li></ul><table><tr><td>a</td></tr></table></main></body></html>"
)
PLAIN = "Der Plan\n========\n\n{prose}\n\n1. eins\n2. zwei\n   a) tief\n\nDrucken\n"
MARKS = "---\n{front}---\n# Plan\n\n{prose}\n\n1. eins\n   - zwei\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<b>x</b>"


def seeds(folder: Path) -> dict[str, list[bytes]]:
    """Sound files of every format, by suffix."""
    prose = "\n".join(PROSE)
    mail, page, plain = MAIL.format(prose=prose), PAGE.format(prose=prose), PLAIN.format(prose=prose)
    made = {
        ".md": [MARKS.format(front=FRONT, prose=prose).encode()],
        ".txt": [plain.encode(), plain.encode("utf-16"), plain.encode("cp1252")],
        ".html": [page.encode(), page.encode("cp1252")],
        ".csv": [b'Region;Umsatz\nNord;5,0\nS\xc3\xbcd;"7\nx"\n', b"a,b,c\n1,2,3\n"],
        ".eml": [mail.encode(), mail.replace("multipart/mixed; boundary=B", "text/html").encode()],
        ".yaml": [FRONT.encode()],
    }
    for path in binary_seeds(folder):
        made.setdefault(path.suffix, []).append(path.read_bytes())
    return made


def binary_seeds(folder: Path) -> list[Path]:
    """Sound PDFs and archives."""
    from making import columns, make_docx, make_epub, make_odt, make_pdf, make_pptx, make_set_pdf, make_xlsx

    words = [("Title", "Plan"), ("List Number", "eins"), ("List Bullet 2", "zwei"), ("Normal", PROSE[0]), [["a", "b"], ["1", "2"]]]
    slides = [{"title": "Plan", "points": [(0, "eins"), (1, "zwei")], "table": [["a", "b"]], "notes": "Notiz"}]
    items = "<text:list><text:list-item><text:p>eins</text:p></text:list-item></text:list>"
    chapters = {"1.xhtml": f"<h1>Eins</h1><p>{PROSE[0]}</p>", "2.xhtml": "<ol><li>a</li></ol><table><tr><td>b</td></tr></table>"}
    outline = [(1, PROSE[0], 0)]
    return [
        make_pdf(folder / "1.pdf", [PROSE * 3, [], PROSE], title="Plan", author="Eva Kern", labels=["i", "1", "2"], outline=outline),
        make_pdf(folder / "2.pdf", [PROSE], owner_password="x", head="Kopf {page}"),
        make_set_pdf(folder / "3.pdf", [[(55, 760, 22, "Titel"), *columns(PROSE * 4, PROSE * 4)]] * 2),
        make_docx(folder / "1.docx", words),
        make_pptx(folder / "1.pptx", slides),
        make_xlsx(folder / "1.xlsx", {"Umsatz": [["Region", "Umsatz"], ["Nord", 5], ["Süd", 7.25]]}),
        make_odt(folder / "1.odt", f'<text:h text:outline-level="1">Plan</text:h><text:p>{PROSE[0]}</text:p>{items}'),
        make_epub(folder / "1.epub", chapters, title="Buch"),
    ]


def mutated(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The bytes with some damage."""
    result = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4, 8, 30))):
        at = chance.randrange(len(result) + 1)
        length = min(chance.choice((1, 2, 8, 64, 512)), len(result) - at)
        match chance.randrange(7):
            case 0 if at < len(result):
                result[at] ^= 1 << chance.randrange(8)
            case 1:
                del result[at : at + length]
            case 2:
                result[at:at] = result[at : at + length] * chance.choice((1, 2, 50))
            case 3:
                result[at : at + length] = chance.choice(INTERESTING)
            case 4:
                result[at:at] = chance.choice(INTERESTING)
            case 5:
                other = chance.choice(others)
                begin = chance.randrange(len(other) + 1)
                result[at : at + length] = other[begin : begin + length]
            case _ if chance.random() < 0.1:
                del result[at:]
        if len(result) > 300_000:
            del result[300_000:]
    return bytes(result)


def repacked(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """An archive with damage inside one or two of its parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as result:
        names = archive.namelist()
        xml = [name for name in names if name.endswith((".xml", ".rels", ".opf", ".xhtml"))]
        hurt = {chance.choice(xml) for _ in range(chance.choice((1, 1, 2)))}
        for name in names:
            part = archive.read(name)
            if name in hurt and chance.random() < 0.1:
                continue
            result.writestr(name, mutated(part, others, chance) if name in hurt else part)
    return target.getvalue()


def unpacked(data: bytes) -> bytes:
    """A PDF with its streams in plain, so that damage reaches what they say."""
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DecodedStreamObject, NameObject

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    for page in writer.pages:
        contents = page.get_contents()
        if contents is not None:
            plain = DecodedStreamObject()
            plain.set_data(contents.get_data())
            page[NameObject("/Contents")] = writer._add_object(plain)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def one(suffix: str, made: dict[str, list[bytes]], chance: random.Random) -> bytes:
    """A damaged file."""
    others = [data for files in made.values() for data in files]
    data = chance.choice(made[suffix])
    if data[:2] == b"PK" and chance.random() < 0.8:
        return repacked(data, others, chance)
    return mutated(data, others, chance)


def batch(seed: int, suffix: str, made: dict[str, list[bytes]], folder: Path) -> None:
    """Read a number of damaged files; ends with 3 at the first finding, whose file stays in the folder."""
    from advisor.documents import read
    from advisor.errors import DocumentError

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    chance = random.Random(seed)
    tally: Counter[str] = Counter()
    beside = suffix == ".yaml"
    for _ in range(BATCH):
        data = one(suffix, made, chance)
        path = folder / ("current.txt" if beside else f"current{suffix}")
        if beside:
            path.write_bytes(b"Ein Satz steht hier.")
            (folder / "current.txt.yaml").write_bytes(data)
        else:
            path.write_bytes(data)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        signal.alarm(20 * SECONDS)
        try:
            document = read(path)
            sound(document)
            tally["read"] += 1
        except DocumentError as error:
            assert str(error)
            tally[type(error).__name__] += 1
        except BaseException:  # noqa: BLE001 any other exception is what is looked for
            (folder / "trace.txt").write_text(traceback.format_exc(), "utf-8")
            sys.exit(3)
        signal.alarm(0)
    (folder / "tally.json").write_text(json.dumps(tally))


def sound(document: object) -> None:
    """Spans are inside the text, in order and apart; pages tile it."""
    from advisor.documents import Document
    from advisor.factors import find
    from advisor.passages import split

    assert isinstance(document, Document)
    end = 0
    for block in document.blocks:
        assert end <= block.span.start < block.span.end <= len(document.text), block
        assert block.level >= 1 if block.kind in ("heading", "item") else block.level == 0, block
        end = block.span.end
    at = 0
    for page in document.pages:
        assert page.start == at and page.end >= page.start, page
        at = page.end
    document.text.encode("utf-8")  # what cannot be written as UTF-8 cannot be stored
    json.dumps([document.work.title, *document.work.authors], ensure_ascii=False).encode("utf-8")
    json.dumps(document.extraction.warnings, ensure_ascii=False).encode("utf-8")
    split(document), find(document)


def main() -> None:
    """Run until the time is up."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--keep", type=Path, default=Path("fuzz-findings"))
    given = parser.parse_args()
    context = multiprocessing.get_context("fork")
    runs: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    findings: list[dict[str, str]] = []
    begin = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "seeds").mkdir()
        made = seeds(folder / "seeds")
        made[".pdf"] += [unpacked(data) for data in made[".pdf"] if b"/Encrypt" not in data]
        import advisor.documents  # noqa: F401 loaded once for all batches

        suffixes = [suffix for suffix in made if not given.only or suffix == given.only]
        number = given.seed * 1_000_000
        while time.monotonic() - begin < 60 * given.minutes:
            suffix = suffixes[number % len(suffixes)]
            for old in folder.glob("current*"):
                old.unlink()
            process = context.Process(target=batch, args=(number, suffix, made, folder))
            process.start()
            process.join()
            if process.exitcode:
                kind = (
                    "foreign exception"
                    if process.exitcode == 3
                    else "time"
                    if process.exitcode in (-signal.SIGPROF, -signal.SIGALRM)
                    else f"exit {process.exitcode}"
                )
                trace = (folder / "trace.txt").read_text("utf-8").strip().splitlines()[-1] if process.exitcode == 3 else ""
                given.keep.mkdir(parents=True, exist_ok=True)
                for file in folder.glob("current*"):
                    digest = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
                    (given.keep / f"{digest}{file.name.removeprefix('current')}").write_bytes(file.read_bytes())
                if process.exitcode == 3:
                    (given.keep / f"{digest}.trace.txt").write_text((folder / "trace.txt").read_text("utf-8"), "utf-8")
                findings.append({"suffix": suffix, "kind": kind, "batch": str(number), "trace": trace[:300]})
                print(json.dumps(findings[-1]), file=sys.stderr, flush=True)
            else:
                tally = json.loads((folder / "tally.json").read_text())
                runs[suffix] += sum(tally.values())
                outcomes.update(tally)
            number += 1
    minutes = (time.monotonic() - begin) / 60
    print(
        json.dumps(
            {"minutes": round(minutes, 1), "files": sum(runs.values()), "by_format": runs, "outcomes": outcomes, "findings": findings}
        )
    )


if __name__ == "__main__":
    main()
