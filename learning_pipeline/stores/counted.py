"""Which tables metrics are read off, and the mark of a chain's end; apart from the client, which is slow to import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from learning_pipeline.contracts import Table

CHAIN_MARK = "chain_succeeded_at"
"""Mark of the ledger: when a run of the chain last came to its end, RFC 3339."""


class Counted(NamedTuple):
    """Tables of the lake that metrics are read off.

    ``events``: event type -> table; ``drift``: one row per day, model, metric and feature, with ``score``; ``alerts``:
    one row per alert, with ``kind``.
    """

    events: Mapping[str, type[Table]]
    drift: type[Table]
    alerts: type[Table]
