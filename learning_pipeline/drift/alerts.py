"""Alerts that are no drift: trainings that fail again and again, and data that do not come under a schedule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

import polars as pl

from learning_pipeline.contracts import end_of
from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.drift.tables import Alerts

Row = Mapping[str, Any]
NONE = "*"


def training_alerts(trainings: Iterable[Row], n_failures: int) -> pl.DataFrame:
    """Alerts of all trainings so far.

    Parameters
    ----------
    trainings : iterable of mapping
        ``model_type, status, reason, ended_at`` (RFC 3339 or an instant), ``is_scheduled``, in any order.
    n_failures : int
        Failures in a row that are an alert, told once while they go on. One refused for want of data is neither a
        failure nor the end of a row of them.

    Returns
    -------
    DataFrame
        Rows of ``drift.alerts``: ``train_failures`` where the n-th in a row failed, ``data_missing`` where a scheduled
        training was refused for want of data and the scheduled one before was not.
    """
    ordered = sorted(trainings, key=lambda one: (one["model_type"], _at(one), one["train_id"]))
    rows: list[dict[str, Any]] = []
    for model_type, its in groupby(ordered, key=lambda one: one["model_type"]):
        in_turn = list(its)
        tried = [one for one in in_turn if one["status"] != "refused"]
        asked = [one for one in in_turn if one["is_scheduled"]]
        rows += [_failing(model_type, one, n_failures) for one in _nth_in_a_row(tried, "failed", n_failures)]
        rows += [_without_data(model_type, one) for one in _nth_in_a_row(asked, "refused", 1)]
    return _of_days(rows)


def label_alerts(
    label_days: pl.Series, as_ofs: Sequence[dt.date], first_day: dt.date | None, period: int | None
) -> pl.DataFrame:
    """Days on which as many days have passed without a new label as training is to be started again after.

    Parameters
    ----------
    label_days : Series of Date
        Days on which labels became known, of the days and ``period`` days before them.
    first_day : date, optional
        First day of the data: before it nothing can have come.
    period : int, optional
        Days between two trainings of the schedule; None: training is started by hand, nothing is expected.
    """
    if period is None or first_day is None:
        return Alerts.frame()
    came = set(label_days)
    rows = [
        _no_labels(day, period)
        for day in as_ofs
        if (day - period * ONE_DAY in came or day - period * ONE_DAY == first_day)
        and not came & {day - k * ONE_DAY for k in range(period)}
    ]
    return _of_days(rows)


def _nth_in_a_row(trainings: list[Row], status: str, n: int) -> list[Row]:
    found, in_a_row = [], 0
    for one in trainings:
        in_a_row = in_a_row + 1 if one["status"] == status else 0
        found += [one] if in_a_row == n else []
    return found


def _failing(model_type: str, last: Row, n: int) -> dict[str, Any]:
    words = f"{n} trainings in a row failed, the last for: {last['reason'] or 'no reason given'}"
    return _alert("train_failures", model_type, _at(last), f"{words}; the last good artifact stays; mend the cause")


def _without_data(model_type: str, one: Row) -> dict[str, Any]:
    words = f"the schedule found too few labelled examples to train on: {one['reason'] or 'no reason given'}"
    return _alert("data_missing", model_type, _at(one), f"{words}; see whether events and bars still come in")


def _no_labels(day: dt.date, period: int) -> dict[str, Any]:
    words = f"no outcome has become known for {period} {'day' if period == 1 else 'days'}, as long as between trainings"
    return _alert("data_missing", NONE, end_of(day), f"{words}; see whether events and bars still come in")


def _alert(kind: str, model: str, at: dt.datetime, detail: str) -> dict[str, Any]:
    day = at.date()
    anywhere = {"metric": NONE, "feature": NONE, "target": NONE}
    return {"day": day, "as_of": day, "kind": kind, "model": model, **anywhere, "raised_at": at, "detail": detail}


def _of_days(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """One alert of a kind and model a day, the first."""
    return Alerts.frame(rows).unique(Alerts.key(), keep="first", maintain_order=True)


def _at(training: Row) -> dt.datetime:
    ended = training["ended_at"]
    return (ended if isinstance(ended, dt.datetime) else dt.datetime.fromisoformat(ended)).astimezone(dt.UTC)
