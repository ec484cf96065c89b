"""From examples that were taken to a daily series of results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from learning_pipeline.contracts import days_between
from learning_pipeline.models.packs.manifest import Window

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Days(NamedTuple):
    """Days of a pack, in order, and the day on which the result of each row was known.

    Attributes
    ----------
    days : list of date
        Every day of the windows, and those after them on which results were still known.
    of_row : ndarray of shape (n_rows,)
        Position of each row's day.
    """

    days: list[dt.date]
    of_row: NDArray[np.int64]


def days_of(rows: pl.DataFrame, windows: Sequence[Window]) -> Days:
    """Days that count for some rows of `Examples`."""
    inside = {day for window in windows for day in days_between(window.first_day, window.last_day)}
    known = rows["known_at"].dt.date().to_list()
    days = sorted(inside.union(known))
    place = {day: k for k, day in enumerate(days)}
    return Days(days, np.array([place[day] for day in known], np.int64))


def daily(rows: pl.DataFrame, days: Days, taken: Bools) -> Floats:
    """Net results by day, each trade of the same notional, added up in the order of signals; 0 where none was known."""
    roi = np.where(taken, rows["net_roi"].to_numpy(), 0.0)
    order = np.argsort(rows["signal_id"].to_numpy(), kind="stable")
    return np.bincount(days.of_row[order], roi[order], minlength=len(days.days)).astype(np.float64)


def baseline_takes(rows: pl.DataFrame, rule: str) -> Bools:
    """Which rows the pack's baseline takes: those that the bot approved, or all."""
    if rule == "all":
        return np.ones(rows.height, np.bool_)
    return (rows["decision"] == "approved").to_numpy()
