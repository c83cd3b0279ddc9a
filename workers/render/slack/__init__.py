"""A digest or answer as Slack blocks."""
