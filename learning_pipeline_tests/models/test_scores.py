"""A decision is scored by the models that stood at its instant, and by no other."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import polars as pl

from learning_pipeline.contracts import day_of
from learning_pipeline.datasets.tables import Features
from learning_pipeline.models.scores import Standing, scored
from learning_pipeline.models.tables import Scores
from learning_pipeline_tests.models.bundles import NAMES, bundle, matrix

NOON = dt.datetime(2024, 6, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def decisions(n: int = 8) -> pl.DataFrame:
    """One each hour from noon on; features as `matrix` makes them, and one that no model takes."""
    rows = [
        {name: None if np.isnan(v) else float(v) for name, v in zip(NAMES, row, strict=True)} | {"other": 1.0}
        for row in matrix(7, n)
    ]
    at = [NOON + HOUR * k for k in range(n)]
    words = {"symbol": "AAA", "timeframe": "1h", "strategy": "alpha", "side": "long", "book": "profit"}
    frame = pl.DataFrame(
        {"signal_id": [f"s{k}" for k in range(n)], "decided_at": at, "features": map(json.dumps, rows)}
    )
    typed = frame.with_columns(pl.col("decided_at").dt.cast_time_unit("us"), decision=pl.lit("blocked"))
    return Features.checked(
        typed.with_columns(day=day_of(pl.col("decided_at")), **{k: pl.lit(v) for k, v in words.items()})
    )


def test_each_model_scores_what_was_decided_while_it_stood() -> None:
    one, two = bundle(0), bundle(1)
    standing = [
        Standing("main", "active", "a", one, NOON + HOUR, NOON + 4 * HOUR),
        Standing("main", "active", "b", two, NOON + 4 * HOUR, None),
        Standing("main", "shadow", "b", two, NOON - HOUR, NOON + HOUR),
        Standing("other", "active", "a", one, NOON - HOUR, None),
    ]
    rows = Scores.checked(scored(decisions(), standing))
    by = {key: sorted(part["signal_id"]) for key, part in rows.group_by("target", "role", "artifact_id")}
    assert by == {
        ("main", "active", "a"): ["s2", "s3", "s4"],
        ("main", "active", "b"): ["s5", "s6", "s7"],
        ("main", "shadow", "b"): ["s0", "s1"],
        ("other", "active", "a"): [f"s{k}" for k in range(8)],
    }


def test_scores_are_those_of_the_bundle_whatever_the_order_of_rows() -> None:
    made = bundle(0)
    standing = [Standing("main", "active", "a", made, NOON - HOUR, None)]
    rows = Scores.checked(scored(decisions(), standing))
    expected = made.probabilities(matrix(7, 8))
    assert rows.sort("signal_id")["score"].to_list() == expected.tolist()
    assert rows.sort("signal_id")["takes"].to_list() == (expected > made.threshold).tolist()
    assert rows["known_at"].to_list() == [NOON + HOUR * k for k in range(8)]
    assert Scores.checked(scored(decisions().reverse(), standing)).equals(rows)


def test_without_a_model_or_a_decision_there_is_no_score() -> None:
    assert scored(decisions(), []).equals(Scores.frame())
    none = scored(Features.frame(), [Standing("main", "active", "a", bundle(0), NOON, None)])
    assert Scores.checked(none).height == 0
