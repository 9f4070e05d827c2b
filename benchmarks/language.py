"""How often the language of a question is found: whole questions, and keywords as people type them into a search field.

Run: python benchmarks/language.py
Keywords are the section headings and the labels of list items in corpus/, whose language is that of their digest. "By its words" is what
function words and shapes of words tell alone; "found" adds the dictionaries. What tells nothing is asked in the language of the page, and
in the other where that has no answer. Prints Markdown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from measuring import table

from advisor.language import evidence
from advisor.text import language_evidence

HERE = Path(__file__).parent
LABEL = re.compile(r"(?m)^(?:\d+\. |- |## )([^:\n(]{3,40})(?=:|$)")


def main() -> None:
    for name, texts in (("questions", questions()), ("keywords", keywords())):
        ways = {"by its words": language_evidence, "found": evidence}
        columns = {
            f"{way}, {language}": shares(held, 1 if language == "de" else -1, judge)
            for way, judge in ways.items() for language, held in texts.items()
        }  # fmt: skip
        counts = ", ".join(f"{len(held)} {language}" for language, held in texts.items())
        print(table(f"{name} ({counts})", columns) + "\n")


def questions() -> dict[str, list[str]]:
    lines = [json.loads(line) for line in (HERE / "questions.jsonl").read_text("utf-8").splitlines()]
    return {language: [line["question"] for line in lines if line["lang"] == language] for language in ("en", "de")}


def keywords() -> dict[str, list[str]]:
    corpus = HERE.parent / "corpus"
    return {
        language: sorted({label for path in corpus.glob(f"*.{language}.md") for label in LABEL.findall(path.read_text("utf-8"))})
        for language in ("en", "de")
    }


def shares(texts: Sequence[str], sign: int, judge: Callable[[str], float]) -> dict[str, str]:
    told = [judge(text) * sign for text in texts]
    return {
        "right": f"{sum(score > 0 for score in told) / len(told):.3f}",
        "tells nothing": f"{sum(score == 0 for score in told) / len(told):.3f}",
        "wrong": f"{sum(score < 0 for score in told) / len(told):.3f}",
    }


if __name__ == "__main__":
    main()
