"""Which packs an artifact of a kind must pass."""

from collections.abc import Iterable

from learning_pipeline.errors import EvaluationFailed
from learning_pipeline.models.packs.manifest import Manifest
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


def _kind(raw: bytes) -> str | None:
    try:
        return Manifest.read(raw).kind
    except EvaluationFailed:
        return None
