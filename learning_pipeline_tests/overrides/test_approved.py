"""From a proposal to its override, worked by hand."""

from __future__ import annotations

import datetime as dt

import pytest

from learning_pipeline.overrides import Override
from learning_pipeline.overrides.approved import override_of
from learning_pipeline_tests.overrides.rows import NOON, a_proposal


def made(change: str, bases: str) -> list[Override]:
    return override_of(a_proposal(change=change, base_thresholds=bases), "Ada", NOON)


def numbers(override: Override) -> tuple[float | None, ...]:
    return override.base_threshold, override.effective_threshold, override.delta, override.multiplier


@pytest.mark.parametrize(
    ("change", "bases", "expected"),
    [
        ('{"drop":["vol"]}', '{"vol":0.06}', (0.06, None, None, None)),
        ('{"threshold":{"roi":0.005}}', '{"roi":0.01}', (0.01, 0.005, -0.005, 0.5)),
        ('{"threshold":{"roi":0.005}}', '{"roi":null}', (None, 0.005, None, None)),
        ('{"scale":{"roi":0.75}}', '{"roi":4.0}', (4.0, 3.0, -1.0, 0.75)),
        ('{"scale":{"roi":3.0}}', '{"roi":4.0}', (4.0, 12.0, 8.0, 2.0)),  # the multiplier shown is clamped
        ('{"scale":{"slope":3.0}}', '{"slope":0.0}', (0.0, 0.0, 0.0, None)),
        ('{"scale":{"roi":0.75}}', '{"roi":null}', (None, None, None, None)),
    ],
)
def test_the_change_in_numbers(change: str, bases: str, expected: tuple[float | None, ...]) -> None:
    (override,) = made(change, bases)
    assert numbers(override) == expected


def test_a_policy_of_several_gates_is_one_override_with_a_row_each() -> None:
    rows = made('{"scale":{"ts":0.9},"threshold":{"halo":3.5}}', '{"halo":3.0,"ts":0.6}')
    assert [(r.gate, r.category, r.action, r.operand) for r in rows] == [
        ("halo", "tuning_halo", "threshold", 3.5),
        ("ts", "tuning_ts_min", "scale", 0.9),
    ]
    assert len({r.override_id for r in rows}) == 1


def test_it_names_who_approved_when_until_when_and_on_what() -> None:
    (row,) = override_of(a_proposal(), "Ada", NOON)
    assert (row.approved_by, row.route, row.selected_at, row.expires_at - row.selected_at) == (
        "Ada",
        "approved",
        NOON,
        dt.timedelta(days=90),
    )
    assert (row.n, row.q_value, row.n_trials, row.expected_delta_usd, row.ci_low_usd) == (40, 0.02, 2, 120.5, 20.25)
    assert (row.scope, row.pattern_key) == ({}, None)


def test_the_same_proposal_approved_later_is_another_override() -> None:
    first, again, later = (
        override_of(a_proposal(), "Ada", at)[0].override_id for at in (NOON, NOON, NOON + dt.timedelta(1))
    )
    assert first == again != later
