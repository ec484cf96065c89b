"""Words for the circumstances of a signal: pattern key and scope."""

from __future__ import annotations

import datetime as dt

from learning_pipeline.paper.settings import PaperSettings

TRENDS = {1: "uptrend", -1: "downtrend", 0: "range"}


def pattern_key(trend: int, trend_age: int, settings: PaperSettings) -> str:
    """Trend and its stage: S1 while it is young, S2 once it is mature.

    >>> pattern_key(1, 3, PaperSettings())
    'pm.uptrend.S1.entry'
    """
    stage = "S1" if trend_age <= settings.early_trend_bars else "S2"
    return f"pm.{TRENDS[trend]}.{stage}.entry"


def regime(wildness: float, settings: PaperSettings) -> str:
    """``calm``, ``normal`` or ``wild``: volatility against its own slow average.

    >>> regime(2.0, PaperSettings())
    'wild'
    """
    if wildness < settings.calm_ratio:
        return "calm"
    return "wild" if wildness > settings.wild_ratio else "normal"


def bucket(at: dt.datetime) -> str:
    """Part of the UTC day: ``asia`` (0 to 8 h), ``europe`` (8 to 16 h) or ``us`` (16 to 24 h).

    >>> bucket(dt.datetime(2018, 1, 3, 9, tzinfo=dt.UTC))
    'europe'
    """
    return ("asia", "europe", "us")[at.hour // 8]
