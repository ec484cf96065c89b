"""Four processes race for one promotion, round after round: ``python -m learning_pipeline_tests.rollout.races N``."""

from __future__ import annotations

import multiprocessing as mp
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from learning_pipeline.errors import RolloutDenied
from learning_pipeline.rollout.facts import Circumstances, Facts
from learning_pipeline.rollout.rules import why_not
from learning_pipeline.rollout.settings import RolloutSettings
from learning_pipeline.stores.rollout_moves import RolloutMoves
from learning_pipeline_tests.rollout.world import World

N_RACERS, SECONDS, PAUSE_SECONDS = 4, 60, 0.02
AT_ONCE = RolloutSettings(min_shadow_days=0, min_shadow_scores=0)


def race(world: World, name: str, orders: Any, told: Any, start: Any) -> None:
    """One racer: takes a request at a time, waits for the others, tries to move it, tells whether it could."""
    moves = RolloutMoves(world.home)
    while (order := orders.get(timeout=SECONDS)) is not None:
        request_id, circumstances = order
        start.wait(timeout=SECONDS)
        told.put((name, _could(moves, request_id, name, circumstances)))


def _could(moves: RolloutMoves, request_id: str, name: str, circumstances: Circumstances) -> bool:
    def judged(held: Any) -> Any:
        time.sleep(PAUSE_SECONDS)  # the others would be in here too, were they not kept out
        return why_not(Facts(*held, circumstances=circumstances))

    try:
        moves.move(request_id, name, circumstances.now, circumstances.data_now, judged)
    except RolloutDenied:
        return False
    return True


def run_rounds(n: int, root: Path) -> list[str]:
    """So many races, each second one approved; those without its one winner, one record of each, the right pointer."""
    world = World.at(root, rollout=AT_ONCE)
    artifacts = [world.artifact("one"), world.artifact("two")]
    mp.set_forkserver_preload([__name__])  # imported once, not by each racer
    spawned = mp.get_context("forkserver")
    start, told, orders = spawned.Barrier(N_RACERS), spawned.Queue(), [spawned.Queue() for _ in range(N_RACERS)]
    names = [f"racer {k}" for k in range(N_RACERS)]
    racers = [
        spawned.Process(target=race, args=(world, name, own, told, start), daemon=True)
        for name, own in zip(names, orders, strict=True)
    ]
    for racer in racers:
        racer.start()
    wrong = [said for k in range(n) if (said := _round(world, artifacts[k // 2 % 2], k % 2 == 1, orders, told))]
    for own in orders:
        own.put(None)
    for racer in racers:
        racer.join(timeout=SECONDS)
    return wrong


def _round(world: World, artifact_id: str, is_approved: bool, orders: list[Any], told: Any) -> str:
    """One race; what is wrong with how it ended, empty if nothing is."""
    if not is_approved:
        world.in_shadow(artifact_id)
    stood = world.stands()
    asked = world.gate.ask("main", artifact_id, "active", "Ada", None, world.now)
    if is_approved:
        world.gate.approve(asked["request_id"], "Bob", None, world.now)
    n_before = len(world.rows("rollout_audit"))
    for own in orders:
        own.put((asked["request_id"], world.circumstances))
    could = dict(told.get(timeout=SECONDS) for _ in orders)
    winners = [name for name, won in could.items() if won]
    records = [(row["actor"], row["outcome"]) for row in world.rows("rollout_audit")[n_before:]]
    due = sorted((name, "done" if won else "denied") for name, won in could.items())
    ends = {"active": artifact_id} if is_approved else stood
    is_right = len(winners) == int(is_approved) and sorted(records) == due and world.stands() == ends
    return "" if is_right else f"{asked['request_id']}: winners {winners}, records {records}, {world.stands()}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        n_rounds = int(sys.argv[1])
        failed = run_rounds(n_rounds, Path(folder))
    sys.stdout.write(f"{n_rounds} races of {N_RACERS} processes: {len(failed)} that ended otherwise than they must\n")
    sys.stdout.write("".join(f"{line}\n" for line in failed[:20]))
    sys.exit(bool(failed))
