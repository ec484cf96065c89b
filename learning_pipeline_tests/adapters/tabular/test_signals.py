"""Signals and decisions from tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from learning_pipeline.adapters.tabular import imported
from learning_pipeline.contracts.imported import Imported
from learning_pipeline.errors import BadInput
from learning_pipeline_tests.adapters.delivered import parsed

HEADER = "symbol,side,at,decision,strategy,timeframe,price,blocker,reason,stop_price,target_price,ttl_minutes"
TABLE = f"""{HEADER},feature.rsi,atr
BTC,long,2024-03-01T00:00:00Z,approved,trend,1h,100,,,97,106,1440,55.5,1.5
BTC,short,2024-03-01T01:00:00Z,BLOCKED,trend,1h,101,spread_guard,too wide,104,95,1440,,2
ETH,buy,2024-03-01T02:00:00Z,,trend,1h,50,,,,,,30,nan
"""


def read(folder: Path, text: str = TABLE, columns: dict[str, str] | None = None, **how: Any) -> Imported:
    path = folder / "signals.csv"
    path.write_text(text)
    (found,) = imported([path], "signals", columns or {}, "mybot", **how)
    return found


def test_a_row_is_a_signal_and_its_decision(tmp_path: Path) -> None:
    frames = parsed(read(tmp_path))
    signals = frames["signal"].sort("happened_at")
    columns = ["symbol", "side", "strategy", "timeframe", "entry_price", "stop_price", "target_price", "ttl_minutes"]
    assert signals.select(columns).rows() == [
        ("BTC", "long", "trend", "1h", 100.0, 97.0, 106.0, 1440.0),
        ("BTC", "short", "trend", "1h", 101.0, 104.0, 95.0, 1440.0),
        ("ETH", "long", "trend", "1h", 50.0, None, None, None),
    ]
    decisions = frames["decision"].sort("happened_at")
    assert decisions.select("decision", "blocker_component", "blocker_reason", "price").rows() == [
        ("approved", None, None, 100.0),
        ("blocked", "spread_guard", "too wide", 101.0),
    ]
    assert decisions["signal_id"].to_list() == signals["signal_id"].to_list()[:2]


def test_features_are_named_by_their_column_or_by_a_person(tmp_path: Path) -> None:
    """An empty cell is a feature that is not known, never 0."""
    by_name = parsed(read(tmp_path))["signal"].sort("happened_at")["features"].to_list()
    assert by_name == ['{"rsi":55.5}', None, '{"rsi":30.0}']
    asked = parsed(read(tmp_path, features=["atr"]))["signal"].sort("happened_at")["features"].to_list()
    assert asked == ['{"atr":1.5,"rsi":55.5}', '{"atr":2.0}', '{"rsi":30.0}']


def test_one_feature_more_makes_no_other_signal(tmp_path: Path) -> None:
    plain, more = parsed(read(tmp_path)), parsed(read(tmp_path, features=["atr"]))
    assert plain["signal"]["signal_id"].to_list() == more["signal"]["signal_id"].to_list()


def test_two_signals_of_one_instant_are_two(tmp_path: Path) -> None:
    lines = TABLE.splitlines(keepends=True)
    signals = parsed(read(tmp_path, "".join([lines[0], lines[1], lines[1]])))["signal"]
    assert signals["signal_id"].n_unique() == 2


def test_a_decision_may_have_a_time_of_its_own(tmp_path: Path) -> None:
    header, row = TABLE.splitlines()[:2]
    text = f"{header},decided_at\n{row},1709251260000\n"
    assert parsed(read(tmp_path, text))["decision"]["happened_at"].to_list() == [
        dt.datetime(2024, 3, 1, 0, 1, tzinfo=dt.UTC)
    ]


def test_what_no_column_tells_is_said(tmp_path: Path) -> None:
    found = read(tmp_path, "symbol,side,at,decision\nBTC,long,1709251200,approved\n", timeframe="5m")
    assert len(found.gaps) == 3
    signals = parsed(found)["signal"]
    assert signals.select("strategy", "timeframe", "entry_price").rows() == [("mybot", "5m", None)]


def test_ids_join_signals_and_trades_of_one_source(tmp_path: Path) -> None:
    numbered = [f"{name},{line}" for name, line in zip(["signal_id", 1, 2, 3], TABLE.splitlines(), strict=True)]
    signals = parsed(read(tmp_path, "\n".join(numbered)))["signal"]
    assert signals.sort("happened_at")["signal_id"].to_list() == ["mybot/1", "mybot/2", "mybot/3"]


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"features": ["rsi"]}, "the feature 'rsi' is no column of it"),
        ({"columns": {"blockr": "blocker"}}, "'blockr' is no name of ours (nearest: blocker"),
    ],
)
def test_a_name_that_is_not_there_is_refused(tmp_path: Path, how: dict[str, Any], words: str) -> None:
    with pytest.raises(BadInput) as e:
        read(tmp_path, **how)
    assert words in str(e.value)


def test_features_of_trades_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="features are of signals"):
        list(imported([tmp_path], "trades", {}, "mybot", features=["atr"]))
