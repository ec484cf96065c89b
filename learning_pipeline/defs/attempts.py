"""How often the sensor tries the same waiting files; known to whoever explains it, without Dagster."""

import hashlib

MAX_ATTEMPTS = 3
WAITING_TAG = "learning_pipeline/waiting"


def digest_of(waiting: list[str]) -> str:
    """What a run is tagged with: the names of the files that waited when it was asked for."""
    return hashlib.sha256("\n".join(waiting).encode()).hexdigest()[:16]
