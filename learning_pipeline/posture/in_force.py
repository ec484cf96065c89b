"""From selections and the lessons of the same day to what a bot is told. Not imported by what a bot imports."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import msgspec
import polars as pl

from learning_pipeline.posture.posture import Delta, Document, Posture, Rules
from learning_pipeline.posture.settings import PostureSettings
from learning_pipeline.tuning.lifecycle import ACTIVE_DAYS

LESSON = ["pattern_key", "scope"]
SAID = ["n", "dir_a", "dir_e", "confidence", "edge_raw_roi"]


def leaning_now(selections: pl.DataFrame, strength: pl.DataFrame) -> pl.DataFrame:
    """Selections of one day with what their lesson says on that day.

    Parameters
    ----------
    selections, strength : DataFrame
        ``tuning.strength_selections`` and ``tuning.strength`` of one day.

    Returns
    -------
    DataFrame
        The selections, with ``n``, ``dir_a``, ``dir_e``, ``confidence``, ``edge_raw_roi`` of the day's lesson (null
        where there is none: too few trades). Only the way that was selected counts: a direction that has turned round
        since is 0.
    """
    now = selections.drop(SAID).join(strength.select(*LESSON, *SAID), on=LESSON, how="left", maintain_order="left")
    ways = {"dir_a": "toward_a", "dir_e": "toward_e"}
    return now.with_columns(
        pl.when(pl.col(name).sign() == pl.col(way)).then(name).when(pl.col(name).is_not_null()).then(0.0).alias(name)
        for name, way in ways.items()
    )


def document_of(selections: pl.DataFrame, strength: pl.DataFrame, settings: PostureSettings) -> dict[str, Any]:
    """What a bot needs, as values that JSON holds: rules, and the postures in force after one day, by id.

    Parameters
    ----------
    selections, strength : DataFrame
        ``tuning.strength_selections`` and ``tuning.strength`` of the day.
    """
    active = leaning_now(selections.filter(pl.col("state") == "active"), strength)
    leaning = active.filter((pl.col("dir_a") != 0) | (pl.col("dir_e") != 0)).sort("override_id")
    rules = Rules(
        ae_v2_enabled=settings.feature_flags.ae_v2_enabled,
        flags={name: Delta(delta.a, delta.e) for name, delta in sorted(settings.flags.items())},
        base_bias=settings.base_bias,
    )
    return msgspec.to_builtins(Document(rules, [_posture(row) for row in leaning.to_dicts()]))


def _posture(row: dict[str, Any]) -> Posture:
    """In force from the day after it became active, for 90 days."""
    begins = dt.datetime.combine(row["state_since"] + dt.timedelta(days=1), dt.time(), dt.UTC)
    same = {name: row[name] for name in ("override_id", "pattern_key", *SAID)}
    until = begins + dt.timedelta(days=ACTIVE_DAYS)
    return Posture(scope=json.loads(row["scope"]), active_from=begins, expires_at=until, **same)
