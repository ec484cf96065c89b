"""The learning book: what exploration may risk, and every reason why an order of it is refused.

Question: may this order be made to answer a question, how large and how long, and if not, why not?

- *Gate*: `evaluate_learning_order`, pure, the same in replay and live; this package imports no Polars. Reasons:
  ``learning_disabled``, ``missing_experiment_id``, ``no_learn_zone`` (``detail`` names one of 13 zones),
  ``daily_risk_budget``, ``portfolio_exposure``, ``trades_per_day``, ``short_not_allowed``. An order above the cap of a
  trade is cut to it, a hold above the longest is shortened.
- *Risk* of an order is ``|entry - stop| x qty``, its full notional without a stop. It is reserved when the order is
  submitted, trued up when it is filled, and released when the trade is closed (or the order dies); what was lost stays
  consumed until the UTC day ends. Gains give nothing back.
- *Equity*: percentages are percent points of the equity of the UTC day: that of the session's first portfolio snapshot
  of the day, until it comes of the first one of the last day that had any (of a week). Without one the equity is
  unknown and nothing is allowed. A bot that reports the equity of its profit book there (the reference bot does) has
  budgets that no learning loss can move, neither those of profit nor those of learning.
- *Isolation*: a trade belongs to the book of its tags, in every figure. One that was ordered for the learning book and
  closed in the profit book fails the check ``learning_trades_never_touch_profit_budget``.

In: ``events.orders``, ``fills``, ``trades``, ``blocks``, ``decision_reports``, ``portfolio``, ``signals`` (stops).
Out: ``books.pnl``, ``books.experiment_pnl``, ``books.blocks``, ``books.risk``, ``books.open_risk`` (what is carried
from day to day), and the file that a bot reads.

What is not known: a fill without its order reserves nothing, and a trim's loss counts when the trade is flat. Where the
fills of a trade end on one day and its close is reported on the next, its loss is consumed on both: the safe side.

Seed: learning-book.
"""

from learning_pipeline.books.learning.conditions import Conditions
from learning_pipeline.books.learning.context import Current, budgets, document, learning_context
from learning_pipeline.books.learning.gate import Answer, LearningOrder, evaluate_learning_order
from learning_pipeline.books.learning.reservation import Reservation
from learning_pipeline.books.learning.risk_book import RiskBook
from learning_pipeline.books.learning.zones import ZONES, standing_zones, zones_in_force

__all__ = [
    "ZONES",
    "Answer",
    "Conditions",
    "Current",
    "LearningOrder",
    "Reservation",
    "RiskBook",
    "budgets",
    "document",
    "evaluate_learning_order",
    "learning_context",
    "standing_zones",
    "zones_in_force",
]
