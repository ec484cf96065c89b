"""From breaches to alarms: one bad day is none; k of m days are."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline.contracts import end_of
from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.drift.tables import Alerts, Scores

Row = dict[str, Any]
OF = ["model", "metric", "feature", "target"]


def with_alarms(scores: pl.DataFrame, before: pl.DataFrame, settings: DriftSettings) -> pl.DataFrame:
    """Scores with ``is_alarm``: breached on ``alarm_k`` of the ``alarm_m`` days that end with theirs.

    Parameters
    ----------
    scores : DataFrame
        Rows of ``drift.scores``; the column is written anew.
    before : DataFrame
        Those of the days before them.
    """
    breaches = pl.concat([before, scores]).filter(pl.col("breached").fill_null(value=False)).select("as_of", *OF)
    pairs = scores.select("as_of", *OF).join(breaches.rename({"as_of": "breached_on"}), on=OF)
    age = pl.col("as_of") - pl.col("breached_on")
    within = pairs.filter(age >= pl.duration(), age < pl.duration(days=settings.alarm_m))
    often = within.group_by("as_of", *OF).len().filter(pl.col("len") >= settings.alarm_k)
    marked = scores.drop("is_alarm").join(often.drop("len").with_columns(is_alarm=True), on=["as_of", *OF], how="left")
    return Scores.ordered(marked.with_columns(pl.col("is_alarm").fill_null(value=False)))


def begun(scores: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Alerts of the alarms that begin: there is none of the same on the day before.

    Parameters
    ----------
    scores : DataFrame
        ``drift.scores`` of some days; ``before`` of the days before them.
    """
    alarms = pl.concat([before, scores]).filter("is_alarm")
    lasting = alarms.select(pl.col("as_of") + ONE_DAY, *OF)
    new = scores.filter("is_alarm").join(lasting, on=["as_of", *OF], how="anti")
    return Alerts.frame([_alert(row) for row in new.iter_rows(named=True)])


def open_alarms(scores: pl.DataFrame, day: dt.date) -> pl.DataFrame:
    """Alarms that stand at the end of a day, the largest excess first."""
    excess = pl.col("score") / pl.col("threshold")
    return scores.filter(pl.col("as_of") == day, pl.col("is_alarm")).sort(
        excess.fill_null(0.0), *OF, descending=[True, *[False] * len(OF)]
    )


def _alert(row: Row) -> Row:
    day = row["as_of"]
    named = {name: row[name] for name in OF}
    return {"day": day, "as_of": day, "kind": "drift", **named, "raised_at": end_of(day), "detail": _words(row)}


def _words(row: Row) -> str:
    what = row["metric"] if row["feature"] == "*" else f"{row['metric']} of {row['feature']}"
    moved = ""
    if row["reference_value"] is not None and row["current_value"] is not None:
        moved = f", from {row['reference_value']:.4g} to {row['current_value']:.4g}"
    size = f"{row['score']:.3g} (matters from {row['threshold']:g})" if row["score"] is not None else "not known today"
    do = "look at the data it is given, then train anew or roll back" if row["target"] != "*" else "look at its prompts"
    return f"{what}: {size}{moved}, over {row['n']} decisions or answers; {do}"
