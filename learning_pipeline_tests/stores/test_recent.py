"""Rows at hand: read once, never stale, never more than they may take."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from learning_pipeline.stores.lake import Lake
from learning_pipeline.stores.recent import Recent
from learning_pipeline_tests.stores.rows import MONDAY, Prices, day


def of(first: int, last: int) -> pl.DataFrame:
    """A hundred rows of eight and four bytes a day."""
    days = [day(n) for n in range(first, last + 1) for _ in range(100)]
    return pl.DataFrame({"day": days, "x": range(len(days))}, schema={"day": pl.Date, "x": pl.Int64})


class Reading:
    """Reads days of a key through what is at hand, and notes what it had to fetch."""

    def __init__(self, most_bytes: int) -> None:
        self.recent, self.fetched = Recent(most_bytes), list[tuple[str, int, int]]()

    def __call__(self, key: str, first: int, last: int) -> pl.DataFrame:
        def fetch() -> pl.DataFrame:
            self.fetched.append((key, first, last))
            return of(first, last)

        return self.recent.get(key, day(first), day(last), fetch)


def test_days_are_read_once_and_the_longest_unused_go_first() -> None:
    read = Reading(4_000)
    for key in ("a", "b", "a", "c", "d", "a"):
        assert read(key, 0, 0).equals(of(0, 0))
    assert [key for key, _, _ in read.fetched] == ["a", "b", "c", "d"], "three fit: d drops b, and a was used again"
    read("b", 0, 0)
    assert read.fetched[-1][0] == "b"


def test_fewer_days_are_cut_from_those_at_hand_and_more_are_read() -> None:
    read = Reading(100_000)
    assert read("a", 2, 4).equals(of(2, 4))
    for first, last in ((2, 4), (3, 3), (2, 3), (3, 4)):
        assert read("a", first, last)["day"].unique(maintain_order=True).to_list() == [
            day(n) for n in range(first, last + 1)
        ]
    assert read.fetched == [("a", 2, 4)]
    for first, last in ((1, 4), (1, 5), (7, 8)):
        assert read("a", first, last).equals(of(first, last))
    assert read.fetched[1:] == [("a", 1, 4), ("a", 1, 5), ("a", 7, 8)]


def test_days_that_are_too_large_are_read_and_not_kept() -> None:
    read = Reading(1_000)
    for _ in range(2):
        assert read("large", 0, 0).height == 100
    assert len(read.fetched) == 2


def test_what_a_caller_does_to_its_frame_is_its_own_affair() -> None:
    read = Reading(10_000)
    mine = read("a", 0, 0)
    mine.insert_column(0, pl.Series("mine", range(100)))
    mine[0, "x"] = 99
    assert read("a", 0, 0).equals(of(0, 0))
    assert len(read.fetched) == 1


def test_a_commit_is_seen_at_once_one_of_another_writer_too(tmp_path: Path) -> None:
    ours, other = Lake(tmp_path / "lake"), Lake(tmp_path / "lake")
    for writer, price in ((ours, 1.0), (other, 2.0), (ours, 3.0)):
        writer.replace(Prices, Prices.frame([{"day": MONDAY, "symbol": "X", "price": price}]), MONDAY, MONDAY)
        for reader in (ours, other, ours):
            assert reader.read(Prices, MONDAY, MONDAY)["price"].to_list() == [price]
