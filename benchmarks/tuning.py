"""Lessons and their best policy: ours from tables of counts, against a pass over the rows per policy and slice."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import NamedTuple

import numpy as np
import polars as pl

from benchmarks.line import Line, Pair, cpu_of, interleaved
from learning_pipeline.overrides import Index, Override, apply
from learning_pipeline.tuning import LEVERS, Rule
from learning_pipeline.tuning.cells import OUT_OF_REACH
from learning_pipeline.tuning.counts import Tally, is_reported, rates
from learning_pipeline.tuning.grid import Grid
from learning_pipeline.tuning.lessons import mine
from learning_pipeline.tuning.slices import Episodes, Slices, slices

N, N_PATTERNS, N_MIN, BASE = 1_000_000, 20, 30, 0.2
VALUES = (3, 4, 5, 6, 6, 8)
"""Values of the six scope dimensions."""
ONE_LESSON, ALL_LESSONS, SLICING, APPLYING_US = 10.0, 150.0, 3.0, 50.0
SAMPLED = 40
GRID = Grid.of(LEVERS)
LITERAL = Rule(verification="none")


class Readings(NamedTuple):
    """Steps by which each lever's limit must be loosened for an episode to pass, its end, and whose it is."""

    position: np.ndarray
    won: np.ndarray
    pattern: np.ndarray
    dims: dict[str, np.ndarray]


def lines(rounds: int) -> list[Line]:
    """One lesson, all lessons, slicing alone, and what a bot waits for."""
    few = max(1, rounds // 2)
    return [_one_lesson(few), _all_lessons(few), _slicing(few), _applying(rounds)]


def _one_lesson(rounds: int) -> Line:
    found = readings(np.random.default_rng(0))
    whole = found._replace(pattern=np.zeros(N, dtype=np.int64), dims={})
    ours = episodes(whole)
    equal = _first(mine(ours, GRID, N_MIN, LITERAL)) == literal_choice(whole.position, whole.won)
    pairs = interleaved(
        rounds, lambda: mine(ours, GRID, N_MIN, LITERAL), lambda: literal_choice(whole.position, whole.won)
    )
    return Line.of("one lesson", f"{N:,} episodes", "numpy, 215 passes", pairs, ONE_LESSON, equal=equal)


def _all_lessons(rounds: int) -> Line:
    """The peer is timed on a sample of lessons whose rows are cut out already, and scaled to all of them."""
    found = readings(np.random.default_rng(1))
    ours = episodes(found)
    lessons = [(part, code) for part in slices(ours, N_MIN) for code in range(part.n)]
    chosen = np.random.default_rng(2).choice(len(lessons), SAMPLED, replace=False)
    sample = [(*lessons[k], lessons[k][0].rows[lessons[k][0].code == lessons[k][1]]) for k in chosen]
    position, won = GRID_POSITIONS[ours.cell], ours.simulated
    mined = {(row[0], row[1]): row[2:] for row in mine(ours, GRID, N_MIN, LITERAL).select(NAMED).iter_rows()}
    equal = all(
        _named(mined[_name(ours, part, code)]) == literal_choice(position[rows].T, won[rows])
        for part, code, rows in sample
    )

    def peer() -> None:
        for _, _, rows in sample:
            literal_choice(position[rows].T, won[rows])

    pairs = interleaved(rounds, lambda: mine(ours, GRID, N_MIN, LITERAL), peer)
    scaled = [Pair(p.ours, p.peer * len(lessons) / SAMPLED) for p in pairs]
    size = f"{N:,} episodes, {len(lessons):,} lessons"
    return Line.of("all lessons", size, f"numpy, 215 passes each ({SAMPLED} scaled)", scaled, ALL_LESSONS, equal=equal)


def _slicing(rounds: int) -> Line:
    found = readings(np.random.default_rng(3))
    ours, tally = episodes(found), Tally.of(episodes(found), GRID)
    kinds = {"dodged": (0, 0), "missed": (0, 1), "lost": (1, 0), "won": (1, 1)}
    ends = {name: (ours.acted == acted) & (ours.simulated == won) for name, (acted, won) in kinds.items()}
    frame = pl.DataFrame({"pattern": ours.pattern, **ours.dims, **ends})

    def sliced() -> int:
        return sum(int(rates(part, is_reported(part, tally), tally).n.sum()) for part in slices(ours, N_MIN))

    def grouped() -> int:
        subsets = [c for size in range(len(VALUES) + 1) for c in itertools.combinations(ours.dims, size)]
        counted = [
            frame.lazy().group_by("pattern", *names).agg(n=pl.len(), won=pl.col("won").sum()) for names in subsets
        ]
        return sum(int(each.filter(pl.col("n") >= N_MIN)["n"].sum()) for each in pl.collect_all(counted))

    equal = sliced() == grouped()
    pairs = interleaved(rounds, sliced, grouped)
    return Line.of(
        "slices of lessons", f"{N:,} episodes, 64 subsets", "polars, 64 group_bys", pairs, SLICING, equal=equal
    )


def _applying(rounds: int) -> Line:
    """What a decision waits for its limits, in microseconds: the peer's column is one microsecond."""
    rng, at = np.random.default_rng(4), dt.datetime(2024, 3, 5, tzinfo=dt.UTC)
    index = Index([one for k in range(3334) for one in _override(k, rng, at)])
    own, scopes = {"ts": 0.55, "halo": 1.0, "slope": 0.0}, [_scope(rng, 6) for _ in range(1000)]
    asked = [(f"p{k % 8}", scope) for k, scope in enumerate(scopes)]

    def ask() -> None:
        for pattern, scope in asked:
            apply(index, own, pattern, scope, at, explain=False)

    ask()
    pairs = [Pair(cpu_of(ask) / len(asked) * 1e6, 1.0) for _ in range(rounds)]
    what, size = "limits of one decision, microseconds", "10,002 overrides loaded"
    return Line.of(what, size, "1 microsecond", pairs, APPLYING_US, equal=None, at_most=True)


def readings(rng: np.random.Generator) -> Readings:
    """Random positions, ends and scopes."""
    position, won = rng.integers(0, 6, (3, N)), (rng.random(N) < BASE).astype(np.int64)
    dims = {f"d{k}": rng.integers(0, n, N) for k, n in enumerate(VALUES)}
    return Readings(position, won, rng.integers(0, N_PATTERNS, N), dims)


def episodes(found: Readings) -> Episodes:
    """As the room keeps them, in the order in which it counts fastest."""
    beyond = (found.position == 5).any(axis=0)
    inside = np.ravel_multi_index(tuple(np.minimum(found.position, 4)), GRID.shape)
    cell = np.where(beyond, GRID.size + OUT_OF_REACH, inside)
    order = np.lexsort((found.won, cell))
    dims = {name: values[order] for name, values in found.dims.items()}
    values = {name: [f"v{k}" for k in range(n)] for name, n in zip(dims, VALUES, strict=False)}
    acted = (found.position <= 2).all(axis=0)[order]
    none, day = np.full(N, -1), np.zeros(N, dtype=np.int64)
    patterns = [f"p{k:02}" for k in range(int(found.pattern.max()) + 1)]
    return Episodes(
        [0], patterns, values, 1, found.pattern[order], day, cell[order], dims, acted, found.won[order], none
    )


def literal_choice(position: np.ndarray, won: np.ndarray) -> tuple[str, int, int] | None:
    """The seed's search: every single, pair and triple of steps, a pass over the rows each; the best ratio wins."""
    base = (position <= 2).all(axis=0)
    skipped, lost = ~base, won == 0
    cautious = lost[skipped].mean() >= LITERAL.cautious_dodge_rate if skipped.any() else False
    needed = LITERAL.cautious_ratio if cautious else LITERAL.min_ratio
    seen = {}
    for steps in _seeds_215():
        admitted = (position[0] <= steps[0]) & (position[1] <= steps[1]) & (position[2] <= steps[2])
        newly = admitted & skipped
        seen[GRID.number(steps)] = int(np.count_nonzero(newly & ~lost)), int(np.count_nonzero(newly & lost))
    best: tuple[float, int] | None = None
    for policy in GRID.looser:
        benefit, harm = seen[policy]
        ratio = benefit / harm if harm else float("inf")
        if benefit >= LITERAL.min_benefit and ratio >= needed and (best is None or ratio > best[0]):
            best = ratio, policy
    return None if best is None else (GRID.name(best[1]), *seen[best[1]])


def _seeds_215() -> list[tuple[int, int, int]]:
    """Positions of all singles, pairs and triples, repetitions included."""
    one = [[(k if axis == at else 2) for at in range(3)] for axis in range(3) for k in range(5)]
    two = [
        [{first: i, second: j}.get(at, 2) for at in range(3)]
        for first, second in itertools.combinations(range(3), 2)
        for i in range(5)
        for j in range(5)
    ]
    three = list(itertools.product(range(5), repeat=3))
    return [tuple(steps) for steps in [*one, *two, *three]]


NAMED = ["pattern_key", "scope", "policy", "misses_caught", "failures_added"]
GRID_POSITIONS = np.vstack([GRID.positions, np.full((4, 3), 5)])


def _first(mined: pl.DataFrame) -> tuple[str, int, int] | None:
    return _named(mined.select(NAMED).row(0)[2:])


def _named(chosen: tuple[str | None, int, int]) -> tuple[str, int, int] | None:
    return None if chosen[0] is None else (chosen[0], chosen[1], chosen[2])


def _name(found: Episodes, part: Slices, code: int) -> tuple[str, str]:
    words = [f'"{name}":"{found.values[name][value[code]]}"' for name, value in zip(part.dims, part.value, strict=True)]
    return found.patterns[part.pattern[code]], "{" + ",".join(words) + "}"


def _scope(rng: np.random.Generator, n: int) -> dict[str, str]:
    return {f"d{k}": f"v{rng.integers(3)}" for k in sorted(rng.choice(6, n, replace=False))}


def _override(number: int, rng: np.random.Generator, at: dt.datetime) -> list[Override]:
    nothing = dict.fromkeys(["proposal_id", "approved_by", "base_threshold", "effective_threshold", "multiplier"])
    nothing |= dict.fromkeys(["p_value", "q_value", "n_trials", "expected_delta_usd", "ci_low_usd", "ci_high_usd"])
    counts = {"n": 40, "benefit": 8, "harm": 2, "ratio": 4.0, "delta": 0.1, "operand": 0.1}
    times = {"selected_at": at, "active_at": at, "expires_at": at + dt.timedelta(days=90)}
    same = {"override_id": f"o{number}", "pattern_key": f"p{number % 8}", "scope": _scope(rng, int(rng.integers(7)))}
    rest = {"no_change_scopes": [], "action": "delta", "route": "forward"} | same | counts | times | nothing
    return [Override(gate=gate, category=f"tuning_{gate}", **rest) for gate in ("ts", "halo", "slope")]
