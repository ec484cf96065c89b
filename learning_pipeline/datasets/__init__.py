"""Datasets: labelled examples of signals, with everything known at the decision and nothing later (SEMANTICS 9)."""
