"""Score components of the signals behind the decisions, from which a gate's value can be weighted anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec
import numpy as np
import polars as pl

from learning_pipeline.policy.columns import Bools, Floats

_decode = msgspec.json.Decoder(dict[str, float]).decode


class Components(NamedTuple):
    """Components by name: arrays of shape (n,), one element per decision, NaN where not recorded."""

    n: int
    by_name: dict[str, Floats]

    @classmethod
    def of(cls, decided: pl.DataFrame, signals: pl.DataFrame | None) -> Components:
        """Components of the decisions' signals (``events.signals``); none without signals."""
        if signals is None:
            return cls(decided.height, {})
        told = signals.filter(pl.col("score_components") != "{}").select("signal_id", "score_components")
        texts = decided.select("signal_id").join(told, on="signal_id", how="left", maintain_order="left")
        return cls(decided.height, _columns(texts["score_components"]))

    def weighted(self, weights: Mapping[str, float]) -> Floats:
        """Sum of components times weights, by name; NaN where one with a weight other than 0 was not recorded.

        >>> Components(2, {"a": np.array([1.0, np.nan])}).weighted({"a": 0.5, "b": 0.0}).tolist()
        [0.5, nan]
        """
        total, unknown = np.zeros(self.n), np.full(self.n, np.nan)
        with np.errstate(over="ignore", invalid="ignore"):
            for name in sorted(name for name, weight in weights.items() if weight):
                total = total + weights[name] * self.by_name.get(name, unknown)
        return total

    def recorded(self) -> dict[str, Bools]:
        """Which decisions carry which component."""
        return {name: ~np.isnan(values) for name, values in self.by_name.items()}


def _columns(texts: pl.Series) -> dict[str, Floats]:
    by_name: dict[str, Floats] = {}
    for row, text in enumerate(texts):
        for name, value in (_decode(text) if text is not None else {}).items():
            if name not in by_name:
                by_name[name] = np.full(len(texts), np.nan)
            by_name[name][row] = value
    return dict(sorted(by_name.items()))
