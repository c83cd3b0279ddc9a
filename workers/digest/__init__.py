"""Pick and compose: pure functions from what was read and scored to one digest record."""
