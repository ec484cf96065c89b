"""Which timeframe gets how much of the capital, and which trades moved it there? From the published warehouse."""

import marimo

app = marimo.App(width="medium", app_title="Capital by timeframe")


with app.setup(hide_code=True):
    import os

    import marimo as mo
    import polars as pl

    import learning_pipeline as lp
    from learning_pipeline.errors import BadInput
    from learning_pipeline.reports import allocation_drawing, to_png
    from learning_pipeline.reports.words import count, fraction

    HOME = os.environ.get("LEARNING_PIPELINE_HOME", "data/demo")


@app.cell(hide_code=True)
def _():
    mo.md(f"""
    # Which timeframe gets how much of the capital?

    Each closed trade moves the shares a little towards timeframes whose recent ROI is better. Data root: `{HOME}`
    (`LEARNING_PIPELINE_HOME` names another).
    """)


@app.cell(hide_code=True)
def _():
    try:
        standing = lp.query(
            """
            SELECT * FROM allocation.timeframe_roi WHERE day = (SELECT max(day) FROM allocation.timeframe_roi)
            ORDER BY timeframe = '*', allocation DESC, timeframe
            """,
            HOME,
        )
        steps = lp.query("SELECT * FROM allocation.timeframe_allocation ORDER BY closed_at, trade_id, timeframe", HOME)
        positions = lp.query(
            """
            SELECT token, timeframe, status, round(total_allocation_pct, 2) AS reported_pct,
                   round(new_allocation_pct, 2) AS asked_pct, book, position_id
            FROM allocation.positions WHERE day = (SELECT max(day) FROM allocation.timeframe_roi) ORDER BY ALL
            """,
            HOME,
        )
    except BadInput as _e:
        mo.stop(True, mo.callout(mo.md(f"**Nothing to show.** {_e}"), kind="warn"))
    mo.stop(standing.is_empty(), mo.callout("No day was computed yet: there is no allocation.", kind="warn"))
    return positions, standing, steps


@app.cell(hide_code=True)
def _(standing, steps):
    _shares = standing.drop_nulls("allocation")
    _whole = standing.row(by_predicate=pl.col("timeframe") == "*", named=True)
    _untried = _shares.filter(n=0)["timeframe"].to_list()
    _thin = _shares.filter(pl.col("n") > 0).sort("w_short").head(1).to_dicts()
    n_moved = steps.filter(pl.col("change") != 0)["trade_id"].n_unique()
    answer = ", ".join(f"{name} {share:.1%}" for name, share in _shares.select("timeframe", "allocation").iter_rows())
    _sure = (
        f"The thinnest ground: {_thin[0]['timeframe']}, whose short average weighs as much as "
        f"{_thin[0]['w_short']:.1f} fresh trades (of {_thin[0]['n']:,})."
        if _thin
        else "No trade has closed, so these are the shares that the settings begin with."
    )
    _start = f" Never traded yet: {', '.join(_untried)}." if _untried else ""
    _ignored = _whole["n_ignored"]
    _other = f"; {count(_ignored, 'trade')} of other timeframes moved nothing" if _ignored else ""
    _words = f"""
    **{answer}** of the capital as of {standing["day"][0]}. {n_moved:,} of {count(_whole["n"], "closed trade")} moved
    these shares{_other}. {_sure}{_start}

    These averages forget, and steer; they are no evidence that one timeframe is better than another, so they have no
    interval. A bot reads the same shares with `lp.load_allocation`.
    """
    mo.callout(mo.md(_words), kind="info")
    return answer, n_moved


@app.cell(hide_code=True)
def _(standing, steps):
    _drawing = allocation_drawing(steps)
    _percent = (pl.col("allocation", "roi_short", "roi_long") * 100).round(2).name.suffix("_pct")
    _table = standing.select("timeframe", _percent, "n", pl.col("w_short", "w_long").round(1))
    mo.vstack(
        [
            mo.md("""
            ## How it came there

            Share after each closed trade, percent. A mark is a trade of that timeframe that moved the shares: filled
            where it won, hollow where it lost; of very many an even share is marked.
            """),
            mo.image(to_png(_drawing), width=470) if _drawing else mo.md("No trade has moved any share yet."),
            mo.ui.table(_table, selection=None, show_data_types=False),
            mo.md("`w`: how many fresh trades the average weighs as much as; few means that one trade sways it."),
        ]
    )


@app.cell(hide_code=True)
def _(standing):
    _names = standing.drop_nulls("allocation")["timeframe"].to_list()
    pick = mo.ui.dropdown(_names, value=_names[0], label="Timeframe") if _names else None
    mo.stop(not _names, mo.callout("No timeframe has a share: the settings name none.", kind="warn"))
    return (pick,)


@app.cell(hide_code=True)
def _(pick, steps):
    moves = steps.filter(timeframe=pick.value).sort("closed_at", "trade_id", descending=True)
    _why = moves.group_by("reason").agg(n=pl.len(), moved_by_pct=(100 * pl.col("change").sum()).round(2)).sort("reason")
    _last = moves.select(
        pl.col("closed_at").dt.strftime("%Y-%m-%d %H:%M"),
        "traded_timeframe",
        pl.col("trade_roi", "allocation", "change").round(4),
        "reason",
        "trade_id",
    )
    _mine = moves.filter(traded_timeframe=pick.value)
    _won = _mine.select((pl.col("trade_roi") > 0).mean()).item()
    _words = f"""
    ## Which trades moved {pick.value}, and why not more?

    {count(_mine.height, "trade")} of its own{f", {fraction(_won)} with a gain" if _mine.height else ""}. Reasons:
    `capped` as far as one trade may, `at_floor` held at the least share, `balanced` what the others could give or take.
    """
    _counts = mo.ui.table(_why, selection=None, show_data_types=False)
    mo.vstack([mo.md(_words), pick, _counts, mo.md("Newest first:"), mo.ui.table(_last, selection=None)])
    return (moves,)


@app.cell(hide_code=True)
def _(positions):
    _told = (
        mo.ui.table(positions, selection=None, show_data_types=False)
        if positions.height
        else mo.md("The bot reports no open position, so there is nothing to redistribute.")
    )
    mo.vstack([mo.md("## Open positions: as the bot reports them, and as the allocation asks for"), _told])


if __name__ == "__main__":
    app.run()
