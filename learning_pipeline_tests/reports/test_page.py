"""The page as its reader gets it: right figures, nothing that runs or loads, the same bytes each time."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import polars as pl
import pytest

from learning_pipeline.analysis.guards.tables import GuardEffectiveness, OpportunityCost
from learning_pipeline.reports import Facts, choose_window, render
from learning_pipeline.reports.words import MINUS
from learning_pipeline.shadow.settings import ShadowSettings
from learning_pipeline_tests.reports.world import AS_OF, NOTHING, WINDOW, Page, cost, guard, small_world

HOSTILE = '<script>alert(\'x\')</script>"&amp; $\\frac{1}{0}$ \x00\u202eid="y" #1b2430'


def leaderboard(strategy: str = "alpha") -> pl.DataFrame:
    ends = {"as_of": AS_OF, "window_days": 10, "n_pending": 1, "n_unlabelled": 2}
    totals = [("*", "real", 52.75), ("*", "shadow", 3.0), ("beta", "real", -7.0), ("beta", "shadow", 90.0),
              (strategy, "real", 59.75), (strategy, "shadow", -8.0)]  # fmt: skip
    rows: list[dict[str, Any]] = [
        {**ends, "strategy": name, "kind": kind, "n": 5, "win_rate": 0.6, "total_pnl_usd": usd}
        | {"ci_low_usd": -1.0, "ci_high_usd": 106.5}
        for name, kind, usd in totals
    ]
    rows[-1] |= {"n": 0, "win_rate": None, "total_pnl_usd": 0.0, "ci_low_usd": None, "ci_high_usd": None}
    return pl.DataFrame(rows).reverse()


def decay() -> pl.DataFrame:
    times = {"avg_decay_seconds": 42.0, "median_decay_seconds": 30.0, "p90_decay_seconds": 5400.0}
    rest = {"drift_bps": -1.25, "n_decided": 400, "expired_share": 0.0025}
    return pl.DataFrame([{"as_of": AS_OF, "window_days": 10, "strategy": "*", "n": 8, **times, **rest}])


def test_figures_worked_out_by_hand_stand_on_the_page() -> None:
    page = Page(render(small_world(), WINDOW))
    assert page.row("ts", 8) == ["\u25b2 saves", "+300", "+120 to +480", "0.010", "31", "1", "0"]
    assert page.row("halo", 8) == [
        "\u25bc costs",
        f"{MINUS}46",
        f"{MINUS}80 to {MINUS}11",
        "0.020",
        "12",
        "0",
        "0",
    ]
    assert page.row("idle", 8) == ["\u25cb inconclusive", "not judged", "none: not judged", "none", "2", "0", "0"]
    assert page.row("ts", 4) == ["what it alone blocked: 30 settled decisions on 10 days", "+310", "+305"]
    assert f"only bounded: {MINUS}25.00 to +37.00 USD" in page.row("chain", 4)[0]
    assert page.row("net opportunity cost (missed less avoided), USD", 3) == [
        f"{MINUS}286",
        f"{MINUS}500 to {MINUS}73.00",
    ]
    assert "In simulation, blocking saved 286 USD (95 % interval +73.00 to +500: zero lies outside)" in page.text
    assert "Of 4 guards, 1 saves money, 1 costs money, and 2 are inconclusive." in page.text
    assert "add up to +266 USD; blocking as a whole came to +286 USD. The other +20.00 USD" in page.text
    assert page.text.count("10 days to 2024-03-10") > 5


def test_realised_money_of_each_book_is_added_up() -> None:
    page = Page(render(small_world(), WINDOW))
    n, total, fall, inside, reach = page.row("profit", 6)
    assert (n, total, fall, inside) == ("4", "+60.00", f"{MINUS}130", f"{MINUS}40.00")
    assert reach.startswith(MINUS)
    assert page.row("learning", 6)[:4] == ["1", f"{MINUS}7.25", f"{MINUS}7.25", f"{MINUS}7.25"]


def test_what_is_left_out_is_counted_with_its_reason() -> None:
    page = Page(render(small_world(), WINDOW))
    assert page.row("blocked", 3) == ["2", "2024-03-10"]
    assert page.row("no_bars", 3) == ["no bars of the market around the decision", "1"]
    assert page.row("fill", 2) == ["3"]
    assert page.row("bot.jsonl", 4) == ["7", "naive_time", "expected an offset"]
    assert "2 files with 1,234 lines were delivered in all: 1 line was refused" in page.text


def test_tables_that_do_not_exist_are_left_out_with_a_sentence() -> None:
    page = Page(render(small_world(), WINDOW))
    assert "no strategy leaderboard, so none is shown" in page.text
    assert "no table of signal decay, so none is shown" in page.text


def test_tables_that_exist_are_shown() -> None:
    page = Page(render(small_world(leaderboard=leaderboard(), decay=decay()), WINDOW))
    assert ["all together", "real trades", "5", "1", "2", "60%", "+53", f"{MINUS}1 to +106"] in page.rows
    assert ["alpha", "simulated", "0", "1", "2", "none settled", "0", "none settled"] in page.rows
    assert "no strategy leaderboard" not in page.text
    assert "no table of signal decay" not in page.text
    assert ["all together", "400", "0.2%", "8", "42 s", "30 s", "90 min", f"{MINUS}1.2"] in page.rows
    empty = render(small_world(leaderboard=leaderboard().clear(), decay=decay().clear()), WINDOW)
    assert "No strategy decided or traded anything in 10 days to 2024-03-10" in empty


def test_strategies_stand_by_what_they_really_earned() -> None:
    page = Page(render(small_world(leaderboard=leaderboard()), WINDOW))
    told = [tuple(row[:2]) for row in page.rows if row[1:2] in (["real trades"], ["simulated"])]
    strategies, kinds = zip(*told, strict=True)
    assert strategies == ("all together", "all together", "alpha", "alpha", "beta", "beta"), (
        "simulated money ranks none"
    )
    assert kinds == ("real trades", "simulated") * 3


def test_words_beside_the_tables_are_those_of_their_columns() -> None:
    """What `SignalDecay` and `StrategyLeaderboard` say of themselves, and no longer what they once were of."""
    page = Page(render(small_world(leaderboard=leaderboard(), decay=decay()), WINDOW))
    assert "Signals and the time to their first fill, 10 days to 2024-03-10" in page.text
    assert "price of the first fill against the price at the decision" in page.text
    assert "positive where it is worse for the trader" in page.text
    assert "from signal to decision" not in page.text.lower()
    assert "simulated are all approved and blocked signals" in page.text
    assert "expired and cancelled ones are in neither" in page.text


def test_real_and_simulated_money_of_the_same_decisions_are_compared() -> None:
    row = {"strategy": "*", "n": 41, "n_pending": 0, "real_net_pnl_usd": 1.0, "shadow_net_pnl_usd": 13.0}
    row |= {"bias_usd": -12.0, "ci_low_usd": -19.0, "ci_high_usd": -5.0}
    page = Page(render(small_world(calibration=pl.DataFrame([row])), WINDOW))
    assert "Calibration, 10 days to 2024-03-10: Where 41 approved decisions were traded too" in page.text
    assert "the simulator promises too much" in page.text
    assert "Calibration, " not in render(small_world(), WINDOW)


def test_trades_after_the_day_are_in_no_figure_and_in_no_picture() -> None:
    known = small_world()
    later = known.trades.tail(1).with_columns(
        trade_id=pl.lit("late"),
        closed_at=pl.lit(dt.datetime(2024, 3, 20, tzinfo=dt.UTC)).cast(pl.Datetime("us", "UTC")),
    )
    assert render(small_world(trades=pl.concat([known.trades, later])), WINDOW) == render(known, WINDOW)


def test_rows_and_columns_of_tables_name_themselves_at_any_width() -> None:
    html = render(small_world(leaderboard=leaderboard(), decay=decay()), WINDOW)
    assert re.findall(r"<th(?! scope=\"(?:col|row)\" role=\"(?:column|row)header\")", html) == ["<th"] * html.count(
        "<thead"
    )
    rows = html.count('<tr role="row"><th scope="row"')
    assert rows + html.count("<thead") == html.count("<tr") > 20
    assert html.count('<table role="table">') == html.count("<table")


def test_costs_stand_there_only_where_the_figures_rest_on_them() -> None:
    assert "10 bps fee on entry and on exit" in render(small_world(), WINDOW)
    other = render(small_world(policies=[ShadowSettings(fee_bps=1).policy_hash()]), WINDOW)
    assert "bps fee" not in other
    assert "an execution policy other than the settings of today" in other


def test_a_modelled_spread_is_named_only_where_the_data_says_so() -> None:
    assert "spread_model" not in render(small_world(), WINDOW)
    spreads = pl.DataFrame({"spread_model": ["modelled", None], "n": [40, 9]})
    page = Page(render(small_world(spreads=spreads, spread_unknown=2), WINDOW))
    assert "The spread of 40 decision reports in 10 days to 2024-03-10 is not a quote" in page.text
    assert "2 outcomes of all days had no spread; it was taken as 0" in page.text


def test_what_is_not_known_is_said() -> None:
    assert "How far the simulator is off" in render(small_world(), WINDOW)


def hostile_world() -> Facts:
    rows = [guard(HOSTILE, "costs", -5.0, ci_low_usd=-9.0, ci_high_usd=-1.0, n_marginal=3, n_blocked=3, q_value=0.01)]
    return small_world(
        guards=GuardEffectiveness.frame(rows),
        quarantine=pl.DataFrame({"file": [HOSTILE], "line_no": [1], "reason_code": [HOSTILE], "detail": [HOSTILE]}),
        unlabelled=pl.DataFrame({"reason": [HOSTILE], "n": [1]}),
        unmatched=pl.DataFrame({"type": [HOSTILE], "n": [1]}),
        pending=pl.DataFrame({"decision": [HOSTILE], "n": [1], "oldest": [AS_OF]}),
        spreads=pl.DataFrame({"spread_model": [HOSTILE], "n": [1]}),
        leaderboard=leaderboard(HOSTILE),
    )


def test_text_of_data_is_text_on_the_page() -> None:
    html = render(hostile_world(), WINDOW)
    page = Page(html)
    assert "script" not in page.tags
    assert "<script" not in html
    shown = HOSTILE.replace("\x00\u202e", "\ufffd")
    assert sum(row[:1] == [shown] for row in page.rows) >= 5
    assert ("id", "y") not in page.attributes
    assert HOSTILE[:20] in page.text, "the picture names the guard too"
    assert "\x00" not in html


@pytest.mark.parametrize("facts", [small_world(leaderboard=leaderboard(), decay=decay()), hostile_world()])
def test_the_page_runs_nothing_and_loads_nothing(facts: Facts) -> None:
    html = render(facts, WINDOW)
    page = Page(html)
    assert page.open == [], "every tag is closed"
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    urls = [v for name, v in page.attributes if name in {"href", "src", "xlink:href", "srcset", "action"} and v]
    assert urls
    assert all(url.startswith("#") for url in urls)
    assert re.findall(r"https?://[^\s\"'<]+", html) == ["http://www.w3.org/2000/svg"] * html.count("<svg")
    assert not re.findall(r"@import|url\((?!#)", html)
    assert not [name for name, _ in page.attributes if name.startswith("on")]


def test_ids_are_unique_and_every_link_has_its_target() -> None:
    page = Page(render(small_world(leaderboard=leaderboard(), decay=decay()), WINDOW))
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    links = {value[1:] for name, value in page.attributes if name == "href" and value}
    assert links <= set(ids)
    used = set(re.findall(r"url\(#([^)]*)\)", " ".join(str(value) for _, value in page.attributes)))
    assert used <= set(ids)


def test_pictures_follow_light_and_dark_and_keep_their_words() -> None:
    html = render(small_world(), WINDOW)
    svg = html[html.index("<svg") : html.index("</svg>")]
    assert not re.findall(r"#[0-9a-f]{6}", svg), "every colour is one of the style sheet's"
    for words in ("ts", "\u25b2 saves", "\u25bc costs", "\u25cb inconclusive", "not judged"):
        assert words in svg


def test_an_empty_world_is_a_page_of_honest_sentences() -> None:
    html = render(Facts(**NOTHING), WINDOW)
    page = Page(html)
    assert page.open == []
    assert "Nothing was blocked in 10 days to 2024-03-10" in page.text
    assert "No trade was closed yet" in page.text
    assert "<svg" not in html


def test_open_decisions_alone_are_no_saving() -> None:
    costs = OpportunityCost.frame([cost(AS_OF, 0.0, None, None, n_blocked=2, n_pending=2)])
    page = Page(render(Facts(**{**NOTHING, "costs": costs}), WINDOW))
    assert "No blocked decision of this window is settled yet; 2 are open." in page.text


def test_the_same_facts_give_the_same_bytes() -> None:
    assert render(small_world(), WINDOW) == render(small_world(), WINDOW)
    shuffled = small_world(guards=small_world().guards.reverse())
    assert render(shuffled, WINDOW) == render(small_world(), WINDOW)


@pytest.mark.parametrize(
    ("hours", "days"), [(None, 90), (0, 1), (24, 1), (24.5, 30), (720, 30), (721, 90), (2160, 90), (9000, 90)]
)
def test_the_shortest_window_that_covers_the_hours_is_taken(hours: float | None, days: int) -> None:
    window = choose_window([30, 1, 90], AS_OF, hours)
    assert window.days == days
    assert window.asked.startswith(f"You asked for {hours:g} hours" if hours is not None else "")
    assert ("which is less" in window.asked) == (hours == 9000)


def test_the_window_is_said_on_the_page() -> None:
    window = choose_window([10], AS_OF, 400)
    assert "You asked for 400 hours; the longest window that was computed is 10 days" in render(small_world(), window)
    assert "Decisions from 2024-03-01 to 2024-03-10" in render(small_world(), window)


def test_one_day_has_no_interval_and_says_why() -> None:
    day = dt.date(2024, 3, 10)
    costs = OpportunityCost.frame([{**cost(day, 4.0, None, None, n_blocked=1, n_settled=1), "window_days": 1}])
    page = Page(render(small_world(costs=costs), choose_window([1], day, 1)))
    assert "blocking cost 4.00 USD; there is no interval, since a single day shows no spread" in page.text
    assert page.row("net opportunity cost (missed less avoided), USD", 3)[1].startswith("none: a single day")
