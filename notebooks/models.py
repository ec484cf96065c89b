"""Does a model earn its place? What was trained, measured, served and moved, from the published warehouse."""

import marimo

app = marimo.App(width="medium", app_title="Does a model earn its place")


with app.setup(hide_code=True):
    import json
    import os

    import marimo as mo
    import polars as pl

    import learning_pipeline as lp
    from learning_pipeline.errors import BadInput
    from learning_pipeline.models.comparison import records
    from learning_pipeline.reports import drift_drawing, to_png
    from learning_pipeline.reports.words import count, interval, money

    HOME = os.environ.get("LEARNING_PIPELINE_HOME", "data/demo")
    HOW = "`learning-pipeline train` makes one; `learning-pipeline demo --governed` shows a whole way (data/governed)."


@app.cell(hide_code=True)
def _():
    mo.md(f"""
    # Does a model earn its place?

    A model is trained on the bot's own decisions, measured by frozen packs, serves in shadow where nobody acts on it,
    and is moved by people only. Data root: `{HOME}` (`LEARNING_PIPELINE_HOME` names another).
    """)


@app.cell(hide_code=True)
def _():
    try:
        artifacts = lp.query("SELECT * FROM models.artifacts ORDER BY created_at DESC, artifact_id", HOME)
        evaluations = lp.query("SELECT * FROM models.evaluations ORDER BY evaluated_at DESC, eval_id", HOME)
        moves = lp.query("SELECT * EXCLUDE (day) FROM rollout.deployments ORDER BY generation DESC, state", HOME)
        scores = lp.query("SELECT target, role, artifact_id, signal_id, known_at, takes FROM models.scores", HOME)
        outcomes = lp.query(
            """
            SELECT signal_id, known_at, net_pnl_usd, reason FROM shadow.outcomes
            WHERE outcome <> 'open' AND signal_id IN (SELECT signal_id FROM models.scores)
            """,
            HOME,
        )
        drift = lp.query("SELECT * FROM drift.scores WHERE as_of = (SELECT max(as_of) FROM drift.scores)", HOME)
        audit = lp.query("SELECT seq, recorded_at, actor, action, outcome FROM rollout.audit ORDER BY seq DESC", HOME)
        (as_of,) = lp.query("SELECT max(as_of) FROM analysis.opportunity_cost", HOME).row(0)
    except BadInput as _e:
        mo.stop(True, mo.callout(mo.md(f"**Nothing to show.** {_e}"), kind="warn"))
    mo.stop(artifacts.is_empty(), mo.callout(mo.md(f"**No model was trained here.** {HOW}"), kind="warn"))
    pick = mo.ui.dropdown(artifacts["artifact_id"].to_list(), value=artifacts["artifact_id"][0], label="Model")
    mo.hstack([pick], justify="start")
    return artifacts, as_of, audit, drift, evaluations, moves, outcomes, pick, scores


@app.cell(hide_code=True)
def _(as_of, evaluations, moves, outcomes, pick, scores):
    measured = evaluations.filter(artifact_id=pick.value).to_dicts()
    _now = moves.filter(pl.col("until").is_null(), artifact_id=pick.value)["state"].to_list()
    standing = ", ".join(_now) or "candidate: nobody has moved it"
    kept = records(scores, outcomes, as_of) if scores.height else []
    mine = [row for row in kept if row["artifact_id"] == pick.value]
    _passed = [row["pack_id"] for row in measured if row["passed"]]
    _failed = [row["pack_id"] for row in measured if not row["passed"]]
    _packs = (
        " ".join(
            f"It {word} {', '.join(packs)}."
            for word, packs in (("passed", _passed), ("did not pass", _failed))
            if packs
        )
        or "It was measured by no pack: `learning-pipeline evaluate` does that."
    )

    def line(row):
        """A model's record in one role, in words."""
        _ahead = ""
        if row["ahead_usd"] is not None:
            _reach = interval(row["ahead_low_usd"], row["ahead_high_usd"]) or "no interval"
            _ahead = f"; ahead of the active one by {money(row['ahead_usd'])} USD ({_reach})"
        _earned = f"would have earned **{money(row['net_pnl_usd'])} USD**" if row["n_settled"] else "none is settled"
        _sure = interval(row["ci_low_usd"], row["ci_high_usd"]) or "none: too few days"
        return (
            f"- {row['role']} for {row['target']}: scored {row['n_scored']:,}, settled {row['n_settled']:,}, pending "
            f"{row['n_pending']:,}; took {row['n_taken']:,} and {_earned} (95 % interval {_sure}){_ahead}"
        )

    _said = "\n".join(line(row) for row in mine) or "- it has scored no live decision"
    answer = "active" if "active" in _now else "not active"
    _words = f"""
    **{pick.value} is {answer}** (stands as: {standing}). {_packs}

    {_said}

    What it would have earned is simulated, of decisions made after it was trained; who may act on it is for people.
    """.replace("\n    ", "\n")
    mo.callout(mo.md(_words), kind="success" if answer == "active" else "neutral")
    return answer, kept, measured


@app.cell(hide_code=True)
def _(drift, pick):
    _drawing = drift_drawing(drift.filter(model=pick.value))
    _alarms = drift.filter(model=pick.value, is_alarm=True).height
    mo.vstack(
        [
            mo.md(f"## Does it still see what it was trained on? {count(_alarms, 'alarm')} stand."),
            mo.image(to_png(_drawing), width=470)
            if _drawing
            else mo.md("Nothing to compare: it scored too few decisions of late, or was never deployed."),
        ]
    )


@app.cell(hide_code=True)
def _(artifacts, audit, measured, moves, pick):
    _gates = [{"pack": row["pack_id"], **g} for row in measured for g in json.loads(row["gates"] or "[]")]
    gates = pl.DataFrame(_gates, infer_schema_length=None)
    _artifact = artifacts.row(by_predicate=pl.col("artifact_id") == pick.value, named=True)
    metrics = pl.DataFrame(
        [{"metric": name, "value": value} for name, value in json.loads(_artifact["metrics"]).items()], strict=False
    )
    mo.vstack(
        [
            mo.md(
                "## The gates of its packs\n\nA gain counts by its lower bound; every trial deflates the Sharpe ratio."
            ),
            mo.ui.table(gates, selection=None, show_data_types=False)
            if gates.height
            else mo.md("It was measured by none."),
            mo.md(f"## Figures of its training, out of fold ({_artifact['created_at']:%Y-%m-%d})"),
            mo.ui.table(metrics, selection=None, show_data_types=False),
            mo.md("## Moves, and who tried"),
            mo.ui.table(moves.drop("artifact_sha256", "moved_at"), selection=None, show_data_types=False)
            if moves.height
            else mo.md("None was ever moved."),
            mo.ui.table(audit, selection=None, show_data_types=False) if audit.height else mo.md("Nobody has tried."),
        ]
    )
    return gates, metrics


if __name__ == "__main__":
    app.run()
