"""Reads, scores, writes up and sends papers. Never imports `bot`."""

VERSION = "0.2.0"
"""Of this release; the distribution takes it from here."""
