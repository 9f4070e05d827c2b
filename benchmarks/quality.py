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
    """Every list of the corpus, written against found."""
    from advisor.curation import written_lists

    print("\n| documents | lists written | items written | items found as factors | lists cut short |")
    print("|---|---|---|---|---|")
    documents = advisor.documents()
    written = [written_lists(d) for d in documents]
    found = [[e.n for e in advisor.enumerations_of(d.sha256) if e.style in ("numbered", "bulleted")] for d in documents]
    short = sum(w != f for w, f in zip(written, found, strict=True))
    print(f"| {len(documents)} | {sum(map(len, written))} | {sum(map(sum, written))} | {sum(map(sum, found))} | {short} |")


if __name__ == "__main__":
    main()
