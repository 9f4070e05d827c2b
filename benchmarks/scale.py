"""How cost grows with the library: build, disk, memory, queries, additions, and a sync with nothing to do, from 1,000 passages upwards.

Run: python benchmarks/scale.py [1000:bundled 10000:bundled 10000:made 100000:made] [--folder DIR]

The texts are made here: German and English sentences from word lists with a Zipf distribution, from a seed, written as Markdown files of
about ten passages and read by the product's own sync. A size is followed by the encoder of its passages: "bundled" is the one that
ships; "made" is a cheap stand-in (vectors from the words, of low rank, with noise), for sizes that would take the bundled one half an
hour. A question is always encoded by the bundled encoder too, and that time is in the query times. Every step is a process of its own,
so that its peak of memory is its own. With --folder the libraries stay there and steps already done are not done again.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import accumulate
from pathlib import Path
from typing import Any

DIMENSION, RANK, NOISE = 384, 64, 0.35
PASSAGES = 10  # a file
QUESTIONS = 300
SIZES = ("1000:bundled", "10000:bundled", "10000:made", "100000:made")

_NOUNS = (
    "strategy Strategie, market Markt, customer Kunde, product Produkt, price Preis, brand Marke, growth Wachstum, culture Kultur, "
    "leader Leitung, team Gruppe, budget Budget, risk Risiko, change Wandel, network Netzwerk, platform Plattform, service Dienst, "
    "supplier Lieferant, process Prozess, quality Qualität, goal Ziel, study Studie, survey Umfrage, department Abteilung, "
    "employee Personal, knowledge Wissen, innovation Neuerung, patent Patent, competition Wettbewerb, revenue Umsatz, profit Gewinn, "
    "cost Kosten, capital Kapital, decision Entscheidung, plan Plan, project Projekt, partner Partner, industry Branche, factory Werk, "
    "trade Handel, export Ausfuhr, contract Vertrag, law Recht, rule Regel, crisis Krise, reputation Ruf, trust Vertrauen, "
    "criticism Kritik, campaign Kampagne, channel Kanal, message Botschaft, community Gemeinschaft, idea Idee, experiment Versuch, "
    "resource Mittel, skill Fähigkeit, training Schulung, salary Gehalt, role Rolle, owner Eigentümer, merger Fusion, "
    "structure Struktur, control Kontrolle, freedom Freiheit, data Daten, figure Zahl, forecast Prognose, machine Maschine, "
    "software Software, region Region, city Stadt, bank Bank, credit Kredit, investor Anleger, share Aktie, tax Steuer, "
    "energy Energie, material Material, storage Lager, transport Verkehr, design Gestaltung, advertising Werbung, sale Verkauf, "
    "demand Nachfrage, supply Angebot, value Wert, benefit Nutzen, success Erfolg, failure Fehler, measure Maßnahme, analysis Analyse"
)
_ADJECTIVES = (
    "clear klare, strong starke, new neue, early frühe, open offene, common gemeinsame, long lange, digital digitale, internal interne, "
    "central zentrale, regional regionale, weak schwache, small kleine, large große, steady stete, fast schnelle, written schriftliche, "
    "secure sichere, annual jährliche, technical technische, social soziale, critical kritische, rare seltene, global weltweite"
)
_VERBS = (
    "supports stützt, needs braucht, limits begrenzt, explains erklärt, changes verändert, leads führt, delays verzögert, "
    "protects schützt, replaces ersetzt, measures misst, weakens schwächt, shapes prägt, opens öffnet, finances finanziert, "
    "follows befolgt, requires verlangt"
)
_SENTENCES = {
    "en": (
        "The {a} {n} of the {m} {v} the {n}, and it does not depend on the {a} {n} of {m}.",
        "In {m} the {n} {v} a {a} {n} when the {n} has been agreed with the {m} before.",
        "According to {m}, {p} percent of the companies say that their {n} {v} the {a} {n}.",
        "What the {n} {v} is the {m} of the {n}, so that no {a} {n} will be needed by then.",
        "A {a} {n} without the {m} can only be kept where the {n} {v} the {m} over {p} months.",
    ),
    "de": (
        "Die {a} {n} der {m} {v} die {n}, und sie hängt nicht von der {n} bei {m} ab.",
        "Bei {m} {v} die {n} eine {a} {n}, wenn die {n} vorher mit der {m} vereinbart wurde.",
        "Laut {m} sagen {p} Prozent der Unternehmen, dass ihre {n} die {a} {n} {v}.",
        "Was die {n} {v}, ist die {m} der {n}, so dass keine {a} {n} mehr nötig sein wird.",
        "Eine {a} {n} ohne die {m} ist nur zu halten, wo die {n} die {m} über {p} Monate {v}.",
    ),
}
_ASKED = {
    "en": ("How does the {n} of {m} change the {a} {n}?", "Which {n} {v} a {a} {m}?", "What does {m} say about the {a} {n} and the {n}?"),
    "de": ("Wie verändert die {n} der {m} die {a} {n}?", "Welche {n} {v} eine {a} {m}?", "Was sagt {m} über die {a} {n} und die {n}?"),
}


def _pairs(text: str) -> list[tuple[str, str]]:
    return [(english, german) for english, german in (pair.split() for pair in text.split(", "))]


class Words:
    """Vocabulary with a Zipf distribution: nouns, then compounds and names of which most are rare; English and German side by side."""

    TAIL = 40_000

    def __init__(self) -> None:
        draw = random.Random(7)
        nouns, self.adjectives, self.verbs = _pairs(_NOUNS), _pairs(_ADJECTIVES), _pairs(_VERBS)
        tail = [(f"{a} {b}", f"{x}{y.lower()}") for a, x in nouns for b, y in nouns if a != b]
        syllables = [c + v for c in "bdfgklmnprstvwz" for v in ("a", "e", "i", "o", "u", "ei", "an", "er", "or")]
        names = {"".join(draw.choices(syllables, k=3)).capitalize() for _ in range(self.TAIL)}
        tail += [(name, name) for name in sorted(names)]
        draw.shuffle(tail)
        self.nouns = [*nouns, *tail]
        self.weights = list(accumulate(1 / (rank + 12) for rank in range(len(self.nouns))))

    def noun(self, draw: random.Random) -> tuple[str, str]:
        return draw.choices(self.nouns, cum_weights=self.weights)[0]


class Author:
    """Writes the files of a library and the questions for it; the same number gives the same text."""

    def __init__(self) -> None:
        self.words = Words()

    def sentence(self, draw: random.Random, forms: Sequence[str], side: int, topic: Sequence[tuple[str, str]]) -> str:
        """One sentence: its main nouns mostly from the topic, the others from the whole vocabulary."""

        def own() -> str:
            return (draw.choice(topic) if draw.random() < 0.6 else self.words.noun(draw))[side]

        parts = draw.choice(forms).split("{")
        text = parts[0]
        for part in parts[1:]:
            kind, rest = part.split("}")
            text += (own() if kind == "n" else self._other(draw, kind, side)) + rest
        return text

    def _other(self, draw: random.Random, kind: str, side: int) -> str:
        if kind == "p":
            return str(draw.randint(2, 98))
        return (
            draw.choice(self.words.adjectives)[side]
            if kind == "a"
            else draw.choice(self.words.verbs)[side]
            if kind == "v"
            else self.words.noun(draw)[side]
        )

    def file(self, number: int) -> str:
        """A Markdown file with front matter: paragraphs under headings and one list; every tenth answers 18 questions, as a digest does."""
        draw = random.Random(number)
        language = "de" if number % 2 else "en"
        side = number % 2
        topic = [self.words.noun(draw) for _ in range(20)]
        write = [self.sentence(draw, _SENTENCES[language], side, topic) for _ in range(5 * (PASSAGES - 1))]
        title = f"{topic[0][side].capitalize()} – {topic[1][side]} {number}"
        lines = ["---", f"work: made{number}", f"title: {title}", f"language: {language}", f"year: {1950 + number % 75}", "kind: article"]
        if number % 10 < 1:
            lines.append("questions:")
            for quote in write[:18]:
                ask = self.sentence(draw, _ASKED[language], side, topic)
                lines += [f"  - ask: {json.dumps(ask, ensure_ascii=False)}", f"    quote: {json.dumps(quote, ensure_ascii=False)}"]
        lines += ["---", f"# {title}", ""]
        for at in range(0, len(write), 5):
            if at % 15 == 0:
                lines += [f"## {draw.choice(topic)[side].capitalize()}", ""]
            lines += [" ".join(write[at : at + 5]), ""]
        lead = {"en": "The {n} of the {m} rests on these:", "de": "Die {n} der {m} beruht auf:"}[language]
        lines += [self.sentence(draw, [lead], side, topic), ""]
        lines += [f"- {self.sentence(draw, ['{a} {n}: {n}'], side, topic)}" for _ in range(4)]
        return "\n".join(lines) + "\n"

    def question(self, number: int) -> tuple[str, str]:
        """A question in German or English, on the topic of one file."""
        draw = random.Random(number)
        topic = [self.words.noun(draw) for _ in range(20)]
        language = "de" if (number // 2) % 2 else "en"
        return self.sentence(random.Random(-number - 1), _ASKED[language], 0 if language == "en" else 1, topic), language


class MadeEncoder:
    """A stand-in for large libraries: the sum of its words' fixed vectors, of rank 64, in 384 dimensions, with noise.

    A German word and its English partner share a vector. A question is encoded by the bundled encoder as well, for its time.
    """

    def __init__(self) -> None:
        import numpy as np

        from advisor.encoder import BundledEncoder

        self.bundled = BundledEncoder(threads=2)
        draw = np.random.default_rng(7)
        self._table = (draw.standard_normal((8192, RANK)) @ draw.standard_normal((RANK, DIMENSION)) / RANK**0.5).astype(np.float32)
        pairs = [*_pairs(_NOUNS), *_pairs(_ADJECTIVES), *_pairs(_VERBS)]
        self._rows = {word.lower(): zlib.crc32(english.encode()) % 8192 for english, german in pairs for word in (english, german)}
        self._german = sorted((word.lower() for _, word in _pairs(_NOUNS)), key=len)

    name, fingerprint, dimension = "made", "0" * 64, DIMENSION

    def _row(self, word: str) -> int:
        if word not in self._rows:
            self._rows[word] = zlib.crc32(word.encode()) % 8192
        return self._rows[word]

    def _vector(self, text: str) -> Any:
        import numpy as np

        rows = [self._row(word) for word in text.lower().replace(".", " ").replace("?", " ").split() if len(word) > 4]
        vector = self._table[rows or [0]].sum(axis=0)
        noise = np.random.default_rng(zlib.crc32(text.encode())).standard_normal(DIMENSION, np.float32)
        vector = vector / np.linalg.norm(vector) + NOISE * noise / np.linalg.norm(noise)
        return vector / np.linalg.norm(vector)

    def encode_passages(self, texts: Sequence[str], languages: Sequence[str]) -> Any:
        import numpy as np

        return np.stack([self._vector(text) for text in texts])

    def encode_question(self, text: str, language: str) -> Any:
        self.bundled.encode_question(text, language)
        return self._vector(text)


class Stages:
    """Seconds by stage, measured around the product's own functions; none of them calls another."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def around(self, owner: Any, name: str, stage: str) -> None:
        call = getattr(owner, name)

        def timed(*values: Any, **named: Any) -> Any:
            begin = time.perf_counter()
            try:
                return call(*values, **named)
            finally:
                self.seconds[stage] += time.perf_counter() - begin

        setattr(owner, name, timed)

    def writing(self, encoder: Any) -> None:
        from advisor import sync
        from advisor.index import Draft, Index
        from advisor.lexicon import Lexicon
        from advisor.vectors import VectorStore

        for name, stage in (("plan", "plan"), ("read", "read files"), ("split", "split"), ("find", "factors")):
            self.around(sync, name, stage)
        self.around(encoder, "encode_passages", "encode")
        self.around(Lexicon, "update", "lexicon")
        self.around(VectorStore, "add", "store vectors")
        self.around(Draft, "_insert", "store texts")
        self.around(Draft, "documents", "compare works")
        self.around(Draft, "_sample", "check")
        self.around(Draft, "counts", "count")
        self.around(Index, "_begin", "copy generation")
        self.around(Index, "_point_to", "write to disk")
        self.around(VectorStore, "close", "write to disk")

    def reading(self, encoder: Any) -> None:
        from advisor import retrieve
        from advisor.index import Generation
        from advisor.lexicon import Lexicon
        from advisor.vectors import VectorStore

        self.around(encoder, "encode_question", "encode the question")
        self.around(retrieve, "matched", "questions that documents answer")
        self.around(retrieve, "_on_topic", "topics (loads documents)")
        self.around(Lexicon, "scores", "BM25")
        self.around(VectorStore, "nearest", "nearest vectors")
        self.around(VectorStore, "vectors", "vectors of the words' candidates")
        self.around(Generation, "passages", "load passages")


class Sampler:
    """Where the main thread is, looked at every few milliseconds: share of time by the advisor's function and the innermost one.

    A look counts for the time since the last one: a call into Rust may hold the interpreter, and with it this thread, until it returns.
    """

    def __init__(self, step: float = 0.01) -> None:
        self._step = step
        self.seen: dict[str, float] = defaultdict(float)

    @contextmanager
    def running(self) -> Iterator[None]:
        main, stop = threading.get_ident(), threading.Event()

        def look() -> None:
            last = time.perf_counter()
            while not stop.wait(self._step):
                now = time.perf_counter()
                frame = sys._current_frames().get(main)
                if frame is not None:
                    own = frame
                    while own.f_back is not None and f"{os.sep}advisor{os.sep}" not in own.f_code.co_filename:
                        own = own.f_back
                    inner = f"{Path(frame.f_code.co_filename).stem}.{frame.f_code.co_name}"
                    last, since = now, now - last
                    self.seen[f"{Path(own.f_code.co_filename).stem}.{own.f_code.co_qualname} → {inner}"] += since

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def most(self, count: int = 8) -> list[tuple[str, float]]:
        total = max(sum(self.seen.values()), 1e-9)
        return [(name, round(seen / total, 3)) for name, seen in sorted(self.seen.items(), key=lambda item: -item[1])[:count]]


def _encoder(kind: str) -> Any:
    if kind == "made":
        return MadeEncoder()
    from advisor.encoder import BundledEncoder

    return BundledEncoder(threads=2)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _percentiles(seconds: Sequence[float]) -> list[float]:
    ordered = sorted(seconds)
    return [round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * share))], 2) for share in (0.5, 0.95, 0.99)]


def _size(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def write(folder: Path, first: int, count: int) -> None:
    author = Author()
    for number in range(first, first + count):
        place = folder / "texts" / f"{number // 1000:04d}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:07d}.md").write_text(author.file(number), "utf-8")


def synced(folder: Path, kind: str, files: int) -> dict[str, Any]:
    """Bring the index up to `files` files; files already there are not written again."""
    from advisor.index import Index
    from advisor.sync import sync

    have = len(list((folder / "texts").rglob("*.md")))
    write(folder, have, max(0, files - have))
    encoder = _encoder(kind)
    stages, sampler = Stages(), Sampler()
    stages.writing(encoder)
    index = Index(folder / "index", encoder)
    begin, cpu = time.perf_counter(), time.process_time()
    with sampler.running():
        report = sync(index, encoder, [folder / "texts"], fresh=False, keep=0, progress=lambda *_: None)
    total = time.perf_counter() - begin
    made = {stage: round(taken, 3) for stage, taken in stages.seconds.items()}
    made["everything else"] = round(total - sum(stages.seconds.values()), 3)
    generation = folder / "index" / report.generation
    disk = {"library.sqlite3": (generation / "library.sqlite3").stat().st_size, "vectors": _size(generation / "vectors")}
    counts = {"documents": report.counts.documents, "passages": report.counts.passages, "factors": report.counts.factors}
    return {
        "seconds": total,
        "cpu": time.process_time() - cpu,
        "stages": made,
        "peak": _peak(),
        "disk": disk,
        **counts,
        "profile": sampler.most(),
    }


def served(folder: Path, kind: str) -> dict[str, Any]:
    """Open, ask, ask again, see where the time goes, then compare the vector search with an exact one."""
    from advisor.index import Index
    from advisor.retrieve import search

    author, encoder = Author(), _encoder(kind)
    files = len(list((folder / "texts").rglob("*.md")))
    draw = random.Random(11)
    asked = [author.question(draw.randrange(files)) for _ in range(QUESTIONS + 50)]
    begin = time.perf_counter()
    generation = Index(folder / "index", encoder).open()
    opened = time.perf_counter() - begin
    search(generation, encoder, *asked[0], 10)
    first = time.perf_counter() - begin

    def ask(questions: Sequence[tuple[str, str]], clock: Callable[[], float] = time.perf_counter) -> list[float]:
        taken = []
        for question, language in questions:
            at = clock()
            search(generation, encoder, question, language, 10)
            taken.append(clock() - at)
        return taken

    ask(asked[:50])
    load = os.getloadavg()[0]
    fresh = ask(asked[50:])
    again = ask(asked[50:])
    cpu = ask(asked[50:], time.process_time)
    peak = _peak()
    encoding = []
    for question, language in asked[50:]:
        at = time.perf_counter()
        getattr(encoder, "bundled", encoder).encode_question(question, language)
        encoding.append(time.perf_counter() - at)
    sampler, stages = Sampler(0.001), Stages()
    with sampler.running():
        ask(asked[50:])
    generation.document.cache_clear()
    stages.reading(encoder)
    ask(asked[50:])
    result = {
        "open": opened,
        "first": first,
        "fresh": _percentiles(fresh),
        "again": _percentiles(again),
        "cpu": _percentiles(cpu),
        "peak": peak,
        "load": load,
    }
    result |= {"encoding": _percentiles(encoding), "stages": {n: round(1000 * s / QUESTIONS, 2) for n, s in stages.seconds.items()}}
    return result | {"profile": sampler.most(12), "recall": _recalls(generation, encoder, asked[50:])}


def answered(folder: Path, kind: str) -> dict[str, Any]:
    """Whole answers without a language model, until there are 20 or two minutes are over; the first one is left out."""
    from advisor import Advisor, Settings

    author, draw = Author(), random.Random(11)
    advisor = Advisor(Settings(index=folder / "index"), _encoder(kind))
    files = len(list((folder / "texts").rglob("*.md")))
    taken, cpu, outcomes, sampler = [], [], Counter[str](), Sampler()
    advisor.ask(*author.question(draw.randrange(files))[:1])
    until = time.perf_counter() + 120
    with sampler.running():
        while len(taken) < 20 and time.perf_counter() < until:
            question, language = author.question(draw.randrange(files))
            begin, used = time.perf_counter(), time.process_time()
            outcomes[advisor.ask(question, language=language).outcome] += 1
            taken.append(time.perf_counter() - begin)
            cpu.append(time.process_time() - used)
    return {
        "answers": len(taken),
        "answer": _percentiles(taken),
        "cpu": _percentiles(cpu),
        "outcomes": outcomes,
        "peak": _peak(),
        "profile": sampler.most(12),
    }


def _stored(generation: Any, pool: str, rows: Sequence[int]) -> Any:
    import numpy as np

    found: dict[int, Any] = {}
    for at in range(0, len(rows), 5000):
        found.update(generation.vectors.vectors(pool, rows[at : at + 5000]))
    return np.array(list(found), np.int64), np.stack(list(found.values()))


def _recall(nearest: Callable[[Any], Sequence[tuple[int, float]]], rows: Any, vectors: Any, questions: Any) -> float:
    """Share of the ten nearest by exact search that the index also has among its first ten of a hundred, as the advisor asks for them."""
    import numpy as np

    found = []
    for question in questions:
        best = rows[np.argpartition(-(vectors @ question), 9)[:10]]
        found.append(len({row for row, _ in nearest(question)[:10]} & set(best.tolist())) / 10)
    return round(statistics.mean(found), 4)


def _recalls(generation: Any, encoder: Any, asked: Sequence[tuple[str, str]]) -> dict[str, float]:
    questions = [encoder.encode_question(question, language) for question, language in asked]
    result = {}
    for language in generation.lexicon.languages:
        pool = f"passages-{language}"
        rows, vectors = _stored(generation, pool, generation.lexicon.rows(language).tolist())
        result[pool] = _recall(lambda q, pool=pool: generation.vectors.nearest(pool, q, 100), rows, vectors, questions)  # type: ignore[misc]
    return result


def graphs(folder: Path, kind: str, settings: str) -> dict[str, Any]:
    """The vectors of a library stored again with other settings of the graph: what they cost and how well they find."""
    from advisor import vectors as module
    from advisor.index import Index

    encoder, author = _encoder(kind), Author()
    generation = Index(folder / "index", encoder).open()
    draw = random.Random(11)
    files = len(list((folder / "texts").rglob("*.md")))
    asked = [author.question(draw.randrange(files)) for _ in range(QUESTIONS)]
    questions = [encoder.encode_question(question, language) for question, language in asked]
    neighbours, construction, search = map(int, settings.split("/"))
    module._GRAPH.update(max_neighbors=neighbours, ef_construction=construction, ef_search=search)
    result: dict[str, Any] = {"graph": settings, "load": os.getloadavg()[0]}
    rows, vectors = _stored(generation, "passages-en", generation.lexicon.rows("en").tolist())
    with tempfile.TemporaryDirectory() as place:
        store = module.VectorStore.from_path(Path(place))
        begin = time.perf_counter()
        store.add("passages-en", rows.tolist(), vectors, [{"row": int(row)} for row in rows])
        result |= {"vectors": len(rows), "per second": len(rows) / (time.perf_counter() - begin)}
        taken = []
        for count in (10, 100):
            for question in questions:
                at = time.perf_counter()
                store.nearest("passages-en", question, count)
                taken.append(time.perf_counter() - at)
            result[f"nearest {count}"] = _percentiles(taken[-QUESTIONS:])
        result["recall 10 of 10"] = _recall(lambda q: store.nearest("passages-en", q, 10), rows, vectors, questions)
        result["recall 10 of 100"] = _recall(lambda q: store.nearest("passages-en", q, 100), rows, vectors, questions)
        result["disk"] = _size(Path(place))
        store.close()
    return result


def step(folder: Path, name: str, *values: str) -> dict[str, Any]:
    """One step in a process of its own; its result is kept in the folder."""
    kept = folder / f"{'-'.join([name, *values]).replace('/', '_')}.json"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        load = os.getloadavg()[0]
        done = subprocess.run([sys.executable, __file__, "--step", str(folder), name, *values], check=True, stdout=subprocess.PIPE)
        result = json.loads(done.stdout) | {"load before": load, "load after": os.getloadavg()[0]}
        kept.write_text(json.dumps(result), "utf-8")
    return dict(json.loads(kept.read_text("utf-8")))


STEPS: dict[str, Callable[[Path, Sequence[str]], dict[str, Any]]] = {
    "build": lambda folder, values: synced(folder, values[0], int(values[1])),
    "nothing": lambda folder, values: synced(folder, values[0], int(values[1])),
    "serve": lambda folder, values: served(folder, values[0]),
    "add": lambda folder, values: synced(folder, values[0], int(values[1])),
    "answer": lambda folder, values: answered(folder, values[0]),
    "graph": lambda folder, values: graphs(folder, values[0], values[1]),
}


def _mega(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"


def _milli(values: Sequence[float]) -> str:
    return " / ".join(f"{value:.0f}" if value >= 10 else f"{value:.1f}" for value in values)


def _load(*results: dict[str, Any]) -> str:
    loads = [result[name] for result in results for name in ("load before", "load after")]
    return f"{min(loads):.1f}–{max(loads):.1f}"


def _table(names: Sequence[str], columns: Sequence[Sequence[str]], head: Sequence[str]) -> None:
    print(f"\n| {' | '.join(['', *head])} |\n|{'---|' * (len(head) + 1)}")
    for name, *row in zip(names, *columns, strict=True):
        print(f"| {name} | {' | '.join(row)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", default=SIZES)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--graphs", nargs="*", default=["32/200/200", "16/100/100"], help="settings compared at the largest size")
    parser.add_argument("--step", nargs="+")
    given = parser.parse_args()
    if given.step:
        folder, name, *values = given.step
        print(json.dumps(STEPS[name](Path(folder), values)))
        return
    with tempfile.TemporaryDirectory() as made:
        _report(given.folder or Path(made), list(given.sizes), given.graphs)


def _report(folder: Path, sizes: list[str], compared: list[str]) -> None:
    machine = f"{os.cpu_count()} × {platform.processor() or platform.machine()}"
    print(f"{time.strftime('%Y-%m-%d')}, {machine}, Python {platform.python_version()}")
    results: list[dict[str, dict[str, Any]]] = []
    columns, head, stages = [], [], []
    for size in sizes:
        number, kind = size.split(":")
        files, place = int(number) // PASSAGES, folder / f"{kind}-{number}"
        build, nothing = step(place, "build", kind, str(files)), step(place, "nothing", kind, str(files), "again")
        serve, answer = step(place, "serve", kind), step(place, "answer", kind)
        add = step(place, "add", kind, str(files + 100))
        results.append({"building": build, "a question": serve, "an answer": answer, "adding": add})
        head.append(f"{int(number):,}, {kind}")
        stages.append((build, add))
        columns.append(_column(build, nothing, serve, answer, add))
        print(f"{size} done", file=sys.stderr)
    _table(NAMES, columns, head)
    for title, at in (("building", 0), ("adding 100 files", 1)):
        names = sorted({name for pair in stages for name in pair[at]["stages"]}, key=lambda n: -stages[-1][at]["stages"].get(n, 0))
        _table([f"{title}: {name}" for name in names], [[f"{p[at]['stages'].get(n, 0):.2f} s" for n in names] for p in stages], head)
    names = list(results[-1]["a question"]["stages"])
    cells = [[f"{serve['stages'].get(name, 0):.2f} ms" for name in names] for serve in (result["a question"] for result in results)]
    _table([f"a question: {name}" for name in names], cells, head)
    for title, result in results[-1].items():
        print(f"\nWhere the time goes, {title}, {head[-1]}:\n")
        for name, share in result["profile"]:
            print(f"- {share:.0%} {name}")
    number, kind = sizes[-1].split(":")
    for settings in compared:
        print("\n" + json.dumps(step(folder / f"{kind}-{number}", "graph", kind, settings)))


NAMES = (
    "files / passages / factors", "build", "processor time of it", "passages a second", "library.sqlite3", "vectors/",
    "peak memory, building", "open", "open and first question", "question p50 / p95 / p99, ms", "the same questions again, ms",
    "processor time of a question, ms", "encoding alone, ms", "whole answer p50 / p95 / p99, ms", "processor time of it, ms",
    "peak memory, serving", "recall@10, en / de", "add 100 files", "processor time of it", "peak memory, adding",
    "sync, nothing changed", "load",
)  # fmt: skip


def _column(
    build: dict[str, Any], nothing: dict[str, Any], serve: dict[str, Any], answer: dict[str, Any], add: dict[str, Any]
) -> list[str]:
    recall = serve["recall"]
    return [
        f"{build['documents']:,} / {build['passages']:,} / {build['factors']:,}", f"{build['seconds']:.1f} s", _seconds(build, "cpu"),
        f"{build['passages'] / build['seconds']:.0f}", _mega(build["disk"]["library.sqlite3"]), _mega(build["disk"]["vectors"]),
        f"{build['peak']:,} MB", f"{serve['open']:.2f} s", f"{serve['first']:.2f} s", _milli(serve["fresh"]), _milli(serve["again"]),
        _milli(serve.get("cpu", ())), _milli(serve["encoding"]), _milli(answer["answer"]), _milli(answer["cpu"]),
        f"{serve['peak']:,} MB", f"{recall['passages-en']:.3f} / {recall['passages-de']:.3f}",
        f"{add['seconds']:.1f} s", _seconds(add, "cpu"), f"{add['peak']:,} MB",
        f"{nothing['seconds']:.2f} s", _load(build, nothing, serve, answer, add),
    ]  # fmt: skip


def _seconds(result: dict[str, Any], name: str) -> str:
    return f"{result[name]:.1f} s" if name in result else "–"


if __name__ == "__main__":
    main()
