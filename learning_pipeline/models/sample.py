"""Examples as arrays, in one order whatever order they came in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from learning_pipeline.datasets.matrix import feature_names, matrix
from learning_pipeline.errors import DataMissing


@dataclass(frozen=True)
class Sample:
    """What is trained on; row ``i`` of each array is the same example, sorted by ``signal_id``.

    Attributes
    ----------
    x : ndarray of shape (n, k)
        Features, NaN for unknown.
    names : tuple of str
        Of its columns.
    dropped : dict
        Features that say nothing, and why.
    success : ndarray of shape (n,)
        1 for a success, 0 for a failure.
    net_roi : ndarray of shape (n,)
        Result after costs, fraction of notional.
    weight : ndarray of shape (n,)
        Average uniqueness of the label, in (0, 1].
    decided_at, label_end : ndarray of shape (n,), int64
        Span of the label, microseconds.
    """

    x: np.ndarray
    names: tuple[str, ...]
    dropped: dict[str, str]
    success: np.ndarray
    net_roi: np.ndarray
    weight: np.ndarray
    decided_at: np.ndarray
    label_end: np.ndarray

    @classmethod
    def of(cls, examples: pl.DataFrame, min_samples: int) -> Sample:
        """Read rows of ``datasets.examples``.

        Raises
        ------
        DataMissing
            Fewer examples than ``min_samples``, one kind of result only, or no feature that differs.
        """
        n = examples.height
        if n < min_samples:
            raise DataMissing(
                f"training takes at least {min_samples} labelled examples (LEARN_MIN_SAMPLES), found {n}; nothing was "
                "trained, the last good artifact stays"
            )
        if examples["success"].n_unique() < 2:
            raise DataMissing(f"every one of {n} examples has the same result: there is nothing to learn")
        rows = examples.sort("signal_id")
        every = feature_names(rows["features"])
        x = matrix(rows["features"], every)
        dropped = {name: why for k, name in enumerate(every) if (why := _says_nothing(x[:, k]))}
        kept = [k for k, name in enumerate(every) if name not in dropped]
        if not kept:
            raise DataMissing(f"none of {len(every)} features differs between examples: there is nothing to learn from")
        return cls(
            x=x[:, kept],
            names=tuple(every[k] for k in kept),
            dropped=dropped,
            success=rows["success"].cast(pl.Float64).to_numpy(),
            net_roi=rows["net_roi"].to_numpy(),
            weight=rows["weight"].to_numpy(),
            decided_at=_microseconds(rows["decided_at"]),
            label_end=_microseconds(rows["label_end"]),
        )

    def __len__(self) -> int:
        return len(self.success)


def _says_nothing(values: np.ndarray) -> str | None:
    known = values[~np.isnan(values)]
    if not known.size:
        return "always null"
    return "constant" if known.size == values.size and (known == known[0]).all() else None


def _microseconds(instants: pl.Series) -> np.ndarray:
    return instants.dt.timestamp("us").to_numpy()
