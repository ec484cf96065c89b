"""Would I have made more money without this guard? Step by step, from the published warehouse."""

import marimo

app = marimo.App(width="medium", app_title="One guard, step by step")


with app.setup:
    import os

    import duckdb
    import marimo as mo


@app.cell(hide_code=True)
def _():
    home = os.environ.get("LEARNING_PIPELINE_HOME", "data/demo")
    mo.md("""
    # Would I have made more money without this guard?

    Four steps, each one read-only query on `warehouse.duckdb` of the data root (`LEARNING_PIPELINE_HOME`, else
    `data/demo`). Nothing is defined here: the verdict is the pipeline's own, the steps show what it rests on.
    Money is USD, what was blocked is simulated, and only the profit book is looked at.
    """)
    return (home,)


@app.cell
def _(home):
    with duckdb.connect(f"{home}/warehouse.duckdb", read_only=True) as _warehouse:
        guards = _warehouse.sql("""
            SELECT guard, verdict, basis, basis_net_saved_usd, ci_low_usd, ci_high_usd, q_value, n_blocked, n_marginal,
                   n_pending, n_unlabelled, marginal_low_usd, marginal_high_usd, as_of, window_days
            FROM analysis.guard_effectiveness
            WHERE as_of = (SELECT max(as_of) FROM analysis.guard_effectiveness)
              AND window_days = (SELECT max(window_days) FROM analysis.guard_effectiveness)
            ORDER BY n_marginal DESC, guard
        """).pl()
    mo.stop(guards.is_empty(), mo.md("No guard blocked anything in the newest window: there is nothing to ask."))
    pick = mo.ui.dropdown(guards["guard"].to_list(), value=guards["guard"][0], label="Guard")
    mo.vstack([mo.md("## 1. Which guard?"), pick])
    return guards, pick


@app.cell
def _(guards, pick):
    row = guards.row(guards["guard"].to_list().index(pick.value), named=True)
    mo.md(
        f"In the {row['window_days']} days to {row['as_of']} it was among the blockers of **{row['n_blocked']} "
        f"decisions**. Still open: {row['n_pending']}; impossible to simulate: {row['n_unlabelled']}."
    )
    return (row,)


@app.cell
def _(home, row):
    with duckdb.connect(f"{home}/warehouse.duckdb", read_only=True) as _warehouse:
        _warehouse.execute("SET TimeZone = 'UTC'")
        blocked = _warehouse.sql(
            """
            SELECT d.decided_at::DATE AS day, d.symbol, d.strategy, d.side, o.outcome,
                   round(o.net_pnl_usd, 2) AS net_pnl_usd, len(d.blocked_by) AS n_blockers
            FROM events.decisions d JOIN shadow.outcomes o USING (signal_id)
            WHERE list_contains(d.blocked_by, $guard) AND d.book = 'profit'
              AND d.decided_at::DATE BETWEEN $as_of::DATE - $days::INTEGER + 1 AND $as_of::DATE
            ORDER BY d.decided_at, d.signal_id
            """,
            params={"guard": row["guard"], "as_of": row["as_of"], "days": row["window_days"]},
        ).pl()
    mo.vstack([mo.md("## 2. What did it block, and what would have come of each?"), blocked])
    return (blocked,)


@app.cell
def _(blocked):
    with duckdb.connect() as _memory:
        _memory.register("blocked", blocked.to_arrow())
        together = _memory.sql("""
            SELECT n_blockers, count(*) AS n, count(net_pnl_usd) AS n_settled,
                   round(sum(net_pnl_usd) FILTER (net_pnl_usd > 0), 2) AS missed_profit_usd,
                   round(-sum(net_pnl_usd) FILTER (net_pnl_usd < 0), 2) AS avoided_loss_usd,
                   round(-sum(net_pnl_usd), 2) AS saved_usd
            FROM blocked GROUP BY n_blockers ORDER BY n_blockers
        """).pl()
    mo.vstack(
        [
            mo.md("""
            ## 3. Was it alone?

            Where another guard stood behind it, dropping this one lets nothing through. Only the line of **one**
            blocker is its own doing, as far as every gate was recorded.
            """),
            together,
        ]
    )
    return (together,)


@app.cell
def _(row):
    judged = (
        "what it alone blocked"
        if row["basis"] == "marginal"
        else f"all it was first to block; alone it saved between {row['marginal_low_usd']:+,.2f} and "
        f"{row['marginal_high_usd']:+,.2f} USD, for other blockers were not recorded"
    )
    sure = (
        "There is no interval: too few settled decisions."
        if row["ci_low_usd"] is None
        else f"95 % interval {row['ci_low_usd']:+,.2f} to {row['ci_high_usd']:+,.2f} USD, "
        f"q = {'none' if row['q_value'] is None else format(row['q_value'], '.3f')} among all guards."
    )
    answer = {"saves": "No: it saves money.", "costs": "Yes: it costs money."}.get(
        row["verdict"], "Nobody can tell yet."
    )
    mo.md(f"""
    ## 4. So, would I have made more without it?

    **{answer}** It saved {row["basis_net_saved_usd"]:+,.2f} USD over {row["n_marginal"]} settled decisions, judged on
    {judged}. {sure} A bias of the simulator is in no interval; `analysis.calibration` says how far it was off where
    trades were made.
    """)
    return (answer,)


if __name__ == "__main__":
    app.run()
