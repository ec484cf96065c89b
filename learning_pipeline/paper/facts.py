"""What a signal tells beside its prices: features, flags, the bot's own score and what it hopes for.

``now`` holds the readings of the signal's bar by name; everything signed by side is above 0 where it favours the trade.
"""

from __future__ import annotations

import math

from learning_pipeline.paper.plans import BOLLINGER, DONCHIAN, FADES, MACD, VOLUME, Plan
from learning_pipeline.paper.settings import PaperSettings

Now = dict[str, float]


def features(now: Now, entry: float, side: int, spread_bps: float) -> dict[str, float]:
    """Numbers of the market at the close; ``relative_volume`` is missing where the market has no volume."""
    told = {
        "rsi": now["rsi"],
        "adx": now["adx"],
        "dx": side * now["dx"],
        "efficiency": now["efficiency"],
        "atr_pct": 100 * now["atr"] / entry,
        "ts": now["ts"],
        "halo": now["halo"],
        "slope": side * now["slope"],
        "volatility": now["volatility"],
        "wildness": now["wildness"],
        "spread_bps": spread_bps,
        "channel_atr": (now["upper"] - now["lower"]) / now["atr"],
        "band_atr": (now["band_upper"] - now["band_lower"]) / now["atr"],
        "move_atr": side * now["move_atr"],
        "trend_age_bars": now["trend_age"],
        "relative_volume": now["relative_volume"],
    }
    return {name: value for name, value in told.items() if math.isfinite(value)}


def flags(now: Now, strategy: str, side: int, mood: str, settings: PaperSettings) -> dict[str, bool]:
    """What is true of the signal; what is not is left out."""
    raised = {
        "breakout": strategy in {DONCHIAN, BOLLINGER},
        "squeeze": now["squeezed"] > 0,
        "divergence": strategy == MACD,
        "volume_confirmed": strategy == VOLUME or now["relative_volume"] >= settings.volume_ratio,
        "with_trend": now["trend"] == side,
        "against_trend": now["trend"] == -side,
        "overbought": now["rsi"] > 70,
        "oversold": now["rsi"] < 30,
        "wild": mood == "wild",
    }
    return {name: True for name, up in raised.items() if up}


def score(now: Now, strategy: str, side: int, settings: PaperSettings) -> dict[str, float]:
    """Parts of the bot's own score, each 0 to 1. Trend strength, which gate ts compares, is half adx, half efficiency.

    >>> now = {"adx": 60.0, "efficiency": 0.2, "rsi": 80.0, "halo": 1.6}
    >>> score(now, "donchian_breakout", 1, PaperSettings())
    {'adx': 1.0, 'efficiency': 0.2, 'momentum': 0.8, 'location': 0.75}
    """
    push = 0.5 + 0.5 * side * (now["rsi"] - 50) / 50
    return {
        "adx": min(now["adx"] / 50, 1.0),
        "efficiency": now["efficiency"],
        "momentum": 1 - push if strategy in FADES else push,
        "location": max(0.0, 1 - now["halo"] / (2 * settings.halo_max)),
    }


def expected_roi(parts: dict[str, float], planned: Plan, risk_share: float) -> float:
    """What the bot hopes for before costs: a third of the way from break-even odds, by its score; a fraction.

    Parameters
    ----------
    parts : dict
        The bot's score: trend strength, momentum and location count alike.
    risk_share : float
        R over the entry price.

    >>> parts = {"adx": 1.0, "efficiency": 0.6, "momentum": 0.9, "location": 0.7}
    >>> round(expected_roi(parts, Plan(stop_atr=2.0, target_r=3.0, ttl_bars=48), risk_share=0.02), 6)
    0.002
    """
    trend = 0.5 * parts["adx"] + 0.5 * parts["efficiency"]
    mean = (trend + parts["momentum"] + parts["location"]) / 3
    odds = (1 + (mean - 0.5) / 3) / (1 + planned.target_r)
    return (odds * planned.target_r - (1 - odds)) * risk_share
