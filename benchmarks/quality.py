"""How good the answers are on questions with known answers, and whether lists come whole.

Run: python benchmarks/quality.py [QUESTIONS.jsonl …] (default: benchmarks/questions.jsonl). Prints Markdown tables.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from advisor import Advisor, Settings
from advisor.evaluate import answer_figures, outcomes, read_gold

HERE = Path(__file__).parent


def main() -> None:
    files = [Path(name) for name in sys.argv[1:]] or [HERE / "questions.jsonl"]
    with (
        tempfile.TemporaryDirectory() as folder,
        Advisor.open(Settings(index=Path(folder) / "index", corpus=HERE.parent / "corpus")) as advisor,
    ):
        advisor.sync()
        print(time.strftime("%Y-%m-%d") + "\n")
        print("| questions | language | n | works recall | facts found | declined | wrongly declined | quotations verified |")
        print("|---|---|---|---|---|---|---|---|")
        for file in files:
            gold = read_gold(file)
            for language in ("en", "de"):
                done = outcomes([g for g in gold if g.language == language], advisor.ask)
                f = answer_figures(done)
                checked = [verdict for o in done for _, verdict in advisor.verify([*o.answer.citations, *o.answer.nearest])]
                shares = " | ".join(f"{f[name]:.3f}" for name in ("works_recall", "facts_found", "declined", "wrongly_declined"))
                print(f"| {file.name} | {language} | {f['questions']} | {shares} | {checked.count('found')} of {len(checked)} |")
        lists_whole(advisor)


def lists_whole(advisor: Advisor) -> None:
    """Every list of the corpus, written against found, by work (both languages together)."""
    from advisor.curation import written_lists

    rows: dict[str, list[int]] = {}
    for document in advisor.documents():
        written = written_lists(document)
        found = [e.n for e in advisor.enumerations_of(document.sha256) if e.style in ("numbered", "bulleted")]
        counts = (len(written), sum(written), sum(found), sum(w != f for w, f in zip(written, found, strict=True)))
        rows[document.work.key] = [a + b for a, b in zip(rows.get(document.work.key, [0] * 4), counts, strict=True)]
    print("\n| work | lists written | items written | items found as factors | lists cut short |")
    print("|---|---|---|---|---|")
    for key, counts_of_work in sorted(rows.items()):
        print(f"| {key} | " + " | ".join(map(str, counts_of_work)) + " |")
    print("| all | " + " | ".join(str(sum(column)) for column in zip(*rows.values(), strict=True)) + " |")


if __name__ == "__main__":
    main()
