"""Deciding again under scenarios of the settings, with capital for everything and with a book's.

- A scenario drops gates, gives them limits, scales their base thresholds, or re-weights a score. Gates go by name in
  snake case. One whose gate was never recorded in the longest window, or whose inputs were not, is ``not_evaluable``:
  no money, a reason in words. Where no decision is known to change and some cannot be told (only the first blocker was
  recorded) it is ``bounds_only``: the delta lies between its bounds.
- Decisions that cannot be told stay as they were and are counted. What they may add stands in ``delta_low_usd`` and
  ``delta_high_usd``; interval and p hold wherever in these bounds the truth lies.
- Weights to be fitted: the best of a grid of at most 100 on the 90 days before the window, by what the window's eve
  knew (`fit`); so its row is out of sample, and says how many were tried. Until its window begins the bot answers as
  it did. Components must be on the scale of the gate's value.
- Capital-aware: the decisions approved are replayed in time order through a book of limited room (`capital`), once as
  they were and once under the scenario. The book starts empty on the first day of the longest window and shorter
  windows read the same path. A position is held until its exit is known. Defaults: 10,000 and 5 positions of the
  default size leave slots as the limit; several positions of a symbol are allowed, as bots with several strategies
  hold them. What the bot's own ``max_open_positions`` gate blocked stays blocked unless a scenario drops that gate.
- Cost: each day one pass over its decisions per scenario, and one replay, whose time follows what it takes.
"""
