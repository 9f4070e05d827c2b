"""Every list of the library, asked for by a question made from its lead-in: is it found, first, and whole?

Run: python benchmarks/lists.py [INDEX]. Prints a Markdown table.
"""

from __future__ import annotations

import re
import sys
import tempfile
from pathlib import Path

from advisor import Advisor, Settings

ASK = {"en": "Which are they: {lead}?", "de": "Welche sind das: {lead}?"}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        named = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
        index = Path(named[0]) if named else Path(folder) / "index"
        with Advisor.open(Settings(index=index)) as advisor:
            if not advisor.ready:
                advisor.sync([Path(__file__).parent.parent / "corpus"])
            print("| language | lists | given whole | given whole and first |\n|---|---|---|---|")
            for language in ("en", "de"):
                print(f"| {language} | " + " | ".join(map(str, measured(advisor, language))) + " |")


def measured(advisor: Advisor, language: str) -> tuple[int, str, str]:
    total = whole = first = 0
    for document in advisor.documents():
        if document.language != language:
            continue
        for found in advisor.enumerations_of(document.sha256):
            if found.style == "running":
                continue
            lead = found.lead.of(document.text)
            question = ASK[language].format(lead=re.sub(r"\s*\([^)]*\)|:$", "", lead)[:300])
            answer = advisor.ask(question, language=language, note_gap=False)
            given = [i for i, entry in enumerate(answer.lists) if entry.lead == lead and entry.items_given == found.n]
            total, whole, first = total + 1, whole + bool(given), first + (given[:1] == [0])
            if not given and "--misses" in sys.argv:
                print(document.source, lead[:100], file=sys.stderr)
    return total, f"{whole} ({whole / total:.3f})", f"{first} ({first / total:.3f})"


if __name__ == "__main__":
    main()
