"""One door for whoever only knows whose formats lie in a folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from learning_pipeline.contracts.imported import Imported


def read(
    kind: Literal["freqtrade", "nautilus"], paths: list[Path], source: str | None = None, timeframe: str | None = None
) -> Iterator[Imported]:
    """What lies in files and folders of a bot; nothing is unpickled.

    Raises
    ------
    BadInput
        A path does not exist, or nothing of that kind lies there.
    """
    if kind == "freqtrade":
        from learning_pipeline.adapters.freqtrade import FreqtradeOptions, imported  # noqa: PLC0415  # not for all

        return imported(paths, FreqtradeOptions(source=source))
    from learning_pipeline.adapters.nautilus import imported as nautilus  # noqa: PLC0415  # as above

    return nautilus(paths, source, timeframe)
