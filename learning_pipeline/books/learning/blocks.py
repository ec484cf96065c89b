"""Refusals as they stand in the events, with the tags of their book."""

from __future__ import annotations

import polars as pl

from learning_pipeline.books.learning.tables import Blocks


def book_blocks(blocks: pl.DataFrame) -> pl.DataFrame:
    """`Blocks` of ``events.blocks``."""
    return Blocks.checked(blocks.rename({"happened_at": "blocked_at"}).select(*Blocks.dtypes()))
