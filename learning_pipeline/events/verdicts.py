"""Gate verdicts of the reports on one signal."""

from __future__ import annotations

import polars as pl

from learning_pipeline.events.gates import decode_gates

_DISTANCE = {">=": 1.0, ">": 1.0, "<=": -1.0, "<": -1.0}


def gate_verdicts(seen: pl.DataFrame) -> pl.DataFrame:
    """One row per answer and gate, in the columns of ``events.gates`` plus ``complete``.

    A report that lists gates gives a verdict each; a report that only names a component (each guard reporting for
    itself, or a bot that records its blocker only) is itself the verdict of that component. ``complete`` is true where
    the report lists its gates and every one was evaluated. Of several verdicts on one gate a failing one counts, else
    the newest.

    Parameters
    ----------
    seen : DataFrame
        Reports per answer: the columns of ``events.decision_reports`` with the answer's ``day``.
    """
    listed = _listed(seen)
    every = pl.concat([listed, _named(seen, listed)], how="diagonal").with_columns(_margin())
    ordered = every.sort(
        "signal_id",
        "day",
        "gate",
        "passed",
        "happened_at",
        "event_id",
        descending=[False] * 4 + [True] * 2,
        nulls_last=True,
    )
    return ordered.unique(["signal_id", "day", "gate"], keep="first", maintain_order=True)


def _listed(seen: pl.DataFrame) -> pl.DataFrame:
    """Verdicts of the gates that reports list."""
    gates = seen.select("signal_id", "day", "happened_at", "event_id", gate=decode_gates(pl.col("gates")))
    rows = gates.filter(pl.col("gate").list.len() > 0).explode("gate").unnest("gate").rename({"name": "gate"})
    evaluated = pl.col("evaluated").fill_null(value=True)
    return rows.with_columns(
        passed=pl.when(evaluated).then("passed"),
        base_threshold=pl.coalesce("base_threshold", "threshold"),
        complete=evaluated,
    ).drop("evaluated")


def _named(seen: pl.DataFrame, listed: pl.DataFrame) -> pl.DataFrame:
    """Verdicts of components that reports name without listing them as a gate."""
    blocks = pl.col("decision") == "blocked"
    component = pl.when(blocks).then("blocker_component").when(pl.col("decision") == "approved").then("approved_by")
    lists = pl.col("gates").fill_null("[]") != "[]"
    named = seen.select(
        "signal_id", "day", "happened_at", "event_id", gate=component, passed=~blocks, complete=lists, lists=lists
    ).filter(pl.col("gate").is_not_null() & (~pl.col("passed") | ~pl.col("lists")))
    return named.join(listed, on=["event_id", "gate", "day"], how="anti").drop("lists")


def _margin() -> pl.Expr:
    """Distance inside the limit: value - threshold for a floor, threshold - value for a ceiling."""
    direction = pl.col("op").replace_strict(_DISTANCE, default=None, return_dtype=pl.Float64)
    return finite((pl.col("value") - pl.col("threshold")) * direction).alias("margin")


def finite(number: pl.Expr) -> pl.Expr:
    """The number; null where it is beyond what a float holds: unknown, never infinite.

    >>> pl.select(finite(pl.lit(1e308) * pl.Series([1.0, 10.0]))).to_series().to_list()
    [1e+308, None]
    """
    return pl.when(number.is_finite()).then(number)
