"""A frame that is not what its class says never gets through."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest

from learning_pipeline.contracts import Instant, Table, Texts
from learning_pipeline.errors import ContractBroken

MONDAY = dt.date(2024, 3, 4)
NOON = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)


class ClosedTrades(Table, key=("trade_id", "leg"), newest=("trade_id", "closed_at")):
    """One row per trade and leg: what it made.

    More words.
    """

    trade_id: pl.String = pa.Field(description="trade")
    leg: pl.Int64 = pa.Field(ge=0, description="leg of the trade")
    closed_at: Instant = pa.Field(description="end of the trade")
    pnl_usd: pl.Float64 = pa.Field(nullable=True, description="profit, USD")
    tags: Texts = pa.Field(nullable=True, description="words")


def rows(**columns: Any) -> pl.DataFrame:
    given = {
        "day": [MONDAY, MONDAY],
        "trade_id": ["b", "a"],
        "leg": [0, 1],
        "closed_at": [NOON, NOON],
        "pnl_usd": [1.5, None],
        "tags": [["x"], None],
    }
    return ClosedTrades.frame({**given, **columns})


def test_a_right_frame_comes_back_in_column_and_key_order() -> None:
    checked = ClosedTrades.checked(rows().select(reversed(rows().columns)))
    assert checked.columns == ["day", "trade_id", "leg", "closed_at", "pnl_usd", "tags"]
    assert checked["trade_id"].to_list() == ["a", "b"]


def test_names_derive_from_the_class() -> None:
    assert ClosedTrades.address() == f"{ClosedTrades.room()}.closed_trades"
    assert ClosedTrades.grain() == "One row per trade and leg: what it made."
    assert ClosedTrades.key() == ("trade_id", "leg")
    assert ClosedTrades.columns_described()["pnl_usd"] == (pl.Float64, True, "profit, USD")
    assert not ClosedTrades.columns_described()["leg"][1]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (rows().drop("leg"), "columns missing or not in the contract leg"),
        (rows().with_columns(extra=1), "columns missing or not in the contract extra"),
        (rows().rename({"leg": "legs"}), "leg, legs"),
        (rows().with_columns(pl.col("leg").cast(pl.Int32)), "of another type: leg (Int32)"),
        (rows().with_columns(pl.col("closed_at").dt.replace_time_zone(None)), "of another type: closed_at"),
        (rows().with_columns(pl.col("closed_at").dt.cast_time_unit("ms")), "of another type: closed_at"),
        (rows().with_columns(pl.col("pnl_usd").cast(pl.String)), "of another type: pnl_usd (String)"),
        (rows(leg=[0, None]), "leg: not_nullable"),
        (rows(day=[None, MONDAY]), "day: not_nullable"),
        (rows(leg=[0, -1]), "leg: greater_than_or_equal_to(0) (found -1)"),
        (rows(pnl_usd=[float("nan"), 1.0]), "not finite in pnl_usd"),
        (rows(pnl_usd=[float("inf"), 1.0]), "not finite in pnl_usd"),
        (rows(pnl_usd=[1.0, float("-inf")]), "not finite in pnl_usd"),
        (rows(trade_id=["a", "a"], leg=[1, 1]), "more than one row per ('trade_id', 'leg'): ('a', 1)"),
    ],
)
def test_every_breach_is_refused_by_name(wrong: pl.DataFrame, said: str) -> None:
    with pytest.raises(ContractBroken) as refused:
        ClosedTrades.checked(wrong)
    assert str(refused.value).startswith(f"{ClosedTrades.address()}: ")
    assert said in str(refused.value)


def test_a_lazy_frame_is_refused_because_its_values_would_not_be_checked() -> None:
    with pytest.raises(TypeError, match="expected a DataFrame, was LazyFrame"):
        ClosedTrades.checked(rows().lazy())  # type: ignore[arg-type]  # the mistake that is refused


def test_an_empty_frame_is_right() -> None:
    assert ClosedTrades.checked(ClosedTrades.frame()).is_empty()


def test_rows_equal_in_one_column_of_the_key_only_are_two_rows() -> None:
    assert ClosedTrades.checked(rows(trade_id=["a", "a"])).height == 2


@pytest.mark.parametrize("given", [[{"trade_id": "a"}], {"trade_id": ["a"]}])
def test_a_frame_is_built_from_rows_or_columns_and_the_rest_is_null(given: Any) -> None:
    built = ClosedTrades.frame(given)
    assert built.schema == pl.Schema(ClosedTrades.dtypes())
    assert built.drop("trade_id").null_count().row(0) == (1,) * 5


def test_the_builder_keeps_a_column_that_is_all_null_in_its_type() -> None:
    assert ClosedTrades.frame([{"pnl_usd": None}, {"pnl_usd": None}]).schema["pnl_usd"] == pl.Float64


def test_newest_keeps_every_row_of_each_identitys_last_revision() -> None:
    later = NOON + dt.timedelta(hours=1)
    legs = rows(
        day=[MONDAY] * 4, trade_id=["a", "a", "a", "b"], leg=[0, 1, 2, 0], closed_at=[NOON, later, later, NOON],
        pnl_usd=[None] * 4, tags=[None] * 4,
    )  # fmt: skip
    assert ClosedTrades.newest(legs).select("trade_id", "leg").rows() == [("a", 1), ("a", 2), ("b", 0)]


def test_newest_of_a_table_that_is_never_revised_is_the_table() -> None:
    class Facts(Table, key=("fact",)):
        """One row per fact."""

        fact: pl.String

    facts = Facts.frame([{"fact": "x"}, {"fact": "x"}])
    assert Facts.newest(facts) is facts
