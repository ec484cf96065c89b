"""The section of overrides: where each stands, what chose it, what it did since, and how much luck explains."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from scipy.stats import binomtest

from learning_pipeline.reports.canvas import to_png
from learning_pipeline.reports.overrides import overrides_drawing, overrides_section
from learning_pipeline.stats import wilson_interval
from learning_pipeline_tests.reports.world import small_world

DAY = dt.date(2024, 3, 4)


def row(name: str, state: str = "active", **more: Any) -> dict[str, Any]:
    same = {"override_id": name, "pattern_key": "p.entry", "scope": '{"timeframe":"1h"}', "state": state, "since": DAY}
    counts = {"benefit": 46, "harm": 17, "forward_benefit": 35, "forward_harm": 19}
    return same | {"reason": "permutation", "change": "halo +0.2", "p_value": 0.0003, "q_value": 0.001} | counts | more


def section(rows: list[dict[str, Any]], tested: list[dict[str, Any]] | None = None) -> str:
    every = pl.DataFrame(rows or [row("a")], schema_overrides={"p_value": pl.Float64}).head(len(rows))
    found = overrides_section(small_world(overrides=every, tested=pl.DataFrame(tested or {"n": []})))
    return "\n".join([*found.says, *(cell for grid in found.grids for line in grid.rows for cell in line)])


def test_it_tells_where_each_stands_and_on_what_evidence() -> None:
    shown = section([row("a"), row("b", "shadow", reason="selected", p_value=None, q_value=None), row("c", "retired")])
    assert "3 overrides so far: 1 in force, 1 on trial, 1 retired." in shown
    assert "p.entry, timeframe=1h" in shown
    assert "active since 2024-03-04: permutation (p 0.0003, q 0.0010)" in shown
    assert "46 won, 17 lost (73%)" in shown
    assert "35 won, 19 lost (65%)" in shown


def test_it_says_how_many_lessons_would_look_as_good_by_luck() -> None:
    shown = section([row("a")], [{"as_of": DAY, "n": 40, "n_small": 5, "n_passed": 2}])
    assert "Of 40 lessons tested on 2024-03-04, 5 had p at or below .05" in shown
    assert "2.0 would. 2 passed at a false discovery rate of 5 %" in shown


def test_nothing_selected_and_nothing_tested_are_said() -> None:
    assert (
        section([])
        == "No lesson has selected a change yet.\nNo lesson has been tested yet: that is done every 30 days."
    )
    assert "no table of overrides" in overrides_section(small_world()).says[0]


def test_the_picture_shows_what_lessons_selected_and_nothing_else() -> None:
    approved = row("x", **dict.fromkeys(("benefit", "harm", "forward_benefit", "forward_harm")))
    assert overrides_drawing(pl.DataFrame([approved], schema_overrides={"benefit": pl.Int64, "harm": pl.Int64})) is None
    drawing = overrides_drawing(pl.DataFrame([row("a"), row("b", "shadow", forward_benefit=0, forward_harm=0)]))
    assert drawing is not None
    assert to_png(drawing).startswith(b"\x89PNG")


@pytest.mark.parametrize(("successes", "n"), [(0, 5), (7, 10), (5, 5), (300, 1000)])
def test_wilson_is_that_of_another_library(successes: int, n: int) -> None:
    other = binomtest(successes, n).proportion_ci(method="wilson")
    assert wilson_interval(successes, n) == pytest.approx((other.low, other.high), abs=1e-12)
    assert wilson_interval(0, 0) is None
