"""Closed trades from tables of all kinds."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.adapters.tabular import imported
from learning_pipeline.contracts.imported import Imported
from learning_pipeline.errors import BadInput
from learning_pipeline.events.parse import parse_lines
from learning_pipeline_tests.adapters.delivered import lines_of, parsed

HEADER = "symbol,side,qty,entry_price,exit_price,opened_at,closed_at,fees_usd,pnl_usd\n"
LONG = "BTC/USDT,long,2,100,110,2024-03-01T00:00:00Z,2024-03-01T05:00:00Z,0.5,19.5\n"
SHORT = "ETH/USDT,short,1,50,45,2024-03-02T00:00:00Z,2024-03-02T05:00:00Z,0.25,4.75\n"


def table(folder: Path, text: str, name: str = "trades.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def read(path: Path, columns: dict[str, str] | None = None, **how: Any) -> Imported:
    (found,) = imported([path], "trades", columns or {}, "mybot", **{"timeframe": "1h", **how})
    return found


def refused(path: Path, columns: dict[str, str] | None = None, **how: Any) -> str:
    with pytest.raises(BadInput) as e:
        read(path, columns, **how)
    assert "\n" not in str(e.value)
    return str(e.value)


def rows(found: Imported) -> list[tuple[Any, ...]]:
    trades = parsed(found)["trade_closed"].sort("closed_at")
    return trades.select("symbol", "side", "qty", "entry_price", "exit_price", "fees_usd", "pnl_usd").rows()


EXPECTED = [("BTC/USDT", "long", 2.0, 100.0, 110.0, 0.5, 19.5), ("ETH/USDT", "short", 1.0, 50.0, 45.0, 0.25, 4.75)]


def test_columns_of_our_names_need_no_map(tmp_path: Path) -> None:
    found = read(table(tmp_path, HEADER + LONG + SHORT))
    trades = parsed(found)["trade_closed"].sort("closed_at")
    assert rows(found) == EXPECTED
    assert trades["roi"].to_list() == pytest.approx([19.5 / 200, 4.75 / 50])
    assert trades["closed_at"].to_list()[0] == dt.datetime(2024, 3, 1, 5, tzinfo=dt.UTC)
    assert trades["timeframe"].to_list() == ["1h", "1h"]
    assert not trades["pnl_mismatch"].any()
    assert found.gaps == ()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_any_way_to_write_a_csv(tmp_path: Path, separator: str, ending: str, mark: str) -> None:
    text = (HEADER + LONG + SHORT).replace(",", separator).replace("\n", ending)
    assert rows(read(table(tmp_path, mark + text))) == EXPECTED


def test_decimal_commas_are_told_and_read(tmp_path: Path) -> None:
    text = (HEADER + LONG + SHORT).replace(",", ";").replace("0.5;19.5", "0,5;19,5").replace("0.25;4.75", "0,25;4,75")
    found = read(table(tmp_path, text))
    assert rows(found) == EXPECTED
    assert found.told.endswith("CSV parted by semicolons, numbers with decimal commas")


def test_parquet_with_real_types(tmp_path: Path) -> None:
    read_back = pl.read_csv((HEADER + LONG + SHORT).encode(), try_parse_dates=True)
    read_back.write_parquet(tmp_path / "t.parquet")
    assert rows(read(tmp_path / "t.parquet")) == EXPECTED


def test_a_map_gives_their_names(tmp_path: Path) -> None:
    text = (HEADER + LONG + SHORT).replace("pnl_usd", "Profit").replace("symbol", "Pair").replace("qty", "Amount")
    columns = {"pnl_usd": "Profit", "symbol": "Pair", "qty": "Amount"}
    assert rows(read(table(tmp_path, text), columns)) == EXPECTED


def test_a_missing_column_is_named_with_the_nearest(tmp_path: Path) -> None:
    path = table(tmp_path, (HEADER + LONG).replace("entry_price", "EntryPrice").replace("side", "direction"))
    words = refused(path)
    assert "missing: side, entry_price (nearest: EntryPrice" in words
    assert "its columns: symbol, direction, qty, EntryPrice" in words
    assert "--map side=COLUMN" in words


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"pnl_usd": "profit"}, "pnl_usd is mapped to 'profit', which is no column of it"),
        ({"pnl": "pnl_usd"}, "'pnl' is no name of ours (nearest: pnl_usd"),
    ],
)
def test_a_map_to_or_from_nothing_is_refused(tmp_path: Path, columns: dict[str, str], words: str) -> None:
    assert words in refused(table(tmp_path, HEADER + LONG), columns)


def test_profit_without_a_column_is_that_of_the_prices_net_of_fees(tmp_path: Path) -> None:
    text = "\n".join(line.rpartition(",")[0] for line in (HEADER + LONG + SHORT).splitlines())
    assert rows(read(table(tmp_path, text))) == EXPECTED


def test_fees_without_a_column_are_what_the_profit_lacks(tmp_path: Path) -> None:
    found = read(table(tmp_path, (HEADER + LONG + SHORT).replace("fees_usd", "other")))
    assert rows(found) == EXPECTED
    assert found.gaps[0].startswith("Fees are not told: they are what the profit is below")


def test_a_profit_that_prices_do_not_explain_is_no_fee(tmp_path: Path) -> None:
    """A contract of 50 units: the profit is 50 times that of the prices; the project's own check shows it."""
    found = read(table(tmp_path, (HEADER + LONG.replace("19.5", "975")).replace("fees_usd", "other")))
    trades = parsed(found)["trade_closed"]
    assert trades.select("fees_usd", "pnl_usd", "pnl_mismatch").rows() == [(0.0, 975.0, True)]


def test_ids_are_made_of_content_and_twins_are_kept_apart(tmp_path: Path) -> None:
    first = parsed(read(table(tmp_path, HEADER + LONG + LONG + SHORT)))["trade_closed"]
    later = parsed(read(table(tmp_path, HEADER + SHORT + LONG + LONG)))["trade_closed"]
    assert first["trade_id"].n_unique() == 3
    assert set(first["trade_id"]) == set(later["trade_id"])
    assert read(table(tmp_path, HEADER + LONG)) == read(table(tmp_path, HEADER + LONG))


def test_ids_of_their_own_stand_behind_the_source(tmp_path: Path) -> None:
    text = HEADER.replace("\n", ",trade_id,signal_id\n") + LONG.replace("\n", ",7,s1\n")
    told = parsed(read(table(tmp_path, text)))["trade_closed"]
    assert told.select("trade_id", "signal_id").rows() == [("mybot/7", "mybot/s1")]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (("110", "many"), "wrong_type"),
        (("2024-03-01T05:00:00Z", "soon"), "bad_time"),
        (("long", "flat"), "unknown_word"),
        ((",2,100", ",,100"), "missing_field"),
        ((",2,100", ",-2,100"), "out_of_range"),
    ],
)
def test_a_row_that_cannot_be_used_is_kept_in_quarantine(tmp_path: Path, change: tuple[str, str], reason: str) -> None:
    found = read(table(tmp_path, HEADER + LONG.replace(*change) + SHORT))
    lines = parse_lines(lines_of(found))
    assert [refused.reason_code for refused in lines.refusals] == [reason]
    assert lines.frames["trade_closed"]["symbol"].to_list() == ["ETH/USDT"]


def test_what_cannot_be_read_is_counted_and_named(tmp_path: Path) -> None:
    found = read(table(tmp_path, HEADER + LONG + SHORT.replace(",45,", ",4x5,")))
    assert dict(found.counts) == {"rows": 2, "rows that cannot be read": 1}
    assert found.gaps == (
        "trades.csv row 2: `exit_price`: expected a number, found '4x5'; the row goes to quarantine.",
    )


def test_times_without_a_zone_need_one(tmp_path: Path) -> None:
    path = table(tmp_path, (HEADER + LONG).replace("Z", ""))
    assert "opened_at has times without a zone, such as '2024-03-01T00:00:00'; say which it is" in refused(path)
    opened = parsed(read(path, timezone="Europe/Berlin"))["trade_closed"]["opened_at"]
    assert opened.to_list() == [dt.datetime(2024, 2, 29, 23, tzinfo=dt.UTC)]
    assert "timezone: expected one such as UTC" in refused(path, timezone="Mars/Olympus")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (HEADER + LONG.replace("2024-03-01T00:00:00Z", "01.03.2024"), "no value of 'opened_at' is a time"),
        (HEADER + LONG.replace(",2,", ",two,"), "no value of 'qty' is a number"),
        ("", "expected a CSV in UTF-8 or a Parquet file"),
        ("\x00\x01", "missing: symbol"),
        (HEADER + LONG.replace("\n", ",1,2,3\n"), "expected a CSV in UTF-8 or a Parquet file"),
    ],
)
def test_a_table_that_is_not_what_it_should_be(tmp_path: Path, text: str, words: str) -> None:
    assert words in refused(table(tmp_path, text))


def test_bytes_that_are_no_text_and_no_parquet(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("symbol,größe\n".encode("latin-1"))
    assert "expected a CSV in UTF-8" in refused(path)
    broken = tmp_path / "t.parquet"
    broken.write_bytes(b"PAR1 and no more")
    assert "expected a CSV in UTF-8 or a Parquet file" in refused(broken)


def test_a_timeframe_is_a_column_or_given(tmp_path: Path) -> None:
    path = table(tmp_path, HEADER + LONG)
    assert "give it, such as --timeframe 1h" in refused(path, timeframe=None)
    assert "expected one such as 5m, 1h or 1d, found '60'" in refused(path, timeframe="60")
    told = table(tmp_path, HEADER.replace("\n", ",tf\n") + LONG.replace("\n", ",15m\n"), "told.csv")
    assert parsed(read(told, {"timeframe": "tf"}, timeframe=None))["trade_closed"]["timeframe"].to_list() == ["15m"]


def test_a_folder_gives_the_tables_that_have_the_columns(tmp_path: Path) -> None:
    table(tmp_path, HEADER + LONG, "a.csv")
    table(tmp_path, "date,close\n2024-03-01,1\n", "prices.csv")
    table(tmp_path, "notes", "readme.md")
    assert rows(read(tmp_path)) == EXPECTED[:1]
    (tmp_path / "a.csv").unlink()
    assert "found no file with the columns of trades" in refused(tmp_path)


prices = st.floats(0.01, 1e6, allow_nan=False)


@given(st.lists(st.tuples(st.sampled_from(["long", "short"]), prices, prices, prices), min_size=1, max_size=20))
def test_a_profit_we_compute_is_never_a_mismatch(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, float, float, float]]
) -> None:
    lines = [f"X,{side},{q!r},{a!r},{b!r},1709251200,1709254800,0.5\n" for side, q, a, b in told]
    path = table(tmp_path_factory.mktemp("t"), HEADER.replace(",pnl_usd", "") + "".join(lines))
    trades = parsed(read(path))["trade_closed"]
    assert trades.height == len(told)
    assert not trades["pnl_mismatch"].any()
