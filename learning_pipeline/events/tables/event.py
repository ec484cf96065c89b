"""What every event carries, and the kinds of column that the wire format is read off."""

from typing import Any

import pandera.polars as pa
import polars as pl

from learning_pipeline.contracts import Instant, Table

BOOKS = ["profit", "learning", "research"]
DECISION_WORDS = ["approved", "blocked", "expired", "cancelled"]
SOME = {"min_value": 1}


def optional(description: str = "", **checks: Any) -> Any:
    """A column that may be null: unknown, never 0."""
    return pa.Field(nullable=True, description=description, **checks)


def json_object(description: str, values: type, nullable: bool = True) -> Any:
    """A JSON object as canonical text, with values of one type on the wire."""
    return pa.Field(nullable=nullable, description=f"{description}; canonical JSON text", metadata={"json": values})


class Event(Table):
    """One row per event: the envelope."""

    event_id: pl.String = pa.Field(description="unique; the deduplication key", str_length=SOME)
    happened_at: Instant = pa.Field(description="the event's own time (`at` on the wire)")
    source: pl.String = pa.Field(description="the bot", str_length=SOME)
    session_id: pl.String = pa.Field(description="the bot's session; the source where none was sent")


class Booked(Event):
    """One row per event that belongs to a book."""

    book: pl.String = pa.Field(isin=BOOKS, description="whose money: profit, learning or research")
    experiment_id: pl.String = optional("experiment the row belongs to; never null outside the profit book")
    experiment_variant: pl.String = optional("arm of the experiment")
    playbook_id: pl.String = optional("playbook that was followed")
