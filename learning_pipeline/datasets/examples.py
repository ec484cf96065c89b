"""Labelled examples: features known at the decision, and what was known by the end of a day to have come of it."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.contracts import day_of, end_of, timeframe_us
from learning_pipeline.datasets.horizons import LATEST, horizon_labels
from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.datasets.tables import Examples, Features
from learning_pipeline.datasets.uniqueness import uniqueness
from learning_pipeline.events.tables import Decisions
from learning_pipeline.shadow.tables import Outcomes

_OUTCOME = ["signal_id", "decided_at", "known_at", "exit_at", "resolution", "success", "net_roi", "net_r"]


def build(
    features: pl.DataFrame,
    decisions: pl.DataFrame,
    outcomes: pl.DataFrame,
    bars: pl.DataFrame,
    settings: DatasetsSettings,
    first: dt.date,
    last: dt.date,
    as_of: dt.date,
) -> pl.DataFrame:
    """Examples of the signals decided on from ``first`` to ``last``, as known by the end of ``as_of``.

    Parameters
    ----------
    features, decisions, outcomes : DataFrame
        ``datasets.features``, ``events.decisions``, ``shadow.outcomes`` from ``first`` on.
    bars : DataFrame
        ``market.bars`` from ``first`` to `bars_until`.

    Returns
    -------
    DataFrame
        Columns of `Examples` but ``day`` and ``dataset_id``, which follow from the rows; sorted by signal_id. One row
        per signal whose outcome is known, labelled and of the answer then in force.
    """
    settled = _settled(*(frame.filter(pl.col("day") <= as_of) for frame in (features, decisions, outcomes)))
    asked = settled.filter(day_of(pl.col("decided_at")).is_between(first, last)).sort("signal_id")
    span = (asked[name].to_physical().to_numpy() for name in ("decided_at", "label_end"))
    labelled = asked.with_columns(
        horizon_labels(asked, bars, settings.horizons_days, end_of(as_of)),
        pl.Series("weight", uniqueness(asked["symbol"], *span), pl.Float64),
    )
    return labelled.select(name for name in Examples.dtypes() if name not in ("day", "dataset_id"))


def bars_until(settings: DatasetsSettings, last: dt.date, as_of: dt.date) -> dt.date:
    """Last day of bars that `build` can need."""
    reach = dt.timedelta(days=max(settings.horizons_days, default=0) + 1, microseconds=LATEST)
    return min(as_of, last + reach)


def _settled(features: pl.DataFrame, decisions: pl.DataFrame, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Newest features with the newest outcome, where it is labelled and of the same answer."""
    entries = Decisions.newest(decisions).select("signal_id", "decided_at", "entry_price")
    ended = Outcomes.newest(outcomes).filter(pl.col("success").is_not_null()).select(_OUTCOME)
    both = Features.newest(features).drop("day").join(entries, on=["signal_id", "decided_at"])
    length = timeframe_us(pl.col("resolution")).cast(pl.Duration("us"))
    return both.join(ended, on=["signal_id", "decided_at"]).with_columns(
        label_end=pl.col("exit_at") + length,
        risk_fraction=pl.when(pl.col("net_r") != 0).then(pl.col("net_roi") / pl.col("net_r")),
    )
