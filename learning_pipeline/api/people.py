"""Who calls: a bearer token stands for a named person."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping


class People:
    """Persons by the SHA-256 of their tokens.

    Parameters
    ----------
    digests : mapping
        Name -> SHA-256 of the token, 64 hexadecimal digits. Empty: nobody can be named.
    """

    def __init__(self, digests: Mapping[str, str]) -> None:
        self._digests = dict(digests)

    def __bool__(self) -> bool:
        return bool(self._digests)

    def name_of(self, token: str) -> str | None:
        """Whose token it is; None where nobody's. Takes as long whoever it is: every digest is compared."""
        asked = hashlib.sha256(token.encode()).hexdigest()
        found = [name for name, digest in self._digests.items() if hmac.compare_digest(digest, asked)]
        return found[0] if found else None
