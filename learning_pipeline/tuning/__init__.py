"""Lessons: how the limits of a pattern's gates did, and which of them the evidence says to move.

Question: of what a pattern's gates kept out, was a part good enough to let in, and is that more than luck?

In: ``events.decisions``, ``events.gates``, ``shadow.outcomes``, ``events.episode_outcomes``. Out: ``tuning.lessons``,
``tuning.selections``, ``tuning.transitions``.
(``tuning.strength`` and ``tuning.strength_selections``, of closed trades, have a page of their own: `strength`.)

A *lesson* is a pattern and a scope slice (any set of scope dimensions; ``{}`` is the whole pattern) with at least
``n_min`` labelled episodes in ``lookback_days`` up to the end of the day, as known then. Of an episode the first
approved decision counts, else the last; approved is acted, blocked or expired is skipped, cancelled is neither. Labels
are simulated outcomes, or what the bot reports of any signal of the episode where it did so for every labelled one.

- *Rates*, of what was really answered: ``wr`` = successes / approved, ``fpr = 1 - wr``, ``mr`` = successes / skipped,
  ``dr = 1 - mr``. (In statistics fpr is the false discovery rate and mr the false omission rate.)
- *Levers* move the limit of one gate by one of a few steps. Five steps of three levers are 125 policies; the seed's 215
  simulations repeat them. Every decision is decided again at its own *base* limits plus the steps, never at the limits
  in force, so overrides do not stack; other gates count at base too, or as recorded where their numbers are not. A
  decision that is not told under every policy is in no count but ``n_unknown``; expired ones are in none.
- *Counting*: gates are thresholds, so each decision has a tightest position per lever at which it passes, a cell of the
  grid. One table of counts by cell per lesson and sums over its boxes give what all 125 policies admit. Slices are
  found from broad to narrow: a slice holds no more episodes than those it lies in.
- *Choice*: only the 26 policies that drop nothing base admits can act. Dropping approved decisions has a ratio of
  (1 - wr)/wr, which is 2 or more for every strategy that wins a third of its trades or less, edge or not; tightening is
  reported only. Candidates catch at least ``min_benefit`` misses and ``min_ratio`` per failure added
  (``cautious_ratio`` where ``dr`` is high). Of these the largest ``T = (misses caught - expected) / sd``, then the
  fewest steps, then the first by name. ``verification = none``: the seed's order, the highest ratio first.
- *Exchange*: mean and sd are those of labels exchanged within UTC days (hypergeometric per day) among the labelled
  decisions that the levers alone keep out at base. Not among approved ones: that the gates are worth something at all
  is not the question. Not among those that another gate keeps out either: what a good spread guard refused is worse
  than the rest, and would make anything else look good. Decisions of one day share its market; exchanged across days,
  9 to 40 % of lessons without any edge have p <= .05, within days at most 5 to 6 %.
- *p* of a policy: the share of shuffles in which the rule would have chosen one of the 26 with a T at least as large
  (single-step max T, sequential after Besag and Clifford, seeded by what is tested); 1 where the policy does not
  satisfy the rule. Shuffles without any candidate count as not reaching it: where luck seldom yields a candidate at
  all, having one is itself evidence. `forward` tests a frozen policy on later decisions: against one half (binomial),
  and against the rest of the same pool (hypergeometric).
- *Lifecycle* (`lifecycle.step`, one day of a fold): what a lesson speaks for is frozen as a selection in ``shadow``;
  where it speaks for another policy on a test day, that joins as a selection of its own (frozen alone, the guess of a
  lesson's first days would keep every better one out for a year: power .15 instead of .56 on planted worlds). One
  becomes ``active`` (a) on a test day, every 30 days for all lessons at once, where Benjamini-Hochberg over the lessons
  tested puts the frozen policy's p at q <= .05; a lesson that speaks for nothing counts as p = 1, for leaving it out
  would test only what looks good; or (b) where its forward decisions, looked at when 10, 15, 20, 30, 40, 60, 80 were
  newly admitted, have a ratio of 2, p <= .05 and p <= .005. It is ``retired`` after 365 days in the shadow, 90 days in
  force, or with a forward ratio below 1 over ten or more. Where a narrower lesson's own decisions, of the same window,
  went that badly under a policy in force, it does not apply (``no_change_scopes``).
- *By day* (`learn`): a day reads the selections of the day before and what changed since (`changes`), never all that
  came after a selection. An episode counts for a selection where its first decision came after it, and counts for good
  once it is ``lookback_days`` old. ``verification = none`` is the seed's literal rule: what a lesson speaks for is in
  force at once (route ``unverified``) and for as long as it does; most of it is noise.

A row depends on nothing known after its as_of, on no other row and on no order of rows, to the bit.

Seed: learning-update-plan "PM Tuning System Improvements". References: Westfall and Young (1993), Resampling-based
multiple testing; Besag and Clifford (1991), Sequential Monte Carlo p-values, Biometrika 78.
"""

from learning_pipeline.tuning.learn import Learned, learn
from learning_pipeline.tuning.settings import LEVERS, Lever, Rule, TuningSettings
from learning_pipeline.tuning.tables import Lessons, Selections, Transitions

__all__ = [
    "LEVERS",
    "Learned",
    "Lessons",
    "Lever",
    "Rule",
    "Selections",
    "Transitions",
    "TuningSettings",
    "learn",
]
