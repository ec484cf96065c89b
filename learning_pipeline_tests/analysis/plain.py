"""What both plain loops share: SciPy's own t test, and comparison."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from scipy import stats

from learning_pipeline_tests.analysis.rows import Row


def interval(rows: list[Row], window: int, sign: int) -> tuple[float | None, float | None, float | None]:
    if window == 1 or not rows:
        return None, None, None
    totals: dict[dt.date, float] = {}
    for row in rows:
        decided_on = row["decided_at"].date()
        totals[decided_on] = totals.get(decided_on, 0.0) + sign * row["pnl"]
    x = np.array([*totals.values(), *[0.0] * (window - len(totals))])
    if (x == x[0]).all():
        return x.sum(), x.sum(), None
    test = stats.ttest_1samp(x, 0.0)
    low, high = test.confidence_interval(0.95)
    return low * window, high * window, test.pvalue


def assert_same(found: list[Row], expected: list[Row]) -> None:
    assert len(found) == len(expected)
    for got, want in zip(found, expected, strict=True):
        assert got.keys() >= want.keys()
        for name, value in want.items():
            close = pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
            assert got[name] == close, name
