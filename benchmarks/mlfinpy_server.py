"""Runs in mlfinpy's own environment: one ``get_events`` per line read, its CPU seconds as the answer."""

import sys
import time

import numpy as np
import pandas as pd
from mlfinpy.labeling.labeling import get_events


def main(given: str, answer: str) -> None:
    """Answer until the input ends; the first answer also writes exit bars and labels."""
    world = np.load(given)
    ttl, width, first = int(world["ttl"]), float(world["width"]), world["first"]
    times = pd.date_range("2020-01-01", periods=world["close"].size, freq="min")
    close = pd.Series(world["close"], index=times)
    starts, ends = times[first], pd.Series(times[first + ttl - 1], index=times[first])
    target, side = pd.Series(width, index=starts), pd.Series(1.0, index=starts)
    for n, _ in enumerate(sys.stdin):
        begin = time.process_time()
        events = get_events(close, starts, [1, 1], target, 0.0, 1, ends, side, verbose=False)
        spent = time.process_time() - begin
        if n == 0:
            bar = times.get_indexer(events["t1"])
            moved = world["close"][bar] / world["close"][first] - 1
            label = np.where(moved >= width, 1, np.where(moved <= -width, -1, 0))
            np.savez(answer, bar=bar, label=label)
        print(spent, flush=True)


main(*sys.argv[1:])
