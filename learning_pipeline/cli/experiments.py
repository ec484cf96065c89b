"""Experiments and research money, and a person's say in them."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from learning_pipeline.books.research import ledger
from learning_pipeline.books.research.requests import Request
from learning_pipeline.books.research.research import limits_of
from learning_pipeline.books.settings import BooksSettings
from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import print_table, tell
from learning_pipeline.defs.catalog import SETTINGS
from learning_pipeline.errors import BadInput, Refused
from learning_pipeline.stores.experiments import Change, Experiments
from learning_pipeline.stores.experiments_file import NOTHING, write_experiments
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.settings_file import load_settings

COLUMNS = ["experiment_id", "state", "since", "by", "playbook", "covers", "net_usd", "max_loss_usd"]
MONEY = ["session", "initial_usd", "cash_usd", "net_usd", "max_loss_usd", "research"]
STATES = {"start": "running", "resume": "running", "pause": "paused"}
DID = {"start": "started", "resume": "resumed", "pause": "paused"}
BEFORE = {"start": {"draft"}, "resume": {"paused"}, "pause": {"running"}}
"""States in which an experiment is started, resumed and paused."""


def list_experiments(home: Home, *, as_json: bool) -> None:
    """Print how everything stands, after the bots' file was brought up to the ledger."""
    document = _document(home)
    if as_json:
        write_json(document)
    elif document == NOTHING:
        tell("No experiment was asked for yet, and no session has research money (`learning-pipeline run`).")
    else:
        _show(home, document)


def move(home: Home, what: str, word: str, actor: str, reason: str | None) -> dict[str, Any]:
    """Start, pause or resume an experiment, or resume a session's research; what was done.

    Raises
    ------
    BadInput
        Neither an experiment nor a session is named so, or the person's name is empty.
    Refused
        It is no legal move as things stand.
    """
    store = _ledger(home)
    request = _request(store, what, word, actor, reason)
    limits = limits_of(cast("BooksSettings", load_settings(home.settings, SETTINGS)["books"]))
    content = ledger.request_content(request)
    store.act(request.request_id, request.at, content, lambda now: Change(**ledger.acted(request, *now, limits)))
    write_experiments(home.experiments, lambda: ledger.document(*store.standing()))
    said = {"did": DID[word], "what": what, "actor": request.actor, "at": request.at, "reason": reason}
    return said | {"file": str(home.experiments)}


def _ledger(home: Home) -> Experiments:
    if not home.ledger.exists():
        raise BadInput(f"{home.root}: there is no ledger yet; `learning-pipeline run` makes it from the bot's events")
    return Experiments(home.ledger)


def _request(store: Experiments, what: str, word: str, actor: str, reason: str | None) -> Request:
    now, standing = dt.datetime.now(dt.UTC), store.standing()
    states = {row["experiment_id"]: row["state"] for row in standing.experiments}
    if what in states:
        if states[what] not in BEFORE[word]:
            raise Refused(f"{what}: it is {states[what]}; to {word} it, it must be {' or '.join(BEFORE[word])}")
        return ledger.asked_by(actor, now, what, STATES[word], reason)
    sessions = {f"{row['source']}/{row['session_id']}": row for row in standing.sessions}
    if what not in sessions or word != "resume":
        raise BadInput(f"{what}: no such experiment or session; `learning-pipeline experiments list` names them")
    return ledger.lift_asked_by(actor, now, (sessions[what]["source"], sessions[what]["session_id"]), reason)


def _document(home: Home) -> dict[str, Any]:
    if not home.ledger.exists():
        return NOTHING
    store = Experiments(home.ledger)
    write_experiments(home.experiments, lambda: ledger.document(*store.standing()))
    return ledger.document(*store.standing())


def _show(home: Home, document: dict[str, Any]) -> None:
    rows = Experiments(home.ledger).standing().experiments
    if rows:
        print_table(COLUMNS, [_cells(row) for row in rows], title="What research tries")
        for row in rows:
            tell(f"\n{row['experiment_id']}  {row['hypothesis']}\n  {row['state']}: {row['reason']}")
        tell("")
    title = f"What research may risk, as of {document['as_of']}"
    print_table(MONEY, [_money(one) for one in document["sessions"]], title=title)


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    covers = ", ".join([*row["target_symbols"], *row["trigger_categories"]]) or "every trigger"
    named = row["experiment_id"], row["state"], row["state_at"][:16].replace("T", " "), row["moved_by"]
    return *named, row["playbook_id"] or "", covers, f"{row['realised_usd']:+,.2f}", f"{row['max_loss_usd']:,.2f}"


def _money(one: dict[str, Any]) -> tuple[Any, ...]:
    known = ("initial_capital", "cash", "total_pnl", "max_loss_usd")
    usd = ["unknown" if one[name] is None else f"{one[name]:,.2f}" for name in known]
    open_ = f"paused: {one['pause_reason']}" if one["paused"] else "open"
    return f"{one['source']}/{one['session_id']}", *usd, open_
