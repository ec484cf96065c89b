"""Proposals as they stand now: the newest evidence of each, and what people answered."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from learning_pipeline.analysis.proposals.tables import Proposals
from learning_pipeline.stores.approvals import Approvals
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.lake import Lake

NOT_EVIDENCE = {"as_of", "state"}
"""A day on which the same was found again is no new evidence."""
ORDER = {"open": 0, "approved": 1, "rejected": 2, "withdrawn": 3}


def current_proposals(home: Home, now: dt.datetime) -> list[dict[str, Any]]:
    """Each proposal once: open ones first, then by what they promise.

    Returns
    -------
    list of dict
        Columns of ``analysis.proposals`` in values that JSON holds, the person's answer as ``state`` where one holds at
        ``now``, and ``evidence_sha256``.
    """
    answers = Approvals(home.ledger).standing(now) if home.ledger.exists() else {}
    found = Proposals.newest(Lake(home.lake).read(Proposals)).drop("day")
    rows = [_standing(row, answers) for row in found.iter_rows(named=True)]
    return sorted(rows, key=lambda row: (ORDER[row["state"]], -row["expected_delta_usd"], row["proposal_id"]))


def _standing(row: dict[str, Any], answers: dict[str, str]) -> dict[str, Any]:
    plain = row | {"as_of": row["as_of"].isoformat()}
    state = answers.get(row["proposal_id"], row["state"])
    return plain | {"state": state, "evidence_sha256": _digest(plain)}


def _digest(row: dict[str, Any]) -> str:
    evidence = {name: value for name, value in row.items() if name not in NOT_EVIDENCE}
    return hashlib.sha256(json.dumps(evidence, sort_keys=True).encode()).hexdigest()
