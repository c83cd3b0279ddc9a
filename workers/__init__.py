"""The work: papers in, scored, read, written up, and sent out. Never imports `bot`."""

VERSION = "0.2.0"
"""Of this release; the distribution takes it from here."""
