"""The days of a run: every comparison of a day, held against the others of that day and the days before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from learning_pipeline.contracts import end_of
from learning_pipeline.contracts.days import ONE_DAY
from learning_pipeline.drift.alarms import with_alarms
from learning_pipeline.drift.answers import answer_findings
from learning_pipeline.drift.served import Reference, model_findings
from learning_pipeline.drift.settings import DriftSettings
from learning_pipeline.drift.tables import WHOLE, Scores
from learning_pipeline.shadow.tables import Outcomes
from learning_pipeline.stats import benjamini_hochberg

Row = dict[str, Any]


def watch(
    served: pl.DataFrame,
    outcomes: pl.DataFrame,
    answers: pl.DataFrame,
    deployments: pl.DataFrame,
    references: Mapping[str, Reference],
    as_ofs: Sequence[dt.date],
    before: pl.DataFrame,
    settings: DriftSettings,
) -> pl.DataFrame:
    """Rows of ``drift.scores`` of some days.

    Parameters
    ----------
    served : DataFrame
        ``models.scores`` with the ``features`` of each signal, of the days and ``window_days`` before them.
    outcomes : DataFrame
        ``shadow.outcomes`` of the same days.
    answers : DataFrame
        ``events.ai_responses`` of the days and of ``window_days`` and ``reference_days`` before them.
    deployments : DataFrame
        ``target, artifact_id, state, since, until`` of every state that an artifact was in.
    references : mapping
        Training of each artifact, where it can be read; others are not compared.
    as_ofs : sequence of date
        The days, ascending.
    before : DataFrame
        ``drift.scores`` of the ``alarm_m`` days before them.
    """
    served, answers = served.sort("signal_id", "artifact_id", "role"), answers.sort("event_id")
    rows: list[Row] = []
    for day in as_ofs:
        found = [
            *_models(served, outcomes, deployments, references, day, settings),
            *_language_models(answers, day, settings),
        ]
        rows += _judged(found, settings)
    return with_alarms(Scores.frame(rows), before, settings)


def _models(
    served: pl.DataFrame,
    outcomes: pl.DataFrame,
    deployments: pl.DataFrame,
    references: Mapping[str, Reference],
    day: dt.date,
    settings: DriftSettings,
) -> Iterator[Row]:
    """Of each artifact that is deployed at the end of a day."""
    end = end_of(day)
    if (deployed := standing(deployments, end)).is_empty():
        return
    known = Outcomes.newest(outcomes.filter(pl.col("known_at") <= end))
    since = dt.datetime.combine(day - (settings.window_days - 1) * ONE_DAY, dt.time(), dt.UTC)
    recent = served.filter(pl.col("known_at").is_between(since, end))
    for one in deployed.iter_rows(named=True):
        reference = references.get(one["artifact_id"])
        its = recent.filter(artifact_id=one["artifact_id"], target=one["target"]).unique("signal_id", keep="first")
        if reference is None or its.is_empty():
            continue
        key = f"{one['artifact_id']} {one['target']} {day}"
        of = {"as_of": day, "model": one["artifact_id"], "target": one["target"], "role": one["state"]}
        for finding in model_findings(its.sort("signal_id"), known, reference, key, settings):
            yield {**of, **finding._asdict()}


def standing(deployments: pl.DataFrame, at: dt.datetime) -> pl.DataFrame:
    """Artifacts that serve at an instant of the data, active ones and those in shadow."""
    if deployments.is_empty():
        return deployments
    is_current = pl.col("until").is_null() | (pl.col("until") > at)
    serves = pl.col("state").is_in(["active", "shadow"])
    return deployments.filter(serves, pl.col("since") <= at, is_current).sort("target", "artifact_id")


def _language_models(answers: pl.DataFrame, day: dt.date, settings: DriftSettings) -> Iterator[Row]:
    """Of each prompt pack and version that answered in the window of a day."""
    if answers.is_empty():
        return
    last = (day - dt.date(1970, 1, 1)).days
    first = day - (settings.window_days + settings.reference_days - 1) * ONE_DAY
    near = answers.filter(pl.col("happened_at").dt.date().is_between(first, day))
    for (pack, version), its in sorted(near.group_by("prompt_pack", "version", maintain_order=True)):
        model = f"{pack}@{version}"
        for finding in answer_findings(its, last, f"{model} {day}", settings):
            yield {"as_of": day, "model": model, "target": WHOLE, "role": None, **finding._asdict()}


def _judged(rows: list[Row], settings: DriftSettings) -> list[Row]:
    """Rows of one day with q over all its tests, and whether each is a breach: by chance rarely, and large enough."""
    for row, q in zip(rows, benjamini_hochberg([row["p_value"] for row in rows]).tolist(), strict=True):
        is_known = row["p_value"] is not None
        row |= {"day": row["as_of"], "q_value": q if is_known else None, "is_alarm": False}
        row["breached"] = bool(q <= settings.q and row["score"] >= row["threshold"]) if is_known else None
    return rows
