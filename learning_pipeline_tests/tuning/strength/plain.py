"""Strength lessons once more, slowly: one day, plain loops over rows."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
from collections import defaultdict
from typing import Any

from learning_pipeline.tuning import TuningSettings
from learning_pipeline_tests.tuning.strength.worlds import Row

WAYS = {(True, False): (-1, 0), (True, True): (-1, 1), (False, True): (1, -1), (False, False): (0, 0)}
"""By whether it lost, and its deciding flag: trimmed, or S3 reached."""


def way(row: Row) -> tuple[int, int] | None:
    lost = row["roi"] <= 0
    flag = row["did_trim"] if lost else row["reached_s3"]
    return None if flag is None else WAYS[lost, flag]


def newest(trades: list[Row], as_of: dt.date) -> list[Row]:
    """One version of each trade, the newest told by the end of the day."""
    known: dict[str, Row] = {}
    for row in sorted(trades, key=lambda row: row["happened_at"]):
        if row["day"] <= as_of:
            known[row["trade_id"]] = row
    return list(known.values())


def strength(trades: list[Row], as_of: dt.date, settings: TuningSettings) -> list[dict[str, Any]]:
    slices = defaultdict(list)
    for row in newest(trades, as_of):
        age = (as_of - row["closed_at"].date()).days
        if row["book"] == "profit" and row["pattern_key"] and 0 <= age < settings.lookback_days:
            words = sorted(json.loads(row["scope"]).items())
            for n in range(len(words) + 1):
                for some in itertools.combinations(words, n):
                    slices[row["pattern_key"], json.dumps(dict(some), separators=(",", ":"))].append(row)
    found = [_lesson(as_of, *which, rows) for which, rows in sorted(slices.items())]
    return [lesson for lesson in found if lesson["n"] >= settings.n_min]


def _lesson(as_of: dt.date, pattern_key: str, scope: str, rows: list[Row]) -> dict[str, Any]:
    clear = [row for row in rows if way(row) is not None]
    n, rois, weights = len(clear), [row["roi"] for row in clear], [math.tanh(abs(row["roi"]) / 0.1) for row in clear]
    lesson = {"day": as_of, "as_of": as_of, "pattern_key": pattern_key, "scope": scope}
    lesson |= {"n": n, "n_unclear": len(rows) - n}
    if not n:
        return lesson
    edge = sum(rois) / n
    support, reliability = 1 - math.exp(-n / 50), 1 / (1 + sum((x - edge) ** 2 for x in rois) / n / 0.01)
    sums = [sum(w * way(row)[k] for w, row in zip(weights, clear, strict=True)) for k in (0, 1)]
    dirs = [each / sum(weights) if sum(weights) else 0.0 for each in sums]
    lesson |= {"edge_raw_roi": edge, "dir_a": dirs[0], "dir_e": dirs[1]}
    lesson |= {"support": support, "reliability": reliability, "confidence": support * reliability}
    return lesson | {"p_trim": _share(clear, "did_trim"), "p_s3": _share(clear, "reached_s3")}


def _share(rows: list[Row], flag: str) -> float | None:
    known = [row[flag] for row in rows if row[flag] is not None]
    return sum(known) / len(known) if known else None
