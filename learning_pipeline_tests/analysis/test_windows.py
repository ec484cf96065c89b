"""Day sums of windows against the same sums taken anew for every day."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.analysis import AnalysisSettings
from learning_pipeline.analysis.cohort import FOREVER
from learning_pipeline.analysis.windows import EPOCH, Facts, each_window
from learning_pipeline_tests.analysis.rows import FIRST

DAY_0 = (FIRST - EPOCH).days
N_GROUPS = 3
WINDOWS = AnalysisSettings(windows=(4, 1, 9))
Line = tuple[int, int, int, int, int]
"""Decided on, since, until, group, tenths."""

spans = st.tuples(st.integers(0, 14), st.integers(1, 9) | st.just(FOREVER - 20 - DAY_0))
lines = st.tuples(st.integers(0, 14), spans, st.integers(0, N_GROUPS - 1), st.integers(-30, 30)).map(
    lambda line: (line[0], line[1][0], sum(line[1]), line[2], line[3])
)


def as_facts(rows: list[Line], **measures: float) -> Facts:
    """Rows by day; a measure is so many times the tenths, and rounds."""
    ordered = sorted(rows, key=lambda row: row[0])
    columns = np.array(ordered, np.int64).reshape(len(ordered), 5).T
    days, (group, tenths) = columns[:3] + DAY_0, columns[3:]
    return Facts(*days, group, {name: tenths * 0.1 * factor for name, factor in measures.items()})


def asked_of(
    known: list[Facts], n_groups: int, as_ofs: list[dt.date]
) -> list[tuple[dt.date, int, dict[str, np.ndarray]]]:
    """What `each_window` says, day by day."""
    return [
        (EPOCH + dt.timedelta(days=int(as_of)), window, {name: x[k] for name, x in by_day.items()})
        for part, window, by_day in each_window(known, n_groups, as_ofs, WINDOWS)
        for k, as_of in enumerate(part)
    ]


def slow(known: Facts, name: str, as_of: dt.date, window: int) -> np.ndarray:
    """Row after row, of nothing but one day."""
    total, today = np.zeros((N_GROUPS, window)), (as_of - EPOCH).days
    for decided_on, since, until, group, x in zip(*known[:4], known.measures[name], strict=True):
        place = int(decided_on) - today + window - 1
        if 0 <= place < window and since <= today < until:
            total[group, place] += x
    return total


@settings(deadline=None, max_examples=300)
@given(st.lists(lines, max_size=25), st.lists(lines, max_size=6), st.lists(st.integers(-3, 40), min_size=1, max_size=8))
def test_equal_to_sums_taken_anew_to_the_bit(rows: list[Line], more: list[Line], asked: list[int]) -> None:
    known = [as_facts(rows, pnl=1.0, other=0.3), as_facts(more, pnl=-1.0, third=1.0)]
    as_ofs = [FIRST + dt.timedelta(days=k) for k in asked]
    found = asked_of(known, N_GROUPS, as_ofs)
    assert [(as_of, window) for as_of, window, _ in found] == [(d, w) for w in (4, 1, 9) for d in sorted(set(as_ofs))]
    for as_of, window, by_day in found:
        first, second = known
        expected = {
            "pnl": slow(first, "pnl", as_of, window) + slow(second, "pnl", as_of, window),
            "other": slow(first, "other", as_of, window),
            "third": slow(second, "third", as_of, window),
        }
        assert by_day.keys() == expected.keys()
        for name, x in expected.items():
            np.testing.assert_array_equal(by_day[name], x, strict=True)


@pytest.mark.parametrize("asked", [range(12), [0, 3, 11], [11]], ids=["each day", "with gaps", "the last only"])
def test_a_row_comes_goes_and_leaves_the_window(asked: list[int]) -> None:
    # Decided on day 1, known from day 3 on, replaced on day 5 by one that is twice as much; 9 days are looked at.
    known = as_facts([(1, 3, 5, 0, 10), (1, 5, FOREVER - DAY_0, 0, 20)], pnl=1.0)
    as_ofs = [FIRST + dt.timedelta(days=k) for k in asked]
    totals = {d: x["pnl"].sum() for d, window, x in asked_of([known], 1, as_ofs) if window == 9}
    expected = [0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 0.0, 0.0]
    assert totals == {FIRST + dt.timedelta(days=k): expected[k] for k in asked}


def test_nothing_asked() -> None:
    assert asked_of([as_facts([], pnl=1.0)], N_GROUPS, []) == []
