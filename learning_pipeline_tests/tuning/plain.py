"""Lessons once more, slowly: one day, plain loops over rows, exact fractions."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
from collections import defaultdict
from fractions import Fraction
from typing import Any

from learning_pipeline.tuning.settings import Lever, Rule, TuningSettings
from learning_pipeline_tests.tuning.worlds import HOLDS, Row, World

Policy = dict[str, float]
"""What is added to each gate's base limit, by gate."""


def policies(levers: tuple[Lever, ...]) -> list[Policy]:
    combinations = itertools.product(*(lever.steps for lever in levers))
    return [dict(zip((lever.gate for lever in levers), steps, strict=True)) for steps in combinations]


def name_of(policy: Policy, levers: tuple[Lever, ...]) -> str:
    moved = sorted((lever.name, policy[lever.gate]) for lever in levers if policy[lever.gate])
    return ",".join(f"{name}{delta:+g}" for name, delta in moved)


def n_moved(policy: Policy, levers: tuple[Lever, ...]) -> int:
    return sum(abs(lever.steps.index(policy[lever.gate]) - lever.steps.index(0.0)) for lever in levers)


def is_looser(policy: Policy, levers: tuple[Lever, ...]) -> bool:
    """Moves something, and nothing towards tighter."""
    towards = [policy[lever.gate] * (-1 if lever.limit == "floor" else 1) for lever in levers]
    return min(towards) >= 0 and max(towards) > 0


def answer(row: Row, gates: dict[str, Row], policy: Policy) -> str:
    """What a decision would be under a policy at base limits: approved, blocked or unknown."""
    blocked = row["decision"] == "blocked"
    recorded = {name for name, g in gates.items() if g["passed"] is False}
    failing = recorded | (set(row["blocked_by"]) | {row["blocker_component"]} - {None} if blocked else set())
    verdicts = [_verdict(name, gates.get(name), failing, row, policy) for name in {*gates, *failing, *policy}]
    if False in verdicts:
        return "blocked"
    if None in verdicts or (blocked and not (failing and row["gates_complete"])):
        return "unknown"
    return "approved"


def _verdict(name: str, g: Row | None, failing: set[str], row: Row, policy: Policy) -> bool | None:
    blocked = row["decision"] == "blocked"
    if not blocked and name in failing:
        return True  # overruled: it binds under no policy
    if g is None and name not in failing:
        return True if blocked or row["gates_complete"] else None
    if g is not None and None not in (g["value"], g["base_threshold"], g["op"]):
        return bool(HOLDS[g["op"]](g["value"], g["base_threshold"] + policy.get(name, 0.0)))
    if name in policy:
        return None
    if name in failing:
        return False
    return True if not blocked else g and g["passed"]


def episodes(world: World, as_of: dt.date, settings: TuningSettings) -> list[Row]:
    """One row per pattern and episode, with ``gates``, ``simulated``, ``reported``."""
    decisions, gates, outcomes, reports = world
    grouped = defaultdict(list)
    for signal_id in sorted({d["signal_id"] for d in decisions}):
        seen = [d for d in decisions if d["signal_id"] == signal_id and d["day"] <= as_of]
        row = max(seen, key=lambda d: d["day"], default=None)
        if row is None or row["book"] != "profit" or row["pattern_key"] is None:
            continue
        if 0 <= (as_of - row["decided_at"].date()).days < settings.lookback_days:
            grouped[row["pattern_key"], row["episode_id"] or signal_id].append(row)
    found = []
    for members in grouped.values():
        approved = [m for m in members if m["decision"] == "approved"]
        others = [m for m in members if m["decision"] in ("blocked", "expired")]
        if not approved and not others:
            continue
        first = min(approved, key=lambda m: (m["decided_at"], m["signal_id"]), default=None)
        row = first or min(others, key=lambda m: (-m["decided_at"].timestamp(), m["signal_id"]))
        names = {m["signal_id"] for m in members}
        said = [r for r in reports if r["signal_id"] in names and r["day"] <= as_of]
        newest = max(said, key=lambda r: (r["happened_at"], r["event_id"]), default=None)
        of_row = [g for g in gates if (g["signal_id"], g["day"]) == (row["signal_id"], row["day"])]
        label = {"simulated": _simulated(row, outcomes, as_of), "reported": newest and newest["outcome"] == "success"}
        found.append(row | {"gates": {g["gate"]: g for g in of_row}} | label)
    return found


def _simulated(row: Row, outcomes: list[Row], as_of: dt.date) -> bool | None:
    known = [o for o in outcomes if o["signal_id"] == row["signal_id"] and o["day"] <= as_of]
    newest = max(known, key=lambda o: o["known_at"], default=None)
    return newest["success"] if newest and newest["decided_at"] == row["decided_at"] else None


def lessons(world: World, as_of: dt.date, settings: TuningSettings, rule: Rule) -> list[Row]:
    slices, every = defaultdict(list), policies(settings.levers)
    for row in episodes(world, as_of, settings):
        row["answers"] = [answer(row, row["gates"], policy) for policy in every]
        scope = json.loads(row["scope"])
        for size in range(len(scope) + 1):
            for keys in itertools.combinations(sorted(scope), size):
                part = json.dumps({k: scope[k] for k in keys}, separators=(",", ":"))
                slices[row["pattern_key"], part].append(row)
    found = [_lesson(*key, rows, settings, rule) for key, rows in sorted(slices.items())]
    return [lesson | {"as_of": as_of, "day": as_of} for lesson in found if lesson["n"] >= settings.n_min]


def _lesson(pattern: str, scope: str, rows: list[Row], settings: TuningSettings, rule: Rule) -> Row:
    labelled = [r for r in rows if (r["simulated"], r["reported"]) != (None, None)]
    source = "reported" if labelled and all(r["reported"] is not None for r in labelled) else "simulated"
    used = [r | {"success": r[source]} for r in rows if r[source] is not None]
    acted = [r for r in used if r["decision"] == "approved"]
    skipped = [r for r in used if r["decision"] != "approved"]
    every = policies(settings.levers)
    asked = [r for r in used if r["decision"] != "expired"]
    answers = {id(r): r["answers"] for r in asked}
    told = [r for r in asked if "unknown" not in answers[id(r)]]
    lesson = {
        "pattern_key": pattern,
        "scope": scope,
        "n": len(used),
        "n_approved": len(acted),
        "n_skipped": len(skipped),
        "n_unknown": len(asked) - len(told),
        "n_unlabelled": len(rows) - len(used),
        "label_source": source,
        "wr": _share(acted, True),
        "fpr": _share(acted, False),
        "mr": _share(skipped, True),
        "dr": _share(skipped, False),
    }
    base = every.index(dict.fromkeys(every[0], 0.0))
    changes = [_changes(told, answers, k, base) for k in range(len(every))]
    return lesson | _chosen(told, answers, every, base, changes, lesson["dr"], settings.levers, rule)


def _share(rows: list[Row], success: bool) -> float | None:
    return sum(r["success"] is success for r in rows) / len(rows) if rows else None


def _changes(told: list[Row], answers: dict[int, list[str]], policy: int, base: int) -> dict[str, int]:
    count = dict.fromkeys(("misses_caught", "failures_added", "failures_avoided", "successes_lost"), 0)
    for r in told:
        was, now = answers[id(r)][base], answers[id(r)][policy]
        if (was, now) == ("blocked", "approved"):
            count["misses_caught" if r["success"] else "failures_added"] += 1
        if (was, now) == ("approved", "blocked"):
            count["successes_lost" if r["success"] else "failures_avoided"] += 1
    return count


def satisfies(change: dict[str, int], dr: float | None, rule: Rule) -> bool:
    benefit, harm = change["misses_caught"], change["failures_added"]
    needed = (
        max(rule.min_ratio, rule.cautious_ratio)
        if dr is not None and dr >= rule.cautious_dodge_rate
        else rule.min_ratio
    )
    return benefit >= rule.min_benefit and (harm == 0 or benefit / harm >= needed)


def _chosen(
    told: list[Row],
    answers: dict[int, list[str]],
    every: list[Policy],
    base: int,
    changes: list[dict[str, int]],
    dr: float | None,
    levers: tuple[Lever, ...],
    rule: Rule,
) -> Row:
    looser = [k for k, policy in enumerate(every) if is_looser(policy, levers)]
    tighter = [k for k, policy in enumerate(every) if is_looser({g: -x for g, x in policy.items()}, levers)]
    may = [k for k in looser if satisfies(changes[k], dr, rule)]
    t = {k: t_statistic(told, answers, k, base, every, levers) for k in may}
    by_ratio = rule.verification == "none"

    def order(k: int) -> tuple[float, int, str]:
        harm = changes[k]["failures_added"]
        ratio = changes[k]["misses_caught"] / harm if harm else math.inf
        score = ratio if by_ratio else -math.inf if t[k] is None else round(t[k], 9)
        return -score, n_moved(every[k], levers), name_of(every[k], levers)

    def avoiding(k: int) -> tuple[float, int, str]:
        lost = changes[k]["successes_lost"]
        ratio = changes[k]["failures_avoided"] / lost if lost else math.inf
        return -ratio, n_moved(every[k], levers), name_of(every[k], levers)

    best = min(may, key=order, default=None)
    tightest = min((k for k in tighter if changes[k]["failures_avoided"]), key=avoiding, default=None)
    found: Row = {"n_candidates": len(may), "n_pruned": sum(not any(c.values()) for c in changes)}
    found |= {"policy": None if best is None else name_of(every[best], levers)}
    found |= {"tightening": None if tightest is None else name_of(every[tightest], levers)}
    found |= _none_or(tightest, changes, "failures_avoided", "successes_lost")
    found |= _none_or(best, changes, "misses_caught", "failures_added")
    harm = found["failures_added"]
    return found | {
        "ratio": found["misses_caught"] / harm if harm else None,
        "t_statistic": None if best is None or by_ratio else t[best],
        "deltas": None if best is None else _deltas(every[best], levers),
        "reason": None if may else _reason([changes[k] for k in looser], rule),
        "p_value": None,
        "q_value": None,
    }


def _none_or(policy: int | None, changes: list[dict[str, int]], *names: str) -> dict[str, Any]:
    return {name: None if policy is None else changes[policy][name] for name in names}


def _deltas(policy: Policy, levers: tuple[Lever, ...]) -> str:
    return json.dumps({lever.name: policy[lever.gate] for lever in levers}, separators=(",", ":"), sort_keys=True)


def _reason(changes: list[dict[str, int]], rule: Rule) -> str:
    if not any(c["misses_caught"] + c["failures_added"] for c in changes):
        return "nothing_to_admit"
    if not any(c["misses_caught"] >= rule.min_benefit for c in changes):
        return "too_few_misses"
    return "dodge_rate_high" if any(satisfies(c, None, rule) for c in changes) else "ratio_too_low"


def t_statistic(
    told: list[Row],
    answers: dict[int, list[str]],
    policy: int,
    base: int,
    every: list[Policy],
    levers: tuple[Lever, ...],
) -> float | None:
    """Exact mean and variance of the hypergeometric law, day by day, over what the levers alone keep out at base."""
    excess, variance = Fraction(0), Fraction(0)
    pool = [r for r in told if answers[id(r)][base] == "blocked" and by_levers_alone(r, levers)]
    for on in {r["decided_at"].date() for r in pool}:
        today = [r for r in pool if r["decided_at"].date() == on]
        admitted = [r for r in today if answers[id(r)][policy] == "approved"]
        n, won, m = len(today), sum(r["success"] for r in today), len(admitted)
        excess += sum(r["success"] for r in admitted) - Fraction(m * won, n)
        if n > 1:
            variance += Fraction(m * won * (n - won) * (n - m), n * n * (n - 1))
    return float(excess) / math.sqrt(variance) if variance else None


def by_levers_alone(row: Row, levers: tuple[Lever, ...]) -> bool:
    """With the levers' gates open, the others let it through: approved, all told."""
    open_levers = {lever.gate: math.inf if lever.limit == "ceiling" else -math.inf for lever in levers}
    return answer(row, row["gates"], open_levers) == "approved"


def episode_of(row: Row) -> tuple[str, str]:
    return row["pattern_key"], row["episode_id"] or row["signal_id"]


def first_days(world: World, as_of: dt.date) -> dict[tuple[str, str], dt.date]:
    """First day of each episode, of what is known then."""
    newest: dict[str, Row] = {}
    for row in sorted(world[0], key=lambda d: d["day"]):
        if row["day"] <= as_of:
            newest[row["signal_id"]] = row
    first: dict[tuple[str, str], dt.date] = {}
    for row in newest.values():
        if row["book"] == "profit" and row["pattern_key"] is not None:
            on = row["decided_at"].date()
            first[episode_of(row)] = min(on, first.get(episode_of(row), on))
    return first
