from __future__ import annotations

import pytest
from pydantic import ValidationError

from learning_pipeline.tuning import LEVERS, Lever, TuningSettings

TS, HALO, _ = LEVERS


def test_the_defaults_are_the_seeds() -> None:
    asked = TuningSettings()
    assert (asked.n_min, asked.lookback_days) == (33, 90)
    assert [(lever.name, lever.gate, lever.limit) for lever in asked.levers] == [
        ("ts_min", "ts", "floor"),
        ("halo", "halo", "ceiling"),
        ("slope_min", "slope", "floor"),
    ]


def test_a_floor_is_loosened_downwards_and_a_ceiling_upwards() -> None:
    assert TS.loosening == (0.1, 0.05, 0.0, -0.05, -0.1)
    assert HALO.loosening == (-0.2, -0.1, 0.0, 0.1, 0.2)


@pytest.mark.parametrize("steps", [(-0.1, 0.1), (0.1, 0.0, -0.1), (0.0, 0.0, 0.1), (0.0,), (0.0, float("inf"))])
def test_steps_are_finite_ascending_and_hold_zero(steps: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        Lever(name="dx_min", gate="dx", limit="floor", steps=steps)


@pytest.mark.parametrize("same", [{"name": "halo"}, {"gate": "halo"}])
def test_no_lever_and_no_gate_stands_twice(same: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="once"):
        TuningSettings(levers=(HALO, TS.model_copy(update=same)))


def test_a_file_may_name_other_levers() -> None:
    text = '{"levers": [{"name": "dx_min", "gate": "dx", "limit": "floor", "steps": [-1, 0, 1]}]}'
    assert TuningSettings.model_validate_json(text, strict=True).levers[0].loosening == (1.0, 0.0, -1.0)
