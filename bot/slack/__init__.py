"""Slack: Socket Mode or signed HTTP in, calls of Intake, acknowledgements out."""
