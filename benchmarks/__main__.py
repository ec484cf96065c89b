"""Run every line and print the table, or JSON."""

from __future__ import annotations

import argparse
import json
import os
import sys

from rich.console import Console
from rich.table import Table

from benchmarks import allocation, ingestion, outcomes, refresh, replay, tuning
from benchmarks.line import Line

PARTS = {
    part.__name__.removeprefix("benchmarks."): part.lines
    for part in (outcomes, ingestion, refresh, replay, tuning, allocation)
}


def main() -> int:
    """Exit code 1 where outputs differ or a ratio misses its target; the last line says which."""
    asked = _arguments()
    load_before = os.getloadavg()[0]
    lines = [line for name in asked.only for line in PARTS[name](asked.rounds)]
    load = (load_before, os.getloadavg()[0])
    if asked.json:
        sys.stdout.write(json.dumps({"load": load, "lines": [line.record() for line in lines]}, indent=1) + "\n")
    else:
        _show(lines, load)
    return int(not all(line.passed for line in lines))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="records instead of a table")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per line, each peer in turn")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="some of the parts")
    return parser.parse_args()


def _show(lines: list[Line], load: tuple[float, float]) -> None:
    table = Table("what", "size", "peer", "ours ms", "peer ms", "ratio", "target", "", "outputs")
    for column in table.columns[3:7]:
        column.justify = "right"
    for line in lines:
        times = (f"{seconds * 1e3:,.1f}" for seconds in (line.ours_s, line.peer_s))
        target = f"{'<=' if line.at_most else '>='} {line.target:g}"
        verdict = "PASS" if line.passed else "FAIL"
        equal = {True: "equal", False: "DIFFER", None: ""}[line.equal]
        table.add_row(line.what, line.size, line.peer, *times, f"{line.ratio:.1f}", target, verdict, equal)
    console = Console(width=None if sys.stdout.isatty() else 190, highlight=False)
    console.print(table)
    console.print(
        "CPU time of all threads, medians over rounds in turn; the ratio is the median of the rounds' ratios.\n"
        f"Load {load[0]:.1f} before, {load[1]:.1f} after, on {os.cpu_count()} cores.",
    )
    console.print(_verdict(lines), soft_wrap=True)


def _verdict(lines: list[Line]) -> str:
    wrong = [
        f"{line.what}, {line.size}, {line.peer}: " + ("outputs DIFFER" if line.equal is False else f"{line.ratio:.1f}")
        for line in lines
        if not line.passed
    ]
    return f"FAIL {len(wrong)} of {len(lines)}: {'; '.join(wrong)}" if wrong else f"PASS: all {len(lines)}"


sys.exit(main())
