"""Answers of a language model, as reported, in the form that packs keep."""

from __future__ import annotations

import polars as pl

from learning_pipeline.models.tables import Answers


def answers_of(responses: pl.DataFrame, name: str, version: str) -> pl.DataFrame:
    """Rows of `Answers` from those of ``events.ai_responses`` of one version of a prompt pack."""
    own = responses.filter(pl.col("prompt_pack") == name, pl.col("version") == version)
    return Answers.checked(own.rename({"happened_at": "decided_at"}).select(*Answers.dtypes()))
