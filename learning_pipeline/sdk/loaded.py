"""What is in force now, read from a data root, for a bot: limits, leanings, shares, experiments, models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from learning_pipeline.sdk.models import Models
    from learning_pipeline.sdk.overrides import Overrides
    from learning_pipeline.sdk.posture import Postures


def load_overrides(home: str | Path | None = None) -> Overrides:
    """What the bot should use instead of its own thresholds; nothing where nobody approved anything.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand: none of it is used.
    """
    from learning_pipeline.sdk.overrides import overrides_of  # noqa: PLC0415  # a recorder needs none of this

    return overrides_of(home)


def load_posture(home: str | Path | None = None) -> Postures:
    """How aggressive and how early to exit the bot should be, by what its patterns' trades say; as is without a run.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand: none of it is used.
    """
    from learning_pipeline.sdk.posture import postures_of  # noqa: PLC0415  # a recorder needs none of this

    return postures_of(home)


def load_model(home: str | Path | None = None, target: str = "main") -> Models:
    """The approved model of a target, and its shadow; either may be None.

    ``.active.score(features)`` is the calibrated probability of a success, ``.active.takes(features)`` whether it is
    above the break-even probability of the training; ``.shadow`` has the same, to be recorded and not acted on.

    The bytes are compared with the SHA-256 of the ledger before they are read. Where those of the active model are
    wrong no other model takes its place, for nobody approved that: it raises, and a bot that holds a model goes on with
    that, the last good one. A damaged shadow is None, and ``problem`` says why.

    Parameters
    ----------
    home : path, optional
        Data root; LEARNING_PIPELINE_HOME, else ``./data`` by default.
    target : str
        What models are deployed for.

    Raises
    ------
    ArtifactDamaged
        The bytes of the active model are missing, or are not those that were approved.
    BadInput
        The target's name is none, or no signal model stands for it.
    """
    from learning_pipeline.sdk.models import models_of  # noqa: PLC0415  # a recorder needs none of this

    return models_of(home, target)


def load_allocation(home: str | Path | None = None) -> dict[str, Any]:
    """Share of the capital that each timeframe should have now, in the shape of the seed's ``learning_configs``.

    Returns
    -------
    dict
        ``timeframe_allocation``: by timeframe ``current_allocation`` (fraction of 1), ``roi_short``, ``roi_long``
        (averages with 14 and 90 days of memory, fractions), ``n`` (closed trades), ``updated_at`` (close of the last
        one); None where there is no trade yet. ``global_roi``: all timeframes together, and ``n_ignored``, trades of
        timeframes without a share. ``as_of``: the last day that was computed.

    Raises
    ------
    BadInput
        Nothing was computed yet, or the file is damaged, or was changed by hand: none of it is used.
    """
    from learning_pipeline.sdk.allocation import allocation_of  # noqa: PLC0415  # a recorder needs none of this

    return allocation_of(home)


def load_experiments(home: str | Path | None = None) -> dict[str, Any]:
    """Experiments and research money, as the ledger has them since the last run or answer of a person.

    Returns
    -------
    dict
        ``as_of``: last day that was computed; ``experiments``: ``experiment_id``, ``playbook_id``, ``state``,
        ``hypothesis``, ``target_symbols``, ``trigger_categories`` (empty: all), ``min_sample_size``, ``max_loss_usd``;
        ``sessions``: ``source``, ``session_id``, ``initial_capital``, ``cash``, ``total_pnl``, ``max_loss_usd`` (quote
        money, None while unknown), ``paused``, ``pause_reason``. Empty where nothing was asked for yet.

    Raises
    ------
    BadInput
        The file is damaged, or was changed by hand: none of it is used.
    """
    from learning_pipeline.sdk.experiments import experiments_of  # noqa: PLC0415  # a recorder needs none of this

    return experiments_of(home)
