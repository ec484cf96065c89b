"""Words for the circumstances of a signal: pattern key and scope."""

from __future__ import annotations

import datetime as dt

from learning_pipeline.paper.settings import PaperSettings

TRENDS = {1: "uptrend", -1: "downtrend", 0: "range"}


def pattern_key(trend: int, trend_age: int, side: int, settings: PaperSettings) -> str:
    """Trend and stage of an entry.

    S1 while the trend is young, S2 once it is mature, S3 where a trade goes on *with* a trend that is old already. A
    range has no S3, and a trade against an old trend stays S2.

    >>> [pattern_key(1, age, 1, PaperSettings()) for age in (3, 30, 300)]
    ['pm.uptrend.S1.entry', 'pm.uptrend.S2.entry', 'pm.uptrend.S3.entry']
    >>> pattern_key(1, 300, -1, PaperSettings())
    'pm.uptrend.S2.entry'
    """
    if trend_age <= settings.early_trend_bars:
        stage = "S1"
    else:
        stage = "S3" if trend_age > settings.late_trend_bars and trend == side else "S2"
    return f"pm.{TRENDS[trend]}.{stage}.entry"


def stage_of(key: str) -> str:
    """The stage in a pattern key.

    >>> stage_of("pm.uptrend.S3.entry")
    'S3'
    """
    return key.split(".")[2]


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
