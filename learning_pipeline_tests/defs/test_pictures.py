"""What an asset shows of itself: a small picture where a person would look, none where there is nothing to see."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from learning_pipeline.defs.pictures import MOST_BYTES, VARIABLE, picture
from learning_pipeline.market.tables import Bars
from learning_pipeline_tests.parts import Part
from learning_pipeline_tests.worlds import Root, bot_events, hourly_bars

PICTURED = {
    "market/bars",
    "events/decisions",
    "shadow/outcomes",
    "analysis/guard_effectiveness",
    "analysis/opportunity_cost",
    "analysis/what_if",
    "analysis/edge_decay",
}


@pytest.fixture(autouse=True)
def _drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)


def pictures(root: Root) -> dict[str, str]:
    events = root.run().get_asset_materialization_events()
    made = [event.step_materialization_data.materialization for event in events]
    return {m.asset_key.to_user_string(): str(m.metadata["picture"].value) for m in made if "picture" in m.metadata}


def test_assets_that_a_person_looks_at_carry_a_small_picture(tmp_path: Path) -> None:
    root = Root(tmp_path)
    bars = hourly_bars(2, 6)
    root.deliver(bot_events(2, bars, 30), bars)
    shown = pictures(root)
    assert set(shown) == PICTURED
    for markdown in shown.values():
        assert len(markdown) <= MOST_BYTES
        png = base64.b64decode(
            markdown.removeprefix("![picture](data:image/png;base64,").removesuffix(")"), validate=True
        )
        assert png.startswith(b"\x89PNG")


def test_an_empty_run_shows_none(tmp_path: Path) -> None:
    assert pictures(Root(tmp_path)) == {}
    assert picture(None) == {}


def test_pictures_can_be_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "off")
    root = Part(tmp_path, Bars)
    bars = hourly_bars(2, 2)
    root.deliver([], bars)
    assert pictures(root) == {}
