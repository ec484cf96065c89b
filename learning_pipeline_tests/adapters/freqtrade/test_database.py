"""A bot's database: every generation gives the same trades; it grows, and what was told stays as it was."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from learning_pipeline.adapters.imported import Event, Imported
from learning_pipeline.errors import BadInput
from learning_pipeline_tests.adapters.freqtrade import databases as db
from learning_pipeline_tests.adapters.freqtrade.databases import GENERATIONS, HOUR, NOON, lock, order, round_trip, trade
from learning_pipeline_tests.adapters.freqtrade.exports import of_type, parsed, read

UTC_NOON = NOON.replace(tzinfo=dt.UTC)


def one(path: Path, **options: Any) -> Imported:
    (found,) = read(path, **options)
    return found


def made(tmp_path: Path, trades: list[dict[str, Any]], orders: list[dict[str, Any]], **how: Any) -> Imported:
    return one(db.write(tmp_path / "tradesv3.sqlite", trades, orders, **how))


def closed(found: Imported) -> dict[str, Any]:
    (event,) = of_type(found, "trade_closed")
    return event.payload


def said(found: Imported) -> str:
    return "\n".join(found.gaps)


def agrees(found: Imported) -> bool:
    """Whether every event passes the parser and every close agrees with its own prices and fees."""
    again = parsed(found)
    assert again.refusals == []
    return not again.frames["trade_closed"]["pnl_mismatch"].any()


@pytest.mark.parametrize(("generation", "columns"), GENERATIONS.items())
def test_every_generation_tells_the_same_trade(tmp_path: Path, generation: int, columns: list[str]) -> None:
    assert len(set(columns)) == generation
    found = made(tmp_path, [trade()], round_trip(), locks=[lock()], generation=generation)
    told = [event.type for event in found.events]
    assert told == ["signal", "decision", *["order_submitted", "fill"] * 2, "trade_closed", "analytics_report"]
    payload = closed(found)
    assert (payload["qty"], payload["entry_price"], payload["exit_price"], payload["pnl_usd"]) == (
        2.0,
        100.0,
        110.0,
        19.58,
    )
    assert (payload["opened_at"], payload["closed_at"]) == (UTC_NOON, UTC_NOON + 3 * HOUR)
    assert (payload["timeframe"], payload["strategy"], payload["exit_reason"]) == ("1h", "Dips", "roi")
    assert payload.get("pattern_key") == (None if generation == 35 else "dip")
    assert (found.source, found.grows) == ("freqtrade:tradesv3", True)
    assert dict(found.counts) == {"trades": 1, "open trades": 0, "orders": 2, "locks": 1}
    assert agrees(found)


def test_words_of_2021_are_todays(tmp_path: Path) -> None:
    found = made(tmp_path, [trade(exit_reason="force_sell")], round_trip(), generation=36)
    assert closed(found)["exit_reason"] == "force_exit"


def test_dry_run_or_live_is_said(tmp_path: Path) -> None:
    assert made(tmp_path, [trade()], round_trip()).told.startswith("trades of a dry-run bot on binance")
    real = [{**each, "order_id": f"x{each['id']}"} for each in round_trip()]
    assert made(tmp_path, [trade()], real).told.startswith("trades of a live bot")
    assert made(tmp_path, [trade()], [round_trip()[0], real[1]]).told.startswith("trades of a live and dry-run bot")


def test_a_levered_short_with_funding(tmp_path: Path) -> None:
    orders = [order(1, side="sell", amount=3.0, price=50.0), order(2, side="buy", amount=3.0, price=45.0, hours=8)]
    short = trade(is_short=1, leverage=5.0, pair="AAA/USDT:USDT", trading_mode="futures", funding_fees=-0.3)
    found = made(tmp_path, [short | {"close_profit_abs": 14.415, "initial_stop_loss": 55.0}], orders)
    payload = closed(found)
    assert (payload["side"], payload["symbol"], payload["pnl_usd"]) == ("short", "AAA/USDT:USDT", 14.415)
    assert payload["fees_usd"] == pytest.approx(0.585)
    assert payload["roi"] == pytest.approx(14.415 / 150)
    assert of_type(found, "signal")[0].payload["stop_price"] == 55.0
    assert agrees(found)


def test_additions_trims_and_a_cancelled_part_are_weighted_by_what_was_filled(tmp_path: Path) -> None:
    orders = [
        order(1, amount=1.0, price=100.0),
        order(2, amount=9.0, price=80.0, hours=1, filled=3.0, status="canceled", remaining=6.0),
        order(3, amount=5.0, price=70.0, hours=2, filled=0.0, status="canceled", order_filled_date=None),
        order(4, side="sell", amount=2.0, price=90.0, hours=3),
        order(5, side="sell", amount=2.0, price=95.0, hours=4),
    ]
    # 180 + 190 - 100 - 240, less 0.1 % of 710
    found = made(tmp_path, [trade(close_profit_abs=29.29, amount=4.0, open_rate=85.0, close_rate=95.0)], orders)
    payload = closed(found)
    assert (payload["qty"], payload["entry_price"], payload["exit_price"]) == (4.0, 85.0, 92.5)
    assert payload["did_trim"]
    assert len(of_type(found, "order_submitted")) == 5
    assert len(of_type(found, "fill")) == 4
    assert agrees(found)


def test_a_fee_taken_in_base_units_leaves_fewer_of_them(tmp_path: Path) -> None:
    orders = [order(1, ft_fee_base=0.002), order(2, side="sell", amount=1.998, price=110.0, hours=3)]
    pnl = 1.998 * 110 * 0.999 - 1.998 * 100 * 1.001
    found = made(tmp_path, [trade(close_profit_abs=pnl, fee_open_currency="BNB")], orders)
    assert closed(found)["qty"] == 1.998
    assert "1 fees were paid in BNB" in said(found)
    assert agrees(found)


def test_an_open_trade_is_told_without_a_close_and_an_open_order_not_yet(tmp_path: Path) -> None:
    still = trade(is_open=1, close_rate=None, close_date=None, close_profit_abs=None, exit_reason="roi")
    exit_ = order(2, side="sell", hours=1, ft_is_open=1, status="open", filled=0.0, order_filled_date=None)
    found = made(tmp_path, [still], [order(1), exit_])
    assert [event.type for event in found.events] == ["signal", "decision", "order_submitted", "fill"]
    assert "1 orders are still open" in said(found)
    waits = order(1, ft_is_open=1, status="open", filled=0.5, order_filled_date=None)
    found = made(tmp_path, [still], [waits])
    assert found.events == ()
    assert "1 trades without a filled entry" in said(found)


def test_trades_of_before_there_were_orders_are_told_by_their_own_columns(tmp_path: Path) -> None:
    found = made(tmp_path, [trade()], [], generation=35, without=["orders", "pairlocks"])
    payload = closed(found)
    assert (payload["qty"], payload["entry_price"], payload["exit_price"]) == (2.0, 100.0, 110.0)
    assert len(of_type(found, "fill")) == 2
    assert "1 trades have an entry or exit without an order" in said(found)
    bare = trade(close_profit_abs=None, open_trade_value=None)
    assert closed(made(tmp_path, [bare], [], generation=35))["pnl_usd"] == pytest.approx(19.58)
    waiting = trade(is_open=1, close_rate=None, close_date=None, open_order_id="x")
    assert made(tmp_path, [waiting], [], generation=35).events == ()


def test_a_position_closed_on_the_exchange_has_no_exit_order(tmp_path: Path) -> None:
    found = made(tmp_path, [trade()], [order(1)])
    assert closed(found)["exit_price"] == 110.0
    assert agrees(found)


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"open_rate": "much"}, "Expected `float`, got `str` - at `$.open_rate`"),
        ({"open_rate": None}, "open_rate"),
        ({"open_rate": 9e999}, "open_rate"),
        ({"amount": b"\x00"}, "amount"),
        ({"open_date": "yesterday"}, "Invalid isoformat"),
        ({"open_date": "0001-01-01 00:00:00"}, "between 1990 and 2100"),
        ({"timeframe": None}, "expected a timeframe, was None"),
        ({"is_open": 7}, "is_open"),
        ({"close_profit_abs": None, "close_rate": None}, "neither a profit nor a closing rate"),
        ({"close_profit_abs": 9e999}, "close_profit_abs"),
    ],
)
def test_a_row_that_is_no_trade_is_counted_and_the_others_are_told(
    tmp_path: Path, over: dict[str, Any], words: str
) -> None:
    more = [order(3, of=2), order(4, of=2, side="sell", price=110.0, hours=3)]
    found = made(tmp_path, [trade(**over), trade(2)], [*round_trip(), *more])
    assert len(of_type(found, "trade_closed")) == 1
    assert "1 trades cannot be used; the first: trade 1: " in said(found)
    assert words in said(found)
    assert agrees(found)


def test_an_order_that_cannot_be_read_takes_its_trade_with_it(tmp_path: Path) -> None:
    found = made(tmp_path, [trade()], [order(1), order(2, side="sell", hours=3, filled="all")])
    assert found.events == ()
    assert "trade 1: order 2: Expected `float | null`, got `str`" in said(found)


def test_profit_in_another_currency_than_dollars_is_refused(tmp_path: Path) -> None:
    path = db.write(tmp_path / "t.sqlite", [trade(pair="ETH/BTC", stake_currency="BTC")], round_trip())
    with pytest.raises(BadInput, match="earns BTC, and pnl_usd must be dollars"):
        one(path)
    old = db.write(tmp_path / "t.sqlite", [trade(pair="ETH/EUR")], round_trip(), generation=35)
    with pytest.raises(BadInput, match="earns EUR"):
        one(old)


def test_locks_are_reports_and_no_decisions(tmp_path: Path) -> None:
    locks = [lock(), lock(2, pair="*", side="long", reason="0.2 passed 0.1 in 48 candles, locking for 4 candles.")]
    found = made(tmp_path, [trade()], round_trip(), locks=[*locks, lock(3, lock_time=None)])
    first, second = of_type(found, "analytics_report")
    assert first.at == UTC_NOON
    assert (first.payload["name"], first.payload["value"]) == ("guard_locks", 1.0)
    assert (second.payload["labels"]["guard"], second.payload["labels"]["pair"]) == ("MaxDrawdown", "*")
    assert "1 locks cannot be used; the first: lock 3" in said(found)
    assert agrees(found)


def test_only_strategies_that_are_asked_for(tmp_path: Path) -> None:
    path = db.write(tmp_path / "t.sqlite", [trade(), trade(2, strategy="Other")], round_trip())
    assert {event.payload["strategy"] for event in of_type(one(path, strategies=("Dips",)), "signal")} == {"Dips"}


def test_a_live_bots_log_is_read_and_nothing_is_left_beside_the_file(tmp_path: Path) -> None:
    path = db.write(tmp_path / "tradesv3.sqlite", [trade()], round_trip())
    with closing(sqlite3.connect(path, isolation_level=None)) as bot:
        bot.execute("PRAGMA journal_mode=wal")
        bot.execute("INSERT INTO trades SELECT * FROM trades")
        bot.execute("UPDATE trades SET id = 2 WHERE rowid = 2")
        bot.execute("INSERT INTO orders SELECT * FROM orders")
        bot.execute("UPDATE orders SET id = id + 2, ft_trade_id = 2 WHERE rowid > 2")
        assert Path(f"{path}-wal").stat().st_size
        assert dict(one(path).counts)["trades"] == 2  # two of them are in the log only
        bot.execute("BEGIN IMMEDIATE")  # and it may be in the middle of something
        assert dict(one(path).counts)["orders"] == 4
    assert sorted(each.name for each in tmp_path.iterdir()) == ["tradesv3.sqlite"]
    (tmp_path / "tradesv3.sqlite").chmod(0o444)
    before = path.read_bytes()
    assert dict(one(path).counts)["trades"] == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["tradesv3.sqlite"]
    assert path.read_bytes() == before


def test_a_locked_database_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("learning_pipeline.adapters.freqtrade.tables.BUSY_SECONDS", 0.05)
    path = db.write(tmp_path / "tradesv3.sqlite", [trade()], round_trip())
    with closing(sqlite3.connect(path, isolation_level=None)) as bot:
        bot.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BadInput, match="locked; the bot is writing, try again"):
            one(path)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no table trades"),
        (b"SQLite format 3\x00" + b"\xff" * 4096, "could not be read"),
        (bytes(range(256)) * 64, "file is not a database"),  # as an encrypted one looks
    ],
)
def test_a_file_that_is_no_database_is_one_line(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "tradesv3.sqlite"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=words) as refused:
        one(path)
    assert "\n" not in str(refused.value)


def test_a_truncated_database_is_one_line(tmp_path: Path) -> None:
    trades = [trade(n, enter_tag="x" * 400) for n in range(1, 200)]
    path = db.write(tmp_path / "tradesv3.sqlite", trades, round_trip())
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(BadInput, match=r"malformed|not a database"):
        one(path)


def test_another_programs_database_is_told_by_what_it_lacks(tmp_path: Path) -> None:
    path = tmp_path / "photos.sqlite"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE trades (id INTEGER, pair TEXT, amount FLOAT)")
    with pytest.raises(BadInput, match="found table trades without is_open, open_date, open_rate"):
        one(path)
    (found,) = read(tmp_path)  # it merely lies in the folder
    assert "expected freqtrade's database" in said(found)


def as_told(event: Event) -> str:
    return json.dumps([event.type, event.at, event.payload], sort_keys=True, default=str)


LIFE = (
    # what a database says of one trade as time goes on: entry asked for, filled, trimmed, added to, closed
    (trade(is_open=1, close_rate=None, close_date=None, close_profit_abs=None, exit_reason=None, amount=0.0), 0),
    (trade(is_open=1, close_rate=None, close_date=None, close_profit_abs=None, exit_reason=None), 1),
    (trade(is_open=1, close_rate=105.0, close_date=None, close_profit_abs=4.0, stop_loss=99.0, amount=1.0), 2),
    (trade(is_open=1, close_rate=105.0, close_date=None, close_profit_abs=4.0, open_rate=104.0, amount=2.0), 3),
    (trade(amount=2.0, open_rate=104.0, max_rate=120.0), 4),
)


def orders_at(stage: int, n: int) -> list[dict[str, Any]]:
    """Orders of trade ``n`` by then: those that are done, and the next one open."""
    every = [
        order(4 * n + 1, of=n, amount=2.0),
        order(4 * n + 2, of=n, side="sell", amount=1.0, price=105.0, hours=1),
        order(4 * n + 3, of=n, amount=1.0, price=108.0, hours=2),
        order(4 * n + 4, of=n, side="sell", amount=2.0, price=110.0, hours=3),
    ]
    for waiting in every[stage : stage + 1]:
        waiting |= {"ft_is_open": 1, "status": "open", "filled": 0.5, "average": None, "order_filled_date": None}
    return every[: stage + 1]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stages=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=4), n_new=st.integers(0, 2)
)
def test_what_was_told_stays_as_it_was_while_a_database_grows(
    tmp_path: Path, stages: list[tuple[int, int]], n_new: int
) -> None:
    def at(reached: list[int]) -> Imported:
        trades = [{**LIFE[stage][0], "id": n, "open_date": trade()["open_date"]} for n, stage in enumerate(reached, 1)]
        orders = [each for n, stage in enumerate(reached, 1) for each in orders_at(stage, n)]
        locks = [lock(n) | {"pair": f"P{n}/USDT"} for n in range(1, sum(reached) + 2)]
        return made(tmp_path, trades, orders, locks=locks)

    before = at([min(pair) for pair in stages])
    after = at([max(pair) for pair in stages] + [4] * n_new)
    then, now = ([as_told(event) for event in found.events] for found in (before, after))
    assert set(then) <= set(now)
    assert len(set(now)) == len(now)
    n_closed = sum(max(pair) == 4 for pair in stages) + n_new
    assert len(of_type(after, "trade_closed")) == n_closed


def test_reading_the_same_database_twice_at_once_gives_the_same(tmp_path: Path) -> None:
    path = db.write(tmp_path / "tradesv3.sqlite", [trade()], round_trip())
    found: list[Imported] = []
    threads = [threading.Thread(target=lambda: found.append(one(path))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[1]
