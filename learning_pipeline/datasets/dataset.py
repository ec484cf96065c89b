"""A dataset: rows, an id that follows from what is in them and from how they were asked for, and a manifest."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
from typing import Any, NamedTuple

import polars as pl

from learning_pipeline.contracts import Table, content_sha256
from learning_pipeline.datasets.answers import ANSWERS
from learning_pipeline.datasets.folds import described_splits
from learning_pipeline.datasets.leakage import FeatureFacts, leakage
from learning_pipeline.datasets.settings import DatasetsSettings
from learning_pipeline.datasets.tables import Examples
from learning_pipeline.errors import DataMissing

TABLE_OF: dict[str, type[Table]] = {"signal": Examples, **ANSWERS}
OF_NO_DATASET = {"retention_days"}
"""Settings that say nothing of what a dataset holds."""


class Window(NamedTuple):
    """What is asked for: rows of the days first to last, as known by the end of ``as_of``."""

    kind: str
    first: dt.date
    last: dt.date
    as_of: dt.date


class Dataset(NamedTuple):
    """Rows in the columns of their contract, and all of the manifest that follows from them."""

    rows: pl.DataFrame
    manifest: dict[str, Any]


def dataset_of(rows: pl.DataFrame, window: Window, settings: DatasetsSettings, policy_hash: str) -> Dataset:
    """Give rows their id and describe them.

    Parameters
    ----------
    rows : DataFrame
        `examples.build` or `answers.answers`.
    policy_hash : str
        Fingerprint of the policy that outcomes were simulated under.

    Returns
    -------
    Dataset
        ``dataset_id`` is the SHA-256 of configuration and content: the same rows, asked for alike, have the same id
        whenever, wherever and by whatever code they were made. The manifest holds the columns of `Manifests` that
        follow from the rows, and ``config``, ``balance``, ``dropped``, ``splits`` and ``leakage``.

    Raises
    ------
    DataMissing
        There is no row.
    """
    if rows.is_empty():
        raise DataMissing(
            f"dataset {window.kind}: expected labelled rows of {window.first}..{window.last} as of {window.as_of}, "
            "found none; deliver more, or ask for other days"
        )
    config = _config(window, settings, policy_hash)
    content, config_hash = content_sha256(rows), _sha256(config)
    dataset_id = _sha256({"config": config_hash, "content": content})
    identified = rows.with_columns(dataset_id=pl.lit(dataset_id), day=pl.lit(window.as_of))
    said = {"dataset_id": dataset_id, **window._asdict(), "n": rows.height}
    said |= {"config": config, "config_hash": config_hash, "content_sha256": content}
    said["first_day"], said["last_day"] = said.pop("first"), said.pop("last")
    about = _of_signals(rows, settings) if window.kind == "signal" else _of_answers(rows)
    return Dataset(TABLE_OF[window.kind].checked(identified), said | about)


def _config(window: Window, settings: DatasetsSettings, policy_hash: str) -> dict[str, Any]:
    """Everything but the data that a dataset rests on."""
    days = {name: value.isoformat() for name, value in window._asdict().items() if name != "kind"}
    rests_on = settings.model_dump(mode="json", exclude=OF_NO_DATASET) | {"policy_hash": policy_hash}
    return {"kind": window.kind, **days, **(rests_on if window.kind == "signal" else {})}


def _of_signals(rows: pl.DataFrame, settings: DatasetsSettings) -> dict[str, Any]:
    facts = leakage(rows)
    n_success = int(rows["success"].sum())
    return {
        "n_effective": math.fsum(rows["weight"]),
        "success_share": n_success / rows.height,
        "balance": {"success": n_success, "failure": rows.height - n_success},
        "columns": [fact.feature for fact in facts if fact.share_null < 1],
        "dropped": [fact.feature for fact in facts if fact.share_null == 1],
        "splits": described_splits(rows, settings),
        "leakage": [fact._asdict() for fact in facts],
    }


def _of_answers(rows: pl.DataFrame) -> dict[str, Any]:
    packs = rows.group_by("prompt_pack", "version").len().sort("prompt_pack", "version").rows()
    valid = "schema_valid" in rows.columns
    return {
        "n_effective": float(rows.height),
        "success_share": rows["schema_valid"].mean() if valid else None,
        "balance": {f"{pack} {version}": n for pack, version, n in packs},
        "columns": [name for name in rows.columns if rows[name].dtype in (pl.Boolean, pl.Int64, pl.Float64)],
        "dropped": [],
        "splits": {},
        "leakage": [],
    }


def telling(facts: list[dict[str, Any]], most: int = 15) -> list[FeatureFacts]:
    """The features that tell most of the label by themselves, the most telling first."""
    told = [FeatureFacts(**fact) for fact in facts if fact["auc"] is not None]
    return sorted(told, key=lambda fact: (-abs((fact.auc or 0.5) - 0.5), fact.feature))[:most]


def _sha256(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
