"""A file that a bot reads: small, whole, with its own digest; it needs no database."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.atomic import atomic_write


def write_digested(path: Path, name: str, content: Callable[[], Any]) -> bool:
    """Bring the file up to a content; true where that changed it.

    Parameters
    ----------
    name : str
        What the content is called inside the file.
    content : callable
        Asked once nobody else writes the file: who writes last has seen everything before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        encoded = _encoded(name, content())
        if path.exists() and path.read_bytes() == encoded:
            return False
        atomic_write(path, encoded)
        return True


def read_digested(path: Path, name: str, anew: str) -> Any:
    """The content of a file that is there.

    Parameters
    ----------
    name : str
        What the content is called inside the file.
    anew : str
        What to do about a file that is refused.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand.
    """
    try:
        document = json.loads(path.read_bytes())
        content, said = document[name], document["sha256"]
    except (ValueError, KeyError, TypeError) as e:
        raise BadInput(f"{path}: expected {name} as JSON, found damaged or other content ({e}); {anew}") from e
    if _digest(content) != said:
        raise BadInput(f"{path}: its content is not that of its SHA-256: damaged, or changed by hand; {anew}")
    return content


def _encoded(name: str, content: Any) -> bytes:
    document = {"schema_version": 1, "sha256": _digest(content), name: content}
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _digest(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
