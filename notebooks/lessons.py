"""What did the lessons find, and how much of it is luck? Step by step, from the published warehouse."""

import marimo

app = marimo.App(width="medium", app_title="Lessons and what stands the test")


with app.setup:
    import os

    import duckdb
    import marimo as mo

    from learning_pipeline.reports import overrides_drawing, to_png


@app.cell(hide_code=True)
def _():
    home = os.environ.get("LEARNING_PIPELINE_HOME", "data/demo")
    mo.md("""
    # What did the lessons find, and how much of it is luck?

    A lesson is a pattern, or a slice of one, whose blocked decisions were looked at again under 125 combinations of
    limits. The best of so many looks good in pure noise too; the steps show what is left after that is counted in.
    Data root: `LEARNING_PIPELINE_HOME`, else `data/demo`.
    """)
    return (home,)


@app.cell
def _(home):
    with duckdb.connect(f"{home}/warehouse.duckdb", read_only=True) as _warehouse:
        lessons = _warehouse.sql("""
            SELECT pattern_key AS pattern, scope, n, coalesce(policy, 'none: ' || reason) AS speaks_for,
                   misses_caught AS caught, failures_added AS added, round(t_statistic, 1) AS t, round(wr, 3) AS wr,
                   round(mr, 3) AS mr, n_approved, n_skipped
            FROM tuning.lessons WHERE as_of = (SELECT max(as_of) FROM tuning.lessons)
            ORDER BY n DESC, pattern, scope
        """).pl()
    _title = mo.md("## 1. The lessons of the newest day (click a heading to sort)")
    mo.vstack([_title, mo.ui.table(lessons, selection=None)])
    return (lessons,)


@app.cell
def _(home):
    with duckdb.connect(f"{home}/warehouse.duckdb", read_only=True) as _warehouse:
        tested = _warehouse.sql("""
            SELECT as_of, count(*) AS n_lessons, count(*) FILTER (p_value <= 0.05) AS n_with_p_below_5_percent,
                   round(0.05 * count(*), 1) AS expected_by_luck, count(*) FILTER (q_value <= 0.05) AS n_passed
            FROM tuning.lessons WHERE p_value IS NOT NULL GROUP BY as_of ORDER BY as_of DESC
        """).pl()
    mo.vstack(
        [
            mo.md("""
            ## 2. How many would look as good by luck?

            On a test day, every 30, outcomes are exchanged within days; p is the share of such shuffles in which the
            rule would have chosen something as good. Of lessons with nothing to them 5 % have p at or below .05.
            """),
            mo.ui.table(tested, selection=None),
        ]
    )
    return (tested,)


@app.cell
def _(home):
    with duckdb.connect(f"{home}/warehouse.duckdb", read_only=True) as _warehouse:
        _warehouse.execute("SET TimeZone = 'UTC'")
        selections = _warehouse.sql("""
            SELECT pattern_key, scope, policy, state, since, reason, benefit, harm, forward_benefit, forward_harm,
                   round(p_value, 4) AS p, round(q_value, 4) AS q
            FROM tuning.selections
            WHERE as_of = (SELECT max(as_of) FROM tuning.selections) AND state <> 'retired'
            ORDER BY state, forward_benefit DESC, pattern_key, scope
        """).pl()
    drawing = overrides_drawing(selections)
    mo.vstack(
        [
            mo.md("""
            ## 3. What was chosen, and what has it done since?

            Hollow: on the data that chose it; filled: afterwards. Blue is in force, grey on trial, red lets in more
            failures than successes.
            """),
            mo.image(to_png(drawing), width=470) if drawing else mo.md("Nothing is on trial."),
            mo.ui.table(selections, selection=None),
        ]
    )
    return (selections,)


@app.cell
def _(selections):
    n_active = int((selections["state"] == "active").sum())
    answer = (
        f"**{n_active} of {selections.height}** selections stood the test and move a bot's limits now."
        if n_active
        else f"**None.** {selections.height} selections are on trial; no limit is moved."
    )
    mo.md(f"## 4. So, what should the bot change?\n\n{answer} `learning-pipeline overrides` prints it.")
    return (answer,)


if __name__ == "__main__":
    app.run()
