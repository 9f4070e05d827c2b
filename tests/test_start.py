"""What starting costs: nothing is loaded or written that nobody needs."""

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

STUBS = """
import sys
finders = list(sys.meta_path)
from advisor.surfaces.web.loading import import_gradio
gradio = import_gradio()
assert sys.meta_path == finders and import_gradio() is gradio
class Own(gradio.components.textbox.Textbox): pass
with gradio.Blocks():
    assert Own(label="own").label == "own"
    assert hasattr(gradio.Button("go"), "click")
print("made")
"""


def test_gradio_is_loaded_without_the_stubs_for_editors():
    """Its components work as ever, and its folder stays as it is."""
    stub = Path(find_spec("gradio").origin).parent / "components" / "textbox.pyi"
    kept = stub.read_text("utf-8") if stub.exists() else None
    stub.unlink(missing_ok=True)
    try:
        done = subprocess.run([sys.executable, "-c", STUBS], capture_output=True, text=True, timeout=120)
        assert done.stdout == "made\n", done.stderr
        assert not stub.exists()
    finally:
        if kept is not None:
            stub.write_text(kept, "utf-8")


VECTORS = """
import sys
from advisor import Advisor
with Advisor.open(index=sys.argv[1]) as advisor:
    assert advisor.documents() and advisor.ready
    print("chromadb" in sys.modules, "onnxruntime" in sys.modules)
    assert advisor.search("How long is the budget secured?", 1)
    print("chromadb" in sys.modules, "onnxruntime" in sys.modules)
"""


def test_what_asks_for_no_vectors_loads_none(advisor, settings):
    done = subprocess.run([sys.executable, "-c", VECTORS, str(settings.index)], capture_output=True, text=True, timeout=120)
    assert done.stdout == "False False\nTrue True\n", done.stderr
