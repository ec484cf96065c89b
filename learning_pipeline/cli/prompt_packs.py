"""Register a prompt pack."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import tomllib
from pathlib import Path
from typing import Any

from learning_pipeline.cli.plain import write_json
from learning_pipeline.cli.terminal import tell
from learning_pipeline.errors import BadInput
from learning_pipeline.models.prompt_pack import MOST_BYTES, PromptPack
from learning_pipeline.stores.code import code_version
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.registry import Registry

ANSWERS = "lake:events.ai_responses"
"""What a prompt pack is measured on instead of a dataset: the answers that the bot reports of this version."""


def add(home: Home, file: Path, *, as_json: bool) -> None:
    """Register a file and say what it is called.

    Raises
    ------
    BadInput
        The file cannot be read, or is no prompt pack.
    """
    pack = PromptPack.of(_told(file), str(file))
    raw = pack.raw()
    row = {
        "model_type": pack.model_type,
        "metrics": {},
        "created_at": dt.datetime.now(dt.UTC),
        "data_snapshot_ref": ANSWERS,
        "dataset_id": ANSWERS,
        "config_hash": hashlib.sha256(raw).hexdigest(),
        "code_commit": code_version(),
    }
    artifact = Registry(home).add_artifact(raw, row)
    if as_json:
        write_json(artifact)
        return
    tell(f"{artifact['artifact_id']}: {pack.name} {pack.version}, version {artifact['version']} of its type")
    tell(f"`evaluate {artifact['artifact_id']} --pack NAME` measures it once its answers are in")


def _told(file: Path) -> dict[str, Any]:
    raw = file.read_bytes()
    if len(raw) > MOST_BYTES:
        raise BadInput(f"{file}: expected at most {MOST_BYTES} bytes, found {len(raw)}")
    try:
        told = json.loads(raw) if file.suffix == ".json" else tomllib.loads(raw.decode())
    except (ValueError, RecursionError) as e:
        raise BadInput(f"{file}: expected {file.suffix[1:].upper() or 'TOML'}: {' '.join(str(e).split())}") from e
    if not isinstance(told, dict):
        raise BadInput(f"{file}: expected an object with name, version and prompts, found {type(told).__name__}")
    return told
