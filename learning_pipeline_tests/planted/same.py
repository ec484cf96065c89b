"""Whether a row made of arrays says what a row of a table says."""

from __future__ import annotations

import numpy as np
import pytest


def assert_same(arrays: dict[str, object], row: dict[str, object], leaving_out: set[str]) -> None:
    """NaN and an empty text are null; floats to rounding, as sums may run in another order."""
    assert arrays.keys() >= row.keys() - leaving_out
    for name in row.keys() - leaving_out:
        said, value = arrays[name], row[name]
        is_null = said == "" or (isinstance(said, float) and np.isnan(said))
        close = pytest.approx(value, rel=1e-9, abs=1e-9) if isinstance(value, float) else value
        assert (None if is_null else said) == close, name
