"""Evaluation packs: frozen data, a baseline and thresholds that a model is measured by."""
