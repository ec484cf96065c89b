"""Which markets the bot watches: a market is on the watchlist from its first signal, dormant when it falls silent."""

from __future__ import annotations

from learning_pipeline.paper.market import Market, instant
from learning_pipeline.paper.recording import Recording
from learning_pipeline.paper.settings import PaperSettings

DAY_US = 86_400_000_000


class Watchlist:
    """The last signal of each market, and a ``position`` event whenever a market's state changes."""

    def __init__(self, recorder: Recording, settings: PaperSettings) -> None:
        self._recorder = recorder
        self._share_pct = 100 * settings.notional_usd / settings.capital_usd
        self._patience_us = settings.dormant_days * DAY_US
        self._last: dict[str, int] = {}
        self._dormant: dict[str, bool] = {}

    def heard(self, at_us: int, market: Market) -> None:
        """Note a signal; a new or dormant market enters the watchlist."""
        self._last[market.name] = at_us
        if self._dormant.get(market.name, True):
            self._move(at_us, market, dormant=False)

    def review(self, at_us: int, market: Market) -> None:
        """Put a market to sleep that has been silent for too long."""
        silent = at_us - self._last.get(market.name, at_us) > self._patience_us
        if silent and not self._dormant[market.name]:
            self._move(at_us, market, dormant=True)

    def _move(self, at_us: int, market: Market, dormant: bool) -> None:
        self._dormant[market.name] = dormant
        self._recorder.position(
            at=instant(at_us),
            position_id=f"{market.name}-watch",
            token=market.symbol,
            timeframe=market.timeframe,
            status="dormant" if dormant else "watchlist",
            total_allocation_pct=self._share_pct,
            qty=0.0,
        )
