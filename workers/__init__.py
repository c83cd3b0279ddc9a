"""The work: papers in, scored, read, written up, and sent out. Never imports `bot`."""
