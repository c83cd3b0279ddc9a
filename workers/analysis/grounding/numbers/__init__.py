"""Reads numbers of a text, compares them, and computes derived ones again."""
