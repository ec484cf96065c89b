"""Real backtests, where there are any: the numbers are freqtrade's own, to the last digit."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl
import pytest

from learning_pipeline.contracts.imported import Imported
from learning_pipeline_tests.adapters.freqtrade.exports import milliseconds, of_type, parsed, read

DATA = Path(os.environ.get("LEARNING_PIPELINE_REFERENCE_DATA", "unset")) / "freqtrade_A"
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="LEARNING_PIPELINE_REFERENCE_DATA names no such folder")


class Real(NamedTuple):
    """One strategy: what freqtrade's JSON and the decision log say, and what was imported, with and without the log."""

    told: dict[str, Any]
    log: pl.DataFrame
    with_log: Imported
    by_pickle: Imported
    by_copy: Imported


@pytest.fixture(scope="module", params=["run_1h_TrendRider", "run_1h_multi", "run_5m_multi"])
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Real]:
    folder = DATA / request.param
    path = next(folder.glob("*.zip"))
    bare, copied = (tmp_path_factory.mktemp(name) for name in ("bare", "copied"))
    for target in (bare, copied):
        shutil.copy(path, target)
        shutil.copy(path.with_suffix(".meta.json"), target)
    shutil.copytree(folder / "analysis_parquet", copied / "analysis_parquet")
    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read(f"{path.stem}.json"))["strategy"]
    log = pl.read_parquet(folder / "decision_log.parquet")
    found = [read(folder), read(bare, pickles=True), read(copied)]
    return {
        name: Real(told[name], log.filter(pl.col("strategy") == name), *ways)
        for name, *ways in zip(told, *found, strict=True)
    }


def shown(closed: dict[str, Any]) -> tuple[Any, ...]:
    times = [milliseconds(closed[name]) for name in ("opened_at", "closed_at")]
    return (closed["symbol"], *times, closed["pnl_usd"], closed["exit_reason"], closed.get("pattern_key", ""))


def test_trades_are_those_of_the_json_in_its_order_to_the_last_digit(run: dict[str, Real]) -> None:
    for real in run.values():
        names = ("pair", "open_timestamp", "close_timestamp", "profit_abs", "exit_reason", "enter_tag")
        told = [tuple(trade[name] for name in names) for trade in real.told["trades"]]
        for one in (real.with_log, real.by_pickle, real.by_copy):
            closed = [event.payload for event in of_type(one, "trade_closed")]
            assert [shown(p) for p in closed] == told
            prices = [(t["amount"], t["open_rate"], t["close_rate"]) for t in real.told["trades"]]
            assert [(p["qty"], p["entry_price"], p["exit_price"]) for p in closed] == [
                pytest.approx(price, rel=1e-12) for price in prices
            ]
            assert [p["roi"] for p in closed] == [
                pytest.approx(t["profit_ratio"] * (1 + t["fee_open"]), rel=1e-3, abs=1e-6) for t in real.told["trades"]
            ]


def test_counts_are_those_of_the_json(run: dict[str, Real]) -> None:
    for real in run.values():
        n_orders = sum(len(t["orders"]) for t in real.told["trades"])
        for one in (real.with_log, real.by_pickle, real.by_copy):
            counts = dict(one.counts)
            assert counts["trades"] == real.told["total_trades"] == len(of_type(one, "trade_closed"))
            assert counts["orders"] == n_orders == len(of_type(one, "order_submitted")) == len(of_type(one, "fill"))
            assert counts["rejected"] == counts["rejected_signals"] == real.told["rejected_signals"]
            assert counts["locks"] == len(real.told["locks"])
        locks = [event.payload["value"] for event in of_type(real.by_pickle, "analytics_report")]
        assert sum(locks) == len(real.told["locks"])


def test_everything_passes_the_parser_and_no_money_differs(run: dict[str, Real]) -> None:
    for real in run.values():
        for one in (real.with_log, real.by_pickle, real.by_copy):
            read_again = parsed(one)
            assert read_again.refusals == []
            assert not read_again.frames["trade_closed"]["pnl_mismatch"].any()
            for frame in read_again.frames.values():
                assert frame["event_id"].is_unique().all()
            assert read_again.frames["signal"]["signal_id"].is_unique().all()


WORDS = {
    "entered": lambda reason: None,
    "rejected": lambda reason: "max_open_trades",
    "vetoed": lambda reason: "confirm_trade_entry",
    "skipped": lambda reason: "already_open",
    "blocked_lock": lambda reason: "StoplossGuard" if "stoplosses" in reason else
                                   "CooldownPeriod" if "Cooldown" in reason else "MaxDrawdown",
}  # fmt: skip


def test_with_a_log_every_decision_is_there_once(run: dict[str, Real]) -> None:
    for real in run.values():
        symbols = {event.payload["signal_id"]: event.payload["symbol"] for event in of_type(real.with_log, "signal")}
        found = Counter(
            (symbols[event.payload["signal_id"]], event.at, event.payload.get("blocker_component"))
            for event in of_type(real.with_log, "decision")
        )
        rows = real.log.select("pair", "date", "decision", "reason").rows()
        assert found == Counter((pair, at, WORDS[word](reason)) for pair, at, word, reason in rows)


def test_trend_rider_wanted_876_times() -> None:
    (one,) = read(DATA / "run_1h_TrendRider")
    words = ("decisions", "entered", "rejected", "vetoed", "blocked_lock", "skipped")
    assert [dict(one.counts)[word] for word in words] == [876, 399, 172, 170, 52, 83]
    assert len(of_type(one, "decision")) == 876


def rejected(one: Imported) -> list[tuple[Any, ...]]:
    """Pair, candle, price and tag of what max_open_trades stopped."""
    stopped = {e.payload["signal_id"] for e in of_type(one, "decision") if e.payload["decision"] == "blocked"}
    signals = [event for event in of_type(one, "signal") if event.payload["signal_id"] in stopped]
    return sorted(
        (e.payload["symbol"], e.at, e.payload["entry_price"], e.payload.get("pattern_key", "")) for e in signals
    )


def test_rejected_rows_of_pickle_and_copy_are_those_of_the_log(run: dict[str, Real]) -> None:
    for real in run.values():
        rows = real.log.filter(pl.col("decision") == "rejected").select("pair", "date", "open", "enter_tag")
        logged = sorted((pair, at, price, tag or "") for pair, at, price, tag in rows.iter_rows())
        assert rejected(real.by_pickle) == logged
        assert rejected(real.by_copy) == logged
        assert len(logged) == real.told["rejected_signals"]


def test_every_entered_signal_has_the_indicators_of_its_candle(run: dict[str, Real]) -> None:
    for real in run.values():
        for one in (real.by_pickle, real.by_copy):
            approved = {e.payload["signal_id"] for e in of_type(one, "decision") if e.payload["decision"] == "approved"}
            features = ["features" in e.payload for e in of_type(one, "signal") if e.payload["signal_id"] in approved]
            assert features == [True] * real.told["total_trades"]
            assert not any(re.search("have no row", gap) for gap in one.gaps)


def test_the_wallet_ends_near_where_the_backtest_did(run: dict[str, Real]) -> None:
    for real in run.values():
        snapshots = [event.payload for event in of_type(real.with_log, "portfolio_snapshot")]
        assert len(snapshots) == 91
        assert snapshots[-1]["equity_usd"] == pytest.approx(real.told["final_balance"], rel=2e-3)


def test_twice_the_same_value() -> None:
    assert read(DATA / "run_1h_multi") == read(DATA / "run_1h_multi")
