"""Slack: Socket Mode in, acknowledgements out."""
