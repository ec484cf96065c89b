"""Closed trades, each with the way it says to lean, and the days on which that was what one knew."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import in_force
from learning_pipeline.contracts import day_of
from learning_pipeline.tuning.counts import Floats
from learning_pipeline.tuning.episodes import on_days
from learning_pipeline.tuning.grid import Bools, Ints
from learning_pipeline.tuning.slices import dimensions, numbered

ROI_SCALE = 0.10
"""ROI at which a trade's weight, tanh(|roi| / scale), is .76."""
TRADED = [
    "trade_id",
    "day",
    "happened_at",
    "closed_at",
    "book",
    "pattern_key",
    "scope",
    "roi",
    "did_trim",
    "reached_s3",
]


def directed(trades: pl.DataFrame, books: Collection[str]) -> pl.DataFrame:
    """Versions of closed trades with a pattern.

    Parameters
    ----------
    trades : DataFrame
        ``events.trades``.
    books : collection of str
        Books whose trades count.

    Returns
    -------
    DataFrame
        One row per version: ``trade_id``, ``pattern_key``, ``scope``, ``roi``, ``did_trim``, ``reached_s3``,
        ``decided_on``, ``since``, ``until`` (days since 1970: closed on; in force as of ``since <= day < until``),
        ``weight``, ``way_a``, ``way_e`` (-1, 0, 1; both null where the deciding flag is). A trade told before its
        close counts as closed when told.
    """
    versions = in_force(trades.select(TRADED), "trade_id", "happened_at").filter(
        pl.col("book").is_in(list(books)), pl.col("pattern_key").is_not_null()
    )
    lost, trimmed, reached = pl.col("roi") <= 0, pl.col("did_trim").cast(pl.Int64), pl.col("reached_s3").cast(pl.Int64)
    return versions.select(
        *("trade_id", "pattern_key", "scope", "roi", "did_trim", "reached_s3", "since", "until"),
        decided_on=pl.min_horizontal(day_of(pl.col("closed_at")).to_physical(), "since"),
        weight=(pl.col("roi").abs() / ROI_SCALE).tanh(),
        way_a=pl.when(lost & trimmed.is_not_null()).then(-1).when(~lost).then(reached).cast(pl.Int64),
        way_e=pl.when(lost).then(trimmed).otherwise(-reached),
    )


class Trades(NamedTuple):
    """Trades of the windows of some days as arrays of shape (n,), by day, then close, then trade_id.

    Attributes
    ----------
    as_ofs, patterns, values, pattern, dims
        As in `Episodes`.
    closed_on : int
        Days since 1970.
    counted : bool
        The direction is known.
    roi, weight : float
        A fraction; its weight.
    way_a, way_e : int
        Direction; 0 where it is not known.
    trimmed, reached : int
        1 yes, 0 no, -1 not known.
    """

    as_ofs: list[int]
    patterns: list[str]
    values: dict[str, list[str]]
    pattern: Ints
    dims: dict[str, Ints]
    closed_on: Ints
    counted: Bools
    roi: Floats
    weight: Floats
    way_a: Ints
    way_e: Ints
    trimmed: Ints
    reached: Ints

    @classmethod
    def in_windows(cls, versions: pl.DataFrame, as_ofs: list[int], lookback_days: int) -> Trades:
        """Of `directed`, the trades closed in the windows that end with each of some days, as known then."""
        frame = on_days(versions, as_ofs, lookback_days).sort("as_of", "decided_on", "trade_id")
        patterns, pattern = numbered(frame["pattern_key"])
        values, dims = dimensions(frame["scope"])
        days, as_of = np.unique(frame["as_of"].to_numpy(), return_inverse=True)
        flags = [frame[name].cast(pl.Int64).fill_null(-1).to_numpy() for name in ("did_trim", "reached_s3")]
        return cls(
            days.tolist(),
            patterns,
            values,
            as_of * len(patterns) + pattern,
            dims,
            frame["decided_on"].to_numpy().astype(np.int64),
            frame["way_a"].is_not_null().to_numpy(),
            frame["roi"].to_numpy(),
            frame["weight"].to_numpy(),
            *(frame[name].fill_null(0).to_numpy() for name in ("way_a", "way_e")),
            *flags,
        )
