"""Telegram: long polling in, short answers out."""
