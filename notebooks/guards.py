"""Would I have made more money without this guard? The verdict, and what it rests on, from the published warehouse."""

import marimo

app = marimo.App(width="medium", app_title="One guard, step by step")


with app.setup(hide_code=True):
    import os

    import marimo as mo
    import polars as pl

    import learning_pipeline as lp
    from learning_pipeline.errors import BadInput
    from learning_pipeline.reports import guards_drawing, to_png
    from learning_pipeline.reports.words import count, interval, money

    HOME = os.environ.get("LEARNING_PIPELINE_HOME", "data/demo")


@app.cell(hide_code=True)
def _():
    mo.md(f"""
    # Would I have made more money without this guard?

    Money is USD, what was blocked is simulated, only the profit book is looked at. Data root: `{HOME}`
    (`LEARNING_PIPELINE_HOME` names another). Nothing is computed here that the pipeline did not decide.
    """)


@app.cell(hide_code=True)
def _():
    try:
        guards = lp.query(
            """
            SELECT * FROM analysis.guard_effectiveness
            WHERE as_of = (SELECT max(as_of) FROM analysis.guard_effectiveness)
            ORDER BY q_value, n_marginal DESC, n_blocked DESC, guard
            """,
            HOME,
        )
    except BadInput as _e:
        mo.stop(True, mo.callout(mo.md(f"**Nothing to show.** {_e}"), kind="warn"))
    mo.stop(guards.is_empty(), mo.callout("No guard blocked anything yet: there is nothing to ask.", kind="warn"))
    _days = sorted(guards["window_days"].unique())
    window = mo.ui.dropdown({count(d, "day"): d for d in _days}, value=count(_days[-1], "day"), label="Window")
    return guards, window


@app.cell(hide_code=True)
def _(guards, window):
    shown = guards.filter(window_days=window.value)
    pick = mo.ui.dropdown(shown["guard"].to_list(), value=shown["guard"][0], label="Guard")
    mo.hstack([pick, window], justify="start", gap=2)
    return pick, shown


@app.cell(hide_code=True)
def _(pick, shown):
    row = shown.row(by_predicate=pl.col("guard") == pick.value, named=True)
    answer = {"saves": "No: it saves money.", "costs": "Yes: it costs money."}.get(
        row["verdict"], "Nobody can tell yet."
    )
    _judged = (
        "what it alone blocked"
        if row["basis"] == "marginal"
        else "all it was first to block; other blockers were not recorded, so what it saved alone lies between "
        f"{money(row['marginal_low_usd'])} and {money(row['marginal_high_usd'])} USD"
    )
    _sure = (
        "There is no interval: too few settled decisions."
        if row["ci_low_usd"] is None
        else f"95 % interval {interval(row['ci_low_usd'], row['ci_high_usd'])} USD, q "
        f"{'is not known' if row['q_value'] is None else '= ' + format(row['q_value'], '.3f')} among all guards."
    )
    _saved = (
        f"It saved **{money(row['basis_net_saved_usd'])} USD** on {count(row['n_marginal'], 'settled decision')}: "
        f"{_judged}. {_sure}"
        if row["n_marginal"]
        else "Nothing that it blocked is known to be its own doing: another stood behind it, or it is not settled."
    )
    _words = f"""
    **{row["guard"]}: {answer}** {_saved}

    In the {count(row["window_days"], "day")} to {row["as_of"]} it was among the blockers of
    {count(row["n_blocked"], "decision")}; {row["n_pending"]} still open, {row["n_unlabelled"]} impossible to simulate.
    A verdict needs q of at most 0.05 over at least 10 days with decisions; a bias of the simulator is in no interval
    (`analysis.calibration` has it).
    """
    _kinds = {"saves": "success", "costs": "danger"}
    mo.callout(mo.md(_words), kind=_kinds.get(row["verdict"], "neutral"))
    return answer, row


@app.cell(hide_code=True)
def _(shown):
    _table = shown.select(
        "guard", "verdict", saved_usd=pl.when(pl.col("n_marginal") > 0).then(pl.col("basis_net_saved_usd").round(2)),
        interval_95=pl.format("{} to {}", pl.col("ci_low_usd").round(2), pl.col("ci_high_usd").round(2)),
        q=pl.col("q_value").round(3), blocked="n_blocked", judged_on="n_marginal", pending="n_pending",
    )  # fmt: skip
    mo.vstack(
        [
            mo.md("## Beside the others\n\nWhiskers: 95 %. Filled: saves, hatched: costs, hollow: nobody can tell."),
            mo.image(to_png(guards_drawing(shown)), width=470),
            mo.ui.table(_table, selection=None, show_data_types=False),
        ]
    )


@app.cell(hide_code=True)
def _(row):
    try:
        blocked = lp.query(
            """
            SELECT d.decided_at::DATE AS day, d.symbol, d.strategy, d.side, o.outcome,
                   o.net_pnl_usd, len(d.blocked_by) AS n_blockers
            FROM events.decisions d JOIN shadow.outcomes o USING (signal_id)
            WHERE list_contains(d.blocked_by, $guard) AND d.book = 'profit'
              AND d.decided_at::DATE BETWEEN $as_of::DATE - $days::INTEGER + 1 AND $as_of::DATE
            ORDER BY d.decided_at, d.signal_id
            """,
            HOME,
            {"guard": row["guard"], "as_of": row["as_of"], "days": row["window_days"]},
        )
    except BadInput as _e:
        mo.stop(True, mo.callout(mo.md(f"**What it blocked cannot be shown.** {_e}"), kind="warn"))
    _pnl = pl.col("net_pnl_usd")
    together = blocked.group_by("n_blockers").agg(
        n=pl.len(), n_settled=_pnl.count(), missed_profit_usd=_pnl.filter(_pnl > 0).sum().round(2),
        avoided_loss_usd=0 - _pnl.filter(_pnl < 0).sum().round(2), saved_usd=0 - _pnl.sum().round(2),
    ).sort("n_blockers")  # fmt: skip
    _alone = mo.md("""
    ## Was it alone?

    Where another guard stood behind it, dropping this one lets nothing through: only the line of **one** blocker is its
    own doing, as far as every gate was recorded.
    """)
    _each = mo.md("## What it blocked, and what would have come of each\n\nOpen: no result yet; unlabelled: never.")
    _counts = mo.ui.table(together, selection=None, show_data_types=False)
    mo.vstack([_alone, _counts, _each, mo.ui.table(blocked.with_columns(_pnl.round(2)), selection=None)])
    return blocked, together


if __name__ == "__main__":
    app.run()
