"""Requests about experiments: each is applied once, or refused with a reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from learning_pipeline.books.research.budget import Budget, Session
from learning_pipeline.books.research.experiment import PERSON, Experiment, Spec, refused_move

RUNNING, DRAFT = "running", "draft"


class Request(NamedTuple):
    """What somebody asks for.

    Attributes
    ----------
    request_id : str
        ``event_id`` of an event, else made for a person's or a judge's own act.
    by : str
        `PERSON`, `BOT` or `JUDGE`; ``actor`` is the name.
    session : (source, session_id), optional
        Session it was sent from, or whose pause it lifts.
    experiment_id, state : str, optional
        What is to be in which state; both None: the session's pause is to be lifted.
    spec : Spec, optional
        What the experiment is; None where it must be there already.
    fault : str, optional
        Why it cannot even be read.
    """

    at: dt.datetime
    request_id: str
    by: str
    actor: str
    session: Session | None
    experiment_id: str | None
    state: str | None
    spec: Spec | None = None
    reason: str | None = None
    fault: str | None = None


class Verdict(NamedTuple):
    """What became of a request: ``applied`` (with the state that it led to) or ``refused``, and why."""

    request: Request
    verdict: str
    state: str | None
    reason: str


class Held(NamedTuple):
    """What requests are about: experiments by id, budgets by session."""

    experiments: dict[str, Experiment]
    budgets: dict[Session, Budget]


def answer(held: Held, request: Request) -> Verdict:
    """Apply a request to what is held, or refuse it; nothing is changed where it is refused."""
    fault = request.fault or (request.spec.fault() if request.spec else None)
    if fault:
        return Verdict(request, "refused", None, fault)
    if request.experiment_id is None:
        return _lifted(held, request)
    before = held.experiments.get(request.experiment_id)
    return _created(held, request) if before is None else _moved(held, request, before)


def blocked_start(held: Held, spec: Spec, session: Session | None) -> str | None:
    """Why an experiment cannot run now; None where it can.

    Without a session any whose budget is open will do; a budget that nobody told of is not known to be closed.
    """
    if spec.playbook_id is not None:
        others = (one for name, one in sorted(held.experiments.items()) if name != spec.experiment_id)
        on_it = (o.spec for o in others if (o.spec.playbook_id, o.state) == (spec.playbook_id, RUNNING))
        running = next(on_it, None)
        if running:
            return f"{running.experiment_id} is running on {spec.playbook_id} already"
    asked = held.budgets if session is None else _of(held.budgets, session)
    closed = [why for why in map(_closed, asked.values()) if why]
    return closed[0] if closed and len(closed) == len(asked) else None


def _of(budgets: Mapping[Session, Budget], session: Session) -> dict[Session, Budget]:
    return {session: budgets[session]} if session in budgets else {}


def _closed(budget: Budget) -> str | None:
    if budget.is_paused:
        return f"research is paused: {budget.pause_reason}"
    return "research has no cash left" if budget.is_insolvent else None


def _created(held: Held, request: Request) -> Verdict:
    if request.spec is None or request.state is None:
        return Verdict(request, "refused", None, f"no experiment {request.experiment_id} is known")
    refusal = refused_move(None, request.state, request.by)
    if refusal:
        return Verdict(request, "refused", None, refusal)
    blocked = blocked_start(held, request.spec, request.session) if request.state == RUNNING else None
    state = DRAFT if blocked else request.state
    why = f"asked to run, but {blocked}" if blocked else request.reason or "as asked for"
    held.experiments[request.spec.experiment_id] = Experiment(
        spec=request.spec,
        origin=request.actor,
        session=request.session,
        created_at=request.at,
        state=state,
        state_at=request.at,
        moved_by=request.actor,
        reason=why,
    )
    return Verdict(request, "applied", state, why)


def _moved(held: Held, request: Request, before: Experiment) -> Verdict:
    refusal = _refused(held, request, before)
    if refusal or request.state is None:
        return Verdict(request, "refused", None, refusal or "no state is asked for")
    why = request.reason or "as asked for"
    after = before.moved(request.state, request.at, request.actor, why)
    if request.state == RUNNING:
        after = _started(held, after)
    held.experiments[before.spec.experiment_id] = after
    return Verdict(request, "applied", request.state, why)


def _refused(held: Held, request: Request, before: Experiment) -> str | None:
    if request.spec is not None and request.spec != before.spec:
        return "an experiment's hypothesis, exposure and metrics never change; ask for a new one"
    if request.state == before.state:
        return f"it is {before.state} already"
    refusal = refused_move(before.state, request.state or "", request.by)
    if refusal or request.state != RUNNING:
        return refusal
    own_pause = request.by == PERSON and before.state == "paused"
    return blocked_start(_without_pauses_of(held, before) if own_pause else held, before.spec, request.session)


def _without_pauses_of(held: Held, one: Experiment) -> Held:
    """What is held once the pauses that the experiment's own limit made are lifted."""
    made = {k for k, budget in held.budgets.items() if budget.pause_experiment_id == one.spec.experiment_id}
    return held._replace(budgets={k: budget for k, budget in held.budgets.items() if k not in made})


def _started(held: Held, one: Experiment) -> Experiment:
    """Loss counts anew from here; the pauses that its own limit made are over."""
    for budget in held.budgets.values():
        if budget.pause_experiment_id == one.spec.experiment_id:
            budget.lift()
    return replace(one, loss_from_usd=profit_usd(held, one))


def profit_usd(held: Held, one: Experiment) -> float:
    """Realised and open profit of an experiment, in all sessions."""
    ours = [
        position.open_usd
        for session in sorted(held.budgets)
        for _, position in sorted(held.budgets[session].positions.items())
        if position.experiment_id == one.spec.experiment_id
    ]
    return one.realised_usd + sum(ours)


def _lifted(held: Held, request: Request) -> Verdict:
    budget = held.budgets.get(request.session) if request.session else None
    where = "/".join(request.session) if request.session else "?"
    if budget is None or not budget.is_paused:
        return Verdict(request, "refused", None, f"research of session {where} is not paused")
    if request.by != PERSON:
        return Verdict(request, "refused", None, f"a pause is lifted by a named person, not by a {request.by}")
    why = request.reason or f"lifted the pause: {budget.pause_reason}"
    budget.lift()
    return Verdict(request, "applied", None, why)
