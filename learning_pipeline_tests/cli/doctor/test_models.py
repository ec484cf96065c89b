"""What the doctor says of models: the rules by hand, and a ledger in which each of them speaks."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import sqlalchemy as sa

from learning_pipeline.cli.doctor.facts import Facts, Governed, Unreadable
from learning_pipeline.cli.doctor.finding import Finding, Level
from learning_pipeline.cli.doctor.look_at_models import look_at_models
from learning_pipeline.cli.doctor.rules_models import RULES
from learning_pipeline.stores import rollout_tables as tables
from learning_pipeline.stores.audit import Audit, hold
from learning_pipeline.stores.database import Database, utc_text
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry
from learning_pipeline_tests.cli.doctor.test_rules import NOW, PLACE, RUNS

WELL = Governed([], 0, None, [], "")
HOUR = dt.timedelta(hours=1)


def told(governed: Governed | Unreadable | None) -> list[Finding]:
    facts = Facts(NOW, "", PLACE, None, None, RUNS, governed)
    return [finding for rule in RULES if (finding := rule(facts))]


def test_where_all_is_well_or_no_ledger_is_there_nothing_is_said() -> None:
    assert told(WELL) == told(None) == told(WELL._replace(n_failed_in_a_row=2, failure="disk")) == []


def test_each_trouble_is_said_in_one_sentence_with_what_to_do() -> None:
    bad = Governed(["m psi of f"], 3, "disk full", ["r1"], "record 2: edited")
    found = told(bad)
    assert [(f.level, f.about) for f in found] == [
        (Level.warning, "drift"),
        (Level.warning, "training"),
        (Level.warning, "rollout"),
        (Level.problem, "audit"),
    ]
    assert all(f.do for f in found)
    assert "m psi of f" in found[0].what
    assert "disk full" in found[1].what
    assert [f.level for f in told(Unreadable("it is no database"))] == [Level.problem]


def training(k: int, status: str) -> dict[str, object]:
    at = NOW + k * HOUR
    said = {"model_type": "signal_model", "status": status, "reason": f"reason {k}", "started_at": at, "ended_at": at}
    return {"train_id": f"t{k}", "is_scheduled": False, "config_hash": "c", **said}


def approved(home: Home, request_id: str, expires_at: dt.datetime) -> None:
    """A request that a person approved, as the ledger holds it."""
    of = {"request_id": request_id, "target": "main", "artifact_id": "m", "requested_by": "anna", "reason": None}
    asked = {**of, "to_state": "active", "requested_at": utc_text(NOW), "state": "open", "closed_at": None}
    digests = dict.fromkeys(["artifact_sha256", "evaluations_sha256", "dataset_id", "policy_sha256"], "x")
    answered = {"approval_id": f"a-{request_id}", "approved_by": "bert", "answer": "approved"}
    when = {"answered_at": utc_text(NOW), "expires_at": utc_text(expires_at), "used_at": None, "replaces_sha256": None}
    with Database(home.ledger, tables.metadata).writing() as connection:
        connection.execute(sa.insert(tables.requests).values(asked))
        connection.execute(sa.insert(tables.approvals).values({**of, **digests, **answered, **when}))


def test_a_ledger_is_looked_at_and_not_changed(tmp_path: Path) -> None:
    home = Home.at(tmp_path)
    for k, status in enumerate(["failed", "succeeded", "failed", "failed", "refused", "failed"]):
        Registry(home).add_training(training(k, status))
    approved(home, "r1", NOW + HOUR)
    approved(home, "r2", NOW - HOUR)
    with Database(home.ledger, tables.metadata).writing() as connection:
        hold(connection)
        Audit(home).append(connection, NOW, "anna", "request", "main", "m", "done", {})
    Audit(home).publish_head()
    before = home.ledger.read_bytes()
    found = look_at_models(home, NOW)
    assert found == Governed([], 3, "reason 5", ["r1"], "")
    assert home.ledger.read_bytes() == before
    with Database(home.ledger, tables.metadata).writing() as connection:
        connection.execute(sa.update(tables.audit).values(actor="mallory"))
    fault = look_at_models(home, NOW).audit_fault
    assert fault.startswith("record 1 ")
