"""Playbooks: what is claimed, what closed research trades say of it, and which edits judges ask for.

Question: does the pattern that a playbook describes hold in the market as it is, how sure is that, and what should its
text say instead?

In: Markdown files with front matter (`Claim`: metric, threshold, sample size, hypothesis, perhaps a split), closed
trades of ``books.research_trades``, requests of judges (``events.judge_actions``). Out: ``playbooks.evidence`` (the
trades that count, per day: the state), ``playbooks.validation`` (figures and verdict, per day and playbook),
``playbooks.suggestions``, and the section ``## Validation Evidence`` of each file (`evidence_card`).

- *Counted*: each closed trade once, as its newest revision known by the end of the day says; open ones never. A win
  reached +1 R before its stop: ``win_rate = wins / n``; ``avg_r`` is the mean over trades that had a stop.
- *Worth*: ``n_effective`` is the sum of average uniqueness: a trade held on a UTC day shares it with all that are. The
  95 % interval shown is that wide: Wilson's for a win rate, t for an average R. A verdict counts every trade by itself.
- *Looked at*: when n first reaches ``min_sample_size`` times 1, 2, 4, 8, over the first so many trades by (close,
  trade_id), with one-sided bounds at .05, .025, .0125, .00625: ``validated`` where the lower one lies above the
  threshold, ``refuted`` where the upper one lies below it, else ``inconclusive``; before the first look
  ``insufficient_data``. The verdict stands until the next look. In worlds without an edge 8 % are ever validated; a
  look at every trade validates 23 % there. Another metric, threshold or sample size is looked at anew.
- *Written*: from ``playbook_min_evidence_write`` trades on, into its one section and not a byte outside it (`section`,
  `document`); nothing where nothing changed.
- *Asked for*: judges say six words (`judge.action`); an edit of Notes or Patterns becomes a suggestion that a named
  person applies, once, on the file that it was made for. A judge's words are plain text in a quote (`quoting`).

Seed: research-budget (its aggregator corrupted files, counted open trades and looked at every trade; SEMANTICS 8).
"""
