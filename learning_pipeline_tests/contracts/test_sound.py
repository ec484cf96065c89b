"""What says whether a frame is right says what pandera says, of every table there is."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.contracts import Table
from learning_pipeline.contracts.sound import Sound
from learning_pipeline.defs.catalog import TABLES
from learning_pipeline.errors import ContractBroken

NOON = dt.datetime(2024, 3, 4, 12, tzinfo=dt.UTC)
VALUES: dict[Any, list[Any]] = {
    pl.Float64: [0.5, 1.0, 0.0, -0.0, -0.5, 1.5, 2.0, 1e300, float("nan"), float("inf"), -float("inf")],
    pl.Int64: [1, 0, -1, 2, 3, 101, -(2**63)],
    pl.String: ["1h", "", "a", "0h", "1h\n", "é", "3w", "*", "{}"],
    pl.Boolean: [True, False],
    pl.Date: [NOON.date(), NOON.date() + dt.timedelta(days=1)],
    pl.Datetime: [NOON, NOON + dt.timedelta(days=1)],
}
"""Good and bad values of each type; the first one is right for any column but of an enumeration."""


def values_of(table: type[Table], name: str) -> list[Any]:
    """What a column may be given, a right value first."""
    column = table.to_schema().columns[name]
    kind = column.dtype.type
    asked = {check.name: check.statistics for check in column.checks}
    words = list(asked.get("isin", {}).get("allowed_values", []))
    words += [limits["min_value"] for name, limits in asked.items() if name == "greater_than_or_equal_to"]
    words += ["x" * (limits["exact_value"] or limits["min_value"]) for limits in [asked.get("str_length")] if limits]
    if isinstance(kind, pl.List):
        inner = VALUES[kind.inner.base_type()]
        return [inner[:1], [], [None], inner, None]
    return [*words, *VALUES[kind.base_type()], None]


@st.composite
def frames(draw: st.DrawFn, table: type[Table]) -> pl.DataFrame:
    """Two right rows, some cells of which were spoilt; the keys may be the same."""
    columns = {name: values_of(table, name) for name in table.dtypes()}
    rows = [{name: values[0] for name, values in columns.items()} for _ in range(2)]
    for _ in range(draw(st.integers(0, 3))):
        name = draw(st.sampled_from(sorted(columns)))
        rows[draw(st.integers(0, 1))][name] = draw(st.sampled_from(columns[name]))
    return table.ordered(table.frame(rows[: draw(st.integers(0, 2))]))


def is_sound(table: type[Table], frame: pl.DataFrame) -> bool:
    return Sound.of(table.to_schema(), table.key()).holds_for(frame)


def pandera_objects(table: type[Table], frame: pl.DataFrame) -> bool:
    try:
        table.explain(frame)
    except ContractBroken:
        return True
    return False


@settings(max_examples=150)
@given(st.data())
def test_the_query_and_pandera_agree_on_every_table(data: st.DataObject) -> None:
    table = data.draw(st.sampled_from(TABLES))
    frame = data.draw(frames(table))
    assert is_sound(table, frame) != pandera_objects(table, frame), table.address()


@pytest.mark.parametrize("table", TABLES, ids=[table.address() for table in TABLES])
def test_a_right_row_needs_no_pandera_and_each_null_where_none_may_be_is_seen(table: type[Table]) -> None:
    right = {name: values_of(table, name)[0] for name in table.dtypes()}
    assert is_sound(table, table.frame([right]))
    for name, (_, nullable, _) in table.columns_described().items():
        assert is_sound(table, table.frame([right | {name: None}])) == nullable, name


class NotTwo(Table, key=("n",)):
    """One row per number but two."""

    n: pl.Int64 = pa.Field(ne=2)


class Odd(Table, key=("n",)):
    """One row per odd number."""

    n: pl.Int64

    @pa.dataframe_check
    def is_odd(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805  # pandera's own way
        return data.lazyframe.select(pl.col("n") % 2 == 1)


@pytest.mark.parametrize(("table", "said"), [(NotTwo, "not_equal_to"), (Odd, "is_odd")])
def test_a_check_that_is_not_known_is_left_to_pandera(table: type[Table], said: str) -> None:
    right = table.frame([{"day": NOON.date(), "n": n} for n in (1, 3)])
    assert not is_sound(table, right)
    assert table.checked(right).height == 2
    with pytest.raises(ContractBroken, match=said):
        table.checked(table.frame([{"day": NOON.date(), "n": 2}]))


@pytest.mark.parametrize(
    ("limits", "right"),
    [({"min_value": 2}, {"ab", "abc"}), ({"max_value": 2}, {"é", "ab"}), ({"exact_value": 2}, {"ab"})],
)
def test_lengths_are_counted_in_characters(limits: dict[str, int], right: set[str]) -> None:
    class Words(Table, key=("word",)):
        """One row per word."""

        word: pl.String = pa.Field(str_length=limits)

    words = {word: Words.frame([{"day": NOON.date(), "word": word}]) for word in ("é", "ab", "abc")}
    assert {word for word, frame in words.items() if is_sound(Words, frame)} == right
    assert {word for word, frame in words.items() if not pandera_objects(Words, frame)} == right
