"""What the evidence asks for, and a person's answer."""

from __future__ import annotations

import datetime as dt
from typing import Any

from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import print_table, tell
from learning_pipeline.errors import BadInput, Refused
from learning_pipeline.overrides.approved import ACTIVE_FOR, override_of
from learning_pipeline.overrides.override import plain_overrides
from learning_pipeline.sdk.proposals import current_proposals
from learning_pipeline.stores.approvals import Answer, Approvals
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.overrides_file import write_overrides

COLUMNS = ["proposal_id", "state", "kind", "target", "gain_usd", "95 % interval", "q"]


def list_proposals(home: Home, *, as_json: bool) -> None:
    """Print every proposal, and note which evidence was shown: only that can be answered."""
    now = dt.datetime.now(dt.UTC)
    found = current_proposals(home, now)
    if found:
        approvals = Approvals(home.ledger)
        approvals.note_listed({row["proposal_id"]: row["evidence_sha256"] for row in found}, now)
        write_overrides(home.overrides, approvals.active)
    if as_json:
        write_json(found)
    elif not found:
        tell("No proposal: no evidence asks for another gate (`learning-pipeline run` brings it up to date).")
    else:
        _show(found)


def approve(home: Home, proposal_id: str, actor: str, reason: str | None) -> dict[str, Any]:
    """Make a proposal an override, for 90 days from now; what was done, in values that JSON holds.

    Raises
    ------
    BadInput
        The proposal is unknown, or the name empty.
    Refused
        It is withdrawn, answered already, or not what was listed last.
    """
    answer = _answer(home, proposal_id, actor, reason)
    override = override_of(answer.proposal, answer.actor, answer.at)
    approvals = Approvals(home.ledger)
    approvals.approve(answer, plain_overrides(override))
    write_overrides(home.overrides, approvals.active)
    return _done(answer, "approved") | {"override_id": override[0].override_id, "file": str(home.overrides)}


def reject(home: Home, proposal_id: str, actor: str, reason: str | None) -> dict[str, Any]:
    """Put a proposal aside for 90 days; as `approve`."""
    answer = _answer(home, proposal_id, actor, reason)
    Approvals(home.ledger).reject(answer)
    return _done(answer, "rejected")


def _answer(home: Home, proposal_id: str, actor: str, reason: str | None) -> Answer:
    now = dt.datetime.now(dt.UTC)
    known = {row["proposal_id"]: row for row in current_proposals(home, now)}
    if proposal_id not in known:
        raise BadInput(f"{proposal_id}: no such proposal; `learning-pipeline proposals list` names them")
    row = known[proposal_id]
    if row["state"] == "withdrawn":
        raise Refused(f"{proposal_id}: withdrawn on {row['as_of']}; its evidence no longer supports it")
    return Answer(row, row["evidence_sha256"], actor, now, now + ACTIVE_FOR, reason)


def _done(answer: Answer, word: str) -> dict[str, Any]:
    said = {"proposal_id": answer.proposal_id, "answer": word, "actor": answer.actor, "decided_at": answer.at}
    return said | {"holds_until": answer.until, "evidence_sha256": answer.evidence_sha256}


def _show(found: list[dict[str, Any]]) -> None:
    print_table(COLUMNS, [_cells(row) for row in found], title="What the evidence asks for")
    for row in found:
        bias = row["calibration_bias_usd"]
        real = "" if bias is None else f" Real trades of the window netted {bias:+,.2f} USD against their simulation."
        tell(f"\n{row['proposal_id']}  {row['would_change']}{real}")


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    interval = f"{row['ci_low_usd']:+,.2f} to {row['ci_high_usd']:+,.2f}"
    named = [row[name] for name in ("proposal_id", "state", "kind", "target")]
    return *named, f"{row['expected_delta_usd']:+,.2f}", interval, f"{row['q_value']:.3f}"
