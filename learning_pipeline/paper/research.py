"""The bot's research: what experiments cover is traded from money of its own, by the fold that the chain uses too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from learning_pipeline.books.research.budget import Budget, Closed, Filled, Marked, Opened
from learning_pipeline.books.research.experiment import BOT, Spec
from learning_pipeline.books.research.fold import Happening, Limits, Told, in_order, walk
from learning_pipeline.books.research.requests import RUNNING, Held, Request
from learning_pipeline.books.research.routing import MAIN, Route, Standing, Trigger, route
from learning_pipeline.books.research.settings import ResearchSettings
from learning_pipeline.paper.book import Book, trade_id
from learning_pipeline.paper.execution import Trade
from learning_pipeline.paper.market import instant
from learning_pipeline.paper.plans import CATEGORIES
from learning_pipeline.paper.recording import Recording
from learning_pipeline.paper.settings import PaperSettings
from learning_pipeline.paper.signals import Signal

SESSION = ("paper", "paper")
"""There is one session here; the recorder names it."""
VARIANT = "treatment"


class ResearchBook(Book):
    """Trades of one experiment: each the size that research cash allowed when its signal came, with its target at +1R.

    What it fills and closes is handed to the walk of research money.
    """

    def __init__(
        self, recorder: Recording, settings: PaperSettings, experiment_id: str, happened: list[Happening]
    ) -> None:
        tags = {"book": "research", "experiment_id": experiment_id, "experiment_variant": VARIANT}
        super().__init__(recorder, settings, settings.notional_usd, tags)
        self._experiment_id, self._happened = experiment_id, happened
        self._sizes: dict[str, float] = {}

    def take(self, signal: Signal, notional_usd: float) -> Signal:
        """The signal as research trades it."""
        self._sizes[signal.signal_id] = notional_usd
        plan = replace(signal.plan, target_r=1.0, trim_r=None, trim_fraction=0.0)
        return replace(signal, target=signal.entry + signal.side * signal.risk, plan=plan)

    def said(self, signal: Signal) -> dict[str, Any]:
        """What the event of a signal says beside what every signal does."""
        return {**self._tags, "notional_usd": self._sizes[signal.signal_id]}

    def day(self, marks: dict[str, float]) -> None:
        """Note the day's equity, for the guard that looks at its fall."""
        self._drawdown.day(self.equity(marks))

    def refuse(self, at_us: int, signal: Signal, routed: Route) -> None:
        """Record that research may not trade a signal."""
        why = {"reason": routed.blocked, "detail": routed.detail, "playbook_id": signal.strategy}
        self._recorder.trade_blocked(at=instant(at_us), signal_id=signal.signal_id, **why, **self._tags)

    def _entry_qty(self, signal: Signal) -> float:
        return self._sizes[signal.signal_id] / signal.entry

    def _fill(self, at_us: int, signal: Signal, order_id: str, side: int, qty: float, price: float) -> float:
        fee = super()._fill(at_us, signal, order_id, side, qty, price)
        of = self._experiment_id, signal.strategy
        what = f"{order_id}-fill", trade_id(signal), signal.symbol, side, qty, price, fee
        self._happened.append(Filled(instant(at_us), SESSION, *what, *of))
        return fee

    def _close(self, at_us: int, market: str, trade: Trade, reason: str) -> dict[str, Any]:
        facts = super()._close(at_us, market, trade, reason)
        closed = Closed(instant(at_us), SESSION, trade.trade_id, facts["pnl_usd"], 0.0, self._experiment_id)
        self._happened.append(closed)
        return facts


class Research:
    """Research money and experiments of the session, as far as it has come.

    ``held`` is brought up to date when somebody asks: by all that was recorded up to then, in the order of its own
    times, as whoever reads the events later does.
    """

    def __init__(
        self, recorder: Recording, settings: PaperSettings, research: ResearchSettings, specs: Sequence[Spec]
    ) -> None:
        self._recorder, self._research = recorder, research
        self._specs = specs
        self._limits = Limits(research.research_budget_fraction, research.research_max_loss_usd)
        self._happened: list[Happening] = []
        self.held = Held({}, {SESSION: Budget()})
        self.main_usd = settings.capital_usd * (1 - research.research_budget_fraction)
        own = settings.model_copy(update={"capital_usd": max(settings.capital_usd - self.main_usd, 1e-9)})
        names = [spec.experiment_id for spec in specs]
        self.books = {name: ResearchBook(recorder, own, name, self._happened) for name in names}

    def day(self, at_us: int, main_equity_usd: float, marks: dict[str, float]) -> None:
        """A day begins: on the first one the money is there and the experiments are asked for."""
        self._happened.append(Opened(instant(at_us), SESSION, main_equity_usd))
        for book in self.books.values():
            book.day(marks)
        specs, self._specs = self._specs, ()
        for spec in specs:
            self._ask(at_us, spec, RUNNING)

    def marked(self, at_us: int, symbol: str, close: float) -> None:
        """A bar closes."""
        if self.books:
            self._happened.append(Marked(instant(at_us), symbol, close))

    def routed(self, at_us: int, signal: Signal) -> Route:
        """Where a signal goes: to main, or to an experiment's book, which may be closed."""
        if not self.books:
            return Route(MAIN, None, None, None, "this bot has no experiment")
        budget = self._up_to_date(at_us)
        trigger = Trigger(signal.symbol, CATEGORIES[signal.strategy], playbook_id=signal.strategy)
        standing = Standing(budget.cash_usd, budget.is_paused, budget.pause_reason)
        return route(trigger, self.held.experiments.values(), standing)

    def end(self) -> None:
        """The bars end: whatever was recorded counts."""
        walk(self.held, in_order(self._happened), self._limits)

    def size_usd(self) -> float:
        """Notional of a research trade now: a share of research cash."""
        return (self.held.budgets[SESSION].cash_usd or 0.0) * self._research.research_position_fraction

    def _up_to_date(self, at_us: int) -> Budget:
        due = [happening for happening in self._happened if happening.at <= instant(at_us)]
        self._happened[:] = [happening for happening in self._happened if happening.at > instant(at_us)]
        told = walk(self.held, in_order(due), self._limits)
        self.held.budgets[SESSION].end_day()
        self._tell(at_us, told)
        return self.held.budgets[SESSION]

    def _tell(self, at_us: int, told: Told) -> None:
        """Ask for the pause of what this bot has paused itself."""
        for move in told.transitions:
            if move.to_state == "paused":
                self._ask(at_us, self.held.experiments[move.experiment_id].spec, "paused")

    def _ask(self, at_us: int, spec: Spec, state: str) -> None:
        """Record a request; a start is walked at its instant, too."""
        if state == RUNNING:
            asked = Request(instant(at_us), spec.experiment_id, BOT, "paper", SESSION, spec.experiment_id, state, spec)
            self._happened.append(asked)
        self._recorder.experiment(at=instant(at_us), **_payload(spec), status=state)


def _payload(spec: Spec) -> Mapping[str, Any]:
    """The fields of the `experiment` event but its status."""
    told = asdict(spec)
    exposure = {name: list(told.pop(name)) for name in ("target_symbols", "trigger_categories")}
    metrics = {name: told.pop(name) for name in ("min_sample_size", "max_loss_usd")}
    return {**told, "exposure": exposure, "metrics": metrics}
