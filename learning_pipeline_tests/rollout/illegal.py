"""Illegal promotions, each valid but for one fault: ``python -m learning_pipeline_tests.rollout.illegal N``."""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from learning_pipeline.errors import RolloutDenied
from learning_pipeline.rollout.facts import Facts
from learning_pipeline.rollout.rules import why_not
from learning_pipeline.stores.rollout_answers import RolloutAnswers
from learning_pipeline.stores.rollout_held import Held
from learning_pipeline.stores.rollout_moves import RolloutMoves
from learning_pipeline_tests.rollout.faults import CASES, rebind
from learning_pipeline_tests.rollout.world import DAY, NOW, TABLES, World


class Bench:
    """One artifact is active, another needs nothing more to take its place; faults come and go."""

    def __init__(self, root: Path) -> None:
        self.world = World.at(root)
        self.world.data_at(NOW - 40 * DAY)
        self.world.active(self.world.artifact("before"))
        self.request_id = self.world.approved(self.world.artifact("one"))
        self.path = self.world.home.root / self.world.rows("artifacts")[-1]["path_ref"]
        self.raw, self.known, self.models = self.path.read_bytes(), self.world.known, self.world.models
        self.saved, self.rules = self.world.saved(), self.world.rollout
        self.moves, self.answers = RolloutMoves(self.world.home), RolloutAnswers(self.world.home)

    def move(self) -> None:
        circumstances = self.world.circumstances

        def judge(held: Held) -> list[object]:
            return list(why_not(Facts(*held, circumstances=circumstances)))

        self.moves.move(self.request_id, "Bob", self.world.now, circumstances.data_now, judge)  # type: ignore[arg-type]

    def try_one(self, name: str, chance: random.Random) -> str:
        """Plant one fault, try, and mend it again; what is wrong with the answer, empty if nothing is."""
        case, world = CASES[name], self.world
        case.plant(world, chance)
        if case.rebound:
            rebind(world, self.answers.look(self.request_id))
        planted = {table: world.rows(table) for table in TABLES}
        try:
            self.move()
            said = "was moved"
        except RolloutDenied:
            said = self._wrong(case.reason)
        said = said or ("" if planted == {table: world.rows(table) for table in TABLES} else "the ledger was changed")
        self._mend()
        return said

    def _wrong(self, reason: str) -> str:
        (row,) = self.world.rows("rollout_audit WHERE seq = (SELECT max(seq) FROM rollout_audit)")
        found = row["actor"], row["action"], row["outcome"], [r["code"] for r in json.loads(row["detail"])["reasons"]]
        return "" if found == ("Bob", "active", "denied", [reason]) else f"recorded was {found}"

    def _mend(self) -> None:
        world = self.world
        world.restore(self.saved)
        self.path.write_bytes(self.raw)
        world.known, world.models, world.rollout, world.now = self.known, self.models, self.rules, NOW


def try_many(n: int, root: Path, seed: int = 0) -> tuple[list[str], Counter[str]]:
    """So many promotions, every fault in turn; what went wrong, and how often each reason was given."""
    chance, bench = random.Random(seed), Bench(root)
    names = [list(CASES)[k % len(CASES)] for k in range(n)]
    wrong = [f"{name}: {said}" for name in names if (said := bench.try_one(name, chance))]
    bench.move()  # it was valid all along
    return wrong, Counter(CASES[name].reason for name in names)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        faulty, given = try_many(int(sys.argv[1]), Path(folder))
    said = f"{given.total()} illegal promotions of {len(CASES)} kinds, {len(given)} reasons: {len(faulty)} not as due\n"
    sys.stdout.write(said + "".join(f"{line}\n" for line in faulty[:20]))
    sys.exit(bool(faulty))
