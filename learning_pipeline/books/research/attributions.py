"""Which experiment, playbook and hypothesis a research signal or setup speaks to."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.books.research.routing import MAIN, RESEARCH
from learning_pipeline.books.research.tables import Attributions


def attributions(
    signals: pl.DataFrame, setups: pl.DataFrame, experiments: pl.DataFrame, first: dt.date, last: dt.date
) -> pl.DataFrame:
    """One row per research signal, and per setup of one, on the day on which both were known.

    Parameters
    ----------
    signals, setups : DataFrame
        ``events.signals`` and ``events.setups`` of the days and of 90 days before; an older signal is not joined.
    experiments : DataFrame
        ``books.experiments`` of the days first to last.

    Returns
    -------
    DataFrame
        `Attributions`.
    """
    names = ["signal_id", "experiment_id", "experiment_variant", "playbook_id"]
    tagged = signals.filter(pl.col("book") == RESEARCH).select("day", *names, signal_event_id="event_id")
    own = tagged.with_columns(setup_event_id=pl.lit(None, pl.String))
    reported = setups.filter(pl.col("signal_id").is_not_null()).select(
        "signal_id", setup_day="day", setup_event_id="event_id", of_setup="playbook_id"
    )
    linked = tagged.join(reported, on="signal_id").with_columns(
        day=pl.max_horizontal("day", "setup_day"), playbook_id=pl.coalesce("playbook_id", "of_setup")
    )
    told = pl.concat([own, linked.select(own.columns)])
    specs = experiments.select("day", "experiment_id", "hypothesis", of_spec="playbook_id")
    told = told.filter(pl.col("day").is_between(first, last))
    known = told.join(specs, on=["day", "experiment_id"], how="left").with_columns(
        playbook_id=pl.coalesce("playbook_id", "of_spec")
    )
    return Attributions.checked(known.select(*Attributions.dtypes()))


def fallen_through(signals: pl.DataFrame, money: dict[str, pl.DataFrame]) -> list[str]:
    """What the profit book did for a research signal that is no emergency exit: kind and signal, sorted.

    Parameters
    ----------
    signals : DataFrame
        ``events.signals``.
    money : dict
        By kind: rows with ``signal_id`` and ``book``.
    """
    tagged = signals.filter(pl.col("book") == RESEARCH, ~pl.col("emergency_exit").fill_null(value=False))
    ids = tagged["signal_id"].implode()
    found = []
    for kind, rows in money.items():
        wrong = rows.filter(pl.col("book") == MAIN, pl.col("signal_id").is_in(ids))
        found += [f"{kind} of {signal_id}" for signal_id in wrong["signal_id"].unique()]
    return sorted(found)
