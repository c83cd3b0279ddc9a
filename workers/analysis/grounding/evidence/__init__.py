"""Finds quotes, table cells and numbers in a paper, and where they stand."""
