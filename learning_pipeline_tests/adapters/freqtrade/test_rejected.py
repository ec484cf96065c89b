"""Signals that max_open_trades stopped, and indicators of those that were entered."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.adapters.freqtrade.rejected import KEY, own_rows
from learning_pipeline.contracts.imported import Imported
from learning_pipeline_tests.adapters.freqtrade.exports import (
    BASE,
    HOUR,
    NOON,
    frame_of,
    joblib_bytes,
    of_type,
    parsed,
    read,
    result,
    trade,
    write_zip,
)

Row = tuple[str, dt.datetime, float, str | None]


def rows(*hours: int, pair: str = "AAA/USDT") -> list[Row]:
    return [(pair, NOON + HOUR * h, 100.0 + h, "dip") for h in hours]


def copied(tmp_path: Path, found: dict[str, list[Row]], results: dict[str, Any]) -> list[Imported]:
    """An import with Parquet copies of the rejected rows beside the zip."""
    path = write_zip(tmp_path, results)
    (tmp_path / "analysis_parquet").mkdir()
    for name, told in found.items():
        frame_of(told).to_parquet(tmp_path / "analysis_parquet" / f"{name}_rejected.parquet")
    return read(path)


def blocked(one: Imported) -> list[tuple[dt.datetime, float]]:
    decisions = [event for event in of_type(one, "decision") if event.payload["decision"] == "blocked"]
    return [(event.at, event.payload["market"]["price"]) for event in decisions]


def test_a_rejected_signal_is_blocked_at_the_open_of_the_candle_it_would_have_entered(tmp_path: Path) -> None:
    (one,) = copied(tmp_path, {"Dips": rows(5)}, {"Dips": result(trade(), rejected_signals=1)})
    signal, decision = of_type(one, "signal")[-1], of_type(one, "decision")[-1]
    assert signal.at == decision.at == NOON + 5 * HOUR
    assert decision.payload["blocker_component"] == "max_open_trades"
    gate = {"name": "max_open_trades", "passed": False, "value": 3.0, "threshold": 3.0, "op": "<"}
    assert decision.payload["gates"] == [gate]
    assert (signal.payload["entry_price"], signal.payload["pattern_key"]) == (105.0, "dip")
    assert signal.payload["stop_price"] == pytest.approx(105 * 0.9)
    assert signal.payload["target_price"] == pytest.approx(105 * 1.001 * 1.1 / 0.999)
    assert signal.payload["notional_usd"] == 200.0
    assert dict(one.counts)["rejected"] == dict(one.counts)["rejected_signals"] == 1


def test_nothing_of_a_candle_that_had_only_begun_is_told(tmp_path: Path) -> None:
    (one,) = copied(tmp_path, {"Dips": rows(5)}, {"Dips": result(trade(), rejected_signals=1)})
    signal = of_type(one, "signal")[-1]
    assert "features" not in signal.payload
    assert 105.0 * 1.5 not in signal.payload.values()  # the high


def test_rows_of_the_strategies_before_are_taken_away_with_their_numbers(tmp_path: Path) -> None:
    # Both wanted hour 5 of AAA: it stands twice in what the second strategy left.
    first, second = rows(1, 5), rows(5, 7)
    left = {"Dips": first, "Tops": sorted(first + second), "Ends": sorted(first + second + rows(9))}
    counts = {"Dips": 2, "Tops": 2, "Ends": 1}
    found = copied(tmp_path, left, {name: result(trade(), rejected_signals=n) for name, n in counts.items()})
    hours = [[(at - NOON) // HOUR for at, _ in blocked(one)] for one in found]
    assert hours == [[1, 5], [5, 7], [9]]


def test_another_number_than_freqtrade_counted_is_said_and_nothing_is_guessed(tmp_path: Path) -> None:
    (one,) = copied(tmp_path, {"Dips": rows(1, 5)}, {"Dips": result(trade(), rejected_signals=3)})
    assert blocked(one) == []
    assert "Dips: freqtrade counted 3 rejected signals and other rows were found; none is taken" in one.gaps


def test_rows_that_nobody_exported_are_said(tmp_path: Path) -> None:
    (one,) = copied(tmp_path, {}, {"Dips": result(trade(), rejected_signals=3)})
    words = "3 signals were rejected by max_open_trades, and which ones only a pickle tells"
    assert any(words in gap for gap in one.gaps)


def test_a_direction_that_is_not_exported_is_not_guessed(tmp_path: Path) -> None:
    made = result(trade(is_short=True, profit_abs=-20.4), rejected_signals=1, trading_mode="futures")
    (one,) = copied(tmp_path, {"Dips": rows(5)}, {"Dips": made})
    assert blocked(one) == []
    assert any("whose direction is not exported" in gap for gap in one.gaps)


def pickled(tmp_path: Path, **options: Any) -> Imported:
    by_pair = {"AAA/USDT": frame_of(rows(5)), "BBB/USDT": frame_of(rows(6, pair="BBB/USDT"))}
    signals = {"AAA/USDT": frame_of(rows(-1)).drop(columns=["pair", "enter_tag"])}
    members = {"rejected.pkl": joblib_bytes({"Dips": by_pair}), "signals.pkl": joblib_bytes({"Dips": signals})}
    made = result(trade(), rejected_signals=2)
    return read(write_zip(tmp_path, {"Dips": made}, members=members), **options)[0]


def test_pickles_are_read_only_where_that_is_asked_for(tmp_path: Path) -> None:
    assert blocked(pickled(tmp_path / "no")) == []
    one = pickled(tmp_path / "yes", pickles=True)
    assert blocked(one) == [(NOON + 5 * HOUR, 105.0), (NOON + 6 * HOUR, 106.0)]
    assert of_type(one, "signal")[0].payload["features"] == {"open": 99.0, "high": 148.5, "rsi": 30.0}
    assert parsed(one).refusals == []


def test_a_hostile_pickle_costs_its_rows_and_nothing_else(tmp_path: Path) -> None:
    evil = b"cos\nsystem\n(S'touch " + str(tmp_path / "done").encode() + b"'\ntR."
    path = write_zip(tmp_path, {"Dips": result(trade(), rejected_signals=2)}, members={"rejected.pkl": evil})
    (one,) = read(path, pickles=True)
    assert len(of_type(one, "trade_closed")) == 1
    assert any(f"{BASE}_rejected.pkl was not read: expected frames" in gap and "os.system" in gap for gap in one.gaps)
    assert not (tmp_path / "done").exists()


@pytest.mark.parametrize("hour", [-2, 0])
def test_features_are_of_the_candle_before_the_entry_only(tmp_path: Path, hour: int) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade())})
    (tmp_path / "analysis_parquet").mkdir()
    frame_of(rows(hour)).to_parquet(tmp_path / "analysis_parquet" / "Dips_signals.parquet")
    (one,) = read(path)
    assert "features" not in of_type(one, "signal")[0].payload
    assert "Dips: 1 of 1 trades have no row of their signal's candle" in one.gaps


@pytest.mark.parametrize("content", [b"", b"PAR1", b"no parquet"])
def test_a_damaged_copy_is_a_gap(tmp_path: Path, content: bytes) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade(), rejected_signals=1)})
    (tmp_path / "analysis_parquet").mkdir()
    (tmp_path / "analysis_parquet" / "Dips_rejected.parquet").write_bytes(content)
    (one,) = read(path)
    assert any("Dips_rejected.parquet: expected a table" in gap for gap in one.gaps)


KEYS = st.tuples(st.sampled_from(["A", "B"]), st.integers(0, 3), st.sampled_from(["x", None]))


@given(lists=st.lists(st.lists(KEYS, max_size=6), min_size=2, max_size=4))
def test_whatever_each_strategy_rejected_comes_back_from_the_running_sum(lists: list[list[Any]]) -> None:
    def frame(keys: list[Any]) -> pl.DataFrame:
        told = [(pair, NOON + HOUR * h, tag, 1.0 + h) for pair, h, tag in keys]
        schema = {"pair": pl.String, "date": pl.Datetime("us", "UTC"), "enter_tag": pl.String, "open": pl.Float64}
        return pl.DataFrame(told, schema=schema, orient="row").sort(KEY, nulls_last=True)

    before, run = None, []
    for own in lists:
        run += own
        left = frame(run)
        found = own_rows(left, before, len(own))
        assert found is not None
        assert found.rows() == frame(own).rows()
        before = left
