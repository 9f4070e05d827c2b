"""Gradio, loaded when a page is to be served: it calls nobody, and writes no type stubs, which would take half of the start."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

STUBS = "create_or_modify_pyi"


class _WithoutStubs(MetaPathFinder):
    """Finds the module in which Gradio parses the source of each of its components to write a stub for editors, and leaves that out."""

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path) if name == "gradio.component_meta" else None
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            if STUBS in vars(module):
                vars(module)[STUBS] = lambda *_: None

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def import_gradio() -> Any:
    """Gradio, told before it is imported that it is to call nobody."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["HF_HUB_OFFLINE"] = "1"
    finder = _WithoutStubs()
    sys.meta_path.insert(0, finder)
    try:
        import gradio
    finally:
        sys.meta_path.remove(finder)
    return gradio
