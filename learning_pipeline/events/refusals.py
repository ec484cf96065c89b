"""Why a line was refused: reason codes and words."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, NamedTuple

REASON_CODES = (
    "bad_encoding",
    "bad_json",
    "not_an_object",
    "duplicate_key",
    "not_finite",
    "unknown_type",
    "unknown_word",
    "unknown_field",
    "missing_field",
    "wrong_type",
    "out_of_range",
    "bad_time",
    "naive_time",
    "contradicting_book",
    "missing_experiment",
    "duplicate_gate",
    "gate_contradiction",
    "id_conflict",
    "second_signal",
    "ambiguous_revision",
    "unreadable_file",
    "bad_schema",
    "null_value",
    "bad_prices",
    "conflicting_bar",
)
"""Every reason code of ``events.quarantine``."""

_BY_MESSAGE = (
    (r"^Object missing required field", "missing_field"),
    (r"^Object contains unknown field", "unknown_field"),
    (r"- at `\$\.type`$", "unknown_type"),
    (r"^Invalid (enum )?value", "unknown_word"),
    (r"^Number out of range", "not_finite"),
    (r"^Integer value out of range", "out_of_range"),
    (r"got `int` - at `\$\.(at|\w+_at)`", "bad_time"),
    (r"Expected `object`, got .*[^`]$|Expected `object`, got `\w+`$", "not_an_object"),
    (r", got `", "wrong_type"),
    (r"Expected ", "out_of_range"),
)


class Refusal(NamedTuple):
    """One refused line: its number in the file from 1, code, words and the raw line."""

    line_no: int
    reason_code: str
    detail: str
    raw_sha256: str
    raw: str


def refusal(line_no: int, reason_code: str, detail: str, raw: bytes) -> Refusal:
    """A refusal with the digest of the raw bytes; bytes outside UTF-8 are shown replaced."""
    return Refusal(line_no, reason_code, detail, hashlib.sha256(raw).hexdigest(), raw.decode("utf-8", "replace"))


class NotStrict(ValueError):
    """A line that a lenient JSON reader would take, and that we do not; ``code`` is its reason code."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def require_strict_json(line: bytes) -> None:
    """Refuse what a lenient JSON reader would coerce: duplicate keys, NaN and infinities.

    >>> require_strict_json(b'{"a": 1, "a": 2}')
    Traceback (most recent call last):
    learning_pipeline.events.refusals.NotStrict: the key 'a' stands twice in one object
    """
    json.loads(line.decode("utf-8"), object_pairs_hook=_refuse_duplicates, parse_constant=_refuse_constant)


def _refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotStrict("duplicate_key", f"the key {twice!r} stands twice in one object")
    return found


def _refuse_constant(word: str) -> Any:
    raise NotStrict("not_finite", f"expected a finite number, found {word}")


def reason_of(line: bytes, error: Exception) -> tuple[str, str]:
    """Reason code and words for a line that could not be decoded."""
    try:
        require_strict_json(line)
    except NotStrict as e:
        return e.code, str(e)
    except UnicodeDecodeError as e:
        return "bad_encoding", f"expected UTF-8: {e.reason} at byte {e.start}"
    except (ValueError, RecursionError):
        return "bad_json", f"expected one JSON object: {error}"
    detail = str(error)
    return next(code for pattern, code in (*_BY_MESSAGE, (r"", "bad_json")) if re.search(pattern, detail)), detail
