"""The picture of selections: what chose them beside what came after."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from scipy import stats

from learning_pipeline.reports import leans_drawing, to_png, to_svg
from learning_pipeline.reports.leans import MOST, forward_half_width
from learning_pipeline.tuning.strength import StrengthSelections

TODAY = dt.date(2024, 3, 5)


def selections(*more: dict[str, Any]) -> Any:
    row = {"day": TODAY, "override_id": "o1", "pattern_key": "p", "scope": '{"timeframe":"1h"}', "state": "active"}
    row |= {"selected_on": TODAY - dt.timedelta(days=4), "toward_a": -1, "toward_e": 1, "dir_a": -0.2, "dir_e": 0.1}
    row |= {"forward_n": 3, "forward_agreement": 3, "forward_squares": 5, "forward_mean": 1.0}
    return StrengthSelections.frame([row | each for each in more])


def test_the_interval_is_that_of_day_totals() -> None:
    """Totals 2, 1, 0, 0 on four days, three trades."""
    (half,) = forward_half_width(selections({}))
    low, high = stats.t.interval(0.95, 3, loc=0.75, scale=stats.sem([2, 1, 0, 0]))
    assert half == pytest.approx((high - low) / 2 * 4 / 3)


def test_those_in_force_come_first_and_the_retired_not_at_all() -> None:
    many = [
        {"override_id": f"s{k:02}", "pattern_key": f"shadow{k:02}", "state": "shadow", "forward_n": 5 + k}
        for k in range(20)
    ]
    drawing = leans_drawing(selections(*many, {}, {"override_id": "x", "pattern_key": "gone", "state": "retired"}))
    assert drawing is not None
    page = str(to_svg(drawing, "leans", "words"))
    assert page.index("p 1h") < page.index("shadow19 1h") < page.index("shadow10 1h")
    assert page.count("shadow") == MOST - 1
    assert "gone" not in page
    assert len(to_png(drawing)) < 50_000


def test_nothing_to_see_before_the_first_forward_trade() -> None:
    assert leans_drawing(selections({"forward_n": 0})) is None
    assert leans_drawing(StrengthSelections.frame()) is None
