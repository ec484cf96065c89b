"""The file of people who may call the Ops API: a name and the SHA-256 of a token per line; its owner's alone."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
from pathlib import Path

from learning_pipeline.errors import BadInput
from learning_pipeline.stores.atomic import atomic_write

LINE = re.compile(r"(?P<name>[^\s#](?:.*\S)?)\s+(?P<digest>[0-9a-f]{64})")
NAME = re.compile(r"[\w.@' -]{1,64}")
OTHERS = stat.S_IRWXG | stat.S_IRWXO
TOKEN_BYTES = 32


def read_people(path: Path) -> dict[str, str]:
    """Name -> SHA-256 of the person's token; none where there is no file.

    Raises
    ------
    BadInput
        Others than its owner may read or write the file, a line is not a name and a digest, or a name comes twice.
    """
    if not path.exists():
        return {}
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        raise BadInput(f"{path}: expected a file that only its owner may use, has mode {mode:04o}; `chmod 600 {path}`")
    people: dict[str, str] = {}
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = LINE.fullmatch(line.strip())
        if found is None or found["name"] in people:
            raise BadInput(f"{path}, line {n}: expected a new name and 64 hex digits, as `serve --add NAME` writes it")
        people[found["name"]] = found["digest"]
    return people


def add_person(path: Path, name: str) -> str:
    """A fresh token of a person, in place of an old one; only its digest is kept.

    Raises
    ------
    BadInput
        The name is empty, longer than 64 letters, or holds what is no letter, digit, space or one of ``. @ ' - _``.
    """
    if not NAME.fullmatch(name) or name != name.strip():
        raise BadInput(f"--add: expected a name of 1 to 64 letters, digits, spaces or . @ ' - _, was {name!r}")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    people = read_people(path) | {name: hashlib.sha256(token.encode()).hexdigest()}
    old = os.umask(OTHERS)
    try:
        atomic_write(path, "".join(f"{each} {digest}\n" for each, digest in sorted(people.items())).encode())
    finally:
        os.umask(old)
    return token
