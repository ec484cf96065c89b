"""Decisions with what was known of them on a day."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.analysis.cohort import with_outcomes
from learning_pipeline.analysis.what_if.capital import NEVER, Bools, Floats, Ints, micro
from learning_pipeline.analysis.windows import EPOCH

SETTLED, PENDING, UNLABELLED = range(3)
"""What is known of a decision's outcome: its PnL, nothing yet, that it cannot be simulated."""


TIMES = ("decided_on", "since", "until", "decided_at")


class Results(NamedTuple):
    """Outcomes: arrays of shape (m,), by version; ``row`` is the version's number, ``pnl`` NaN where unlabelled."""

    row: Ints
    decided_on: Ints
    since: Ints
    until: Ints
    pnl: Floats
    exit_us: Ints


class Versions(NamedTuple):
    """Versions of approved and blocked decisions: arrays of shape (n,), by time of the decision, then signal.

    Attributes
    ----------
    decided_on, since, until : int
        Days since 1970; a version is in force as of ``since <= day < until``.
    decided_us, symbol, notional : int
        As in `Orders`.
    approved : bool
        What it was.
    """

    decided_on: Ints
    since: Ints
    until: Ints
    decided_us: Ints
    symbol: Ints
    notional: Ints
    approved: Bools
    results: Results

    @classmethod
    def of(cls, decided: pl.DataFrame, outcomes: pl.DataFrame, notional_usd: float) -> Versions:
        """From decisions in order, as `GateMatrix.decided`; ``notional_usd`` is the size of one that names none."""
        decided_on, since, until, decided_us = (_ints(decided[name]) for name in TIMES)
        return cls(
            decided_on,
            since,
            until,
            decided_us,
            symbol=_ints(decided["symbol"].rank("dense")) - 1,
            notional=micro(decided["notional_usd"].fill_null(notional_usd).to_numpy()),
            approved=decided["decision"].to_numpy() == "approved",
            results=_results(decided, outcomes),
        )


class Known(NamedTuple):
    """Decisions of some days as of the last of them: arrays of shape (n,), by time of the decision, then signal.

    Attributes
    ----------
    rows : int
        Number of the version in force.
    day : int
        0 for the first of the days.
    state : int
        `SETTLED`, `PENDING` or `UNLABELLED`.
    pnl : float
        Net PnL, quote money; 0 where not settled.
    exit_us : int
        When the exit was known, microseconds since 1970; `NEVER` where it is not.
    """

    rows: Ints
    day: Ints
    state: Ints
    pnl: Floats
    exit_us: Ints


def known_on(versions: Versions, as_of: dt.date, n_days: int) -> Known:
    """Decisions of the ``n_days`` days up to and including as_of, with what was known of them at its end."""
    last = (as_of - EPOCH).days
    start, stop = versions.decided_on.searchsorted([last - n_days + 1, last + 1])
    results = versions.results
    span = slice(*results.decided_on.searchsorted([last - n_days + 1, last + 1]))
    held = np.flatnonzero(_holds(results.since[span], results.until[span], last)) + span.start
    at, pnl = results.row[held] - start, np.full(stop - start, np.nan)
    exit_us, settled = np.full(stop - start, NEVER), np.zeros(stop - start, dtype=np.bool_)
    pnl[at], exit_us[at], settled[at] = results.pnl[held], results.exit_us[held], True
    rows = np.flatnonzero(_holds(versions.since[start:stop], versions.until[start:stop], last))
    state = np.where(~settled[rows], PENDING, np.where(np.isnan(pnl[rows]), UNLABELLED, SETTLED))
    day = versions.decided_on[rows + start] - (last - n_days + 1)
    return Known(rows + start, day, state, np.nan_to_num(pnl[rows]), exit_us[rows])


def _holds(since: Ints, until: Ints, day: int) -> Bools:
    return (since <= day) & (until > day)


def _results(decided: pl.DataFrame, outcomes: pl.DataFrame) -> Results:
    ours = decided.select("signal_id", "decided_at", "decided_on", "since", "until").with_row_index("row")
    told = outcomes.with_columns(exit_known_at="known_at")
    found = with_outcomes(ours, told, ("net_pnl_usd", "exit_known_at"))
    row, decided_on, since, until = (_ints(found[name]) for name in ("row", "decided_on", "since", "until"))
    pnl = found["net_pnl_usd"].fill_null(float("nan")).to_numpy()
    return Results(row, decided_on, since, until, pnl, _ints(found["exit_known_at"]))


def _ints(column: pl.Series) -> Ints:
    return column.to_physical().cast(pl.Int64).to_numpy()
