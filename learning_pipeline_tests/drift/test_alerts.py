"""Alerts of trainings and of labels that do not come."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import polars as pl

from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.drift.alerts import label_alerts, training_alerts

START = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)
FIRST = START.date()


def trainings(*statuses: str, model_type: str = "signal_model", is_scheduled: bool = True) -> list[dict[str, Any]]:
    return [
        {
            "train_id": f"{model_type}{k:03}",
            "model_type": model_type,
            "status": status,
            "reason": f"reason {k}",
            "ended_at": (START + k * ONE_DAY).isoformat(),
            "is_scheduled": is_scheduled,
        }
        for k, status in enumerate(statuses)
    ]


def days_of(found: pl.DataFrame, kind: str) -> list[int]:
    return [(day - FIRST).days for day in found.filter(kind=kind)["as_of"].sort()]


def test_three_failures_in_a_row_are_one_alert() -> None:
    found = training_alerts(trainings("failed", "failed", "failed", "failed", "succeeded"), 3)
    assert days_of(found, "train_failures") == [2]
    assert "reason 2" in found["detail"][0]
    assert found["raised_at"][0] == START + 2 * ONE_DAY


def test_a_success_between_them_ends_the_row_and_a_refusal_does_not() -> None:
    assert training_alerts(trainings("failed", "failed", "succeeded", "failed"), 3).is_empty()
    refused = trainings("failed", "failed", "refused", "failed", is_scheduled=False)
    assert days_of(training_alerts(refused, 3), "train_failures") == [3]


def test_failures_of_different_types_are_no_row() -> None:
    both = trainings("failed", "failed") + trainings("failed", model_type="prompt_pack")
    assert training_alerts(both, 3).is_empty()


def test_a_second_row_of_failures_is_a_second_alert() -> None:
    row = ["failed"] * 3
    assert days_of(training_alerts(trainings(*row, "succeeded", *row), 3), "train_failures") == [2, 6]


def test_missing_data_alert_only_under_a_schedule_and_once_while_it_lasts() -> None:
    refused = ["refused", "refused", "succeeded", "refused"]
    assert days_of(training_alerts(trainings(*refused), 3), "data_missing") == [0, 3]
    assert training_alerts(trainings(*refused, is_scheduled=False), 3).is_empty()


def test_the_order_in_which_trainings_are_told_does_not_matter() -> None:
    told = trainings("failed", "failed", "failed", "refused", "succeeded")
    mixed = random.Random(1).sample(told, len(told))
    assert training_alerts(mixed, 3).equals(training_alerts(told, 3))


def test_no_label_for_as_long_as_between_trainings_is_an_alert_on_the_day_it_is_so() -> None:
    labels = pl.Series([FIRST, FIRST + 2 * ONE_DAY, FIRST + 12 * ONE_DAY], dtype=pl.Date)
    days = [FIRST + k * ONE_DAY for k in range(25)]
    found = label_alerts(labels, days, FIRST, 7)
    assert days_of(found, "data_missing") == [9, 19]
    in_pieces = [label_alerts(labels, days[k : k + 5], FIRST, 7) for k in range(0, 25, 5)]
    assert pl.concat(in_pieces).equals(found)


def test_nothing_is_expected_by_hand_or_before_there_are_data() -> None:
    days = [FIRST + k * ONE_DAY for k in range(25)]
    none = pl.Series([], dtype=pl.Date)
    assert label_alerts(none, days, FIRST, None).is_empty()
    assert days_of(label_alerts(none, days, FIRST, 7), "data_missing") == [7]
