"""Small worlds of the walk: happenings of one session, in a few words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.books.research.budget import Budget, Closed, Filled, Marked, Opened
from learning_pipeline.books.research.experiment import BOT, JUDGE, PERSON, Experiment, Spec
from learning_pipeline.books.research.fold import Happening, Limits, Told, in_order, walk
from learning_pipeline.books.research.requests import Held, Request

START = dt.datetime(2024, 3, 4, tzinfo=dt.UTC)
BOT_SESSION = ("bot", "monday")
LIMITS = Limits(budget_fraction=0.10, max_loss_usd=None)


def at(minutes: float) -> dt.datetime:
    return START + dt.timedelta(minutes=minutes)


def spec(name: str = "e1", **more: Any) -> Spec:
    given = {
        "hypothesis": "it turns",
        "playbook_id": "rsi_extremes",
        "target_symbols": (),
        "trigger_categories": (),
        "min_sample_size": 20,
        "max_loss_usd": 50.0,
    }
    return Spec(experiment_id=name, **given | more)


def an_experiment(name: str = "e1", state: str = "running", **more: Any) -> Experiment:
    return Experiment(spec(name, **more), "bot", BOT_SESSION, START, state, START, "bot", "as asked for")


def asks(minutes: float, state: str | None, by: str = BOT, name: str | None = "e1", **more: Any) -> Request:
    given = {"session": BOT_SESSION if by == BOT or name is None else None, "spec": None}
    if by != PERSON and name is not None:
        given["spec"] = spec(name)
    actor = {BOT: "bot", JUDGE: "judge:rules", PERSON: "alice"}[by]
    return Request(
        at(minutes), f"{by}-{name}-{state}-{minutes}", by, actor, experiment_id=name, state=state, **given | more
    )


def opened(minutes: float = 0, equity: float = 9_000.0) -> Opened:
    return Opened(at(minutes), BOT_SESSION, equity)


def filled(minutes: float, trade: str, side: int, qty: float, price: float, fee: float = 0.0, **more: Any) -> Filled:
    what = {"symbol": "AAA", "experiment_id": "e1", "playbook_id": "rsi_extremes", "session": BOT_SESSION}
    money = {"side": side, "qty": qty, "price": price, "fee_usd": fee}
    return Filled(at=at(minutes), fill_id=f"{trade}@{minutes}", trade_id=trade, **what | money | more)


def ended(minutes: float, trade: str, pnl: float, counted: float = 0.0) -> Closed:
    return Closed(at(minutes), BOT_SESSION, trade, pnl, counted, "e1")


def marked(minutes: float, price: float, symbol: str = "AAA") -> Marked:
    return Marked(at(minutes), symbol, price)


def walked(*happenings: Happening, held: Held | None = None, limits: Limits = LIMITS) -> tuple[Held, Told]:
    """What is held after happenings, and what was told of."""
    held = held or Held({}, {})
    return held, walk(held, in_order(happenings), limits)


def budget(held: Held) -> Budget:
    return held.budgets[BOT_SESSION]
