"""What a model saw in training, as quantiles: the snapshot that drift is measured against."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

N_QUANTILES = 101
"""0 %, 1 %, ... 100 %: every tenth is a decile, and all of them are a sample for a KS test."""


class Reference(BaseModel):
    """One quantity over the training examples, unweighted.

    Attributes
    ----------
    n : int
        Examples, unknown values included.
    null_share : float
        Share whose value is unknown.
    quantiles : tuple of float
        101 of them over the known values, from the least to the largest, each a value that was seen.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    n: int = Field(ge=1)
    null_share: float = Field(ge=0, lt=1)
    quantiles: tuple[float, ...] = Field(min_length=N_QUANTILES, max_length=N_QUANTILES)

    @classmethod
    def of(cls, values: np.ndarray) -> Reference:
        """Of values with NaN for unknown, of which at least one is known."""
        known = values[~np.isnan(values)]
        grid = np.quantile(known, np.linspace(0, 1, N_QUANTILES), method="inverted_cdf")
        return cls(n=len(values), null_share=1 - len(known) / len(values), quantiles=tuple(grid.tolist()))


def references(x: np.ndarray, names: Sequence[str]) -> dict[str, Reference]:
    """Of each feature, a column of ``x``."""
    return {name: Reference.of(x[:, k]) for k, name in enumerate(names)}
