from __future__ import annotations

import random
from functools import cache

import numpy as np
import polars as pl
import pytest

from learning_pipeline.events.tables import Decisions, Gates
from learning_pipeline.policy import APPROVED, BLOCKED, UNKNOWN, GateMatrix, Policy
from learning_pipeline.tuning import LEVERS
from learning_pipeline.tuning.cells import BARRED, OUT_OF_REACH, UNTOLD, cells
from learning_pipeline.tuning.grid import Grid
from learning_pipeline_tests.tuning import plain
from learning_pipeline_tests.tuning.worlds import Row, decided, gate, some_world

GRID = Grid.of(LEVERS)
WORDS = {BLOCKED: "blocked", APPROVED: "approved", UNKNOWN: "unknown"}
CODES = {GRID.size + OUT_OF_REACH: "out of reach", GRID.size + BARRED: "barred", GRID.size + UNTOLD: "untold"}


def place(decision: Row, *gates: Row) -> str | dict[str, float]:
    """The tightest policy that admits the decision, or why there is none."""
    cell = cells(GateMatrix(Decisions.frame([decision]), Gates.frame(list(gates))), GRID).item()
    return CODES[cell] if cell >= GRID.size else {k: v for k, v in GRID.deltas(cell).items() if k == "halo"}


def by_halo(**more: object) -> Row:
    return decided("s", "blocked", **{"blocked_by": ["halo"], "blocker_component": "halo"} | more)


@pytest.mark.parametrize(
    ("value", "tightest"),
    [(0.8, -0.2), (0.85, -0.1), (1.0, 0.0), (1.05, 0.1), (1.1, 0.1), (1.2, 0.2), (1.25, "out of reach")],
)
def test_the_tightest_step_at_which_a_value_passes(value: float, tightest: float | str) -> None:
    found = place(by_halo(), gate("s", "halo", value, 1.0, passed=False, threshold=0.1))
    assert found == ({"halo": tightest} if isinstance(tightest, float) else tightest)


def test_a_strict_comparator_refuses_the_limit_itself() -> None:
    assert place(by_halo(), gate("s", "halo", 1.1, 1.0, op="<", passed=False)) == {"halo": 0.2}


def test_the_base_limit_counts_not_the_one_in_force() -> None:
    assert place(decided("s", "approved"), gate("s", "halo", 1.15, 1.0, threshold=1.2, passed=True)) == {"halo": 0.2}


def test_another_gate_that_fails_at_base_bars_it() -> None:
    spread = gate("s", "spread", 6.0, 5.0)
    assert place(by_halo(blocked_by=["halo", "spread"]), gate("s", "halo", 1.05, 1.0), spread) == "barred"
    lenient = spread | {"threshold": 7.0, "passed": True}
    assert place(by_halo(), gate("s", "halo", 1.05, 1.0), lenient) == "barred"
    strict = gate("s", "spread", 4.0, 5.0, threshold=3.0, passed=False)
    assert place(by_halo(blocked_by=["halo", "spread"]), gate("s", "halo", 1.05, 1.0), strict) == {"halo": 0.1}


def test_a_blocker_without_numbers_bars_it() -> None:
    assert place(by_halo(blocked_by=["halo", "risk"]), gate("s", "halo", 1.05, 1.0)) == "barred"


@pytest.mark.parametrize("lost", ["value", "base_threshold", "op"])
def test_a_lever_without_numbers_cannot_be_told(lost: str) -> None:
    assert place(by_halo(), gate("s", "halo", 1.05, 1.0) | {lost: None}) == "untold"


def test_incomplete_gates_cannot_be_told_unless_it_is_kept_out_for_sure() -> None:
    near, far = (gate("s", "halo", value, 1.0) for value in (1.05, 1.5))
    assert place(by_halo(gates_complete=False), near) == "untold"
    assert place(by_halo(gates_complete=False), far) == "barred"  # by halo; by what else is not known


def test_a_comparator_of_the_other_side_is_not_the_limit_that_moves() -> None:
    assert place(by_halo(), gate("s", "halo", 0.95, 1.0, op=">=", passed=False)) == "untold"


def test_an_approval_without_the_gate_passes_at_every_step() -> None:
    assert place(decided("s", "approved"), gate("s", "ts", 0.7, 0.55)) == {"halo": -0.2}
    assert place(decided("s", "approved", gates_complete=False), gate("s", "ts", 0.7, 0.55)) == "untold"


@cache
def thresholds() -> list[dict[str, float]]:
    """What each policy of the grid adds, by gate."""
    gate_of = {lever.name: lever.gate for lever in LEVERS}
    return [{gate_of[name]: delta for name, delta in GRID.deltas(k).items()} for k in range(GRID.size)]


def answers(decision: Row, gates: dict[str, Row]) -> list[str]:
    """`GateMatrix` on one decision: limits are its own base plus the delta, other gates at base where that is known."""
    matrix = GateMatrix(Decisions.frame([decision]), Gates.frame(list(gates.values())))
    return [WORDS[matrix.answers(_limits(gates, levers)).item()] for levers in thresholds()]


def _limits(gates: dict[str, Row], levers: dict[str, float]) -> Policy:
    at_base = {
        name: g["base_threshold"] + levers.get(name, 0.0)
        for name, g in gates.items()
        if g["base_threshold"] is not None and (name in levers or None not in (g["value"], g["op"]))
    }
    # A lever without a limit cannot be told: so is a multiple of a base that is not there.
    return Policy(threshold=at_base, scale=dict.fromkeys(levers.keys() - at_base.keys(), 1.0))


@pytest.mark.parametrize("seed", range(3))
def test_every_policy_admits_what_deciding_again_admits(seed: int) -> None:
    decisions, gates, _, _ = some_world(random.Random(seed), 10)
    matrix = GateMatrix(Decisions.frame(decisions), Gates.frame(gates))
    for row, cell in zip(matrix.decided.to_dicts(), cells(matrix, GRID).tolist(), strict=True):
        of_row = {g["gate"]: g for g in gates if (g["signal_id"], g["day"]) == (row["signal_id"], row["day"])}
        found = answers(row, of_row)
        assert found == [plain.answer(row, of_row, policy) for policy in thresholds()]
        assert ("unknown" in found) == (cell == GRID.size + UNTOLD)
        if "unknown" not in found:
            admits = (GRID.positions >= GRID.positions[cell]).all(axis=1) if cell < GRID.size else np.zeros(125, bool)
            assert ["approved" if yes else "blocked" for yes in admits] == found


@pytest.mark.parametrize("seed", range(3))
def test_every_policy_admits_what_the_plain_loop_admits(seed: int) -> None:
    decisions, gates, _, _ = some_world(random.Random(seed), 250)
    matrix = GateMatrix(Decisions.frame(decisions), Gates.frame(gates))
    found = cells(matrix, GRID)
    for row, cell in zip(matrix.decided.to_dicts(), found.tolist(), strict=True):
        of_row = {g["gate"]: g for g in gates if (g["signal_id"], g["day"]) == (row["signal_id"], row["day"])}
        plainly = [plain.answer(row, of_row, policy) for policy in thresholds()]
        assert ("unknown" in plainly) == (cell == GRID.size + UNTOLD)
        admits = (GRID.positions >= GRID.positions[cell]).all(axis=1) if cell < GRID.size else np.zeros(125, bool)
        assert "unknown" in plainly or ["approved" if yes else "blocked" for yes in admits] == plainly
    assert len(set(found.tolist())) > 40, "the world is too dull to tell anything"
    assert pl.Series(found).is_in([*CODES]).sum() > 10
