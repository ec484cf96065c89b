"""Backtests of freqtrade as files: whole, old, damaged, hostile."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from learning_pipeline.adapters.freqtrade import FreqtradeOptions, imported
from learning_pipeline.adapters.freqtrade.archive import Archive
from learning_pipeline.errors import BadInput
from learning_pipeline_tests.adapters.freqtrade.exports import (
    BASE,
    HOUR,
    NOON,
    RUN_ID,
    feather,
    milliseconds,
    of_type,
    parsed,
    read,
    result,
    trade,
    write_zip,
)


def test_every_strategy_of_a_zip_is_an_import_of_its_own(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade()), "Tops": result(trade(), trade(NOON + 9 * HOUR))})
    found = read(path)
    assert [one.source for one in found] == [f"freqtrade-backtest:{name}:{RUN_ID[:12]}" for name in ("Dips", "Tops")]
    assert [one.told for one in found] == [
        f"backtest of {name}, 1h, 2024-02-01 to 2024-03-01" for name in ("Dips", "Tops")
    ]
    assert [dict(one.counts)["trades"] for one in found] == [1, 2]
    ids = [event.payload["trade_id"] for one in found for event in of_type(one, "trade_closed")]
    assert len(set(ids)) == 3


def test_the_same_bytes_give_the_same_value(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade(), trade(NOON + 9 * HOUR))})
    assert read(path) == read(path)


def test_strategies_and_source_can_be_chosen(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade()), "Tops": result(trade())})
    (one,) = read(path, strategies=("Tops",), source="my-bot")
    assert one.source == "my-bot"
    assert "Tops" in one.told


def test_without_a_meta_file_the_run_is_named_by_its_content(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade())})
    (tmp_path / f"{BASE}.meta.json").unlink()
    (first,) = read(path)
    other = write_zip(tmp_path / "other", {"Dips": result(trade(NOON + HOUR))})
    (tmp_path / "other" / f"{BASE}.meta.json").write_text("[1]")
    assert RUN_ID[:12] not in first.source
    assert read(other)[0].source != first.source


def test_a_zip_may_be_renamed(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade())}, members={"Dips.json": b"{}", "Dips.py": b"import os"})
    (one,) = read(path.rename(tmp_path / "mine.zip"))
    assert len(of_type(one, "trade_closed")) == 1


def test_a_stake_that_is_no_dollar_is_refused_in_one_line(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade(pair="ETH/BTC"), stake_currency="BTC")})
    with pytest.raises(BadInput, match="Dips earns BTC, and pnl_usd must be dollars"):
        read(path)


@pytest.mark.parametrize("timeframe", ["1M", "1s", "", "five"])
def test_a_timeframe_without_bars_of_ours_is_refused(tmp_path: Path, timeframe: str) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade(), timeframe=timeframe)})
    with pytest.raises(BadInput, match="expected a timeframe such as 5m"):
        read(path)


def test_a_file_of_2021_is_read_with_its_words(tmp_path: Path) -> None:
    old = {
        "pair": "AAA/USDT", "stake_amount": 200.0, "amount": 2.0, "open_date": "2021-06-01 12:00:00+00:00",
        "open_rate": 100.0, "close_rate": 110.0, "fee_open": 0.001, "fee_close": 0.001, "profit_abs": 19.58,
        "sell_reason": "roi", "buy_tag": "dip", "is_open": False, "open_timestamp": milliseconds(NOON),
        "close_timestamp": milliseconds(NOON + HOUR),
    }  # fmt: skip
    told = {"trades": [old], "locks": [], "stake_currency": "USDT", "timeframe": "5m", "max_open_trades": -1}
    path = tmp_path / "backtest-result-2021-06-02_00-00-00.json"
    path.write_text(json.dumps({"strategy": {"Dips": told}, "strategy_comparison": []}))
    (one,) = read(tmp_path)
    closed = of_type(one, "trade_closed")[0].payload
    assert (closed["pattern_key"], closed["exit_reason"], closed["pnl_usd"]) == ("dip", "roi", 19.58)
    assert of_type(one, "decision")[0].payload["gates"] == [{"name": "max_open_trades", "passed": True}]
    assert [event.payload["side"] for event in of_type(one, "fill")] == ["buy", "sell"]
    assert parsed(one).refusals == []


def broken(**over: Any) -> dict[str, Any]:
    return result({**trade(), **over})


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ({"Dips": broken(open_rate=0.0)}, r"open_rate"),
        ({"Dips": broken(open_rate="1")}, r"open_rate"),
        ({"Dips": broken(amount=1e300)}, r"amount"),
        ({"Dips": broken(fee_open=7)}, r"fee_open"),
        ({"Dips": broken(open_timestamp=12)}, r"open_timestamp"),
        ({"Dips": broken(open_timestamp=10**17)}, r"open_timestamp"),
        ({"Dips": broken(pair=None)}, r"pair"),
        ({"Dips": {"trades": {}}}, r"trades"),
        ({"Dips": []}, r"expected the JSON of a freqtrade backtest"),
    ],
)
def test_a_value_that_freqtrade_never_writes_is_one_line(tmp_path: Path, results: Any, said: str) -> None:
    with pytest.raises(BadInput, match=said) as refused:
        read(write_zip(tmp_path, results))
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"strategy": 1}', '{"strategy": {"A": ' + "[" * 100_000, "NaN", "\ud800"]
)
def test_what_is_no_result_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / f"{BASE}.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(BadInput, match="expected the JSON of a freqtrade backtest"):
        read(path)


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_zip_is_one_line(tmp_path: Path, share: float) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade())})
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(BadInput, match="expected a zip, found a damaged one"):
        read(path)


def test_a_member_that_is_damaged_is_one_line(tmp_path: Path) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade())})
    content = bytearray(path.read_bytes())
    content[120:160] = b"\xff" * 40
    path.write_bytes(content)
    with pytest.raises(BadInput, match="cannot be read"):
        read(path)


def test_a_bomb_is_not_unpacked_whatever_its_header_says(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", b" " * 5_000_000)
    content = path.read_bytes()
    claimed = (5_000_000).to_bytes(4, "little")
    path.write_bytes(content.replace(claimed, (10).to_bytes(4, "little")))
    for file in (path, tmp_path / "honest.zip"):
        file.write_bytes(file.read_bytes() if file.exists() else content)
        with pytest.raises(BadInput, match=r"unpacks to more than|cannot be read"):
            Archive(file).read("bomb.json", most=1_000_000)


def test_members_with_paths_are_never_written(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "in", {"Dips": result(trade())})
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("../../escaped.json", "{}")
        archive.writestr("/tmp/escaped", "")
    before = sorted(tmp_path.rglob("*"))
    read(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zip_of_something_else_is_passed_over_in_a_folder_and_refused_by_name(tmp_path: Path) -> None:
    write_zip(tmp_path, {"Dips": result(trade())})
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.writestr("a.jpg", b"")
    (tmp_path / "notes.txt").write_text("mine")
    assert len(read(tmp_path)) == 1
    for name in ("photos.zip", "notes.txt", "missing"):
        with pytest.raises(BadInput, match=name):
            read(tmp_path / name)


def test_one_bad_file_in_a_folder_is_a_gap_and_the_rest_is_read(tmp_path: Path) -> None:
    folder = tmp_path / "user_data" / "backtest_results"
    write_zip(folder, {"Dips": result(trade())})
    write_zip(folder, {"Coins": result(trade(), stake_currency="BTC")}, base="backtest-result-2024-06-02_00-00-00")
    (folder / "backtest-result-2024-06-03_00-00-00.zip").write_bytes(b"PK")
    (folder / ".last_result.json").write_text("{}")
    found = read(tmp_path / "user_data")
    assert [len(one.events) > 0 for one in found] == [True, False, False]
    assert ["Coins earns BTC" in gap or "damaged" in gap for one in found[1:] for gap in one.gaps] == [True, True]


def test_links_in_a_folder_are_not_followed_and_a_file_counts_once(tmp_path: Path) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    path = write_zip(outside, {"Dips": result(trade())})
    inside.mkdir()
    (inside / path.name).symlink_to(path)
    (inside / "folder").symlink_to(outside)
    with pytest.raises(BadInput, match="nothing of freqtrade's"):
        read(inside)
    assert len(list(imported([path, outside, path], FreqtradeOptions()))) == 1


def wallet(*rows: tuple[int, str, float]) -> bytes:
    """Rows are (hours after noon, currency, worth)."""
    times, currencies, worth = zip(*rows, strict=True)
    columns = {"date": [NOON + HOUR * h for h in times], "currency": currencies, "rate": [1.0] * len(rows)}
    return feather(pl.DataFrame({**columns, "balance": worth, "total_quote": worth}))


def test_the_wallets_last_snapshot_of_each_day_is_equity_and_cash(tmp_path: Path) -> None:
    told = wallet((0, "USDT", 1000.0), (11, "USDT", 800.0), (11, "AAA", 210.0), (12, "USDT", 800.0), (12, "AAA", 190.0))
    members = {"Dips_wallet.feather": told}
    (one,) = read(write_zip(tmp_path, {"Dips": result(trade())}, members=members))
    shown = [(event.at, *event.payload.values()) for event in of_type(one, "portfolio_snapshot")]
    assert shown == [(NOON + 11 * HOUR, 1010.0, 800.0, 210.0), (NOON + 12 * HOUR, 990.0, 800.0, 190.0)]
    assert parsed(one).refusals == []


def test_a_wallet_is_no_equity_in_futures_and_not_under_a_shared_name(tmp_path: Path) -> None:
    members = {"Dips_wallet.feather": wallet((0, "USDT", 1000.0))}
    futures = write_zip(tmp_path / "f", {"Dips": result(trade(), trading_mode="futures")}, members=members)
    spot = write_zip(tmp_path / "s", {"Dips": result(trade())}, members=members)
    assert not of_type(read(futures)[0], "portfolio_snapshot")
    assert not of_type(read(spot, source="mine")[0], "portfolio_snapshot")


@pytest.mark.parametrize("content", [b"", b"ARROW1", b"PAR1" * 10])
def test_a_damaged_wallet_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = write_zip(tmp_path, {"Dips": result(trade())}, members={"Dips_wallet.feather": content})
    with pytest.raises(BadInput, match=r"Dips_wallet.feather: expected a feather file"):
        read(path)
