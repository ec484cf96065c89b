"""The section of models: what it shows, what it leaves out, and what a hostile name cannot do."""

from __future__ import annotations

import dataclasses
import datetime as dt

import polars as pl

from learning_pipeline.drift.tables import Alerts, Scores
from learning_pipeline.reports import Facts, to_png
from learning_pipeline.reports.governed import drift_drawing, models_section
from learning_pipeline_tests.reports.test_page import NOTHING

DAY = dt.date(2024, 6, 9)
AT = dt.datetime(2024, 6, 1, tzinfo=dt.UTC)


def facts(**more: object) -> Facts:
    return dataclasses.replace(Facts(**NOTHING), **more)  # type: ignore[arg-type]


def drift(score: float | None = 0.5, *, is_alarm: bool = True, feature: str = "momentum") -> pl.DataFrame:
    row = {"day": DAY, "as_of": DAY, "model": "m", "metric": "psi", "feature": feature, "target": "main"}
    row |= {"role": "active", "n": 150, "n_pending": 0, "score": score, "threshold": 0.2, "is_alarm": is_alarm}
    return Scores.frame([row])


def deployed(name: str = "m") -> pl.DataFrame:
    return pl.DataFrame({"target": ["main"], "state": ["active"], "artifact_id": [name], "since": [AT]})


RECORD = {
    "target": "main",
    "role": "shadow",
    "artifact_id": "n",
    "n_scored": 30,
    "n_settled": 20,
    "n_pending": 10,
    "n_taken": 12,
    "net_pnl_usd": 31.5,
    "ci_low_usd": -4.0,
    "ci_high_usd": 67.0,
    "n_common": 18,
    "ahead_usd": 9.0,
    "ahead_low_usd": None,
    "ahead_high_usd": None,
}


def test_there_is_no_section_where_there_is_no_model() -> None:
    assert models_section(Facts(**NOTHING)) is None
    nothing = {"deployments": deployed().clear(), "records": [], "drift": Scores.frame(), "alerts": Alerts.frame()}
    assert models_section(facts(**nothing)) is None


def test_everything_known_of_a_model_is_shown() -> None:
    evaluations = pl.DataFrame(
        {
            "artifact_id": ["m"],
            "pack_id": ["bench"],
            "evaluated_at": [AT],
            "passed": [False],
            "reason": ["too few days"],
        }
    )
    section = models_section(
        facts(deployments=deployed(), evaluations=evaluations, records=[RECORD], drift=drift(), alerts=Alerts.frame())
    )
    assert section
    assert section.says == ("1 artifact is deployed; 1 alarm of drift stands.",)
    assert section.picture
    deployment, record, distances = (grid.rows[0] for grid in section.grids)
    assert deployment[-1] == "bench, 2024-06-01: not passed: too few days"
    assert record[:5] == ("n", "shadow", "20 of 30", "12", "+31.50")
    assert record[5:] == ("\u22124.00 to +67.00", "+9.00 (no interval; 18 decisions)")
    assert distances[6:] == ("0.5", "0.2", "", "yes")


def test_too_little_is_said_in_words_and_drawn_by_nobody() -> None:
    section = models_section(facts(drift=drift(None, is_alarm=False)))
    assert section
    assert section.picture is None
    assert section.grids[0].rows[0][6] == "too few"
    assert section.says == ("No model is deployed; 0 alarms of drift stand.",)


def test_a_picture_is_small_and_the_same_each_time() -> None:
    rows = pl.concat([drift(k / 50, is_alarm=k > 20, feature=f"<f{k}> $x$") for k in range(40)])
    drawings = [drift_drawing(rows), drift_drawing(rows.reverse())]
    pngs = [to_png(drawing) for drawing in drawings if drawing]
    assert pngs[0] == pngs[1]
    assert len(pngs[0]) < 37_000
    assert drift_drawing(Scores.frame()) is None
