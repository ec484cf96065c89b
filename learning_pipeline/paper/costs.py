"""What a fill costs: half the spread, slippage, fee, and the time to the venue."""

from __future__ import annotations

from learning_pipeline.paper.chance import uniform
from learning_pipeline.paper.execution import Exit
from learning_pipeline.paper.settings import PaperSettings


def latency_us(key: str, settings: PaperSettings) -> int:
    """Time from a decision to the venue, microseconds (whole milliseconds); a pure function of seed and key."""
    low, high = settings.latency_min_seconds, settings.latency_max_seconds
    return round(1000 * (low + (high - low) * uniform(f"{settings.seed}/latency/{key}"))) * 1000


def entry_price(open_price: float, side: int, spread_bps: float) -> float:
    """Price paid at a bar's open: half the spread beyond it.

    >>> entry_price(100.0, side=1, spread_bps=20.0)
    100.1
    """
    return open_price * (1 + side * spread_bps / 2e4)


def exit_price(leaving: Exit, side: int, spread_bps: float, key: str, settings: PaperSettings) -> float:
    """Price received: the level itself for a resting order, less half the spread and slippage for a market order.

    Slippage is between none and twice ``slippage_bps``, evenly.
    """
    if not leaving.is_market:
        return leaving.price
    slippage_bps = 2 * settings.slippage_bps * uniform(f"{settings.seed}/slippage/{key}")
    return leaving.price * (1 - side * (spread_bps / 2 + slippage_bps) / 1e4)


def fee_usd(qty: float, price: float, settings: PaperSettings) -> float:
    """Fee of a fill, quote money."""
    return qty * price * settings.fee_bps / 1e4
