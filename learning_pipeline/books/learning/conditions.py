"""What a bot measured of market and feed at the instant of an order."""

from __future__ import annotations

import msgspec


class Conditions(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Measurements, all known at the order's instant; None: not known.

    Attributes
    ----------
    volatility : float or None
        Daily volatility of the market, a fraction.
    relative_volume : float or None
        Volume of the last bar over the usual one.
    spread_bps : float or None
        Bid-ask spread, basis points.
    feed_latency_seconds : float or None
        Age of the newest price.
    n_exchange_errors, n_gap_bars, n_bad_rows : int or None
        Recent errors of the venue; bars missing before the signal's; bad rows of the feed.
    slippage_bps : float or None
        Slippage of the last fills, basis points against the trader.
    in_force : tuple of str
        Zones in which the bot says it is, whatever is measured.
    """

    volatility: float | None = None
    relative_volume: float | None = None
    spread_bps: float | None = None
    feed_latency_seconds: float | None = None
    n_exchange_errors: int | None = None
    n_gap_bars: int | None = None
    slippage_bps: float | None = None
    n_bad_rows: int | None = None
    in_force: tuple[str, ...] = ()
