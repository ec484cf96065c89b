"""The walk: what happens to research money and experiments, in the order of time; live and over events alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from learning_pipeline.books.research.budget import Budget, Closed, Filled, Marked, Opened, Session
from learning_pipeline.books.research.experiment import LIMIT, Experiment
from learning_pipeline.books.research.requests import RUNNING, Held, Request, Verdict, answer, profit_usd

Happening = Opened | Filled | Closed | Marked | Request

_ORDER: dict[type, int] = {Opened: 0, Filled: 1, Closed: 2, Marked: 3, Request: 4}
"""Within one instant: money and prices first, then the limits, then what is asked for."""


@dataclass(frozen=True)
class Limits:
    """The shares of ``[books]`` that the walk needs; ``max_loss_usd`` None: half of research capital."""

    budget_fraction: float
    max_loss_usd: float | None

    def capital_usd(self, main_equity_usd: float) -> float:
        """Research capital beside a main equity that it was taken out of."""
        return main_equity_usd * self.budget_fraction / (1 - self.budget_fraction)

    def session_usd(self, budget: Budget) -> float | None:
        """Loss that pauses a session; None while its capital is unknown."""
        half = None if budget.initial_usd is None else 0.5 * budget.initial_usd
        return half if self.max_loss_usd is None else self.max_loss_usd


class Transition(NamedTuple):
    """A change of an experiment's state."""

    at: dt.datetime
    experiment_id: str
    from_state: str | None
    to_state: str
    actor: str
    reason: str


class Pause(NamedTuple):
    """A session's research stopped by a limit."""

    at: dt.datetime
    session: Session
    reason: str


class Lift(NamedTuple):
    """A session's pause ended by a person."""

    at: dt.datetime
    session: Session
    actor: str


class Told(NamedTuple):
    """What a walk came upon, in the order of time."""

    verdicts: list[Verdict]
    transitions: list[Transition]
    pauses: list[Pause]
    lifts: list[Lift]

    def add(self, more: Told) -> None:
        """Append what a later walk came upon."""
        self.verdicts.extend(more.verdicts)
        self.transitions.extend(more.transitions)
        self.pauses.extend(more.pauses)
        self.lifts.extend(more.lifts)


def nothing_told() -> Told:
    """What a walk over nothing comes upon."""
    return Told([], [], [], [])


def in_order(happenings: Iterable[Happening]) -> list[Happening]:
    """The one order of happenings, whatever order they are given in."""
    return sorted(happenings, key=lambda h: (h.at, _ORDER[type(h)], _name(h)))


def walk(held: Held, happenings: Iterable[Happening], limits: Limits) -> Told:
    """Apply happenings, given in order, to what is held.

    After the money and the prices of each instant the limits are asked: those of the sessions and experiments that
    felt anything. So what is held after an instant does not depend on the order within it.
    """
    told = nothing_told()
    for at, instant in groupby(happenings, key=attrgetter("at")):
        requests = []
        felt: set[tuple[Session, str]] = set()
        for happening in instant:
            if isinstance(happening, Request):
                requests.append(happening)
            else:
                felt |= _felt(held, happening, limits)
        if felt:
            _ask_limits(held, at, felt, limits, told)
        for request in requests:
            _answer(held, request, told)
    return told


def _name(happening: Happening) -> tuple[str, ...]:
    if isinstance(happening, Filled):
        return (*happening.session, happening.trade_id, happening.fill_id)
    if isinstance(happening, Closed):
        return (*happening.session, happening.trade_id)
    if isinstance(happening, Marked):
        return (happening.symbol,)
    return (happening.request_id,) if isinstance(happening, Request) else happening.session


def _felt(held: Held, happening: Opened | Filled | Closed | Marked, limits: Limits) -> set[tuple[Session, str]]:
    """Apply one happening; the sessions that felt it, each with the experiment whose trade did."""
    if isinstance(happening, Marked):
        marked = ((session, budget.mark(happening.symbol, happening.price)) for session, budget in held.budgets.items())
        return {(session, experiment_id) for session, experiments in marked for experiment_id in experiments}
    budget = held.budgets.setdefault(happening.session, Budget())
    budget.heard_at = happening.at
    if isinstance(happening, Opened):
        if budget.initial_usd is None:
            budget.initial_usd = limits.capital_usd(happening.main_equity_usd)
        return set()
    gained = budget.fill(happening) if isinstance(happening, Filled) else budget.close(happening)
    experiment = held.experiments.get(happening.experiment_id)
    if experiment:
        held.experiments[happening.experiment_id] = replace(experiment, realised_usd=experiment.realised_usd + gained)
    return {(happening.session, happening.experiment_id)}


def _ask_limits(held: Held, at: dt.datetime, felt: set[tuple[Session, str]], limits: Limits, told: Told) -> None:
    """Pause what has lost more than it may; the tighter limit is the one that is met first."""
    lost = {name: _lost(held, one) for name, one in sorted(held.experiments.items()) if one.state == RUNNING}
    for name, why in lost.items():
        if why:
            _pause_experiment(held, at, held.experiments[name], why, told)
    for session, experiment_id in sorted(felt):
        why = lost.get(experiment_id)
        if why:
            _pause_session(held.budgets[session], at, session, why, experiment_id, told)
    for session in sorted({session for session, _ in felt}):
        loss, most = _loss(held.budgets[session]), limits.session_usd(held.budgets[session])
        if most is not None and loss > most:
            why = f"lost {loss:.2f} USD, more than {most:.2f}"
            _pause_session(held.budgets[session], at, session, why, None, told)


def _loss(budget: Budget) -> float:
    return budget.loss_from_usd - budget.profit_usd()


def _lost(held: Held, one: Experiment) -> str | None:
    loss = one.loss_from_usd - profit_usd(held, one)
    limit = one.spec.max_loss_usd
    return f"{one.spec.experiment_id} lost {loss:.2f} USD, more than {limit:.2f}" if loss > limit else None


def _pause_experiment(held: Held, at: dt.datetime, one: Experiment, why: str, told: Told) -> None:
    name = one.spec.experiment_id
    held.experiments[name] = one.moved("paused", at, LIMIT, why)
    told.transitions.append(Transition(at, name, one.state, "paused", LIMIT, why))


def _pause_session(
    budget: Budget, at: dt.datetime, session: Session, why: str, experiment_id: str | None, told: Told
) -> None:
    if not budget.is_paused:
        budget.pause(at, why, experiment_id)
        told.pauses.append(Pause(at, session, why))


def _answer(held: Held, request: Request, told: Told) -> None:
    before = held.experiments.get(request.experiment_id or "")
    paused = [session for session in sorted(held.budgets) if held.budgets[session].is_paused]
    verdict = answer(held, request)
    told.verdicts.append(verdict)
    lifted = (session for session in paused if not held.budgets[session].is_paused)
    told.lifts.extend(Lift(request.at, session, request.actor) for session in lifted)
    if verdict.state is not None and request.experiment_id is not None:
        was = before.state if before else None
        told.transitions.append(
            Transition(request.at, request.experiment_id, was, verdict.state, request.actor, verdict.reason)
        )
