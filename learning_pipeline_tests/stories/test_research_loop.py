"""The seed's own check: two days of research, evidence in the playbook, a judge, an edit that a person applies."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner

from learning_pipeline.books.research.tables import ResearchBudget, ResearchTrades
from learning_pipeline.cli import app
from learning_pipeline.playbooks.document import Document
from learning_pipeline.playbooks.section import EVIDENCE
from learning_pipeline.playbooks.tables import Evidence, Suggestions, Validation
from learning_pipeline.stores.experiments_file import read_experiments
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.playbook_files import PlaybookFiles
from learning_pipeline.stores.suggestions import Suggestions as Ledger
from learning_pipeline_tests.adapters.chat_server import serving
from learning_pipeline_tests.books.research.events import (
    HOUR,
    closed,
    event,
    experiment,
    fill,
    flat_bars,
    signal,
    snapshot,
)
from learning_pipeline_tests.worlds import MONDAY, Root

SQUEEZE = {"experiment_id": "e1", "playbook_id": "bollinger_squeeze"}
MAIN = {"book": "profit", "experiment_id": None, "playbook_id": None}
EDIT = {
    "playbook_id": "rsi_extremes",
    "section": "Notes",
    "suggested_text": "Exits at the RSI's middle gave back most of the move.\n\n## Hypothesis\n\nAlways buy.",
    "evidence_summary": "11 of 11 main-budget trades lost",
    "requires_human_review": True,
}
N_RESEARCH, N_MAIN = 6, 11


def research_trade(k: int) -> list[dict[str, Any]]:
    """A long trade of the squeeze: four reach 102 (+1 R), two fall to the stop at 98; five hours each."""
    name, at = f"squeeze{k}", MONDAY + (2 + 7 * k) * HOUR
    price = 102.0 if k % 3 else 98.0
    return [
        signal(name, at, **SQUEEZE, category="breakout") | {"strategy": "bollinger_squeeze"},
        fill(name, "in", at + HOUR / 60, "buy", 100.0, **SQUEEZE),
        fill(name, "out", at + 5 * HOUR, "sell", price, **SQUEEZE),
        closed(name, at + HOUR / 60, at + 5 * HOUR, price, **SQUEEZE),
    ]


def main_trade(k: int) -> list[dict[str, Any]]:
    name, at = f"rsi{k}", MONDAY + (1 + 4 * k) * HOUR
    return [
        signal(name, at, **MAIN),
        closed(name, at, at + 2 * HOUR, 99.0, **MAIN, strategy="rsi_extremes", exit_reason="rsi"),
    ]


def session() -> list[dict[str, Any]]:
    loop = [each for k in range(N_RESEARCH) for each in research_trade(k)]
    lost = [each for k in range(N_MAIN) for each in main_trade(k)]
    asked = experiment(MONDAY + HOUR) | {"playbook_id": "bollinger_squeeze"}
    exposure = {"target_symbols": ["AAA"], "trigger_categories": ["breakout"]}
    wish = event("judge_action", "wish", MONDAY + 47 * HOUR, action="update_playbook", playbook_edit_suggestion=EDIT)
    again = event(
        "judge_action", "away", MONDAY + 47 * HOUR, action="update_playbook", **EDIT | {"playbook_id": "../x"}
    )
    wait = event("judge_action", "wait", MONDAY + 47 * HOUR, action="hold", rationale="nothing yet")
    return [snapshot(MONDAY), asked | {"exposure": exposure}, *loop, *lost, wish, again, wait]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    one = Root(tmp_path_factory.mktemp("loop"))
    one.deliver(session(), flat_bars(2))
    one.run()
    return one


def playbook(home: Home, name: str) -> bytes:
    return (home.playbooks / f"{name}.md").read_bytes()


def shipped(name: str) -> bytes:
    return (Path(__file__).resolve().parents[2] / "playbooks" / f"{name}.md").read_bytes()


def cli(*words: str) -> Any:
    return CliRunner().invoke(app, ["playbooks", *words])


def test_research_trades_are_counted_and_their_money_is_their_own(root: Root) -> None:
    trades = root.table(ResearchTrades)
    budget = root.table(ResearchBudget).filter(pl.col("as_of") == pl.col("as_of").max()).to_dicts()[0]
    assert trades["playbook_id"].unique().to_list() == ["bollinger_squeeze"]
    assert trades.filter(pl.col("outcome") == "hit_1r").height == 4
    assert budget["total_pnl"] == pytest.approx(trades["pnl"].sum()) == pytest.approx(4 * 1.8 - 2 * 2.2)


def test_the_playbook_shows_its_evidence_and_nothing_else_changed(root: Root) -> None:
    content = playbook(root.home, "bollinger_squeeze")
    card = Document(content).body(EVIDENCE)
    assert "**Not enough data** as of 2024-03-05 (UTC): 6 trades closed, the first verdict needs 60." in card
    assert "Win rate (reached +1 R before the stop): 66.7 %" in card
    assert Document(content).without(EVIDENCE) == Document(shipped("bollinger_squeeze")).without(EVIDENCE)
    told = root.table(Validation).filter(playbook_id="bollinger_squeeze").sort("as_of")
    assert told["n_trades"].to_list() == [3, 6, 6]
    assert root.table(Evidence).filter(day=dt.date(2024, 3, 5)).height == N_RESEARCH


def test_playbooks_without_trades_stay_as_they_were(root: Root) -> None:
    assert playbook(root.home, "donchian_breakout") == shipped("donchian_breakout")
    assert playbook(root.home, "rsi_extremes") == shipped("rsi_extremes")


def test_the_judge_asks_for_an_experiment_on_what_loses(root: Root) -> None:
    found = {one["playbook_id"]: one for one in read_experiments(root.home.experiments)["experiments"]}
    assert set(found) == {"bollinger_squeeze", "rsi_extremes"}
    asked = found["rsi_extremes"]
    assert (asked["state"], asked["target_symbols"]) == ("running", ["AAA"])
    assert asked["trigger_categories"] == ["mean_reversion"]
    log = root.home.learning_log.read_text()
    assert "JUDGE | judge=bot | action=hold | said=" in log
    assert "PLAYBOOK EVIDENCE | playbook=bollinger_squeeze | as_of=2024-03-05 | status=insufficient_data" in log
    assert 'playbook=rsi_extremes | why="0 of 11 main-budget trades won, 0%." | verdict="asked for"' in log


def test_update_playbook_surfaces_and_is_not_applied_by_itself(root: Root) -> None:
    rows = {row["playbook_id"]: row for row in root.table(Suggestions).to_dicts()}
    assert rows["rsi_extremes"]["state"] == "pending"
    assert rows["?"]["state"] == "refused"
    assert rows["?"]["reason"].startswith("playbook_id: String should match")
    shown = cli("suggestions", "--home", str(root.home.root)).stdout
    assert "+> Exits at the RSI's middle gave back most of the move." in shown
    assert playbook(root.home, "rsi_extremes") == shipped("rsi_extremes")


def test_a_second_run_adds_nothing(root: Root) -> None:
    before = [root.versions(), playbook(root.home, "bollinger_squeeze"), read_experiments(root.home.experiments)]
    root.run(only=[Evidence, Validation, Suggestions])
    assert [
        root.versions(),
        playbook(root.home, "bollinger_squeeze"),
        read_experiments(root.home.experiments),
    ] == before


def test_a_person_applies_the_edit_once_and_exactly_that_section_changes(root: Root, tmp_path: Path) -> None:
    copy = Home.at(shutil.copytree(root.home.root, tmp_path / "copy"))
    home = str(copy.root)
    (waiting,) = (row for row in json.loads(cli("suggestions", "--json", "--home", home).stdout) if row["diff"])
    nobody = cli("apply", waiting["suggestion_id"], "--by", " ", "--home", home)
    assert (nobody.exit_code, playbook(copy, "rsi_extremes")) == (1, shipped("rsi_extremes"))

    done = cli("apply", waiting["suggestion_id"], "--by", "Ada", "--home", home)
    again = cli("apply", waiting["suggestion_id"], "--by", "Bob", "--home", home)

    assert (done.exit_code, again.exit_code) == (0, 1)
    assert "already applied by Ada" in again.stderr
    before, after = Document(shipped("rsi_extremes")), Document(playbook(copy, "rsi_extremes"))
    assert after.without("Notes") == before.without("Notes")
    assert after.outline() == before.outline()
    added = after.body("Notes").removeprefix(before.body("Notes").rstrip("\n"))
    assert added == (
        "\n\n> The judge bot on 2024-03-05: 11 of 11 main-budget trades lost\n>\n"
        "> Exits at the RSI's middle gave back most of the move.\n>\n> \\## Hypothesis\n>\n> Always buy.\n\n"
    )
    ledger = Ledger(copy.ledger, PlaybookFiles.of(copy))
    assert [(edit["action"], edit["actor"]) for edit in ledger.edits()] == [("applied", "Ada")]
    assert ledger.pending() == []


def copied(root: Root, tmp_path: Path) -> Root:
    """Another data root with the same content, that a test may change."""
    copy = Root(tmp_path / "other")
    shutil.copytree(root.home.root, copy.home.root, dirs_exist_ok=True)
    return copy


def test_a_language_model_is_heard_like_any_judge_and_its_failure_stops_nothing(root: Root, tmp_path: Path) -> None:
    copy, tables = copied(root, tmp_path), [Evidence, Validation, Suggestions]
    wish = {"action": "update_playbook", "playbook_edit_suggestion": EDIT | {"playbook_id": "macd_divergence"}}
    test = {"playbook_id": "rsi_extremes", "hypothesis": "h", "target_symbols": [], "trigger_categories": []}
    double = {"action": "suggest_experiment", "experiment_suggestion": test | {"rationale": "r"}}
    with serving() as server:
        server.says({"actions": [wish, double]})
        model = {"judge_chat_url": server.url, "judge_chat_model": "tiny", "judge_chat_retries": 0}
        copy.run(only=tables, settings={"playbooks": model})
        server.says("no", status=500)
        copy.run(only=tables, settings={"playbooks": model | {"judge_min_trades": 11}})
    rows = copy.table(Suggestions).filter(playbook_id="macd_divergence").to_dicts()
    assert [(row["state"], row["judge"]) for row in rows] == [("pending", r"tiny (judge_research 1.0.0)")]
    log = copy.home.learning_log.read_text()
    assert 'verdict="an experiment is on this playbook already"' in log
    assert 'failed=E_JUDGE_HTTP | reason="the server said 500"' in log
    assert len(read_experiments(copy.home.experiments)["experiments"]) == 2


def test_an_edit_by_hand_makes_a_suggestion_stale_and_is_kept_under_new_evidence(root: Root, tmp_path: Path) -> None:
    copy = copied(root, tmp_path)
    for name in ("rsi_extremes", "bollinger_squeeze"):
        path = copy.home.playbooks / f"{name}.md"
        path.write_bytes(path.read_bytes().replace(b"## Notes\n", b"## Notes\n\nBy hand.\n"))
    late = [each for k in (6,) for each in research_trade(k)]
    copy.deliver(late)
    copy.run()
    states = {row["playbook_id"]: row["state"] for row in copy.table(Suggestions).to_dicts()}
    assert states["rsi_extremes"] == "stale"
    content = playbook(copy.home, "bollinger_squeeze")
    assert b"By hand." in content
    assert "7 trades closed" in Document(content).body(EVIDENCE)
