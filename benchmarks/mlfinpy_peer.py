"""mlfinpy in a Python of its own (it needs older NumPy and pandas than ours), asked over a pipe, round by round."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import numpy as np

from benchmarks.paths import Paths

PYTHON = os.environ.get("MLFINPY_PYTHON", ".tools/mlfinpy/bin/python")
SERVER = Path(__file__).with_name("mlfinpy_server.py")


class Mlfinpy:
    """A process that answers each line with the CPU seconds of one ``get_events``; ``exits`` are those of the first."""

    def __init__(self, p: Paths) -> None:
        self._folder = tempfile.TemporaryDirectory()
        given, answer = (Path(self._folder.name) / name for name in ("given.npz", "answer.npz"))
        np.savez(given, close=p.close, first=p.first, ttl=p.ttl, width=p.width)
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        self._process = subprocess.Popen([PYTHON, str(SERVER), str(given), str(answer)], **pipes)
        self.cpu()
        found = np.load(answer)
        self.exits = (found["bar"], found["label"])

    def cpu(self) -> float:
        """CPU seconds of one more round."""
        self._process.stdin.write("again\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
        self._folder.cleanup()
