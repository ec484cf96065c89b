"""The paper room: a reference bot that makes events from real bars.

Question: what does a bot look like that this project can learn from?

It trades on paper, over bars it is given, and hands everything it wanted, decided and did to a recorder, in the event
format of any other bot. Nothing of the chain knows it, and it knows nothing of the chain.

In: bars (``symbol, timeframe, ts, open, high, low, close, volume``), a recorder, ``PaperSettings``, overrides,
experiments. Out: events ``experiment``, ``signal``, ``decision``, ``order_submitted``, ``fill``, ``trade_blocked``,
``trade_closed``, ``position``, ``portfolio_snapshot``.

How it goes, for each bar of each market, in one common time order:

1. at a bar's close, trades meet that bar: stop first, then trim and target, then the end of their life;
2. a strategy may signal: ``donchian_breakout``, ``bollinger_squeeze`` and ``volume_confirmation`` follow a move,
   ``rsi_extremes`` and ``macd_divergence`` fade one. A market without volume gets no ``volume_confirmation``;
3. every gate that applies is measured, none is skipped: ``volatility_guard``, ``spread_guard``, ``roi_threshold``,
   ``cooldown``, ``drawdown_guard``, ``max_open_positions``, ``ts``, ``halo``, ``slope``, and ``dx`` in stage S3. One
   failure blocks; the first in this order is the named blocker. An override in force takes the place of a limit: both
   are recorded, with its id;
4. an approved entry is filled at the next open with half the spread and a fee, or expires where that costs more than
   its limit. A signal is cancelled while the venue is halted, or while another timeframe of its symbol is entering in
   the other direction.

Exploration (``exploration_rate``, off by default): a blocked signal is approved after all by a draw, its failing gates
recorded as failed, and traded in the learning book (``books.learning``), which has its own purse and touches no guard
of the other: every other answer stays what it would have been. The learning book's gate is asked before the draw, and
says how large and how long; a refusal is a ``trade_blocked``. ``propensity`` is the probability with which just that
answer was drawn, all of this included: what the gate refuses, what the venue or an opposite entry forbids, and what
lives on bars longer than the longest hold was certain to be blocked and carries 1. Draws are a pure function of seed
and signal. The arm (``experiment_variant``) is the gate that blocked the signal. The portfolio snapshot speaks of the
profit book.

Research (``paper.research``): a share of the capital is research's from the start, with or without experiments. What an
experiment covers is tagged with it and answered by the same gates, measured on the account of research; the trade has
the size that research cash allows and its target at +1R, without a trim. What research may not trade is blocked
(``research_paused``, ``research_insolvent``), with a ``trade_blocked`` beside; it is never main's. The bot walks its
own money as the chain does over its events, and asks for the pause of what it has paused itself.

The bars carry no quotes, so spreads are modelled (``spread``), and each decision says so in its metadata. Patterns are
``pm.<uptrend|downtrend|range>.<S1|S2|S3>.entry``; scopes hold ``timeframe``, ``symbol``, ``regime``, ``bucket``.

Guards with little to go on yet tell what is true and make nothing up. ``cooldown`` is the time since the last loss of
the strategy on the symbol, and before the first one the time the market has been watched, in which there was none.
``drawdown_guard`` is the fall of equity from its highest of the last days: 0 before the first trade. ``dx`` is absent
outside S3, late continuation with an old trend: there is no such gate, so nothing about it is unknown.

Thresholds are set so that each gate blocks some signals and none blocks most, not for profit.

The same bars, settings and seed give the same events; chance is a pure function of seed and content, so cutting the
future off changes nothing before it.

Seeds: learning-update-plan "PM Tuning System Improvements" (gates ts, halo, slope), "PM Strength Learning" (trim, S3);
research-budget (playbooks); learning-engine "Event Schemas".
"""

from learning_pipeline.paper.recording import Recording
from learning_pipeline.paper.resample import resample
from learning_pipeline.paper.session import run_session
from learning_pipeline.paper.settings import PaperSettings

__all__ = ["PaperSettings", "Recording", "resample", "run_session"]
