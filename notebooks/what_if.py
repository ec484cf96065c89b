"""What if a gate had been another? Each scenario with capital for everything and with a book's, from the warehouse."""

import marimo

app = marimo.App(width="medium", app_title="What if a gate had been another")


with app.setup(hide_code=True):
    import os

    import marimo as mo
    import polars as pl

    import learning_pipeline as lp
    from learning_pipeline.errors import BadInput
    from learning_pipeline.reports import scenarios_drawing, swaps_drawing, to_png
    from learning_pipeline.reports.words import count, interval, money

    HOME = os.environ.get("LEARNING_PIPELINE_HOME", "data/demo")


@app.cell(hide_code=True)
def _():
    mo.md(f"""
    # What if a gate had been another?

    Every decision is made again under each scenario of the settings (`[analysis] scenarios`), and what is newly taken
    or no longer taken is worth what its simulated outcome says, in USD. Data root: `{HOME}` (`LEARNING_PIPELINE_HOME`
    names another).
    """)


@app.cell(hide_code=True)
def _():
    try:
        scenarios = lp.query(
            "SELECT * FROM analysis.what_if WHERE as_of = (SELECT max(as_of) FROM analysis.what_if)", HOME
        )
        swaps = lp.query(
            "SELECT * FROM analysis.swap_sets WHERE as_of = (SELECT max(as_of) FROM analysis.what_if)", HOME
        )
    except BadInput as _e:
        mo.stop(True, mo.callout(mo.md(f"**Nothing to show.** {_e}"), kind="warn"))
    mo.stop(scenarios.is_empty(), mo.callout("No scenario was computed: no day has data yet.", kind="warn"))
    _days = sorted(scenarios["window_days"].unique())
    window = mo.ui.dropdown({count(d, "day"): d for d in _days}, value=count(_days[-1], "day"), label="Window")
    _names = sorted(scenarios["scenario"].unique())
    _most = scenarios.sort(pl.col("n_swapped_in") + pl.col("n_swapped_out"), "scenario", nulls_last=True)
    _first = _most.filter(pl.col("n_swapped_in").is_not_null())["scenario"].to_list() or _names
    pick = mo.ui.dropdown(_names, value=_first[-1], label="Scenario")
    mo.hstack([pick, window], justify="start", gap=2)
    return pick, scenarios, swaps, window


@app.cell(hide_code=True)
def _(pick, scenarios, window):
    shown = scenarios.filter(window_days=window.value).sort("scenario", "mode", descending=[False, True])
    modes = {row["mode"]: row for row in shown.filter(scenario=pick.value).to_dicts()}

    def said(row):
        """A scenario's worth in one mode, in words."""
        if row["status"] == "not_evaluable":
            return f"cannot be told: {row['reason']}"
        if row["status"] == "bounds_only":
            return f"between {money(row['delta_low_usd'])} and {money(row['delta_high_usd'])} USD, for {row['reason']}"
        if not row["n_swapped_in"] + row["n_swapped_out"]:
            return "nothing: every decision would have been the same"
        _sure = interval(row["ci_low_usd"], row["ci_high_usd"])
        _q = "none" if row["q_value"] is None else format(row["q_value"], ".3f")
        return f"**{money(row['delta_usd'])} USD** (95 % interval {_sure or 'unknown: too few days'}; q = {_q})"

    _free, _book = modes["unconstrained"], modes["capital_aware"]
    _able = _free["n_swapped_in"] is not None
    _counts = (
        f"{_free['n_swapped_in']} newly taken, {_free['n_swapped_out']} no longer taken; of these "
        f"{_free['n_pending']} are still open and {_free['n_unlabelled']} cannot be simulated."
        if _able
        else "Which decisions would change is not on record."
    )
    _trials = (
        f" Its weights were the best of {_free['n_trials']} tried on the days **before** the window; the window is out "
        f"of sample: `{_free['fitted_weights']}`."
        if _able and _free["n_trials"] > 1
        else ""
    )
    _unsure = _free["q_value"] is None or _free["q_value"] > 0.05
    answer = "unclear" if _unsure else "better" if _free["delta_usd"] > 0 else "worse"
    _title = {
        "unclear": "Nobody can tell that it would have made a difference.",
        "better": "It would have earned more.",
        "worse": "It would have earned less.",
    }[answer]
    _words = f"""
    **{pick.value}: {_title}** {_counts}{_trials}

    - with capital for everything: {said(_free)}
    - as far as the room of one book goes: {said(_book)}

    {count(window.value, "day")} to {_free["as_of"]}. The worth is what is newly taken less what is no longer taken; a
    title above needs q of at most 0.05 among all scenarios, and a bias of the simulator is in no interval.
    """
    _kind = {"unclear": "neutral", "better": "success", "worse": "danger"}[answer]
    mo.callout(mo.md(_words), kind=_kind)
    return answer, modes, shown


@app.cell(hide_code=True)
def _(pick, shown, swaps, window):
    _table = shown.select(
        "scenario", "mode", pl.col("delta_usd").round(2),
        interval_95=pl.format("{} to {}", pl.col("ci_low_usd").round(2), pl.col("ci_high_usd").round(2)),
        q=pl.col("q_value").round(3), taken="n_swapped_in", dropped="n_swapped_out", pending="n_pending", why="reason",
    )  # fmt: skip
    swapped = swaps.filter(window_days=window.value)
    _drawings = [scenarios_drawing(shown), swaps_drawing(swapped)]
    _pictures = [mo.image(to_png(each), width=470) for each in _drawings if each]
    _whole = swapped.filter(scenario=pick.value).select(
        "swap", "n", "n_settled", "n_pending", "n_unlabelled", pl.col("net_pnl_usd").round(2),
        interval_95=pl.format("{} to {}", pl.col("ci_low_usd").round(2), pl.col("ci_high_usd").round(2)),
    )  # fmt: skip
    mo.vstack(
        [
            mo.md("## All scenarios\n\nWhat each is worth, and below it what it takes and drops (whiskers 95 %)."),
            *_pictures,
            mo.ui.table(_table, selection=None, show_data_types=False),
            mo.md(f"## Where every decision of the window goes under {pick.value}\n\nThe parts add up to all of them."),
            mo.ui.table(_whole, selection=None, show_data_types=False)
            if _whole.height
            else mo.md("It cannot be said, for the reason above."),
        ]
    )
    return (swapped,)


if __name__ == "__main__":
    app.run()
