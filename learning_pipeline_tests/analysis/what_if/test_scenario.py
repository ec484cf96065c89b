from __future__ import annotations

from pathlib import Path

import pytest

from learning_pipeline.analysis import AnalysisSettings
from learning_pipeline.errors import BadSettings
from learning_pipeline.policy import Policy
from learning_pipeline.stores.settings_file import load_settings


def loaded(tmp_path: Path, toml: str) -> AnalysisSettings:
    file = tmp_path / "learning_pipeline.toml"
    file.write_text(f"[analysis]\n{toml}\n")
    return load_settings(file, {"analysis": AnalysisSettings}, environment={})["analysis"]


def test_the_seeds_three_scenarios_are_the_defaults() -> None:
    asked = AnalysisSettings().asked
    assert list(asked) == ["half_roi_threshold", "no_volatility_guard", "optimized_weights"]
    assert asked["no_volatility_guard"].policy == Policy(drop=frozenset({"volatility_guard"}))
    assert asked["half_roi_threshold"].policy == Policy(scale={"roi_threshold": 0.5})
    assert asked["optimized_weights"].fitted == ["ts"]


def test_own_scenarios_stand_beside_the_defaults_replace_them_or_switch_them_off(tmp_path: Path) -> None:
    given = """
    [analysis.scenarios]
    no_volatility_guard = false
    half_roi_threshold = { threshold = { roi_threshold = 0.005 } }
    wide_halo = { scale = { Halo = 1.2 }, drop = ["SpreadGuard"], weights = { ts = { adx = 1 } } }
    """
    asked = loaded(tmp_path, given.replace("\n    ", "\n")).asked
    assert list(asked) == ["half_roi_threshold", "optimized_weights", "wide_halo"]
    assert asked["half_roi_threshold"].policy == Policy(threshold={"roi_threshold": 0.005})
    wide = Policy(scale={"halo": 1.2}, drop=frozenset({"spread_guard"}), weights={"ts": {"adx": 1.0}})
    assert asked["wide_halo"].policy == wide


@pytest.mark.parametrize(
    ("toml", "where", "why"),
    [
        ("capital_usd = 0", "capital_usd", "greater than 0"),
        ("capital_usd = inf", "capital_usd", "finite"),
        ("max_open_positions = 0", "max_open_positions", "greater than or equal to 1"),
        ("scenarios.x = { threshold = { ts = nan } }", "scenarios.x.threshold.ts", "finite"),
        ("scenarios.x = { weights = { ts = { adx = inf } } }", "scenarios.x.weights.ts.adx", "finite"),
        ("scenarios.x = { scale = { ts = 0 } }", "scenarios.x.scale.ts", "greater than 0"),
        ("scenarios.x = { scale = { ts = -1.0 } }", "scenarios.x.scale.ts", "greater than 0"),
        ("scenarios.x = { drop = ['TsGate'], scale = { ts_gate = 2.0 } }", "scenarios.x", "named twice"),
        ("scenarios.x = { drop = ['ts', 'Ts'] }", "scenarios.x", "named twice"),
        ("scenarios.x = { dropp = ['ts'] }", "scenarios.x.dropp", "Extra inputs"),
        ("scenarios.x = {}", "scenarios.x", "at least one gate"),
        ("scenarios.x = { weights = { a = 'fit', b = 'fit' } }", "scenarios.x", "at most one gate with weights to fit"),
        ("scenarios.x = { weights = { a = 'best' } }", "scenarios.x.weights.a", "object"),
        ("scenarios.x = { weights = { a = {} } }", "scenarios.x.weights.a", "at least 1"),
        ("scenarios.no_volatility_guard = true", "scenarios.no_volatility_guard", "object"),
        ("scenarios.'My scenario' = { drop = ['ts'] }", "scenarios.My scenario", "match"),
    ],
)
def test_impossible_settings_are_one_clear_line(toml: str, where: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(BadSettings) as refused:
        loaded(tmp_path, toml)
    words = str(refused.value)
    assert f"[analysis] {where}: " in words
    assert why in words
    assert "\n" not in words
