"""The research budget: capital of its own for experiments, and the ledger of what they may trade (research-budget).

Question: which triggers are research's, what may still be risked for them, and what came of it?

In: ``events.*``, ``market.bars``, acts of people and judges from the ledger. Out: ``books.research_trades``,
``books.research_budget``, ``books.attributions``, ``books.experiments``, ``books.experiment_requests``; and `route`, a
pure function that a bot imports (no Polars).

- *Money*: at the start a share of the capital is research's: a session's first ``portfolio_snapshot`` tells the main
  equity that stands beside it, ``initial = equity * f / (1 - f)``. An entry takes its notional out of cash, an exit
  brings it back with the profit, fees go as they come: ``initial + total_pnl = cash + open notional``. The report of a
  trade's end settles what its fills cannot know (funding). A trade is research's by its tag; exits on the main path,
  emergency exits, are booked to the book that owns the position.
- *Limits*: after the fills and closes of each instant, realised + open loss of each session and of each experiment (in
  all sessions) is held against its limit; more than that pauses both the experiment and the session that traded it, or
  the session alone. The pause holds until a named person lifts it; from there on loss counts anew.
- *Experiments*: draft, running, paused, completed, cancelled (`experiment.MOVES`: who may make which move). Events
  `experiment` and `judge_action` are requests: applied once, in the order of their times, or refused with a reason.
  What is asked to run becomes a draft where research is paused or spent, or where the playbook is under test already.
- *Routing* (`route`): a running experiment's triggers go to research, a paused one's nowhere; emergency exits and
  ``force_main_budget`` go to main.
- *Outcome*: ``hit_1r`` where r_achieved >= 1 or the exit was at or beyond the signal's entry + R, else ``hit_stop``
  where it was at or beyond the stop or the bot says so, else ``ttl_expired``.

The same walk (`fold.walk`) is used live and over events, a day at a time from where the day before ended. The ledger
adds what no event holds: acts of people, and pauses that were found once, which later data do not take back.

Seed: research-budget.
"""
