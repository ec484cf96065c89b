"""How often a sensor tries the same files, and how its runs are known; for whoever explains it, without Dagster."""

import hashlib

MAX_ATTEMPTS = 3
WAITING_TAG = "learning_pipeline/waiting"
FOLDER_TAG = "learning_pipeline/bot_folder"


def state_of(fingerprint: str) -> dict[str, str]:
    """Tag of a run that imports a bot's folder as it stood when the run was asked for."""
    return {FOLDER_TAG: fingerprint[:16]}


def digest_of(waiting: list[str]) -> str:
    """What a run is tagged with: the names of the files that waited when it was asked for."""
    return hashlib.sha256("\n".join(waiting).encode()).hexdigest()[:16]
