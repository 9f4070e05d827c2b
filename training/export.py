"""Rows and base model → the weights that ship: ONNX in int8, stems.tsv, vocabulary.txt and encoder.json.

Run: python training/export.py --base FOLDER --rows rows.npz --name NAME --out FOLDER [--sentence-transformers FOLDER]
Needs onnx beside torch and transformers. Embeddings are int8 with a scale for each row, the other matrices int8 per channel. The folder
for sentence-transformers holds the same model in fp32; its tokeniser reads English only, German ids come from advisor.encoder.Tokens.
A minute on one core.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

FILE = "encoder.int8.onnx"


def extended(base: Path, rows: np.ndarray) -> Any:
    """The model of a folder with further embedding rows behind its own."""
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(base, attn_implementation="eager").eval()
    matrix = torch.cat([model.get_input_embeddings().weight.detach(), torch.tensor(rows)])
    model.set_input_embeddings(torch.nn.Embedding(matrix.shape[0], matrix.shape[1], padding_idx=0, _weight=matrix))
    model.config.vocab_size = len(matrix)
    return model


def _with_small_embeddings(model: Any) -> Any:
    """The model with its embeddings in int8 and a scale a row; from the ids of one text to the vectors of its tokens."""
    import torch

    class Small(torch.nn.Module):
        def __init__(self, matrix: torch.Tensor) -> None:
            super().__init__()
            self.table: torch.Tensor
            self.scale: torch.Tensor
            scale = matrix.abs().amax(1, keepdim=True).clamp(min=1e-9) / 127
            self.register_buffer("table", (matrix / scale).round().to(torch.int8))
            self.register_buffer("scale", scale)

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            look_up = torch.nn.functional.embedding
            return look_up(ids, self.table).float() * look_up(ids, self.scale)

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
            hidden: torch.Tensor = self.model(input_ids=input_ids).last_hidden_state
            return hidden

    model.set_input_embeddings(Small(model.get_input_embeddings().weight.detach()))
    return Encoder().eval()


def write_onnx(model: Any, path: Path) -> None:
    """The model as ONNX with int8 matrices; `input_ids` of shape (texts, tokens) in, `tokens` of shape (texts, tokens, dimension) out.

    There is no mask: texts are read one by one, which is as fast, and makes a vector independent of what is encoded beside it.
    """
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic

    example = torch.ones(2, 8, dtype=torch.long)
    axes = {0: "texts", 1: "length"}
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the older exporter writes the graph that int8 dynamic quantisation understands, and says so
        whole = Path(folder) / "whole.onnx"
        torch.onnx.export(
            _with_small_embeddings(model), (example,), str(whole), input_names=["input_ids"], output_names=["tokens"],
            dynamic_axes={"input_ids": axes, "tokens": axes}, dynamo=False, opset_version=17,
        )  # fmt: skip
        quantize_dynamic(whole, path, op_types_to_quantize=["MatMul"], weight_type=QuantType.QInt8, per_channel=True)


def write_sentence_transformer(base: Path, model: Any, folder: Path) -> None:
    """A folder that sentence-transformers loads: the model in fp32, mean pooling, unit length."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer import modules
    from transformers import AutoTokenizer

    with tempfile.TemporaryDirectory() as place:
        model.save_pretrained(place)
        AutoTokenizer.from_pretrained(base).save_pretrained(place)
        words = modules.Transformer(place, max_seq_length=256)
        pooling = modules.Pooling(words.get_embedding_dimension())
        SentenceTransformer(modules=[words, pooling, modules.Normalize()], device="cpu").save(str(folder))


def write_texts(base: Path, out: Path, stems: Sequence[str], weights: Sequence[int], name: str, dimension: int) -> None:
    """What stands beside the ONNX file: stems, vocabulary and the card with its sha256."""
    (out / "stems.tsv").write_text("".join(f"{stem}\t{weight}\n" for stem, weight in zip(stems, weights, strict=True)), "utf-8")
    shutil.copyfile(base / "vocab.txt", out / "vocabulary.txt")
    digest = hashlib.sha256((out / FILE).read_bytes()).hexdigest()
    (out / "encoder.json").write_text(json.dumps({"name": name, "file": FILE, "sha256": digest, "dimension": dimension}) + "\n", "utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the weights of the rows that are named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True, help="folder of all-MiniLM-L6-v2")
    parser.add_argument("--rows", type=Path, required=True, help="file written by rows.py")
    parser.add_argument("--name", required=True, help="a new name for new weights: an index is stamped with it")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--sentence-transformers", type=Path)
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    with np.load(options.rows) as file:
        stems, weights, rows = file["stems"].tolist(), file["weights"].tolist(), file["rows"]
    model = extended(options.base, rows)
    if options.sentence_transformers:
        write_sentence_transformer(options.base, model, options.sentence_transformers)
    write_onnx(model, options.out / FILE)
    write_texts(options.base, options.out, stems, weights, options.name, rows.shape[1])
    print(f"{options.name}: {(options.out / FILE).stat().st_size / 1e6:.1f} MB in {options.out}")


if __name__ == "__main__":
    main()
