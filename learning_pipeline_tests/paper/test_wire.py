"""The whole bundled range through the recorder and the parser: nothing refused, no sum contradicted, no id twice."""

from __future__ import annotations

import json

import polars as pl
import pytest

from learning_pipeline.events.parse import parse_lines
from learning_pipeline.paper import PaperSettings, resample, run_session
from learning_pipeline.paper.gates import RULES
from learning_pipeline.paper.plans import CATEGORIES
from learning_pipeline.stores.recorder import Recorder

SYMBOLS = ("BTCUSD", "EURUSD")


@pytest.fixture(scope="module")
def lines(sample, tmp_path_factory):
    folder = tmp_path_factory.mktemp("events")
    with Recorder(folder, source="paper") as recorder:
        run_session(pl.concat([sample, resample(sample, "4h")]), recorder, PaperSettings())
    return b"".join(path.read_bytes() for path in sorted(folder.glob("*.jsonl")))


@pytest.fixture(scope="module")
def told(lines):
    return [json.loads(line) for line in lines.splitlines()]


@pytest.fixture(scope="module")
def decided(told):
    """First answer to each signal."""
    answers = [event for event in told if event["type"] == "decision"]
    return {answer["signal_id"]: answer for answer in reversed(answers)}


def test_the_parser_takes_every_line(lines, told):
    parsed = parse_lines(lines)
    assert parsed.refusals == []
    assert sum(frame.height for frame in parsed.frames.values()) == parsed.n_lines == len(told)
    assert not parsed.frames["trade_closed"]["pnl_mismatch"].any()


def test_no_event_id_stands_twice(told):
    assert len({event["event_id"] for event in told}) == len(told)


@pytest.mark.parametrize("key", ["position_id", "order_id", "trade_id"])
def test_nothing_has_two_states_at_one_instant(told, key):
    kinds = {"position_id": "position", "order_id": "order_submitted", "trade_id": "trade_closed"}
    states = [(event[key], event["at"]) for event in told if event["type"] == kinds[key]]
    assert len(set(states)) == len(states)


def test_every_guard_blocks_some_signals_and_none_blocks_most(decided):
    """Shares of the signals on which a gate stands: a gate that never or always fails teaches nothing."""
    for rule in RULES:
        verdicts = [
            gate["passed"] for answer in decided.values() for gate in answer["gates"] if gate["name"] == rule.name
        ]
        assert 0.03 <= verdicts.count(False) / len(verdicts) <= 0.30, rule.name


def test_a_fair_share_is_approved_and_every_strategy_trades_every_timeframe(told, decided):
    approved = {name for name, answer in decided.items() if answer["decision"] == "approved"}
    assert 0.15 <= len(approved) / len(decided) <= 0.40
    signals = [event for event in told if event["type"] == "signal"]
    traded = {(s["strategy"], s["symbol"], s["timeframe"]) for s in signals if s["signal_id"] in approved}
    assert traded == {(name, symbol, length) for name in CATEGORIES for symbol in SYMBOLS for length in ("1h", "4h")}
