"""Which budget a trigger is traded from (research-budget, "Routing Table").

A trigger of research never falls through to main: where research may not trade it, it is not traded. An emergency exit
is always executed on the main path; its profit and cash go to the book that owns the position, as every fill's do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from learning_pipeline.books.research.experiment import Experiment

MAIN, RESEARCH = "profit", "research"
CLAIMING = frozenset({"running", "paused"})
"""States in which triggers are an experiment's: a paused one keeps them from main, where nobody meant them to go."""
PAUSED, INSOLVENT = "research_paused", "research_insolvent"


class Trigger(NamedTuple):
    """What fires, as far as routing asks; ``experiment_id`` or ``is_research`` tag it as research's."""

    symbol: str
    category: str | None = None
    emergency_exit: bool = False
    force_main_budget: bool = False
    is_research: bool = False
    experiment_id: str | None = None
    playbook_id: str | None = None

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> Trigger:
        """A trigger from the fields of a ``signal``; ``book`` "research" or ``is_research`` is the tag, others stay."""
        known = {name: fields[name] for name in cls._fields if fields.get(name) is not None}
        return cls(**known | {"is_research": bool(fields.get("is_research")) or fields.get("book") == RESEARCH})


class Standing(NamedTuple):
    """A session's budget as routing sees it; ``cash_usd`` None: unknown, which is not known to be spent."""

    cash_usd: float | None
    paused: bool = False
    pause_reason: str | None = None


class Route(NamedTuple):
    """Where a trigger goes.

    Attributes
    ----------
    book : str
        ``profit`` or ``research``.
    blocked : str, optional
        ``research_paused`` or ``research_insolvent``: it is not traded at all.
    experiment_id, playbook_id : str, optional
        The experiment that it is traded (or blocked) for, and the playbook under test.
    detail : str
        Why.
    """

    book: str
    blocked: str | None
    experiment_id: str | None
    playbook_id: str | None
    detail: str


def route(trigger: Trigger, experiments: Iterable[Experiment], budget: Standing | None) -> Route:
    """Main or research, or blocked.

    Parameters
    ----------
    trigger : Trigger
    experiments : iterable of Experiment
        In any state and order. Of several that cover the trigger a running one counts before a paused one, which
        blocks; then the one that it names, then one on its playbook, then the narrowest, then the smallest id.
    budget : Standing or None
        Research money of the trigger's session; None: the session has none, which blocks as insolvent.
    """
    if trigger.emergency_exit:
        return _main("an emergency exit is always executed on the main path")
    if trigger.force_main_budget:
        return _main("the trigger asks for the main budget")
    known = list(experiments)
    covering = [e for e in known if e.state in CLAIMING and e.spec.covers(trigger.symbol, trigger.category)]
    chosen = min(covering, key=lambda e: _rank(e, trigger), default=None)
    if chosen is None:
        named = next((e for e in known if e.spec.experiment_id == trigger.experiment_id), None)
        is_tagged = trigger.is_research or named is not None
        return _idle(trigger, named) if is_tagged else _main("no experiment claims it")
    why = _closed(chosen, budget)
    return _research(chosen, *(why or (None, f"covered by experiment {chosen.spec.experiment_id}")))


def _closed(experiment: Experiment, budget: Standing | None) -> tuple[str, str] | None:
    """Why an experiment may not trade now; None where it may."""
    if experiment.state == "paused":
        return PAUSED, f"experiment {experiment.spec.experiment_id} is paused: {experiment.reason}"
    if budget is None:
        return INSOLVENT, "the session has no research money"
    if budget.cash_usd is not None and budget.cash_usd <= 0:
        return INSOLVENT, "research has no cash left"
    return (PAUSED, budget.pause_reason or "research is paused") if budget.paused else None


def _rank(experiment: Experiment, trigger: Trigger) -> tuple[bool, bool, bool, bool, bool, str]:
    spec = experiment.spec
    is_named = spec.experiment_id == trigger.experiment_id
    on_playbook = spec.playbook_id is not None and spec.playbook_id == trigger.playbook_id
    is_wide = not spec.target_symbols, not spec.trigger_categories
    return experiment.state != "running", not is_named, not on_playbook, *is_wide, spec.experiment_id


def _main(why: str) -> Route:
    return Route(MAIN, None, None, None, why)


def _research(experiment: Experiment, blocked: str | None, why: str) -> Route:
    return Route(RESEARCH, blocked, experiment.spec.experiment_id, experiment.spec.playbook_id, why)


def _idle(trigger: Trigger, named: Experiment | None) -> Route:
    """A research trigger that no experiment claims."""
    if named is None:
        return Route(RESEARCH, PAUSED, trigger.experiment_id, trigger.playbook_id, "no experiment covers it")
    return _research(named, PAUSED, f"experiment {named.spec.experiment_id} is {named.state} or does not cover it")
