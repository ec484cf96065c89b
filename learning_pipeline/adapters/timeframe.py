"""The timeframe that a person gives for files that do not tell it."""

from __future__ import annotations

import re

from learning_pipeline.contracts import TIMEFRAME_PATTERN
from learning_pipeline.errors import BadInput


def require_timeframe(timeframe: str | None) -> None:
    """BadInput for a timeframe that is none of ours; None is fine."""
    if timeframe is not None and not re.fullmatch(TIMEFRAME_PATTERN, timeframe):
        raise BadInput(f"timeframe: expected one such as 5m, 1h or 1d, found {timeframe!r}")
