"""How long ago a strategy last lost on a symbol."""

from __future__ import annotations

MINUTE_US = 60_000_000


class Cooldown:
    """The last losing close by symbol and strategy, whatever the timeframe."""

    def __init__(self) -> None:
        self._lost_us: dict[tuple[str, str], int] = {}

    def lost(self, at_us: int, symbol: str, strategy: str) -> None:
        """Note a trade that closed without a profit."""
        self._lost_us[symbol, strategy] = at_us

    def minutes(self, at_us: int, symbol: str, strategy: str, watched_us: int) -> float:
        """Minutes since the last loss, at most those since the bot has watched the market.

        Before the first loss nothing else is known: the bot saw no loss for as long as it watched, and cannot speak of
        the time before. So the gate has a true number on every signal, and never a made-up one.

        >>> Cooldown().minutes(90 * MINUTE_US, "BTCUSD", "rsi_extremes", watched_us=0)
        90.0
        """
        return (at_us - max(self._lost_us.get((symbol, strategy), watched_us), watched_us)) / MINUTE_US
