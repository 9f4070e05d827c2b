"""What bringing PDFs in costs, stage by stage, and beside other libraries' stacks on the same files and cores.

Run: python benchmarks/ingest.py [--files 100,300,1000] [--peer 1000 --minilm FOLDER [--peers langchain,haiku_rag]] [--folder DIR]
     [--environments FOLDER] [--encoder bundled|made]

The PDFs are made (press.py) and brought in by the product's own sync, each number of files by a process of its own, so that its peak of
memory is its own. `--peer N` then takes N files through other stacks, each in its own environment (peers/run.py), and the advisor again
right after them; all use all cores and, but for the advisor, all-MiniLM-L6-v2 (a local copy, `--minilm`). `--peers` names the stacks:
langchain is PyPDFLoader, RecursiveCharacterTextSplitter and Chroma; haiku_rag is haiku.rag's splitter and LanceDB on texts that pypdf
read, since its own reading of PDFs needs models that docling fetches. With `--encoder made` a cheap stand-in encodes (scale.py), for
what encoding has no part in: memory, reading, writing. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from measuring import Cell, Stages, Stopwatch, ended_children, load, megabytes, peak_megabytes, table
from press import write_pdfs
from scale import WRITING, open_encoder

HERE = Path(__file__).parent.resolve()
STACKS = {"langchain": "LangChain loader stack", "haiku_rag": "haiku.rag, texts by pypdf"}


def main() -> None:
    arguments = _arguments()
    if arguments.measure:
        print(json.dumps(measured(arguments.measure, arguments.folder, arguments.encoder)))
        return
    sizes = [int(size) for size in arguments.files.split(",") if size]
    with tempfile.TemporaryDirectory() as temporary:
        place = arguments.folder or Path(temporary)
        print(f"{time.strftime('%Y-%m-%d %H:%M')}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load():.1f}\n")
        if sizes:
            print(table("", {f"{size:,} PDFs": stages_of(ours(place, size, arguments.encoder)) for size in sizes}), flush=True)
        if arguments.peer:
            beside(place, arguments.peer, arguments.peers.split(","), arguments.minilm, arguments.environments)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", default="100,300,1000", help="numbers of files, each measured for itself; empty for none")
    parser.add_argument("--peer", type=int, help="number of files for the comparison")
    parser.add_argument("--peers", default="langchain", help=f"which, of {', '.join(STACKS)}, with commas between them")
    parser.add_argument("--minilm", type=Path, help="a local copy of all-MiniLM-L6-v2")
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()) / "peers")
    parser.add_argument("--encoder", choices=("bundled", "made"), default="bundled")
    parser.add_argument("--folder", type=Path, help="keep the PDFs here, and use them again")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def ours(place: Path, size: int, encoder: str = "bundled") -> dict[str, Any]:
    """The advisor on so many files, in a process of its own."""
    files = place / f"pdfs-{size}"
    pages = write_pdfs(files, size)
    with tempfile.TemporaryDirectory() as index:
        command = [sys.executable, __file__, "--measure", str(files), "--folder", index, "--encoder", encoder]
        ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    done: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return {**done, "pages": pages, "megabytes": megabytes(files)}


def measured(files: Path, index: Path, kind: str) -> dict[str, Any]:
    """Bring a folder in; which process and stage took what."""
    from advisor import Advisor, Settings
    from advisor.sync import Spool

    threads = os.cpu_count() or 1
    encoder, stages, reading = open_encoder(kind), Stages(), [0.0]
    encoder.encode_passages(["warm"], ["en"])
    what = [one for one in WRITING if one[1] != "plan"]
    with Advisor(Settings(index=index, threads=threads), encoder) as advisor:
        with stages.measuring(
            [*what, (Spool, "lay", "lay aside")], beside=(encoder, "_parted" if kind == "bundled" else "encode_parted", "encode")
        ):
            watch, begin = Stopwatch(), time.perf_counter()

            def progress(done: int, total: int, _: str) -> None:
                if done == total:
                    reading[0] = time.perf_counter() - begin

            counts = advisor.sync([files], progress=progress).counts
            seconds, processor = watch.lap()
    return {
        "seconds": seconds,
        "processor": processor,
        "reading": reading[0],
        "stages": {"read": ended_children(), **stages.seconds},
        "documents": counts.documents,
        "passages": counts.passages,
        "factors": counts.factors,
        "peak": peak_megabytes(),
    }


def stages_of(done: dict[str, Any]) -> dict[str, Cell]:
    """The figures of one run as a column."""
    stages, passages = done["stages"], done["passages"]
    split, lists = stages.get("split", 0.0), stages.get("find lists", 0.0)
    rest = {name: seconds for name, seconds in stages.items() if name not in ("read", "encode", "split", "find lists")}
    return {
        "pages / MB of PDF": [done["pages"], done["megabytes"]],
        "documents / passages / list items": [done["documents"], passages, done["factors"]],
        "all, s on the clock (processor)": f"{cell(done['seconds'])} ({cell(done['processor'])})",
        "reading, s on the clock (processor)": f"{cell(done['reading'])} ({cell(stages['read'])})",
        "pages a second of the clock while reading": done["pages"] / done["reading"],
        "passages and lists, processor s": split + lists,
        "encoding, processor s": stages["encode"],
        "passages encoded a second of the processor": passages / stages["encode"],
        "writing, processor s": sum(rest.values()),
        "everything else, processor s": done["processor"] - sum(stages.values()),
        "pages a second, all in all": done["pages"] / done["seconds"],
        "peak memory, MB": done["peak"],
        "cores busy": done["processor"] / done["seconds"],
    }


def beside(place: Path, size: int, peers: list[str], minilm: Path | None, environments: Path) -> None:
    """The peers' stacks and the advisor on the same files, one after the other, and the ratios."""
    if minilm is None:
        raise SystemExit("--peer needs --minilm, a folder with a copy of all-MiniLM-L6-v2.")
    if unknown := [peer for peer in peers if peer not in STACKS]:
        raise SystemExit(f"--peers names {', '.join(unknown)}; expected are {', '.join(STACKS)}, with commas between them.")
    files = place / f"pdfs-{size}"
    write_pdfs(files, size)
    loads, theirs = [load()], {}
    for peer in peers:
        theirs[peer] = stack(peer, files, minilm, environments)
        loads.append(load())
    mine = ours(place, size)
    loads.append(load())
    columns = {
        STACKS[peer]: column(done, done["read"], f"{cell(done['encode'])} on the clock", [done["split"], done["write"]])
        for peer, done in theirs.items()
    }
    columns["this advisor"] = column(mine, mine["reading"], f"{cell(mine['stages']['encode'])} of the processor", "see above")
    held = ", ".join(f"{one:.1f}" for one in loads)
    print(f"\n{size:,} PDFs, {mine['pages']:,} pages, {mine['megabytes']:.0f} MB; load {held}\n")
    print(table("", columns) + "\n")
    for peer, done in theirs.items():
        clock, busy = done["seconds"] / mine["seconds"], done["processor"] / mine["processor"]
        print(f"{STACKS[peer]}: ratio {clock:.1f} by the clock, {busy:.1f} by processor time. Versions: {done['versions']}")


def stack(peer: str, files: Path, minilm: Path, environments: Path) -> dict[str, Any]:
    """What a peer's stack takes for a folder of PDFs, in its own environment."""
    sys.path.insert(0, str(HERE / "peers"))
    import run

    python, serving = run.environment(peer, environments), run.serving([peer], environments)
    with tempfile.TemporaryDirectory() as folder:
        task = {"minilm": str(minilm.resolve()), "files": str(files), "folder": folder}
        ended = subprocess.run(
            [python, "-P", "-W", "ignore", str(HERE / "peers" / "adapters" / f"{peer}_documents.py")],
            input=json.dumps(task), stdout=subprocess.PIPE, text=True, check=True,
            env={**os.environ, **run.QUIET, **serving, "PYTHONPATH": str(HERE / "peers")},
        )  # fmt: skip
    done: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return done


def column(done: dict[str, Any], read: Cell, encode: str, split_and_write: Cell) -> dict[str, Cell]:
    """The figures of one stack, whose stages are not all measured alike."""
    return {
        "all, s on the clock (processor)": f"{cell(done['seconds'])} ({cell(done['processor'])})",
        "read, s on the clock": read,
        "pieces or passages": done["passages"],
        "encode, s": encode,
        "split / write, s": split_and_write,
        "pages a second": done["pages"] / done["seconds"],
        "peak memory, MB": done["peak"],
    }


def cell(value: float) -> str:
    """A number of seconds."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}"


if __name__ == "__main__":
    main()
