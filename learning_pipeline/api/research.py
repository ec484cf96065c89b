"""Research money and experiments, by session (research-budget, Step 6)."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from learning_pipeline.api.problem import NotFound
from learning_pipeline.api.published import newest, opened
from learning_pipeline.api.status import AtHome
from learning_pipeline.stores.experiments_file import read_experiments
from learning_pipeline.stores.home import Home

router = APIRouter(tags=["research"])
LONGEST = 200
SessionId = Annotated[str, Query(description="the bot's session", min_length=1, max_length=LONGEST)]
Source = Annotated[str | None, Query(description="the bot, where two have a session of that name", max_length=LONGEST)]
TABLE = "books.research_budget"
OF_RUN = ("as_of", "open_pnl", "active_experiment_id", "active_playbook_id", "positions", "trades")


@router.get("/research-budget", summary="Cash, PnL, pause and active experiment of a session")
def research_budget(home: AtHome, session_id: SessionId, source: Source = None) -> dict[str, Any]:
    """Research money of a session: the ledger's pause as it is now, money and positions as of the last run.

    Money is quote money; null is unknown. `active_experiment_id` is the running experiment that traded last.
    """
    session = _session(home, session_id, source)
    found = newest(home, TABLE, "as_of", source=session["source"], session_id=session_id)
    of_run = opened(found[0], "positions") if found else {}
    return session | {name: of_run.get(name) for name in OF_RUN}


@router.get("/research-budget/experiments", summary="Experiments of a session with their status")
def experiments_of_session(home: AtHome, session_id: SessionId, source: Source = None) -> list[dict[str, Any]]:
    """Every experiment that the session asked for or that no session did, as the ledger has it now."""
    session = _session(home, session_id, source)
    asked = {row["experiment_id"]: row for row in newest(home, "books.experiments", "as_of")}
    mine = {(session["source"], session_id), (None, None)}
    return [each for each in read_experiments(home.experiments)["experiments"] if _whose(asked, each) in mine]


@router.get("/experiments", summary="Every experiment with its status")
def experiments(home: AtHome) -> list[dict[str, Any]]:
    """Every experiment as the ledger has it now."""
    return read_experiments(home.experiments)["experiments"]


def _whose(asked: dict[str, dict[str, Any]], experiment: dict[str, Any]) -> tuple[str | None, str | None]:
    row = asked.get(experiment["experiment_id"], {})
    return row.get("source"), row.get("session_id")


def _session(home: Home, session_id: str, source: str | None) -> dict[str, Any]:
    """The one session of that name.

    Raises
    ------
    NotFound
        There is none, or several bots have one and none was named.
    """
    sessions = read_experiments(home.experiments)["sessions"]
    named = [s for s in sessions if s["session_id"] == session_id and source in {None, s["source"]}]
    if len(named) == 1:
        return named[0]
    if named:
        raise NotFound(f"session_id: {len(named)} bots have a session {session_id}; expected source=, one of theirs")
    raise NotFound(f"session_id: no session {session_id} has research money; known are {_known(sessions)}")


def _known(sessions: list[dict[str, Any]]) -> str:
    return ", ".join(sorted({each["session_id"] for each in sessions})[:10]) or "none"
