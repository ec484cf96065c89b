"""Several writer processes, and writers that are killed: the table is always one that somebody wrote."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from pathlib import Path

from polars.testing import assert_frame_equal

from learning_pipeline.stores.lake import Lake
from learning_pipeline_tests.stores.rows import Prices, day, prices, python, said

WRITER = """
import sys, time
from pathlib import Path
from learning_pipeline.stores.lake import Lake
from learning_pipeline_tests.stores.rows import Prices, day, prices
lake, first, last, price = Lake(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
Path(sys.argv[5]).touch()
while len(list(Path(sys.argv[5]).parent.glob("ready*"))) < 2:
    time.sleep(0.001)
for n in range(int(sys.argv[6])):
    lake.replace(Prices, prices(last - first + 1, price + n, first=first), day(first), day(last))
"""
KILLED = """
import itertools, os, sys
from learning_pipeline.stores.lake import Lake
from learning_pipeline_tests.stores.rows import Prices, day, prices
for first in sys.stdin:  # a process for each writer: forked, so that none need import anew
    child = os.fork()
    if child == 0:
        lake = Lake(sys.argv[1])
        print(os.getpid(), flush=True)
        for n in itertools.count(int(first)):
            lake.replace(Prices, prices(4, 1.0 + n), day(0), day(3))
            print(n, flush=True)
    print(f"killed by {os.WTERMSIG(os.waitpid(child, 0)[1])}", flush=True)
"""


def test_writers_of_overlapping_days_end_in_one_of_the_two_orders(tmp_path: Path) -> None:
    place, n_writes = tmp_path / "lake", 12
    ranges = [(0, 3, 100.0), (2, 5, 200.0)]
    commands = [(first, last, price, tmp_path / f"ready{first}", n_writes) for first, last, price in ranges]
    with contextlib.ExitStack() as stack:
        writers = [stack.enter_context(python(WRITER, place, *command)) for command in commands]
        for writer in writers:
            said(writer)
    table = Lake(place).read(Prices)
    of_day = {d: set(rows["price"]) for (d,), rows in table.partition_by("day", as_dict=True).items()}
    newest = [price + n_writes - 1 for *_, price in ranges]
    assert [of_day[day(n)] for n in (0, 1)] == [{newest[0]}] * 2
    assert [of_day[day(n)] for n in (4, 5)] == [{newest[1]}] * 2
    assert of_day[day(2)] == of_day[day(3)]
    assert of_day[day(2)] in ({newest[0]}, {newest[1]})


def kill_after(writers: subprocess.Popen[str], first: int, n_writes: int, seconds: float) -> list[int]:
    """Kill a writer some time after so many writes; the writes that it knew to be done."""
    assert writers.stdin is not None
    assert writers.stdout is not None
    writers.stdin.write(f"{first}\n")
    writers.stdin.flush()
    writer = int(writers.stdout.readline())
    done = [int(writers.stdout.readline()) for _ in range(n_writes)]
    time.sleep(seconds)
    os.kill(writer, signal.SIGKILL)
    return done + [int(line) for line in iter(writers.stdout.readline, f"killed by {signal.SIGKILL:d}\n")]


def test_a_killed_writer_leaves_its_last_table_or_the_next(tmp_path: Path) -> None:
    lake, rng, last = Lake(tmp_path / "lake"), random.Random(7), -1
    with python(KILLED, tmp_path / "lake") as writers:
        for n_writes in (0, 0, 1, 0, 1, 2, 0, 3):
            done = kill_after(writers, last + 1, n_writes, rng.uniform(0.0, 0.12))
            last = max([last, *done])
            found = lake.read(Prices)
            if found.is_empty():
                assert last == -1
                continue
            price = found["price"][0]
            assert price in {1.0 + last, 2.0 + last}, "an acknowledged write is lost"
            assert_frame_equal(found, prices(4, price))
            last = int(price) - 1
    lake.replace(Prices, prices(4, 77.0), day(0), day(3))
    assert_frame_equal(lake.read(Prices), prices(4, 77.0))
