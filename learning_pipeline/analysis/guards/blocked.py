"""Blocked decisions, each row with the days on which it was what one knew."""

from __future__ import annotations

import datetime as dt

import polars as pl

from learning_pipeline.analysis.cohort import decided_in_windows
from learning_pipeline.analysis.settings import AnalysisSettings

DECIDED = ["signal_id", "day", "decided_at", "decision", "blocker_component", "blocked_by", "gates_complete", "book"]


def blocked_decisions(decisions: pl.DataFrame, as_ofs: list[dt.date], settings: AnalysisSettings) -> pl.DataFrame:
    """Blocked versions that may be in the cohort of one of the days: `decided_in_windows` of these."""
    return decided_in_windows(decisions, DECIDED, as_ofs, settings).filter(pl.col("decision") == "blocked")
