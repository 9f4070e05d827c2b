"""Rows of numbers to unit vectors, checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from advisor.errors import EncoderError

if TYPE_CHECKING:
    from advisor.encoder import Vectors


def unit(rows: Any, count: int, whose: str) -> Vectors:
    """Unit vectors of shape (count, d) from anything that NumPy reads as such; a row of zeros stays one, as it is like nothing.

    Raises EncoderError, naming `whose` vectors they are, where the shape is another or a number is none.
    """
    try:
        found = np.asarray(rows, np.float64)
    except (TypeError, ValueError, OverflowError) as error:
        raise EncoderError(f"{whose} gave vectors that are not rows of numbers of one length: {error}. Use another model.") from error
    if found.ndim != 2 or len(found) != count or not found.shape[1]:
        raise EncoderError(f"{whose} gave vectors of shape {found.shape} for {count} texts; expected one row for each. Use another model.")
    with np.errstate(over="ignore"):
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
    if not np.isfinite(lengths).all():
        raise EncoderError(f"{whose} gave vectors that hold NaN or infinity; expected numbers. Use another model, or mend this one.")
    return (found / np.where(lengths > 0, lengths, 1)).astype(np.float32)
