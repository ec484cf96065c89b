"""Plant defects one at a time; fails where one can no longer be planted or is caught by no test.

``python -m learning_pipeline_tests.mutants [NAME ...]``: all mutants, or those named.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from learning_pipeline_tests.mutants.mutant import Mutant, read_mutants
from learning_pipeline_tests.mutants.trial import Trial, try_mutant, try_unchanged

AT_ONCE = 2


def main(names: list[str], folder: Path, source: Path, console: Console) -> int:
    """Try mutants; returns the exit code."""
    every = read_mutants(folder)
    unknown = sorted(set(names) - every.keys())
    if unknown:
        console.print(f"no such mutant: {', '.join(unknown)}; known are {', '.join(every)}", markup=False)
        return 2
    chosen, began = {name: every[name] for name in names or every}, time.monotonic()
    with _progress(console) as progress:
        waiting = progress.add_task("their tests, nothing planted", total=None)
        unchanged = try_unchanged(source, list(chosen.values()))
        progress.remove_task(waiting)
        if unchanged.said:
            console.print(f"the tests fail with nothing planted:\n{unchanged.said}", markup=False)
            return 1
        trials = _tried(chosen, source, progress)
    return _told(chosen, trials, time.monotonic() - began, console)


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=True)


def _tried(chosen: dict[str, Mutant], source: Path, progress: Progress) -> dict[str, Trial]:
    """Try mutants and print a row for each, as they end."""
    task, width = progress.add_task("mutants", total=len(chosen)), max(map(len, chosen))
    pool, trials = ThreadPoolExecutor(AT_ONCE), {}
    try:
        running = {pool.submit(try_mutant, source, mutant): name for name, mutant in chosen.items()}
        for future in as_completed(running):
            name, trial = running[future], future.result()
            trials[name] = trial
            row = f"{name:<{width}}  {trial.seconds:5.1f} s  {trial.caught_by or 'NOT CAUGHT'}"
            progress.console.print(row, markup=False, highlight=False, soft_wrap=True)
            progress.advance(task)
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupt waits for those under way only
    return {name: trials[name] for name in chosen}


def _told(chosen: dict[str, Mutant], trials: dict[str, Trial], seconds: float, console: Console) -> int:
    """Say what was not caught and why that matters; returns the exit code."""
    missed = [name for name, trial in trials.items() if trial.caught_by is None]
    for name in missed:
        console.print(f"\n{name}: {trials[name].said}\n  {chosen[name].why}", markup=False, soft_wrap=True)
    console.print(f"{len(trials) - len(missed)} of {len(trials)} defects caught, in {seconds:.0f} s", highlight=False)
    return 1 if missed else 0


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    sys.exit(main(sys.argv[1:], here, here.parents[1], Console()))
