"""The page of one evaluation: gates, curves beside the baseline, and why it passed or not."""
