"""Stop and target of an entry, in prices, from the ratios of a strategy."""

from __future__ import annotations

from collections.abc import Mapping

DISABLED_ROI = 1.0
"""A first step of the ROI table from here on means "never": strategies write 10 or 100 to switch the table off."""


def stop_at(entry_price: float, stoploss: float, leverage: float, is_short: bool) -> float | None:
    """Price of a stop that is a ratio of the stake; None where it would lie at 0 or below, or where there is none.

    >>> stop_at(100.0, -0.06, 1.0, is_short=False)
    94.0
    """
    direction = 1.0 if is_short else -1.0
    price = entry_price * (1.0 + direction * abs(stoploss) / leverage)
    return price if stoploss and price > 0 else None


def sound_stop(price: float | None, entry_price: float, is_short: bool) -> float | None:
    """The stop, where it lies on the losing side of the entry; else None."""
    if price is None or price <= 0:
        return None
    return price if (price > entry_price) == is_short and price != entry_price else None


def target_at(
    entry_price: float, minimal_roi: Mapping[str, float], fees: tuple[float, float], leverage: float, is_short: bool
) -> float | None:
    """Price at which the first step of the ROI table closes a trade; None where there is none or it means "never".

    The first step is what the strategy takes at any time from the entry on. Its later steps lower the target as the
    trade ages, and its exit signals close trades at no price known beforehand: neither is a barrier. So a shadow
    outcome is no replay of the strategy; calibration (SEMANTICS 2.7) shows how far they are apart.

    Parameters
    ----------
    minimal_roi : Mapping
        Minutes as text -> net profit as a fraction of the stake.
    fees : tuple
        Rates of entry and exit: freqtrade's ROI is net of both (``calc_close_rate_for_roi``).

    Examples
    --------
    >>> target_at(100.0, {"0": 0.25, "60": 0.0}, (0.0, 0.0), 1.0, is_short=False)
    125.0
    """
    roi = minimal_roi.get("0")
    if roi is None or not 0 < roi < DISABLED_ROI:
        return None
    direction = -1.0 if is_short else 1.0
    fee_open, fee_close = fees
    price = entry_price * (1.0 + direction * fee_open) * (1.0 + direction * roi / leverage)
    price /= 1.0 - direction * fee_close
    return price if price > 0 else None
