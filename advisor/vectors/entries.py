"""What both kinds of store have in common: how the graph is built, and what is stored of a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# Chroma's defaults (16/100/100) were measured at recall .927 on 100,000 vectors, these at .996.
GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 200}
SAME = 0.9999  # the cosine from which on two vectors count as one: the same sentence in two documents


class Entries(NamedTuple):
    """Row numbers with their unit vectors, shape (rows, d), and with what is kept for other programs."""

    rows: Sequence[int]
    vectors: NDArray[np.float32]
    metadata: Sequence[Mapping[str, Any]]
    texts: Sequence[str]
