"""Files that are not what they should be: one line that says where, what was expected, what was found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from learning_pipeline.adapters.nautilus import imported
from learning_pipeline.errors import BadInput
from learning_pipeline_tests.adapters.nautilus import catalogs, exports
from learning_pipeline_tests.adapters.nautilus.exports import story


def refused(*paths: Path, **how: Any) -> str:
    with pytest.raises(BadInput) as e:
        list(imported(paths, **{"timeframe": "1m", **how}))
    assert "\n" not in str(e.value)
    return str(e.value)


def fills(folder: Path, row: int, **changes: str) -> Path:
    rows = exports.fill_rows(story())
    rows[row] |= changes
    return exports.write_report(folder / "fills.csv", rows)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("last_px", "NaN", "`last_px`: expected a value, found 'NaN'"),
        ("last_px", "-1", "`last_px`: expected a number above 0, found '-1'"),
        ("last_qty", "1e999", "`last_qty`: expected a number, found '1e999'"),
        ("last_qty", "many", "`last_qty`: expected a number, found 'many'"),
        ("commission", "0.1", "`commission`: expected money such as `22.44 USD`, found '0.1'"),
        ("order_side", "LONG", "`order_side`: expected BUY or SELL, found 'LONG'"),
        ("ts_event", "2024-03-01 00:01:00", "`ts_event`: expected nanoseconds since 1970, or a time with a zone"),
        ("ts_event", "1709252100", "`ts_event`: expected nanoseconds since 1970"),
        ("ts_event", "2024-13-01 00:00:00+00:00", "`ts_event`: expected nanoseconds since 1970"),
        ("trade_id", "", "`trade_id`: expected a value"),
    ],
)
def test_a_bad_value_is_named(tmp_path: Path, column: str, value: str, words: str) -> None:
    path = fills(tmp_path, 2, **{column: value})
    assert f"{path} row 3: {words}" in refused(path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    rows = [{k: v for k, v in row.items() if k != "commission"} for row in exports.fill_rows(story())]
    path = exports.write_report(tmp_path / "fills.csv", rows)
    assert refused(path) == f"{path}: expected the columns of nautilus' fill report; missing: commission"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("trades.csv", b"pair,profit\nBTC/USDT,1\n"),
        ("trades.parquet", b"PAR1 but no more"),
        ("events.jsonl", b'{"event_id": "e1", "type": "signal"}\n'),
        ("events.jsonl", b"not json at all\n"),
        ("events.jsonl", b"[" * 100_000),
        ("fills.csv", b"\xff\xfe\x00\x01\x02"),
        ("fills.csv", b""),
        ("notes.txt", b"last_qty,last_px\n"),
        ("empty.jsonl", b""),
    ],
)
def test_a_file_of_something_else_is_refused_by_name_and_passed_over_in_a_folder(
    tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert name in refused(path)
    exports.write_log(tmp_path / "log.jsonl", story())
    if name != "trades.parquet":
        assert len(list(imported([tmp_path], timeframe="1m"))) == 1


def test_nothing_found_at_all_is_refused(tmp_path: Path) -> None:
    assert "found no report, event or bar of nautilus" in refused(tmp_path)
    assert "there is no" in refused(tmp_path / "gone")


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    path = exports.write_log(tmp_path / "events.jsonl", story())
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines[:4], '{"type": "OrderFi\n', *lines[4:]]))
    assert f"{path} line 5" in refused(path)
    path.write_text("".join([*lines[:4], "7\n"]))
    assert f"{path} line 5" in refused(path)


def test_a_line_under_way_is_left_for_later(tmp_path: Path) -> None:
    path = exports.write_log(tmp_path / "events.jsonl", story())
    (before,) = imported([path], timeframe="1m")
    path.write_text(path.read_text() + '{"type": "OrderInitialized", "trader_id": "TES')
    (after,) = imported([path], timeframe="1m")
    assert after == before


def test_an_event_that_lacks_a_field_is_named(tmp_path: Path) -> None:
    events = story()
    del events[2]["last_px"]
    assert "line 3: `last_px`: expected a value" in refused(exports.write_log(tmp_path / "e.jsonl", events))


def test_unknown_events_are_passed_over(tmp_path: Path) -> None:
    """Each version adds some."""
    plain = list(imported([exports.write_log(tmp_path / "a.jsonl", story())], timeframe="1m"))
    more = [{"type": "OrderEmulated", "trader_id": "X", "ts_init": 1}, *story(), {"type": "TimeEvent", "ts_init": 2}]
    found = list(imported([exports.write_log(tmp_path / "b.jsonl", more)], timeframe="1m"))
    assert found[0].events == plain[0].events


def test_money_that_is_no_dollar_is_refused(tmp_path: Path) -> None:
    events = json.loads(json.dumps(story()).replace("USDT", "JPY").replace("BTCJPY", "USDJPY"))
    words = refused(exports.write_log(tmp_path / "e.jsonl", events))
    assert words == "TESTER-001 earns JPY, and pnl_usd must be dollars or a dollar coin such as USDT"


def test_an_instrument_in_other_money_is_left_out_and_named(tmp_path: Path) -> None:
    """An inverse contract is priced in dollars and earns the coin."""
    events = story()
    foreign = json.loads(
        json.dumps(story()).replace("BTCUSDT-PERP.BINANCE", "XBTUSD.BITMEX").replace("-001-001-", "-2-")
    )
    for event in foreign:
        if event["type"] == "PositionClosed":
            event["realized_pnl"] = "0.01 XBT"
    (found,) = imported([exports.write_log(tmp_path / "e.jsonl", [*events, *foreign])], timeframe="1m")
    assert {e.payload["symbol"] for e in found.events if "symbol" in e.payload} == {exports.PERP}
    assert "XBTUSD.BITMEX is left out: its money is XBT, no dollar." in found.gaps


def test_two_runs_in_one_folder_are_refused(tmp_path: Path) -> None:
    """Order ids of two backtests are the same: put together they would be neither."""
    exports.write_log(tmp_path / "a.jsonl", story())
    other = json.loads(json.dumps(story()).replace('"104.0"', '"104.5"'))
    exports.write_log(tmp_path / "b.jsonl", other)
    assert "they are of two runs" in refused(tmp_path)


def test_a_timeframe_must_be_known(tmp_path: Path) -> None:
    path = exports.write_log(tmp_path / "e.jsonl", story())
    assert "give it, such as --timeframe 1h" in refused(path, timeframe=None)
    assert "expected one such as 5m, 1h or 1d, found '1H'" in refused(path, timeframe="1H")
    catalogs.write_bars(tmp_path, "BTCUSDT-PERP.BINANCE-1-MINUTE-LAST-EXTERNAL", ["1.5"])
    catalogs.write_bars(tmp_path, "BTCUSDT-PERP.BINANCE-1-HOUR-LAST-EXTERNAL", ["1.5"])
    assert "there are bars of 1h, 1m among the files" in refused(tmp_path, timeframe=None)


def test_a_link_out_of_a_folder_is_not_followed(tmp_path: Path) -> None:
    outside = exports.write_log(tmp_path / "outside.jsonl", story())
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "link.jsonl").symlink_to(outside)
    (folder / "links").symlink_to(tmp_path, target_is_directory=True)
    assert "found no report" in refused(folder)


def test_a_denied_exit_is_no_signal(tmp_path: Path) -> None:
    """An order that may only reduce, a bracket's child, and a sale of less than is held; whatever is held then."""
    events = [
        exports.made(18, "SELL", "1.000", 0.5, reduce_only=True),
        exports.answered("OrderDenied", 18, 0.5, reason="POSITION_NOT_FOUND: position_id=P-1"),
        exports.made(17, "BUY", "1.000", 0.6),
        exports.made(19, "SELL", "1.000", 0.6, **exports.stop("90.0"), parent_order_id=exports.order_id(17)),
        *(exports.answered("OrderDenied", n, 0.6, reason="ORDER_LIST_DENIED: order_list_id=OL-1") for n in (17, 19)),
        *story()[:4],
        exports.made(20, "SELL", "1.000", 1.5, reduce_only=True),
        exports.answered("OrderDenied", 20, 1.5, reason="TRADING_HALTED"),
        exports.made(21, "SELL", "1.000", 1.6, **exports.stop("90.0"), parent_order_id=exports.order_id(1)),
        exports.answered("OrderRejected", 21, 1.6, reason="no"),
        exports.made(22, "SELL", "0.500", 1.7),
        exports.answered("OrderDenied", 22, 1.7, reason="RATE_LIMIT_EXCEEDED"),
        exports.made(23, "SELL", "3.000", 1.8),
        exports.answered("OrderDenied", 23, 1.8, reason="RATE_LIMIT_EXCEEDED"),
    ]
    (found,) = imported([exports.write_log(tmp_path / "e.jsonl", events)], timeframe="1m")
    signals = {e.payload["signal_id"]: e.payload["qty"] for e in found.events if e.type == "signal"}
    source = "nautilus:TESTER-001"
    assert signals == {f"{source}/{exports.order_id(n)}": qty for n, qty in [(17, 1.0), (1, 1.0), (23, 2.0)]}
