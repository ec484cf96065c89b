"""One writer per data root, and signs of life."""

from __future__ import annotations

import os
import subprocess
import threading
from pathlib import Path

import pytest

from learning_pipeline.stores.writer import is_dead, one_writer, sign_of_life
from learning_pipeline_tests.stores.rows import python, said

HOLDER = """
import sys, time
from pathlib import Path
from learning_pipeline.stores.writer import one_writer, sign_of_life
with one_writer(Path(sys.argv[1])), sign_of_life(Path(sys.argv[2])):
    print("held", flush=True)
    time.sleep(60)
"""
ASKER = """
import sys
from pathlib import Path
from learning_pipeline.stores.writer import one_writer
print("asking", flush=True)
with one_writer(Path(sys.argv[1]), lambda words: print(words, flush=True)):
    print("held", flush=True)
"""


def test_a_process_may_enter_twice_also_from_threads(tmp_path: Path) -> None:
    lock, entered = tmp_path / "lock", threading.Event()

    def enter() -> None:
        with one_writer(lock):
            entered.set()

    with one_writer(lock), one_writer(lock):
        thread = threading.Thread(target=enter)
        thread.start()
        assert entered.wait(5)
        thread.join()


def test_another_process_waits_says_so_once_and_goes_on_when_all_holders_left(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with one_writer(lock):
        with one_writer(lock):
            asker = python(ASKER, lock)
            assert asker.stdout
            assert asker.stdout.readline() == "asking\n"
            assert asker.stdout.readline().endswith(f"(process {os.getpid()}); waiting for it to end\n")
        with pytest.raises(subprocess.TimeoutExpired):  # else it entered although the outer holder is still there
            asker.wait(0.5)
    with asker:
        assert said(asker) == "held"


def test_the_lock_can_be_taken_again_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), one_writer(tmp_path / "lock"):
        _ = 1 / 0
    with python(ASKER, tmp_path / "lock") as asker:
        assert said(asker) == "asking\nheld"


def test_the_lock_and_the_sign_of_life_die_with_their_process(tmp_path: Path) -> None:
    lock, life, heard = tmp_path / "lock", tmp_path / "alive" / "run", list[str]()
    with python(HOLDER, lock, life) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        assert not is_dead(life)
        killer = threading.Timer(0.2, holder.kill)
        killer.start()
        with one_writer(lock, heard.append):
            killer.join()
    assert len(heard) == 1
    assert f"process {holder.pid}" in heard[0]
    assert is_dead(life)


def test_work_that_ended_leaves_no_sign_behind(tmp_path: Path) -> None:
    life = tmp_path / "alive" / "run"
    with sign_of_life(life):
        assert life.exists()
    assert not life.exists()
    with pytest.raises(ZeroDivisionError), sign_of_life(life):
        _ = 1 / 0
    assert not is_dead(life)
