"""The fold over days: yesterday's open decisions and today's in, outcomes and what is still open out."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
import polars as pl

from learning_pipeline.contracts import day_of, end_of
from learning_pipeline.shadow.asked import asked
from learning_pipeline.shadow.delay import delayed_outcomes, entry_after, late_entries
from learning_pipeline.shadow.exits import nothing_yet
from learning_pipeline.shadow.money import with_money
from learning_pipeline.shadow.resolution import follow
from learning_pipeline.shadow.series import NEVER, series_of
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline.shadow.tables import DelayedOutcomes, Outcomes, Pending
from learning_pipeline.shadow.versions import still_open, versions

IDENTITY = ["day", "signal_id", "decided_at", "known_at", "outcome", "policy_hash", "reason"]
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Settled(NamedTuple):
    """What became known in a range of days.

    outcomes, delayed : rows of ``shadow.outcomes`` and ``shadow.delayed_outcomes`` with ``day`` in the range; pending :
    rows of ``shadow.pending`` for every day of the range.
    """

    outcomes: pl.DataFrame
    pending: pl.DataFrame
    delayed: pl.DataFrame


def settle(
    open_before: pl.DataFrame,
    decisions: pl.DataFrame,
    bars: pl.DataFrame,
    settings: ShadowSettings,
    first: dt.date,
    last: dt.date,
    now: dt.datetime,
) -> Settled:
    """Outcomes that became known in a range of days, and what was open at the end of each of them.

    A range gives the same as its days one after the other, each fed with the pending rows of the one before.

    Parameters
    ----------
    open_before : DataFrame
        ``shadow.pending`` as of the day before ``first``; may be empty.
    decisions : DataFrame
        ``events.decisions`` with ``day`` in the range, a revised signal once per day on which its answer changed.
    bars : DataFrame
        ``market.bars``, at least from `bars_from` on.
    settings : ShadowSettings
        The execution policy.
    first, last : date
        The range, both included.
    now : datetime
        Newest ``known_at`` in the data; bars and decisions known later are not looked at, and nothing is settled later.

    Returns
    -------
    Settled
        Outcomes, what is still open, and the results of later entries.

    References
    ----------
    Seed learning-engine, "Shadow Execution Engine".
    """
    now = min(now, end_of(last))
    followed = versions(open_before, decisions, first, last, now)
    simulated = _simulated(followed, bars, settings, now)
    standing = _standing(simulated)
    traded = standing.filter(pl.col("outcome").is_not_null())
    return Settled(
        Outcomes.checked(_outcomes(standing, settings)),
        Pending.checked(still_open(simulated, first, last)),
        DelayedOutcomes.checked(delayed_outcomes(traded, settings)),
    )


def bars_from(open_before: pl.DataFrame, decisions: pl.DataFrame, settings: ShadowSettings) -> dt.date | None:
    """First day of bars that `settle` can need: the oldest reach of any decision; None with nothing to follow."""
    decided = [frame.select("decided_at", "timeframe") for frame in (open_before, decisions)]
    reach = pl.col("decided_at") - settings.reach_us(pl.col("timeframe")).cast(pl.Duration("us"))
    return pl.concat(decided).select(day_of(reach).min()).item()


def _simulated(followed: pl.DataFrame, bars: pl.DataFrame, settings: ShadowSettings, now: dt.datetime) -> pl.DataFrame:
    """The versions with their paths and later entries; ``settled_at`` is null while open."""
    every = asked(followed, settings)
    paths = nothing_yet(len(every))
    late = {delay: np.full(len(every), np.nan) for delay in settings.delays}
    market = series_of(bars, followed["symbol"], now)
    until = (now - EPOCH) // dt.timedelta(microseconds=1)
    for symbol, rows in _rows_of(followed["symbol"]):
        some, series = every.take(rows), market.get(symbol, [])
        paths[rows] = follow(some, series, settings, until)
        for delay, price in late_entries(some, paths[rows], series, settings.delays).items():
            late[delay][rows] = price
    return followed.hstack(_frame(paths)).with_columns(pl.Series(entry_after(d), price) for d, price in late.items())


def _rows_of(symbols: pl.Series) -> list[tuple[str, np.ndarray]]:
    """Row numbers of each symbol."""
    groups = symbols.to_frame().with_row_index("row").group_by("symbol", maintain_order=True).agg("row")
    return [(symbol, np.asarray(rows, np.intp)) for symbol, rows in groups.iter_rows()]


def _frame(paths: np.ndarray) -> pl.DataFrame:
    """Paths as columns, null where there is nothing to say."""
    columns = pl.DataFrame({name: np.ascontiguousarray(paths[name]) for name in paths.dtype.names or ()})
    ended, instant = pl.col("outcome") != "", pl.Datetime("us", "UTC")
    measured = [
        pl.when(ended).then(name).alias(name) for name in columns.columns if name not in ("settled_at", "unlabelled")
    ]
    return columns.with_columns(
        *measured,
        pl.when(pl.col("settled_at") < NEVER).then("settled_at").cast(instant).alias("settled_at"),
        pl.when(pl.col("unlabelled") != "").then("unlabelled").alias("unlabelled"),
    ).with_columns(pl.col("exit_at").cast(instant))


def _standing(simulated: pl.DataFrame) -> pl.DataFrame:
    """Versions that were settled before a newer one came into force, on the day and at the instant of that."""
    settled_on = day_of(pl.col("settled_at"))
    standing = pl.col("settled_at").is_not_null() & (settled_on < pl.col("until")).fill_null(value=True)
    return simulated.filter(standing).with_columns(day=settled_on, known_at=pl.col("settled_at"))


def _outcomes(standing: pl.DataFrame, settings: ShadowSettings) -> pl.DataFrame:
    """Rows of ``shadow.outcomes``."""
    research = (pl.col("book") == "research") & (pl.col("outcome") == "hit_target")
    rows = with_money(standing, settings).with_columns(
        outcome=pl.when(research).then(pl.lit("hit_1r")).otherwise("outcome").fill_null("unlabelled"),
        reason=pl.col("unlabelled"),
        policy_hash=pl.lit(settings.policy_hash()),
    )
    labelled = pl.col("reason").is_null()
    measured = [pl.when(labelled).then(name).alias(name) for name in Outcomes.dtypes() if name not in IDENTITY]
    return rows.with_columns(measured).select(*Outcomes.dtypes())
