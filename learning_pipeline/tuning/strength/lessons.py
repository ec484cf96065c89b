"""Strength lessons as of each day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import numpy as np
import polars as pl

from learning_pipeline.tuning.counts import Floats
from learning_pipeline.tuning.episodes import n_in_window
from learning_pipeline.tuning.grid import Bools, Ints
from learning_pipeline.tuning.learn import in_parts
from learning_pipeline.tuning.lifecycle import EPOCH
from learning_pipeline.tuning.settings import TuningSettings
from learning_pipeline.tuning.slices import Slices, scopes, slices, whose
from learning_pipeline.tuning.strength.directions import ROI_SCALE, Trades, directed
from learning_pipeline.tuning.strength.tables import Strength

FULL_SUPPORT = 50
"""Trades at which support is 1 - 1/e."""


def strength(
    trades: pl.DataFrame, as_ofs: list[dt.date], settings: TuningSettings, books: Collection[str] = ("profit",)
) -> pl.DataFrame:
    """Strength lessons as of the end of each day.

    Parameters
    ----------
    trades : DataFrame
        ``events.trades``; rows after an as_of do not count for it.
    as_ofs : list of date
        Days.
    settings : TuningSettings
        ``n_min`` and ``lookback_days``.
    books : collection of str
        Books whose trades count.

    Returns
    -------
    DataFrame
        `Strength`.
    """
    versions = directed(trades, books)
    days = sorted({(as_of - EPOCH).days for as_of in as_ofs})
    parts = in_parts(days, n_in_window(versions, days, settings.lookback_days))
    found = (Trades.in_windows(versions, part, settings.lookback_days) for part in parts)
    blocks = [_of_slices(cut, part) for part in found for cut in slices(part, settings.n_min)]
    return Strength.checked(pl.concat([Strength.frame(), *blocks]))


def _of_slices(part: Slices, found: Trades) -> pl.DataFrame:
    """Rows of `Strength`; every sum runs over a slice's trades in their order."""
    counted = found.counted[part.rows]
    rows, code = part.rows[counted], part.code[counted]
    n = _sums(code, np.ones(len(rows)), part.n)
    edge = _sums(code, found.roi[rows], part.n) / n
    variance = _sums(code, (found.roi[rows] - edge[code]) ** 2, part.n) / n
    weight = _sums(code, found.weight[rows], part.n)
    ways = [_sums(code, found.weight[rows] * way[rows], part.n) for way in (found.way_a, found.way_e)]
    dir_a, dir_e = (np.divide(way, weight, out=np.zeros(part.n), where=weight > 0) for way in ways)
    support, reliability = 1.0 - np.exp(-n / FULL_SUPPORT), 1.0 / (1.0 + variance / ROI_SCALE**2)
    columns = {
        "n": n,
        "n_unclear": _sums(part.code, ~counted, part.n),
        "edge_raw_roi": edge,
        "dir_a": dir_a,
        "dir_e": dir_e,
        "support": support,
        "reliability": reliability,
        "confidence": support * reliability,
        "p_trim": _share(code, found.trimmed[rows], part.n),
        "p_s3": _share(code, found.reached[rows], part.n),
    }
    pattern, as_of = whose(part, found)
    frame = pl.DataFrame(columns).with_columns(
        pl.col("n", "n_unclear").cast(pl.Int64), pl.col("p_trim", "p_s3").fill_nan(None)
    )
    return frame.with_columns(pattern, as_of, scopes(part, found), day=as_of).select(*Strength.dtypes())


def _sums(code: Ints, x: Floats | Bools, n: int) -> Floats:
    return np.bincount(code, weights=x, minlength=n).astype(np.float64, copy=False)


def _share(code: Ints, flag: Ints, n: int) -> Floats:
    """Share of yes among what is known; NaN where nothing is."""
    yes, known = _sums(code, flag == 1, n), _sums(code, flag >= 0, n)
    return np.divide(yes, known, out=np.full(n, np.nan), where=known > 0)
