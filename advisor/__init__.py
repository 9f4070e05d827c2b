"""A cited-answers advisor over strategy literature.

from advisor import Advisor

with Advisor.open() as advisor:
    print(advisor.ask("What do we need before launching on social media?").text)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from advisor.advisor import Advisor as Advisor
    from advisor.answer.schema import Answer as Answer
    from advisor.answer.schema import Statement as Statement
    from advisor.citations import Citation as Citation
    from advisor.conversation import Conversation as Conversation
    from advisor.documents.model import Document as Document
    from advisor.errors import AdvisorError as AdvisorError
    from advisor.retrieve import Hit as Hit
    from advisor.settings import Settings as Settings

__version__ = "0.1.0"
# Loaded when first asked for: `import advisor` itself costs next to nothing.
_HOMES = {
    "Advisor": "advisor.advisor",
    "AdvisorError": "advisor.errors",
    "Answer": "advisor.answer.schema",
    "Citation": "advisor.citations",
    "Conversation": "advisor.conversation",
    "Document": "advisor.documents.model",
    "Hit": "advisor.retrieve",
    "Settings": "advisor.settings",
    "Statement": "advisor.answer.schema",
}
__all__ = ["Advisor", "AdvisorError", "Answer", "Citation", "Conversation", "Document", "Hit", "Settings", "Statement"]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'advisor' has no attribute {name!r}")
