"""Small files for a bot: JSON, whole, with the SHA-256 of their own content; reading them needs no database."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.atomic import atomic_write


def write_verified(path: Path, name: str, content: Any) -> bool:
    """Bring a file up to its content, under a name; true where that changed it."""
    document = {"schema_version": 1, "sha256": _digest(content), name: content}
    encoded = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False).encode() + b"\n"
    if path.exists() and path.read_bytes() == encoded:
        return False
    atomic_write(path, encoded)
    return True


def read_verified(path: Path, name: str, anew: str) -> Any:
    """Content of a file under a name.

    Parameters
    ----------
    anew : str
        What makes the file anew, for whoever finds it damaged.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand.
    FileNotFoundError
        There is no file.
    """
    try:
        document = json.loads(path.read_bytes())
        content, said = document[name], document["sha256"]
    except (ValueError, KeyError, TypeError) as e:
        raise BadInput(f"{path}: expected {name} as JSON, found damaged or other content ({e}); {anew}") from e
    if _digest(content) != said:
        raise BadInput(f"{path}: its content is not that of its SHA-256: damaged, or changed by hand; {anew}")
    return content


def _digest(content: Any) -> str:
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
