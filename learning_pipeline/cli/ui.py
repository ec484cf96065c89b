"""Dagster's web UI and daemon over a data root."""

from __future__ import annotations

import os
import sys

from learning_pipeline.jobs import prepare_instance
from learning_pipeline.stores.home import Home

LOOPBACK = "127.0.0.1"
SUPERSEDED = "Function `dev_command` is superseded"
"""Dagster's advice to its own users, who need a project of theirs for its successor."""


def serve_ui(home: Home, port: int) -> None:
    """Become ``dagster dev``: UI, daemon (sensor, schedule) on the loopback address, until interrupted."""
    prepare_instance(home)
    command = [
        sys.executable,
        "-W",
        f"ignore:{SUPERSEDED}",
        "-m",
        "dagster",
        "dev",
        "-m",
        "learning_pipeline.definitions",
    ]
    print(f"http://{LOOPBACK}:{port} serves {home.root}; Ctrl-C ends it", flush=True)  # noqa: T201  # the command line speaks
    os.chdir(home.root)  # Dagster warns of a dagster.yaml in the current folder that it does not read
    # exec, not a child: signals reach Dagster itself, which a background child would ignore
    os.execv(sys.executable, [*command, "--host", LOOPBACK, "--port", str(port), "--log-level", "warning"])  # noqa: S606
