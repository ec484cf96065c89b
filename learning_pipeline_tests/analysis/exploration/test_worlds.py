"""What must hold in every small world, for guard value and calibration."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.analysis.exploration.value_rows import Limits
from learning_pipeline_tests.analysis.exploration import plain
from learning_pipeline_tests.analysis.exploration.journal import Journal, bias, busy, journals, value
from learning_pipeline_tests.analysis.rows import Row, at, day

Asked = Callable[..., pl.DataFrame]
tables = pytest.mark.parametrize("table", [value, bias])
days = st.integers(0, 12)
windows = st.sampled_from([1, 2, 5, 13])
tenths = journals(unit=0.1)
modest = settings(max_examples=25)
ESTIMATE = ["net_saved_usd", "ci_low_usd", "ci_high_usd"]


def assert_same(found: list[Row], expected: list[Row]) -> None:
    assert len(found) == len(expected)
    for got, want in zip(found, expected, strict=True):
        for name, wanted in want.items():
            close = pytest.approx(wanted, rel=1e-9, abs=1e-9) if isinstance(wanted, float) else wanted
            assert got[name] == close, name


NO_LIMITS = Limits(min_admissions=1, min_days=1, min_p=0.0, max_open_share=1.0)
"""Small worlds are refused as such; without these limits every number shows."""


@modest
@given(journals(), days, windows)
def test_calibration_equals_the_plain_loop(journal: Journal, as_of: int, window: int) -> None:
    assert_same(bias(journal, [as_of], window).rows(named=True), plain.bias_rows(journal, day(as_of), window))


@pytest.mark.parametrize("seed", range(6))
def test_calibration_equals_the_plain_loop_where_much_happens(seed: int) -> None:
    journal = busy(seed)
    assert_same(bias(journal, [11], 12).rows(named=True), plain.bias_rows(journal, day(11), 12))


@settings(max_examples=40)
@given(world=journals(), as_of=days, window=windows)
def test_guard_value_equals_the_plain_loop(world: Journal, as_of: int, window: int) -> None:
    assert_values_same(world, as_of, window)


@pytest.mark.parametrize("seed", range(6))
def test_guard_value_equals_the_plain_loop_where_much_happens(seed: int) -> None:
    assert_values_same(busy(seed), 9, 11)
    found = value(busy(seed), [9], 11, limits=NO_LIMITS)
    assert found["status"].to_list() == ["ok"] * 15


def assert_values_same(world: Journal, as_of: int, window: int) -> None:
    found = value(world, [as_of], window, limits=NO_LIMITS).rows(named=True)
    expected = plain.value_rows(world, day(as_of), window)
    for row, want in zip(found, expected, strict=True):
        absent = ESTIMATE if row["status"] == "refused" else ESTIMATE[1:] if window == 1 else []
        want.update(dict.fromkeys(absent))
    assert_same(found, expected)


@tables
@modest
@given(world=tenths, as_ofs=st.lists(days, min_size=2, max_size=4))
def test_a_row_does_not_depend_on_other_days_or_windows(table: Asked, world: Journal, as_ofs: list[int]) -> None:
    together = table(world, as_ofs, 1, 4, 13)
    of_day, of_window = pl.col("as_of") == day(as_ofs[0]), pl.col("window_days") == 4
    assert table(world, as_ofs[:1], 1, 4, 13).equals(together.filter(of_day))
    assert table(world, as_ofs, 4).equals(together.filter(of_window))


@tables
@modest
@given(world=tenths, as_of=days, random=st.randoms(use_true_random=True))
def test_order_of_rows_does_not_matter(table: Asked, world: Journal, as_of: int, random: object) -> None:
    shuffled = Journal(*(random.sample(rows, len(rows)) for rows in world))
    assert table(shuffled, [as_of], 1, 13).equals(table(world, [as_of], 1, 13))


def cut(world: Journal, as_of: int) -> Journal:
    """The world without any row after the day."""
    return Journal(*([row for row in rows if row["day"] <= day(as_of)] for rows in world))


def poisoned(world: Journal, as_of: int) -> Journal:
    """Nonsense in every row after the day, and one more version, outcome and closed trade of every signal."""
    lie = {"propensity": 0.001, "decision": "approved", "strategy": "poison"}
    later = {"day": day(20), "known_at": at(20), "happened_at": at(20), "net_pnl_usd": 1e9, "pnl_usd": 1e9}
    decided = {d["signal_id"]: d | lie | {"day": day(20)} for d in world.decisions}
    gates = [{"signal_id": name, "gate": "poison", "day": day(20), "passed": False} for name in decided]
    again = [
        [*decided.values()],
        gates,
        [o | {name: later[name] for name in ("day", "known_at", "net_pnl_usd")} for o in last(world.outcomes)],
        [t | {name: later[name] for name in ("day", "happened_at", "pnl_usd")} for t in last(world.trades)],
    ]
    said = [lie, {"passed": None}, {"net_pnl_usd": 1e9}, {"pnl_usd": 1e9, "signal_id": "s00"}]
    return Journal(
        *(
            [row | lies if row["day"] > day(as_of) else row for row in rows] + more
            for rows, lies, more in zip(world, said, again, strict=True)
        )
    )


def last(rows: list[Row]) -> list[Row]:
    return list({row.get("trade_id", row["signal_id"]): row for row in rows}.values())


@tables
@modest
@given(world=tenths, as_of=days)
def test_nothing_known_later_counts(table: Asked, world: Journal, as_of: int) -> None:
    assert table(poisoned(world, as_of), [as_of], 1, 13).equals(table(cut(world, as_of), [as_of], 1, 13))
