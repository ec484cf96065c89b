from __future__ import annotations

import polars as pl
import pytest

from learning_pipeline.analysis import AnalysisSettings, GuardEffectiveness, unrecorded_guards
from learning_pipeline.events.tables import AnalyticsReports
from learning_pipeline_tests.analysis.rows import day

WINDOWS = AnalysisSettings(windows=(1, 3))


def locks(guard: str, on: int, n: float, name: str = "guard_locks") -> dict[str, object]:
    return {
        "event_id": f"{guard}-{on}-{name}",
        "day": day(on),
        "name": name,
        "value": n,
        "labels": f'{{"guard":"{guard}","strategy":"x"}}',
    }


def told(*rows: dict[str, object]) -> pl.DataFrame:
    empty = AnalyticsReports.frame()
    return pl.concat([empty, pl.DataFrame(rows, schema_overrides=empty.schema)], how="diagonal")


def judged(guard: str, on: int, window: int) -> pl.DataFrame:
    return pl.DataFrame(
        {"as_of": [day(on)], "window_days": [window], "guard": [guard]}, schema_overrides={"window_days": pl.Int64}
    )


def rows(
    reports: pl.DataFrame, verdicts: pl.DataFrame | None = None, on: tuple[int, ...] = (2,)
) -> list[tuple[object, ...]]:
    nothing = GuardEffectiveness.frame()
    made = unrecorded_guards(reports, nothing if verdicts is None else verdicts, [day(k) for k in on], WINDOWS)
    return made.select("as_of", "window_days", "guard", "n_activations").rows()


def test_activations_of_the_window_are_counted_and_nothing_later() -> None:
    reports = told(locks("MaxDrawdown", 0, 2), locks("MaxDrawdown", 2, 3), locks("MaxDrawdown", 3, 100))
    assert rows(reports) == [(day(2), 1, "MaxDrawdown", 3), (day(2), 3, "MaxDrawdown", 5)]


def test_a_guard_that_is_judged_is_left_out_where_it_is() -> None:
    reports = told(locks("MaxDrawdown", 2, 3))
    assert rows(reports, judged("MaxDrawdown", 2, 3)) == [(day(2), 1, "MaxDrawdown", 3)]


@pytest.mark.parametrize(
    "other", [{"name": "equity"}, {"labels": '{"strategy":"x"}'}, {"value": -1.0}, {"value": 2.5}, {"value": 1e300}]
)
def test_other_figures_say_nothing_of_guards(other: dict[str, object]) -> None:
    assert rows(told(locks("MaxDrawdown", 2, 3) | other)) == []


def test_each_row_says_why() -> None:
    (row,) = unrecorded_guards(
        told(locks("Cooldown", 2, 1)), GuardEffectiveness.frame(), [day(2)], AnalysisSettings(windows=(1,))
    ).rows(named=True)
    assert row["status"] == "not_evaluable"
    assert "decision log" in row["reason"]


def test_without_days_or_reports_there_is_nothing() -> None:
    assert rows(told()) == []
    assert rows(told(locks("MaxDrawdown", 2, 3)), on=()) == []
