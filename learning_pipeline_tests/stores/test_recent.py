"""Frames at hand: read once, never stale, never more than they may take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.recent import Recent
from learning_pipeline_tests.stores.rows import MONDAY, Prices


def of(n: int) -> pl.DataFrame:
    return pl.DataFrame({"x": range(n)}, schema={"x": pl.Int64})


def noting(read: list[str], name: str, n: int) -> Callable[[], pl.DataFrame]:
    """Reads n rows and writes down that it did."""

    def fetch() -> pl.DataFrame:
        read.append(name)
        return of(n)

    return fetch


def test_a_frame_is_read_once_and_the_longest_unused_goes_first() -> None:
    recent, read = Recent(2_500), list[str]()

    def get(name: str, n: int = 100) -> pl.DataFrame:
        return recent.get(name, noting(read, name, n))

    for name in ("a", "b", "a", "c", "d", "a"):
        assert get(name).equals(of(100))
    assert read == ["a", "b", "c", "d"], "three of 800 bytes fit: d drops b, and a was used again"
    get("b")
    assert read[-1] == "b"


def test_a_frame_that_is_too_large_is_read_and_not_kept() -> None:
    recent, read = Recent(1_000), list[str]()
    for _ in range(2):
        assert recent.get("large", noting(read, "large", 1000)).height == 1000
    assert len(read) == 2


def test_what_a_caller_does_to_its_frame_is_its_own_affair() -> None:
    recent = Recent(10_000)
    mine = recent.get("a", lambda: of(3))
    mine.insert_column(0, pl.Series("mine", [1, 2, 3]))
    mine[0, "x"] = 99
    assert recent.get("a", lambda: pytest.fail("read again")).equals(of(3))


def test_a_commit_is_seen_at_once_one_of_another_writer_too(tmp_path: Path) -> None:
    ours, other = Lake(tmp_path / "lake"), Lake(tmp_path / "lake")
    for writer, price in ((ours, 1.0), (other, 2.0), (ours, 3.0)):
        writer.replace(Prices, Prices.frame([{"day": MONDAY, "symbol": "X", "price": price}]), MONDAY, MONDAY)
        for reader in (ours, other, ours):
            assert reader.read(Prices, MONDAY, MONDAY)["price"].to_list() == [price]
