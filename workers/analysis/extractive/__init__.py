"""Analyses without a model: the local ranker, and sentences chosen by rules."""
