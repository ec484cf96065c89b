"""Whether a model may be measured by a pack at all."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, NoReturn

from learning_pipeline.datasets.matrix import feature_names
from learning_pipeline.errors import EvaluationRefused
from learning_pipeline.models.bundle import Bundle
from learning_pipeline.models.evaluation.results import Days
from learning_pipeline.models.packs.pack import Pack


def require_allowed(bundle: Bundle, pack: Pack, dataset: Mapping[str, Any], days: Days) -> None:
    """Refuse a measurement that would say nothing.

    Parameters
    ----------
    dataset : mapping
        Manifest of the dataset that the model was trained on: ``dataset_id, last_day``.

    Raises
    ------
    EvaluationRefused
        The training saw the windows, the pack lacks a feature, or has too few days or rows; in one line.
    """
    _require_before(bundle, pack, dataset)
    missing = sorted(set(bundle.features) - set(feature_names(pack.rows["features"])))
    if missing:
        _refuse(pack, f"its examples lack {len(missing)} features of the model: {', '.join(missing[:5])}")
    asked = pack.manifest.thresholds
    if len(days.days) < asked.min_days:
        _refuse(pack, f"expected at least {asked.min_days} days, found {len(days.days)}")
    if pack.rows.height < asked.min_trades:
        _refuse(pack, f"expected at least {asked.min_trades} examples, found {pack.rows.height}")


def _require_before(bundle: Bundle, pack: Pack, dataset: Mapping[str, Any]) -> None:
    if dataset["dataset_id"] != bundle.dataset_id:
        _refuse(pack, f"the model names dataset {bundle.dataset_id[:16]}, found {dataset['dataset_id'][:16]}")
    window = pack.manifest.windows[0]
    begins = dt.datetime.combine(window.first_day, dt.time(), dt.UTC)
    embargo = dt.timedelta(days=pack.manifest.thresholds.embargo_days)
    if bundle.trained_until + embargo >= begins:
        _refuse(
            pack,
            f"the training saw prices up to {bundle.trained_until:%Y-%m-%d %H:%M}, with the embargo of {embargo.days} "
            f"days into the window from {window.first_day}; train on days before it (`train --to`)",
        )
    last = dataset["last_day"]
    last_day = last if isinstance(last, dt.date) else dt.date.fromisoformat(str(last))
    if last_day >= window.first_day:
        _refuse(pack, f"the training's decisions reach to {last_day}, into the window from {window.first_day}")


def _refuse(pack: Pack, words: str) -> NoReturn:
    raise EvaluationRefused(f"pack {pack.pack_id}: {words}")


def require_kind(pack: Pack, kind: str) -> None:
    """Refuse a pack of another kind than the artifact."""
    if pack.manifest.kind != kind:
        _refuse(pack, f"it measures a {pack.manifest.kind}, the artifact is a {kind}")
