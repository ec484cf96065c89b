"""From evidence to a changed bot: a costly guard is proposed, a person approves, the next decision differs."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import learning_pipeline as lp
from learning_pipeline.analysis.proposals.tables import Proposals
from learning_pipeline.errors import BadInput
from learning_pipeline.events.tables import Gates
from learning_pipeline.overrides.tables import Approvals as Answers
from learning_pipeline.overrides.tables import Overrides, Transitions
from learning_pipeline.stores.approvals import Approvals
from learning_pipeline.stores.lake import Lake
from learning_pipeline_tests.cli.conftest import CommandLine
from learning_pipeline_tests.sdk.conftest import price, signal
from learning_pipeline_tests.worlds import Root

OWN = {"VolatilityGuard": 0.04, "SpreadGuard": 5.0}
MEASURED = {"VolatilityGuard": 0.05, "SpreadGuard": 2.5}


def listed(command: CommandLine) -> list[dict[str, Any]]:
    said = command("proposals", "list", "--json")
    assert said.exit_code == 0, said.err
    return json.loads(said.out)


def the_one(command: CommandLine) -> str:
    (proposal,) = listed(command)
    return proposal["proposal_id"]


def refused(command: CommandLine, *arguments: object) -> str:
    said = command("proposals", *arguments)
    assert (said.exit_code, said.out, said.err.count("\n")) == (1, "", 1)
    return said.err


def sql(command: CommandLine, query: str) -> list[dict[str, Any]]:
    return json.loads(command("sql", query, "--format", "json").out)


def a_bot_decides(home: Path, recorder: lp.Recorder, name: str, at: dt.datetime) -> bool:
    """A bot in ten lines: its own limits, what is in force instead, every gate recorded with both."""
    limits = lp.load_overrides(home).apply(OWN, "pm.uptrend.S1.entry", {"timeframe": "1h"}, at=at, explain=True)
    gates = []
    for gate, limit in limits.items():
        passed = limit.threshold is None or MEASURED[gate] <= limit.threshold
        told = {"name": gate, "value": MEASURED[gate], "op": "<=", "passed": passed, "override_id": limit.override_id}
        gates.append(told | {"base_threshold": limit.base_threshold, "threshold": limit.threshold})
    failed = [gate["name"] for gate in gates if not gate["passed"]]
    answer = {"decision": "blocked", "blocker_component": failed[0]} if failed else {"decision": "approved"}
    recorder.decision(at=at, signal_id=name, market={"price": price(1)}, gates=gates, **answer)
    return not failed


def test_a_costly_guard_is_proposed_with_its_evidence_and_nothing_changes_yet(command: CommandLine) -> None:
    (proposal,) = listed(command)
    assert (proposal["kind"], proposal["target"], proposal["state"]) == ("drop_guard", "VolatilityGuard", "open")
    assert proposal["change"] == '{"drop":["VolatilityGuard"]}'
    assert 0 < proposal["ci_low_usd"] < proposal["expected_delta_usd"] < proposal["ci_high_usd"]
    assert (proposal["n_changed"], proposal["n_days"], proposal["n_trials"], proposal["basis"]) == (
        25,
        13,
        2,
        "marginal",
    )
    assert proposal["q_value"] <= 0.05
    assert proposal["base_thresholds"] == '{"VolatilityGuard":0.04}'
    for number in (f"{proposal['ci_low_usd']:,.2f} USD", "25 decisions on 13 days", "2 guards", "fewer than 10 days"):
        assert number in proposal["would_change"]
    shown = command("proposals", "list")
    assert proposal["proposal_id"] in shown.out
    assert " ".join(proposal["would_change"].split()) in " ".join(shown.out.split())
    assert lp.load_overrides(command.home).apply(OWN) == OWN


def test_the_same_proposal_keeps_its_id_from_day_to_day(root: Root) -> None:
    rows = root.table(Proposals)
    assert rows["proposal_id"].n_unique() == 1
    assert rows.height > 2
    assert set(rows["state"]) == {"open"}


def test_an_approval_reaches_the_next_decision_and_the_tables(root: Root, command: CommandLine) -> None:
    name, before = the_one(command), dt.datetime.now(dt.UTC)
    with lp.Recorder(root.home.root / "bot", source="bot") as recorder:
        signal(recorder, "before", 0, "MACD", "long")
        signal(recorder, "after", 0, "MACD", "long")
        assert not a_bot_decides(command.home, recorder, "before", before)
        said = command("proposals", "approve", name, "--by", "Ada Lovelace", "--reason", "13 days are enough")
        assert (said.exit_code, said.err) == (0, "")
        assert said.out.startswith(f"approved {name} until ")
        assert a_bot_decides(command.home, recorder, "after", dt.datetime.now(dt.UTC))
    overrides = lp.load_overrides(command.home)
    (row,) = overrides.rows
    assert overrides.apply(OWN) == {"VolatilityGuard": None, "SpreadGuard": 5.0}
    assert overrides.apply(OWN, at=row.expires_at) == overrides.apply(OWN, at=before) == OWN
    command("ingest", root.home.root / "bot")
    command("run")
    gates = root.table(Gates).filter(
        pl.col("signal_id").is_in(["before", "after"]), pl.col("gate") == "VolatilityGuard"
    )
    told = gates.sort("signal_id", descending=True).select(
        "signal_id", "passed", "base_threshold", "threshold", "override_id"
    )
    assert told.rows() == [("before", False, 0.04, 0.04, None), ("after", True, 0.04, None, row.override_id)]
    assert sql(command, "SELECT state FROM analysis.proposals") == [{"state": "approved"}]
    (stored,) = sql(command, "SELECT * FROM overrides.overrides")
    assert (stored["state"], stored["route"], stored["approved_by"]) == ("active", "approved", "Ada Lovelace")
    assert (stored["category"], stored["action"], stored["scope"]) == ("tuning_VolatilityGuard", "drop", "{}")
    (moved,) = sql(command, "SELECT from_state, to_state, reason FROM overrides.transitions")
    assert moved == {"from_state": None, "to_state": "active", "reason": "approved by Ada Lovelace"}
    (answer,) = sql(command, "SELECT actor, answer, reason, evidence_sha256 FROM overrides.approvals")
    assert (answer["actor"], answer["answer"], answer["reason"]) == ("Ada Lovelace", "approved", "13 days are enough")


def test_overrides_lists_what_a_bot_should_use(command: CommandLine) -> None:
    assert command("overrides").out.startswith("No override: ")
    assert json.loads(command("overrides", "--json").out) == []
    name = the_one(command)
    command("proposals", "approve", name, "--by", "Ada")
    (row,) = json.loads(command("overrides", "--json").out)
    assert (row["gate"], row["action"], row["approved_by"], row["proposal_id"]) == (
        "VolatilityGuard",
        "drop",
        "Ada",
        name,
    )
    shown = CommandLine(command.home, columns=160)("overrides").out
    assert all(word in shown for word in (row["override_id"], "VolatilityGuard", "dropped", "every signal", "Ada"))
    assert [p["state"] for p in listed(command)] == ["approved"]


def test_who_may_not_answer_what(command: CommandLine) -> None:
    assert "no such proposal" in refused(command, "approve", "0" * 16, "--by", "Ada")
    name = json.loads(json.dumps(lp.learnings(command.home)["feedback"]))[0]["proposal_id"]
    assert "its evidence was never listed" in refused(command, "approve", name, "--by", "Ada")
    assert the_one(command) == name
    assert "was empty" in refused(command, "approve", name, "--by", " ")
    assert command("proposals", "approve", name).exit_code == 2
    rejected = command("proposals", "reject", name, "--by", "Bob", "--json")
    assert json.loads(rejected.out)["answer"] == "rejected"
    assert "already rejected by Bob" in refused(command, "approve", name, "--by", "Ada")
    assert "already rejected by Bob" in refused(command, "reject", name, "--by", "Ada")
    assert [p["state"] for p in listed(command)] == ["rejected"]
    assert lp.load_overrides(command.home).apply(OWN) == OWN


def test_evidence_that_changed_since_it_was_listed_must_be_listed_again(root: Root, command: CommandLine) -> None:
    name = the_one(command)
    rewrite(root, expected_delta_usd=pl.col("expected_delta_usd") + 0.5)
    assert "its evidence has changed since it was listed" in refused(command, "approve", name, "--by", "Ada")
    assert Approvals(root.home.ledger).answers() == []
    assert the_one(command) == name
    assert command("proposals", "approve", name, "--by", "Ada").exit_code == 0


def test_evidence_found_again_on_a_later_day_needs_no_new_listing(root: Root, command: CommandLine) -> None:
    name = the_one(command)
    a_day = dt.timedelta(days=1)
    rewrite(root, as_of=pl.col("as_of") + a_day, day=pl.col("day") + a_day)
    assert command("proposals", "approve", name, "--by", "Ada").exit_code == 0


def test_a_withdrawn_proposal_cannot_be_approved(root: Root, command: CommandLine) -> None:
    name = the_one(command)
    rewrite(root, state=pl.lit("withdrawn"))
    assert "withdrawn on" in refused(command, "approve", name, "--by", "Ada")
    assert [p["state"] for p in listed(command)] == ["withdrawn"]


def rewrite(root: Root, **columns: pl.Expr) -> None:
    """Change the newest row of the table, as a later run would."""
    newest = Proposals.newest(root.table(Proposals)).with_columns(**columns)
    days = root.table(Proposals)["day"].min(), newest["day"].max()
    Lake(root.home.lake).replace(Proposals, newest, *days)


def test_a_scenario_that_pays_is_proposed_and_moves_the_limit(root: Root, command: CommandLine) -> None:
    wider = {"analysis": {"scenarios": {"wider": {"threshold": {"volatility_guard": 10.0}}}}}
    root.run(settings=wider)
    threshold, drop = sorted(listed(command), key=lambda p: p["kind"], reverse=True)
    assert (threshold["kind"], threshold["scenario"], drop["kind"]) == ("threshold", "wider", "drop_guard")
    assert threshold["change"] == '{"threshold":{"VolatilityGuard":10.0}}'
    assert threshold["expected_delta_usd"] == pytest.approx(drop["expected_delta_usd"])
    assert 0 < threshold["capital_aware_delta_usd"] <= threshold["expected_delta_usd"] * (1 + 1e-9)
    assert threshold["n_trials"] >= 2
    assert command("proposals", "approve", threshold["proposal_id"], "--by", "Ada").exit_code == 0
    explained = lp.load_overrides(command.home).apply(OWN, explain=True)["VolatilityGuard"]
    assert (explained.base_threshold, explained.threshold, explained.is_dropped) == (0.04, 10.0, False)
    scenarios = lp.learnings(command.home, hours=24 * 90)["what_if_scenarios"]
    assert scenarios["wider"]["unconstrained"]["delta_usd"] == threshold["expected_delta_usd"]
    assert scenarios["no_volatility_guard"]["net_pnl_if_disabled"] == pytest.approx(drop["expected_delta_usd"])
    assert scenarios["no_volatility_guard"]["capital_aware"]["status"] == "ok"


def test_a_damaged_file_is_refused_until_the_ledger_writes_it_anew(command: CommandLine) -> None:
    command("proposals", "approve", the_one(command), "--by", "Ada")
    path = command.home / "overrides.json"
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b'"drop"', b'"scale"', 1))
    with pytest.raises(BadInput, match="damaged, or changed by hand"):
        lp.load_overrides(command.home)
    assert command("overrides").exit_code == 0
    assert path.read_bytes() == whole


def test_what_is_over_is_retired_by_the_chain_in_the_time_of_the_data(root: Root, command: CommandLine) -> None:
    proposal = listed(command)[0]["proposal_id"]
    command("proposals", "approve", proposal, "--by", "Ada")
    root.run(only=[Overrides, Transitions, Answers])
    assert root.table(Overrides)["state"].to_list() == ["active"]
    Approvals(root.home.ledger).retire(dt.datetime.now(dt.UTC) + dt.timedelta(days=91))
    root.run(only=[Overrides, Transitions, Answers])
    (row,) = root.table(Overrides).to_dicts()
    assert (row["state"], row["state_at"], row["reason"]) == ("retired", row["expires_at"], "time over")
    assert lp.load_overrides(command.home).apply(OWN) == OWN


def test_an_empty_root_has_no_proposal_and_is_left_alone(tmp_path: Path) -> None:
    empty = CommandLine(tmp_path / "home")
    assert empty("proposals", "list").out.startswith("No proposal: ")
    assert json.loads(empty("proposals", "list", "--json").out) == json.loads(empty("overrides", "--json").out) == []
    assert "no such proposal" in refused(empty, "approve", "x", "--by", "Ada")
    assert not empty.home.exists()
