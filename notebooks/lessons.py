"""What did the lessons find, and how much of it is luck? From the published warehouse."""

import marimo

app = marimo.App(width="medium", app_title="Lessons and what stands the test")


with app.setup(hide_code=True):
    import os

    import marimo as mo
    import polars as pl

    import learning_pipeline as lp
    from learning_pipeline.errors import BadInput
    from learning_pipeline.reports import overrides_drawing, to_png
    from learning_pipeline.reports.words import count

    HOME = os.environ.get("LEARNING_PIPELINE_HOME", "data/demo")


@app.cell(hide_code=True)
def _():
    mo.md(f"""
    # What did the lessons find, and how much of it is luck?

    A lesson is a pattern, or a slice of one, whose blocked decisions were looked at again under 125 combinations of
    limits. The best of so many looks good in noise too. Data root: `{HOME}` (`LEARNING_PIPELINE_HOME` names another).
    """)


@app.cell(hide_code=True)
def _():
    try:
        lessons = lp.query(
            """
            SELECT pattern_key AS pattern, scope, n, coalesce(policy, 'none: ' || reason) AS speaks_for,
                   misses_caught AS caught, failures_added AS added, round(t_statistic, 1) AS t, n_unlabelled
            FROM tuning.lessons WHERE as_of = (SELECT max(as_of) FROM tuning.lessons)
            ORDER BY n DESC, pattern, scope
            """,
            HOME,
        )
        selections = lp.query(
            """
            SELECT pattern_key, scope, policy, state, reason, benefit, harm, forward_benefit, forward_harm,
                   round(p_value, 4) AS p, round(q_value, 4) AS q, since
            FROM tuning.selections
            WHERE as_of = (SELECT max(as_of) FROM tuning.selections) AND state <> 'retired'
            ORDER BY state, forward_benefit DESC, pattern_key, scope
            """,
            HOME,
        )
        tested = lp.query(
            """
            SELECT as_of, count(*) AS n_lessons, count(*) FILTER (p_value <= 0.05) AS n_with_p_below_5_percent,
                   round(0.05 * count(*), 1) AS expected_by_luck, count(*) FILTER (q_value <= 0.05) AS n_passed
            FROM tuning.lessons WHERE p_value IS NOT NULL GROUP BY as_of ORDER BY as_of DESC
            """,
            HOME,
        )
    except BadInput as _e:
        mo.stop(True, mo.callout(mo.md(f"**Nothing to show.** {_e}"), kind="warn"))
    mo.stop(lessons.is_empty(), mo.callout("No lesson yet: no blocked decision bears a pattern.", kind="warn"))
    return lessons, selections, tested


@app.cell(hide_code=True)
def _(selections, tested):
    n_active = int((selections["state"] == "active").sum())
    answer = (
        f"{n_active} of {count(selections.height, 'selection')} stood the test and move a bot's limits now."
        if n_active
        else f"Nothing yet. {count(selections.height, 'selection is', 'selections are')} on trial; no limit is moved."
    )
    _test = tested.row(0, named=True) if tested.height else None
    _luck = (
        f"At the last test, on {_test['as_of']}, {_test['n_with_p_below_5_percent']} of {_test['n_lessons']} lessons "
        f"had p of at most .05 where luck alone gives about {_test['expected_by_luck']:g}; {_test['n_passed']} passed "
        "once the number of lessons is counted in (q of at most .05)."
        if _test
        else "No lesson was tested yet: that takes 30 days between tests, and enough episodes."
    )
    _words = f"""
    **What should the bot change? {answer}** {_luck}

    `learning-pipeline overrides` prints what is in force, and a bot reads the same with `lp.load_overrides`.
    """
    mo.callout(mo.md(_words), kind="success" if n_active else "neutral")
    return (answer,)


@app.cell(hide_code=True)
def _(selections):
    drawing = overrides_drawing(selections)
    mo.vstack(
        [
            mo.md("""
            ## What was chosen, and what has it done since?

            Hollow: on the data that chose it; filled: afterwards. Blue: in force, grey: on trial, red: does harm.
            """),
            mo.image(to_png(drawing), width=470) if drawing else mo.md("Nothing is on trial."),
            mo.ui.table(selections, selection=None),
        ]
    )


@app.cell(hide_code=True)
def _(tested):
    mo.vstack(
        [
            mo.md("""
            ## How many would look as good by luck?

            Outcomes are exchanged within days; p is the share of shuffles in which something as good was chosen.
            """),
            mo.ui.table(tested, selection=None, show_data_types=False) if tested.height else mo.md("No test day yet."),
        ]
    )


@app.cell(hide_code=True)
def _(lessons):
    pick = mo.ui.dropdown(
        lessons["pattern"].unique(maintain_order=True).to_list(), value=lessons["pattern"][0], label="Pattern"
    )
    return (pick,)


@app.cell(hide_code=True)
def _(lessons, pick):
    chosen = lessons.filter(pl.col("pattern") == pick.value)
    mo.vstack(
        [
            mo.md("""
            ## One pattern, whole (`{}`) and in slices

            Caught: blocked successes that the policy lets in; added: failures that it lets in too. Slices overlap.
            """),
            pick,
            mo.ui.table(chosen, selection=None),
        ]
    )
    return (chosen,)


if __name__ == "__main__":
    app.run()
