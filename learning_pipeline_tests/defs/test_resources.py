"""What the steps of one run share: its settings, and what is due."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from learning_pipeline.defs.due import DIRTY, FIRST, NEWEST, SETTINGS, fingerprint
from learning_pipeline.defs.resources import Chain

NOON = dt.datetime(2024, 3, 5, 12, tzinfo=dt.UTC)


def test_marks_that_a_step_sets_are_seen_by_the_next(tmp_path: Path) -> None:
    chain = Chain(home=str(tmp_path))
    assert chain.days is None
    chain.mark({NEWEST: NOON.isoformat(), FIRST: "2024-03-01", DIRTY: "2024-03-04"})
    chain.mark({SETTINGS: fingerprint(chain.effective_settings)})
    assert chain.days == (dt.date(2024, 3, 4), NOON.date())
    assert Chain(home=str(tmp_path)).days == chain.days
    chain.mark({DIRTY: None})
    assert chain.days == (NOON.date(), NOON.date())


def test_a_run_keeps_the_settings_that_it_began_with(tmp_path: Path) -> None:
    file = tmp_path / "learning_pipeline.toml"
    file.write_text("[shadow]\nnotional_usd = 10.0\n")
    chain = Chain(home=str(tmp_path))
    assert chain.shadow.notional_usd == 10.0
    file.write_text("[shadow]\nnotional_usd = 20.0\n")
    assert chain.shadow.notional_usd == 10.0
    assert Chain(home=str(tmp_path)).shadow.notional_usd == 20.0
