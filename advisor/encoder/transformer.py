"""Any sentence-transformers model on this machine, by its folder or by its name."""

from __future__ import annotations

import hashlib
import json
import os
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.encoder.interaction import NO_TOKENS, UNWEIGHTED, Encoded, Weighted
from advisor.encoder.prefixes import Prefixes, prefixes
from advisor.encoder.unit import unit
from advisor.errors import EncoderError

if TYPE_CHECKING:
    from advisor.encoder import Vectors

WEIGHT_FILES = (".safetensors", ".bin")
OTHER_FILES = (".json", ".txt", ".model")  # settings, prompts and vocabularies: they change the vectors as well
OTHER_RUNTIMES = ("onnx/*", "openvino/*")
WAY_OUT = "Correct ADVISOR_ENCODER, or unset it for the bundled encoder."


class TransformerEncoder:
    """A sentence-transformers model, run on the processor; safe for several threads.

    The model is read when it is first used. It reads as many tokens of a text as it was made for (its max_seq_length) and cuts off the
    rest. Before questions and passages it gets its own prompts, or where it has none what `prefixes` knows of its name.
    """

    BATCH = 32

    def __init__(self, name: str, threads: int = 2) -> None:
        self._name = name
        self._threads = threads
        # The tokeniser is not safe for two threads; passages give way to questions after every batch.
        self._lock = threading.RLock()
        self._loaded: Any = None

    @property
    def name(self) -> str:
        """The name or folder as it was given."""
        return self._name

    @cached_property
    def fingerprint(self) -> str:
        """Sha256 of the model's files and of its prefixes; read as a stream, without loading the model."""
        digest = hashlib.sha256(json.dumps(self._prefixes).encode())
        try:
            for file in _files(self._folder, WEIGHT_FILES + OTHER_FILES):
                digest.update(f"\n{file.relative_to(self._folder).as_posix()} {file.stat().st_size}\n".encode())
                with file.open("rb") as stream:
                    while block := stream.read(1 << 20):
                        digest.update(block)
        except OSError as error:
            raise self._broken(error) from error
        return digest.hexdigest()

    @cached_property
    def dimension(self) -> int:
        """The number of components of what the model gives."""
        return int(self._encode(["dimension"], question=True).shape[1])

    def encode_passages(self, texts: Sequence[str], languages: Sequence[str]) -> Vectors:
        """Unit vectors of shape (n, dimension); texts of like length go together. The languages make no difference."""
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for begin in range(0, len(order), self.BATCH):
            chosen = order[begin : begin + self.BATCH]
            vectors[chosen] = self._encode([texts[i] for i in chosen], question=False)
        return vectors

    def encode_parted(self, texts: Sequence[Sequence[str]], languages: Sequence[str]) -> list[Encoded]:
        """Unit vectors of shape (1, d): of the whole texts alone, since not every model's tokens have vectors that mean something."""
        return [Encoded(row[None], NO_TOKENS) for row in self.encode_passages(["\n".join(parts) for parts in texts], languages)]

    def encode_question(self, text: str, language: str) -> Vectors:
        """One unit vector of shape (dimension,)."""
        row: Vectors = self._encode([text], question=True)[0]
        return row

    def question_tokens(self, text: str, language: str) -> Weighted:
        """None: what a model's tokens mean by themselves is not known."""
        return UNWEIGHTED

    def _encode(self, texts: list[str], *, question: bool) -> Vectors:
        with self._lock:
            model = self._model()
            encode = model.encode_query if question else model.encode_document
            prompt = self._prefixes.question if question else self._prefixes.passage
            # One thread for a question: with two under load it was seen to take 500 ms instead of 16.
            with _torch_threads(1 if question else self._threads):
                try:
                    rows = encode(texts, prompt=prompt, batch_size=self.BATCH, show_progress_bar=False)
                except Exception as error:
                    raise EncoderError(f"The encoder {self._name!r} fails on a text: {_line(error)}. {WAY_OUT}") from error
        return unit(rows, len(texts), f"The encoder {self._name!r}")

    def _model(self) -> Any:
        """The model, loaded once; call it with the lock held."""
        if self._loaded is None:
            folder = self._folder
            try:
                from sentence_transformers import SentenceTransformer

                with _no_progress_bar():
                    self._loaded = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
            except Exception as error:
                raise self._broken(error) from error
        return self._loaded

    @cached_property
    def _folder(self) -> Path:
        """Where the model's files are; a model that is only a name is looked for in the cache of Hugging Face, then fetched from there."""
        path = Path(self._name).expanduser()
        if not path.is_dir() and (path.exists() or not re.fullmatch(r"\w[\w.-]*(?:/\w[\w.-]*)?", self._name)):
            raise EncoderError(f"The encoder {self._name!r} is not a folder; expected one with a sentence-transformers model. {WAY_OUT}")
        folder = path if path.is_dir() else self._from_cache()
        if not _files(folder, WEIGHT_FILES):
            raise EncoderError(f"The encoder {self._name!r} has no weights (*.safetensors, *.bin) in {folder}. {WAY_OUT}")
        return folder

    def _from_cache(self) -> Path:
        repository = self._name if "/" in self._name else f"sentence-transformers/{self._name}"
        place = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
        try:
            from huggingface_hub import snapshot_download
            from huggingface_hub.errors import LocalEntryNotFoundError

            try:
                return Path(snapshot_download(repository, cache_dir=place, local_files_only=True))
            except LocalEntryNotFoundError:
                for weights in WEIGHT_FILES:  # the older form only where there is no newer one
                    wanted = [f"*{suffix}" for suffix in (weights, *OTHER_FILES)]
                    folder = snapshot_download(repository, cache_dir=place, allow_patterns=wanted, ignore_patterns=list(OTHER_RUNTIMES))
                    if _files(Path(folder), (weights,)):
                        break
                return Path(folder)
        except Exception as error:
            raise EncoderError(
                f"The encoder {self._name!r} is neither a folder nor a model in the cache of this machine, and {repository} cannot be "
                f"fetched: {_line(error)}. Run 'hf download {repository}' with a network, or give a folder. {WAY_OUT}"
            ) from error

    def _broken(self, error: Exception) -> EncoderError:
        return EncoderError(
            f"The encoder {self._name!r} does not load: {_line(error)}. "
            f"Expected a whole sentence-transformers model; fetch it again. {WAY_OUT}"
        )

    @cached_property
    def _prefixes(self) -> Prefixes:
        """The model's own prompts, or those of the table where all of its own are empty."""
        try:
            file = self._folder / "config_sentence_transformers.json"
            prompts = json.loads(file.read_text("utf-8")).get("prompts") or {} if file.exists() else {}
            own = Prefixes(*(_first(prompts, names) for names in (("query",), ("document", "passage", "corpus"))))
        except (OSError, ValueError, AttributeError) as error:
            raise self._broken(error) from error
        return own if any(own) else prefixes(self._name)


def _first(prompts: dict[str, str | None], names: Sequence[str]) -> str:
    return next((prompt for name in names if (prompt := prompts.get(name))), "")


def _files(folder: Path, suffixes: tuple[str, ...]) -> list[Path]:
    """The model's files with these suffixes, in a fixed order."""
    found = (file for file in folder.rglob("*") if file.suffix in suffixes and file.is_file())
    return sorted(file for file in found if not any(part.startswith(".") for part in file.relative_to(folder).parts))


def _line(error: Exception) -> str:
    """The beginning of an error of a library, on one line."""
    return (" ".join(str(error).split()) or type(error).__name__).removesuffix(".")[:300]


@contextmanager
def _torch_threads(count: int) -> Iterator[None]:
    """Torch with so many threads, and afterwards with as many as before: other parts of the program may use it too."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def _no_progress_bar() -> Iterator[None]:
    """Transformers without its bar for every file of weights, which would stand between the lines of a command."""
    from transformers.utils import logging

    bars: Any = logging  # these functions come without types
    shown = bars.is_progress_bar_enabled()
    bars.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            bars.enable_progress_bar()
