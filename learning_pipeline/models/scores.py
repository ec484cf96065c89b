"""Scores of decisions by the models that stood for them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

import polars as pl

from learning_pipeline.datasets.matrix import matrix
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.tables import Scores


class Standing(NamedTuple):
    """A model in a role for a target, for decisions after ``since`` up to ``until`` (None: it still stands)."""

    target: str
    role: str
    artifact_id: str
    bundle: Bundle
    since: dt.datetime
    until: dt.datetime | None


def scored(features: pl.DataFrame, standing: Sequence[Standing]) -> pl.DataFrame:
    """``models.scores``: each decision by each model that stood at its instant.

    Parameters
    ----------
    features : DataFrame
        ``datasets.features``: what was known at each decision.
    standing : sequence of Standing
        In any order; spans of one target and role do not overlap.
    """
    parts = [_scores(features, each) for each in standing]
    return Scores.frame() if not parts else pl.concat(parts)


def _scores(features: pl.DataFrame, standing: Standing) -> pl.DataFrame:
    decided = pl.col("decided_at")
    until = pl.lit(value=True) if standing.until is None else decided <= standing.until
    rows = features.filter(decided > standing.since, until)
    score = standing.bundle.probabilities(matrix(rows["features"], standing.bundle.features))
    return rows.select(
        "day",
        "signal_id",
        artifact_id=pl.lit(standing.artifact_id),
        target=pl.lit(standing.target),
        role=pl.lit(standing.role),
        score=pl.Series(score, dtype=pl.Float64),
        takes=pl.Series(standing.bundle.takes(score), dtype=pl.Boolean),
        known_at=decided,
    )
