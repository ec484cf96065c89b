"""The digest of a frame says whether its content is the same, and nothing else."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from learning_pipeline.contracts import content_sha256

SCHEMA = {
    "name": pl.String,
    "n": pl.Int64,
    "usd": pl.Float64,
    "sure": pl.Boolean,
    "tags": pl.List(pl.String),
    "at": pl.Datetime("us", "UTC"),
}
TEXT = st.none() | st.text(max_size=40)
ROW = st.tuples(
    TEXT,
    st.none() | st.integers(-5, 5),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.booleans(),
    st.none() | st.lists(TEXT, max_size=3),
    st.none()
    | st.datetimes(
        dt.datetime.fromisoformat("1970-01-01"), dt.datetime.fromisoformat("2100-01-01"), timezones=st.just(dt.UTC)
    ),
)
ROWS = st.lists(ROW, min_size=1, max_size=8)


def frame_of(rows: list[Any]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


@settings(max_examples=60, deadline=None)
@given(ROWS, st.data())
def test_equal_frames_have_one_digest_however_they_were_made(rows: list[Any], data: st.DataObject) -> None:
    frame, cut = frame_of(rows), data.draw(st.integers(0, len(rows)))
    twice = pl.concat([frame, frame])
    buffer = io.BytesIO()
    frame.write_parquet(buffer)
    buffer.seek(0)
    same = {
        "chunks": pl.concat([frame.head(cut), frame.tail(len(rows) - cut)], rechunk=False),
        "slice": twice.slice(len(rows), len(rows)),
        "filtered": twice.with_row_index().filter(pl.col("index") < len(rows)).drop("index"),
        "gathered": twice[list(range(len(rows), 2 * len(rows)))],
        "stored": pl.read_parquet(buffer),
        "arrow": pl.DataFrame(frame.to_arrow()),
    }
    for how, other in same.items():
        assert other.equals(frame), how
        assert content_sha256(other) == content_sha256(frame), how


def test_what_stands_under_a_null_does_not_count() -> None:
    masked = pl.DataFrame({"t": ["a", "under the null, long enough not to be inlined", "c"]})
    masked = masked.select(t=pl.when(pl.Series([True, False, True])).then("t"))
    assert content_sha256(masked) == content_sha256(pl.DataFrame({"t": ["a", None, "c"]}))


def test_a_mask_without_a_null_does_not_count() -> None:
    once_null = pl.DataFrame({"x": [1.0, None, 2.0]}).filter(pl.col("x").is_not_null())
    assert content_sha256(once_null) == content_sha256(pl.DataFrame({"x": [1.0, 2.0]}))


@settings(max_examples=60, deadline=None)
@given(ROWS, ROWS)
def test_different_frames_have_different_digests(one: list[Any], other: list[Any]) -> None:
    a, b = frame_of(one), frame_of(other)
    if not a.equals(b):
        assert content_sha256(a) != content_sha256(b)


@pytest.mark.parametrize(
    "other",
    [
        pl.DataFrame({"x": [2, 1]}),
        pl.DataFrame({"y": [1, 2]}),
        pl.DataFrame({"x": [1.0, 2.0]}),
        pl.DataFrame({"x": [1, 2, None]}),
        pl.DataFrame({"x": [1, None]}),
        pl.DataFrame({"x": []}),
    ],
)
def test_order_names_types_nulls_and_length_count(other: pl.DataFrame) -> None:
    assert content_sha256(other) != content_sha256(pl.DataFrame({"x": [1, 2]}))
