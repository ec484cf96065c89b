"""Proposals as of each day."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline.analysis.proposals.bases import Bases
from learning_pipeline.analysis.proposals.evidence import (
    guards_that_cost,
    identified,
    moving_policies,
    on_day,
    scenarios_that_pay,
)
from learning_pipeline.analysis.proposals.tables import Proposals
from learning_pipeline.analysis.settings import AnalysisSettings
from learning_pipeline.contracts.days import ONE_DAY

Row = dict[str, Any]


def proposals(
    guards: pl.DataFrame,
    scenarios: pl.DataFrame,
    calibration: pl.DataFrame,
    gates: pl.DataFrame,
    as_ofs: list[dt.date],
    settings: AnalysisSettings,
) -> pl.DataFrame:
    """Changes that the evidence of the longest window supports, as of each day, and those that it no longer does.

    Parameters
    ----------
    guards, scenarios, calibration : DataFrame
        ``analysis.guard_effectiveness``, ``analysis.what_if``, ``analysis.calibration`` of the days and of the day
        before the first.
    gates : DataFrame
        ``events.gates`` of their windows.
    as_ofs : list of date
        Consecutive days, as of their end.
    settings : AnalysisSettings
        Scenarios, and the windows, the longest of which counts.

    Returns
    -------
    DataFrame
        `Proposals`: ``open`` on each day on which it is supported, ``withdrawn`` on the first on which it is not.
    """
    if not as_ofs:
        return Proposals.frame()
    longest, policies = max(settings.windows), moving_policies(settings.asked)
    costing = guards_that_cost(_of_window(guards, longest))
    paying = scenarios_that_pay(_of_window(scenarios, longest), policies)
    bias, bases = _bias(_of_window(calibration, longest)), Bases(gates, longest)
    first, rows = min(as_ofs), list[Row]()
    before: dict[str, Row] = {}
    for as_of in [first - ONE_DAY, *sorted(set(as_ofs))]:
        known = {"calibration_bias_usd": bias.get(as_of)}
        dropping = [identified(r | known, *bases.dropped(r)) for r in on_day(costing, as_of)]
        moving = [identified(r | known, *bases.named(r, policies[r["scenario"]])) for r in on_day(paying, as_of)]
        # Of two scenarios that are one change, the first by name stands for it.
        supported = {row["proposal_id"]: row for row in reversed([*dropping, *moving])}
        ended = [row | {"as_of": as_of, "state": "withdrawn"} for key, row in before.items() if key not in supported]
        rows += [row | {"state": "open"} for row in supported.values()] + ended
        before = supported
    told = [{**row, "day": row["as_of"]} for row in rows if row["as_of"] >= first]
    return Proposals.checked(Proposals.frame([{c: row[c] for c in Proposals.dtypes()} for row in told]))


def _of_window(rows: pl.DataFrame, window_days: int) -> pl.DataFrame:
    return rows.filter(pl.col("window_days") == window_days)


def _bias(calibration: pl.DataFrame) -> dict[dt.date, float]:
    """Real minus shadow net PnL of all strategies by as_of."""
    known = calibration.filter(pl.col("strategy") == "*", pl.col("n") > 0)
    return dict(known.select("as_of", "bias_usd").iter_rows())
