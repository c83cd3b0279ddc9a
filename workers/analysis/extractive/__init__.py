"""Analyses without a model: the local ranker, and the paper's own sentences chosen by rules."""
