"""Decision logs and locks: what stopped an entry."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from learning_pipeline.adapters.freqtrade.gates import gates_up_to, guard_of
from learning_pipeline.contracts.imported import Imported
from learning_pipeline.errors import BadInput
from learning_pipeline_tests.adapters.freqtrade.exports import (
    HOUR,
    NOON,
    milliseconds,
    of_type,
    parsed,
    read,
    result,
    trade,
    write_zip,
)

COOLDOWN = "Cooldown period for for 20 minutes."
DRAWDOWN = "0.11 passed 0.1 in 1440 minutes, locking for 300 minutes."
DECISIONS = (
    (0, "entered", None, 0, False),
    (1, "skipped", "already_open", 1, True),
    (2, "vetoed", "confirm_trade_entry returned False", 1, False),
    (3, "rejected", "max_open_trades", 3, False),
    (4, "blocked_lock", DRAWDOWN, 2, False),
)


def log(*decisions: tuple[int, str, str | None, int, bool], strategy: str = "Dips") -> pl.DataFrame:
    told = [
        {
            "strategy": strategy, "pair": "AAA/USDT", "date": NOON + HOUR * hour, "open": 100.0 + hour, "side": "long",
            "enter_tag": "dip", "decision": decision, "reason": reason, "lock_pair": None, "lock_end": None,
            "open_trades_before": n, "pair_already_open": is_open,
        }
        for hour, decision, reason, n, is_open in decisions
    ]  # fmt: skip
    return pl.DataFrame(told, infer_schema_length=None).with_columns(pl.col("date").dt.cast_time_unit("ms"))


def locks(*told: tuple[dt.datetime, str | None]) -> list[dict[str, Any]]:
    return [
        {
            "id": None, "pair": "AAA/USDT", "lock_timestamp": milliseconds(at), "side": "*", "active": True,
            "lock_end_timestamp": milliseconds(at + HOUR), "reason": reason,
        }
        for at, reason in told
    ]  # fmt: skip


def beside(tmp_path: Path, frame: pl.DataFrame, ending: str = "parquet", **over: Any) -> Imported:
    made = {"rejected_signals": 1, "locks": locks((NOON, COOLDOWN), (NOON + 3 * HOUR, DRAWDOWN)), **over}
    path = write_zip(tmp_path, {"Dips": result(trade(), **made)})
    write(frame, tmp_path / f"decision_log.{ending}")
    (one,) = read(path.parent)
    return one


def write(frame: pl.DataFrame, path: Path) -> None:
    if path.suffix == ".parquet":
        frame.write_parquet(path)
    elif path.suffix == ".csv":
        frame.with_columns(pl.col("date").dt.to_string("iso:strict")).write_csv(path)
    else:
        frame.with_columns(pl.col("date").dt.to_string("iso:strict")).write_ndjson(path)


def answers(one: Imported) -> list[tuple[str, str | None]]:
    return [(event.payload["decision"], event.payload.get("blocker_component")) for event in of_type(one, "decision")]


def test_every_entry_that_was_wanted_is_decided_once_with_the_gate_that_stopped_it(tmp_path: Path) -> None:
    one = beside(tmp_path, log(*DECISIONS))
    assert answers(one) == [
        ("approved", None),
        ("blocked", "already_open"),
        ("blocked", "confirm_trade_entry"),
        ("blocked", "max_open_trades"),
        ("blocked", "MaxDrawdown"),
    ]
    assert len(of_type(one, "trade_closed")) == 1
    assert not of_type(one, "analytics_report")
    assert parsed(one).refusals == []
    assert dict(one.counts) == {
        "trades": 1, "orders": 2, "rejected_signals": 1, "locks": 2, "decisions": 5, "entered": 1, "skipped": 1,
        "vetoed": 1, "rejected": 1, "blocked_lock": 1, "snapshots": 0,
    }  # fmt: skip


def test_gates_stand_in_freqtrades_order_and_those_after_a_failure_were_not_evaluated(tmp_path: Path) -> None:
    told = {}
    for event in of_type(beside(tmp_path, log(*DECISIONS)), "decision"):
        gates = event.payload["gates"]
        assert [g["name"] for g in gates] == [
            "already_open", "CooldownPeriod", "MaxDrawdown", "max_open_trades", "confirm_trade_entry",
        ]  # fmt: skip
        asked = [None if g.get("evaluated") is False else g["passed"] for g in gates]
        told[event.payload.get("blocker_component")] = asked
    assert told == {
        None: [True, True, True, True, True],
        "already_open": [False, None, None, None, None],
        "MaxDrawdown": [True, None, False, None, None],
        "max_open_trades": [True, True, True, False, None],
        "confirm_trade_entry": [True, True, True, True, False],
    }


def test_open_trades_are_compared_with_the_slots() -> None:
    passed, failed = (gates_up_to(word, [], 3, n)[1] for word, n in ((None, 2), ("max_open_trades", 3)))
    assert passed == {"name": "max_open_trades", "passed": True, "value": 2.0, "threshold": 3, "op": "<"}
    assert failed == {"name": "max_open_trades", "passed": False, "value": 3.0, "threshold": 3, "op": "<"}
    contradicting = gates_up_to(None, [], 3, 5)[1]
    assert "value" not in contradicting


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_log_in_text_says_the_same(tmp_path: Path, ending: str) -> None:
    assert beside(tmp_path / "text", log(*DECISIONS), ending) == beside(tmp_path / "parquet", log(*DECISIONS))


def test_a_log_of_another_run_is_not_used(tmp_path: Path) -> None:
    one = beside(tmp_path, log((5, "entered", None, 0, False), *DECISIONS[1:]))
    assert answers(one) == [("approved", None)]
    assert "Dips: the decision log beside it is of another run and was not used" in one.gaps


def test_a_log_alone_tells_decisions_without_trades(tmp_path: Path) -> None:
    write(log(*DECISIONS), tmp_path / "decision_log.csv")
    (one,) = read(tmp_path / "decision_log.csv")
    assert [decision for decision, _ in answers(one)] == ["approved"] + ["blocked"] * 4
    assert of_type(one, "signal")[0].payload["timeframe"] == "1h"
    assert "the log names no timeframe: taken from its dates as 1h" in one.gaps
    assert parsed(one).refusals == []


BAD: list[tuple[pl.Expr | str, str]] = [
    ("pair", "expected pair as String"),
    (pl.col("date").dt.replace_time_zone(None), "expected date as Datetime"),
    (pl.col("date").dt.to_string("%Y-%m-%d"), "an empty cell"),
    (pl.lit("maybe").alias("decision"), "expected decision as one of"),
    (pl.lit(0.0).alias("open"), "an open above 0"),
    (pl.lit(None, pl.Float64).alias("open"), "an empty cell"),
    (pl.lit("1").alias("open"), "expected open as Float64"),
]


@pytest.mark.parametrize(("change", "said"), BAD)
def test_a_log_that_is_none_is_one_line(tmp_path: Path, change: pl.Expr | str, said: str) -> None:
    frame = log(*DECISIONS)
    write_to = tmp_path / "decision_log.parquet"
    (frame.drop(change) if isinstance(change, str) else frame.with_columns(change)).write_parquet(write_to)
    with pytest.raises(BadInput, match=said) as refused:
        read(write_to)
    assert "\n" not in str(refused.value)


def test_locks_are_figures_with_their_guard_and_say_what_is_not_known(tmp_path: Path) -> None:
    told = locks((NOON, COOLDOWN), (NOON + HOUR, COOLDOWN), (NOON, DRAWDOWN), (NOON, None))
    (one,) = read(write_zip(tmp_path, {"Dips": result(trade(), locks=told)}))
    figures = of_type(one, "analytics_report")
    shown = [(event.at, event.payload["value"], event.payload["labels"]["guard"]) for event in figures]
    guards = ["CooldownPeriod", "CooldownPeriod", "MaxDrawdown", "lock"]
    assert shown == [(NOON + HOUR * (k == 1), 1.0, guard) for k, guard in enumerate(guards)]
    assert {event.payload["name"] for event in figures} == {"guard_locks"}
    assert {event.payload["labels"]["strategy"] for event in figures} == {"Dips"}
    assert parsed(one).refusals == []
    assert sum("not evaluable without a decision log" in gap for gap in one.gaps) == 3


@pytest.mark.parametrize(
    ("reason", "guard"),
    [
        ("Cooldown period for 5 candles.", "CooldownPeriod"),
        (COOLDOWN, "CooldownPeriod"),
        ("4 stoplosses in 120 min, locking for 2 candles.", "StoplossGuard"),
        (DRAWDOWN, "MaxDrawdown"),
        ("0.0031 passed 0.002 in 48 candles, locking until 21:00.", "MaxDrawdown"),
        ("-0.02 < 0.01 in 60 minutes, locking for 60 minutes.", "LowProfitPairs"),
        ("Auto lock", "AutoLock"),
        ("I had a feeling", "lock"),
        (None, "lock"),
    ],
)
def test_a_guard_is_known_by_its_own_words(reason: str | None, guard: str) -> None:
    assert guard_of(reason) == guard
