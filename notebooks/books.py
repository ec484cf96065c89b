"""What did each book earn, and what did learning and research risk for it? From the published warehouse."""

import marimo

app = marimo.App(width="medium", app_title="Whose money earned what")


with app.setup(hide_code=True):
    import datetime as dt
    import os

    import marimo as mo
    import polars as pl

    import learning_pipeline as lp
    from learning_pipeline.errors import BadInput
    from learning_pipeline.reports import budget_drawing, equity_drawing, to_png
    from learning_pipeline.reports.words import count, interval, money
    from learning_pipeline.stats import total_interval

    HOME = os.environ.get("LEARNING_PIPELINE_HOME", "data/demo")
    SPANS = {"30 days": 30, "90 days": 90, "365 days": 365, "all days": None}


@app.cell(hide_code=True)
def _():
    mo.md(f"""
    # What did each book earn?

    Real trades in USD: profit trades to earn, learning and research trade to find out, each with money of its own. Data
    root: `{HOME}` (`LEARNING_PIPELINE_HOME` names another).
    """)


@app.cell(hide_code=True)
def _():
    try:
        pnl = lp.query("SELECT * FROM books.pnl ORDER BY day, book", HOME)
        trades = lp.query("SELECT closed_at, trade_id, book, pnl_usd FROM events.trades ORDER BY ALL", HOME)
        risk = lp.query("SELECT * FROM books.risk ORDER BY day, source, session_id, book, n", HOME)
        blocks = lp.query("SELECT day, book, reason, detail, experiment_id FROM books.blocks ORDER BY event_id", HOME)
        still_open = lp.query(
            "SELECT book, order_id, symbol, risk_usd FROM books.open_risk WHERE day = (SELECT max(day) FROM books.pnl)",
            HOME,
        )
        experiments = lp.query(
            """
            SELECT e.experiment_id, e.state, e.reason, p.book, p.n_trades, e.min_sample_size, p.pnl_usd, e.max_loss_usd
            FROM books.experiments e LEFT JOIN books.experiment_pnl p
                 ON p.experiment_id = e.experiment_id AND p.day = e.as_of
            WHERE e.as_of = (SELECT max(as_of) FROM books.experiments) ORDER BY ALL
            """,
            HOME,
        )
    except BadInput as _e:
        mo.stop(True, mo.callout(mo.md(f"**Nothing to show.** {_e}"), kind="warn"))
    mo.stop(pnl.is_empty(), mo.callout("No day was computed yet: no book has a result.", kind="warn"))
    span = mo.ui.dropdown(SPANS, value="90 days", label="Window")
    mo.hstack([span], justify="start")
    return blocks, experiments, pnl, risk, span, still_open, trades


@app.cell(hide_code=True)
def _(pnl, span, still_open):
    last = pnl["day"].max()
    first = max(pnl["day"].min(), last - dt.timedelta(days=(span.value or 10**5) - 1))
    inside = pnl.filter(pl.col("day") >= first)

    def row_of(book):
        """A book's result of the window with its interval by day totals; unknown is None."""
        _days = inside.filter(book=book)
        _n = _days["n_trades"].sum()
        _sum = total_interval(_days["pnl_usd"], (last - first).days + 1)
        _wins = _days.drop_nulls("win_rate").select((pl.col("win_rate") * pl.col("n_trades")).sum()).item()
        return {
            "book": book, "n_trades": _n, "pnl_usd": round(_sum.total, 2) if _n else None,
            "ci_low_usd": _sum.low if _n else None, "ci_high_usd": _sum.high if _n else None,
            "win_rate": round(_wins / _n, 3) if _n > 0 else None, "fees_usd": round(_days["fees_usd"].sum(), 2),
            "n_open_orders": still_open.filter(book=book).height if book != "profit" else None,
            "pnl_since_the_start_usd": round(_days["total_pnl_usd"][-1], 2),
        }  # fmt: skip

    rows = [row_of(book) for book in ("profit", "learning", "research") if inside.filter(book=book).height]

    def line(row):
        """A book's result in words."""
        if not row["n_trades"]:
            return f"- **{row['book']}**: closed no trade; {money(row['pnl_since_the_start_usd'])} USD since the start."
        _sure = interval(row["ci_low_usd"], row["ci_high_usd"]) or "none: one day only"
        _clear = _sure[:4] != "none" and (row["ci_low_usd"] > 0 or row["ci_high_usd"] < 0)
        _is = "" if _clear else " That may be luck: 0 lies inside."
        return (
            f"- **{row['book']}**: {money(row['pnl_usd'])} USD on {count(row['n_trades'], 'trade')} "
            f"(95 % interval {_sure}, by day totals).{_is}"
        )

    _words = "\n".join(line(row) for row in rows)
    mo.callout(mo.md(f"**{first} to {last}, net of fees:**\n\n{_words}"), kind="info")
    return first, inside, last, rows


@app.cell(hide_code=True)
def _(first, risk, rows, trades):
    _equity, _budget = equity_drawing(trades), budget_drawing(risk)
    _used = (
        mo.image(to_png(_budget), width=470) if _budget else mo.md("No learning order stood against a known budget.")
    )
    mo.vstack(
        [
            mo.md("## Realised profit and loss of all days, and how much of the learning budget was in use"),
            mo.image(to_png(_equity), width=470) if _equity else mo.md("No trade was closed yet."),
            _used,
            mo.md(f"## By book since {first}\n\n`n_open_orders`: their risk is still reserved; profit reserves none."),
            mo.ui.table(
                pl.DataFrame(rows).with_columns(pl.selectors.float().round(3)), selection=None, show_data_types=False
            ),
        ]
    )


@app.cell(hide_code=True)
def _(blocks, experiments, first):
    refused = (
        blocks.filter(pl.col("day") >= first)
        .group_by("book", "reason", "detail")
        .agg(n=pl.len())
        .sort("n", descending=True)
    )
    _none = mo.md("No experiment was ever started.")
    mo.vstack(
        [
            mo.md(
                "## Experiments as they stand\n\nA verdict waits for `min_sample_size` trades; the loss limit pauses."
            ),
            mo.ui.table(experiments, selection=None, show_data_types=False) if experiments.height else _none,
            mo.md(f"## What a book refused since {first}, and why"),
            mo.ui.table(refused, selection=None, show_data_types=False) if refused.height else mo.md("Nothing."),
        ]
    )
    return (refused,)


if __name__ == "__main__":
    app.run()
