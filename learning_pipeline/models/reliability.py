"""Whether a probability is what it says: predictions out of fold against what came of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

N_BINS = 10


class Bin(NamedTuple):
    """Examples of about one probability: weighted mean prediction, weighted share of successes, how many."""

    predicted: float
    observed: float
    n: int


def reliability(probability: np.ndarray, success: np.ndarray, weight: np.ndarray) -> list[Bin]:
    """Ten bins of equal counts, from the least probable on; fewer where probabilities are equal.

    >>> [tuple(b) for b in reliability(np.array([0.5, 0.5]), np.array([1.0, 0.0]), np.array([1.0, 3.0]))]
    [(0.5, 0.25, 2)]
    """
    order = np.sort(probability)
    edges = np.unique(order[np.arange(1, N_BINS) * len(order) // N_BINS])
    of = np.searchsorted(edges, probability, "right")
    bins = [of == k for k in range(len(edges) + 1)]
    return [
        Bin(
            float(np.average(probability[each], weights=weight[each])),
            float(np.average(success[each], weights=weight[each])),
            int(each.sum()),
        )
        for each in bins
        if each.any()
    ]
