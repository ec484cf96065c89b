"""The strategy mixin: it records what was decided, and never gets in the way."""

from __future__ import annotations

import ast
import datetime as dt
import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from learning_pipeline.adapters.freqtrade import FreqtradeOptions, imported
from learning_pipeline.adapters.freqtrade.mixin_file import mixin_text
from learning_pipeline.events.parse import parse_lines
from learning_pipeline_tests.adapters.freqtrade import databases as db
from learning_pipeline_tests.adapters.freqtrade.bot_double import (
    HOUR,
    NOON,
    PAIR,
    Market,
    Strategy,
    lines,
    mixin,
    position,
    started,
)

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def market(tmp_path: Path) -> Market:
    return Market(tmp_path)


def bot(market: Market, monkeypatch: pytest.MonkeyPatch, **methods: Any) -> Any:
    base = mixin(market, monkeypatch)
    return started(type("Mine", (base, Strategy), methods), market)


def ask(strategy: Any, at: dt.datetime) -> bool:
    return strategy.confirm_trade_entry(pair=PAIR, rate=100.5, current_time=at, side="long")


def decision(folder: Path) -> dict[str, Any]:
    (found,) = (line for line in lines(folder) if line["type"] == "decision")
    return found


def failed(found: dict[str, Any]) -> list[str]:
    return [gate["name"] for gate in found["gates"] if not gate["passed"] and gate.get("evaluated", True)]


def test_it_needs_nothing_but_the_standard_library_and_freqtrade() -> None:
    tree = ast.parse(mixin_text(), feature_version=(3, 10))
    roots = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    roots |= {node.module.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    assert roots - {"freqtrade"} <= sys.stdlib_module_names


def test_a_blocked_signal_is_told_when_its_candle_is_over_and_every_gate_is_looked_at(
    market: Market, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    market.open = [position(NOON - 5 * HOUR, pair="BBB/USDT")]
    market.locks = [SimpleNamespace(pair="*", reason="3 stoplosses in 60 min, locking for 6 candles.")]
    mine = bot(market, monkeypatch)
    mine.bot_loop_start(current_time=NOON + MINUTE)
    assert lines(tmp_path) == []  # it may still be entered
    market.candle, market.wants = NOON, 0
    mine.bot_loop_start(current_time=NOON + HOUR)
    told = decision(tmp_path)
    assert (told["decision"], told["blocker_component"]) == ("blocked", "StoplossGuard")
    assert told["blocker_reason"].startswith("3 stoplosses")
    assert failed(told) == ["StoplossGuard", "max_open_trades"]
    assert told["at"] == "2024-02-01T12:00:00Z"
    signal = lines(tmp_path)[0]
    assert (signal["entry_price"], signal["stop_price"], signal["features"]) == (100.0, 90.0, {"rsi": 28.5})
    content = b"".join(path.read_bytes() for path in (tmp_path / "learning_events").iterdir())
    assert parse_lines(content).refusals == []


def test_a_signal_that_is_entered_late_in_its_candle_is_approved(
    market: Market, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    market.open = [position(NOON - 5 * HOUR, pair="BBB/USDT")]
    mine = bot(market, monkeypatch)
    mine.bot_loop_start(current_time=NOON + MINUTE)
    at = NOON + 20 * MINUTE
    assert ask(mine, at)
    market.open = [position(at)]
    mine.bot_loop_start(current_time=at + MINUTE)
    told = decision(tmp_path)
    assert (told["decision"], told["at"], told["market"]) == ("approved", "2024-02-01T12:20:00Z", {"price": 100.5})
    assert failed(told) == []
    market.candle = NOON
    mine.bot_loop_start(current_time=NOON + HOUR)  # wants again, and has it
    mine.bot_loop_start(current_time=NOON + 2 * HOUR)
    assert len(lines(tmp_path)) == 2


def test_the_strategys_own_veto_is_its_answer_and_is_told(
    market: Market, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = bot(market, monkeypatch, confirm_trade_entry=lambda self, **_: False)
    assert not ask(mine, NOON + MINUTE)
    mine.bot_loop_start(current_time=NOON + 2 * MINUTE)
    market.candle, market.wants = NOON, 0
    mine.bot_loop_start(current_time=NOON + HOUR)
    assert decision(tmp_path)["blocker_component"] == "confirm_trade_entry"


def test_the_outermost_answer_counts(market: Market, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    base = mixin(market, monkeypatch)

    class Mine(base, Strategy):  # type: ignore[misc, valid-type]
        pass

    class Stricter(Mine):
        def confirm_trade_entry(self, **how: Any) -> bool:
            return super().confirm_trade_entry(**how) and False

    mine = started(Stricter, market)
    assert not ask(mine, NOON + MINUTE)
    mine.bot_loop_start(current_time=NOON + 2 * MINUTE)
    market.candle, market.wants = NOON, 0
    mine.bot_loop_start(current_time=NOON + HOUR)
    assert decision(tmp_path)["decision"] == "blocked"


def test_a_restart_writes_nothing_twice_and_heals_a_line_that_was_cut_off(
    market: Market, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = bot(market, monkeypatch)
    ask(mine, NOON + MINUTE)
    market.open = [position(NOON + MINUTE)]
    mine.bot_loop_start(current_time=NOON + 2 * MINUTE)
    before = lines(tmp_path)
    again = bot(market, monkeypatch)
    again.bot_loop_start(current_time=NOON + 3 * MINUTE)
    assert lines(tmp_path) == before
    (path,) = (tmp_path / "learning_events").iterdir()
    path.write_bytes(path.read_bytes() + b'{"type": "sig')
    market.candle, market.open = NOON, []
    again.bot_loop_start(current_time=NOON + HOUR)
    market.wants, market.candle = 0, NOON + HOUR
    again.bot_loop_start(current_time=NOON + 2 * HOUR)
    found = parse_lines(path.read_bytes())
    assert (found.n_lines, len(found.refusals), found.n_incomplete) == (5, 1, 0)


def test_what_goes_wrong_is_logged_and_the_bot_goes_on(
    market: Market, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "learning_events").write_text("a file where the folder should be")
    mine = bot(market, monkeypatch)
    with caplog.at_level(logging.WARNING):
        assert ask(mine, NOON + MINUTE)
        mine.bot_loop_start(current_time=NOON + 2 * MINUTE)
    assert "not recorded" in caplog.text


@pytest.mark.parametrize("mode", ["backtest", "hyperopt", "plot"])
def test_only_bots_are_recorded_unless_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: str) -> None:
    market = Market(tmp_path, mode)
    mine = bot(market, monkeypatch)
    ask(mine, NOON)
    mine.bot_loop_start(current_time=NOON + HOUR)
    assert not (tmp_path / "learning_events").exists()
    more = bot(market, monkeypatch, learning_backtests=True)
    ask(more, NOON)
    more.bot_loop_start(current_time=NOON + HOUR)
    assert (tmp_path / "learning_events").exists() == (mode == "backtest")


def filled(trade: Any, n: int, side: str, at: dt.datetime, price: float) -> Any:
    return SimpleNamespace(
        order_id=f"x{n}", ft_order_side=side, safe_amount_after_fee=2.0, safe_price=price, ft_price=price,
        order_date_utc=at, order_filled_utc=at, ft_is_open=False,
    )  # fmt: skip


def test_a_trade_is_told_by_its_events_and_its_database_passes_it_over(
    market: Market, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine, opened = bot(market, monkeypatch), NOON + MINUTE
    trade = position(opened)
    trade.__dict__.update(
        entry_side="buy", fee_open=0.001, fee_close=0.001, funding_fees=0.0, nr_of_successful_entries=1,
        enter_tag="dip", exit_reason="roi", close_profit_abs=19.58, close_date_utc=NOON + HOUR,
    )  # fmt: skip
    entry, exit_ = filled(trade, 1, "buy", opened, 100.0), filled(trade, 2, "sell", NOON + HOUR, 110.0)
    trade.orders = [entry, exit_]
    mine.order_filled(pair=PAIR, trade=trade, order=entry, current_time=opened)
    older = position(NOON - HOUR, n=7)
    older.__dict__.update(trade.__dict__ | {"id": 7, "open_date_utc": NOON - HOUR})
    mine.order_filled(pair=PAIR, trade=older, order=exit_, current_time=NOON + HOUR)  # its entry was never told
    mine.order_filled(pair=PAIR, trade=trade, order=exit_, current_time=NOON + HOUR)
    market.closed, market.wants = [trade, older], 0
    mine.bot_loop_start(current_time=NOON + HOUR)
    told = [line for line in lines(tmp_path) if line["type"] == "trade_closed"]
    assert [(line["pnl_usd"], line["entry_price"], line["exit_price"]) for line in told] == [(19.58, 100.0, 110.0)]

    rows = [db.trade(1, opened.replace(tzinfo=None)), db.trade(7, db.NOON - db.HOUR)]
    orders = [db.order(n, of=of, **how) for n, (of, how) in enumerate([(1, {}), (1, SELL), (7, {}), (7, SELL)], 1)]
    db.write(tmp_path / "tradesv3.sqlite", rows, orders)
    database, recorded = imported([tmp_path], FreqtradeOptions())
    if database.files:
        database, recorded = recorded, database
    closes = [event for event in database.events if event.type == "trade_closed"]
    assert [event.payload["trade_id"].split(":")[2] for event in closes] == ["7"]
    assert len(recorded.files) == 1
    assert "1 trades are told by the strategy's own recorded events" in " ".join(database.gaps)


SELL = {"side": "sell", "price": 110.0, "hours": 3.0}
