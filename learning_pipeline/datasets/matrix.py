"""From features as JSON text to numbers, the way every model reads them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import polars as pl

_decoder = msgspec.json.Decoder(dict[str, float | None])


def feature_names(features: pl.Series) -> list[str]:
    """Names of the features of any row, sorted.

    >>> feature_names(pl.Series(['{"b":1}', '{"a":null,"b":2.5}']))
    ['a', 'b']
    """
    return sorted({name for text in features.unique() for name in _decoder.decode(text)})


def matrix(features: pl.Series, names: Sequence[str]) -> np.ndarray:
    """Features of some rows as numbers.

    Parameters
    ----------
    features : Series of shape (n,)
        JSON text per row: name -> number or null.
    names : sequence of str, length k
        Columns wanted, in this order.

    Returns
    -------
    ndarray of shape (n, k), float64
        NaN where a feature is null or missing.

    >>> matrix(pl.Series(['{"b":1}', '{"a":null,"b":2.5}']), ["b", "a"]).tolist()
    [[1.0, nan], [2.5, nan]]
    """
    rows = np.full((features.len(), len(names)), np.nan)
    for row, text in zip(rows, features, strict=True):
        known = _decoder.decode(text)
        row[:] = [np.nan if (value := known.get(name)) is None else value for name in names]
    return rows
