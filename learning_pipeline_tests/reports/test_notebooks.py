"""The shipped notebooks run to their end on a small data root."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from learning_pipeline.analysis.guards.tables import GuardEffectiveness
from learning_pipeline.stores.home import VARIABLE
from learning_pipeline_tests.worlds import Root, bot_events, hourly_bars

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Root:
    root = Root(tmp_path_factory.mktemp("notebooks"))
    bars = hourly_bars(1, 8)
    root.deliver(bot_events(1, bars, 40), bars)
    root.run()
    return root


def test_guards_answers_with_the_verdict_of_the_table(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(root.home.root))
    _, found = runpy.run_path(str(NOTEBOOKS / "guards.py"))["app"].run()
    table = root.table(GuardEffectiveness)
    assert found["row"] in table.select(list(found["row"])).to_dicts()
    assert found["blocked"].height == found["row"]["n_blocked"]
    assert found["together"]["n"].sum() == found["row"]["n_blocked"]
    assert found["together"]["n_settled"].sum() + found["row"]["n_pending"] == found["row"]["n_blocked"]
    answers = {"saves": "No: it saves money.", "costs": "Yes: it costs money.", "inconclusive": "Nobody can tell yet."}
    assert found["answer"] == answers[found["row"]["verdict"]]
