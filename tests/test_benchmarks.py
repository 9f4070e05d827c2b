"""The benchmarks' own arithmetic, the texts that they make, and small real runs of them."""

import itertools
import json
import random
import statistics
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from advisor.documents import read
from advisor.encoder import BundledEncoder
from advisor.passages import split

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"
sys.path[:0] = [str(BENCHMARKS), str(BENCHMARKS / "peers")]

import embeddings  # noqa: E402
import made  # noqa: E402
import measure  # noqa: E402
import measuring  # noqa: E402
import run  # noqa: E402
import scale  # noqa: E402

TEXTS = {
    "en": [
        ("budget.txt", "The budget has to be secured for two years before the first campaign is launched."),
        ("culture.txt", "An open culture of discussion among employees cannot be ordered from above."),
        ("ferry.txt", "The ferry to the island leaves at seven in the morning and returns at dusk."),
    ],
    "de": [
        ("haushalt.txt", "Die Mittel müssen für zwei Jahre gesichert sein, bevor die erste Kampagne beginnt."),
        ("kultur.txt", "Eine offene Gesprächskultur unter den Beschäftigten lässt sich nicht von oben anordnen."),
        ("fähre.txt", "Die Fähre zur Insel legt um sieben Uhr morgens ab und kehrt in der Dämmerung zurück."),
    ],
}
QUESTIONS = {
    "en": [
        {"question": "When does the ferry leave?", "documents": ["ferry.txt", "fähre.txt"]},
        {"question": "For how long must the budget be secured?", "documents": ["budget.txt", "haushalt.txt"]},
    ],
    "de": [
        {"question": "Wann legt die Fähre ab?", "documents": ["ferry.txt", "fähre.txt"]},
        {"question": "Wie lange müssen die Mittel gesichert sein?", "documents": ["budget.txt", "haushalt.txt"]},
    ],
}


class TestFigures:
    QUESTION = ({"question": "?", "documents": ["a", "b", "elsewhere"]},)

    def test_only_what_is_in_the_index_counts(self):
        found = run.figures([["x", "a", "y", "b"]], self.QUESTION, ["a", "b", "x", "y"])
        ideal = 1 + 1 / np.log2(3)
        assert found == pytest.approx({"R@1": 0, "R@5": 1, "MRR@10": 0.5, "nDCG@10": (1 / np.log2(3) + 1 / np.log2(5)) / ideal})

    def test_all_right_is_one_and_nothing_right_is_nought(self):
        assert set(run.figures([["b", "a"]], self.QUESTION, ["a", "b"]).values()) == {1.0}
        assert set(run.figures([["x"]], self.QUESTION, ["a", "b"]).values()) == {0.0}
        assert set(run.figures([["x"]], self.QUESTION, ["x"]).values()) == {0.0}

    def test_what_stands_eleventh_is_not_found(self):
        assert set(run.figures([[*"0123456789", "a"]], self.QUESTION, ["a"]).values()) == {0.0}

    @given(st.lists(st.permutations("abcdefgh"), min_size=1), st.sets(st.sampled_from("abcdefgh"), min_size=1))
    def test_figures_stand_in_order_and_do_not_fall_when_a_right_one_moves_up(self, rankings, right):
        questions = [{"question": "?", "documents": sorted(right)}] * len(rankings)
        found = run.figures(rankings, questions, "abcdefgh")
        better = run.figures([sorted(ranking, key=lambda name: name not in right) for ranking in rankings], questions, "abcdefgh")
        assert 0 <= found["R@1"] <= found["MRR@10"] <= found["R@5"] or found["R@5"] < found["MRR@10"] <= 1
        assert all(better[name] == pytest.approx(1) and found[name] <= better[name] + 1e-9 for name in found)


def one_round(seconds, ranked, queries=(0.010, 0.020, 0.030)):
    return {
        "load_seconds": 1.0, "ingest_seconds": {"en": seconds, "de": seconds},
        "ingest_processor_seconds": {"en": seconds / 2, "de": seconds / 2}, "ranked": ranked, "query_seconds": list(queries),
        "query_processor_seconds": 0.015, "peak_mb": 500.0, "start_seconds": 2.0, "start_processor_seconds": 1.5,
        "versions": {"thing": "1.0"},
    }  # fmt: skip


@pytest.fixture
def rounds():
    """Three rounds of two peers; the figures of a round are those of its seconds."""
    ranked = {
        f"{indexed}/{asked}": [[one["documents"][0 if indexed == "en" else 1]] for one in QUESTIONS[asked]]
        for indexed in run.LANGUAGES
        for asked in run.LANGUAGES
    }
    taken = {"advisor": (1.0, 0.5, 4.0), "langchain": (3.0, 2.0, 6.0)}
    return {peer: [one_round(seconds, ranked) for seconds in held] for peer, held in taken.items()}


INSTALLS = {"advisor": {"megabytes": 10.0, "seconds": 20.0}, "langchain": {"megabytes": 30.0, "seconds": 40.0}}


def told(capsys, rounds):
    """The lines of a report, each as its cells."""
    run.report(rounds, INSTALLS, TEXTS, QUESTIONS, [0.5, 3.25])
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in capsys.readouterr().out.splitlines()]


class TestReport:
    def test_times_are_medians_and_ratios_are_taken_round_by_round(self, capsys, rounds):
        lines = told(capsys, rounds)
        costs = next(cells for cells in lines if cells[0] == "this advisor" and len(cells) == 10)
        # 6 texts in 2, 1 and 8 seconds; the other stack in 6, 4 and 12: 3, 4 and 1.5 times as fast.
        assert costs == ["this advisor", "3.0", "3.0", "6.0", "3.0", "2.0 (1.5)", "20 / 30 (15)", "500", "10", "20"]
        assert any("load average 0.5 to 3.2" in cells[0] for cells in lines)

    def test_right_answers_are_one_in_all_four_directions(self, capsys, rounds):
        found = next(cells for cells in told(capsys, rounds) if cells[0] == "this advisor")
        assert found[1:] == ["1.000 / 1.000 / 1.000 / 1.000"] * 4

    def test_a_round_that_failed_is_named_and_counts_nowhere(self, capsys, rounds):
        rounds["advisor"][2] = {"failed": "exit status 1: out of memory"}
        lines = told(capsys, rounds)
        costs = next(cells for cells in lines if cells[0] == "this advisor" and len(cells) == 10)
        assert costs[1:3] == [f"{statistics.median([3, 6]):.1f}", f"{statistics.median([3, 4]):.1f}"]
        assert ["- this advisor, round 3 failed: exit status 1: out of memory"] in lines

    def test_a_peer_without_its_first_round_has_no_line(self, capsys, rounds):
        rounds["langchain"][0] = {"failed": "no model"}
        lines = told(capsys, rounds)
        assert not any(cells[0] == run.LABELS["langchain"] for cells in lines)
        assert next(cells for cells in lines if cells[0] == "this advisor" and len(cells) == 10)[2] == "–"


class TestHarness:
    def test_every_peer_has_an_adapter_its_requirements_and_a_name(self):
        files = (BENCHMARKS / "peers" / "adapters").glob("*.py")
        adapters = {file.stem for file in files if not file.stem.endswith("_documents")}  # those read folders, for benchmarks/ingest.py
        assert set(run.LABELS) == adapters
        assert set(run.LABELS) <= {file.stem for file in (BENCHMARKS / "peers" / "requirements").glob("*.txt")}

    def test_an_environment_that_is_there_is_used(self, tmp_path):
        (tmp_path / "advisor").mkdir()
        (tmp_path / "advisor" / "install.json").write_text("{}")
        assert run.environment("advisor", tmp_path) == str(tmp_path / "advisor" / "venv" / "bin" / "python")

    def test_a_peer_that_asks_a_server_has_two_environments(self, tmp_path):
        for name, megabytes in (("haiku_rag", 100.0), ("embeddings", 20.0), ("advisor", 3.0)):
            (tmp_path / name).mkdir()
            (tmp_path / name / "install.json").write_text(json.dumps({"seconds": 1.0, "megabytes": megabytes}))
        assert run.installed("haiku_rag", tmp_path) == {"seconds": 2.0, "megabytes": 120.0}
        assert run.installed("advisor", tmp_path) == {"seconds": 1.0, "megabytes": 3.0}
        server = str(tmp_path / "embeddings" / "venv" / "bin" / "python")
        assert run.serving(["advisor", "haiku_rag"], tmp_path) == {embeddings.PYTHON: server}
        assert run.serving(["advisor"], tmp_path) == {}

    def test_a_python_that_is_nowhere_is_named_with_the_way_out(self, tmp_path, monkeypatch):
        monkeypatch.setitem(run.NEWER, "haiku_rag", ("3.99",))
        monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
        with pytest.raises(SystemExit, match=r"haiku_rag needs Python 3\.99.* --peers advisor,langchain,llamaindex,haystack,txtai\.$"):
            run.environment("haiku_rag", tmp_path)
        assert run.interpreter("langchain") == sys.executable

    def test_what_works_beside_an_adapter_counts_as_its_own(self, tmp_path):
        asked, spent = [], itertools.count(step=100)  # a hundred seconds of the processor whenever it is looked at
        task = {"minilm": "", "folder": str(tmp_path), "texts": {"en": [["a", "text"]]}, "questions": {"en": ["?"]}}
        beside = measure.Beside(lambda: next(spent), lambda: 1_000_000.0, lambda: None)

        def build(model, texts, folder):
            return lambda question: asked.append(question) or [name for name, _ in texts]

        done = measure._measured(task, lambda minilm: None, build, beside)
        assert 100 <= done["ingest_processor_seconds"]["en"] < 110 and 100 <= done["query_processor_seconds"] < 110
        assert done["peak_mb"] > 1_000_000 and done["ranked"] == {"en/en": [["a"]]} and asked == ["?", "?"]  # one in the rehearsal

    def test_an_adapter_that_fails_is_reported_with_its_last_words(self, tmp_path, capsys):
        done = run.measure("langchain", sys.executable, tmp_path, {"en": []}, {"en": ["?"]}, 1)
        assert done["failed"].startswith("exit status 1: ")
        assert "Error" in capsys.readouterr().err

    @pytest.mark.parametrize("threads", [0, 1])
    def test_the_advisor_runs_for_real(self, tmp_path, threads):
        for kind, held in (("passages", TEXTS), ("questions", QUESTIONS)):
            for language, lines in held.items():
                rows = [{"document": line[0], "text": line[1]} if kind == "passages" else line for line in lines]
                (tmp_path / f"{kind}.{language}.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
        texts, questions = run.read(tmp_path)
        asked = {language: [one["question"] for one in held] for language, held in questions.items()}
        done = run.measure("advisor", sys.executable, tmp_path, texts, asked, threads)
        assert "failed" not in done
        assert done["start_seconds"] > done["query_seconds"][0] > 0  # not nan: the reopened index answered as before
        for indexed in run.LANGUAGES:
            for language in run.LANGUAGES:
                ranked = done["ranked"][f"{indexed}/{language}"]
                assert run.figures(ranked, questions[language], dict(texts[indexed]))["R@1"] == 1
        assert done["versions"].keys() == {"strategy-advisor", "chromadb", "onnxruntime"}


@pytest.fixture(scope="module")
def author():
    return made.Author()


@pytest.fixture(scope="module")
def stand_in():
    return made.MadeEncoder(BundledEncoder(threads=1))


class TestMadeTexts:
    @pytest.mark.parametrize("number", [0, 11, 12, 13])
    def test_a_file_is_read_as_ten_passages_in_its_language_with_its_questions(self, author, tmp_path, number):
        place = tmp_path / "made.md"
        place.write_text(author.file(number), "utf-8")
        document = read(place, source="made.md")
        assert len(split(document)) == made.PASSAGES
        assert document.language == ("de" if number % 2 else "en")
        assert len(document.work.questions) == (made.ANSWERED if number in (0, 11) else 0)
        assert all(question.quote in document.text for question in document.work.questions)

    def test_the_same_number_gives_the_same_text_whatever_was_written_before(self, author):
        assert made.Author().file(7) == author.file(7) != author.file(8)

    def test_files_that_are_there_stay(self, author, tmp_path):
        author.write(tmp_path, 3)
        first = next(tmp_path.rglob("*.md"))
        first.write_text("kept", "utf-8")
        author.write(tmp_path, 5)
        assert made.count_files(tmp_path) == 5 and first.read_text("utf-8") == "kept"

    def test_questions_differ_and_half_are_german(self, author):
        asked = author.questions(40, 60)
        assert len(set(asked)) == 60
        assert sum(language == "de" for _, language in asked) == 30
        assert {language for _, language in author.answered_questions(40)} == {"de", "en"}
        assert len(author.answered_questions(40)) == 4

    def test_paragraphs_are_those_of_the_files(self, author):
        paragraphs = author.paragraphs(20)
        assert len(paragraphs) == len(set(paragraphs)) == 20
        assert all(paragraph in author.file(at // 9) for at, paragraph in enumerate(paragraphs))


class TestMadeVectors:
    def test_they_are_of_one_length_a_whole_and_its_parts(self, stand_in):
        found = stand_in.encode_parted([["The budget.", "Die Kultur ist offen."], ["alone"]], ["en", "en"])
        assert [each.vectors.shape for each in found] == [(3, 384), (1, 384)]
        assert all(np.allclose(np.linalg.norm(each.vectors, axis=1), 1, atol=1e-5) and each.vectors.dtype == np.float32 for each in found)

    def test_a_german_word_is_near_its_english_partner_and_far_from_another(self, stand_in):
        german, english, other = stand_in.encode_passages(["Wachstum", "growth", "Werbung"], ["de", "en", "de"])
        assert german @ english > 0.8 > 0.4 > german @ other


class TestMeasuring:
    def test_percentiles(self):
        values = list(range(1, 101))
        random.Random(1).shuffle(values)
        assert measuring.percentiles(values) == [51, 96, 100]
        assert measuring.percentiles([7.0]) == [7.0, 7.0, 7.0]

    @given(st.lists(st.floats(0, 1e6), min_size=1))
    def test_percentiles_rise_and_are_values(self, values):
        found = measuring.percentiles(values)
        assert found == sorted(found) and set(found) <= set(values)

    @pytest.mark.parametrize(
        ("value", "shown"),
        [(None, "–"), (0.123, "0.12"), (12.34, "12.3"), (1234.5, "1,234"), (7, "7"), ([1, 22.22], "1 / 22.2"), ("as it is", "as it is")],
    )
    def test_cells(self, value, shown):
        assert measuring.cell(value) == shown

    def test_a_table_has_the_rows_of_all_columns(self):
        shown = measuring.table("what", {"small": {"a": 1, "b": 2}, "large": {"b": 3, "c": 4}}).splitlines()
        assert shown == ["| what | small | large |", "|---|---|---|", "| a | 1 | – |", "| b | 2 | 3 |", "| c | – | 4 |"]

    def test_stages_count_what_they_surround_and_leave_no_trace(self):
        class Work:
            def heavy(self):
                return sum(range(300_000))

            def light(self):
                return 1

        work, before = Work(), Work.heavy
        stages = measuring.Stages()
        with pytest.raises(ZeroDivisionError), stages.measuring([(Work, "heavy", "heavy")], beside=(work, "light", "light")):
            work.heavy()
            work.light()
            raise ZeroDivisionError
        assert Work.heavy is before and not vars(work)
        assert stages.seconds["heavy"] > stages.seconds["light"] >= 0
        assert sum(stages.shares(5.0).values()) == pytest.approx(5.0)
        assert list(stages.shares(5.0))[-1] == "everything else"

    @pytest.mark.parametrize("beside", [True, False])
    def test_a_stage_within_another_is_not_counted_twice(self, beside):
        class Work:
            def outer(self):
                return self.inner()

            def inner(self):
                return sum(range(2_000_000))

        work, stages = Work(), measuring.Stages()
        inner = (work, "inner", "inner")
        with stages.measuring([(Work, "outer", "outer")] + [inner] * (not beside), beside=inner if beside else None):
            work.outer()
        assert stages.seconds["outer"] < stages.seconds["inner"] / 2


class TestScale:
    def test_every_step_runs_for_real_and_makes_a_column(self, tmp_path, monkeypatch):
        monkeypatch.setattr(scale, "QUESTIONS", 12)
        monkeypatch.setattr(scale, "WARM", 2)
        monkeypatch.setattr(scale, "ANSWERS", 2)
        size = {"build": scale.synced(tmp_path, "made", 20), "nothing": scale.synced(tmp_path, "made", 20)}
        size |= {"serve": scale.served(tmp_path, "made"), "answer": scale.answered(tmp_path, "made")}
        size |= {"add": scale.synced(tmp_path, "made", 22), "load": [0.5, 1.5]}
        assert size["build"]["counts"] == size["nothing"]["counts"] == [20, 200, 80]
        assert size["add"]["counts"] == [22, 220, 88]
        assert size["serve"]["recall"] == [1.0, 1.0]  # so few vectors are found by any graph
        assert size["build"]["stages"]["vectors into Chroma"] > size["nothing"]["stages"].get("vectors into Chroma", 0) == 0
        assert sum(size["serve"]["stages"].values()) > 0 and size["serve"]["stages"]["everything else"] > 0
        assert "answered" in size["answer"]["outcomes"]
        shown = scale.table("", {"200, made": scale.column(json.loads(json.dumps(size)))})
        assert "| files / passages / list items | 20 / 200 / 80 |" in shown and "–" not in shown

    def test_a_step_is_kept_and_not_done_again(self, tmp_path):
        kept = tmp_path / "serve.json"
        kept.write_text(json.dumps({"measured": {"open": 1}, "load": [1, 2]}))
        assert scale.step(kept, "no such step") == {"measured": {"open": 1}, "load": [1, 2]}

    def test_a_broader_search_finds_no_less(self, monkeypatch):
        monkeypatch.setattr(scale, "QUESTIONS", 20)
        monkeypatch.setattr(scale, "SEARCHES", (2, 400))
        graph = dict(scale.folder._BUILT, ef_search=2)
        monkeypatch.setattr(scale.folder, "_BUILT", graph)
        narrow, broad = scale.graph(1500, 3, 3)
        assert (narrow["breadth"], broad["breadth"]) == (2, 400)
        assert narrow["recall"] < broad["recall"] <= 1
        assert graph["max_neighbors"] == 3

    @settings(max_examples=20, deadline=None)
    @given(st.integers(1, 9))
    def test_recall_is_the_share_of_the_exact_ten(self, missed):
        draw = np.random.default_rng(3)
        stored = draw.standard_normal((50, 8)).astype(np.float32)
        question = stored[0]
        exact = np.argsort(-(stored @ question))
        answered = [(int(row), 0.0) for row in [*exact[missed:10], *exact[20 : 20 + missed]]]
        assert scale._recall(lambda _: answered, np.arange(50), stored, [question]) == pytest.approx(1 - missed / 10)
