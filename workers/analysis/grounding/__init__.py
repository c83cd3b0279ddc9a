"""Checks quotes, numbers, names and negations against the paper, by code."""
