"""How far simulated money is from real money, in one sentence that can stand wherever simulated money stands."""

from __future__ import annotations

import polars as pl

from learning_pipeline.reports.words import count, interval, money

ALL = "*"


def bias_in_words(rows: pl.DataFrame) -> str:
    """What ``analysis.calibration`` says of all strategies together.

    Parameters
    ----------
    rows : DataFrame
        ``analysis.calibration`` of one as_of and window.

    Returns
    -------
    str
        One sentence: the bias with its interval and number, or that nothing can be compared.

    Examples
    --------
    >>> row = {"strategy": "*", "n": 41, "bias_usd": 12.0, "ci_low_usd": 5.0, "ci_high_usd": 19.0}
    >>> print(bias_in_words(pl.DataFrame([row])).removeprefix("Where 41 approved decisions were traded too, "))
    real money was +12.00 USD off the simulated (95 % interval +5.00 to +19.00): the simulator promises too little.
    """
    both = rows.filter(pl.col("strategy") == ALL, pl.col("n") > 0)
    if both.is_empty():
        return "No approved decision was both traded and simulated: how far simulated money is off is not known."
    row = both.row(0, named=True)
    were = "was" if row["n"] == 1 else "were"
    said = (
        f"Where {count(row['n'], 'approved decision')} {were} traded too, real money was {money(row['bias_usd'])} USD"
    )
    return f"{said} off the simulated ({_how_sure(row['ci_low_usd'], row['ci_high_usd'])}){_verdict(row)}"


def _how_sure(low: float | None, high: float | None) -> str:
    return f"95 % interval {interval(low, high)}" if low is not None else "too few days for an interval"


def _verdict(row: dict[str, float | None]) -> str:
    low, high = row["ci_low_usd"], row["ci_high_usd"]
    if low is None or high is None:
        return "."
    if low > 0:
        return ": the simulator promises too little."
    return ": the simulator promises too much." if high < 0 else ": no bias is shown."
