"""What one comparison found, before it is held against the other tests of its day."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from learning_pipeline.drift.bins import Floats


class Finding(NamedTuple):
    """A comparison; ``score`` and ``p`` are None where too little is known. Columns as in ``drift.scores``."""

    metric: str
    feature: str
    n: int
    n_pending: int
    threshold: float
    score: float | None = None
    p_value: float | None = None
    reference_value: float | None = None
    current_value: float | None = None


def mean(values: Floats) -> float | None:
    """Mean of the values that are known; None where none is. The same bits in any order.

    >>> mean(np.array([1.0, np.nan, 2.0])), mean(np.array([]))
    (1.5, None)
    """
    known = values[~np.isnan(values)].tolist()
    return math.fsum(known) / len(known) if known else None
