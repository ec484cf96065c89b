"""The main job as a new user runs it, and every command of the README against what it leaves behind."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from learning_pipeline.cli import app
from learning_pipeline.events.parse import parse_lines
from learning_pipeline.stores.home import VARIABLE
from learning_pipeline_tests.docs.blocks import DOCS, pages, runnable
from learning_pipeline_tests.docs.bots import write_bots
from learning_pipeline_tests.docs.linked import linked_copy
from learning_pipeline_tests.docs.reader import OF_MODELS, Reader

README = Path(__file__).parents[2] / "README.md"
REPORT = "data/demo/reports/report-2019-10-17.html"
OF_THE_DEMO = [page for page in pages() if runnable(page) and page.relative_to(DOCS).as_posix() not in OF_MODELS]
FILLED = {
    "events": ["deliveries", "signals", "decisions", "gates", "orders", "fills", "trades", "positions"],
    "market": ["bars"],
    "shadow": ["outcomes"],
    "analysis": [
        "guard_effectiveness",
        "opportunity_cost",
        "what_if",
        "swap_sets",
        "signal_decay",
        "strategy_leaderboard",
        "guard_value",
        "calibration",
    ],
    "tuning": ["lessons", "strength", "strength_selections"],
    "books": ["research_trades", "research_budget", "attributions", "experiments", "experiment_requests"],
    "allocation": ["timeframe_roi", "timeframe_allocation", "positions"],
}


OURS = (VARIABLE, "DAGSTER_HOME")


def process(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    run = [sys.executable, "-m", "learning_pipeline.cli", *words]
    return subprocess.run(run, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=300)


def command(*words: str, cwd: Path) -> Result:
    """As `process`, in this one, which has imported everything."""
    before = dict(os.environ)
    try:
        with contextlib.chdir(cwd):
            return CliRunner().invoke(app, words, env=dict.fromkeys(OURS))
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the demo was run, with no option and no environment of ours."""
    folder = tmp_path_factory.mktemp("new_user")
    done = process("demo", cwd=folder)
    assert done.returncode == 0, done.stderr
    for guard in ("ts", "halo", "slope", "volatility_guard", "spread_guard", "max_open_positions"):
        assert guard in done.stdout
    assert "modelled" in done.stdout
    assert f"{REPORT} opens in any browser" in done.stdout
    (folder / "demo.out").write_text(done.stdout, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def reader(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """Somebody who reads the documentation beside a demo of their own."""
    folder = tmp_path_factory.mktemp("reader")
    linked_copy(place / "data" / "demo", folder / "data" / "demo")
    write_bots(folder)
    printed = (place / "demo.out").read_text(encoding="utf-8")
    return Reader(folder, {"learning-pipeline demo": printed})


def asked(place: Path, query: str) -> list[dict[str, object]]:
    done = command("sql", "--home", "data/demo", "--format", "json", query, cwd=place)
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


def test_every_table_of_the_chain_has_rows_and_three_lines_are_in_quarantine(place: Path) -> None:
    names = [f"{room}.{table}" for room, tables in FILLED.items() for table in tables]
    counts = asked(place, " UNION ALL ".join(f"SELECT '{name}' AS name, count(*) AS n FROM {name}" for name in names))
    assert all(row["n"] for row in counts), counts
    refused = asked(place, "SELECT reason_code, line_no FROM events.quarantine ORDER BY line_no")
    assert [row["reason_code"] for row in refused] == ["naive_time", "wrong_type", "missing_experiment"]


def test_the_report_tells_of_the_demo_and_warns_of_its_spread(place: Path) -> None:
    page = (place / REPORT).read_text(encoding="utf-8")
    for words in (
        "max_open_positions",
        "spread_model = modelled",
        "three_bad_lines.jsonl",
        "How far the simulator is off",
    ):
        assert words in page
    assert page.count("<svg") == 11
    assert len(page) < 250_000


def test_trades_and_outcomes_are_one_row_each(place: Path) -> None:
    (row,) = asked(
        place,
        """SELECT (SELECT count(*) = count(DISTINCT signal_id) FROM events.decisions) AS decisions,
                  (SELECT count(*) = count(DISTINCT signal_id) FROM shadow.outcomes) AS outcomes,
                  (SELECT count(*) = count(DISTINCT trade_id) FROM events.trades) AS trades,
                  (SELECT count(*) FROM events.decisions) = (SELECT count(*) FROM shadow.outcomes) AS as_many,
                  (SELECT count(DISTINCT policy_hash) FROM shadow.outcomes) AS n_policies""",
    )
    assert row == {"decisions": True, "outcomes": True, "trades": True, "as_many": True, "n_policies": 1}


def test_the_demo_again_adds_nothing(place: Path) -> None:
    before = asked(place, "SELECT count(*) AS n FROM events.deliveries")
    report = (place / REPORT).read_bytes()
    assert command("demo", cwd=place).exit_code == 0
    assert (place / REPORT).read_bytes() == report
    assert asked(place, "SELECT count(*) AS n FROM events.deliveries") == before


def test_a_data_root_with_other_events_is_left_alone(tmp_path: Path) -> None:
    other = tmp_path / "data" / "demo" / "inbox" / ("0" * 64 + ".jsonl")
    other.parent.mkdir(parents=True)
    other.write_bytes(b"")
    done = command("demo", cwd=tmp_path)
    assert done.exit_code == 1
    assert done.stderr.splitlines()[-1].endswith("remove it, or name another with --home")
    assert [path for path in (tmp_path / "data" / "demo").rglob("*") if path.is_file()] == [other]


def shell_blocks() -> list[str]:
    return re.findall(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)


@pytest.mark.parametrize("block", shell_blocks(), ids=lambda block: " ".join(block.split())[40:90])
def test_commands_of_the_readme_run(block: str, place: Path) -> None:
    program, *words = shlex.split(block)
    assert program == "learning-pipeline"
    done = command(*words, cwd=place)
    assert done.exit_code == 0, done.stderr
    assert len(done.stdout.splitlines()) > 2


@pytest.mark.parametrize("page", OF_THE_DEMO, ids=lambda page: page.stem)
def test_what_the_documentation_says_to_type_prints_what_it_says(
    page: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(reader.place)
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    assert [f"{block.text}\n-- was --\n{printed}" for block, printed in reader.differences(page)] == []


def test_the_bot_of_the_readme_writes_events_that_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})
    (written,) = (tmp_path / "data" / "inbox").glob("*.jsonl")
    parsed = parse_lines(written.read_bytes())
    assert (parsed.n_lines, parsed.refusals) == (2, [])


def test_the_feedback_of_the_readme_runs_on_the_demo(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = README.read_text(encoding="utf-8")
    for line in re.findall(
        r"^    learning-pipeline (proposals list|overrides) (--home \S+)$", text, flags=re.MULTILINE
    ):
        assert command(*" ".join(line).split(), cwd=place).exit_code == 0
    blocks = re.findall(r"```py\n(.*?)```", text, flags=re.DOTALL)
    monkeypatch.chdir(place)
    exec(compile("\n".join(blocks), "README.md", "exec"), {})
    told = capsys.readouterr().out.splitlines()
    assert told[:2] == ["volatility_guard 0.06 0.06 None", "halo 3.0 3.0 None"]
    assert len(told) > 4
