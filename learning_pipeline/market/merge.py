"""Delivered bars against those already known."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from learning_pipeline.market.parse import COLUMNS
from learning_pipeline.market.tables import Bars

_KEY = ["symbol", "timeframe", "ts"]


class MergedBars(NamedTuple):
    """bars : rows that stay; changed : rows that are new or have other prices; n_duplicate : rows known before."""

    bars: pl.DataFrame
    changed: pl.DataFrame
    n_duplicate: int


def merge_bars(known: pl.DataFrame, arrived: pl.DataFrame) -> MergedBars:
    """Merge one delivery of bars: another price under a known key wins and raises ``revision``.

    Parameters
    ----------
    known, arrived : DataFrame
        ``market.bars``; ``arrived`` holds each key once, ``known`` every row of the days it touches.
    """
    fresh = arrived.select(*Bars.dtypes()).join(known, on=COLUMNS, how="anti", nulls_equal=True)
    before = known.select(*_KEY, was="revision")
    changed = (
        fresh.join(before, on=_KEY, how="left").with_columns(revision=(pl.col("was") + 1).fill_null(0)).drop("was")
    )
    untouched = known.join(changed, on=_KEY, how="anti")
    return MergedBars(pl.concat([untouched, changed]), changed, arrived.height - fresh.height)
