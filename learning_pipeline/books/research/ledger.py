"""What the ledger keeps of research, and the file that bots read; imported by bots' processes too: no Polars."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict
from typing import Any

from learning_pipeline.books.research.budget import Session
from learning_pipeline.books.research.experiment import JUDGE, PERSON, Spec
from learning_pipeline.books.research.fold import Limits, Told, walk
from learning_pipeline.books.research.requests import DRAFT, RUNNING, Held, Request
from learning_pipeline.books.research.rows import budget_rows, experiment_rows, held_of
from learning_pipeline.books.research.suggestion import ExperimentSuggestion
from learning_pipeline.errors import BadInput, Refused

Row = dict[str, Any]
TOLD_OF_SESSION = ["source", "session_id", "initial_capital", "cash", "total_pnl", "max_loss_usd", "paused"]


def asked_by(actor: str, at: dt.datetime, experiment_id: str, state: str, reason: str | None) -> Request:
    """A person's request that an experiment be in a state.

    Raises
    ------
    BadInput
        The name is empty.
    """
    return _act(at, PERSON, _named(actor), None, experiment_id, state, None, reason)


def lift_asked_by(actor: str, at: dt.datetime, session: Session, reason: str | None) -> Request:
    """A person's request that a session's pause be lifted; raises as `asked_by`."""
    return _act(at, PERSON, _named(actor), session, None, None, None, reason)


def suggested_by(
    origin: str, suggestion: ExperimentSuggestion, request_id: str, at: dt.datetime, *, auto_start: bool
) -> Request:
    """A judge's request for an experiment.

    Parameters
    ----------
    origin : str
        Who suggests, such as ``judge:rules``.
    request_id : str
        What makes the suggestion one and the same, however often it is made; the experiment's id follows from it.
    at : datetime
        What it rests on was known by then.
    auto_start : bool
        Whether it is to run at once (setting ``research_auto_start``), else to be a draft.
    """
    spec = suggestion.spec(request_id)
    state = RUNNING if auto_start else DRAFT
    asked = _act(at, JUDGE, origin, None, spec.experiment_id, state, spec, suggestion.rationale)
    return asked._replace(request_id=request_id)


def acted(
    request: Request, experiments: list[Row], sessions: list[Row], pauses: list[Row], limits: Limits
) -> dict[str, list[Row]]:
    """What an act changes in the ledger: the fields of `stores.experiments.Change`.

    Raises
    ------
    Refused
        What a person asks for is no legal move. A judge's refusal is a row instead.
    """
    held = standing(experiments, sessions, pauses)
    told = walk(held, [request], limits)
    verdict = told.verdicts[0]
    if verdict.verdict == "refused" and request.by == PERSON:
        about = request.experiment_id or "/".join(request.session or ())
        raise Refused(f"{about}: {verdict.reason}; `learning-pipeline experiments list` shows how it stands")
    days = [dt.date.fromisoformat(row["as_of"]) for row in (*experiments, *sessions)]
    return change_of(held, told, max(days, default=request.at.astimezone(dt.UTC).date()), limits)


def change_of(held: Held, told: Told, day: dt.date, limits: Limits) -> dict[str, list[Row]]:
    """How all stands as of a day, and what led there, as rows of the ledger."""
    return {
        "experiments": [_plain(row) for row in experiment_rows(held, day)],
        "sessions": [_plain(row) for row in budget_rows(held, day, limits)],
        "transitions": [_timed(move._asdict(), "at", "moved_at") for move in told.transitions],
        "requests": [_verdict_row(*verdict) for verdict in told.verdicts],
        "pauses": [_of_session(p.session) | {"paused_at": _text(p.at), "reason": p.reason} for p in told.pauses],
        "lifts": [_of_session(e.session) | {"lifted_at": _text(e.at), "lifted_by": e.actor} for e in told.lifts],
    }


def standing(experiments: list[Row], sessions: list[Row], pauses: list[Row]) -> Held:
    """What is held, from rows of the ledger; a pause that nobody lifted holds, whatever later data say."""
    held = held_of(map(_read, experiments), map(_read, sessions))
    for pause in pauses:
        budget = held.budgets.get((pause["source"], pause["session_id"]))
        if budget is not None and not budget.is_paused:
            budget.pause(dt.datetime.fromisoformat(pause["paused_at"]), pause["reason"], None)
    return held


def document(experiments: list[Row], sessions: list[Row], pauses: list[Row]) -> Row:
    """What bots read: ``as_of``, ``experiments``, ``sessions``."""
    held = standing(experiments, sessions, pauses)
    reasons = {session: budget.pause_reason for session, budget in held.budgets.items() if budget.is_paused}
    of_sessions = [
        {name: row[name] for name in TOLD_OF_SESSION}
        | {"paused": (row["source"], row["session_id"]) in reasons}
        | {"pause_reason": reasons.get((row["source"], row["session_id"]))}
        for row in sessions
    ]
    as_of = max((row["as_of"] for row in (*experiments, *sessions)), default=None)
    told = [one.told() for _, one in sorted(held.experiments.items())]
    return {"as_of": as_of, "experiments": told, "sessions": of_sessions}


def request_content(request: Request) -> Row:
    """An act as JSON holds it."""
    spec = asdict(request.spec) if request.spec else None
    return request._asdict() | {"at": _text(request.at), "spec": spec}


def request_of(content: Row) -> Request:
    """The act of a content."""
    spec = content["spec"]
    words = {name: tuple(spec[name]) for name in ("target_symbols", "trigger_categories")} if spec else {}
    known = {
        "at": dt.datetime.fromisoformat(content["at"]),
        "session": tuple(content["session"]) if content["session"] else None,
        "spec": Spec(**spec | words) if spec else None,
    }
    return Request(**content | known)


def _act(
    at: dt.datetime,
    by: str,
    actor: str,
    session: Session | None,
    experiment_id: str | None,
    state: str | None,
    spec: Spec | None,
    reason: str | None,
) -> Request:
    said = [by, actor, *(session or ("", "")), experiment_id or "", state or "", _text(at)]
    request_id = hashlib.sha256("\x1f".join(said).encode()).hexdigest()
    return Request(at, request_id, by, actor, session, experiment_id, state, spec, reason)


def _named(actor: str) -> str:
    if not actor.strip():
        raise BadInput("--by: expected the name of the person who asks, was empty")
    return actor.strip()


def _verdict_row(request: Request, verdict: str, _state: str | None, reason: str) -> Row:
    at = _text(request.at)
    return {"request_id": request.request_id, "requested_at": at, "verdict": verdict, "reason": reason}


def _of_session(session: Session) -> Row:
    return {"source": session[0], "session_id": session[1]}


def _timed(row: Row, name: str, named: str) -> Row:
    return {k: value for k, value in row.items() if k != name} | {named: _text(row[name])}


def _plain(row: Row) -> Row:
    """A row as JSON holds it: days and instants as text."""
    return {name: _word(value) for name, value in row.items()}


def _word(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return _text(value)
    return value.isoformat() if isinstance(value, dt.date) else value


def _read(row: Row) -> Row:
    instants = {k: dt.datetime.fromisoformat(v) for k, v in row.items() if k.endswith("_at") and v is not None}
    return row | instants


def _text(at: dt.datetime) -> str:
    """UTC with microseconds always: as text in the order of time."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")
