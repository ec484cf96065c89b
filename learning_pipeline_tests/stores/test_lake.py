"""Ranges of days are replaced whole, in one commit or in none."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from learning_pipeline.contracts import Table
from learning_pipeline.errors import ContractBroken
from learning_pipeline.stores.lake import DICTIONARY_ROWS, Lake
from learning_pipeline_tests.stores.rows import Prices, Texts, day, grown, prices


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    lake = Lake(tmp_path / "lake")
    lake.replace(Prices, prices(5), day(0), day(4))
    return lake


def test_an_absent_table_is_an_empty_one(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    assert lake.read(Prices).schema == pl.Schema(Prices.dtypes())
    assert lake.version(Prices) is None
    assert lake.files_by_day(Prices) == {}
    assert not (tmp_path / "lake").exists()


def from_files(lake: Lake) -> Lake:
    """The lake of a process that has nothing at hand."""
    return Lake(lake.root)


def test_what_is_written_is_read_sorted_by_key(lake: Lake) -> None:
    assert_frame_equal(lake.read(Prices), prices(5))
    assert_frame_equal(from_files(lake).read(Prices), prices(5))


def test_a_range_is_read_with_both_its_ends(lake: Lake) -> None:
    for reader in (lake, from_files(lake)):
        assert_frame_equal(reader.read(Prices, day(1), day(3)), prices(3, first=1))
        assert_frame_equal(reader.read(Prices, day(3)), prices(2, first=3))
        assert_frame_equal(reader.read(Prices, last=day(1)), prices(2))


def test_a_replacement_touches_its_days_only_and_empties_those_without_rows(lake: Lake) -> None:
    before = lake.files_by_day(Prices)
    written = lake.replace(Prices, prices(1, 2.0, first=2), day(1), day(3))
    expected = pl.concat([prices(1), prices(1, 2.0, first=2), prices(1, first=4)])
    assert_frame_equal(lake.read(Prices), expected)
    assert_frame_equal(from_files(lake).read(Prices), expected)
    assert written.changed
    after = lake.files_by_day(Prices)
    assert list(after) == [day(0), day(2), day(4)]
    assert [n for n in (0, 2, 4) if after[day(n)] == before[day(n)]] == [0, 4]


def test_a_replacement_is_one_commit(lake: Lake) -> None:
    before = lake.version(Prices)
    assert before is not None
    assert lake.replace(Prices, prices(20, 2.0), day(0), day(19)).version == lake.version(Prices) == before + 1


def test_an_empty_frame_empties_the_range(lake: Lake) -> None:
    lake.replace(Prices, Prices.frame(), day(0), day(4))
    assert lake.read(Prices).is_empty()
    assert lake.files_by_day(Prices) == {}


def test_the_same_rows_again_make_no_commit_whatever_their_order(lake: Lake) -> None:
    before = lake.version(Prices)
    again = lake.replace(Prices, prices(5).reverse(), day(0), day(4))
    assert (again.changed, again.version, lake.version(Prices)) == (False, before, before)


def test_a_row_outside_the_range_is_refused_and_nothing_is_written(lake: Lake) -> None:
    with pytest.raises(ContractBroken, match=r"rows outside 2024-03-05\.\.2024-03-06"):
        lake.replace(Prices, prices(2, 9.0), day(1), day(2))
    assert_frame_equal(lake.read(Prices), prices(5))


def test_rows_that_break_the_contract_are_refused_and_nothing_is_written(lake: Lake) -> None:
    with pytest.raises(ContractBroken, match="price"):
        lake.replace(Prices, prices(5, -1.0), day(0), day(4))
    assert_frame_equal(lake.read(Prices), prices(5))


@pytest.mark.parametrize(
    ("kind", "value"), [(pl.String, "x"), (Texts, ["x", "y"]), (pl.Date, dt.date(2024, 1, 1)), (pl.Boolean, True)]
)
def test_a_column_added_to_the_contract_is_null_in_old_days_and_can_be_written(
    lake: Lake, kind: object, value: object
) -> None:
    later: type[Table] = grown(Prices, "note", kind)
    assert lake.read(later)["note"].to_list() == [None] * 10
    before = lake.version(Prices)
    assert not lake.replace(later, lake.read(later, day(0), day(4)), day(0), day(4)).changed
    assert lake.version(Prices) == before
    noted = lake.read(later, day(1), day(1)).with_columns(note=pl.Series([value] * 2, dtype=later.dtypes()["note"]))
    lake.replace(later, noted, day(1), day(1))
    notes = lake.read(later).group_by("day", maintain_order=True).agg(pl.col("note").first())
    assert notes["note"].to_list() == [None, value, None, None, None]


def test_every_type_of_the_contracts_comes_back_as_it_was(tmp_path: Path) -> None:
    table = grown(grown(grown(Prices, "n", pl.Int64), "at", pl.Datetime("us", "UTC")), "words", Texts)
    at = dt.datetime(2024, 3, 4, 12, 0, 0, 1, tzinfo=dt.UTC)
    row = {"day": day(0), "symbol": "ü \U0001f600\n", "price": 0.1 + 0.2, "n": -(2**62), "at": at, "words": ["a", None]}
    frame = table.frame([row, {**row, "symbol": "b", "n": None, "at": None, "words": None}])
    lake = Lake(tmp_path)
    lake.replace(table, frame, day(0), day(0))
    assert_frame_equal(from_files(lake).read(table), table.checked(frame), check_exact=True)


@pytest.mark.parametrize("n_rows", [3, DICTIONARY_ROWS + 1])
def test_few_rows_are_written_without_a_dictionary_and_many_with_one(tmp_path: Path, n_rows: int) -> None:
    rows = [{"day": day(0), "symbol": f"{n:06}", "price": 1.0} for n in range(n_rows)]
    Lake(tmp_path).replace(Prices, Prices.frame(rows), day(0), day(0))
    (file,) = tmp_path.rglob("day=*/*.parquet")
    column = pq.read_metadata(file).row_group(0).column(1)
    assert column.has_dictionary_page == (n_rows > DICTIONARY_ROWS)
    assert column.compression == "SNAPPY"


RANGES = st.tuples(st.integers(0, 5), st.integers(0, 5)).map(sorted)
STEPS = st.lists(st.tuples(st.sampled_from(["ours", "theirs", "nothing"]), RANGES, RANGES, RANGES), max_size=6)


@settings(max_examples=25)
@given(STEPS)
def test_what_is_at_hand_is_what_the_files_hold_whoever_wrote_them(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        ours, theirs = Lake(folder), Lake(folder)
        for n, (writer, (a, b), (c, d), (e, f)) in enumerate(steps):
            if writer != "nothing":
                some = prices(f - e + 1, float(n + 1), first=e).filter(pl.col("day").is_between(day(a), day(b)))
                {"ours": ours, "theirs": theirs}[writer].replace(Prices, some, day(a), day(b))
            assert_frame_equal(ours.read(Prices, day(c), day(d)), Lake(folder).read(Prices, day(c), day(d)))
