"""Exports of one story, by events and by reports: the same signals, decisions, fills and trades."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from learning_pipeline.adapters.imported import Imported
from learning_pipeline.adapters.nautilus import imported
from learning_pipeline_tests.adapters.delivered import parsed
from learning_pipeline_tests.adapters.nautilus import catalogs, exports
from learning_pipeline_tests.adapters.nautilus.exports import PERP, at, order_id, story

BARS = "BTCUSDT-PERP.BINANCE-1-MINUTE-LAST-EXTERNAL"
SOURCE = "nautilus:TESTER-001"


def by_events(folder: Path, **how: Any) -> Imported:
    return one(exports.write_log(folder / "events.jsonl", story()), **{"timeframe": "1m", **how})


def by_reports(folder: Path, ending: str = "csv", **how: Any) -> Imported:
    events = story()
    exports.write_report(folder / f"orders.{ending}", exports.order_rows(events))
    exports.write_report(folder / f"fills.{ending}", exports.fill_rows(events))
    exports.write_report(folder / f"positions.{ending}", exports.position_rows(events))
    return one(folder, **{"timeframe": "1m", **how})


def one(path: Path, **how: Any) -> Imported:
    (found,) = (each for each in imported([path], **how) if each.events)
    return found


def named(n: int) -> str:
    return f"{SOURCE}/{order_id(n)}"


def test_trades_are_what_nautilus_earned(tmp_path: Path) -> None:
    """Worked by hand in `story`: quantities and prices weighted over fills, profit to the last digit."""
    trades = parsed(by_events(tmp_path))["trade_closed"].sort("opened_at")
    told = trades.select("side", "qty", "entry_price", "exit_price", "fees_usd", "pnl_usd", "signal_id", "did_trim")
    assert told.rows() == [
        ("long", 2.0, 101.0, 104.5, pytest.approx(0.411), 6.589, named(1), True),
        ("short", 2.0, 104.0, 103.0, pytest.approx(0.414), 1.586, named(4), False),
        ("long", 1.0, 100.0, 95.0, pytest.approx(0.195), -5.195, named(10), False),
    ]
    assert trades["opened_at"].to_list() == [at(1), at(4), at(11)]
    assert trades["closed_at"].to_list() == [at(4), at(5), at(13)]
    assert trades["roi"].to_list() == pytest.approx([6.589 / 202, 1.586 / 208, -5.195 / 100])
    assert not trades["pnl_mismatch"].any()


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_reports_tell_the_same_trades_fills_and_signals_as_events(tmp_path: Path, ending: str) -> None:
    (tmp_path / "reports").mkdir()
    events, reports = parsed(by_events(tmp_path)), parsed(by_reports(tmp_path / "reports", ending))
    for kind in ["signal", "fill", "trade_closed", "order_submitted"]:
        order = ["happened_at", "event_id"]
        assert events[kind].drop("line_no").sort(order).equals(reports[kind].drop("line_no").sort(order)), kind


def test_reports_and_events_together_count_once(tmp_path: Path) -> None:
    alone = by_events(tmp_path)
    by_reports(tmp_path)
    assert sorted(map(str, one(tmp_path, timeframe="1m").events)) == sorted(map(str, alone.events))


def test_an_order_that_would_open_is_a_signal_and_its_fate_the_decision(tmp_path: Path) -> None:
    frames = parsed(by_events(tmp_path))
    assert set(frames["signal"]["signal_id"]) == {named(n) for n in (1, 2, 4, 6, 7, 8, 9, 10)}
    told = frames["decision"].sort("happened_at", "decision").select("signal_id", "decision", "price", "happened_at")
    assert told.rows() == [
        (named(1), "approved", 100.0, at(1)),
        (named(2), "approved", 102.0, at(2)),
        (named(4), "approved", 104.0, at(4)),
        (named(6), "blocked", None, at(6)),
        (named(7), "blocked", None, at(7)),
        (named(8), "approved", None, at(8)),
        (named(9), "approved", None, at(9)),
        (named(9), "cancelled", None, at(10)),
        (named(10), "approved", 100.0, at(11)),
        (named(8), "expired", None, at(28)),
    ]


def test_a_flip_is_a_signal_for_what_it_opens(tmp_path: Path) -> None:
    """Order 4 sells 3: it closes 1 and opens a short of 2; a fill of each trade, the fee by size."""
    frames = parsed(by_events(tmp_path))
    flip = frames["signal"].filter(pl.col("signal_id") == named(4))
    assert flip.select("side", "qty").rows() == [("short", 2.0)]
    fills = frames["fill"].filter(pl.col("order_id") == named(4)).sort("qty")
    assert fills.select("qty", "fee_usd", "signal_id").rows() == [
        (1.0, pytest.approx(0.104), named(1)),
        (2.0, pytest.approx(0.208), named(4)),
    ]
    assert fills["trade_id"].n_unique() == fills["fill_id"].n_unique() == 2


def test_a_bracket_gives_its_entry_stop_and_target(tmp_path: Path) -> None:
    signals = parsed(by_events(tmp_path))["signal"]
    entry = signals.filter(pl.col("signal_id") == named(10))
    assert entry.select("entry_price", "stop_price", "target_price").rows() == [(None, 95.0, 110.0)]
    limit = signals.filter(pl.col("signal_id") == named(8))
    assert limit.select("side", "entry_price", "stop_price", "timeframe", "strategy", "symbol").rows() == [
        ("short", 150.0, None, "1m", "NET-001", PERP)
    ]


def test_a_refusal_is_split_into_code_and_gate(tmp_path: Path) -> None:
    blocked = parsed(by_events(tmp_path))["decision"].filter(pl.col("decision") == "blocked").sort("happened_at")
    assert blocked.select("blocker_component", "blocker_reason").rows() == [
        ("NOTIONAL_EXCEEDS_FREE_BALANCE", exports.DENIAL),
        ("OTHER", exports.REJECTION),
    ]
    gate = '[{"name":"NOTIONAL_EXCEEDS_FREE_BALANCE","op":"<=","passed":false,"threshold":1000.0,"value":5000.0}]'
    assert blocked["gates"][0] == gate
    by = [metadata.split('"refused_by":')[1] for metadata in blocked["metadata"]]
    assert by == ['"RiskEngine"}', '"venue"}']


def test_an_order_report_knows_no_reasons_and_says_so(tmp_path: Path) -> None:
    found = by_reports(tmp_path)
    blocked = parsed(found)["decision"].filter(pl.col("decision") == "blocked")
    assert blocked.select("blocker_component", "blocker_reason").unique().rows() == [("OTHER", None)]
    assert any(gap.startswith("2 refusals have no reason") for gap in found.gaps)


def test_what_a_strategy_filters_itself_is_said_to_be_unknown(tmp_path: Path) -> None:
    found = by_events(tmp_path)
    assert found.gaps[0].startswith("What a strategy's own filters refused")
    assert any(gap.startswith("1 decisions have no price") for gap in found.gaps)  # order 6, without bars


def test_bars_give_the_price_that_was_known_and_the_timeframe(tmp_path: Path) -> None:
    """The bar that closed at minute 6 is known then; order 6 was made then."""
    catalogs.write_bars(tmp_path, BARS, ["100.0", "101.5", "103.0"], first_close_minute=5)
    exports.write_log(tmp_path / "events.jsonl", story())
    found = parsed(one(tmp_path))
    denied = found["decision"].filter(pl.col("signal_id") == named(6))
    assert denied["price"].to_list() == [101.5]
    assert found["signal"]["timeframe"].unique().to_list() == ["1m"]


def test_a_bar_that_closes_later_or_long_ago_gives_no_price(tmp_path: Path) -> None:
    catalogs.write_bars(tmp_path, BARS, ["100.0"], first_close_minute=5)
    catalogs.write_bars(tmp_path, BARS, ["103.0"], first_close_minute=6.5)
    exports.write_log(tmp_path / "events.jsonl", story())
    denied = parsed(one(tmp_path))["decision"].filter(pl.col("signal_id") == named(6))
    assert denied["price"].to_list() == [None]


def test_the_same_bytes_give_the_same_value(tmp_path: Path) -> None:
    assert by_events(tmp_path) == by_events(tmp_path)
    (tmp_path / "again").mkdir()
    assert by_reports(tmp_path / "again") == by_reports(tmp_path / "again")


def test_a_source_of_ones_own_is_in_every_id(tmp_path: Path) -> None:
    frames = parsed(by_events(tmp_path, source="run 2"))
    assert frames["signal"]["signal_id"].str.starts_with("run 2/").all()
    assert frames["trade_closed"]["trade_id"].str.starts_with("run 2/").all()


def test_balances_are_snapshots_one_an_instant(tmp_path: Path) -> None:
    exports.write_account(tmp_path / "account.csv")
    exports.write_log(tmp_path / "events.jsonl", story())
    snapshots = parsed(one(tmp_path, timeframe="1m"))["portfolio_snapshot"]
    told = snapshots.sort("happened_at").select("happened_at", "equity_usd", "cash_usd")
    assert told.rows() == [(at(0), 1000.0, 1000.0), (at(1), 999.9, 990.0)]


@pytest.mark.parametrize("cut", range(1, len(story())))
def test_a_log_may_go_on_in_another_file(tmp_path: Path, cut: int) -> None:
    """Logs are rotated: an order is made in one file and filled in the next, a position goes on over the cut."""
    whole = by_events(tmp_path)
    (tmp_path / "events.jsonl").unlink()
    exports.write_log(tmp_path / "a.jsonl", story()[:cut])
    exports.write_log(tmp_path / "b.jsonl", story()[cut:])
    assert sorted(map(str, one(tmp_path, timeframe="1m").events)) == sorted(map(str, whole.events))


def test_a_log_that_begins_with_a_position_open_makes_no_entry_of_its_exit(tmp_path: Path) -> None:
    """From the sale of order 3 on: what it trims was bought before; the flip opens 2 all the same."""
    later = story()[next(k for k, e in enumerate(story()) if e.get("client_order_id") == order_id(3)) :]
    changed = {**exports.opened(1, 3, 1.0), "type": "PositionChanged", "last_qty": "1.000"}
    frames = parsed(one(exports.write_log(tmp_path / "e.jsonl", [*later[:3], changed, *later[3:]]), timeframe="1m"))
    assert named(3) not in set(frames["signal"]["signal_id"])
    assert frames["signal"].filter(pl.col("signal_id") == named(4))["qty"].to_list() == [2.0]
    assert frames["trade_closed"].filter(pl.col("side") == "short")["pnl_usd"].to_list() == [1.586]


def test_the_log_as_json_tells_what_events_tell(tmp_path: Path) -> None:
    """As 1.231 prints its events; the strategy is the component and the tag in the order's id."""
    exports.write_printed(tmp_path / "bot.json", story())
    assert sorted(map(str, one(tmp_path, timeframe="1m").events)) == sorted(map(str, by_events(tmp_path).events))


@pytest.mark.parametrize("cut", range(1, len(story())))
def test_what_was_told_of_a_signal_or_trade_stays_as_the_log_grows(tmp_path: Path, cut: int) -> None:
    """One id, one content: else the growing log would put its own earlier words into quarantine."""
    early = one(exports.write_log(tmp_path / "events.jsonl", story()[:cut]), timeframe="1m")
    late = by_events(tmp_path).events
    for kind, name in [("signal", "signal_id"), ("trade_closed", "trade_id")]:
        told = {event.payload[name]: event.payload for event in late if event.type == kind}
        for event in early.events:
            if event.type == kind and not _is_bracket(event.payload):
                assert told[event.payload[name]] == event.payload


def _is_bracket(payload: dict[str, Any]) -> bool:
    """Its stop and target are made on the lines after it, at the same instant."""
    return bool(payload["signal_id"] == named(10))
