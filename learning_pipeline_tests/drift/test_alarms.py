"""From breaches to alarms and alerts."""

from __future__ import annotations

import datetime as dt

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.drift.alarms import begun, open_alarms, with_alarms
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.drift.tables import Scores

FIRST = dt.date(2024, 6, 1)
SETTINGS = DriftSettings(alarm_k=3, alarm_m=5)


def scores(breaches: list[bool | None], since: int = 0) -> pl.DataFrame:
    """One comparison a day."""
    return Scores.frame(
        [
            {
                "day": FIRST + (since + k) * ONE_DAY,
                "as_of": FIRST + (since + k) * ONE_DAY,
                "model": "m",
                "metric": "psi",
                "feature": "f",
                "target": "main",
                "n": 100,
                "n_pending": 0,
                "score": 0.3,
                "threshold": 0.2,
                "breached": one,
                "is_alarm": False,
            }
            for k, one in enumerate(breaches)
        ]
    )


def alarms(breaches: list[bool | None]) -> list[bool]:
    return with_alarms(scores(breaches), Scores.frame(), SETTINGS)["is_alarm"].to_list()


def starts(marked: pl.DataFrame, before: pl.DataFrame | None = None) -> list[int]:
    return [(day - FIRST).days for day in begun(marked, Scores.frame() if before is None else before)["as_of"]]


def test_three_breaches_of_five_days_are_an_alarm_and_two_are_none() -> None:
    assert alarms([True, True, False, False, False, True]) == [False] * 6
    assert alarms([True, False, True, False, True, False]) == [False] * 4 + [True, False]


def test_what_is_not_known_is_no_breach() -> None:
    assert alarms([True, None, True, None, None, True]) == [False] * 6


def test_an_alert_begins_once_and_again_after_it_was_over() -> None:
    breaches = [True] * 6 + [False] * 6 + [True] * 4
    marked = with_alarms(scores(breaches), Scores.frame(), SETTINGS)
    assert starts(marked) == [2, 14]
    told = begun(marked, Scores.frame())
    assert told["kind"].unique().to_list() == ["drift"]
    assert "psi of f: 0.3 (matters from 0.2)" in told["detail"][0]
    assert open_alarms(marked, FIRST + 15 * ONE_DAY).height == 1
    assert open_alarms(marked, FIRST + 12 * ONE_DAY).is_empty()


@given(st.lists(st.sampled_from([True, False, None]), min_size=1, max_size=30), st.data())
def test_days_in_pieces_are_days_at_once(breaches: list[bool | None], data: st.DataObject) -> None:
    at_once = with_alarms(scores(breaches), Scores.frame(), SETTINGS)
    n = data.draw(st.integers(0, len(breaches)))
    early = with_alarms(scores(breaches[:n]), Scores.frame(), SETTINGS)
    late = with_alarms(scores(breaches[n:], n), early, SETTINGS)
    assert pl.concat([early, late]).equals(at_once)
    assert starts(early) + starts(late, early) == starts(at_once)


@given(st.lists(st.booleans(), min_size=1, max_size=30))
def test_an_alarm_is_k_of_the_last_m(breaches: list[bool]) -> None:
    expected = [sum(breaches[max(0, k - 4) : k + 1]) >= 3 for k in range(len(breaches))]
    assert alarms(list(breaches)) == expected
