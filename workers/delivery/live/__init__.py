"""Answers shown while they are written: Slack streams, Telegram edits."""
