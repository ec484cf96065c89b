"""What the session asks of a recorder: one keyword-only method per event type, named as the type."""

from __future__ import annotations

import datetime as dt
from typing import Any, Protocol


class Recording(Protocol):
    """Takes events. Ids, source and session of an event are the recorder's business; a None is left out."""

    def signal(self, *, at: dt.datetime, **payload: Any) -> object:
        """Take what the bot wanted to do."""

    def decision(self, *, at: dt.datetime, **payload: Any) -> object:
        """Take the answer to a signal, with every gate."""

    def order_submitted(self, *, at: dt.datetime, **payload: Any) -> object:
        """Take an order."""

    def fill(self, *, at: dt.datetime, **payload: Any) -> object:
        """Take a fill of an order."""

    def trade_blocked(self, *, at: dt.datetime, **payload: Any) -> object:
        """Take the refusal of an order by a book."""

    def trade_closed(self, *, at: dt.datetime, **payload: Any) -> object:
        """Take a finished trade."""

    def position(self, *, at: dt.datetime, **payload: Any) -> object:
        """Take the state of a position."""

    def portfolio_snapshot(self, *, at: dt.datetime, **payload: Any) -> object:
        """Take the state of the money."""

    def experiment(self, *, at: dt.datetime, **payload: Any) -> object:
        """Take a request about an experiment."""
