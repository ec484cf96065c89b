"""Evaluation sets of language models: one row per answer, as the bot reported it."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.contracts import Table, day_of
from learning_pipeline.datasets.tables import PromptAnswers, RagAnswers

ANSWERS: dict[str, type[Table]] = {"prompt_eval": PromptAnswers, "rag_eval": RagAnswers}


def answers(responses: pl.DataFrame, kind: str, first: dt.date, last: dt.date) -> pl.DataFrame:
    """Answers of the days first to last.

    Parameters
    ----------
    responses : DataFrame
        ``events.ai_responses``; an answer is known at its own time.
    kind : str
        ``prompt_eval``, or ``rag_eval``: only answers whose claims and citations were counted.

    Returns
    -------
    DataFrame
        Columns of `PromptAnswers` or `RagAnswers` but ``day`` and ``dataset_id``, sorted by event_id.
    """
    columns = [name for name in ANSWERS[kind].dtypes() if name not in ("day", "dataset_id")]
    counted = pl.col("n_claims").is_not_null() & pl.col("n_cited").is_not_null()
    asked = responses.filter(day_of(pl.col("happened_at")).is_between(first, last), counted | (kind != "rag_eval"))
    return asked.sort("event_id").select(columns)
