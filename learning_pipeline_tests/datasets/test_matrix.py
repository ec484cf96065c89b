"""Features as text become numbers."""

import json

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from learning_pipeline.datasets.matrix import feature_names, matrix

names = st.sampled_from(["bar_rsi", "gate_ts", "flag_é", "a"])
rows = st.lists(st.dictionaries(names, st.none() | st.floats(allow_nan=False, allow_infinity=False)), max_size=8)


@given(rows=rows)
def test_every_number_is_at_its_place(rows: list[dict[str, float | None]]) -> None:
    texts = pl.Series([json.dumps(row) for row in rows], dtype=pl.String)
    found = feature_names(texts)
    assert found == sorted({name for row in rows for name in row})
    numbers = matrix(texts, found)
    assert numbers.shape == (len(rows), len(found))
    for i, row in enumerate(rows):
        for j, name in enumerate(found):
            value = row.get(name)
            assert np.isnan(numbers[i, j]) if value is None else numbers[i, j] == value


def test_a_name_that_no_row_has_is_unknown_everywhere() -> None:
    assert np.isnan(matrix(pl.Series(['{"a":1}']), ["b"])).all()


def test_text_where_a_number_belongs_is_refused() -> None:
    with pytest.raises(ValueError, match="float"):
        matrix(pl.Series(['{"a":"1"}']), ["a"])
