"""Tell of alerts: in the outbox, and to whoever is to be called; once each, and again where nobody answered."""

import datetime as dt
from typing import Any

import polars as pl

from learning_pipeline.contracts import Entry
from learning_pipeline.defs.resources import Chain
from learning_pipeline.drift import Alerts
from learning_pipeline.stores.outbox import Outbox, Topic
from learning_pipeline.stores.webhook import Untold, post

TOPIC: Topic = "ordinis.learn.drift.alert"


def tell(chain: Chain, alerts: pl.DataFrame) -> None:
    """Emit each alert; post those that were not delivered yet, where an address is set.

    A delivery that fails is a line of the log; the next run tries again.
    """
    rows = [_event(row) for row in Alerts.ordered(alerts).iter_rows(named=True)]
    for row in rows:
        Outbox(chain.paths).emit(TOPIC, row["alert_id"], row, dt.datetime.fromisoformat(row["raised_at"]))
    if chain.drift.webhook_url:
        _post(chain, rows)


def _post(chain: Chain, rows: list[dict[str, str]]) -> None:
    untold = Untold(chain.paths)
    untold.add(rows)
    waiting = untold.waiting()
    if not waiting:
        return
    why = post(chain.drift.webhook_url, {"alerts": waiting}, chain.drift.webhook_timeout_seconds)
    said = {"alerts": len(waiting), "delivered": why is None, "why": why}
    chain.log([Entry("WEBHOOK", said, "WARNING" if why else "INFO")])
    if why is None:
        untold.note_told(waiting, dt.datetime.now(dt.UTC))


def _event(row: dict[str, Any]) -> dict[str, str]:
    """An alert as JSON holds it; its key is what it is about and the day."""
    of = {name: str(row[name]) for name in (*Alerts.key(), "detail")}
    return {"alert_id": " ".join(of[name] for name in Alerts.key()), **of, "raised_at": row["raised_at"].isoformat()}
