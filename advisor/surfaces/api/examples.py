"""Examples for the description of the interface; every one of them is what the bundled library gives or takes."""

from __future__ import annotations

import json
from typing import Any

CITATION: dict[str, Any] = {
    "number": 1,
    "quote": "Budget: enough money, secured for at least three years",
    "document": "frank_nd.en.md",
    "sha256": "405f871452e5861ee6680784f8ca70496987dfc86a43253b5e0b7399ec56fbce",
    "work": "frank_nd",
    "title": "Kopfüber strategielos in Social Media",
    "authors": ["Elke Frank"],
    "year": None,
    "page": "108",
    "section": "What social media needs to succeed",
    "language": "en",
    "start": 588,
    "end": 642,
    "reference": "Elke Frank (n.d.): Kopfüber strategielos in Social Media. p. 108. Quoted after Speck (2014). Digest of this library.",
    "digest": True,
    "reported": False,
}
PASSAGE: dict[str, Any] = {"id": "405f871452e5861e-588-642", "score": 8.1713, "citation": CITATION}
ANSWER: dict[str, Any] = {
    "question": "How long must the money be secured?",
    "language": "en",
    "outcome": "answered",
    "strength": "strong",
    "text": "Budget: enough money, secured for at least three years [1]",
    "statements": [{"text": CITATION["quote"], "kind": "finding", "citations": [1], "list": None, "note": None}],
    "citations": [CITATION],
    "lists": [],
    "nearest": [],
    "engine": "extractive",
    "seconds": 0.031,
    "related": ["What do we need before launching on social media?"],
    "dropped": 0,
    "notice": None,
    "only": None,
}
STREAM = f"event: answer\ndata: {json.dumps(ANSWER, ensure_ascii=False)}\n\nevent: end\ndata: {{}}\n\n"
# By the path of the operation; `EXAMPLES[path]` is a response with the status 200.
EXAMPLES: dict[str, Any] = {
    "/ask": ANSWER,
    "/ask/stream": STREAM,
    "/search": {"passages": [PASSAGE]},
    "/passages/{id}": {**PASSAGE, "score": None},
    "/verify": {
        "all_found": True,
        "verdicts": [{"number": 1, "document": "frank_nd.en.md", "start": 588, "end": 642, "verdict": "found"}],
    },
}
