"""Which datasets may go: those that are old and that no artifact still needs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any


def pins(artifacts: Iterable[Mapping[str, Any]], standing: Iterable[str], keep: int) -> dict[str, list[str]]:
    """Dataset -> artifacts that pin it, sorted.

    Parameters
    ----------
    artifacts : iterable of mapping
        ``artifact_id``, ``model_type``, ``version``, ``dataset_id``.
    standing : iterable of str
        Artifacts that are active or in shadow anywhere.
    keep : int
        So many of the newest of each type pin their dataset too.
    """
    newest_first = sorted(artifacts, key=lambda each: (each["model_type"], -each["version"]))
    stands, n_of_type, pinned = set(standing), dict[str, int](), dict[str, list[str]]()
    for each in newest_first:
        n_of_type[each["model_type"]] = n_of_type.get(each["model_type"], 0) + 1
        if n_of_type[each["model_type"]] <= keep or each["artifact_id"] in stands:
            pinned.setdefault(each["dataset_id"], []).append(each["artifact_id"])
    return {dataset_id: sorted(by) for dataset_id, by in pinned.items()}


def expired(
    manifests: Iterable[Mapping[str, Any]], pinned: Mapping[str, list[str]], retention_days: int, now: dt.datetime
) -> list[str]:
    """Ids of the datasets that were built longer ago than ``retention_days`` and that nothing pins."""
    oldest = now - dt.timedelta(days=retention_days)
    return sorted(m["dataset_id"] for m in manifests if m["built_at"] < oldest and m["dataset_id"] not in pinned)
