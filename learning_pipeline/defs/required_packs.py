"""Which packs an artifact of a kind must pass, and the digest of each as it is now."""

from collections.abc import Iterable

from learning_pipeline.errors import EvaluationFailed
from learning_pipeline.models.evaluation.evaluation import policy_sha256
from learning_pipeline.models.packs.manifest import Manifest
from learning_pipeline.models.packs.pack import Pack
from learning_pipeline.stores.home import Home
from learning_pipeline.stores.packs import Packs


def packs_of_kind(home: Home, pack_ids: Iterable[str], kind: str) -> list[str]:
    """Those of some packs that measure artifacts of this kind; one that cannot be read counts as such.

    Raises
    ------
    BadInput
        There is no pack of a name.
    """
    return [pack_id for pack_id in pack_ids if _kind(Packs(home).files(pack_id).manifest) in (kind, None)]


def policies(home: Home, pack_ids: Iterable[str], kind: str) -> dict[str, str | None]:
    """Digest of the policy of each pack of the kind; None where the pack is not whole. Errors as `packs_of_kind`."""
    return {pack_id: _policy(home, pack_id) for pack_id in packs_of_kind(home, pack_ids, kind)}


def _kind(raw: bytes) -> str | None:
    try:
        return Manifest.read(raw).kind
    except EvaluationFailed:
        return None


def _policy(home: Home, pack_id: str) -> str | None:
    try:
        pack = Pack.read(*Packs(home).files(pack_id))
    except EvaluationFailed:
        return None
    return policy_sha256(pack.raw)
