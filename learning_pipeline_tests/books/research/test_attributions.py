"""What falls through to main is found, and only that."""

from __future__ import annotations

import polars as pl
import pytest

from learning_pipeline.books.research.attributions import fallen_through

SIGNALS = pl.DataFrame(
    {
        "signal_id": ["tagged", "alarm", "main", "unsaid"],
        "book": ["research", "research", "profit", "research"],
        "emergency_exit": [False, True, None, None],
    }
)


def money(signal_id: str | None, book: str) -> dict[str, pl.DataFrame]:
    return {
        "fills": pl.DataFrame({"signal_id": [signal_id], "book": [book]}, schema_overrides={"signal_id": pl.String})
    }


@pytest.mark.parametrize(
    ("signal_id", "book", "found"),
    [
        ("tagged", "profit", ["fills of tagged"]),
        ("unsaid", "profit", ["fills of unsaid"]),
        ("tagged", "research", []),
        ("alarm", "profit", []),
        ("main", "profit", []),
        (None, "profit", []),
    ],
)
def test_profit_money_of_a_research_signal_is_named_unless_it_is_an_emergency_exit(
    signal_id: str | None, book: str, found: list[str]
) -> None:
    assert fallen_through(SIGNALS, money(signal_id, book)) == found
